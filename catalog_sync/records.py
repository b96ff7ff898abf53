"""Pure: what providers hand to a sync: repositories as they are now, and teams."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from catalog_sync.entity.model import Entity, Refusal, RepositoryName
from catalog_sync.github.port import TeamSnapshot
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

    @property
    def key(self) -> str:
        """``host/owner/name`` in lower case."""
        return repository_key(self.name)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a provider saw.

    ``existing`` holds every repository that is there now, changed or not: what is missing from it
    is gone. ``teams`` is None when this provider knows no teams.
    """

    existing: frozenset[str]
    changed: tuple[RepositoryRecord, ...]
    teams: tuple[TeamSnapshot, ...] | None = None
    requests: int = 0
    is_complete: bool = True
    """False when only some repositories were looked at; then nothing is removed."""
    extra: Mapping[str, str] = field(default_factory=dict)


class Provider(Protocol):
    """A source of entities; the built-in ones are plugins like any other."""

    @property
    def name(self) -> str:
        """Unique among providers: ``github``."""
        ...

    @property
    def source(self) -> str:
        """What exactly is read: ``github:github.com/acme``; rows belong to it."""
        ...

    def read(self, known: Mapping[str, str]) -> Reading:
        """Look at everything now.

        Args:
            known: Repository key to fingerprint, as last stored; what is equal need not be read.

        Raises:
            GitHubUnavailable: The source did not answer; the sync then changes nothing.
        """
        ...


def repository_key(name: RepositoryName) -> str:
    """``host/owner/name`` in lower case; hosts compare names so."""
    return str(name).lower()


def digest(*parts: Any) -> str:
    """A short stand-in for a value; equal as long as the value is."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
