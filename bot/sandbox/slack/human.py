"""What people do: type, click, fill in, search, submit, close, open their Home; in Slack's payload shapes."""

import secrets
import time
from collections.abc import Iterator, Mapping
from typing import Any

from bot.sandbox.slack.delivery import Ack, Delivery
from bot.sandbox.slack.state import (
    APP_ID,
    BOT_USER,
    RESPONSE_URL_SECONDS,
    RESPONSE_URL_USES,
    TEAM_ID,
    Channel,
    Json,
    Message,
    SlackError,
    User,
    View,
    Workspace,
)
from bot.sandbox.slack.typed import as_sent
from bot.sandbox.slack.web_api import check_content, is_true, replace_view


class Human:
    """Carries out what a person does in one workspace.

    Args:
        workspace: Where they are.
        delivery: The way to the app.
        url: The local Slack's own address.
        commands: The app's slash commands, and whether each gets links for people and channels.
        events: The events that the app has asked for.
    """

    def __init__(
        self,
        workspace: Workspace,
        delivery: Delivery,
        url: str,
        commands: Mapping[str, bool],
        events: frozenset[str],
    ) -> None:
        self._workspace = workspace
        self._delivery = delivery
        self._url = url
        self._commands = commands
        self._events = events

    async def types(self, user: User, channel: Channel, text: str, thread_ts: str | None = None) -> Json:
        """Send a line: a slash command where it is one, else a message."""
        word, _, rest = text.strip().partition(" ")
        if word.startswith("/"):
            if thread_ts:
                return self._whisper(user, channel, f"{word} is not supported in threads. Sorry!", thread_ts)
            if word not in self._commands:
                return self._whisper(user, channel, f"{word} is not a valid command.")
            return await self._command(user, channel, word, rest.strip())
        return self._says(user, channel, text, thread_ts)

    async def clicks(
        self,
        user: User,
        action: Json,
        *,
        message: Message | None = None,
        view: View | None = None,
        values: Json | None = None,
    ) -> Json:
        """Use a button, a menu or a select in a message or a view."""
        payload = self._interaction(user, "block_actions")
        payload["actions"] = [{"action_ts": self._workspace.next_ts(), **action}]
        payload["state"] = {"values": values or {}}
        if message:
            channel = self._workspace.channels[message.channel]
            payload |= {
                "container": {
                    "type": "message",
                    "message_ts": message.ts,
                    "channel_id": channel.id,
                    "is_ephemeral": message.only_for is not None,
                },
                "channel": {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name},
                "message": message.shaped(),
                "response_url": self._response_url(channel, user, message),
            }
        elif view:
            payload |= {"container": {"type": "view", "view_id": view.id}, "view": view.shaped(values)}
        ack = await self._delivery.ask("interactive", payload)
        return {"ok": ack.came, "error": None if ack.came else ack.error}

    async def options(self, user: User, view: View | None, block_id: str, action_id: str, text: str) -> Json:
        """The options of a select that asks the app while a person types."""
        payload = self._interaction(user, "block_suggestion", trigger=False)
        payload |= {"action_id": action_id, "block_id": block_id, "value": text}
        if view:
            payload |= {"container": {"type": "view", "view_id": view.id}, "view": view.shaped()}
        ack = await self._delivery.ask("interactive", payload)
        return {
            "options": ack.payload.get("options", []),
            "option_groups": ack.payload.get("option_groups", []),
        }

    async def submits(self, user: User, view: View, values: Json) -> Json:
        """Press a modal's submit button; errors come back by block id."""
        payload = self._interaction(user, "view_submission")
        payload |= {"view": view.shaped(values), "response_urls": []}
        ack = await self._delivery.ask("interactive", payload)
        if not ack.came:
            return {"ok": False, "error": "We had some trouble connecting. Try again?"}
        return self._after_submission(view, ack)

    async def closes(self, user: User, view: View) -> Json:
        """Close a modal; the app hears of it when it asked to."""
        self._drop(view)
        if view.body.get("notify_on_close"):
            payload = self._interaction(user, "view_closed", trigger=False)
            payload |= {"view": view.shaped(), "is_cleared": False}
            await self._delivery.ask("interactive", payload)
        return {"ok": True}

    def opens_home(self, user: User) -> Json:
        """Open the app's Home tab."""
        self._event(
            {
                "type": "app_home_opened",
                "user": user.id,
                "channel": self._workspace.direct(user.id).id,
                "tab": "home",
            }
        )
        return {"ok": True}

    async def shortcut(self, user: User, callback_id: str, message: Message | None = None) -> Json:
        """Use a shortcut, global or on a message."""
        payload = self._interaction(user, "message_action" if message else "shortcut")
        payload["callback_id"] = callback_id
        if message:
            channel = self._workspace.channels[message.channel]
            payload |= {
                "message": message.shaped(),
                "message_ts": message.ts,
                "channel": {"id": channel.id, "name": channel.name},
                "response_url": self._response_url(channel, user, None),
            }
        ack = await self._delivery.ask("interactive", payload)
        return {"ok": ack.came}

    def responds(self, key: str, body: Json) -> None:
        """The app uses a response_url; raises when it may not.

        The one that came with a click replaces the message that was clicked unless the app says otherwise;
        the one that came with a command has nothing to replace.
        """
        entry = self._workspace.response_urls.get(key)
        if entry is None:
            raise SlackError("used_url")
        entry.uses += 1
        if entry.uses > RESPONSE_URL_USES:
            raise SlackError("used_url")
        if time.monotonic() - entry.at > RESPONSE_URL_SECONDS:
            raise SlackError("expired_url")
        message = self._shown_message(entry.channel, entry.message_ts)
        if message and is_true(body.get("delete_original")):
            self._workspace.remove_message(message)
            return
        text = str(body.get("text") or "")
        blocks = check_content(text, body.get("blocks"))
        if message and is_true(body.get("replace_original", True)):
            self._workspace.change_message(message, text, blocks)
            return
        only_for = None if body.get("response_type") == "in_channel" else entry.user
        self._workspace.add_message(
            Message(
                self._workspace.next_ts(),
                entry.channel,
                BOT_USER,
                text,
                blocks,
                thread_ts=body.get("thread_ts"),
                only_for=only_for,
            )
        )

    async def _command(self, user: User, channel: Channel, command: str, text: str) -> Json:
        if self._commands[command]:
            text = as_sent(text, self._workspace, user, with_names=True)
        payload = {
            "token": "sandbox",
            "team_id": TEAM_ID,
            "team_domain": self._workspace.name,
            "channel_id": channel.id,
            "channel_name": "directmessage" if channel.is_im else channel.name,
            "user_id": user.id,
            "user_name": user.name,
            "command": command,
            "text": text,
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": self._response_url(channel, user, None),
            "trigger_id": self._workspace.new_trigger(user.id),
        }
        ack = await self._delivery.ask("slash_commands", payload)
        if not ack.came:
            return self._whisper(user, channel, f"{command} failed with the error “{ack.error}”")
        if ack.payload.get("text") or ack.payload.get("blocks"):
            self._answer(user, channel, ack.payload)
        return {"ok": True}

    def _answer(self, user: User, channel: Channel, payload: Json) -> None:
        text = str(payload.get("text") or "")
        only_for = None if payload.get("response_type") == "in_channel" else user.id
        blocks = check_content(text, payload.get("blocks"))
        self._workspace.add_message(
            Message(self._workspace.next_ts(), channel.id, BOT_USER, text, blocks, only_for=only_for)
        )

    def _says(self, user: User, channel: Channel, text: str, thread_ts: str | None) -> Json:
        shown = as_sent(text, self._workspace, user)
        message = self._workspace.add_message(
            Message(self._workspace.next_ts(), channel.id, user.id, shown, thread_ts=thread_ts)
        )
        event: Json = {
            "user": user.id,
            "text": shown,
            "ts": message.ts,
            "channel": channel.id,
            "event_ts": message.ts,
            "team": TEAM_ID,
        }
        if thread_ts:
            event["thread_ts"] = thread_ts
        if channel.is_im:
            self._event({"type": "message", "channel_type": "im", **event}, name="message.im")
        elif f"<@{BOT_USER}>" in shown:
            self._event({"type": "app_mention", **event})
        return {"ok": True, "ts": message.ts}

    def _event(self, event: Json, name: str = "") -> None:
        if (name or event["type"]) not in self._events:
            return
        self._delivery.announce(
            {
                "token": "sandbox",
                "team_id": TEAM_ID,
                "api_app_id": APP_ID,
                "event": event,
                "type": "event_callback",
                "event_id": f"Ev{secrets.token_hex(6).upper()}",
                "event_time": int(time.time()),
                "authorizations": [
                    {"team_id": TEAM_ID, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}
                ],
                "is_ext_shared_channel": False,
            }
        )

    def _interaction(self, user: User, kind: str, *, trigger: bool = True) -> Json:
        payload: Json = {
            "type": kind,
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": TEAM_ID},
            "api_app_id": APP_ID,
            "token": "sandbox",
            "team": {"id": TEAM_ID, "domain": self._workspace.name},
            "enterprise": None,
            "is_enterprise_install": False,
        }
        if trigger:
            payload["trigger_id"] = self._workspace.new_trigger(user.id)
        return payload

    def _after_submission(self, view: View, ack: Ack) -> Json:
        action = ack.payload.get("response_action")
        if action == "errors":
            view.errors = {str(key): str(value) for key, value in ack.payload.get("errors", {}).items()}
            known = {block.get("block_id") for block in view.body.get("blocks", [])}
            if not view.errors or not set(view.errors) <= known:
                return {"ok": False, "error": "We had some trouble connecting. Try again?"}
            return {"ok": False, "errors": view.errors}
        if action == "update":
            replace_view(self._workspace, view, ack.payload["view"])
        elif action == "push":
            pushed = self._workspace.new_view(view.user, ack.payload["view"], view)
            self._workspace.modals[view.user].append(pushed)
            self._workspace.tell({"kind": "view", "user": view.user})
        elif action == "clear":
            self._workspace.modals[view.user] = []
            self._workspace.tell({"kind": "view", "user": view.user})
        else:
            self._drop(view)
        return {"ok": True}

    def _drop(self, view: View) -> None:
        stack = self._workspace.modals.get(view.user, [])
        if view in stack:
            stack.remove(view)
        self._workspace.tell({"kind": "view", "user": view.user})

    def _whisper(self, user: User, channel: Channel, text: str, thread_ts: str | None = None) -> Json:
        message = Message(
            self._workspace.next_ts(), channel.id, BOT_USER, text, thread_ts=thread_ts, only_for=user.id
        )
        message.user = "USLACKBOT"
        self._workspace.add_message(message)
        return {"ok": False, "error": text}

    def _response_url(self, channel: Channel, user: User, message: Message | None) -> str:
        key = self._workspace.new_response_url(channel.id, user.id, message.ts if message else None)
        return f"{self._url}/response/{key}"

    def _shown_message(self, channel: str, ts: str | None) -> Message | None:
        return next((item for item in self._workspace.messages[channel] if item.ts == ts), None)


def elements_of(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with the block that it stands in."""
    for block in blocks:
        candidates: list[Any] = [block.get("accessory"), block.get("element"), *block.get("elements", ())]
        for element in candidates:
            if isinstance(element, dict) and element.get("action_id"):
                yield block, element
