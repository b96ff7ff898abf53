"""Pure: what something depends on and what depends on it, as a message."""

from collections.abc import Sequence
from datetime import datetime

from bot.slack.answers import choices, kind_word, nothing_text, owned_by, spoken_age, synced, type_word
from bot.slack.blocks import Json, Message, actions, button, context, counted, cut, escape, quoted, section
from catalog_sync.answers import MOST_BEYOND, DepsAnswer, Neighbour

HOW = "What depends on what? For example: deps ledger, or: what depends on ledger?"
_MOST = 8
_NOT_TOLD = "Nobody wrote any dependency down: `dependsOn`, `consumesApis` and `providesApis` in catalog-info.yaml say them"


def deps_message(answer: DepsAnswer, now: datetime, *, can_share: bool = True) -> Message:
    """Both directions, or the one that was asked for; at most eight of each, then counts.

    Args:
        answer: What the catalog says.
        now: The present, for the age.
        can_share: Whether only the asker sees it.
    """
    subject = answer.subject
    if subject.about == "nothing":
        text = nothing_text(subject)
        return Message(text, (section(text), *actions(choices(subject.alternatives, "deps:pick"))))
    sides = [
        *([_side("Depends on", answer.uses, answer.uses_beyond)] if answer.direction != "used by" else []),
        *([_side("Needed by", answer.used_by, answer.used_by_beyond)] if answer.direction != "uses" else []),
    ]
    is_known = answer.uses or answer.used_by
    notes = [*([] if is_known else [_NOT_TOLD]), synced(answer.synced_at, now, answer.stale)]
    shared = str(subject.entity) if subject.entity else answer.query
    buttons = [
        *([button("Owner", "owner:pick:0", str(subject.entity))] if subject.entity else []),
        *([button("Share", "deps:share", _share_value(answer, shared))] if can_share else []),
    ]
    return Message(
        f"{_spoken(answer)} {spoken_age(answer.synced_at, now, answer.stale)}",
        (section(_headline(answer)), *sides, context(" · ".join(notes)), *actions(buttons)),
    )


def _share_value(answer: DepsAnswer, subject: str) -> str:
    """The question in the words that read it again, whatever was typed."""
    if answer.direction == "both":
        return subject
    return f"dependencies of {subject}" if answer.direction == "uses" else f"dependents of {subject}"


def _headline(answer: DepsAnswer) -> str:
    subject = answer.subject
    parts = [f"*{escape(cut(subject.title, 100))}*", escape(type_word(subject) or subject.about)]
    if subject.about not in ("team", "person", "channel"):
        parts.append(f"owned by {owned_by(subject.owners)}")
    if answer.parts:
        parts.append(f"with its {counted(answer.parts, 'part')}")
    line = " · ".join(parts)
    if subject.corrected:
        return f"_You wrote “{quoted(cut(answer.query, 150))}”; showing the nearest name._\n{line}"
    return line


def _side(title: str, neighbours: Sequence[Neighbour], beyond: int) -> Json:
    if not neighbours:
        return section(f"*{title}*  nothing that the catalog knows of")
    lines = [f"*{title}* {len(neighbours)}", *map(_line, neighbours[:_MOST])]
    more = []
    if len(neighbours) > _MOST:
        more.append(f"{len(neighbours) - _MOST} more directly")
    if beyond:
        some = f"at least {beyond}" if beyond >= MOST_BEYOND else str(beyond)
        more.append(f"{some} more through these")
    return section("\n".join([*lines, *([f"and {' and '.join(more)}"] if more else [])]))


def _line(neighbour: Neighbour) -> str:
    near = neighbour.near
    if not neighbour.is_known:
        return f"• `{quoted(cut(near.ref, 150))}` · not in the catalog"
    through = ", ".join(escape(cut(item.title, 60)) for item in neighbour.through[:2])
    parts = [f"*{escape(cut(near.title, 80))}*", kind_word(near.kind), owned_by(neighbour.owners)]
    return "• " + " · ".join(parts) + (f" · through {through}" if through else "")


def _spoken(answer: DepsAnswer) -> str:
    said = []
    if answer.direction != "used by":
        said.append(f"depends on {_names(answer.uses)}")
    if answer.direction != "uses":
        said.append(f"is needed by {_names(answer.used_by)}")
    return f"{answer.subject.title} {' and '.join(said)}."


def _names(neighbours: Sequence[Neighbour]) -> str:
    names = ", ".join(item.near.title for item in neighbours[:_MOST])
    more = f" and {len(neighbours) - _MOST} more" if len(neighbours) > _MOST else ""
    return f"{names}{more}" if names else "nothing"
