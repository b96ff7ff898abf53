"""What an app does with a response_url: answer, replace, take away; five times, within half an hour."""

from typing import Any

from bot.sandbox.slack.api import events as api_events
from bot.sandbox.slack.api.content import check_attachments, check_content, is_true
from bot.sandbox.slack.people.stage import Stage
from bot.sandbox.slack.records import Json, Message, ResponseUrl, SlackError
from bot.sandbox.slack.state import BOT_USER, RESPONSE_URL_SECONDS, RESPONSE_URL_USES


class Responding:
    """The app's answers to one interaction."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._workspace = stage.workspace

    def responds(self, key: str, body: Any) -> None:
        """The app uses a response_url.

        The one that came with a click replaces the message that was clicked unless the app says otherwise;
        the one that came with a command has nothing to replace.

        Raises:
            SlackError: ``used_url``, ``expired_url``, or why the message is not taken.
        """
        try:
            self._carry_out(key, body)
        except SlackError as refused:
            lines = (refused.more.get("response_metadata") or {}).get("messages") or ()
            self._stage.delivery.refuse("response_url", " ".join((refused.error, *lines)), body)
            raise

    def _carry_out(self, key: str, body: Any) -> None:
        entry = self._workspace.response_urls.get(key)
        if entry is None or entry.uses >= RESPONSE_URL_USES:
            raise SlackError("used_url")
        if self._workspace.monotonic() - entry.at > RESPONSE_URL_SECONDS:
            raise SlackError("expired_url")
        if not isinstance(body, dict):
            raise SlackError("invalid_payload")
        entry.uses += 1
        message = self._shown(entry)
        if message and is_true(body.get("delete_original")):
            self._remove(message)
            return
        text, blocks, attachments = _content(body)
        if message and is_true(body.get("replace_original", True)):
            self._replace(message, text, blocks, attachments)
            return
        only_for = None if body.get("response_type") == "in_channel" else entry.user
        self._add(
            Message(
                self._workspace.next_ts(),
                entry.channel,
                BOT_USER,
                text,
                blocks,
                thread_ts=_thread(body),
                attachments=attachments,
                only_for=only_for,
                answers=key,
            )
        )

    def _add(self, message: Message) -> None:
        self._workspace.add_message(message)
        channel = self._workspace.channels[message.channel]
        api_events.message_posted(self._stage.site, channel, message)

    def _replace(self, message: Message, text: str, blocks: list[Json], attachments: list[Json]) -> None:
        before = message.shaped()
        message.attachments = attachments
        self._workspace.change_message(message, text, blocks)
        if message.only_for is None:
            channel = self._workspace.channels[message.channel]
            api_events.message_changed(self._stage.site, channel, message, before)

    def _remove(self, message: Message) -> None:
        self._workspace.remove_message(message)
        if message.only_for is None:
            channel = self._workspace.channels[message.channel]
            api_events.message_deleted(self._stage.site, channel, message)

    def _shown(self, entry: ResponseUrl) -> Message | None:
        return self._workspace.message_at(entry.channel, entry.message_ts) if entry.message_ts else None


def _content(body: Json) -> tuple[str, list[Json], list[Json]]:
    text, attachments = body.get("text"), body.get("attachments") or []
    if not isinstance(text, str | None):
        raise SlackError(
            "invalid_arguments", response_metadata={"messages": ["[ERROR] text must be a string"]}
        )
    if not isinstance(attachments, list):
        raise SlackError("invalid_attachments")
    checked = check_attachments(attachments)
    # A message needs something to show; attachments alone are enough.
    # The limit on all texts together holds for methods that post, not here.
    blocks = check_content(text or (" " if checked else ""), body.get("blocks"), with_text_limit=False)
    return text or "", blocks, checked


def _thread(body: Json) -> str | None:
    thread = body.get("thread_ts")
    return thread if isinstance(thread, str) and thread else None
