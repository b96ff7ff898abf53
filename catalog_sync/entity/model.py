"""Pure: the values of the catalog: references, entities, where they came from, and refusals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.access import Visibility

DEFAULT_NAMESPACE = "default"


@dataclass(frozen=True, slots=True)
class RepositoryName:
    """A repository, named with its host so that several hosts never mix."""

    host: str
    owner: str
    name: str

    @property
    def full_name(self) -> str:
        """``owner/name``, as people write it."""
        return f"{self.owner}/{self.name}"

    def __str__(self) -> str:
        return f"{self.host}/{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class EntityRef:
    """``kind:namespace/name``; equal whatever the case, as in Backstage.

    The parts keep the case they were written in; ``str()`` gives the identity, in lower case.
    """

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.namespace}/{self.name}".lower()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EntityRef) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


@dataclass(frozen=True, slots=True)
class Source:
    """Where an entity was read: a file of a repository, or a team of the host."""

    provider: str
    """The provider that brought it: ``github``, ``github-teams`` or ``folder``."""
    location: str
    """What the provider calls the place: ``github.com/acme/payments-api/catalog-info.yaml``."""
    url: str
    """A page that a person can open; empty where there is none."""
    visibility: Visibility
    repository: RepositoryName | None = None
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Entity:
    """One entry of the catalog, as its author wrote it, with where it came from."""

    ref: EntityRef
    api_version: str
    metadata: Mapping[str, Any]
    spec: Mapping[str, Any]
    source: Source

    @property
    def title(self) -> str:
        """What people call it: the title where there is one, else the name."""
        return str(self.metadata.get("title") or self.ref.name)

    @property
    def description(self) -> str:
        """Its description, empty when there is none."""
        return str(self.metadata.get("description") or "")

    @property
    def annotations(self) -> Mapping[str, str]:
        """Its annotations, empty when there are none."""
        return self.metadata.get("annotations") or {}


@dataclass(frozen=True, slots=True)
class Relation:
    """One direction of a relation: ``source --type--> target``."""

    source: EntityRef
    type: str
    target: EntityRef


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is wrong with a document, which usually means that it could not be taken into the catalog."""

    where: str
    """``owner/name/path:line:column``."""
    message: str
    source: Source
    expected: str = ""
    found: str = ""
    is_entry_kept: bool = False
    """Whether the entry is in the catalog all the same."""
    hint: str = ""
    """How to mend it, where that does not follow from what is expected."""
    subject: str = ""
    """The entry that it is about, as far as the file names it; it tells equal faults of one file apart."""


@dataclass(frozen=True, slots=True)
class Owner:
    """One owner as an answer names it."""

    ref: str
    """``group:default/payments`` or ``user:default/ana``."""
    title: str
    kind: str
    """``Group`` or ``User``."""
    channel: str | None = None
    """The Slack channel as it was written (``#payments-help`` or an id), where known."""
    channel_source: str = ""
    """Where the channel came from: an annotation, a link, a setting."""
    leads: tuple[str, ...] = ()
    """References of the people who lead it."""
    lead_source: str = ""
    is_known: bool = True
    """False when the catalog has nobody of that name; then it is shown as it was written."""


@dataclass(frozen=True, slots=True)
class OwnerClaim:
    """One source's word on who owns a thing."""

    source: str
    """``catalog-info.yaml (spec.owner)``, ``CODEOWNERS line 3``, ``team permission``."""
    owners: tuple[str, ...]
    """References of the owners it names."""
    url: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who owns a thing, why we believe it, and who says otherwise."""

    owners: tuple[str, ...]
    why: str
    claims: tuple[OwnerClaim, ...] = ()
    disagreements: tuple[str, ...] = field(default_factory=tuple)
    """One sentence each: ``CODEOWNERS says Ledger``."""
