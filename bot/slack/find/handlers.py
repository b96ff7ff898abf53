"""Find everything about it: words in, the nearest things of every kind out."""

from dataclasses import dataclass
from typing import Protocol

from bot.slack.blocks import Message, context, person
from bot.slack.conversation import Conversation, Request
from bot.slack.find.views import HOW, find_message
from catalog_sync.answers import FindAnswer
from core.access import Asker
from core.clock import Clock

_LINES = 8


class FindUseCase(Protocol):
    """What the catalog offers here."""

    def look_for(self, query: str, asker: Asker, limit: int = 8) -> FindAnswer:
        """Things of every kind that fit some words."""
        ...


@dataclass(frozen=True, slots=True)
class FindConversation:
    """The handlers."""

    ask: FindUseCase
    clock: Clock

    def conversation(self) -> Conversation:
        """How it registers."""
        return Conversation(
            name="find",
            hint="<words, owner:… tag:… kind:…>",
            summary="everything that fits some words, with its owner",
            handle=self.answer,
            also=("search", "list"),
            buttons={"find:share": self.share},
        )

    def answer(self, request: Request) -> None:
        """Search."""
        if not request.text:
            request.reply.show(Message(HOW))
            return
        answer = self.ask.look_for(request.text, request.asker, _LINES)
        request.reply.show(find_message(answer, self.clock.now(), can_share=request.is_private))

    def share(self, request: Request) -> None:
        """Show to the whole channel what of it everybody there may see."""
        answer = self.ask.look_for(request.text, request.asker_in_channel(), _LINES)
        message = find_message(answer, self.clock.now(), can_share=False)
        request.reply.share(
            Message(message.text, (*message.blocks, context(f"Shared by {person(request.user)}")))
        )
        request.reply.show(Message("Shared."))
