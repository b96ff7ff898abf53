"""Pure: what a question can be about."""

from dataclasses import dataclass

from catalog_sync.memory.cards import Card, KnownRepository
from catalog_sync.names import Match


@dataclass(frozen=True, slots=True)
class Place:
    """A repository, or a path in it."""

    repository: KnownRepository
    path: str = ""
    lines: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A Slack channel, by every name that was given for it."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Several:
    """Places that fit equally well."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A person, a team or a place that was clearly meant and is not known."""

    what: str


Found = Card | Place | Channel | Several | Match | Unknown
