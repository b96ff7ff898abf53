"""The control API: what the page and the tests' people use; JSON over HTTP below /sandbox/."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.sandbox.slack.api.rates import Rates
from bot.sandbox.slack.control.asked import content, guarded, refusal, seconds, table, text
from bot.sandbox.slack.control.shown import INLINE_TYPES, Shown
from bot.sandbox.slack.people.elements import found_elements
from bot.sandbox.slack.people.human import Human
from bot.sandbox.slack.state import Channel, Json, Message, SlackError, User, View, Workspace
from bot.sandbox.slack.to_app.faults import SlackFaults

_STILL_HERE_S = 10


class Control:
    """The routes over one workspace."""

    def __init__(
        self,
        workspace: Workspace,
        human: Human,
        manifest: Json,
        journal: list[Json],
        faults: SlackFaults,
        rates: Rates,
        wait_for_app: Callable[[float], None],
    ) -> None:
        self._workspace = workspace
        self._human = human
        self._shown = Shown(workspace, manifest)
        self._streams: list[tuple[asyncio.AbstractEventLoop, asyncio.Queue[Json | None]]] = []
        self._journal = journal
        self._faults = faults
        self._rates = rates
        self._wait_for_app = wait_for_app

    def routes(self) -> list[Route]:
        """Every route of the control API."""
        reads = {
            "state": self._state,
            "people": self._people,
            "messages": self._messages,
            "views": self._views,
            "journal": self._show_journal,
            "faults": self._show_faults,
        }
        acts = {
            "type": self._type,
            "edit": self._edit,
            "delete": self._delete,
            "react": self._react,
            "click": self._click,
            "options": self._options,
            "submit": self._submit,
            "close": self._close,
            "home": self._home,
            "look": self._look,
            "details": self._details,
            "shortcut": self._shortcut,
            "upload": self._upload,
            "file": self._file,
            "join": self._join,
            "leave": self._leave,
            "invite": self._invite,
            "read": self._read,
            "arrive": self._arrive,
            "profile": self._profile,
            "uninstall": self._uninstall,
            "faults": self._plan_fault,
            "limits": self._reset_limits,
            "patience": self._be_patient,
        }
        return [
            *(Route(f"/sandbox/{name}", guarded(answer)) for name, answer in reads.items()),
            *(Route(f"/sandbox/{name}", guarded(answer), methods=["POST"]) for name, answer in acts.items()),
            Route("/sandbox/events", self._events),
            Route("/sandbox/files/{id}", self._download),
        ]

    def hang_up(self) -> None:
        """End every stream of changes, from any thread; a server that stops would wait for open pages otherwise."""
        for loop, queue in list(self._streams):
            loop.call_soon_threadsafe(queue.put_nowait, None)

    # -- what there is -------------------------------------------------------------------------------------

    async def _state(self, values: Json) -> Json:
        return self._shown.state(self._person(values))

    async def _people(self, _values: Json) -> Json:
        return self._shown.people()

    async def _messages(self, values: Json) -> Json:
        return self._shown.messages(*self._place(values))

    async def _views(self, values: Json) -> Json:
        return self._shown.views(self._person(values))

    async def _show_journal(self, _values: Json) -> Json:
        return {"journal": self._journal}

    async def _show_faults(self, _values: Json) -> Json:
        return {"faults": self._faults.listed()}

    async def _plan_fault(self, values: Json) -> Json:
        self._faults.plan(values)
        return await self._show_faults(values)

    async def _reset_limits(self, _values: Json) -> Json:
        self._rates.forget()
        return {}

    async def _be_patient(self, values: Json) -> Json:
        self._wait_for_app(seconds(values))
        return {"ok": True}

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
                        event = await asyncio.wait_for(queue.get(), _STILL_HERE_S)
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

    async def _download(self, request: Request) -> Response:
        try:
            me = self._person(dict(request.query_params))
            file = self._shown.file(me, request.path_params["id"])
        except SlackError as error:
            return refusal(error)
        way = "inline" if file.mimetype in INLINE_TYPES else "attachment"
        headers = {
            "Content-Disposition": f"{way}; filename*=UTF-8''{quote(file.name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        }
        media_type = file.mimetype if way == "inline" else "application/octet-stream"
        return Response(file.content, media_type=media_type, headers=headers)

    # -- what people do in channels ------------------------------------------------------------------------

    async def _type(self, values: Json) -> Json:
        me, channel = self._place(values)
        return await self._human.types(me, channel, text(values, "text"), text(values, "thread_ts") or None)

    async def _edit(self, values: Json) -> Json:
        me, message = self._mine(values)
        self._human.edits(me, message, text(values, "text"))
        return {"ok": True}

    async def _delete(self, values: Json) -> Json:
        me, message = self._mine(values)
        self._human.deletes(me, message)
        return {"ok": True}

    async def _react(self, values: Json) -> Json:
        me, message = self._person(values), self._message(values)
        self._human.reacts(me, message, text(values, "name"), removes=bool(values.get("remove")))
        return {"ok": True}

    async def _upload(self, values: Json) -> Json:
        me, channel = self._place(values)
        thread = text(values, "thread_ts") or None
        return self._human.uploads(
            me, channel, text(values, "name"), content(values), text(values, "comment"), thread
        )

    async def _file(self, values: Json) -> Json:
        return {"file": self._human.keeps_file(self._person(values), text(values, "name"), content(values))}

    async def _join(self, values: Json) -> Json:
        self._human.joins(self._person(values), self._channel(values))
        return {"ok": True}

    async def _leave(self, values: Json) -> Json:
        self._human.leaves(*self._place(values))
        return {"ok": True}

    async def _invite(self, values: Json) -> Json:
        me, channel = self._place(values)
        self._human.invites(me, channel, self._workspace.user_by_name(text(values, "who")))
        return {"ok": True}

    async def _read(self, values: Json) -> Json:
        me, channel = self._place(values)
        self._workspace.read[(me.id, channel.id)] = self._workspace.messages[channel.id].last_ts
        return {"ok": True}

    # -- what people do with the app -----------------------------------------------------------------------

    async def _click(self, values: Json) -> Json:
        me, view, message = self._surface(values)
        block, element = _element(
            _blocks_of(view, message), text(values, "action_id"), values.get("block_id")
        )
        action = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block.get("block_id", ""),
            **{key: element[key] for key in ("text", "value", "url") if key in element},
            **table(values, "chosen"),
        }
        return await self._human.clicks(
            me, action, message=message, view=view, values=table(values, "values")
        )

    async def _options(self, values: Json) -> Json:
        me, view, message = self._surface(values)
        block_id, action_id = text(values, "block_id"), text(values, "action_id")
        return await self._human.options(me, view, block_id, action_id, text(values, "value"), message)

    async def _submit(self, values: Json) -> Json:
        me = self._person(values)
        return await self._human.submits(me, self._view(me, text(values, "view_id")), table(values, "values"))

    async def _close(self, values: Json) -> Json:
        me = self._person(values)
        view = self._view(me, text(values, "view_id"))
        return await self._human.closes(me, view, clear=bool(values.get("clear")))

    async def _home(self, values: Json) -> Json:
        beside = self._place({**values, "channel": values["beside"]})[1] if values.get("beside") else None
        return self._human.opens_home(self._person(values), text(values, "tab") or "home", beside)

    async def _look(self, values: Json) -> Json:
        self._human.looks_at(*self._place(values))
        return {"ok": True}

    async def _details(self, values: Json) -> Json:
        me, message = self._person(values), self._message(values)
        self._human.opens_details(me, message, text(values, "url"))
        return {"ok": True}

    async def _shortcut(self, values: Json) -> Json:
        message = self._message(values) if values.get("ts") else None
        return await self._human.shortcut(self._person(values), text(values, "callback_id"), message)

    # -- what happens to the workspace itself --------------------------------------------------------------

    async def _arrive(self, values: Json) -> Json:
        user = self._human.arrives(text(values, "login"), text(values, "name"), text(values, "email"))
        return {"ok": True, "id": user.id}

    async def _profile(self, values: Json) -> Json:
        self._human.changes_profile(self._person(values), values)
        return {"ok": True}

    async def _uninstall(self, _values: Json) -> Json:
        self._human.uninstalls()
        return {"ok": True}

    # -- who, where, which ---------------------------------------------------------------------------------

    def _person(self, values: Json) -> User:
        return self._workspace.user_by_name(text(values, "person"))

    def _channel(self, values: Json) -> Channel:
        name = text(values, "channel")
        if name in ("app", "@callboard"):
            return self._workspace.direct(self._person(values).id)
        channel = self._workspace.channel_named(name)
        if channel is None:
            raise SlackError("channel_not_found")
        return channel

    def _place(self, values: Json) -> tuple[User, Channel]:
        """Who, and where; raises unless they are a member there."""
        me, channel = self._person(values), self._channel(values)
        if me.id not in channel.members:
            raise SlackError("not_in_channel")
        return me, channel

    def _message(self, values: Json) -> Message:
        me, channel = self._place(values)
        message = self._workspace.find_message(channel.id, text(values, "ts"))
        if message.only_for not in (None, me.id):
            raise SlackError("message_not_found")
        return message

    def _mine(self, values: Json) -> tuple[User, Message]:
        me, message = self._person(values), self._message(values)
        if message.user != me.id:
            raise SlackError("cant_update_message")
        return me, message

    def _surface(self, values: Json) -> tuple[User, View | None, Message | None]:
        """Where an element stands: in a view of this person, or in a message."""
        me = self._person(values)
        if values.get("view_id"):
            return me, self._view(me, text(values, "view_id")), None
        return me, None, self._message(values)

    def _view(self, me: User, view_id: str) -> View:
        home = self._workspace.homes.get(me.id)
        candidates = [*self._workspace.modals.get(me.id, []), *([home] if home else [])]
        for view in candidates:
            if view.id == view_id:
                return view
        raise SlackError("view_not_found")


def _blocks_of(view: View | None, message: Message | None) -> list[Json]:
    if view:
        return list(view.body.get("blocks") or ())
    if message:
        return [
            *message.blocks,
            *(block for item in message.attachments for block in item.get("blocks") or ()),
        ]
    return []


def _element(blocks: list[Json], action_id: str, block_id: object) -> tuple[Json, Json]:
    for block, element in found_elements(blocks):
        if element["action_id"] == action_id and block_id in (None, "", block.get("block_id")):
            return block, element
    raise SlackError("action_not_found")
