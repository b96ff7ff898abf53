"""Use cases: each team's week and each manager's roll-up, both from one reading of the store."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from core.access import Visibility
from scorecards.model import Check, EntityScore, RollUp, TeamReport
from scorecards.rollup import Board, has_week, roll_ups, team_report
from scorecards.run import Scorecards

WEEK = timedelta(days=7)

WEEKS = 8
"""How many weeks the trend goes back, this one included."""


class Reports:
    """Reports over what was judged last; ``collect_and_judge`` keeps that fresh."""

    def __init__(self, scorecards: Scorecards) -> None:
        self._scorecards = scorecards

    def team_report(self, team: str, week: str) -> TeamReport | None:
        """A team's week as it stands now.

        Args:
            team: The group's reference.
            week: The ISO week to put on it (``2026-W47``).

        Returns:
            None when there is no such team, or when it owns nothing that is judged.
        """
        ref = team.lower()
        found = next((item for item in self._scorecards.catalog.teams() if item.ref == ref), None)
        return team_report(self.board({ref}), found, week) if found else None

    def teams_with_reports(self) -> tuple[str, ...]:
        """References of the teams that own something that is judged."""
        board = self.board()
        teams = self._scorecards.catalog.teams()
        return tuple(sorted(team.ref for team in teams if has_week(board.of(team.ref))))

    def roll_ups(self, week: str) -> tuple[RollUp, ...]:
        """Every manager's week as it stands now; somebody may have two, of separate groups."""
        return roll_ups(self.board(), tuple(self._scorecards.catalog.teams()), week)

    def board(self, owners: Collection[str] | None = None) -> Board:
        """Everything that reports are made of; of all owners, or of some."""
        now, history = self._scorecards.clock.now(), self._scorecards.history
        scores: dict[str, list[EntityScore]] = defaultdict(list)
        for score in self._scorecards.stored(frozenset(Visibility), owners):
            scores[score.owner].append(score)
        return Board(
            at=now,
            scores=dict(scores),
            past=[history.counts((now - WEEK * weeks).date()) for weeks in range(WEEKS - 1, 0, -1)],
            changes=history.changes(now - WEEK, owners),
            checks=_effective(self._scorecards.checks, now),
            first_days=history.first_days(),
            claims=history.claims(now),
            measured_at=self._scorecards.store.measured_at(),
        )


def _effective(checks: Iterable[Check], now: datetime) -> tuple[Check, ...]:
    return tuple(
        check for check in checks if check.effective_from is None or check.effective_from <= now.date()
    )
