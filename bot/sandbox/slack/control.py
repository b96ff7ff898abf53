"""The control API: what the page and the tests' people use; JSON over HTTP below /sandbox/."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.sandbox.slack.human import Human, elements_of
from bot.sandbox.slack.state import BOT_USER, Channel, Json, Message, SlackError, User, View, Workspace


class Control:
    """The routes over one workspace."""

    def __init__(
        self,
        workspace: Workspace,
        human: Human,
        commands: list[Json],
        journal: list[Json],
        *,
        has_home: bool,
    ) -> None:
        self._workspace = workspace
        self._human = human
        self._commands = commands
        self._has_home = has_home
        self._streams: list[tuple[asyncio.AbstractEventLoop, asyncio.Queue[Json | None]]] = []
        self._journal = journal

    def routes(self) -> list[Route]:
        """Every route of the control API."""
        return [
            Route("/sandbox/state", self._guard(self._state)),
            Route("/sandbox/messages", self._guard(self._messages)),
            Route("/sandbox/views", self._guard(self._views)),
            Route("/sandbox/journal", self._guard(self._show_journal)),
            Route("/sandbox/events", self._events),
            Route("/sandbox/type", self._guard(self._type), methods=["POST"]),
            Route("/sandbox/click", self._guard(self._click), methods=["POST"]),
            Route("/sandbox/options", self._guard(self._options), methods=["POST"]),
            Route("/sandbox/submit", self._guard(self._submit), methods=["POST"]),
            Route("/sandbox/close", self._guard(self._close), methods=["POST"]),
            Route("/sandbox/home", self._guard(self._home), methods=["POST"]),
            Route("/sandbox/read", self._guard(self._read), methods=["POST"]),
        ]

    def hang_up(self) -> None:
        """End every stream of changes, from any thread; a server that stops would wait for open pages otherwise."""
        for loop, queue in list(self._streams):
            loop.call_soon_threadsafe(queue.put_nowait, None)

    def _guard(self, handler: Any) -> Any:
        async def guarded(request: Request) -> Response:
            try:
                values: Json = (
                    await request.json() if request.method == "POST" else dict(request.query_params)
                )
                return JSONResponse(await handler(values))
            except SlackError as error:
                return JSONResponse({"ok": False, "error": error.error, **error.more}, status_code=400)

        return guarded

    async def _state(self, values: Json) -> Json:
        me = self._person(values)
        return {
            "workspace": {"name": self._workspace.name, "title": self._workspace.title},
            "me": _shape_user(me),
            "people": [_shape_user(user) for user in self._workspace.users.values()],
            "channels": [self._shape_channel(me, item) for item in self._channels_of(me)],
            "direct": self._shape_channel(me, self._workspace.direct(me.id)),
            "commands": self._commands,
            "has_home": self._has_home,
        }

    async def _messages(self, values: Json) -> Json:
        me, channel = self._person(values), self._channel(values)
        self._require_member(me, channel)
        visible = [
            message for message in self._workspace.messages[channel.id] if message.only_for in (None, me.id)
        ]
        return {"messages": [_shape_message(message) for message in visible]}

    async def _views(self, values: Json) -> Json:
        me = self._person(values)
        stack, home = self._workspace.modals.get(me.id, []), self._workspace.homes.get(me.id)
        top = stack[-1] if stack else None
        return {
            "modal": {**top.shaped(), "errors": top.errors, "depth": len(stack)} if top else None,
            "home": home.shaped() if home else None,
        }

    async def _show_journal(self, _values: Json) -> Json:
        return {"journal": self._journal}

    async def _events(self, request: Request) -> Response:
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        listed = (asyncio.get_running_loop(), queue)
        self._streams.append(listed)
        self._workspace.listeners.append(queue.put_nowait)

        async def stream() -> AsyncIterator[str]:
            try:
                yield "retry: 500\n\n"
                while not await request.is_disconnected():
                    try:
                        event = await asyncio.wait_for(queue.get(), 10)
                        if event is None:
                            return
                        yield f"data: {json.dumps(event)}\n\n"
                    except TimeoutError:
                        yield ": still here\n\n"
            finally:
                self._workspace.listeners.remove(queue.put_nowait)
                self._streams.remove(listed)

        return StreamingResponse(
            stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def _type(self, values: Json) -> Json:
        me, channel = self._person(values), self._channel(values)
        self._require_member(me, channel)
        return await self._human.types(
            me, channel, str(values.get("text", "")), values.get("thread_ts") or None
        )

    async def _click(self, values: Json) -> Json:
        me = self._person(values)
        view = self._view(me, str(values.get("view_id", ""))) if values.get("view_id") else None
        message = self._message(me, values) if view is None else None
        blocks = view.body["blocks"] if view else message.blocks if message else []
        block, element = _element(blocks, str(values.get("action_id", "")), values.get("block_id"))
        action = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block.get("block_id", ""),
            **{key: element[key] for key in ("text", "value", "url") if key in element},
            **(values.get("chosen") or {}),
        }
        return await self._human.clicks(me, action, message=message, view=view, values=values.get("values"))

    async def _options(self, values: Json) -> Json:
        me = self._person(values)
        view = self._view(me, str(values.get("view_id", ""))) if values.get("view_id") else None
        return await self._human.options(
            me,
            view,
            str(values.get("block_id", "")),
            str(values.get("action_id", "")),
            str(values.get("value", "")),
        )

    async def _submit(self, values: Json) -> Json:
        me = self._person(values)
        return await self._human.submits(
            me, self._view(me, str(values.get("view_id", ""))), values.get("values") or {}
        )

    async def _close(self, values: Json) -> Json:
        me = self._person(values)
        return await self._human.closes(me, self._view(me, str(values.get("view_id", ""))))

    async def _home(self, values: Json) -> Json:
        return self._human.opens_home(self._person(values))

    async def _read(self, values: Json) -> Json:
        me, channel = self._person(values), self._channel(values)
        messages = self._workspace.messages[channel.id]
        self._workspace.read[(me.id, channel.id)] = messages[-1].ts if messages else ""
        return {"ok": True}

    def _person(self, values: Json) -> User:
        return self._workspace.user_by_name(str(values.get("person", "")))

    def _channel(self, values: Json) -> Channel:
        name = str(values.get("channel", ""))
        if name in ("app", "@callboard"):
            return self._workspace.direct(self._person(values).id)
        channel = self._workspace.channel_named(name)
        if channel is None:
            raise SlackError("channel_not_found")
        return channel

    def _require_member(self, me: User, channel: Channel) -> None:
        if me.id not in channel.members:
            raise SlackError("not_in_channel")

    def _message(self, me: User, values: Json) -> Message:
        message = self._workspace.find_message(self._channel(values).id, str(values.get("ts", "")))
        if message.only_for not in (None, me.id):
            raise SlackError("message_not_found")
        return message

    def _view(self, me: User, view_id: str) -> View:
        home = self._workspace.homes.get(me.id)
        candidates = [*self._workspace.modals.get(me.id, []), *([home] if home else [])]
        for view in candidates:
            if view.id == view_id:
                return view
        raise SlackError("view_not_found")

    def _channels_of(self, me: User) -> list[Channel]:
        return [
            item for item in self._workspace.channels.values() if not item.is_im and me.id in item.members
        ]

    def _shape_channel(self, me: User, channel: Channel) -> Json:
        read = self._workspace.read.get((me.id, channel.id), "")
        unread = [
            message
            for message in self._workspace.messages[channel.id]
            if message.ts > read
            and message.user != me.id
            and message.only_for in (None, me.id)
            and message.thread_ts in (None, message.ts)
        ]
        return {
            "id": channel.id,
            "name": channel.name,
            "topic": channel.topic,
            "is_private": channel.is_private,
            "is_im": channel.is_im,
            "members": len(channel.members) - 1,
            "unread": len(unread),
        }


def _element(blocks: list[Json], action_id: str, block_id: Any) -> tuple[Json, Json]:
    for block, element in elements_of(blocks):
        if element["action_id"] == action_id and block_id in (None, "", block.get("block_id")):
            return block, element
    raise SlackError("action_not_found")


def _shape_user(user: User) -> Json:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "title": user.title,
        "is_bot": user.is_bot,
        "is_guest": user.is_guest,
        "is_app": user.id == BOT_USER,
    }


def _shape_message(message: Message) -> Json:
    return {
        "ts": message.ts,
        "channel": message.channel,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "thread_ts": message.thread_ts,
        "is_ephemeral": message.only_for is not None,
        "is_edited": message.edited_ts is not None,
        "reactions": message.reactions,
        "revision": message.revision,
    }
