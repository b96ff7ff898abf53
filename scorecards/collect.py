"""Asks every source once for its facts; a source that fails makes its own facts unknown, nothing else."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from core.errors import Unavailable
from core.log import new_reference
from scorecards.model import Fact
from scorecards.subjects import Subject
from scorecards.vocabulary import FactSource

_log = structlog.get_logger()


def collect(
    sources: Sequence[FactSource], subjects: Sequence[Subject], now: datetime
) -> dict[str, dict[str, Fact]]:
    """The facts of all subjects, by entity and by name.

    A fact that its source did not declare is dropped, with a line in the log: no check can use it.
    """
    facts: dict[str, dict[str, Fact]] = {subject.ref: {} for subject in subjects}
    for source in sources:
        found, problem = _ask(source, subjects, now)
        if problem:
            silent = {name: Fact(name, None, now, source.name, problem) for name in source.facts}
            for known in facts.values():
                known.update(silent)
        else:
            _take(source, found, facts)
    return facts


def _take(
    source: FactSource, found: Mapping[str, tuple[Fact, ...]], facts: dict[str, dict[str, Fact]]
) -> None:
    undeclared: set[str] = set()
    for entity, measured in found.items():
        known = facts.get(entity)
        if known is None:
            continue
        for fact in measured:
            if fact.name in source.facts:
                known[fact.name] = fact
            else:
                undeclared.add(fact.name)
    if undeclared:
        _log.warning("facts.undeclared", source=source.name, facts=sorted(undeclared))


def _ask(
    source: FactSource, subjects: Sequence[Subject], now: datetime
) -> tuple[Mapping[str, tuple[Fact, ...]], str]:
    """What the source found, or why it found nothing."""
    try:
        return source.collect(subjects, now), ""
    except Unavailable as error:
        _log.warning("facts.unavailable", source=source.name, message=error.message)
        return {}, f"{source.name} did not answer: {error.message}"
    except Exception as error:  # noqa: BLE001 - a plugin call is an outer rim
        reference = new_reference()
        _log.error("facts.bug", source=source.name, reference=reference, exc_info=error)
        return {}, f"the source {source.name} broke; reference {reference}"
