"""Pure: which few changes move a team the most."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scorecards import links
from scorecards.model import Check, EntityScore, Improvement, Level, Risk, State

MOST = 3
"""How many improvements a message shows."""

WEIGHTS: Mapping[Risk, float] = {Risk.CRITICAL: 10, Risk.HIGH: 7.5, Risk.MEDIUM: 5, Risk.LOW: 2.5}
"""OpenSSF's weights; they order fixes and nothing else."""

_MET = (State.PASS, State.EXEMPT, State.NOT_APPLICABLE)


@dataclass(slots=True)
class _Candidate:
    check: Check
    to_level: Level | None
    scores: list[EntityScore] = field(default_factory=list)
    levels: int = 0
    progress: float = 0.0

    @property
    def minutes(self) -> int:
        fix = self.check.fix
        return fix.minutes if fix.is_once else fix.minutes * len(self.scores)

    def rank(self) -> tuple[float, float, float, str, int]:
        """Levels gained for the effort, then risk, then how far it goes towards a level."""
        return (
            -self.levels / self.minutes,
            -WEIGHTS[self.check.risk],
            -self.progress / self.minutes,
            self.check.id,
            int(self.to_level or 0),
        )


def improvements(
    scores: Iterable[EntityScore], checks: Sequence[Check], claims: Mapping[str, str] | None = None
) -> tuple[Improvement, ...]:
    """At most three changes: levels gained for the effort first, then risk.

    Args:
        scores: What the team owns.
        checks: The checks that count already; a preview must not stand in the way of a level.
        claims: Slack ids of those who took an improvement, by its key.
    """
    candidates: dict[tuple[str, Level | None], _Candidate] = {}
    for score in scores:
        for check in _failing(score, checks):
            to_level = _level_with(score, check, checks)
            candidate = candidates.setdefault((check.id, to_level), _Candidate(check, to_level))
            candidate.scores.append(score)
            candidate.levels += (to_level - score.level) if to_level else 0
            candidate.progress += _progress(score, check, checks)
    best = sorted(candidates.values(), key=_Candidate.rank)
    return tuple(_improvement(candidate, claims or {}) for candidate in _one_each(best)[:MOST])


def _one_each(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The best candidate of each check: three lines that say the same help nobody."""
    seen: dict[str, _Candidate] = {}
    for candidate in candidates:
        seen.setdefault(candidate.check.id, candidate)
    return list(seen.values())


def _improvement(candidate: _Candidate, claims: Mapping[str, str]) -> Improvement:
    level = candidate.to_level.name.lower() if candidate.to_level else "step"
    key = f"{candidate.check.id}:{level}"
    fix = candidate.check.fix
    return Improvement(
        check=candidate.check.id,
        text=fix.text,
        entities=tuple(score.title for score in candidate.scores),
        to_level=candidate.to_level,
        minutes=candidate.minutes,
        link=links.fill(fix.link, candidate.scores[0].fields) if fix.link else "",
        risk=candidate.check.risk,
        key=key,
        claimed_by=claims.get(key, ""),
    )


def _failing(score: EntityScore, checks: Sequence[Check]) -> list[Check]:
    failed = {result.check for result in score.results if result.state is State.FAIL}
    return [check for check in checks if check.id in failed]


def _level_with(score: EntityScore, mended: Check, checks: Sequence[Check]) -> Level | None:
    """The level that mending one check alone leads to; None where it leads to none."""
    if not score.is_ranked:
        return None
    open_levels = [check.level for check in _open(score, checks) if check.id != mended.id]
    top = max((check.level for check in checks), default=Level.NONE)
    reached = Level(min(open_levels) - 1) if open_levels else top
    return reached if reached > score.level else None


def _progress(score: EntityScore, check: Check, checks: Sequence[Check]) -> float:
    """The share of the next level that one check stands for."""
    blocking = [other for other in _open(score, checks) if other.level == score.level + 1]
    return 1 / len(blocking) if check in blocking else 0.0


def _open(score: EntityScore, checks: Sequence[Check]) -> list[Check]:
    """The checks that keep the entity from a level: failed, unknown or waiting."""
    unmet = {result.check for result in score.results if result.state not in _MET}
    return [check for check in checks if check.id in unmet]
