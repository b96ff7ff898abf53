"""Who owns it: a question in, an answer out; buttons that go on from there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from bot.slack.audience import not_shared
from bot.slack.blocks import Message, context, person
from bot.slack.conversation import Conversation, Request
from bot.slack.owner.views import owner_message
from catalog_sync.answers import OwnerAnswer
from core.access import Asker, Visibility, visible_to
from core.clock import Clock


class OwnerUseCase(Protocol):
    """What the catalog offers here."""

    def who_owns(self, query: str, asker: Asker) -> OwnerAnswer:
        """Who owns what the query names."""
        ...


@dataclass(frozen=True, slots=True)
class OwnerConversation:
    """The handlers; docs and scorecards are other conversations, which the buttons lead to."""

    ask: OwnerUseCase
    clock: Clock
    channel_text: Callable[[str], str]
    show_docs: Callable[[Request], None]
    show_score: Callable[[Request], None]

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
            },
        )

    def answer(self, request: Request) -> None:
        """Answer a question, or the choice between several things."""
        if not request.text:
            request.reply.show(Message("Who owns what? For example: who payments-api"))
            return
        answer = self._answer(request.text, request.asker)
        request.reply.show(self._message(answer, can_share=request.is_private))

    def share(self, request: Request) -> None:
        """Show the answer that one person saw to the whole channel."""
        seen = self._answer(request.text, request.asker)
        answer = self._answer(request.text, request.asker_in_channel())
        if _subject(answer) != _subject(seen):
            request.reply.show(not_shared(seen.title or request.text, request))
            return
        message = self._message(answer, can_share=False)
        request.reply.share(
            Message(message.text, (*message.blocks, context(f"Shared by {person(request.user)}")))
        )
        request.reply.show(Message("Shared."))

    def _answer(self, query: str, asker: Asker) -> OwnerAnswer:
        """The catalog's answer; whoever may not see people is not told who leads a team."""
        answer = self.ask.who_owns(query, asker)
        if Visibility.INTERNAL in visible_to(asker):
            return answer
        return replace(answer, owners=tuple(replace(owner, leads=()) for owner in answer.owners))

    def _message(self, answer: OwnerAnswer, *, can_share: bool) -> Message:
        return owner_message(answer, self.clock.now(), can_share=can_share, channel=self.channel_text)


def _subject(answer: OwnerAnswer) -> tuple[object, ...]:
    """What an answer is about; a private thing is about something else to others, mostly about nothing."""
    return (answer.about, answer.entity, answer.repository, answer.path)
