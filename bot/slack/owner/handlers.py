"""Who owns it: a question in, an answer out; buttons that go on from there; what a message speaks of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.slack.audience import not_shared
from bot.slack.blocks import Message, context, person
from bot.slack.conversation import Conversation, Request, Shortcut
from bot.slack.message_text import People, told_in
from bot.slack.owner.views import owner_message
from catalog_sync.answers import OwnerAnswer
from catalog_sync.asking.mentioned import Told
from core.access import Asker
from core.clock import Clock

WHO_OWNS_THIS = "who_owns_this"
"""The callback id of the shortcut on messages."""
MOST_IN_MESSAGE = 3
_HOW = "Who owns what? For example: who payments-api"
_NOTHING_HERE = (
    "I find nothing in this message that the catalog knows: no name, no repository, no path and no link."
    " Ask me by name, for example: who payments-api"
)


class OwnerUseCase(Protocol):
    """What the catalog offers here."""

    def who_owns(self, query: str, asker: Asker) -> OwnerAnswer:
        """Who owns what the query names."""
        ...

    def named_in(self, told: Told, asker: Asker, most: int = 3) -> Sequence[OwnerAnswer]:
        """Who owns what a text speaks of."""
        ...


ScoreLine = Callable[[str, Asker], str]
"""From an entity's reference and who asks to a line on its scorecard in mrkdwn; empty where none is known."""


@dataclass(frozen=True, slots=True)
class OwnerConversation:
    """The handlers; docs, scorecards, dependencies and teams are other conversations, which buttons lead to."""

    ask: OwnerUseCase
    clock: Clock
    people: People
    channel_text: Callable[[str], str]
    show_docs: Callable[[Request], None]
    show_score: Callable[[Request], None]
    show_deps: Callable[[Request], None]
    show_team: Callable[[Request], None]
    score_line: ScoreLine

    def conversation(self) -> Conversation:
        """How it registers."""
        picks = {f"owner:pick:{number}": self.answer for number in range(5)}
        return Conversation(
            name="who",
            hint="<component, repository, path, team, person or #channel>",
            summary="who owns it, and where to ask",
            handle=self.answer,
            also=("owner", "owns"),
            buttons={
                **picks,
                "owner:share": self.share,
                "owner:docs": self.show_docs,
                "owner:score": self.show_score,
                "owner:deps": self.show_deps,
                "owner:team": self.show_team,
            },
            shortcuts={WHO_OWNS_THIS: Shortcut("Who owns this?", self.in_message)},
        )

    def answer(self, request: Request) -> None:
        """Answer a question, or the choice between several things."""
        if not request.text:
            request.reply.show(Message(_HOW))
            return
        answer = self.ask.who_owns(request.text, request.asker)
        request.reply.show(self._message(answer, request))

    def in_message(self, request: Request) -> None:
        """Say who owns what a message speaks of: at most three things, the best first."""
        found = self.ask.named_in(told_in(request.message, self.people), request.asker, MOST_IN_MESSAGE)
        if not found:
            request.reply.show(Message(_NOTHING_HERE))
        for answer in found:
            request.reply.show(self._message(answer, request))

    def share(self, request: Request) -> None:
        """Show the answer that one person saw to the whole channel."""
        seen = self.ask.who_owns(request.text, request.asker)
        answer = self.ask.who_owns(request.text, request.asker_in_channel())
        if _subject(answer) != _subject(seen):
            request.reply.show(not_shared(seen.title or request.text, request))
            return
        message = self._message(answer, request, asker=request.asker_in_channel(), can_share=False)
        request.reply.share(
            Message(message.text, (*message.blocks, context(f"Shared by {person(request.user)}")))
        )
        request.reply.show(Message("Shared."))

    def _message(
        self, answer: OwnerAnswer, request: Request, *, asker: Asker | None = None, can_share: bool = True
    ) -> Message:
        is_entity = answer.about == "entity" and answer.entity is not None
        score = self.score_line(str(answer.entity), asker or request.asker) if is_entity else ""
        return owner_message(
            answer,
            self.clock.now(),
            can_share=can_share and request.is_private,
            channel=self.channel_text,
            score=score,
        )


def _subject(answer: OwnerAnswer) -> tuple[object, ...]:
    """What an answer is about; a private thing is about something else to others, mostly about nothing."""
    return (answer.about, answer.entity, answer.repository, answer.path)
