"""Facts about who is on call, from an annotation on the entity."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from scorecards.model import Fact
from scorecards.subjects import Subject
from scorecards.vocabulary import Declaration, FactType

ANNOTATION = "acme.com/on-call"


class OnCall:
    """One source; it is asked for all entities at once."""

    name = "on-call"
    facts: Mapping[str, Declaration] = {
        "oncall.rotation": Declaration(FactType.TEXT, "The on-call rotation; empty when there is none."),
    }

    def collect(self, subjects: Sequence[Subject], now: datetime) -> Mapping[str, tuple[Fact, ...]]:
        """Every entity has a value: without the annotation it is empty."""
        return {subject.ref: (self._rotation(subject, now),) for subject in subjects}

    def _rotation(self, subject: Subject, now: datetime) -> Fact:
        rotation = str(subject.entity.annotations.get(ANNOTATION) or "")
        return Fact("oncall.rotation", rotation, now, f"annotation {ANNOTATION}")


def callboard_facts() -> tuple[OnCall, ...]:
    """What this plugin adds."""
    return (OnCall(),)
