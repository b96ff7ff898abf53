"""Pure: a correction as the messages that show it: to those who asked for it, and to the owners who are asked."""

from collections.abc import Callable, Sequence
from urllib.parse import quote

from bot.slack.blocks import (
    Json,
    Message,
    actions,
    button,
    channel_text,
    context,
    cut,
    escape,
    link,
    person,
    quoted,
    section,
)
from catalog_sync.mending.correction import Correction, CorrectionState

YES, NO = "correct:yes", "correct:no"
_S = CorrectionState
_LONGEST = 600
_MOST_NAMED = 5
_CHANGED = (_S.MERGED, _S.MENDED)


def asker_message(
    correction: Correction, edit_page: str = "", channel: Callable[[str], str] = channel_text
) -> Message:
    """What somebody who asked for another owner reads in their direct messages.

    Args:
        correction: As it is now.
        edit_page: The address below which the repository's files are edited.
        channel: From a channel to how it stands in mrkdwn.
    """
    wish = f"*{quoted(correction.title)}* → *{quoted(correction.owner_title)}*"
    spoken, text, note = _ASKER_TEXTS[correction.state](correction, channel)
    blocks = [
        section(f"{wish}\n{text}"),
        *_by_hand_links(correction, edit_page),
        *([context(note)] if note else []),
    ]
    return Message(spoken, tuple(blocks))


def question_message(correction: Correction, edit_page: str = "") -> Message:
    """What the owners read: the question, and later the answer without its buttons.

    Args:
        correction: As it is now.
        edit_page: The address below which the repository's files are edited.
    """
    names = " and ".join(quoted(voice.name) for voice in correction.askers[:_MOST_NAMED])
    thinks = "thinks" if len(correction.askers) == 1 else "think"
    title, owner = quoted(correction.title), quoted(correction.owner_title)
    blocks: list[Json] = [
        section(
            "\n".join(
                [
                    f"*{names}* {thinks} that *{title}* belongs to *{owner}*.",
                    *_reasons(correction),
                    _today(correction),
                ]
            )
        )
    ]
    who = f"Asked by {' and '.join(person(voice.user.id) for voice in correction.askers[:_MOST_NAMED])}"
    if correction.state is _S.ASKED:
        whose = "Administrators" if correction.asks_admins else f"Members of {_deciders(correction)}"
        blocks += actions(
            [
                button("Yes, open the pull request", YES, correction.id, style="primary"),
                button(_no(correction), NO, correction.id),
            ]
        )
        note = f"{who} · {whose} decide. Yes changes one line in a pull request; nothing is merged by it."
        spoken = f"{names} {thinks} that {title} belongs to {owner}. Do you agree?"
        return Message(spoken, (*blocks, context(note)))
    answer = _answer(correction)
    blocks.append(section(answer))
    blocks += _by_hand_links(correction, edit_page)
    if correction.state is _S.BY_HAND and correction.current_title:
        blocks += actions([button(_no(correction), NO, correction.id)])
    return Message(f"{title}: {_SPOKEN[correction.state]}", (*blocks, context(who)))


def _no(correction: Correction) -> str:
    return "No" if correction.asks_admins or not correction.current_title else "No, it is ours"


def _today(correction: Correction) -> str:
    if not correction.current_title:
        return "Nobody owned it." if correction.state in _CHANGED else "Nobody owns it today."
    verb = "It belonged" if correction.state in _CHANGED else "Today it belongs"
    return f"{verb} to *{quoted(correction.current_title)}*."


# -- what the owners read ------------------------------------------------------------------------------------

_SPOKEN = {
    _S.ASKED: "do you agree?",
    _S.OPENING: "the pull request is being opened",
    _S.OPEN: "there is a pull request",
    _S.BY_HAND: "it has to be changed by hand",
    _S.MERGED: "the pull request is merged",
    _S.CLOSED: "the pull request was closed without being merged",
    _S.DECLINED: "it stays where it is",
    _S.MENDED: "it is mended",
    _S.LAPSED: "nobody answered",
}


def _answer(correction: Correction) -> str:
    by = person(correction.decided_by.user.id) if correction.decided_by else ""
    agreed = f"{by} agreed. " if by else ""
    pull, owner = _pull(correction), quoted(correction.owner_title)
    said = {
        _S.OPENING: f"{agreed}I am opening the pull request…",
        _S.OPEN: f"{agreed}{pull} waits for whoever owns the file.",
        _S.BY_HAND: f"{agreed}I cannot change it: {_problem(correction)}",
        _S.MERGED: f"✅ {agreed}{pull} is merged. {_now(correction)}",
        _S.CLOSED: f"{agreed}{pull} was closed without being merged. Nothing has changed.",
        _S.DECLINED: f"{by or 'Somebody'} said no. Nothing has changed.",
        _S.MENDED: f"✅ It is mended: the file names *{owner}* now.",
        _S.LAPSED: f"{agreed}Nobody {'decided about ' + pull if correction.pull else 'answered'} for long."
        " I do not wait any more.",
    }
    return said[correction.state]


def _reasons(correction: Correction) -> list[str]:
    return [
        f"> {quoted(cut(' '.join(voice.reason.split()), _LONGEST))}"
        for voice in correction.askers[:_MOST_NAMED]
        if voice.reason.strip()
    ]


def _deciders(correction: Correction) -> str:
    return quoted(correction.current_title or correction.owner_title)


# -- what the askers read ------------------------------------------------------------------------------------

_Texts = tuple[str, str, str]


def _asked(correction: Correction, channel: Callable[[str], str]) -> _Texts:
    where = _places(correction.places, channel)
    if correction.asks_admins:
        text = f"Nobody of {_deciders(correction)} can be asked in Slack, so I asked the administrators."
    else:
        text = f"I asked *{_deciders(correction)}*{where} whether that is right."
    return f"I asked {_whom(correction)} about {quoted(correction.title)}", text, _FOLLOWS


def _opening(correction: Correction, _channel: Callable[[str], str]) -> _Texts:
    if not correction.problem:
        text = f"{_agreed(correction)}I am opening the pull request…"
    else:
        text = f"{_agreed(correction)}{escape(correction.problem)}. I go on trying; there is nothing that you have to do."
    return f"The pull request for {quoted(correction.title)} is being opened", text, _FOLLOWS


def _open(correction: Correction, _channel: Callable[[str], str]) -> _Texts:
    change = correction.change
    line = f" It changes `{escape(change.path)}`, line {change.line}." if change else ""
    text = f"{_agreed(correction)}I opened {_pull(correction)}.{line} Whoever owns the file merges it or closes it."
    return f"There is a pull request for {quoted(correction.title)}", text, _FOLLOWS


def _by_hand(correction: Correction, channel: Callable[[str], str]) -> _Texts:
    text = f"{_agreed(correction)}I cannot change it: {_problem(correction)}"
    if correction.places:
        text += f"\nI asked {_whom(correction)}{_places(correction.places, channel)} to change it."
    return (
        f"{quoted(correction.title)} has to be changed by hand",
        text,
        "This message says when it is mended.",
    )


def _merged(correction: Correction, _channel: Callable[[str], str]) -> _Texts:
    text = f"✅ {_pull(correction)} is merged. {_now(correction)} Thank you."
    return f"Merged: {quoted(correction.title)} belongs to {quoted(correction.owner_title)}", text, ""


def _closed(correction: Correction, _channel: Callable[[str], str]) -> _Texts:
    text = f"{_pull(correction)} was closed without being merged, so nothing has changed. It may say why."
    return f"The pull request for {quoted(correction.title)} was closed without being merged", text, ""


def _declined(correction: Correction, channel: Callable[[str], str]) -> _Texts:
    by = person(correction.decided_by.user.id) if correction.decided_by else "Somebody"
    whose = f"that it belongs to {quoted(correction.current_title)}" if correction.current_title else "no"
    talk = f" You can talk about it{where}." if (where := _places(correction.places, channel)) else ""
    text = f"{by} says {whose}. Nothing has changed.{talk}"
    return f"{quoted(correction.title)} stays where it is", text, ""


def _mended(correction: Correction, _channel: Callable[[str], str]) -> _Texts:
    text = f"✅ It is mended: the file names *{quoted(correction.owner_title)}* now. {_now(correction, is_short=True)}"
    return f"Mended: {quoted(correction.title)}", text.rstrip(), ""


def _lapsed(correction: Correction, channel: Callable[[str], str]) -> _Texts:
    if correction.pull:
        text = f"Nobody decided about {_pull(correction)} for half a year. I do not look at it any more."
    else:
        text = f"{_whom(correction)}{_places(correction.places, channel)} did not answer for a month. Please ask them."
    return f"Nobody answered about {quoted(correction.title)}", text, ""


_FOLLOWS = "This message says what becomes of it."
_ASKER_TEXTS: dict[CorrectionState, Callable[[Correction, Callable[[str], str]], _Texts]] = {
    _S.ASKED: _asked,
    _S.OPENING: _opening,
    _S.OPEN: _open,
    _S.BY_HAND: _by_hand,
    _S.MERGED: _merged,
    _S.CLOSED: _closed,
    _S.DECLINED: _declined,
    _S.MENDED: _mended,
    _S.LAPSED: _lapsed,
}


def _agreed(correction: Correction) -> str:
    by, askers = correction.decided_by, [voice.user for voice in correction.askers]
    return f"{person(by.user.id)} agreed. " if by and by.user not in askers else ""


def _whom(correction: Correction) -> str:
    return "the administrators" if correction.asks_admins else _deciders(correction)


def _places(places: Sequence[str], channel: Callable[[str], str]) -> str:
    """`` in #payments-help`` for the channels among some places; nothing for people."""
    names = [channel(place.removeprefix("channel:")) for place in places if place.startswith("channel:")]
    return f" in {' and '.join(names)}" if names else ""


def _pull(correction: Correction) -> str:
    if correction.pull is None:
        return "The pull request"
    return link(correction.pull.url, f"{correction.repository.full_name}#{correction.pull.number}")


def _now(correction: Correction, *, is_short: bool = False) -> str:
    if correction.is_in_catalog:
        return (
            ""
            if is_short
            else f"*{quoted(correction.title)}* belongs to *{quoted(correction.owner_title)}* now."
        )
    return "The catalog follows within minutes."


def _problem(correction: Correction) -> str:
    return f"{escape(correction.problem.rstrip('.'))}. {escape(correction.hint)}".strip()


def _by_hand_links(correction: Correction, edit_page: str) -> list[Json]:
    """Where people change by hand what Callboard cannot: the line, and the page that edits the file."""
    change = correction.change
    if correction.state is not _S.BY_HAND or not edit_page or change is None:
        return []
    page = f"{edit_page}/{quote(change.path)}"
    old = f" from `{escape(change.old)}`" if change.old else ""
    return [section(f"Line {change.line} of {link(page, change.path)}{old} to `{escape(change.new)}`.")]
