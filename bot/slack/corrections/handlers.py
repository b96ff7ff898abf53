"""Wrong owner? A form in, a wish written down; the owners' answers; every slow thing is a job's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.slack.blocks import Json, Message, actions, button, option, quoted, section
from bot.slack.conversation import Conversation, Request
from bot.slack.corrections.modals import (
    CLAIM,
    FORM,
    OWNER,
    chosen_in,
    reason_of,
    subject_of,
    wrong_owner_modal,
)
from bot.slack.corrections.views import NO, YES
from bot.slack.gateway import Gateway
from catalog_sync.answers import Near
from catalog_sync.mending.correction import Correction, Voice
from catalog_sync.mending.corrections import Outlook
from core.access import Asker, Standing, may_propose
from core.errors import NotAllowed, UserError

WRONG = "owner:wrong"
"""The button (or the menu's entry) of an answer; its value is the thing as ``subject_of_answer`` writes it."""


class CorrectionUseCase(Protocol):
    """What the catalog offers here; see ``catalog_sync.mending.corrections.Corrections``."""

    def outlook(self, subject: str, asker: Asker) -> Outlook:
        """What would happen."""
        ...

    def begin(self, subject: str, new_owner: str, asker: Asker, voice: Voice) -> Correction:
        """Take a wish in."""
        ...

    def decide(self, id: str, asker: Asker, voice: Voice, *, agrees: bool) -> Correction:
        """An owner's answer."""
        ...


class OwnerPicker(Protocol):
    """The search behind the field."""

    def owners(self, query: str, asker: Asker, limit: int = 100) -> Sequence[Near]:
        """Teams and people whose name fits."""
        ...


class Claimants(Protocol):
    """Who has not said yet who they are; see ``bot.slack.me.claims.Claims``."""

    def is_to_be_asked(self, asker: Asker) -> bool:
        """Whether somebody should be asked who they are: they are nobody, and never said it."""
        ...

    def say(self, asker: Asker, ref: str) -> object:
        """Take in who somebody says they are."""
        ...


@dataclass(frozen=True, slots=True)
class CorrectionConversation:
    """The handlers."""

    corrections: CorrectionUseCase
    owners: OwnerPicker
    claims: Claimants
    gateway: Gateway
    name_of: Callable[[Asker], str]
    """What somebody is called."""

    def conversation(self) -> Conversation:
        """How it registers."""
        return Conversation(
            name="wrong",
            hint="<component, repository or path>",
            summary="name another owner, in a pull request",
            handle=self.open,
            buttons={
                WRONG: self.open,
                YES: lambda request: self.decide(request, agrees=True),
                NO: lambda request: self.decide(request, agrees=False),
            },
            options={OWNER: self.search},
            submissions={FORM: self.take},
        )

    def open(self, request: Request) -> None:
        """Open the form for the thing that is named."""
        _require_member(request.asker)
        if not request.text:
            request.reply.show(Message("Which owner is wrong? For example: wrong payments-api"))
            return
        outlook = self.corrections.outlook(request.text, request.asker)
        subject = subject_of_answer(outlook, request.text)
        if not request.trigger_id:
            # A form opens upon a press only.
            request.reply.show(_door(outlook, subject))
            return
        modal = wrong_owner_modal(
            subject,
            outlook,
            channel=self.gateway.channel_text,
            asks_who=self.claims.is_to_be_asked(request.asker),
        )
        self.gateway.open_view(request.trigger_id, modal)

    def search(self, asker: Asker, text: str) -> Sequence[Json]:
        """Teams and people, while somebody types."""
        if not may_propose(asker):
            return []
        return [option(near.title, near.ref) for near in self.owners.owners(text, asker)]

    def take(self, asker: Asker, view: Json) -> Mapping[str, str]:
        """Write a submitted form down; what is wrong stands at its field."""
        who = chosen_in(view, "who", CLAIM)
        try:
            voice = self._voice(asker, reason_of(view))
            self.corrections.begin(subject_of(view), chosen_in(view, "owner", OWNER), asker, voice)
        except UserError as error:
            return {"owner": f"{error.message} {error.hint}".strip()}
        if who:
            try:
                self.claims.say(asker, who)
            except UserError as error:
                return {"who": f"{error.message} {error.hint}".strip()}
        return {}

    def decide(self, request: Request, *, agrees: bool) -> None:
        """An owner's answer; the message itself says what follows."""
        voice = self._voice(request.asker, "")
        self.corrections.decide(request.text, request.asker, voice, agrees=agrees)

    def _voice(self, asker: Asker, reason: str) -> Voice:
        if asker.slack is None:
            raise NotAllowed("Only somebody in Slack can say this.")
        return Voice(asker.slack, self.name_of(asker), reason)


def _require_member(asker: Asker) -> None:
    """Say who may, and what somebody can do who may not.

    Raises:
        NotAllowed: They may not.
    """
    if may_propose(asker):
        return
    if asker.standing is Standing.UNMATCHED:
        raise NotAllowed(
            "The catalog does not know you yet, so you cannot say that an owner is wrong.",
            "Say who you are: `/callboard me`.",
        )
    raise NotAllowed(
        "Only members of the organisation may say that an owner is wrong.",
        "Ask somebody of the team that you work with.",
    )


def _door(outlook: Outlook, subject: str) -> Message:
    text = f"Who should own {quoted(outlook.now.title)}?"
    return Message(text, (section(text), *actions([button("Wrong owner?", WRONG, subject)])))


def subject_of_answer(outlook: Outlook, asked: str) -> str:
    """The thing as it can be asked for again: a reference, or a repository with a path."""
    now = outlook.now
    if now.about == "entity" and now.entity:
        return str(now.entity)
    if now.repository is None:
        return asked
    return f"{now.repository.full_name}/{now.path}" if now.path else now.repository.full_name
