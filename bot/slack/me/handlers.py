"""Who am I here? What Callboard thinks, the way to say otherwise, and the administrators' answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.slack.blocks import Json, Message, option
from bot.slack.conversation import Conversation, Request
from bot.slack.corrections.modals import CLAIM, chosen_in
from bot.slack.gateway import Gateway
from bot.slack.me.claims import Claims, may_claim
from bot.slack.me.views import FORM, NO, SAY, YES, Self, me_message, who_modal
from bot.slack.people import People
from catalog_sync.answers import Near
from catalog_sync.estate import TeamProfile
from core.access import Asker, PlaceKind
from core.errors import NotAllowed, UserError


class UserPicker(Protocol):
    """The search behind the field."""

    def users(self, query: str, asker: Asker, limit: int = 100) -> Sequence[Near]:
        """People whose name fits."""
        ...

    def title(self, ref: str) -> str:
        """What a reference is called by people."""
        ...


@dataclass(frozen=True, slots=True)
class MeConversation:
    """The handlers."""

    people: People
    claims: Claims
    users: UserPicker
    team: Callable[[str], TeamProfile | None]
    gateway: Gateway

    def conversation(self) -> Conversation:
        """How it registers."""
        return Conversation(
            name="me",
            hint="",
            summary="who I think you are, and your teams",
            handle=self.show,
            also=("whoami",),
            buttons={
                SAY: self.open,
                YES: lambda request: self.decide(request, agrees=True),
                NO: lambda request: self.decide(request, agrees=False),
            },
            options={CLAIM: self.search},
            submissions={FORM: self.take},
        )

    def show(self, request: Request) -> None:
        """Who they are; to nobody but themselves."""
        if request.asker.place.kind is PlaceKind.CHANNEL:
            request.reply.show(
                Message("That is between you and me: type `/callboard me`, or ask me in a direct message.")
            )
            return
        request.reply.show(me_message(self._known(request), self.gateway.channel_text, self.users.title))

    def open(self, request: Request) -> None:
        """Open the form that asks who they are."""
        if not may_claim(request.asker):
            raise NotAllowed("Only members of the workspace can say who they are in the catalog.")
        self.gateway.open_view(request.trigger_id, who_modal())

    def search(self, asker: Asker, text: str) -> Sequence[Json]:
        """The catalog's people, while somebody types; also to a member whom it does not know."""
        if not may_claim(asker):
            return []
        return [option(near.title, near.ref) for near in self.users.users(text, asker)]

    def take(self, asker: Asker, view: Json) -> Mapping[str, str]:
        """Take in who somebody says they are."""
        try:
            self.claims.say(asker, chosen_in(view, "who", CLAIM))
        except UserError as error:
            return {"who": f"{error.message} {error.hint}".strip()}
        return {}

    def decide(self, request: Request, *, agrees: bool) -> None:
        """An administrator's answer; the message itself says what follows."""
        self.claims.decide(request.text, request.asker, agrees=agrees)

    def _known(self, request: Request) -> Self:
        asker = request.asker
        profile, match = self.people.who(request.user)
        teams = [team for ref in sorted(asker.groups) if (team := self.team(ref))]
        claim = self.claims.of(asker.slack) if asker.slack else None
        return Self(
            asker,
            profile,
            match,
            self.users.title(asker.user) if asker.user else "",
            teams,
            claim,
            self.users.title(claim.ref) if claim else "",
        )
