"""The only functions that decide who may see or do what; docs/concepts/visibility.md tells the rule."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Visibility(StrEnum):
    """How widely GitHub shows a repository; everything read from it carries this along."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PRIVATE = "private"


class Standing(StrEnum):
    """What an asker is to the organisation."""

    OPERATOR = "operator"
    """Somebody with a shell on the machine and access to the database."""
    MEMBER = "member"
    """A full member of the Slack workspace."""
    UNMATCHED = "unmatched"
    """A full member whom the catalog does not know, where ``access.require_match`` asks for that."""
    GUEST = "guest"
    """A guest, a bot, or somebody from another organisation in a shared channel."""


class PlaceKind(StrEnum):
    """Where an answer is read."""

    DIRECT = "direct"
    """In direct messages with the app."""
    EPHEMERAL = "ephemeral"
    """By the asker alone, wherever they asked; the command line too."""
    CHANNEL = "channel"
    """By everybody in a channel."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer is read, and by whom besides the asker."""

    kind: PlaceKind = PlaceKind.EPHEMERAL
    has_guests: bool = False
    is_shared: bool = False
    """With another organisation (Slack Connect), also while the invitation is open."""
    is_known: bool = True
    """False where Slack did not say who reads along."""

    @property
    def is_open(self) -> bool:
        """Whether somebody from outside may read along; a channel that nobody knows counts as one."""
        is_outside = self.has_guests or self.is_shared or not self.is_known
        return self.kind is PlaceKind.CHANNEL and is_outside


ALONE = Place()
"""An answer that only the asker reads."""
UNKNOWN_CHANNEL = Place(PlaceKind.CHANNEL, is_known=False)
"""A channel of which nothing is known: treated as if anybody could be in it."""


@dataclass(frozen=True, slots=True)
class SlackUser:
    """A person as Slack knows them; the id is only unique inside its workspace."""

    workspace: str
    id: str


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where the answer is read.

    ``user`` and ``groups`` are catalog references, where the person was matched.
    """

    standing: Standing
    slack: SlackUser | None = None
    user: str | None = None
    groups: frozenset[str] = field(default_factory=frozenset)
    is_admin: bool = False
    """Whether ``slack.admins`` names the person."""
    place: Place = ALONE

    def at(self, place: Place) -> "Asker":
        """The same person, whose answer is read somewhere else."""
        return replace(self, place=place)


OPERATOR = Asker(Standing.OPERATOR)
"""The asker behind the command line and behind jobs that nobody asked for."""

_ALL = frozenset(Visibility)
_PUBLIC = frozenset({Visibility.PUBLIC})


def visible_to(asker: Asker) -> frozenset[Visibility]:
    """The visibilities that an asker may read, where the answer is read."""
    return visible_in(asker, asker.place)


def visible_in(asker: Asker, place: Place) -> frozenset[Visibility]:
    """The visibilities that an answer to somebody may show in a place.

    Members of the workspace see what the organisation's members see. A guest sees only what
    everybody on the internet could see, and so does every channel in which one reads along.
    """
    if asker.standing not in (Standing.MEMBER, Standing.OPERATOR) or place.is_open:
        return _PUBLIC
    return _ALL


def may_create(asker: Asker) -> bool:
    """Whether an asker may start new repositories: members of the organisation, and the operator."""
    return asker.standing in (Standing.MEMBER, Standing.OPERATOR)


def may_propose(asker: Asker) -> bool:
    """Whether an asker may propose a change to a file in a pull request, which its owners then decide about."""
    return asker.standing in (Standing.MEMBER, Standing.OPERATOR)


def may_correct(
    asker: Asker, owners: Collection[str], leads: Collection[str], new_owner: str | None = None
) -> bool:
    """Whether somebody's word is enough to open a pull request that names another owner; others ask first.

    It is the word of those who are concerned: members of an owning team or of the proposed one, leads
    of an owning team, an owner who is a person, and administrators.

    Args:
        asker: Who wants it.
        owners: References of those who own the thing now, as far as the catalog knows them.
        leads: References of the people who lead the owning teams.
        new_owner: Who is to own it, as far as somebody was named.
    """
    return may_propose(asker) and (
        may_administer(asker) or may_decide(asker, {*owners, *([new_owner] if new_owner else [])}, leads)
    )


def may_decide(asker: Asker, owners: Collection[str], leads: Collection[str]) -> bool:
    """Whether somebody may answer for the owners whether a thing is theirs: members, leads, the owner in person."""
    if not may_propose(asker):
        return False
    return not asker.groups.isdisjoint(owners) or (asker.user is not None and asker.user in {*owners, *leads})


def may_act_for(asker: Asker, group: str) -> bool:
    """Whether an asker may act for a group: its members, and the operator.

    Args:
        asker: Who wants to act.
        group: The group's reference, in lower case (``group:default/payments``).
    """
    return asker.standing is Standing.OPERATOR or group in asker.groups


def may_administer(asker: Asker) -> bool:
    """Whether an asker may decide for the whole catalog: administrators by ``slack.admins``, and the operator."""
    return asker.standing is Standing.OPERATOR or (asker.is_admin and asker.standing is not Standing.GUEST)
