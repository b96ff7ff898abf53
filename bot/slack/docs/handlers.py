"""What do the docs say: a question in, passages with their sources out; votes, and the way to the team."""

import hashlib
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlalchemy.exc import OperationalError

from bot.slack.audience import not_shared
from bot.slack.blocks import Message, context, person
from bot.slack.conversation import Conversation, Request
from bot.slack.docs.feedback_views import feedback_message
from bot.slack.docs.kept import Kept
from bot.slack.docs.views import docs_message, question_message
from bot.slack.gateway import Gateway
from catalog_sync.answers import DocsAnswer
from catalog_sync.asking.feedback import DocsFeedback
from catalog_sync.docs.feedback import Verdict
from catalog_sync.estate import TeamProfile
from core.access import Asker
from core.clock import Clock
from core.errors import DatabaseUnavailable, NotFound, UserError

_FEEDBACK = "feedback"
_log = structlog.get_logger(__name__)


class DocsUseCase(Protocol):
    """What the catalog offers here."""

    def docs(self, query: str, asker: Asker, entity: str | None = None, limit: int = 3) -> DocsAnswer:
        """The best passages for a question."""
        ...

    def vote_docs(self, voter: str, section: str, question: str, verdict: Verdict, asker: Asker) -> bool:
        """Note what a person thinks of a section."""
        ...

    def note_gap(self, answer: DocsAnswer, asker: Asker) -> None:
        """Count a question without an answer."""
        ...

    def docs_feedback(self, query: str, asker: Asker) -> DocsFeedback:
        """What people say about docs."""
        ...

    def team(self, ref: str) -> TeamProfile | None:
        """A team by its reference."""
        ...


@dataclass(frozen=True, slots=True)
class DocsConversation:
    """The handlers."""

    ask: DocsUseCase
    gateway: Gateway
    kept: Kept
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
        """Answer a question, or show what people said about a team's docs."""
        if not request.text:
            request.reply.show(Message("What are you looking for? For example: docs rotate signing key"))
            return
        word, _blank, rest = request.text.partition(" ")
        if word.lower() == _FEEDBACK and self._shows_feedback(request, rest.strip()):
            return
        answer = self.ask.docs(request.text, request.asker)
        request.reply.show(self._message(answer, can_share=request.is_private))
        self._note_gap(answer, request.asker)

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
        self._vote(request, Verdict.UP, "Thank you. Good to know that it helped.")

    def vote_down(self, request: Request) -> None:
        """Note that the answer was wrong or stale."""
        self._vote(request, Verdict.DOWN, "Thank you. The owners will see that this section needs a look.")

    def ask_team(self, request: Request) -> None:
        """Bring the question to the channel of the team that owns the page, once for each asker and question."""
        ref, question = self._parts(request, 2)
        team = self.ask.team(ref)
        if team is None or not team.channel:
            raise UserError("This team names no channel.", "Its lead can add one: see `callboard doctor`.")
        answer = self.ask.docs(question, request.asker.at(request.place_of(team.channel)))
        message = question_message(question, person(request.user), answer, self.clock.now())
        asked = hashlib.sha256(question.encode()).hexdigest()[:32]
        posted = self.gateway.deliver(team.channel, message, f"question:{request.user}:{team.ref}:{asked}")
        link = self.gateway.permalink(posted)
        request.reply.show(
            Message(
                f"Asked {team.title}.",
                (context(f"Asked in {self.gateway.channel_text(team.channel)}: <{link}|see the question>"),),
            )
        )

    def share(self, request: Request) -> None:
        """Show the answer that one person saw to the whole channel."""
        (question,) = self._parts(request, 1)
        answer = self.ask.docs(question, request.asker_in_channel())
        seen = self.ask.docs(question, request.asker)
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
            self.kept.packed,
            can_share=can_share,
            can_vote=can_vote,
            channel=self.gateway.channel_text,
        )

    def _shows_feedback(self, request: Request, about: str) -> bool:
        """Show what people said; False where nothing is called so, and it was a question after all."""
        try:
            found = self.ask.docs_feedback(about, request.asker)
        except NotFound:
            return False
        request.reply.show(feedback_message(found, self.clock.now()))
        return True

    def _vote(self, request: Request, verdict: Verdict, thanks: str) -> None:
        assert request.asker.slack
        section, question = self._parts(request, 2)
        voter = f"{request.asker.slack.workspace}/{request.user}"
        if self.ask.vote_docs(voter, section, question, verdict, request.asker):
            request.reply.show(Message(thanks))
        else:
            request.reply.show(
                Message("This section is not in the docs any more; ask again for what took its place.")
            )

    def _note_gap(self, answer: DocsAnswer, asker: Asker) -> None:
        """Count a question without an answer; the person has what there is, so a database that is away is no fault."""
        try:
            self.ask.note_gap(answer, asker)
        except (DatabaseUnavailable, OperationalError) as error:
            _log.warning("docs.gap_not_noted", cause=str(error).partition("\n")[0])

    def _parts(self, request: Request, count: int) -> tuple[str, ...]:
        parts = self.kept.unpacked(request.text)
        if len(parts) != count:
            raise UserError("This button is too old.", "Ask again, and use the button of the new answer.")
        return parts
