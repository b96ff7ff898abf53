"""People as the tests' vocabulary: ``ana.types("/callboard who payments-api")``; over the sandbox's control API."""

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"<#[A-Z0-9]+\|([^>]*)>")
_LINK = re.compile(r"<(https?://[^|>]+)(?:\|([^>]*))?>")
_EMPHASIS = re.compile(r"(?<![\w*_])([*_])(?=\S)([^*_\n]*?\S)\1(?![\w*_])")


@dataclass(frozen=True, slots=True)
class SeenMessage:
    """One message as a person reads it."""

    ts: str
    channel: str
    text: str
    """All blocks as plain lines."""
    is_ephemeral: bool
    is_edited: bool
    thread_ts: str | None
    author: str
    blocks: Sequence[Json]
    buttons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeenModal:
    """An open modal as a person reads it: labels to what is asked, and errors by label."""

    id: str
    title: str
    text: str
    labels: tuple[str, ...]
    errors: Mapping[str, str]
    blocks: Sequence[Json]


class Sandbox:
    """A running local Slack, wherever its process is."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def person(self, login: str) -> "Person":
        """Somebody of the workspace."""
        return Person(self, login)

    def journal(self) -> list[Json]:
        """Everything that went in and out."""
        found: list[Json] = self.get("journal")["journal"]
        return found

    def get(self, path: str, **values: str) -> Json:
        """Read from the control API."""
        return self._send(
            urllib.request.Request(f"{self.url}/sandbox/{path}?{urllib.parse.urlencode(values)}")
        )

    def post(self, path: str, **values: Any) -> Json:
        """Do something through the control API."""
        body = json.dumps(values).encode()
        headers = {"Content-Type": "application/json"}
        return self._send(urllib.request.Request(f"{self.url}/sandbox/{path}", body, headers))

    def _send(self, request: urllib.request.Request) -> Json:
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                answer: Json = json.loads(response.read())
                return answer
        except urllib.error.HTTPError as error:
            raise AssertionError(f"the sandbox refused: {error.read().decode(errors='replace')}") from error


class Person:
    """Somebody who uses Slack."""

    def __init__(self, sandbox: Sandbox, login: str) -> None:
        self._sandbox = sandbox
        self.login = login
        self._values: dict[str, Any] = {}

    def names(self) -> dict[str, str]:
        """The name of everybody in the workspace, by id, as this person sees it."""
        people = self._sandbox.get("state", person=self.login)["people"]
        return {str(item["id"]): str(item["name"]) for item in people}

    def types(self, text: str, channel: str = "general", thread_ts: str | None = None) -> SeenMessage | None:
        """Send a line or a slash command; returns the newest message that followed.

        None when a modal opened instead, or when nothing came within two seconds.
        """
        before, modal = {message.ts for message in self.sees(channel)}, self._modal_id()
        answer = self._sandbox.post(
            "type", person=self.login, channel=channel, text=text, thread_ts=thread_ts
        )
        mine = answer.get("ts")
        return self._follow(
            channel, before | ({mine} if mine else set()), 2.0, lambda: self._modal_id() not in (None, modal)
        )

    def asks(self, text: str, channel: str = "general", timeout_s: float = 10.0) -> SeenMessage:
        """Send a line and wait for what the app answers."""
        before = {message.ts for message in self.sees(channel)}
        answer = self._sandbox.post("type", person=self.login, channel=channel, text=text)
        mine = answer.get("ts")
        found = self._follow(channel, before | ({mine} if mine else set()), timeout_s)
        if found is None:
            raise AssertionError(f"nobody answered {text!r} within {timeout_s} s")
        return found

    def sees(self, channel: str = "general") -> tuple[SeenMessage, ...]:
        """Every message of a channel that this person can read, oldest first; ``app`` is the app's own conversation."""
        found = self._sandbox.get("messages", person=self.login, channel=channel)["messages"]
        return tuple(_seen(message) for message in found)

    def waits_for(
        self, wanted: Callable[[SeenMessage], bool], channel: str = "general", timeout_s: float = 15.0
    ) -> SeenMessage:
        """The newest message that fits, as soon as there is one."""
        deadline = time.monotonic() + timeout_s
        while True:
            for message in reversed(self.sees(channel)):
                if wanted(message):
                    return message
            if time.monotonic() > deadline:
                texts = "\n---\n".join(message.text for message in self.sees(channel)[-4:])
                raise AssertionError(
                    f"no such message in {channel} within {timeout_s} s; the last were:\n{texts}"
                )
            time.sleep(0.05)

    def clicks(self, label: str, message: SeenMessage) -> Json:
        """Press the button (or take the menu's entry) that reads so."""
        block, element, chosen = _labelled(message.blocks, label)
        return self._sandbox.post(
            "click",
            person=self.login,
            channel=message.channel,
            ts=message.ts,
            action_id=element["action_id"],
            block_id=block.get("block_id"),
            chosen=chosen,
        )

    def modal(
        self, timeout_s: float = 5.0, wanted: Callable[[SeenModal], bool] = lambda _modal: True
    ) -> SeenModal:
        """The modal that is open, as soon as one that fits is."""
        deadline = time.monotonic() + timeout_s
        while True:
            view = self._sandbox.get("views", person=self.login)["modal"]
            if view and wanted(_seen_modal(view)):
                return _seen_modal(view)
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"no such modal is open for {self.login}; there is {view and _seen_modal(view)}"
                )
            time.sleep(0.05)

    def has_modal(self) -> bool:
        """Whether a modal is open."""
        return self._modal_id() is not None

    def _modal_id(self) -> str | None:
        view = self._sandbox.get("views", person=self.login)["modal"]
        return view["id"] if view else None

    def chooses(self, label: str, option: str) -> None:
        """Choose in a select of the modal that acts at once."""
        modal = self.modal()
        for block in modal.blocks:
            for element in (block.get("accessory"), *block.get("elements", ()), block.get("element")):
                if isinstance(element, dict) and _label_of(block, element) == label:
                    chosen = _value_for(element, option, self._search(modal, block))
                    self._sandbox.post(
                        "click",
                        person=self.login,
                        view_id=modal.id,
                        action_id=element["action_id"],
                        block_id=block.get("block_id"),
                        chosen={key: value for key, value in chosen.items() if key != "type"},
                    )
                    return
        raise AssertionError(f"nothing in the modal is called {label}")

    def fills(self, answers: Mapping[str, str]) -> None:
        """Fill in fields of the open modal by their labels."""
        modal = self.modal()
        for label, value in answers.items():
            block = next((item for item in modal.blocks if _input_label(item) == label), None)
            if block is None:
                raise AssertionError(f"the modal has no field {label}; it has {modal.labels}")
            element = block["element"]
            self._values.setdefault(block["block_id"], {})[element["action_id"]] = _value_for(
                element, value, self._search(modal, block)
            )

    def submits(self) -> Mapping[str, str]:
        """Press submit; returns the errors by label, empty when there were none."""
        modal = self.modal()
        values = {**_initial_values(modal.blocks), **self._values}
        answer = self._sandbox.post("submit", person=self.login, view_id=modal.id, values=values)
        if answer.get("ok"):
            self._values = {}
            return {}
        labels = {block.get("block_id"): _input_label(block) or "" for block in modal.blocks}
        errors = answer.get("errors") or {"": answer.get("error", "")}
        return {labels.get(key, key): text for key, text in errors.items()}

    def _search(self, modal: SeenModal, block: Json) -> Callable[[str], list[Json]]:
        def search(text: str) -> list[Json]:
            element = block.get("element") or block.get("accessory") or block["elements"][0]
            answer = self._sandbox.post(
                "options",
                person=self.login,
                view_id=modal.id,
                block_id=block.get("block_id"),
                action_id=element["action_id"],
                value=text,
            )
            options: list[Json] = answer["options"]
            return options

        return search

    def _follow(
        self,
        channel: str,
        before: set[str],
        timeout_s: float,
        is_answered: Callable[[], bool] = lambda: False,
    ) -> SeenMessage | None:
        deadline = time.monotonic() + timeout_s
        while True:
            new = [message for message in self.sees(channel) if message.ts not in before]
            if new:
                return new[-1]
            if is_answered() or time.monotonic() > deadline:
                return None
            time.sleep(0.03)


def readable(blocks: Sequence[Json]) -> str:
    """The blocks of a message as the lines that a person reads."""
    return "\n".join(line for block in blocks for line in _lines(block) if line)


def spoken(text: str, names: Mapping[str, str]) -> str:
    """Slack's markup as it reads on the screen: links by their words, people and channels by their names.

    Args:
        text: mrkdwn.
        names: User id to the person's name.
    """
    shown = _PERSON.sub(lambda found: f"@{names.get(found.group(1), found.group(1))}", text)
    shown = _CHANNEL.sub(r"#\1", shown)
    shown = _LINK.sub(lambda found: found.group(2) or found.group(1), shown)
    shown = _EMPHASIS.sub(r"\2", shown)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _lines(block: Json) -> list[str]:
    kind = block.get("type")
    if kind in ("section", "header"):
        return [_text(block.get("text")), *(_text(field) for field in block.get("fields", ()))]
    if kind == "context":
        return [" ".join(_text(element) for element in block["elements"])]
    if kind == "actions":
        return [
            " ".join(
                f"[{_text(element.get('text')) or _text(element.get('placeholder'))}]"
                for element in block["elements"]
            )
        ]
    if kind == "input":
        return [f"{_text(block.get('label'))}: {_text(block.get('hint'))}".rstrip(": ")]
    if kind == "table":
        return [" | ".join(_cell(cell) for cell in row) for row in block["rows"]]
    if kind == "markdown":
        return [str(block.get("text", ""))]
    return []


def _cell(cell: Json) -> str:
    if cell.get("type") == "raw_text":
        return str(cell.get("text", ""))
    parts = [
        element.get("text", "")
        for section in cell.get("elements", ())
        for element in section.get("elements", ())
    ]
    return "".join(parts)


def _text(value: Any) -> str:
    return str(value.get("text", "")) if isinstance(value, dict) else ""


def _seen(message: Json) -> SeenMessage:
    blocks = message["blocks"]
    buttons = tuple(
        _text(element.get("text"))
        for block in blocks
        for element in (*block.get("elements", ()), block.get("accessory"))
        if isinstance(element, dict) and element.get("type") == "button"
    )
    return SeenMessage(
        ts=message["ts"],
        channel=message["channel"],
        text=readable(blocks) if blocks else message["text"],
        is_ephemeral=message["is_ephemeral"],
        is_edited=message["is_edited"],
        thread_ts=message["thread_ts"],
        author=message["user"],
        blocks=blocks,
        buttons=buttons,
    )


def _seen_modal(view: Json) -> SeenModal:
    blocks = view["blocks"]
    labels = {block.get("block_id"): _input_label(block) for block in blocks}
    return SeenModal(
        id=view["id"],
        title=_text(view.get("title")),
        text=readable(blocks),
        labels=tuple(label for label in labels.values() if label),
        errors={labels.get(key) or key: text for key, text in view["errors"].items()},
        blocks=blocks,
    )


def _input_label(block: Json) -> str | None:
    return _text(block.get("label")) if block.get("type") == "input" else None


def _label_of(block: Json, element: Json) -> str:
    return _input_label(block) or _text(element.get("placeholder")) or _text(block.get("text"))


def _labelled(blocks: Sequence[Json], label: str) -> tuple[Json, Json, Json]:
    for block in blocks:
        for element in (*block.get("elements", ()), block.get("accessory")):
            if not isinstance(element, dict):
                continue
            if _text(element.get("text")) == label:
                return block, element, {}
            for option in element.get("options", ()):
                if _text(option.get("text")) == label:
                    return block, element, {"selected_option": option}
    raise AssertionError(f"nothing here reads {label}")


def _value_for(element: Json, value: str, search: Callable[[str], list[Json]]) -> Json:
    kind = element["type"]
    if kind in ("static_select", "radio_buttons"):
        return {"type": kind, "selected_option": _option(element["options"], value)}
    if kind == "external_select":
        return {"type": kind, "selected_option": _option(search(value), value)}
    if kind == "checkboxes":
        wanted = [part.strip() for part in value.split(",") if part.strip()]
        return {"type": kind, "selected_options": [_option(element["options"], part) for part in wanted]}
    return {"type": kind, "value": value or None}


def _option(options: Sequence[Json], wanted: str) -> Json:
    for option in options:
        if wanted in (_text(option.get("text")), option.get("value")):
            return option
    raise AssertionError(
        f"there is no option {wanted}; there are {[_text(option.get('text')) for option in options]}"
    )


def _initial_values(blocks: Sequence[Json]) -> Json:
    """What the fields hold before anybody touches them."""
    values: Json = {}
    for block in blocks:
        element = block.get("element")
        if block.get("type") != "input" or not isinstance(element, dict):
            continue
        kind = element["type"]
        held: Json = {"type": kind}
        if kind in ("static_select", "external_select", "radio_buttons"):
            held["selected_option"] = element.get("initial_option")
        elif kind == "checkboxes":
            held["selected_options"] = element.get("initial_options", [])
        else:
            held["value"] = element.get("initial_value")
        values[block["block_id"]] = {element["action_id"]: held}
    return values
