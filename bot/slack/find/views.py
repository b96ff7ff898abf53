"""Pure: what a search found as a message: a line for each thing, and how to narrow it."""

from collections.abc import Sequence
from datetime import datetime

from bot.slack.answers import choices, either, kind_word, owned_by, spoken_age, synced, titled
from bot.slack.blocks import Json, Message, actions, button, context, counted, cut, escape, quoted, section
from catalog_sync.answers import FindAnswer, FoundThing

HOW = "Find what? For example: find seats, find api payments, find owner:payments tag:tier-1"
_ABOUT = 100


def find_message(answer: FindAnswer, now: datetime, *, can_share: bool = True) -> Message:
    """The best things with kind and owner, and how many more there are.

    Args:
        answer: What the catalog says.
        now: The present, for the age.
        can_share: Whether only the asker sees it.
    """
    if not answer.total:
        return _nothing(answer, now)
    lines = list(map(_line, answer.things))
    if answer.total > len(answer.things):
        lines.append(f"and {answer.total - len(answer.things)} more")
    buttons = [*([button("Share", "find:share", cut(answer.query, 1900))] if can_share else [])]
    names = ", ".join(thing.near.title for thing in answer.things)
    fit = "fits" if answer.total == 1 else "fit"
    more = f" and {answer.total - len(answer.things)} more" if answer.total > len(answer.things) else ""
    spoken = f"{counted(answer.total, 'thing')} {fit} “{quoted(cut(answer.query, 150))}”: {names}{more}."
    return Message(
        f"{spoken} {spoken_age(answer.synced_at, now, answer.stale)}",
        (
            section("\n".join([_headline(answer), *_remarks(answer)])),
            section("\n".join(lines)),
            context(" · ".join([*_how_to_narrow(answer), synced(answer.synced_at, now, answer.stale)])),
            *actions(buttons),
        ),
    )


def _headline(answer: FindAnswer) -> str:
    asked = " ".join(answer.words)
    for_words = f" for “{quoted(cut(asked, 100))}”" if asked else ""
    narrowed = "".join(f" · {escape(name)} {escape(cut(value, 60))}" for name, value in answer.narrowed)
    return f"*{counted(answer.total, 'thing')}*{for_words}{narrowed}"


def _remarks(answer: FindAnswer) -> list[str]:
    lines = [
        f"_Nothing has “{quoted(wrong)}”; showing “{quoted(right)}”._" for wrong, right in answer.corrected
    ]
    if answer.is_loose:
        lines.append("_Nothing has all of these words; these have some of them._")
    return [*lines, *(f"⚠️ {escape(problem)}" for problem in answer.problems[:3])]


def _line(thing: FoundThing) -> str:
    parts = [f"*{titled(thing.near, thing.url)}*", kind_word(thing.near.kind)]
    if thing.near.kind.lower() not in ("group", "user"):
        parts.append(owned_by(thing.owners))
    if thing.is_archived:
        parts.append("archived")
    about = f" — {quoted(cut(thing.about, _ABOUT))}" if thing.about else ""
    return "• " + " · ".join(parts) + about


def _how_to_narrow(answer: FindAnswer) -> Sequence[str]:
    if answer.total <= len(answer.things):
        return []
    return ["Narrow it with another word, or `owner:payments`, `kind:api`, `tag:tier-1`, `system:checkout`"]


def _nothing(answer: FindAnswer, now: datetime) -> Message:
    if not answer.words and not answer.narrowed and not answer.problems:
        return Message(HOW)
    asked = quoted(cut(answer.query, 150))
    names = [near.title for near in answer.alternatives]
    meant = f" Did you mean {either(names)}?" if names else " Try another word, or fewer of them."
    text = f"Nothing here fits “{asked}”.{meant}"
    blocks: list[Json] = [section(text), *(context(f"⚠️ {escape(item)}") for item in answer.problems[:3])]
    spoken = " ".join([text, *answer.problems[:3]])
    picks = actions(choices(answer.alternatives, "owner:pick"))
    return Message(spoken, (*blocks, context(synced(answer.synced_at, now, answer.stale)), *picks))
