"""Pure: what answers of every conversation have in common: their age, people, things with their kind, choices, menus."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.slack.blocks import Json, button, cut, escape, link, option, quoted, section
from catalog_sync.answers import Near, OwnerAnswer
from catalog_sync.asking.question import subject_of
from catalog_sync.entity.model import Owner
from core.clock import age

_PERSON = re.compile(r"\buser:[\w.-]+/([\w.-]+)")
MOST_CHOICES = 5
_LONGEST_VALUE = 150
"""So long may the value of an entry of a menu be."""
_KINDS = {"api": "API", "group": "team", "user": "person"}
_PLURALS = {"api": "APIs", "group": "teams", "user": "people", "repository": "repositories"}


def kind_word(kind: str) -> str:
    """A kind as people say it: ``component``, ``API``, ``team``."""
    return _KINDS.get(kind.lower(), kind.lower())


def type_word(answer: OwnerAnswer) -> str:
    """What somebody called the type of a thing; its kind where nobody did."""
    is_kind = answer.entity is not None and answer.type == answer.entity.kind
    return kind_word(answer.type) if is_kind else answer.type


def kinds_word(kind: str, count: int) -> str:
    """So many of a kind: ``3 components``, ``1 API``."""
    one, many = kind_word(kind), _PLURALS.get(kind.lower(), f"{kind_word(kind)}s")
    return f"{count} {one if count == 1 else many}"


def synced(synced_at: datetime | None, now: datetime, stale: str = "") -> str:
    """How old an answer is, and whether it had to come from memory."""
    said = f"synced {age(synced_at, now)}" if synced_at else "never synced"
    return f"{said} · ⚠️ {escape(stale)}" if stale else said


def spoken_age(synced_at: datetime | None, now: datetime, stale: str = "") -> str:
    """``synced`` as the end of a sentence, for notifications and screen readers."""
    said = f"Synced {age(synced_at, now)}." if synced_at else "Never synced."
    return f"{said} {stale}" if stale else said


def people(refs: Sequence[str], titles: Mapping[str, str], most: int = 10) -> str:
    """Names of people; empty where there are none."""
    names = [escape(titles.get(ref) or name_of(ref)) for ref in dict.fromkeys(refs)]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def owned_by(owners: Sequence[Owner]) -> str:
    """``Payments``; ``nobody yet``."""
    names = [escape(cut(owner.title, 60)) for owner in owners[:2]]
    more = [f"{len(owners) - 2} more"] if len(owners) > 2 else []
    return joined([*names, *more]) or "nobody yet"


def titled(near: Near, url: str = "") -> str:
    """A thing's title, as a link where there is a page."""
    title = cut(near.title, 80)
    return link(url, title) if url else escape(title)


def menu(action: str, entries: Sequence[Json]) -> Json:
    """The menu behind three dots; at most five entries."""
    return {"type": "overflow", "action_id": action, "options": list(entries[:5])}


def entry(text: str, action: str, value: str = "", url: str = "") -> list[Json]:
    """An entry of a menu that does what the button ``action`` would do; none where its value is too long for one."""
    wanted = f"{action} {value}".strip()
    if len(wanted) > _LONGEST_VALUE or len(url) > 3000:
        return []
    return [{**option(text, wanted), **({"url": url} if url else {})}]


def choices(things: Sequence[Near], action: str) -> list[Json]:
    """A button for each of some things; those that are called the same are told apart by their references.

    Args:
        things: At most five of them are shown.
        action: The buttons' ids are this, and ``:0`` and so on.
    """
    names = [near.title for near in things]
    return [
        button(
            f"{near.title} ({near.ref})" if names.count(near.title) > 1 else near.title,
            f"{action}:{number}",
            near.ref,
        )
        for number, near in enumerate(things[:MOST_CHOICES])
    ]


def asked_for(answer: OwnerAnswer) -> str:
    """What somebody asked for, as it is quoted back: of a whole sentence what it is about."""
    subject = subject_of(answer.query)
    is_part = bool(subject) and len(subject.split()) < len(answer.query.split())
    asked = subject if is_part else answer.query
    # In a sentence a mention of somebody stands as their reference, which nobody has typed.
    named = _PERSON.sub(r"@\1", asked) if " " in asked else asked
    return quoted(cut(named, 150))


def nothing_text(answer: OwnerAnswer) -> str:
    """That nothing is called so, and what was perhaps meant; or that several things are."""
    asked = asked_for(answer)
    if answer.is_ambiguous:
        return f"Several things fit “{asked}”. Which one do you mean?"
    near = answer.alternatives[:3]
    titles = [item.title for item in near]
    names = [item.ref if titles.count(item.title) > 1 else item.title for item in near]
    what = "Nobody" if asked.startswith("@") else "Nothing"
    hint = "or ask for the team" if what == "Nobody" else "or ask for its repository"
    meant = f" Did you mean {either(names)}?" if names else f" Check the spelling, {hint}."
    return f"{what} here is called “{asked}”.{meant}"


def either(names: Sequence[str]) -> str:
    """``a, b or c``, escaped."""
    return joined([escape(name) for name in names], "or")


def joined(parts: Sequence[str], word: str = "and") -> str:
    """``a, b and c``."""
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}" if len(parts) > 1 else "".join(parts)


def listed(lines: Sequence[str], total: int, noun: str = "more") -> Json:
    """Lines of a list, and how many more there are."""
    more = [f"and {total - len(lines)} {noun}"] if total > len(lines) else []
    return section("\n".join([*lines, *more]))


def name_of(ref: str) -> str:
    """The name in a reference."""
    return ref.rpartition("/")[2]
