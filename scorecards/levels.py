"""Pure: what checks say to the level that they lead to."""

from collections.abc import Iterable
from dataclasses import dataclass

from scorecards.model import Check, EntityScore, Level, State


@dataclass(frozen=True, slots=True)
class Standing:
    """What one check means for the ladder.

    ``holds`` when it counts as met; ``fails`` only when it was judged and is not met. A check
    that is unknown for long does neither: it gives no level, and takes none.
    """

    level: Level
    holds: bool
    fails: bool = False


def level_of(standings: Iterable[Standing], before: Level, top: Level) -> Level:
    """The level after an evaluation.

    Args:
        standings: All checks that count; those not yet effective are left out by the caller.
        before: The level until now; only a check that fails can take it away.
        top: The highest level that any check stands for.
    """
    gained = kept = top
    for standing in standings:
        below = Level(max(standing.level - 1, Level.NONE))
        if not standing.holds:
            gained = min(gained, below)
        if standing.fails:
            kept = min(kept, below)
    return max(gained, min(before, kept))


def to_next(score: EntityScore, checks: Iterable[Check]) -> tuple[Level, int] | None:
    """The next level of a score, and how many checks are not met yet on the way to it; None where there is none.

    Args:
        score: One entity's.
        checks: All that there are.
    """
    levels = {check.id: check.level for check in checks}
    above = sorted({level for level in levels.values() if level > score.level})
    if not above or not score.is_ranked:
        return None
    unmet = (State.FAIL, State.UNKNOWN)
    left = sum(
        result.state in unmet and levels.get(result.check, Level.GOLD) <= above[0] for result in score.results
    )
    return (above[0], left) if left else None
