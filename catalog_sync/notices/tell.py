"""The use case that tells people what the last sync found: each once, and again when it is mended."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Protocol

import structlog

from catalog_sync.notices.compare import (
    broken_content,
    conflict_content,
    held_key,
    news_of,
    orphan_content,
    orphan_key,
    settled,
)
from catalog_sync.notices.first import MOST_LISTED, as_noted, note_first, summary
from catalog_sync.notices.model import (
    ADMINS,
    FileAt,
    Flaw,
    Held,
    Kind,
    Notice,
    NoticeMessage,
    Orphan,
    Place,
    Present,
    State,
    Touch,
    narrowest,
)
from catalog_sync.notices.store import NoticeStore
from catalog_sync.records import digest
from core.access import Visibility
from core.clock import Clock

_log = structlog.get_logger(__name__)
_MOST_PEOPLE = 20
"""More authors and teams than this are not told of broken files after one sync."""
_MOST_AUTHORS = 40
"""Of more authors than this nobody is looked up: a messenger like Slack takes some fifty questions a minute."""

Touches = Callable[[Sequence[FileAt]], Mapping[FileAt, Touch]]
"""The last commit of each file; a file of which the host says nothing is left out."""


class Messenger(Protocol):
    """Whoever brings messages to people, and knows whom it can reach."""

    def author(self, touch: Touch, visibility: Visibility) -> str | None:
        """Whoever made a commit, as a recipient; None where they cannot be told of something so visible."""
        ...

    def owner(self, ref: str, visibility: Visibility) -> str | None:
        """A team's channel, or a person, as a recipient; None where they cannot be told of it."""
        ...

    def show(self, message: NoticeMessage) -> bool:
        """Show a message, or edit the one with its key; False where nobody could be reached, so that it
        is tried again after the next sync."""
        ...


class Owners(Protocol):
    """Who owns things."""

    def of_repository(self, key: str) -> tuple[str, ...]:
        """The owners of a repository, as references."""
        ...

    def of_entity(self, ref: str) -> tuple[str, ...]:
        """The owners of an entity, as references; of one that left its file, the last ones."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """What one look led to."""

    new: int
    settled: int
    messages: int


class Notices:
    """Tells people.

    Args:
        store: What is wrong, and what was told.
        clock: Tells the present.
        touches: Who touched a file last.
        owners: Who owns things.
        messenger: Brings messages to people.
        orphan_grace: How long an orphan stays.
    """

    def __init__(
        self,
        store: NoticeStore,
        clock: Clock,
        *,
        touches: Touches,
        owners: Owners,
        messenger: Messenger,
        orphan_grace: timedelta,
    ) -> None:
        self._store = store
        self._clock = clock
        self._touches = touches
        self._owners = owners
        self._messenger = messenger
        self._asked = _Asked(messenger)
        self._grace = orphan_grace

    def after_sync(self, source: str) -> Told:
        """Tell what a source's last sync found, and what it found mended.

        What is to be told is written down before anybody is told, so that a crash in between tells
        the rest, and nobody twice.

        Raises:
            Unavailable: GitHub or the messenger did not answer, or another process is telling people of
                this source; do it again later.
        """
        with self._store.alone(source):
            return self._after_sync(source)

    def _after_sync(self, source: str) -> Told:
        if not self._store.is_walked(source):
            # A webhook came before the first look at everything; that look decides what is old.
            return Told(0, 0, 0)
        note_first(self._store, self._clock, source)
        known = self._store.known(source)
        present = self._store.present(source, known)
        ended = list(settled(present, known, self._clock.now()))
        self._store.write(ended)
        fresh = self._fresh(present, known)
        self._store.write(fresh)
        self._store.forget_old(self._clock.now())
        told = Told(len(fresh), len(ended), self._tell(source))
        _log.info("catalog.told", source=source, new=told.new, settled=told.settled, messages=told.messages)
        return told

    def decide(self, source: str, held: str, state: State, by: str) -> bool:
        """Note how an administrator decided on a hold, and show it in every copy of its message.

        Returns:
            False where that hold waits for nobody any more.
        """
        waiting = [
            notice
            for notice in self._store.known(source)
            if notice.kind is Kind.HELD and notice.content["digest"] == held and notice.state is State.OPEN
        ]
        now = self._clock.now()
        self._store.write(
            [
                replace(
                    notice,
                    state=state,
                    content={**notice.content, "by": by},
                    settled_at=now,
                    is_told=False,
                )
                for notice in waiting
            ]
        )
        self._tell(source)
        return bool(waiting)

    def _tell(self, source: str) -> int:
        count = 0
        for message in self._store.untold(source):
            if self._messenger.show(message):
                self._store.told(message)
                count += 1
        return count

    def _fresh(self, present: Present, known: Sequence[Notice]) -> list[Notice]:
        """Notices of everything new, each with whom it is for, and in which message it stands."""
        news = news_of(present, known)
        places = [flaws[0].place for flaws in news.broken]
        places += [place for flaw in news.conflicts for place in (flaw.place, flaw.first) if place]
        files = [place.file for place in places if place.file]
        touches = self._touches(list(dict.fromkeys(files))) if files else {}
        self._asked = _Asked(self._messenger)
        authors = {_who(touch) for place in places if (touch := _touch_of(place, touches))}
        is_flood = len(authors) > _MOST_AUTHORS
        found = [self._broken(present.source, flaws, touches, is_flood=is_flood) for flaws in news.broken]
        for flaw in news.conflicts:
            found += self._conflict(present.source, flaw, touches, is_flood=is_flood)
        found += [self._orphan(present.source, orphan) for orphan in news.orphans]
        found += [self._held(present.source, news.held)] if news.held else []
        people = {notice.recipient for notice in found if notice.kind is Kind.BROKEN}
        if news.broken and (is_flood or len(people) > _MOST_PEOPLE):
            return self._too_many(present.source, found)
        return list(_in_messages(found))

    def _too_many(self, source: str, found: Sequence[Notice]) -> list[Notice]:
        """So many people did not all make a mistake at once: rules or settings changed, and administrators hear of it."""
        noted = [as_noted(notice) for notice in found if notice.kind is Kind.BROKEN]
        others = [notice for notice in found if notice.kind is not Kind.BROKEN]
        key = f"many:{source}:{self._clock.now().isoformat(timespec='seconds')}"
        return [*_in_messages(others), *noted, summary(key, source, noted, self._clock)]

    def _broken(
        self, source: str, flaws: Sequence[Flaw], touches: Mapping[FileAt, Touch], *, is_flood: bool
    ) -> Notice:
        place = flaws[0].place
        touch = _touch_of(place, touches)
        commit = touch.commit if touch else place.commit
        content = broken_content(flaws, commit, touch.name if touch else "", touch.subject if touch else "")
        key = f"broken:{place.repository}:{place.path}:{commit}:{digest(*(flaw.id for flaw in flaws))}"
        recipient = ADMINS if is_flood else self._reach(place, touch)
        content["is_own"] = self._is_by(touch, recipient, place.visibility)
        return self._notice(key, Kind.BROKEN, source, place.repository, recipient, content, place.visibility)

    def _conflict(
        self, source: str, flaw: Flaw, touches: Mapping[FileAt, Touch], *, is_flood: bool
    ) -> Iterator[Notice]:
        """One for each of the two authors; who may not see both places hears nothing."""
        visibility = narrowest(place.visibility for place in (flaw.place, flaw.first) if place)
        places = [place for place in (flaw.place, flaw.first) if place and place.repository]
        recipients = [
            ADMINS
            if is_flood
            else self._reach(replace(place, visibility=visibility), _touch_of(place, touches))
            for place in places
        ]
        for recipient in dict.fromkeys(recipients):
            key = f"conflict:{flaw.conflict}:{flaw.id}:{recipient}"
            content = conflict_content(flaw)
            repository = flaw.place.repository
            yield self._notice(key, Kind.CONFLICT, source, repository, recipient, content, visibility)

    def _orphan(self, source: str, orphan: Orphan) -> Notice:
        place = orphan.place
        recipient = self._first_owner(self._owners.of_entity(orphan.ref), place.visibility) or ADMINS
        content, key = orphan_content(orphan, self._grace), orphan_key(orphan)
        return self._notice(key, Kind.ORPHAN, source, place.repository, recipient, content, place.visibility)

    def _held(self, source: str, held: Held) -> Notice:
        content = {
            "digest": held.digest,
            "repositories": len(held.repositories),
            "entities": len(held.entities),
            "known": held.known,
            "names": [*held.repositories[:MOST_LISTED]] or [*held.entities[:MOST_LISTED]],
        }
        return self._notice(held_key(source, held), Kind.HELD, source, "", ADMINS, content)

    def _reach(self, place: Place, touch: Touch | None) -> str:
        """The author, else the owning team's channel, else the administrators."""
        if touch and not touch.is_machine:
            author = self._asked.author(touch, place.visibility)
            if author:
                return author
        owners = self._owners.of_repository(place.repository) if place.repository else ()
        return self._first_owner(owners, place.visibility) or ADMINS

    def _is_by(self, touch: Touch | None, recipient: str, visibility: Visibility) -> bool:
        """Whether a recipient made a commit; who owns the file may be a person too."""
        if touch is None or touch.is_machine or recipient == ADMINS:
            return False
        return recipient == self._asked.author(touch, visibility)

    def _first_owner(self, owners: Sequence[str], visibility: Visibility) -> str | None:
        reached = (self._asked.owner(ref, visibility) for ref in owners)
        return next((recipient for recipient in reached if recipient), None)

    def _notice(
        self,
        key: str,
        kind: Kind,
        source: str,
        repository: str,
        recipient: str,
        content: Mapping[str, Any],
        visibility: Visibility = Visibility.PRIVATE,
    ) -> Notice:
        now, content = self._clock.now(), {**content, "visibility": str(visibility)}
        return Notice(key, kind, source, repository, recipient, "", State.OPEN, False, content, found_at=now)


@dataclass(slots=True)
class _Asked:
    """A messenger that is asked about each person once in one look."""

    messenger: Messenger
    _authors: dict[tuple[str, Visibility], str | None] = field(default_factory=dict)
    _owners: dict[tuple[str, Visibility], str | None] = field(default_factory=dict)

    def author(self, touch: Touch, visibility: Visibility) -> str | None:
        key = (_who(touch), visibility)
        if key not in self._authors:
            self._authors[key] = self.messenger.author(touch, visibility)
        return self._authors[key]

    def owner(self, ref: str, visibility: Visibility) -> str | None:
        key = (ref, visibility)
        if key not in self._owners:
            self._owners[key] = self.messenger.owner(ref, visibility)
        return self._owners[key]


def _who(touch: Touch) -> str:
    return f"{touch.login} {touch.mail}".lower()


def _in_messages(found: Iterable[Notice]) -> Iterator[Notice]:
    """Everything of one kind for one recipient stands in one message."""
    together: dict[tuple[Kind, str], list[Notice]] = {}
    for notice in found:
        together.setdefault((notice.kind, notice.recipient), []).append(notice)
    for (kind, recipient), several in together.items():
        key = f"{kind}:{digest(recipient, *(notice.key for notice in several))}"
        yield from (replace(notice, message=key) for notice in several)


def _touch_of(place: Place, touches: Mapping[FileAt, Touch]) -> Touch | None:
    file = place.file
    return touches.get(file) if file else None
