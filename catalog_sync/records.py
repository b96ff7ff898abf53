"""Pure: what providers hand to a sync: pages of what there is, repositories as they are now, and teams."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from catalog_sync.entity.model import Entity, Refusal, RepositoryName
from catalog_sync.github.port import TeamSnapshot, Unread
from core.access import Visibility


@dataclass(frozen=True, slots=True)
class RepositoryRecord:
    """One repository that is new or changed, with what its descriptor gave."""

    name: RepositoryName
    node_id: str
    fingerprint: str
    visibility: Visibility
    url: str
    created_at: datetime
    is_archived: bool = False
    is_fork: bool = False
    description: str = ""
    topics: tuple[str, ...] = ()
    language: str | None = None
    license: str | None = None
    default_branch: str | None = None
    head_oid: str | None = None
    head_committed_at: datetime | None = None
    pushed_at: datetime | None = None
    root: tuple[Mapping[str, Any], ...] = ()
    """``{name, type, oid, size}`` of each entry at the root and in ``.github/``."""
    codeowners_path: str = ""
    codeowners: str | None = None
    docs_wanted: str = ""
    entities: tuple[Entity, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    read_paths: tuple[str, ...] = ()
    """The files that were asked for, there or not."""
    missing_paths: tuple[str, ...] = ()
    """Those of them that are not there."""

    @property
    def key(self) -> str:
        """``host/owner/name`` in lower case."""
        return repository_key(self.name)


@dataclass(frozen=True, slots=True)
class Seen:
    """One repository as a page of a source shows it: enough to know whether it changed."""

    id: str
    """What the source calls it for ever; it survives renames."""
    key: str
    """``host/owner/name`` in lower case."""
    fingerprint: str
    """Equal as long as nothing that is read of it can have changed."""
    pushed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some repositories of a source, and where the next page begins (None after the last one)."""

    seen: tuple[Seen, ...]
    after: str | None
    problems: tuple[str, ...] = ()
    """Set when the source left something out that may be there all the same; then nothing is removed."""


class Begun(Protocol):
    """A repository that leads to further files, which are fetched later, for many repositories together."""

    @property
    def id(self) -> str:
        """See ``Seen.id``."""
        ...

    @property
    def wanted(self) -> int:
        """How many files it waits for."""
        ...


class Provider(Protocol):
    """A source of entities; the built-in ones are plugins like any other.

    Whatever a method raises, the sync changes nothing that it had not learnt before, and goes on there
    the next time.
    """

    @property
    def name(self) -> str:
        """Unique among providers: ``github``."""
        ...

    @property
    def source(self) -> str:
        """What exactly is read: ``github:github.com/acme``; rows belong to it."""
        ...

    @property
    def has_history(self) -> bool:
        """Whether what a file no longer describes may be a slip, and stays for a while."""
        ...

    @property
    def requests(self) -> int:
        """How many requests were made so far."""
        ...

    def pages(self, after: str | None) -> Iterator[Page]:
        """Every repository there is now, oldest first, from a place in that order on.

        Raises:
            GitHubUnavailable: The source did not answer.
        """
        ...

    def recent(self) -> Iterator[Page]:
        """Every repository, the one that was pushed to last first; nothing where there are no pushes."""
        ...

    def read(self, ids: Sequence[str]) -> Iterator[RepositoryRecord | Unread | Begun]:
        """What some repositories hold now; one that is gone is left out."""
        ...

    def finish(self, begun: Sequence[Begun]) -> Iterator[RepositoryRecord | Unread]:
        """What repositories hold whose files were left for later; all of them came from ``read`` of this source."""
        ...

    def teams(self) -> tuple[TeamSnapshot, ...] | None:
        """Every team there is now; None where the source knows no teams, or may not tell."""
        ...


def repository_key(name: RepositoryName) -> str:
    """``host/owner/name`` in lower case; hosts compare names so."""
    return str(name).lower()


READING = 1
"""How files are read; raised when that changes, so that every repository is read again after an upgrade."""
CUTTING = 1
"""To be raised when pages of docs are cut into sections in another way: all docs are then fetched anew."""
INDEXING = 1
"""To be raised when sections of docs are indexed in another way: they are then indexed anew, without being fetched."""


def reading_digest(descriptors: Sequence[str], rules: object, branch: str | None = None) -> str:
    """A stand-in for the settings that decide how files are read; part of each fingerprint.

    Args:
        descriptors: Where descriptors are looked for.
        rules: Which kinds are taken; as text, equal as long as they are.
        branch: The branch that is read, where one is named.
    """
    return digest(READING, CUTTING, INDEXING, list(descriptors), str(rules), branch)[:12]


def digest(*parts: Any) -> str:
    """A short stand-in for a value; equal as long as the value is."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
