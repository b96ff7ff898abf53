"""What people do with the app: click, choose, search, submit, close, use a shortcut; three seconds for each answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox.slack.api.content import with_ids
from bot.sandbox.slack.people.elements import found_elements
from bot.sandbox.slack.people.inputs import HELD, complaints, state_of
from bot.sandbox.slack.people.stage import Stage
from bot.sandbox.slack.records import Json, Message, SlackError, User, View
from bot.sandbox.slack.to_app.answers import (
    NOT_CONFIGURED,
    TROUBLE,
    options_problem,
    shown_error,
    submission_problem,
)
from bot.sandbox.slack.to_app.transport import Ack

MIN_QUERY_LENGTH = 3
"""How much has to be typed before a select asks the app, unless the select says otherwise."""


class Interacting:
    """People and what the app shows them: messages with buttons, modals, its Home."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._workspace = stage.workspace

    async def clicks(
        self,
        user: User,
        action: Json,
        *,
        message: Message | None = None,
        view: View | None = None,
        values: Json | None = None,
    ) -> Json:
        """Use a button, a menu, a select or a date in a message or a view.

        Args:
            user: Who.
            action: The element with what was chosen: ``type``, ``action_id``, ``block_id``, and for example
                ``selected_option``.
            message: The message that it stands in, or else
            view: the modal or Home.
            values: What the other inputs hold, as far as the person has touched them.

        Returns:
            ``ok``, and the ``error`` that the person reads beside it.
        """
        if not self._stage.is_interactive:
            return {"ok": False, "error": NOT_CONFIGURED}
        surface: View | Message | None = view or message
        payload = self._stage.interaction(user, "block_actions")
        payload["actions"] = [{"action_ts": self._workspace.next_ts(), **action}]
        state = self._state(surface, values, action)
        payload["state"] = {"values": state}
        if view:
            payload |= self._stage.in_view(view, state)
        elif message:
            payload |= self._stage.in_message(message)
            channel = self._workspace.channels[message.channel]
            payload["response_url"] = self._stage.response_url(channel, user, message)
        ack = await self._ask(payload)
        return _seen(ack)

    async def options(
        self,
        user: User,
        view: View | None,
        block_id: str,
        action_id: str,
        text: str,
        message: Message | None = None,
    ) -> Json:
        """The options of a select that asks the app while a person types.

        Returns:
            ``options`` and ``option_groups``; both are empty with an ``error`` when the app did not answer
            in time or answered what Slack does not take, and with a ``hint`` while too little is typed.
        """
        nothing: Json = {"options": [], "option_groups": []}
        element = self._searchable(_blocks_of(view or message), block_id, action_id)
        least = element.get("min_query_length")
        least = MIN_QUERY_LENGTH if least is None else least
        if len(text) < least:
            return {**nothing, "hint": f"Type at least {least} characters."}
        payload = self._stage.interaction(user, "block_suggestion", trigger=False)
        payload |= {"action_id": action_id, "block_id": block_id, "value": text}
        if view:
            payload |= self._stage.in_view(view, self._state(view, None))
        elif message:
            payload |= self._stage.in_message(message)
        ack = await self._ask(payload)
        problem = options_problem(ack.payload) if ack.came else ""
        if problem:
            self._stage.delivery.refuse("block_suggestion", problem, ack.payload)
        if problem or not ack.came:
            return {**nothing, "error": problem or shown_error(ack.error, ack.status)}
        return {name: ack.payload.get(name) or [] for name in nothing}

    async def submits(self, user: User, view: View, values: Json) -> Json:
        """Press a modal's submit button.

        What Slack's client refuses is said at the fields, and nothing is sent.

        Returns:
            ``ok``, or else ``errors`` by block id, or one ``error`` for the whole form.
        """
        if view not in self._workspace.modals.get(user.id, []):
            raise SlackError("view_not_found")
        blocks = _blocks_of(view)
        state = self._state(view, values)
        view.errors = complaints(blocks, state)
        if view.errors:
            return self._refused(view, {"errors": view.errors})
        payload = self._stage.interaction(user, "view_submission")
        payload |= {"view": view.shaped(state), "response_urls": self._response_urls(user, blocks, state)}
        ack = await self._ask(payload)
        if not ack.came:
            is_deaf = ack.error == NOT_CONFIGURED
            return self._refused(view, {"error": NOT_CONFIGURED if is_deaf else TROUBLE})
        stack = self._workspace.modals.get(user.id, [])
        problem = submission_problem(ack.payload, blocks, len(stack))
        if problem:
            self._stage.delivery.refuse("view_submission", problem, ack.payload)
            return self._refused(view, {"error": TROUBLE})
        return self._after_submission(view, ack.payload)

    async def closes(self, user: User, view: View, clear: bool = False) -> Json:
        """Close a modal, or with ``clear`` all that lie on each other; the app hears of those that asked for it."""
        stack = self._workspace.modals.get(user.id, [])
        is_cleared = clear or bool(view.body.get("clear_on_close"))
        gone = list(reversed(stack)) if is_cleared else [view]
        for closed in gone:
            self._drop(closed)
        for closed in gone:
            if closed.body.get("notify_on_close"):
                payload = self._stage.interaction(user, "view_closed", trigger=False)
                payload |= {"view": closed.shaped(self._state(closed, None)), "is_cleared": is_cleared}
                await self._ask(payload)
        return {"ok": True}

    async def shortcut(self, user: User, callback_id: str, message: Message | None = None) -> Json:
        """Use a shortcut of the manifest by its callback id or its name, from anywhere or on a message."""
        kind = "message" if message else "global"
        rows = (self._stage.manifest.get("features") or {}).get("shortcuts") or ()
        names = [
            row["callback_id"]
            for row in rows
            if row.get("type") == kind and callback_id in (row.get("callback_id"), row.get("name"))
        ]
        if not names:
            raise SlackError(
                "shortcut_not_found", detail=f"the manifest has no {kind} shortcut {callback_id}"
            )
        payload = self._stage.interaction(user, "message_action" if message else "shortcut")
        payload |= {"callback_id": names[0], "action_ts": self._workspace.next_ts()}
        if message:
            channel = self._workspace.channels[message.channel]
            shown = self._stage.in_message(message)
            payload |= {
                "message": shown["message"],
                "message_ts": message.ts,
                "channel": shown["channel"],
                "response_url": self._stage.response_url(channel, user),
            }
        return _seen(await self._ask(payload))

    async def _ask(self, payload: Json) -> Ack:
        """Hand over an interaction; an app that is not set up for any hears of none."""
        if not self._stage.is_interactive:
            return Ack(False, error=NOT_CONFIGURED)
        return await self._stage.delivery.ask("interactive", payload)

    def _state(self, surface: View | Message | None, values: Json | None, action: Json | None = None) -> Json:
        """What every input of a message or view holds now; what was touched is remembered."""
        if surface is None:
            return {}
        key = surface.id if isinstance(surface, View) else surface.ts
        chosen = _chosen(action) if action else {}
        state = state_of(_blocks_of(surface), self._stage.held.get(key, {}), values or {}, chosen)
        self._stage.keep_held(key, state)
        return state

    def _searchable(self, blocks: Sequence[Json], block_id: str, action_id: str) -> Json:
        for block, element in found_elements(blocks):
            if element["action_id"] == action_id and block_id in ("", block.get("block_id")):
                if str(element.get("type", "")).endswith("external_select"):
                    return element
                break
        raise SlackError("action_not_found")

    def _response_urls(self, user: User, blocks: Sequence[Json], state: Json) -> list[Json]:
        """An address for each conversation that the form asked for with ``response_url_enabled``."""
        found: list[Json] = []
        for block, element in found_elements(blocks):
            held = HELD.get(str(element.get("type")))
            if held is None or not element.get("response_url_enabled"):
                continue
            block_id = str(block.get("block_id", ""))
            channel = self._workspace.channels.get(str(state[block_id][element["action_id"]][held.key]))
            if channel:
                where = {"channel_id": channel.id, "block_id": block_id, "action_id": element["action_id"]}
                found.append({**where, "response_url": self._stage.response_url(channel, user)})
        return found

    def _after_submission(self, view: View, answer: Json) -> Json:
        action = answer.get("response_action")
        if action == "errors":
            view.errors = dict(answer["errors"])
            return self._refused(view, {"errors": view.errors})
        stack = self._workspace.modals.setdefault(view.user, [])
        if action == "update":
            view.body, view.hash = _kept(answer["view"]), self._workspace.next_hash()
        elif action == "push":
            stack.append(self._pushed(view, _kept(answer["view"])))
        elif action == "clear":
            stack.clear()
        else:
            self._drop(view)
        self._workspace.tell({"kind": "view", "user": view.user})
        return {"ok": True}

    def _pushed(self, below: View, body: Json) -> View:
        view = self._workspace.new_view(below.user, body, below)
        view.app_id, view.bot_id = below.app_id, below.bot_id
        return view

    def _refused(self, view: View, what: Json) -> Json:
        self._workspace.tell({"kind": "view", "user": view.user})
        return {"ok": False, **what}

    def _drop(self, view: View) -> None:
        stack = self._workspace.modals.get(view.user, [])
        if view in stack:
            stack.remove(view)
        self._stage.held.pop(view.id, None)
        self._workspace.tell({"kind": "view", "user": view.user})


def _blocks_of(surface: View | Message | None) -> list[Json]:
    if surface is None:
        return []
    if isinstance(surface, View):
        return list(surface.body.get("blocks") or ())
    return [*surface.blocks, *(block for item in surface.attachments for block in item.get("blocks") or ())]


def _kept(view: Mapping[str, Any]) -> Json:
    return {**view, "blocks": with_ids(list(view["blocks"]))}


def _chosen(action: Json) -> Json:
    """A click as a value of its input; buttons have none."""
    held = HELD.get(str(action.get("type")))
    if held is None or held.key not in action:
        return {}
    return {str(action.get("block_id", "")): {str(action["action_id"]): {held.key: action[held.key]}}}


def _seen(ack: Ack) -> Json:
    if ack.came:
        return {"ok": True, "error": None}
    return {"ok": False, "error": shown_error(ack.error, ack.status), "code": ack.error}
