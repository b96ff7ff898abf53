"""Use cases: each team's week and each manager's roll-up, both from one reading of the store."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from core.access import Visibility
from scorecards.model import Check, EntityScore, RollUp, TeamReport
from scorecards.rollup import Board, has_week, roll_ups, team_report
from scorecards.run import Scorecards

WEEK = timedelta(days=7)
_ALL = frozenset(Visibility)

SeenIn = Callable[[str], frozenset[Visibility]]
"""From a channel to what everybody in it may see."""

WEEKS = 8
"""How many weeks the trend goes back, this one included."""


class Reports:
    """Reports over what was judged last; ``collect_and_judge`` keeps that fresh."""

    def __init__(self, scorecards: Scorecards) -> None:
        self._scorecards = scorecards

    def team_report(self, team: str, week: str, seen_in: SeenIn | None = None) -> TeamReport | None:
        """A team's week as it stands now.

        Args:
            team: The group's reference.
            week: The ISO week to put on it (``2026-W47``).
            seen_in: What everybody in the team's channel may see, where the report is posted there.

        Returns:
            None when there is no such team, or when it owns nothing that is judged and may be shown.
        """
        ref = team.lower()
        found = next((item for item in self._scorecards.catalog.teams() if item.ref == ref), None)
        if found is None:
            return None
        visible = seen_in(found.channel) if seen_in and found.channel else _ALL
        return team_report(_only(self.board({ref}), visible), found, week)

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


def _only(board: Board, visible: frozenset[Visibility]) -> Board:
    """The board without what may not be shown; earlier weeks count everything, so they go too."""
    if visible == _ALL:
        return board
    scores = {
        owner: [score for score in found if score.visibility in visible]
        for owner, found in board.scores.items()
    }
    shown = {score.entity for found in scores.values() for score in found}
    changes = {
        owner: [change for change in found if change.entity in shown]
        for owner, found in board.changes.items()
    }
    return replace(board, scores=scores, changes=changes, past=())


def _effective(checks: Iterable[Check], now: datetime) -> tuple[Check, ...]:
    return tuple(
        check for check in checks if check.effective_from is None or check.effective_from <= now.date()
    )
