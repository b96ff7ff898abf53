"""What is only noted: what a source's first sync found wrong, and what breaks for very many people at once."""

from collections.abc import Sequence
from dataclasses import replace

from catalog_sync.notices.compare import broken_content, conflict_content
from catalog_sync.notices.model import ADMINS, Flaw, Kind, Notice, State
from catalog_sync.notices.store import NoticeStore
from core.clock import Clock

MOST_LISTED = 50
"""So many names are kept for a message to the administrators."""


def note_first(store: NoticeStore, clock: Clock, source: str) -> None:
    """After the first sync of a source: note what was wrong before anybody could be told of it.

    A fresh installation would else write to everybody who made a mistake in years; the administrators
    get one list. Does nothing where it was done before.
    """
    if any(notice.kind is Kind.FIRST for notice in store.known(source)):
        return
    now, present = clock.now(), store.present(source)
    flaws = [flaw for flaw in present.flaws if not flaw.conflict]
    files: dict[tuple[str, str], list[Flaw]] = {}
    for flaw in flaws:
        files.setdefault((flaw.place.repository, flaw.place.path), []).append(flaw)
    noted = [
        Notice(
            key=f"broken:{repository}:{path}:{found[0].place.commit}:first",
            kind=Kind.BROKEN,
            source=source,
            repository=repository,
            recipient="",
            message="",
            state=State.NOTED,
            is_told=True,
            content=broken_content(found, found[0].place.commit, "", ""),
            found_at=now,
        )
        for (repository, path), found in files.items()
    ]
    noted += [_noted_conflict(source, flaw, clock) for flaw in present.flaws if flaw.conflict]
    store.write([*noted, summary(f"first:{source}", source, noted, clock)])


def _noted_conflict(source: str, flaw: Flaw, clock: Clock) -> Notice:
    return Notice(
        key=f"conflict:{flaw.conflict}:{flaw.id}:first",
        kind=Kind.CONFLICT,
        source=source,
        repository=flaw.place.repository,
        recipient="",
        message="",
        state=State.NOTED,
        is_told=True,
        content=conflict_content(flaw),
        found_at=clock.now(),
    )


def as_noted(notice: Notice) -> Notice:
    """Known, and told to nobody."""
    return replace(notice, recipient="", message="", state=State.NOTED, is_told=True)


def summary(key: str, source: str, noted: Sequence[Notice], clock: Clock) -> Notice:
    """What the administrators are told in the place of everybody else."""
    broken = [notice for notice in noted if notice.kind is Kind.BROKEN]
    listed = [
        {key: notice.content[key] for key in ("repository", "path", "url", "commit", "flaws")}
        for notice in broken[:MOST_LISTED]
    ]
    return Notice(
        key=key,
        kind=Kind.FIRST,
        source=source,
        repository="",
        recipient=ADMINS,
        message=key if noted else "",
        state=State.OPEN if noted else State.NOTED,
        is_told=not noted,
        content={
            "is_first": key.startswith("first:"),
            "files": len(broken),
            "conflicts": len(noted) - len(broken),
            "listed": listed,
        },
        found_at=clock.now(),
    )
