"""Pure: what is wrong now and what was told before in, what is new and what is settled out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from catalog_sync.notices.model import Flaw, Held, Kind, Notice, Orphan, Place, Present, State
from catalog_sync.notices.pairing import Spot, paired


@dataclass(frozen=True, slots=True)
class News:
    """What nobody was told yet."""

    broken: tuple[tuple[Flaw, ...], ...]
    """The new faults of each file."""
    conflicts: tuple[Flaw, ...]
    orphans: tuple[Orphan, ...]
    held: Held | None


def news_of(present: Present, known: Sequence[Notice]) -> News:
    """What is wrong and was not told.

    A fault that was told stays told, also when somebody else touched its file since: they did not
    break it.
    """
    both = {notice.content["id"] for notice in _open(known, Kind.CONFLICT)}
    orphans = {notice.key for notice in known if notice.kind is Kind.ORPHAN}
    holds = {notice.key for notice in known if notice.kind is Kind.HELD}
    files: dict[tuple[str, str], list[Flaw]] = {}
    for flaw in paired(_open(known, Kind.BROKEN), _broken(present)).new:
        files.setdefault((flaw.place.repository, flaw.place.path), []).append(flaw)
    held = present.held if present.held and held_key(present.source, present.held) not in holds else None
    return News(
        broken=tuple(tuple(flaws) for flaws in files.values()),
        conflicts=tuple(
            {flaw.id: flaw for flaw in present.flaws if flaw.conflict and flaw.id not in both}.values()
        ),
        orphans=tuple(orphan for orphan in present.orphans if orphan_key(orphan) not in orphans),
        held=held,
    )


def settled(present: Present, known: Sequence[Notice], now: datetime) -> Iterator[Notice]:
    """The notices that read otherwise now: mended, gone, or mended in part."""
    ids = {flaw.id for flaw in present.flaws}
    still = paired(_open(known, Kind.BROKEN), _broken(present)).still
    orphans = {orphan_key(orphan) for orphan in present.orphans}
    for notice in known:
        after = notice
        if notice.kind is Kind.BROKEN and notice.state in (State.OPEN, State.NOTED):
            after = _still_broken(notice, still, now, is_gone=notice.key in present.gone)
        elif notice.kind is Kind.CONFLICT and notice.state in (State.OPEN, State.NOTED):
            after = notice if notice.content["id"] in ids else _ended(notice, State.MENDED, now)
        elif notice.kind is Kind.ORPHAN and notice.state in (State.OPEN, State.NOTED):
            is_there = notice.content["ref"] in present.entities
            state = State.MENDED if is_there else State.GONE
            after = notice if notice.key in orphans else _ended(notice, state, now)
        elif notice.kind is Kind.HELD and notice.state is State.OPEN:
            held = present.held
            is_same = held is not None and held_key(present.source, held) == notice.key
            after = notice if is_same else _ended(notice, State.GONE, now)
        if after is not notice:
            yield after


def broken_content(flaws: Sequence[Flaw], commit: str, author: str, subject: str) -> dict[str, Any]:
    """What a notice about one file keeps: the place, the commit and every fault."""
    return {
        **_file(flaws[0].place),
        "commit": commit,
        "author": author,
        "subject": subject,
        "flaws": [
            {
                "id": flaw.id,
                "line": flaw.place.line,
                "message": flaw.message,
                "expected": flaw.expected,
                "found": flaw.found,
                "hint": flaw.hint,
                "is_mended": False,
            }
            for flaw in flaws
        ],
    }


def conflict_content(flaw: Flaw) -> dict[str, Any]:
    """What a notice about a name that two files want keeps: both places."""
    return {
        "id": flaw.id,
        "ref": flaw.conflict,
        "refused": {**_file(flaw.place), "line": flaw.place.line},
        "first": {**_file(flaw.first), "line": flaw.first.line} if flaw.first else None,
    }


def orphan_content(orphan: Orphan, grace: timedelta) -> dict[str, Any]:
    """What a notice about an orphan keeps: what it is, where it was, and the day on which it leaves."""
    return {
        **_file(orphan.place),
        "ref": orphan.ref,
        "title": orphan.title,
        "leaves_on": (orphan.gone_at + grace).date().isoformat(),
    }


def orphan_key(orphan: Orphan) -> str:
    """One for each time that an entity becomes an orphan."""
    return f"orphan:{orphan.ref}:{orphan.gone_at.isoformat(timespec='seconds')}"


def held_key(source: str, held: Held) -> str:
    """One for each time that something is held; the same that comes back later is asked again."""
    return f"held:{source}:{held.digest}:{held.found_at.isoformat(timespec='seconds')}"


def _open(known: Iterable[Notice], kind: Kind) -> Iterator[Notice]:
    return (notice for notice in known if notice.kind is kind and notice.state in (State.OPEN, State.NOTED))


def _broken(present: Present) -> list[Flaw]:
    return [flaw for flaw in present.flaws if not flaw.conflict]


def _still_broken(notice: Notice, still: frozenset[Spot], now: datetime, *, is_gone: bool) -> Notice:
    flaws = [
        {**flaw, "is_mended": Spot(notice.key, number) not in still}
        for number, flaw in enumerate(notice.content["flaws"])
    ]
    if all(flaw["is_mended"] for flaw in flaws):
        state = State.GONE if is_gone else State.MENDED
        return _ended(replace(notice, content={**notice.content, "flaws": flaws}), state, now)
    if flaws == notice.content["flaws"]:
        return notice
    return replace(notice, content={**notice.content, "flaws": flaws}, is_told=not notice.message)


def _ended(notice: Notice, state: State, now: datetime) -> Notice:
    """Settled; where it was told, its message has to say so."""
    return replace(notice, state=state, settled_at=now, is_told=not notice.message)


def _file(place: Place) -> Mapping[str, Any]:
    return {
        "repository": place.name.full_name if place.name else "",
        "url": place.url,
        "path": place.path,
        "head": place.commit,
    }
