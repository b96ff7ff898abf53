"""What people do in channels: write, edit, delete, react, share files, join, leave, invite, look at the app's tabs."""

import mimetypes
import re
import time
from typing import Any

from bot.sandbox.slack.api import events as api_events
from bot.sandbox.slack.api.content import check_attachments, with_ids
from bot.sandbox.slack.api.shapes import shape_file, shape_message
from bot.sandbox.slack.people.stage import Stage, spoken_name
from bot.sandbox.slack.people.typed import as_sent
from bot.sandbox.slack.records import TEAM_ID, Channel, File, Json, Message, SlackError, User
from bot.sandbox.slack.state import APP_ID, BOT_USER
from bot.sandbox.slack.to_app.answers import command_problem


class Conversing:
    """People among themselves and with the app, in channels and conversations."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._workspace = stage.workspace
        self._assistant_threads: dict[str, str] = {}

    async def types(self, user: User, channel: Channel, text: str, thread_ts: str | None = None) -> Json:
        """Send a line: a slash command where it is one, else a message.

        Returns:
            ``ts`` of the message, or ``response_url``, the key of the one that the command brought to the app.
        """
        word, _, rest = text.strip().partition(" ")
        if not word:
            raise SlackError("no_text")
        if not word.startswith("/"):
            return self._says(user, channel, text, thread_ts)
        if thread_ts:
            return self._stage.whisper(
                user, channel, f"{word} is not supported in threads. Sorry!", thread_ts
            )
        if word not in self._stage.commands:
            return self._stage.whisper(user, channel, f"{word} is not a valid command.")
        return await self._command(user, channel, word, rest.strip())

    def edits(self, user: User, message: Message, text: str) -> None:
        """Change one's own message."""
        self._own(user, message, "cant_update_message")
        before = message.shaped()
        self._workspace.change_message(message, as_sent(text, self._workspace, user), [])
        channel = self._workspace.channels[message.channel]
        api_events.message_changed(self._stage.site, channel, message, before)

    def deletes(self, user: User, message: Message) -> None:
        """Take one's own message away."""
        self._own(user, message, "cant_delete_message")
        self._workspace.remove_message(message)
        channel = self._workspace.channels[message.channel]
        api_events.message_deleted(self._stage.site, channel, message)

    def reacts(self, user: User, message: Message, name: str, *, removes: bool = False) -> None:
        """Put a reaction on a message, or take one's own back."""
        name = name.strip().strip(":")
        if not re.fullmatch(r"[a-z0-9_+'-]{1,100}", name):
            raise SlackError("invalid_name")
        users = message.reactions.get(name, [])
        if removes != (user.id in users):
            raise SlackError("no_reaction" if removes else "already_reacted")
        if removes:
            users.remove(user.id)
            if not users:
                del message.reactions[name]
        else:
            message.reactions.setdefault(name, []).append(user.id)
        message.revision += 1
        self._workspace.tell({"kind": "message", "channel": message.channel, "ts": message.ts})
        kind = "reaction_removed" if removes else "reaction_added"
        api_events.reaction(self._stage.site, kind, user.id, name, message)

    def uploads(
        self,
        user: User,
        channel: Channel,
        name: str,
        content: bytes,
        comment: str = "",
        thread_ts: str | None = None,
    ) -> Json:
        """Share a file in a channel, with a line about it; the answer has the message's ``ts``."""
        thread_ts = self._thread(channel, thread_ts)
        file = self._keep(user, name, content)
        file.channels.add(channel.id)
        message = Message(
            self._workspace.next_ts(),
            channel.id,
            user.id,
            as_sent(comment, self._workspace, user),
            thread_ts=thread_ts,
            files=[file.id],
            subtype="file_share",
        )
        self._post(channel, message)
        api_events.file_shared(self._stage.site, file, channel)
        return {"ok": True, "ts": message.ts, "file": shape_file(self._stage.site, file)}

    def keeps_file(self, user: User, name: str, content: bytes) -> Json:
        """Put a file into a form's file input; it is shared with nobody but the app."""
        return shape_file(self._stage.site, self._keep(user, name, content))

    def joins(self, user: User, channel: Channel) -> None:
        """Become a member of a public channel."""
        if channel.kind != "channels":
            raise SlackError("channel_not_found")
        self._enter(user, channel)

    def invites(self, user: User, channel: Channel, who: User) -> None:
        """Make somebody else a member."""
        if channel.is_im:
            raise SlackError("method_not_supported_for_channel_type")
        self._enter(who, channel, inviter=user.id)

    def leaves(self, user: User, channel: Channel) -> None:
        """Be no member any more."""
        if channel.is_im or channel.name == "general":
            raise SlackError("cant_leave_general" if channel.name == "general" else "method_not_supported")
        if user.id not in channel.members:
            raise SlackError("not_in_channel")
        self._notice(user, channel, "leave", "left")
        channel.members.discard(user.id)
        self._workspace.tell({"kind": "channel", "channel": channel.id})
        api_events.membership(self._stage.site, "member_left_channel", user.id, channel)

    def opens_home(self, user: User, tab: str = "home", looking_at: Channel | None = None) -> Json:
        """Open the app's Home or Messages tab.

        Where the manifest has an assistant, the Messages tab begins a thread with it; the answer has its ``ts``.
        """
        if tab not in ("home", "messages"):
            raise SlackError("invalid_arguments", detail="tab: home or messages")
        self._stage.events.home_opened(user, tab)
        if tab == "home" or not self._stage.events.has_assistant:
            return {"ok": True}
        channel = self._workspace.direct(user.id)
        root = Message(
            self._workspace.next_ts(),
            channel.id,
            BOT_USER,
            "New Assistant Thread",
            subtype="assistant_app_thread",
        )
        root.thread_ts = root.ts
        self._workspace.add_message(root)
        self._assistant_threads[user.id] = root.ts
        place = looking_at.id if looking_at else ""
        self._stage.events.assistant("assistant_thread_started", user, root.ts, place)
        return {"ok": True, "ts": root.ts}

    def looks_at(self, user: User, channel: Channel) -> None:
        """Open another channel beside the thread with the assistant."""
        thread = self._assistant_threads.get(user.id)
        if thread:
            self._stage.events.assistant("assistant_thread_context_changed", user, thread, channel.id)

    def opens_details(self, user: User, message: Message, url: str) -> None:
        """Open a Work Object of a message beside the conversation, by the address that it stands for."""
        for entity in message.entities:
            if url in (entity.get("url"), entity.get("app_unfurl_url")):
                self._stage.events.details_requested(user, message, entity)
                return
        raise SlackError("entity_not_found")

    async def _command(self, user: User, channel: Channel, command: str, text: str) -> Json:
        if self._stage.commands[command]:
            text = as_sent(text, self._workspace, user, with_names=True)
        response_url = self._stage.response_url(channel, user)
        payload = {
            "token": "sandbox",
            "team_id": TEAM_ID,
            "team_domain": self._workspace.name,
            "channel_id": channel.id,
            "channel_name": spoken_name(channel),
            "user_id": user.id,
            "user_name": user.name,
            "command": command,
            "text": text,
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": response_url,
            "trigger_id": self._workspace.new_trigger(user.id),
        }
        key = response_url.rpartition("/")[2]
        ack = await self._stage.delivery.ask("slash_commands", payload)
        if not ack.came:
            return self._stage.whisper(user, channel, f"{command} failed with the error “{ack.error}”")
        problem = command_problem(ack.payload)
        if problem:
            self._stage.delivery.refuse("slash_commands", problem, ack.payload)
            # What Slack's client says of such an answer is not known; the word is the Web API's.
            return self._stage.whisper(user, channel, f"{command} failed with the error “invalid_blocks”")
        if any(ack.payload.get(name) for name in ("text", "blocks", "attachments")):
            self._answer(user, channel, ack.payload, key)
        return {"ok": True, "response_url": key}

    def _answer(self, user: User, channel: Channel, payload: Json, key: str) -> None:
        message = Message(
            self._workspace.next_ts(),
            channel.id,
            BOT_USER,
            str(payload.get("text") or ""),
            with_ids(payload.get("blocks") or []),
            attachments=check_attachments(payload.get("attachments") or []),
            only_for=None if payload.get("response_type") == "in_channel" else user.id,
            answers=key,
        )
        self._workspace.add_message(message)
        api_events.message_posted(self._stage.site, channel, message)

    def _says(self, user: User, channel: Channel, text: str, thread_ts: str | None) -> Json:
        thread_ts = self._thread(channel, thread_ts)
        shown = as_sent(text, self._workspace, user)
        message = Message(self._workspace.next_ts(), channel.id, user.id, shown, thread_ts=thread_ts)
        self._post(channel, message)
        return {"ok": True, "ts": message.ts}

    def _thread(self, channel: Channel, ts: str | None) -> str | None:
        """The thread to write in; an answer's timestamp leads to its thread, and nothing else does."""
        if channel.is_archived:
            raise SlackError("is_archived")
        if not ts:
            return None
        message = self._workspace.message_at(channel.id, ts)
        if message is None or message.only_for:
            raise SlackError("thread_not_found")
        return message.thread_ts or ts

    def _post(self, channel: Channel, message: Message) -> None:
        self._workspace.add_message(message)
        self._stage.events.said(channel, shape_message(self._stage.site, message))

    def _enter(self, user: User, channel: Channel, inviter: str = "") -> None:
        if channel.is_archived:
            raise SlackError("is_archived")
        if user.id in channel.members:
            raise SlackError("already_in_channel")
        channel.members.add(user.id)
        self._workspace.tell({"kind": "channel", "channel": channel.id})
        self._notice(user, channel, "join", "joined", **({"inviter": inviter} if inviter else {}))
        api_events.membership(self._stage.site, "member_joined_channel", user.id, channel, inviter)

    def _notice(self, user: User, channel: Channel, what: str, did: str, **more: Any) -> None:
        """The line that a channel shows when somebody came or went."""
        kind, word = ("channel", "channel") if channel.kind == "channels" else ("group", "group")
        message = Message(
            self._workspace.next_ts(),
            channel.id,
            user.id,
            f"<@{user.id}> has {did} the {word}",
            subtype=f"{kind}_{what}",
        )
        self._workspace.add_message(message)
        self._stage.events.noticed(channel, {**shape_message(self._stage.site, message), **more})

    def _keep(self, user: User, name: str, content: bytes) -> File:
        plain = re.sub(r"[\x00-\x1f/\\]", "_", name).strip() or "file"
        file = File(
            self._workspace.new_id("F"),
            plain,
            plain,
            mimetypes.guess_type(plain)[0] or "application/octet-stream",
            content,
            user.id,
            int(time.time()),
        )
        self._workspace.files[file.id] = file
        return file

    def _own(self, user: User, message: Message, refusal: str) -> None:
        if message.only_for or message.subtype not in ("", "file_share", "thread_broadcast"):
            raise SlackError("message_not_found" if message.only_for else refusal)
        if message.user != user.id:
            raise SlackError(refusal)
