"""What do the docs say: a question in, passages with their sources out; votes, and the way to the team."""

from dataclasses import dataclass
from typing import Protocol

from bot.slack.audience import not_shared
from bot.slack.blocks import Message, context, person
from bot.slack.conversation import Conversation, Request
from bot.slack.docs.views import docs_message, question_message
from bot.slack.gateway import Gateway
from bot.slack.tables import feedback
from catalog_sync.answers import DocsAnswer
from catalog_sync.estate import TeamProfile
from core.access import Asker
from core.clock import Clock
from core.database import Database
from core.errors import UserError


class DocsUseCase(Protocol):
    """What the catalog offers here."""

    def docs(self, query: str, asker: Asker, entity: str | None = None, limit: int = 3) -> DocsAnswer:
        """The best passages for a question."""
        ...

    def team(self, ref: str) -> TeamProfile | None:
        """A team by its reference."""
        ...


@dataclass(frozen=True, slots=True)
class DocsConversation:
    """The handlers."""

    ask: DocsUseCase
    gateway: Gateway
    database: Database
    clock: Clock

    def conversation(self) -> Conversation:
        """How it registers."""
        return Conversation(
            name="docs",
            hint="<question or keywords>",
            summary="what the docs say, with the source",
            handle=self.answer,
            also=("doc", "howto"),
            buttons={
                "docs:up": self.vote_up,
                "docs:down": self.vote_down,
                "docs:ask": self.ask_team,
                "docs:share": self.share,
            },
        )

    def answer(self, request: Request) -> None:
        """Answer a question."""
        if not request.text:
            request.reply.show(Message("What are you looking for? For example: docs rotate signing key"))
            return
        answer = self.ask.docs(request.text, request.asker)
        request.reply.show(self._message(answer, can_share=request.is_private))

    def of_entity(self, request: Request) -> None:
        """The docs of the entity whose reference is the button's value."""
        name = request.text.rpartition("/")[2]
        answer = self.ask.docs(name.replace("-", " "), request.asker, request.text)
        if not answer.passages:
            request.reply.show(Message(f"{name} has no docs that Callboard can read yet."))
            return
        request.reply.show(self._message(answer, can_share=request.is_private))

    def vote_up(self, request: Request) -> None:
        """Note that the answer helped."""
        self._vote(request, "up")
        request.reply.show(Message("Thank you. Good to know that it helped."))

    def vote_down(self, request: Request) -> None:
        """Note that the answer was wrong or stale."""
        self._vote(request, "down")
        request.reply.show(Message("Thank you. The owners will see that this section needs a look."))

    def ask_team(self, request: Request) -> None:
        """Bring the question to the channel of the team that owns the page."""
        ref, _, question = request.text.partition(" ")
        team = self.ask.team(ref)
        if team is None or not team.channel:
            raise UserError("This team names no channel.", "Its lead can add one: see `callboard doctor`.")
        answer = self.ask.docs(question, request.asker.at(request.place_of(team.channel)))
        message = question_message(question, person(request.user), answer, self.clock.now())
        key = f"question:{request.user}:{team.ref}:{question}"[:500]
        posted = self.gateway.deliver(team.channel, message, key)
        link = self.gateway.permalink(posted)
        request.reply.show(
            Message(
                f"Asked {team.title}.",
                (context(f"Asked in {self.gateway.channel_text(team.channel)}: <{link}|see the question>"),),
            )
        )

    def share(self, request: Request) -> None:
        """Show the answer that one person saw to the whole channel."""
        answer = self.ask.docs(request.text, request.asker_in_channel())
        seen = self.ask.docs(request.text, request.asker)
        if seen.passages and not answer.passages:
            request.reply.show(not_shared("this answer", request))
            return
        message = self._message(answer, can_share=False, can_vote=False)
        request.reply.share(
            Message(message.text, (*message.blocks, context(f"Shared by {person(request.user)}")))
        )
        request.reply.show(Message("Shared."))

    def _message(self, answer: DocsAnswer, *, can_share: bool, can_vote: bool = True) -> Message:
        return docs_message(
            answer,
            self.clock.now(),
            can_share=can_share,
            can_vote=can_vote,
            channel=self.gateway.channel_text,
        )

    def _vote(self, request: Request, verdict: str) -> None:
        assert request.asker.slack
        row = {
            "workspace": request.asker.slack.workspace,
            "user": request.user,
            "url": request.text,
            "question": "",
            "verdict": verdict,
            "entity": "",
            "visibility": "internal",
            "at": self.clock.now(),
        }
        with self.database.write() as connection:
            self.database.upsert(connection, feedback, [row], update=("verdict", "at"))
