"""What one person sees of the workspace, in the shapes that the page and the tests' people read."""

import itertools

from bot.sandbox.slack.records import SLACKBOT
from bot.sandbox.slack.state import (
    BOT_USER,
    AssistantThread,
    Channel,
    File,
    Json,
    Message,
    SlackError,
    User,
    Workspace,
)

INLINE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a browser may show by itself; anything else (an SVG can carry a script) is only ever downloaded."""


class Shown:
    """The workspace through one person's eyes.

    Args:
        workspace: What there is.
        manifest: The app's manifest: its name, commands, shortcuts and tabs are shown to people.
    """

    def __init__(self, workspace: Workspace, manifest: Json) -> None:
        self._workspace = workspace
        self._about = manifest.get("display_information") or {}
        self._features = manifest.get("features") or {}

    def state(self, me: User) -> Json:
        """Who there is, where I may write, and what the app offers."""
        users = self._workspace.users.values()
        mine = [item for item in self._workspace.channels.values() if me.id in item.members]
        direct = self._workspace.direct(me.id)
        home = self._features.get("app_home") or {}
        return {
            "workspace": {"name": self._workspace.name, "title": self._workspace.title},
            "me": _user(me),
            "people": [_user(user) for user in users],
            "channels": [self._channel(me, item) for item in mine if not (item.is_im or item.is_mpim)],
            "others": [
                self._channel(me, item) for item in self._workspace.channels.values() if _is_open(me, item)
            ],
            "direct": self._channel(me, direct),
            "directs": [
                self._channel(me, item)
                for item in mine
                if (item.is_im or item.is_mpim) and item.id != direct.id
            ],
            "commands": self._features.get("slash_commands") or [],
            "shortcuts": self._features.get("shortcuts") or [],
            "groups": [
                {"id": item.id, "handle": item.handle, "name": item.name}
                for item in self._workspace.usergroups.values()
            ],
            "has_assistant": "assistant_view" in self._features,
            "has_home": bool(home.get("home_tab_enabled", False)),
            "about": {
                "description": str(
                    self._about.get("long_description") or self._about.get("description") or ""
                )
            },
        }

    def messages(self, me: User, channel: Channel) -> Json:
        """Every message of a channel that this person can read, oldest first."""
        seen = [item for item in self._workspace.messages[channel.id] if item.only_for in (None, me.id)]
        threads = self._workspace.assistant_threads.items()
        return {
            "messages": [self._message(item) for item in seen],
            "assistant": [_assistant(ts, thread) for (place, ts), thread in threads if place == channel.id],
        }

    def people(self) -> Json:
        """Everybody with an account."""
        return {"people": [_user(user) for user in self._workspace.users.values()]}

    def views(self, me: User) -> Json:
        """The modal on top of this person's stack, and the Home of the app."""
        stack, home = self._workspace.modals.get(me.id, []), self._workspace.homes.get(me.id)
        top = stack[-1] if stack else None
        return {
            "modal": {**top.shaped(), "errors": top.errors, "depth": len(stack)} if top else None,
            "home": home.shaped() if home else None,
            "details": self._workspace.details.get(me.id),
        }

    def file(self, me: User, key: str) -> File:
        """A file that this person may open; raises ``file_not_found`` for every other."""
        file = self._workspace.files.get(key)
        if file is None or file.is_deleted:
            raise SlackError("file_not_found")
        shared = (self._workspace.channels.get(channel) for channel in file.channels)
        if file.user != me.id and not any(channel and me.id in channel.members for channel in shared):
            raise SlackError("file_not_found")
        return file

    def _channel(self, me: User, channel: Channel) -> Json:
        read = self._workspace.read.get((me.id, channel.id), "")
        newer = itertools.takewhile(
            lambda item: item.ts > read, reversed(self._workspace.messages[channel.id])
        )
        unread = [item for item in newer if _is_unread(item, me)]
        return {
            "id": channel.id,
            "name": channel.name,
            "topic": channel.topic,
            "is_private": channel.is_private,
            "is_im": channel.is_im,
            "is_mpim": channel.is_mpim,
            "is_archived": channel.is_archived,
            "member_ids": sorted(channel.members),
            "members": len(channel.members - {BOT_USER}),
            "pins": list(channel.pins),
            "bookmarks": [
                {"id": item.id, "title": item.title, "link": item.link, "emoji": item.emoji}
                for item in channel.bookmarks
            ],
            "unread": len(unread),
        }

    def _message(self, message: Message) -> Json:
        files = (self._workspace.files.get(key) for key in message.files)
        return {
            "ts": message.ts,
            "channel": message.channel,
            "user": message.user,
            "text": message.text,
            "blocks": message.blocks,
            "attachments": message.attachments,
            "files": [_file(file) for file in files if file and not file.is_deleted],
            "entities": message.entities,
            "subtype": message.subtype,
            "username": message.username,
            "icons": message.icons,
            "thread_ts": message.thread_ts,
            "is_ephemeral": message.only_for is not None,
            "is_from_person": not message.app_id and message.user != SLACKBOT,
            "answers": message.answers,
            "is_edited": message.edited_ts is not None,
            "is_streaming": message.is_streaming,
            "reactions": message.reactions,
            "revision": message.revision,
        }


def _is_unread(message: Message, me: User) -> bool:
    return message.user != me.id and message.only_for in (None, me.id) and message.is_top_level


def _is_open(me: User, channel: Channel) -> bool:
    is_public = not (channel.is_private or channel.is_im or channel.is_mpim or channel.is_archived)
    return is_public and not me.is_guest and me.id not in channel.members


def _user(user: User) -> Json:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "title": user.title,
        "is_bot": user.is_bot,
        "is_guest": user.is_guest,
        "is_app": user.id == BOT_USER,
    }


def _file(file: File) -> Json:
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "size": len(file.content),
        "is_image": file.mimetype in INLINE_TYPES,
    }


def _assistant(ts: str, thread: AssistantThread) -> Json:
    return {
        "thread_ts": ts,
        "status": thread.status,
        "loading_messages": list(thread.loading_messages),
        "title": thread.title,
        "prompts_title": thread.prompts_title,
        "prompts": thread.prompts,
    }
