"""Pure: values that a source found, as facts with their time and source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scorecards.model import Fact


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """Stands in a source's values for one that could not be measured, with the reason."""

    problem: str


def as_facts(values: Mapping[str, Any], now: datetime, source: str) -> tuple[Fact, ...]:
    """One fact for each value; ``source`` is where they were read, as people would say it."""
    return tuple(
        Fact(name, None, now, source, value.problem)
        if isinstance(value, NotMeasured)
        else Fact(name, value, now, source)
        for name, value in values.items()
    )
