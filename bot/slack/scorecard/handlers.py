"""Scorecards in Slack: one thing now, a team's list, taking an improvement, the numbers as a file."""

from dataclasses import dataclass

import structlog
from sqlalchemy.exc import OperationalError

from bot.slack.blocks import Message, counted
from bot.slack.conversation import Conversation, Request
from bot.slack.gateway import Gateway
from bot.slack.scorecard.views import (
    csv_text,
    score_line,
    score_message,
    team_line,
    team_scores_message,
    weekly_message,
)
from core.access import OPERATOR, Asker, Standing, visible_in
from core.clock import Clock, age
from core.errors import DatabaseUnavailable, NotAllowed, NotFound
from scorecards.levels import to_next
from scorecards.report import Reports, SeenIn
from scorecards.run import Scorecards

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ScoreConversation:
    """The handlers."""

    scorecards: Scorecards
    reports: Reports
    gateway: Gateway
    clock: Clock

    def conversation(self) -> Conversation:
        """How it registers."""
        return Conversation(
            name="score",
            hint="<component or team>",
            summary="how well it is kept, and the cheapest next step",
            handle=self.answer,
            also=("scorecard", "scores"),
            buttons={"team:detail": self.detail, "team:claim": self.claim, "org:csv": self.csv},
        )

    def answer(self, request: Request) -> None:
        """Judge one thing, or everything of a team, now."""
        if not request.text:
            request.reply.show(Message("Which scorecard? For example: score payments-api"))
            return
        found = self.scorecards.score_of(request.text, request.asker)
        measured = age(found.measured_at, self.clock.now())
        if found.about == "team":
            request.reply.show(team_scores_message(found.title, found.scores, measured))
            return
        titles = {check.id: check.title for check in self.scorecards.checks}
        request.reply.show(score_message(found.scores[0], self.scorecards.fixes(), titles, measured))

    def detail(self, request: Request) -> None:
        """Everything that the team of a weekly message owns."""
        team, _, week = request.text.partition(" ")
        report = self.reports.team_report(team, week)
        if report is None:
            raise NotFound("This team owns nothing that is judged any more.")
        scores = self.scorecards.score_team(team, request.asker)
        now = self.clock.now()
        measured = age(report.measured_at or now, now)
        request.reply.show(team_scores_message(report.title, scores, measured))

    def claim(self, request: Request) -> None:
        """Take the first improvement of a weekly message that nobody has yet; the message says so."""
        team, _, week = request.text.partition(" ")
        report = self.reports.team_report(team, week, self._seen_in(request))
        free = [fix for fix in report.fixes if not fix.claimed_by] if report else []
        if not free or request.asker.slack is None:
            raise NotFound("Everything on this list is taken already.")
        has_it = self.scorecards.claim(team, free[0].key, request.asker.slack)
        if has_it != request.user:
            raise NotAllowed("Somebody was faster; press again for the next one.")
        fresh = self.reports.team_report(team, week, self._seen_in(request))
        if fresh and fresh.channel:
            self.gateway.deliver(
                fresh.channel, weekly_message(fresh, self.clock.now()), weekly_key(team, week)
            )
        request.reply.show(Message(f"It is yours: {free[0].text}"))

    def csv(self, request: Request) -> None:
        """A roll-up's numbers, ready to paste into a spreadsheet."""
        scope, _, week = request.text.partition(" ")
        mine = [
            item
            for item in self.reports.roll_ups(week)
            if item.scope == scope and item.manager == request.asker.user
        ]
        if not mine or request.asker.standing is not Standing.MEMBER:
            raise NotAllowed("These numbers belong to another manager.")
        text = csv_text(mine[0])
        rows = counted(len(mine[0].lines), "team")
        request.reply.show(Message(f"{rows} as CSV:\n```\n{text}\n```"))

    @staticmethod
    def _seen_in(request: Request) -> SeenIn:
        return lambda channel: visible_in(OPERATOR, request.place_of(channel))

    def line(self, ref: str, asker: Asker) -> str:
        """What was stored last of an entity, or of all that a team owns, in mrkdwn; empty where nothing is known.

        It stands beside another answer, which is given also while the database does not answer.
        """
        try:
            if ref.startswith("group:"):
                return team_line(self.scorecards.score_team(ref, asker))
            score = self.scorecards.score(ref, asker)
        except (DatabaseUnavailable, OperationalError) as error:
            _log.warning("score.unknown_now", subject=ref, cause=str(error).partition("\n")[0])
            return ""
        return score_line(score, to_next(score, self.scorecards.checks)) if score else ""

    def of_entity(self, request: Request) -> None:
        """The scorecard of the entity whose reference is the button's value."""
        self.answer(request)


def weekly_key(team: str, week: str) -> str:
    """The delivery key of a team's week."""
    return f"weekly:{team}:{week}"
