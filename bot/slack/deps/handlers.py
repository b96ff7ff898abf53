"""What depends on it: a name in, both directions out, each thing with its owner."""

from dataclasses import dataclass
from typing import Protocol

from bot.slack.audience import not_shared
from bot.slack.blocks import Message, context, person
from bot.slack.conversation import Conversation, Request
from bot.slack.deps.views import HOW, deps_message
from catalog_sync.answers import DepsAnswer
from core.access import Asker
from core.clock import Clock


class DepsUseCase(Protocol):
    """What the catalog offers here."""

    def deps(self, query: str, asker: Asker) -> DepsAnswer:
        """What something depends on, and what depends on it."""
        ...


@dataclass(frozen=True, slots=True)
class DepsConversation:
    """The handlers."""

    ask: DepsUseCase
    clock: Clock

    def conversation(self) -> Conversation:
        """How it registers."""
        picks = {f"deps:pick:{number}": self.answer for number in range(5)}
        return Conversation(
            name="deps",
            hint="<component, API, system or team>",
            summary="what it depends on, and what depends on it",
            handle=self.answer,
            also=("dependencies", "dependents"),
            buttons={**picks, "deps:share": self.share},
        )

    def answer(self, request: Request) -> None:
        """Answer a question, or the choice between several things."""
        if not request.text:
            request.reply.show(Message(HOW))
            return
        answer = self.ask.deps(request.text, request.asker)
        request.reply.show(deps_message(answer, self.clock.now(), can_share=request.is_private))

    def share(self, request: Request) -> None:
        """Show to the whole channel what of it everybody there may see."""
        seen = self.ask.deps(request.text, request.asker)
        answer = self.ask.deps(request.text, request.asker_in_channel())
        if answer.subject.about != seen.subject.about or answer.subject.entity != seen.subject.entity:
            request.reply.show(not_shared(seen.subject.title or request.text, request))
            return
        message = deps_message(answer, self.clock.now(), can_share=False)
        request.reply.share(
            Message(message.text, (*message.blocks, context(f"Shared by {person(request.user)}")))
        )
        request.reply.show(Message("Shared."))
