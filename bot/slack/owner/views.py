"""Pure: an answer about owners as a message."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from bot.slack.answers import (
    asked_for,
    choices,
    entry,
    joined,
    kind_word,
    menu,
    name_of,
    owned_by,
    people,
    spoken_age,
    synced,
    type_word,
)
from bot.slack.blocks import (
    Json,
    Message,
    actions,
    button,
    channel_text,
    context,
    counted,
    cut,
    escape,
    link,
    quoted,
    section,
)
from bot.slack.owner.nothing import nothing_message, register_button
from catalog_sync.answers import Link, OwnerAnswer

MENU, WRONG = "owner:more", "owner:wrong"
_MOST_LINKS = 4
_MOST_OWNED = 8
_MOST_SAME = 3
_MOST_ENTRIES = 5
_DOCS = re.compile(
    r"\b(docs?|documentation|runbooks?|playbooks?|guides?|handbook|manual|design|adrs?|wiki|readme|how-?to)\b",
    re.I,
)


def owner_message(
    answer: OwnerAnswer,
    now: datetime,
    *,
    can_share: bool = True,
    channel: Callable[[str], str] = channel_text,
    score: str = "",
) -> Message:
    """The answer, with its reason and its age.

    Args:
        answer: What the catalog says.
        now: The present, for the age.
        can_share: Whether only the asker sees it.
        channel: From a channel to how it stands in mrkdwn.
        score: What its scorecard says, in mrkdwn, where one is known.
    """
    if answer.about == "nothing":
        return nothing_message(answer)
    entries = _menu(answer, can_share=can_share)
    blocks = [
        section(
            "\n".join([_headline(answer), *_who(answer, channel), *_more(answer)]),
            accessory=menu(MENU, entries) if entries else None,
        ),
        *_fields(answer, score),
        *_doubts(answer),
        *_entries(answer),
        *_notes(answer),
        context(_provenance(answer, now)),
        *actions(_buttons(answer, can_share=can_share, in_menu=bool(entries))),
    ]
    return Message(_spoken(answer, now), tuple(blocks))


def subject_of_answer(answer: OwnerAnswer) -> str:
    """What an answer is about, as it can be asked for again; what was typed where that is the surest."""
    if answer.about == "path" and answer.repository:
        lines = f"#{answer.lines}" if answer.lines else ""
        return f"{answer.repository.full_name}/{answer.path}{lines}"
    if answer.about == "channel":
        return answer.title
    if answer.entity:
        return str(answer.entity)
    return answer.repository.full_name if answer.repository else answer.query


# -- what it is, and whose ---------------------------------------------------------------------------------------


def _headline(answer: OwnerAnswer) -> str:
    shown = f"{answer.title} {answer.lines}".rstrip()
    title = link(answer.repository_url, shown) if answer.repository_url else escape(shown)
    kind = "channel" if answer.about == "channel" else type_word(answer)
    parts = [f"*{title}*", *(escape(part) for part in (kind, answer.lifecycle) if part)]
    tier = next((tag for tag in answer.tags if tag.startswith("tier-")), "")
    if tier:
        parts.append(escape(tier))
    if answer.is_archived:
        parts.append("archived")
    line = " · ".join(parts)
    if answer.corrected:
        line = f"_You wrote “{asked_for(answer)}”; showing the nearest name._\n{line}"
    return line


def _who(answer: OwnerAnswer, channel: Callable[[str], str]) -> list[str]:
    if answer.about == "person":
        return [f"In {people(answer.members, answer.titles) or 'no team'}", *_owned(answer)]
    if answer.about in ("team", "channel"):
        team = answer.owners[0]
        ask = f"Ask in {channel(team.channel)}" if team.channel else ""
        first = ask if answer.about == "team" else f"The channel of *{escape(team.title)}*"
        return [line for line in (first, _members(answer), *_owned(answer)) if line]
    if not answer.owners:
        hints = " or ".join(escape(hint.title) for hint in answer.hints[:3])
        hint = f" {hints} committed to it lately: a hint, and no owner." if hints else ""
        return [f"Nobody owns it yet.{hint}"]
    names = joined([f"*{escape(owner.title)}*" for owner in answer.owners])
    channels = list(dict.fromkeys(channel(owner.channel) for owner in answer.owners if owner.channel))
    ask = f" — ask in {' or '.join(channels)}" if channels else ""
    return [f"Owned by {names}{ask}", *_accountable(answer)]


def _accountable(answer: OwnerAnswer) -> list[str]:
    """Who owns the thing that a path lies in, where that is somebody else than the path's own rule names."""
    if not answer.accountable or not answer.entity or answer.accountable == answer.owners:
        return []
    return [
        f"Part of {escape(name_of(str(answer.entity)))}, which is owned by {owned_by(answer.accountable)}"
    ]


def _more(answer: OwnerAnswer) -> list[str]:
    return [f"_{quoted(cut(answer.description, 300))}_"] if answer.description else []


def _members(answer: OwnerAnswer) -> str:
    names = people(answer.members, answer.titles)
    return f"People  {names}" if names else ""


def _owned(answer: OwnerAnswer) -> list[str]:
    if not answer.owns_total:
        return ["Owns nothing in the catalog"]
    names = ", ".join(escape(near.title) for near in answer.owns[:_MOST_OWNED])
    more = f" and {answer.owns_total - _MOST_OWNED} more" if answer.owns_total > _MOST_OWNED else ""
    return [f"Owns  {names}{more}"]


def _fields(answer: OwnerAnswer, score: str) -> list[Json]:
    leads = [lead for owner in answer.owners for lead in owner.leads]
    docs, links = _apart(answer.links)
    shown = {
        "On call": people(answer.on_call, answer.titles, 3),
        "Lead": people(leads, answer.titles, 3) if answer.about != "person" else "",
        "Docs": _links(docs),
        "Links": _links(links),
        "Scorecard": score,
    }
    fields = [f"*{label}*  {text}" for label, text in shown.items() if text]
    return [section("", fields=fields)] if fields else []


def _apart(links: Sequence[Link]) -> tuple[list[Link], list[Link]]:
    """Links to docs, and the others."""
    docs = [item for item in links if _DOCS.search(item.title)]
    return docs, [item for item in links if item not in docs]


def _links(links: Sequence[Link]) -> str:
    return " · ".join(link(item.url, cut(item.title, 60)) for item in links[:_MOST_LINKS])


# -- doubts, and what else should be known -----------------------------------------------------------------------


def _doubts(answer: OwnerAnswer) -> list[Json]:
    doubts = _doubted(answer)
    if not doubts:
        return []
    lines = "\n".join(f"⚠️ {escape(text)}" for text in doubts[:5])
    mend = mendable(answer)
    return [section(lines, accessory=button("Fix", WRONG, mend) if mend else None)]


def _doubted(answer: OwnerAnswer) -> Sequence[str]:
    """What speaks against an answer; of a path not that its rule differs from the rest, which is what rules are for."""
    return () if _accountable(answer) else answer.disagreements


def _entries(answer: OwnerAnswer) -> list[Json]:
    """The entries of a repository for which no single one stands."""
    if answer.about != "repository" or not answer.alternatives:
        return []
    return [
        section("Its entries in the catalog:"),
        *actions(choices(answer.alternatives[:_MOST_ENTRIES], "owner:pick")),
    ]


def _notes(answer: OwnerAnswer) -> list[Json]:
    notes = [escape(cut(note, 300)) for note in answer.notes[:3]]
    same = answer.alternatives[:_MOST_SAME] if answer.about != "repository" else ()
    if same:
        names = ", ".join(
            f"{kind_word(near.kind)} {escape(near.title)} (`{quoted(near.ref)}`)" for near in same
        )
        notes.append(f"Also called so: {names}")
    return [context("\n".join(notes))] if notes else []


def _provenance(answer: OwnerAnswer, now: datetime) -> str:
    """Why we believe it, each source a link where it is named, and how old that is."""
    why, more = escape(answer.why or "From the catalog"), []
    for source in answer.sources[:3]:
        # "CODEOWNERS line 3" is named as CODEOWNERS in the reason; one that disagrees is not named there.
        word = escape(source.title.split(" ")[0])
        if word in why:
            why = why.replace(word, link(source.url, word), 1)
        else:
            more.append(link(source.url, source.title))
    return " · ".join([why, *more, synced(answer.synced_at, now, answer.stale)])


# -- where it goes on --------------------------------------------------------------------------------------------


def _menu(answer: OwnerAnswer, *, can_share: bool) -> list[Json]:
    subject = subject_of_answer(answer)
    wrong = mendable(answer)
    source = answer.source_url or (answer.sources[0].url if answer.sources else answer.repository_url)
    return [
        *(entry("Wrong owner?", WRONG, wrong) if wrong else []),
        *(entry("Dependents", "owner:deps", subject) if answer.about in ("entity", "team") else []),
        *(entry("Source", "owner:source", url=source) if source.startswith(("https://", "http://")) else []),
        *(entry("Share", "owner:share", subject) if can_share else []),
    ]


def mendable(answer: OwnerAnswer) -> str:
    """What can get another owner by a pull request, as the form asks for it; empty for what cannot."""
    if answer.repository is None or answer.about not in ("entity", "repository", "path"):
        return ""
    if answer.entity and answer.about == "entity":
        return str(answer.entity)
    return f"{answer.repository.full_name}/{answer.path}" if answer.path else answer.repository.full_name


def _buttons(answer: OwnerAnswer, *, can_share: bool, in_menu: bool) -> Iterator[Json]:
    subject = str(answer.entity) if answer.entity else ""
    if answer.about == "entity" and subject:
        yield button("Scorecard", "owner:score", subject)
        yield button("Docs", "owner:docs", subject)
    if answer.about in ("team", "channel"):
        yield button("Team", "owner:team", answer.owners[0].ref)
    yield from register_button(answer)
    shared = subject_of_answer(answer)
    if can_share and not (in_menu and entry("Share", "owner:share", shared)):
        # What is too long for an entry of the menu fits a button.
        yield button("Share", "owner:share", shared)


# -- for ears ----------------------------------------------------------------------------------------------------


def _spoken(answer: OwnerAnswer, now: datetime) -> str:
    """The answer for notifications and screen readers."""
    doubts = _doubted(answer)
    doubt = f" But: {doubts[0]}." if doubts else ""
    return f"{_said(answer)}.{doubt} {spoken_age(answer.synced_at, now, answer.stale)}"


def _said(answer: OwnerAnswer) -> str:
    if answer.about in ("team", "channel"):
        return f"{_team_said(answer)}: {counted(answer.owns_total, 'thing')} owned"
    if answer.about == "person":
        return f"{answer.title}: in {', '.join(answer.titles.get(ref) or name_of(ref) for ref in answer.members) or 'no team'}"
    names = joined([owner.title for owner in answer.owners])
    return f"{answer.title} is owned by {names}{_ask(answer)}" if names else f"Nobody owns {answer.title} yet"


def _team_said(answer: OwnerAnswer) -> str:
    """A team with the channel to ask in; a channel with the team whose it is."""
    if answer.about == "channel":
        return f"{answer.title}, the channel of {answer.owners[0].title}"
    return f"{answer.title}{_ask(answer)}"


def _ask(answer: OwnerAnswer) -> str:
    """The channels to ask in, which an id cannot be read aloud for."""
    named = [owner.channel for owner in answer.owners if owner.channel and owner.channel.startswith("#")]
    return f"; ask in {joined(list(dict.fromkeys(named)), 'or')}" if named else ""
