"""The Web API's methods over one workspace, refusing what Slack refuses in Slack's words."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.slack.state import (
    BOT_ID,
    BOT_USER,
    TEAM_ID,
    Channel,
    Json,
    Message,
    SlackError,
    User,
    View,
    Workspace,
    profile_of,
    shape_channel,
)
from bot.slack.limits import Problem, message_problems, view_problems

_MODAL_STACK = 3

_SCOPES: Mapping[str, str] = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "conversations.list": "channels:read",
    "conversations.info": "channels:read",
    "conversations.members": "channels:read",
    "conversations.history": "channels:history",
    "conversations.replies": "channels:history",
    "conversations.open": "im:write",
    "conversations.join": "channels:join",
    "users.info": "users:read",
    "users.list": "users:read",
    "users.lookupByEmail": "users:read.email",
    "reactions.add": "reactions:write",
}


class WebApi:
    """Answers one call at a time."""

    def __init__(self, workspace: Workspace, scopes: frozenset[str], url: str) -> None:
        self._workspace = workspace
        self._scopes = scopes
        self.scopes_header = ",".join(sorted(scopes))
        self._url = url
        self._methods: dict[str, Callable[[Json], Json]] = {
            "api.test": lambda _a: {},
            "auth.test": self._auth_test,
            "team.info": self._team_info,
            "chat.postMessage": self._post,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.getPermalink": self._permalink,
            "conversations.list": self._list_channels,
            "conversations.info": lambda a: {"channel": shape_channel(self._channel(a))},
            "conversations.members": lambda a: {
                "members": sorted(self._channel(a).members),
                "response_metadata": {"next_cursor": ""},
            },
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.open": self._open,
            "conversations.join": self._join,
            "users.info": self._user,
            "users.list": self._users,
            "users.lookupByEmail": self._lookup,
            "usergroups.list": lambda _a: {"usergroups": []},
            "reactions.add": self._react,
            "views.open": self._open_view,
            "views.push": self._push_view,
            "views.update": self._update_view,
            "views.publish": self._publish,
        }

    def call(self, method: str, arguments: Json) -> Json:
        """The answer to one call; raises ``SlackError``."""
        if method not in self._methods:
            raise SlackError("unknown_method", req_method=method)
        needed = _SCOPES.get(method)
        if needed and needed not in self._scopes:
            raise SlackError("missing_scope", needed=needed, provided=",".join(sorted(self._scopes)))
        return {"ok": True, **self._methods[method](arguments)}

    def _auth_test(self, _arguments: Json) -> Json:
        bot = self._workspace.users[BOT_USER]
        return {
            "url": f"{self._url}/",
            "team": self._workspace.title,
            "team_id": TEAM_ID,
            "user": bot.name,
            "user_id": BOT_USER,
            "bot_id": BOT_ID,
        }

    def _team_info(self, _arguments: Json) -> Json:
        return {"team": {"id": TEAM_ID, "name": self._workspace.title, "domain": self._workspace.name}}

    def _post(self, arguments: Json) -> Json:
        channel = self._writable(arguments)
        text, blocks = _content(arguments)
        message = self._workspace.add_message(
            Message(
                self._workspace.next_ts(),
                channel.id,
                BOT_USER,
                text,
                blocks,
                thread_ts=arguments.get("thread_ts") or None,
                metadata=arguments.get("metadata") or None,
            )
        )
        return {"channel": channel.id, "ts": message.ts, "message": message.shaped(with_metadata=True)}

    def _post_ephemeral(self, arguments: Json) -> Json:
        channel = self._writable(arguments)
        user = str(arguments.get("user", ""))
        if user not in channel.members:
            raise SlackError("user_not_in_channel")
        text, blocks = _content(arguments)
        ts = self._workspace.next_ts()
        self._workspace.add_message(
            Message(
                ts,
                channel.id,
                BOT_USER,
                text,
                blocks,
                thread_ts=arguments.get("thread_ts") or None,
                only_for=user,
            )
        )
        return {"message_ts": ts}

    def _update(self, arguments: Json) -> Json:
        message = self._own_message(arguments, "cant_update_message")
        text, blocks = _content(arguments)
        if len(text) > 4000:
            raise SlackError("msg_too_long")
        self._workspace.change_message(message, text, blocks)
        return {"channel": message.channel, "ts": message.ts, "text": text, "message": message.shaped()}

    def _delete(self, arguments: Json) -> Json:
        message = self._own_message(arguments, "cant_delete_message")
        self._workspace.remove_message(message)
        return {"channel": message.channel, "ts": message.ts}

    def _permalink(self, arguments: Json) -> Json:
        channel = self._channel(arguments)
        ts = str(arguments.get("message_ts", ""))
        self._workspace.find_message(channel.id, ts)
        return {
            "channel": channel.id,
            "permalink": f"{self._url}/archives/{channel.id}/p{ts.replace('.', '')}",
        }

    def _list_channels(self, arguments: Json) -> Json:
        types = str(arguments.get("types") or "public_channel").split(",")
        found = [
            item
            for item in self._workspace.channels.values()
            if ("im" if item.is_im else "private_channel" if item.is_private else "public_channel") in types
            and (not item.is_private or BOT_USER in item.members)
        ]
        start = int(arguments.get("cursor") or 0)
        end = start + min(int(arguments.get("limit") or 100), 1000)
        cursor = str(end) if end < len(found) else ""
        return {
            "channels": [shape_channel(item) for item in found[start:end]],
            "response_metadata": {"next_cursor": cursor},
        }

    def _history(self, arguments: Json) -> Json:
        channel = self._channel(arguments)
        if BOT_USER not in channel.members:
            raise SlackError("not_in_channel")
        oldest, with_metadata = (
            float(arguments.get("oldest") or 0),
            is_true(arguments.get("include_all_metadata")),
        )
        found = [
            message.shaped(with_metadata=with_metadata)
            for message in reversed(self._workspace.messages[channel.id])
            if message.only_for is None
            and float(message.ts) >= oldest
            and message.thread_ts in (None, message.ts)
        ]
        limit = min(int(arguments.get("limit") or 100), 999)
        return {"messages": found[:limit], "has_more": len(found) > limit}

    def _replies(self, arguments: Json) -> Json:
        channel, ts = self._channel(arguments), str(arguments.get("ts", ""))
        self._workspace.find_message(channel.id, ts)
        with_metadata = is_true(arguments.get("include_all_metadata"))
        found = [
            message.shaped(with_metadata=with_metadata)
            for message in self._workspace.messages[channel.id]
            if message.only_for is None and ts in (message.ts, message.thread_ts)
        ]
        return {"messages": found, "has_more": False}

    def _open(self, arguments: Json) -> Json:
        users = [name for name in str(arguments.get("users", "")).split(",") if name]
        if not users or any(name not in self._workspace.users for name in users):
            raise SlackError("user_not_found")
        return {"channel": {"id": self._workspace.direct(users[0]).id}}

    def _join(self, arguments: Json) -> Json:
        channel = self._channel(arguments)
        if channel.is_private:
            raise SlackError("method_not_supported_for_channel_type")
        channel.members.add(BOT_USER)
        return {"channel": shape_channel(channel)}

    def _user(self, arguments: Json) -> Json:
        user = self._workspace.users.get(str(arguments.get("user", "")))
        if user is None:
            raise SlackError("user_not_found")
        return {"user": self._profile(user)}

    def _users(self, _arguments: Json) -> Json:
        members = [self._profile(user) for user in self._workspace.users.values()]
        return {"members": members, "response_metadata": {"next_cursor": ""}}

    def _lookup(self, arguments: Json) -> Json:
        mail = str(arguments.get("email", "")).lower()
        for user in self._workspace.users.values():
            if mail and user.email.lower() == mail:
                return {"user": self._profile(user)}
        raise SlackError("users_not_found")

    def _profile(self, user: User) -> Json:
        return profile_of(user, with_email="users:read.email" in self._scopes)

    def _react(self, arguments: Json) -> Json:
        message = self._workspace.find_message(
            self._channel(arguments).id, str(arguments.get("timestamp", ""))
        )
        users = message.reactions.setdefault(str(arguments.get("name", "")), [])
        if BOT_USER in users:
            raise SlackError("already_reacted")
        users.append(BOT_USER)
        self._workspace.tell({"kind": "message", "channel": message.channel, "ts": message.ts})
        return {}

    def _open_view(self, arguments: Json) -> Json:
        body = _view(arguments, "modal")
        user = self._workspace.use_trigger(str(arguments.get("trigger_id", "")))
        view = self._workspace.new_view(user, body)
        self._workspace.modals[user] = [view]
        self._workspace.tell({"kind": "view", "user": user})
        return {"view": view.shaped()}

    def _push_view(self, arguments: Json) -> Json:
        body = _view(arguments, "modal")
        user = self._workspace.use_trigger(str(arguments.get("trigger_id", "")))
        stack = self._workspace.modals.setdefault(user, [])
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= _MODAL_STACK:
            raise SlackError("push_limit_reached")
        view = self._workspace.new_view(user, body, stack[-1])
        stack.append(view)
        self._workspace.tell({"kind": "view", "user": user})
        return {"view": view.shaped()}

    def _update_view(self, arguments: Json) -> Json:
        view = self._find_view(arguments)
        if arguments.get("hash") and arguments["hash"] != view.hash:
            raise SlackError("hash_conflict")
        replace_view(self._workspace, view, _view(arguments, "modal"))
        return {"view": view.shaped()}

    def _publish(self, arguments: Json) -> Json:
        user = str(arguments.get("user_id", ""))
        if user not in self._workspace.users:
            raise SlackError("user_not_found")
        home = self._workspace.homes.get(user)
        if home and arguments.get("hash") and arguments["hash"] != home.hash:
            raise SlackError("hash_conflict")
        view = self._workspace.new_view(user, _view(arguments, "home"))
        self._workspace.homes[user] = view
        self._workspace.tell({"kind": "home", "user": user})
        return {"view": view.shaped()}

    def _find_view(self, arguments: Json) -> View:
        for stack in self._workspace.modals.values():
            for view in stack:
                external = view.body.get("external_id")
                if view.id == arguments.get("view_id") or (
                    external and external == arguments.get("external_id")
                ):
                    return view
        raise SlackError("not_found")

    def _channel(self, arguments: Json) -> Channel:
        channel = self._workspace.channel_named(str(arguments.get("channel", "")))
        if channel is None or (channel.is_private and BOT_USER not in channel.members):
            # To an app that is not in it, a private channel reads like one that does not exist.
            raise SlackError("channel_not_found")
        return channel

    def _writable(self, arguments: Json) -> Channel:
        name = str(arguments.get("channel", ""))
        if name.startswith("U") and name in self._workspace.users:
            return self._workspace.direct(name)
        channel = self._channel(arguments)
        if BOT_USER not in channel.members and "chat:write.public" not in self._scopes:
            raise SlackError("not_in_channel")
        return channel

    def _own_message(self, arguments: Json, refusal: str) -> Message:
        message = self._workspace.find_message(self._channel(arguments).id, str(arguments.get("ts", "")))
        if message.only_for:
            raise SlackError("message_not_found")
        if message.user != BOT_USER:
            raise SlackError(refusal)
        return message


def replace_view(workspace: Workspace, view: View, body: Json) -> None:
    """Show something else in an open modal."""
    view.body, view.hash, view.errors = body, workspace.next_hash(), {}
    workspace.tell({"kind": "view", "user": view.user})


def check_content(text: str, blocks: Any) -> list[Json]:
    """The blocks of a message, refused as Slack refuses them."""
    if not isinstance(blocks, list | type(None)):
        raise SlackError("invalid_blocks_format")
    if not text and not blocks:
        raise SlackError("no_text")
    problems = message_problems(blocks or [])
    if problems:
        raise _invalid("invalid_blocks", problems, "/blocks")
    return with_ids(blocks or [])


def with_ids(blocks: list[Json]) -> list[Json]:
    """The blocks as Slack keeps them: each with an id, made up where the app gave none."""
    return [
        block if block.get("block_id") else {**block, "block_id": secrets.token_urlsafe(4)}
        for block in blocks
    ]


def _content(arguments: Json) -> tuple[str, list[Json]]:
    text = str(arguments.get("text") or "")
    return text, check_content(text, arguments.get("blocks"))


def _view(arguments: Json, kind: str) -> Json:
    body = arguments.get("view")
    if not isinstance(body, dict) or body.get("type") != kind:
        raise SlackError(
            "invalid_arguments", response_metadata={"messages": [f"[ERROR] view must be a {kind}"]}
        )
    problems = view_problems(body)
    if problems:
        raise _invalid("invalid_arguments", problems, "/view")
    return {**body, "blocks": with_ids(body["blocks"])}


def _invalid(error: str, problems: tuple[Problem, ...], prefix: str) -> SlackError:
    lines = [f"{problem.message} [json-pointer:{prefix}{problem.pointer}]" for problem in problems]
    return SlackError(
        error, errors=lines, response_metadata={"messages": [f"[ERROR] {line}" for line in lines]}
    )


def is_true(value: Any) -> bool:
    """Whether an argument means yes, in any of the ways in which apps say so."""
    return value in (True, "true", "1", 1)
