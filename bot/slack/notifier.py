"""Brings runs and reports to people: one message for each, edited as things change."""

from collections.abc import Callable

import structlog

from bot.slack.create.views import progress_message
from bot.slack.gateway import Gateway
from bot.slack.people import People
from bot.slack.scorecard.handlers import weekly_key
from bot.slack.scorecard.views import roll_up_message, weekly_message
from core.access import OPERATOR, Place, Standing, Visibility, visible_in
from core.clock import Clock
from scaffolds.model import RunProgress
from scorecards.model import RollUp, TeamReport

_log = structlog.get_logger(__name__)


class Notifier:
    """Both rooms' announcer.

    Args:
        gateway: The way out.
        clock: Tells the present.
        people: Finds the Slack users of people in the catalog.
        place_of: Who reads along in a channel.
    """

    def __init__(
        self, gateway: Gateway, clock: Clock, people: People, place_of: Callable[[str], Place]
    ) -> None:
        self._gateway = gateway
        self._clock = clock
        self._people = people
        self._place_of = place_of

    def run_changed(self, progress: RunProgress) -> None:
        """Show a run as it stands, in the asker's direct messages."""
        if progress.asked_by is None:
            return
        message = progress_message(progress, self._clock.now())
        self._gateway.deliver_directly(progress.asked_by.id, message, f"run:{progress.run_id}")

    def seen_in(self, channel: str) -> frozenset[Visibility]:
        """What everybody in a channel may see."""
        return visible_in(OPERATOR, self._place_of(channel))

    def team_weekly(self, report: TeamReport) -> None:
        """Show a team its week, in its channel; a team without one is noted for the doctor."""
        if not report.channel:
            _log.warning("slack.no_channel", team=report.team)
            return
        message = weekly_message(report, self._clock.now())
        self._gateway.deliver(report.channel, message, weekly_key(report.team, report.week))

    def roll_up(self, roll_up: RollUp) -> None:
        """Show a manager the week of their teams, in their direct messages."""
        user = self._people.slack_user_of(roll_up.manager)
        if user is None or user.standing is not Standing.MEMBER:
            # Its numbers are of all repositories, which a guest may not see.
            _log.warning("slack.manager_not_found", manager=roll_up.manager, scope=roll_up.scope)
            return
        message = roll_up_message(roll_up, self._clock.now())
        key = f"rollup:{roll_up.manager}:{roll_up.scope}:{roll_up.week}"
        self._gateway.deliver_directly(user.id, message, key)
