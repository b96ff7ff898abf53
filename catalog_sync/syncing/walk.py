"""One whole look at a source, page by page: it remembers where it is, so that a crash costs one page."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
import structlog

from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.port import TeamSnapshot, Unread
from catalog_sync.records import Begun, Page, Provider, RepositoryRecord, Seen
from catalog_sync.store import CatalogStore
from catalog_sync.syncing.plan import Plan, plan_of
from catalog_sync.syncing.rows import (
    as_name,
    follow_renames,
    ids_of,
    mark_seen,
    mark_teams_seen,
    pushes_of,
    stored_of,
    stored_of_teams,
    waiting_for,
    write_plan,
    writing,
)
from catalog_sync.syncing.settle import Rules, Settled, settle
from catalog_sync.syncing.teams import names_of, plan_teams
from catalog_sync.tables import repositories, sources, teams
from core.clock import Clock
from core.errors import NotAllowed

_log = structlog.get_logger(__name__)
READ_AT_ONCE = 25
"""So many repositories are read and written together."""
_FILES_AT_ONCE = 250
"""So many files, of many repositories, are fetched together."""
_OVERLAP = timedelta(minutes=10)
"""Clocks differ, and a push is told of a little late."""
_RESUMABLE = timedelta(hours=6)
"""A walk that stopped longer ago begins anew."""
_SHOWN_AFTER = timedelta(seconds=10)
"""While a long walk is under way, what it found is shown at most so often: answers are made from all of it."""


class Phase(StrEnum):
    """What a walk is at."""

    NONE = ""
    PAGES = "pages"
    SWEEP = "sweep"
    TEAMS = "teams"
    END = "end"


@dataclass(slots=True)
class Progress:
    """Where a walk is; as it is stored."""

    walk: int
    phase: Phase
    after: str | None
    pending: list[str]
    started_at: datetime
    is_full: bool
    watermark: datetime | None


@dataclass(slots=True)
class Tally:
    """What a look at a source did so far."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    docs_changed: list[RepositoryName] = field(default_factory=list)
    is_held: bool = False


class Walk:
    """Looks at one source.

    Args:
        store: The catalog's rows.
        clock: Tells the present.
        provider: The source.
        hold_over: The share above which nothing goes unasked.
        grace: How long an entity stays of which its file says nothing any more, where files have a history.
    """

    def __init__(
        self, store: CatalogStore, clock: Clock, provider: Provider, hold_over: float, grace: timedelta
    ) -> None:
        self._store = store
        self._database = store.database
        self._clock = clock
        self._provider = provider
        self._source = provider.source
        self._hold_over = hold_over
        self._grace = grace if provider.has_history else timedelta(0)
        self._shown_at = clock.now()
        self._is_unshown = False
        self._begun: list[Begun] = []
        self._born: dict[str, datetime] = {}
        """Entities that are new in this walk, with the age of their repository: an older one has the better claim."""
        self.tally = Tally()

    def walk(self, *, full: bool = False) -> None:
        """Look at everything: pages, what was pushed to meanwhile, teams; at the end goes what was not seen.

        Args:
            full: Read what did not change too, and do not go on with a walk that stopped.

        Raises:
            GitHubUnavailable: The source did not answer; the next walk goes on here.
        """
        at = self._begin(full)
        # What a process that died had written, and had not shown.
        self._is_unshown = at.phase is not Phase.PAGES or at.after is not None
        steps = {
            Phase.PAGES: self._pages,
            Phase.SWEEP: self._sweep,
            Phase.TEAMS: self._teams,
            Phase.END: self._end,
        }
        while at.phase is not Phase.NONE:
            steps[at.phase](at)

    def poll(self) -> None:
        """Look only at what was pushed to since the last look; one request where nothing was.

        Renames, settings, deletions and teams are not seen this way: a walk sees them.
        """
        at = self._progress() or self._begin(full=False)
        at.pending = []  # a walk that is under way has its own
        since = (at.watermark or at.started_at) - _OVERLAP
        self._newer(at, since)
        self._read_pending(at, whole=True, is_stored=False)
        self._show(at)

    def take(self, records: Sequence[RepositoryRecord]) -> None:
        """Write what some repositories hold now, apart from any walk."""
        at = self._progress() or self._begin(full=False)
        with writing(self._database) as connection:
            again = self._write(connection, at, records)
        if again:
            at.pending = again
            self._read_pending(at, whole=True, is_stored=False)
        self._show(at)

    def lose(self, key: str) -> None:
        """A repository is known to be gone: it leaves at once when no walk is under way, else at its end."""
        with writing(self._database) as connection:
            connection.execute(
                repositories.update()
                .where(repositories.c.source == self._source, repositories.c.key == key)
                .values(walk=0)
            )
        self.settle()

    def look_at_teams(self) -> None:
        """Look at the teams alone; those that are gone leave as at the end of a walk."""
        at = self._progress()
        if at is None or at.phase is not Phase.NONE:
            return  # the walk that is under way, or the first one, looks at them too
        self._read_teams(at)
        self.settle()

    def settle(self) -> Settled:
        """Remove what is due and not held, between two walks."""
        at = self._progress()
        if at is None or at.phase is not Phase.NONE:
            return Settled()
        settled = self._settle(at)
        if settled.is_waiting:
            _log.warning("catalog.removals_wait", source=self._source, until="the next walk")
        self._show(at)
        return settled

    # -- the phases of a walk --------------------------------------------------------------------------------

    def _begin(self, full: bool) -> Progress:
        """Go on with the walk that stopped, else begin a new one."""
        now = self._clock.now()
        with writing(self._database) as connection:
            before = _progress(connection, self._source)
            if before and before.phase and not full and now - before.started_at < _RESUMABLE:
                return before
            number = before.walk + 1 if before else 1
            watermark = before.watermark if before else None
            at = Progress(number, Phase.PAGES, None, [], now, full, watermark)
            if before is None:
                connection.execute(sources.insert().values(source=self._source, held=False, generation=0))
            self._note(connection, at)
        return at

    def _pages(self, at: Progress) -> None:
        for page in self._provider.pages(at.after):
            self._take_page(at, page)
            self._read_pending(at)
        if at.phase is Phase.PAGES:  # a plugin's source that has no page at all
            self._enter(at, Phase.SWEEP)

    def _take_page(self, at: Progress, page: Page) -> None:
        changed = [item.id for item in page.seen] if at.is_full else self._differing(page.seen)
        at.after = page.after
        if page.after is None:
            at.phase = Phase.SWEEP
        at.pending = list(dict.fromkeys([*at.pending, *changed]))
        with self._database.write() as connection:
            mark_seen(connection, self._source, [item.id for item in page.seen], at.walk)
            if page.problems:
                self._spare_all(connection, at, page.problems)
            self._note(connection, at)

    def _spare_all(self, connection: sa.Connection, at: Progress, problems: Sequence[str]) -> None:
        """Nobody can tell what is gone: as far as this walk goes, everything is still there."""
        self.tally.unread += [Unread(self._source, problem) for problem in problems]
        connection.execute(
            repositories.update().where(repositories.c.source == self._source).values(walk=at.walk)
        )

    def _sweep(self, at: Progress) -> None:
        """What was pushed to, or made, while the pages were turned."""
        self._newer(at, at.started_at - _OVERLAP)
        self._read_pending(at, whole=True)
        self._enter(at, Phase.TEAMS)

    def _newer(self, at: Progress, since: datetime) -> None:
        for page in self._provider.recent():
            fresh = [item for item in page.seen if item.pushed_at and item.pushed_at >= since]
            under_way = {*at.pending, *(item.id for item in self._begun)}
            changed = [node_id for node_id in self._differing(fresh) if node_id not in under_way]
            at.pending += changed
            # By the source's clock, which need not be ours.
            pushes = [item.pushed_at for item in page.seen if item.pushed_at]
            at.watermark = max([*pushes, *([at.watermark] if at.watermark else [])], default=None)
            with self._database.write() as connection:
                mark_seen(connection, self._source, [item.id for item in fresh], at.walk)
            # A push brings its repository to the front: behind a page of which everything is known is nothing new.
            if not changed or len(fresh) < len(page.seen):
                return

    def _teams(self, at: Progress) -> None:
        self._read_teams(at)
        self._enter(at, Phase.END)

    def _read_teams(self, at: Progress) -> None:
        snapshots = self._snapshots()
        if snapshots is not None:
            names = [str(ref) for team in snapshots for ref in names_of(team)]
            people = [f"user:default/{m.login}".lower() for team in snapshots for m in team.members]
            with writing(self._database) as connection:
                refs = list(dict.fromkeys([*names, *people]))
                stored = stored_of_teams(connection, self._source, refs)
                known = sa.select(teams.c.key, teams.c.digest).where(teams.c.source == self._source)
                digests = {row.key: row.digest for row in connection.execute(known)}
                found = plan_teams(self._source, snapshots, stored, digests, at.walk)
                write_plan(self._database, connection, found.plan, [], self._clock.now())
                self._database.upsert(connection, teams, found.teams)
                mark_teams_seen(connection, self._source, found.seen, at.walk)
            self._count(found.plan, orphans_leave=True)
            self._is_unshown |= bool(found.teams)
        else:
            with self._database.write() as connection:
                # Nobody told: what is known stays.
                connection.execute(teams.update().where(teams.c.source == self._source).values(walk=at.walk))

    def _snapshots(self) -> tuple[TeamSnapshot, ...] | None:
        try:
            return self._provider.teams()
        except NotAllowed as error:
            problem = f"its teams: {error.message.rstrip('.')}. {error.hint}".rstrip(". ")
            self.tally.unread.append(Unread(self._source, problem))
            return None

    def _end(self, at: Progress) -> None:
        settled = self._settle(at)
        self.tally.is_held = settled.is_held
        at.pending = list(settled.waiting)
        self._read_pending(at, whole=True, is_stored=False)
        at.phase, at.after = Phase.NONE, None
        now = self._clock.now()
        with self._database.write() as connection:
            self._note(connection, at, synced_at=now, walked_at=now, held=settled.is_held)
        self._show(at)

    def _settle(self, at: Progress) -> Settled:
        now = self._clock.now()
        rules = Rules(self._hold_over, now - self._grace, ends_walk=at.phase is not Phase.NONE)
        with writing(self._database) as connection:
            current = _progress(connection, self._source)
            if current is None or current.walk != at.walk or current.phase is not at.phase:
                # Another process took the same walk to its end.
                return Settled()
            settled = settle(self._database, connection, self._source, at.walk, rules, now)
        known = set(self.tally.removed)
        self.tally.removed += [ref for ref in settled.removed if ref not in known]
        self._is_unshown |= settled.has_changed
        return settled

    # -- reading and writing ---------------------------------------------------------------------------------

    def _differing(self, seen: Sequence[Seen]) -> list[str]:
        """The ids of those that are not stored as they were seen."""
        known = self._store.fingerprints(self._source, [item.id for item in seen])
        return [item.id for item in seen if known.get(item.id) != item.fingerprint]

    def _read_pending(self, at: Progress, *, whole: bool = False, is_stored: bool = True) -> None:
        """Read what is pending, in full batches; the rest, and what waits for files, where it is asked for whole."""
        self._read_batches(at, 1 if whole else READ_AT_ONCE, is_stored=is_stored)
        while whole and (self._begun or at.pending):
            self._finish_begun(at, is_stored=is_stored)
            self._read_batches(at, 1, is_stored=is_stored)

    def _read_batches(self, at: Progress, least: int, *, is_stored: bool) -> None:
        while len(at.pending) >= least:
            batch, at.pending = at.pending[:READ_AT_ONCE], at.pending[READ_AT_ONCE:]
            found = list(self._provider.read(batch))
            self._begun += [item for item in found if not isinstance(item, RepositoryRecord | Unread)]
            there = {item.node_id if isinstance(item, RepositoryRecord) else item.id for item in found}
            gone = [item for item in batch if item not in there]
            done = [item for item in found if isinstance(item, RepositoryRecord | Unread)]
            self._take_found(at, done, gone, is_stored=is_stored)
            if sum(item.wanted for item in self._begun) >= _FILES_AT_ONCE:
                self._finish_begun(at, is_stored=is_stored)

    def _finish_begun(self, at: Progress, *, is_stored: bool) -> None:
        """Fetch the files that repositories were waiting for; what was pending with them is done then."""
        if self._begun:
            begun, self._begun = self._begun, []
            self._take_found(at, list(self._provider.finish(begun)), [], is_stored=is_stored)

    def _take_found(
        self,
        at: Progress,
        found: Sequence[RepositoryRecord | Unread],
        gone: Sequence[str],
        *,
        is_stored: bool,
    ) -> None:
        records = [item for item in found if isinstance(item, RepositoryRecord)]
        self.tally.unread += [item for item in found if isinstance(item, Unread)]
        read = {record.node_id for record in records}
        with writing(self._database) as connection:
            again = self._write(connection, at, records)
            at.pending += [item for item in again if item not in at.pending and item not in read]
            # What vanished between the two looks is gone, not unchanged.
            mark_seen(connection, self._source, gone, 0)
            if is_stored and at.phase is not Phase.NONE:
                self._note(connection, at)
        self._show_now_and_then(at)

    def _write(
        self, connection: sa.Connection, at: Progress, records: Sequence[RepositoryRecord]
    ) -> list[str]:
        """Write some repositories; the ids of those that may have a name now which was taken."""
        records = self._not_overtaken(connection, records)
        follow_renames(connection, self._source, records)
        stored = stored_of(connection, records)
        plan = plan_of(self._source, records, replace(stored, born=self._born), at.walk)
        write_plan(self._database, connection, plan, [record.key for record in records], self._clock.now())
        self._count(plan, orphans_leave=self._provider.has_history)
        self._born |= plan.born
        return [*waiting_for(connection, self._source, plan.orphans), *ids_of(connection, plan.displaced)]

    def _not_overtaken(
        self, connection: sa.Connection, records: Sequence[RepositoryRecord]
    ) -> list[RepositoryRecord]:
        """Without those of which something newer was written while they were read: a webhook is quick."""
        pushed = pushes_of(connection, [record.node_id for record in records])
        return [
            record
            for record in records
            if record.pushed_at is None
            or (known := pushed.get(record.node_id)) is None
            or record.pushed_at >= known
        ]

    def _count(self, plan: Plan, *, orphans_leave: bool) -> None:
        self.tally.added += plan.added
        self.tally.changed += plan.changed
        self.tally.removed += plan.orphans if orphans_leave else []
        self.tally.docs_changed += [
            as_name(row) for row in plan.repositories if row["docs_wanted"] != row["docs_read"]
        ]
        self._is_unshown |= not plan.is_empty

    # -- what is remembered ----------------------------------------------------------------------------------

    def _progress(self) -> Progress | None:
        with self._database.read() as connection:
            return _progress(connection, self._source)

    def _enter(self, at: Progress, phase: Phase) -> None:
        at.phase, at.after = phase, None
        with self._database.write() as connection:
            self._note(connection, at)

    def _note(self, connection: sa.Connection, at: Progress, **more: Any) -> None:
        values = {
            "walk": at.walk,
            "phase": str(at.phase),
            "cursor": at.after,
            "pending": [*at.pending, *(item.id for item in self._begun)],
            "walk_started_at": at.started_at,
            "is_full": at.is_full,
            "watermark": at.watermark,
        }
        connection.execute(sources.update().where(sources.c.source == self._source).values(**values, **more))

    def _show_now_and_then(self, at: Progress) -> None:
        if self._clock.now() - self._shown_at >= _SHOWN_AFTER:
            self._show(at)

    def _show(self, at: Progress) -> None:
        """Let answers be made from what was written: the catalog's generation rises."""
        values: dict[str, Any] = {"watermark": at.watermark}
        if self._is_unshown:
            values["generation"] = sources.c.generation + 1
        self._is_unshown, self._shown_at = False, self._clock.now()
        with self._database.write() as connection:
            connection.execute(sources.update().where(sources.c.source == self._source).values(**values))


def _progress(connection: sa.Connection, source: str) -> Progress | None:
    row = connection.execute(sa.select(sources).where(sources.c.source == source)).one_or_none()
    if row is None or row.walk_started_at is None:
        return None
    return Progress(
        row.walk,
        Phase(row.phase),
        row.cursor,
        list(row.pending),
        row.walk_started_at,
        row.is_full,
        row.watermark,
    )
