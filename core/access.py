"""The only functions that decide who may see or do what."""

from dataclasses import dataclass, field
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
    GUEST = "guest"
    """A guest, or somebody from another organisation in a shared channel."""


@dataclass(frozen=True, slots=True)
class SlackUser:
    """A person as Slack knows them; the id is only unique inside its workspace."""

    workspace: str
    id: str


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks. ``user`` and ``groups`` are catalog references, where the person was matched."""

    standing: Standing
    slack: SlackUser | None = None
    user: str | None = None
    groups: frozenset[str] = field(default_factory=frozenset)


OPERATOR = Asker(Standing.OPERATOR)
"""The asker behind the command line and behind jobs that nobody asked for."""


def visible_to(asker: Asker) -> frozenset[Visibility]:
    """The visibilities that an asker may read.

    Members of the workspace see what the organisation's members see; a guest sees only what
    everybody on the internet could see.
    """
    if asker.standing is Standing.GUEST:
        return frozenset({Visibility.PUBLIC})
    return frozenset(Visibility)


def may_create(asker: Asker) -> bool:
    """Whether an asker may start new repositories: everybody but guests."""
    return asker.standing is not Standing.GUEST


def may_act_for(asker: Asker, group: str) -> bool:
    """Whether an asker may act for a group: its members, and the operator.

    Args:
        asker: Who wants to act.
        group: The group's reference, in lower case (``group:default/payments``).
    """
    return asker.standing is Standing.OPERATOR or group in asker.groups
