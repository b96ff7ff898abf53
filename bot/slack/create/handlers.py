"""Start a repository: a modal from the template's own questions, checked at the field, then a durable run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.slack.blocks import Json, Message, first_input
from bot.slack.conversation import Conversation, Request
from bot.slack.create.modals import (
    CHOOSE,
    FORM,
    OWNER,
    answers_of,
    choosing_modal,
    form_modal,
    loading_modal,
    options_of,
    template_of,
)
from bot.slack.gateway import Gateway
from catalog_sync.answers import Near
from core.access import Asker, Standing, may_create
from core.errors import NotAllowed, NotFound
from scaffolds.model import AnswerFault, FieldKind, Template


class CreateUseCase(Protocol):
    """What scaffolds offer here."""

    def templates(self, asker: Asker) -> Sequence[Template]:
        """The templates that somebody may run."""
        ...

    def defaults(self, template: str) -> Mapping[str, str]:
        """What each field of a template holds at first."""
        ...

    def take(self, template: str, answers: Mapping[str, str], asker: Asker) -> Sequence[AnswerFault]:
        """Begin a durable run, or say what does not fit; quick, because a person waits with the modal open."""
        ...

    def retry(self, run_id: str, asker: Asker) -> None:
        """Go on with a run that failed."""
        ...


class Groups(Protocol):
    """The owner picker's search."""

    def groups(self, query: str, asker: Asker, limit: int = 100) -> Sequence[Near]:
        """Groups whose name fits."""
        ...


@dataclass(frozen=True, slots=True)
class CreateConversation:
    """The handlers."""

    create: CreateUseCase
    groups: Groups
    gateway: Gateway

    def conversation(self) -> Conversation:
        """How it registers."""
        return Conversation(
            name="new",
            hint="[template]",
            summary="start a repository on the golden path",
            handle=self.open,
            also=("create", "scaffold"),
            buttons={CHOOSE: self.choose, "create:retry": self.retry},
            options={OWNER: self.search_owners},
            submissions={FORM: self.take},
        )

    def open(self, request: Request) -> None:
        """Open the form, or the choice of templates when there are several."""
        if request.asker.standing is Standing.UNMATCHED:
            raise NotAllowed(
                "The catalog does not know you yet, so you cannot start repositories.",
                "Say who you are: `/callboard me`.",
            )
        if not may_create(request.asker):
            raise NotAllowed(
                "Guests cannot start repositories.", "Ask a member of the team that you work with."
            )
        if not request.trigger_id:
            request.reply.show(
                Message("A form needs a command: type `/callboard new` and choose a template.")
            )
            return
        templates = self.create.templates(request.asker)
        wanted = [
            item
            for item in templates
            if request.text and request.text.lower() in (item.name.lower(), item.title.lower())
        ]
        if request.text and not wanted:
            names = ", ".join(item.name for item in templates)
            raise NotFound(
                f"There is no template called {request.text}.", f"There are: {names}." if names else ""
            )
        if not templates:
            raise NotFound(
                "There are no templates yet.", "An administrator can add folders to scaffolds.folders."
            )
        if not wanted and len(templates) > 1:
            self.gateway.open_view(request.trigger_id, choosing_modal(templates))
            return
        # The trigger lasts three seconds: first a modal, then what belongs into it.
        view_id = self.gateway.open_view(request.trigger_id, loading_modal())
        self._show_form(view_id, (wanted or templates)[0], request.asker)

    def choose(self, request: Request) -> None:
        """A template was chosen: show its questions in the same modal."""
        template = self._template(request.selected, request.asker)
        self._show_form(str(request.view["id"]), template, request.asker)

    def search_owners(self, asker: Asker, text: str) -> Sequence[Json]:
        """The owner picker's options while a person types."""
        found = self.groups.groups(text, asker)
        return options_of([(near.ref, near.title) for near in found])

    def take(self, asker: Asker, view: Json) -> Mapping[str, str]:
        """Begin what a submitted form asks for; errors stand at their fields."""
        faults = self.create.take(template_of(view), answers_of(view), asker)
        blocks = {block.get("block_id") for block in view.get("blocks", ()) if block.get("type") == "input"}
        errors: dict[str, str] = {}
        for fault in faults:
            errors.setdefault(fault.field if fault.field in blocks else first_input(view), fault.message)
        return errors

    def retry(self, request: Request) -> None:
        """Go on with a run that failed."""
        self.create.retry(request.text, request.asker)

    def _show_form(self, view_id: str, template: Template, asker: Asker) -> None:
        owners = [(near.ref, near.title) for near in self.groups.groups("", asker)]
        mine = [pair for pair in owners if pair[0] in asker.groups]
        defaults = dict(self.create.defaults(template.name))
        for question in template.questions:
            if question.kind is FieldKind.OWNER and len(mine) == 1:
                defaults[question.name] = mine[0][0]
        self.gateway.update_view(view_id, form_modal(template, defaults, owners))

    def _template(self, name: str, asker: Asker) -> Template:
        for template in self.create.templates(asker):
            if template.name == name:
                return template
        raise NotFound(f"There is no template called {name} any more.")
