"""Pure: what is known of one entity before facts are measured, gathered from the catalog's rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from catalog_sync.entity.model import Entity, Resolution
from core.access import Visibility


@dataclass(frozen=True, slots=True)
class Team:
    """A group that owns things, as reports need it; references are in lower case."""

    ref: str
    title: str
    channel: str | None = None
    leads: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    parent: str | None = None
    children: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository that an entity was read from; None and empty where the host did not say."""

    name: str
    """``owner/name``."""
    url: str
    visibility: Visibility
    is_archived: bool = False
    is_fork: bool = False
    created_at: datetime | None = None
    head_committed_at: datetime | None = None
    license: str | None = None
    root: Mapping[str, int] = field(default_factory=dict)
    """Paths at the root of the default branch and in ``.github/`` with their sizes in bytes;
    folders end in ``/``."""
    has_root: bool = False
    """Whether ``root`` was read at all."""
    codeowners_path: str = ""
    codeowners_faults: tuple[str, ...] = ()
    codeowners_owners: tuple[str, ...] = ()
    """Owners of the whole repository by CODEOWNERS, as references."""


@dataclass(frozen=True, slots=True)
class Docs:
    """What the docs index knows of an entity."""

    pages: int
    newest_at: datetime | None = None
    oldest_at: datetime | None = None
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """One entity to be judged, with everything that the built-in sources measure."""

    entity: Entity
    owner: Resolution
    team: Team | None = None
    """The owning group, where the first owner is a group of the catalog."""
    repository: Repository | None = None
    docs: Docs | None = None
    """None while the docs of its repository were never read."""
    refusals: tuple[str, ...] = ()
    """What the catalog refused in the repository's descriptors, as ``where: message``."""

    @property
    def ref(self) -> str:
        """The entity's reference, in lower case."""
        return str(self.entity.ref)

    @property
    def lifecycle(self) -> str:
        """``spec.lifecycle`` in lower case."""
        return str(self.entity.spec.get("lifecycle") or "").lower()

    @property
    def type(self) -> str:
        """``spec.type`` in lower case."""
        return str(self.entity.spec.get("type") or "").lower()
