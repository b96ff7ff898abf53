"""What a person does with what the app shows: buttons, selects, modals, the Home; by the words on the screen."""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.sandbox.control_calls import PATIENCE_S, ControlCalls, until
from bot.sandbox.fields import Directory, option_named, options_of, value_for
from bot.sandbox.reading import (
    Json,
    SeenHome,
    SeenMessage,
    SeenModal,
    elements_of,
    input_label,
    seen_home,
    seen_modal,
    text_of,
)
from bot.sandbox.slack.people.inputs import HELD

Surface = SeenMessage | SeenModal | SeenHome


class Forms:
    """One person and everything that can be clicked, chosen, filled in and sent."""

    def __init__(self, sandbox: ControlCalls, login: str) -> None:
        self._sandbox = sandbox
        self.login = login
        self._values: dict[str, dict[str, Any]] = {}
        """What was put in and not yet taken, by the id of the modal."""

    def modal(
        self, timeout_s: float = PATIENCE_S, wanted: Callable[[SeenModal], bool] = lambda _modal: True
    ) -> SeenModal:
        """The modal that is open, as soon as one that fits is."""
        found = until(lambda: self._modal_that(wanted), timeout_s)
        if found is None:
            raise AssertionError(f"no such modal is open for {self.login}; there is {self._modal_that()}")
        return found

    def has_modal(self) -> bool:
        """Whether a modal is open."""
        return self._modal_that() is not None

    def home(self) -> SeenHome | None:
        """The app's Home as it is now; None while the app has shown nothing there."""
        view = self._sandbox.get("views", person=self.login)["home"]
        return seen_home(view) if view else None

    def clicks(self, label: str, message: SeenMessage | None = None, *, confirm: bool = True) -> Json:
        """Press the button (or take the menu's entry) that reads so.

        Args:
            label: What it reads.
            message: Where it stands; left out, it stands in the open modal, or else on the Home.
            confirm: What is answered when it asks whether one is sure; on False nothing is sent.

        Returns:
            ``ok``, and the ``error`` that is read beside it when the app did not acknowledge.
        """
        surface = message or self._modal_that() or self.home()
        if surface is None:
            raise AssertionError(f"{self.login} sees neither a modal nor a Home")
        block, element, chosen = _labelled(surface.blocks, label)
        if element.get("confirm") and not confirm:
            return {"ok": True, "error": None, "sent": False}
        return self._click(surface, block, element, chosen)

    def chooses(
        self, label: str, option: Any, message: SeenMessage | None = None, *, confirm: bool = True
    ) -> Json:
        """Choose in a select, a date, radio buttons or checkboxes that act at once.

        Args:
            label: What the input is called: its label, else its placeholder, else the text that it stands beside.
            option: As in ``fills``.
            message: Where it stands; left out, in the open modal, or else on the Home.
            confirm: As in ``clicks``.
        """
        surface = message or self._modal_that() or self.home()
        for block, element in elements_of(surface.blocks if surface else ()):
            if surface and element.get("type") in HELD and _label_of(block, element) == label:
                value = value_for(element, option, self._directory(surface, block, element))
                self._remember(surface, block, element, value)
                if element.get("confirm") and not confirm:
                    return {"ok": True, "error": None, "sent": False}
                return self._click(surface, block, element, _without_type(value))
        raise AssertionError(f"nothing that one can choose in is called {label}")

    def fills(self, answers: Mapping[str, Any]) -> None:
        """Fill in fields of the open modal by their labels; see ``fields.value_for`` for what each kind takes."""
        modal = self.modal()
        for label, value in answers.items():
            block = next((item for item in modal.blocks if input_label(item) == label), None)
            if block is None:
                raise AssertionError(f"the modal has no field {label}; it has {modal.labels}")
            element = block["element"]
            held = value_for(element, value, self._directory(modal, block, element))
            self._remember(modal, block, element, held)
            if _acts_at_once(block, element):
                self._click(modal, block, element, _without_type(held))

    def submits(self) -> Mapping[str, str]:
        """Press submit; returns the errors by label, empty when there were none.

        What Slack's client refuses by itself, such as an empty field that is required, is among the errors,
        and then the app has heard of nothing. What concerns the whole form stands under the empty label.
        """
        modal = self.modal()
        answer = self._sandbox.post(
            "submit", person=self.login, view_id=modal.id, values=self._values.get(modal.id, {})
        )
        if answer.get("ok"):
            self._values.pop(modal.id, None)
            return {}
        labels = {block.get("block_id"): input_label(block) or "" for block in modal.blocks}
        errors = answer.get("errors") or {"": answer.get("error", "")}
        return {labels.get(key, key): text for key, text in errors.items()}

    def closes(self, *, clear: bool = False) -> None:
        """Close the modal on top, or with ``clear`` all that lie on each other."""
        modal = self.modal()
        self._values.pop(modal.id, None)
        self._sandbox.post("close", person=self.login, view_id=modal.id, clear=clear)

    def searches(self, label: str, text: str, message: SeenMessage | None = None) -> Json:
        """What a select that asks the app offers for a text: ``options``, ``option_groups``, or an ``error``."""
        surface = message or self._modal_that() or self.home()
        for block, element in elements_of(surface.blocks if surface else ()):
            if surface and _label_of(block, element) == label and "external" in str(element.get("type")):
                return self._offers(surface, block, element, text)
        raise AssertionError(f"no select that asks the app is called {label}")

    def _modal_that(self, wanted: Callable[[SeenModal], bool] = lambda _modal: True) -> SeenModal | None:
        view = self._sandbox.get("views", person=self.login)["modal"]
        modal = seen_modal(view) if view else None
        return modal if modal and wanted(modal) else None

    def _click(self, surface: Surface, block: Json, element: Json, chosen: Json) -> Json:
        values = {} if isinstance(surface, SeenMessage) else self._values.get(surface.id, {})
        return self._sandbox.post(
            "click",
            person=self.login,
            **_place(surface),
            action_id=element["action_id"],
            block_id=block.get("block_id"),
            chosen=chosen,
            values=values,
        )

    def _remember(self, surface: Surface, block: Json, element: Json, value: Json) -> None:
        if not isinstance(surface, SeenMessage):
            of_block = self._values.setdefault(surface.id, {}).setdefault(block["block_id"], {})
            of_block[element["action_id"]] = value

    def _directory(self, surface: Surface, block: Json, element: Json) -> Directory:
        def search(text: str) -> list[Json]:
            answer = self._offers(surface, block, element, text)
            if answer.get("error"):
                raise AssertionError(f"the select shows an error: {answer['error']}")
            return options_of(answer)

        def keeps_file(name: str, content: bytes) -> Json:
            packed = base64.b64encode(content).decode()
            kept: Json = self._sandbox.post("file", person=self.login, name=name, content=packed)["file"]
            return kept

        return Directory(search, self._people, self._channels, keeps_file)

    def _offers(self, surface: Surface, block: Json, element: Json, text: str) -> Json:
        return self._sandbox.post(
            "options",
            person=self.login,
            **_place(surface),
            block_id=block.get("block_id"),
            action_id=element["action_id"],
            value=text,
        )

    def _people(self) -> Mapping[str, str]:
        people = self._sandbox.get("state", person=self.login)["people"]
        return {str(item[key]): str(item["id"]) for key in ("real_name", "name", "id") for item in people}

    def _channels(self) -> Mapping[str, str]:
        state = self._sandbox.get("state", person=self.login)
        rooms = [*state["channels"], *(state.get("others") or ()), *(state.get("directs") or ())]
        names = {str(item[key]): str(item["id"]) for key in ("name", "id") for item in rooms}
        return {**names, "app": state["direct"]["id"]}


def _place(surface: Surface) -> Json:
    if isinstance(surface, SeenMessage):
        return {"channel": surface.channel, "ts": surface.ts}
    return {"view_id": surface.id}


def _label_of(block: Json, element: Json) -> str:
    return input_label(block) or text_of(element.get("placeholder")) or text_of(block.get("text"))


def _acts_at_once(block: Json, element: Json) -> bool:
    """Whether filling in tells the app at once; a text does so on Enter, unless the form asks for every letter."""
    if not block.get("dispatch_action"):
        return False
    if not str(element["type"]).endswith("_input"):
        return True
    when = (element.get("dispatch_action_config") or {}).get("trigger_actions_on") or ()
    return "on_character_entered" in when


def _without_type(value: Json) -> Json:
    return {key: item for key, item in value.items() if key != "type"}


def _labelled(blocks: Sequence[Json], label: str) -> tuple[Json, Json, Json]:
    """The element that reads so, its block, and what is chosen by taking it."""
    for block, element in elements_of(blocks):
        for text in _words_of(element):
            if text == label and element.get("action_id"):
                return block, element, {}
        options = options_of(element)
        if (
            options
            and element.get("action_id")
            and any(text_of(item.get("text")) == label for item in options)
        ):
            option = option_named(options, label)
            held = HELD.get(str(element.get("type")))
            key = held.key if held else "selected_option"
            return block, element, {key: [option] if held and held.is_list else option}
        for name in ("positive_button", "negative_button"):
            button = element.get(name)
            if isinstance(button, dict) and text_of(button.get("text")) == label:
                return block, element, {"text": button["text"], "value": button.get("value")}
    raise AssertionError(f"nothing here reads {label}")


def _words_of(element: Json) -> Iterator[str]:
    if element.get("type") in ("button", "workflow_button", "icon_button"):
        yield text_of(element.get("text"))
        yield str(element.get("accessibility_label") or "")
