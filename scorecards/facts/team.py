"""Facts about the team that owns an entity."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from scorecards.facts.measured import as_facts
from scorecards.model import Fact
from scorecards.subjects import Subject
from scorecards.vocabulary import Declaration, FactType


class TeamFacts:
    """Who owns it, and whether they can be reached."""

    name = "team"
    facts: Mapping[str, Declaration] = {
        "owner.team": Declaration(
            FactType.TEXT, "The owning group where it exists in the catalog; empty when no group owns it."
        ),
        "owner.title": Declaration(FactType.TEXT, "What people call the owning group."),
        "owner.members": Declaration(FactType.INT, "How many people are in the owning group."),
        "owner.channel": Declaration(
            FactType.TEXT, "The owning group's Slack channel; empty when there is none."
        ),
        "owner.leads": Declaration(FactType.TEXTS, "Who leads the owning group."),
    }

    def collect(self, subjects: Sequence[Subject], now: datetime) -> dict[str, tuple[Fact, ...]]:
        """An entity without a team has empty values and no members: that is known, not unknown."""
        return {subject.ref: as_facts(_values(subject), now, "teams of the catalog") for subject in subjects}


def _values(subject: Subject) -> dict[str, Any]:
    team = subject.team
    return {
        "owner.team": team.ref if team else "",
        "owner.title": team.title if team else "",
        "owner.members": len(team.members) if team else 0,
        "owner.channel": (team.channel or "") if team else "",
        "owner.leads": team.leads if team else (),
    }
