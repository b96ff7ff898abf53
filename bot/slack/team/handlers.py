"""Who is on that team: a name in, the team out, with its people for those who may see them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot.slack.audience import not_shared
from bot.slack.blocks import Message, context, person
from bot.slack.conversation import Conversation, Request
from bot.slack.team.views import HOW, team_message
from catalog_sync.answers import TeamAnswer
from core.access import Asker
from core.clock import Clock


class TeamUseCase(Protocol):
    """What the catalog offers here."""

    def team_of(self, query: str, asker: Asker) -> TeamAnswer:
        """A team with its people, its place among teams and what it owns."""
        ...


@dataclass(frozen=True, slots=True)
class TeamConversation:
    """The handlers; what a team owns, its scorecard and its dependents are other conversations."""

    ask: TeamUseCase
    clock: Clock
    channel_text: Callable[[str], str]
    show_found: Callable[[Request], None]
    show_score: Callable[[Request], None]
    show_deps: Callable[[Request], None]
    score_line: Callable[[str, Asker], str]
    """From a team's reference and who asks to a line on what it owns in mrkdwn; empty where none is known."""

    def conversation(self) -> Conversation:
        """How it registers."""
        picks = {f"team:pick:{number}": self.answer for number in range(5)}
        return Conversation(
            name="team",
            hint="<team, person or #channel>",
            summary="its channel, its people, and what it owns",
            handle=self.answer,
            also=("teams", "squad"),
            buttons={
                **picks,
                "team:share": self.share,
                "team:score": self.show_score,
                "team:owned": self.show_found,
                "team:deps": self.show_deps,
            },
        )

    def answer(self, request: Request) -> None:
        """Answer a question, or the choice between several teams."""
        if not request.text:
            request.reply.show(Message(HOW))
            return
        answer = self.ask.team_of(request.text, request.asker)
        request.reply.show(self._message(answer, request.asker, can_share=request.is_private))

    def share(self, request: Request) -> None:
        """Show to the whole channel what of it everybody there may see."""
        asker = request.asker_in_channel()
        answer = self.ask.team_of(request.text, asker)
        if answer.subject.about == "nothing":
            request.reply.show(not_shared(request.text.rpartition("/")[2], request))
            return
        message = self._message(answer, asker, can_share=False)
        request.reply.share(
            Message(message.text, (*message.blocks, context(f"Shared by {person(request.user)}")))
        )
        request.reply.show(Message("Shared."))

    def _message(self, answer: TeamAnswer, asker: Asker, *, can_share: bool) -> Message:
        is_team = answer.subject.about in ("team", "channel")
        score = self.score_line(answer.subject.owners[0].ref, asker) if is_team else ""
        return team_message(
            answer, self.clock.now(), can_share=can_share, channel=self.channel_text, score=score
        )
