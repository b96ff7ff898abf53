"""chat.unfurl and entity.presentDetails: what an app shows of a link, in the message and beside it."""

import html
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.api.content import check_attachments, checked_blocks
from bot.sandbox.slack.api.entities import entity_problems, known_entities
from bot.sandbox.slack.api.posting import show
from bot.sandbox.slack.api.registry import Argument, Kind, Method, strings
from bot.sandbox.slack.records import Json, Message, SlackError

_SOURCES = ("composer", "conversations_history")


def unfurl(call: Call) -> Json:
    """Show links of a message as the app wants them shown."""
    message = _message(call)
    unfurls, metadata = call.get("unfurls"), call.get("metadata")
    asks = call.flag("user_auth_required") or call.text("user_auth_message") or call.get("user_auth_blocks")
    if unfurls is None and metadata is None and not asks:
        raise SlackError("missing_unfurls")
    # Everything is looked at before anything is shown.
    shown = check_attachments([_unfurl(call, message, at, item) for at, item in (unfurls or {}).items()])
    entities = _entities(call, message, metadata) if metadata is not None else message.entities
    _ask_to_sign_in(call, message)
    kept = [item for item in message.attachments if item.get("from_url") not in (unfurls or {})]
    message.attachments, message.entities = [*kept, *shown], entities
    show(call, message)
    return {}


def _message(call: Call) -> Message:
    """The message: by channel and timestamp, or by the id and source that ``link_shared`` gave."""
    unfurl_id, source = call.text("unfurl_id"), call.text("source")
    if unfurl_id or source:
        _check_pair(unfurl_id, source)
        if source == "composer":
            # A message that is still being written has no place in the workspace yet.
            raise SlackError("invalid_unfurl_id")
        channel, _, ts = unfurl_id.partition("-")
        missing = "invalid_unfurl_id"
    else:
        channel, ts, missing = call.text("channel"), call.text("ts"), "cannot_find_message"
        if not channel:
            raise SlackError("missing_channel")
        if not ts:
            raise SlackError("missing_ts")
    place = call.find_channel(channel, "cannot_find_channel" if not unfurl_id else missing)
    message = call.site.workspace.message_at(place.id, ts)
    if message is None or message.only_for:
        raise SlackError(missing)
    return message


def _check_pair(unfurl_id: str, source: str) -> None:
    if not unfurl_id:
        raise SlackError("missing_unfurl_id")
    if not source:
        raise SlackError("missing_source")
    if source not in _SOURCES:
        raise SlackError("invalid_source")


def _ask_to_sign_in(call: Call, message: Message) -> None:
    """The invitation that only the author of the link sees."""
    text, url = call.text("user_auth_message"), call.text("user_auth_url")
    blocks = checked_blocks(call.get("user_auth_blocks") or [], "/user_auth_blocks")
    if not (text or url or blocks or call.flag("user_auth_required")):
        return
    workspace = call.site.workspace
    invitation = Message(
        workspace.next_ts(),
        message.channel,
        call.actor,
        text or f"Sign in to see more of this link: {url}".rstrip(": "),
        blocks,
        thread_ts=message.thread_ts,
        only_for=message.user,
        app_id=call.app.id,
        bot_id=call.app.bot_id,
    )
    workspace.add_message(invitation)


def _unfurl(call: Call, message: Message, address: str, item: Any) -> Json:
    _check_address(call, message, address)
    if not isinstance(item, dict):
        raise SlackError("cannot_parse_attachment")
    return {
        "from_url": address,
        "original_url": address,
        "app_unfurl_url": address,
        "is_app_unfurl": True,
        "app_id": call.app.id,
        "bot_id": call.app.bot_id,
        **item,
    }


def _check_address(call: Call, message: Message, address: str) -> None:
    if not is_of_domain(address, call.app.unfurl_domains):
        raise SlackError("cannot_unfurl_url")
    if address not in html.unescape(message.text) and address not in message.text:
        raise SlackError("cannot_unfurl_message")


def is_of_domain(address: str, domains: tuple[str, ...]) -> bool:
    """Whether an address lies in one of the domains of the manifest, or below one."""
    try:
        host = (urlsplit(address).hostname or "").lower()
    except ValueError:
        return False
    return any(host == domain.lower() or host.endswith(f".{domain.lower()}") for domain in domains)


def _entities(call: Call, message: Message, metadata: Json) -> list[Json]:
    """The Work Objects to attach; what was attached before stays where none is understood."""
    entities = metadata.get("entities")
    if not isinstance(entities, list) or not entities:
        raise SlackError("invalid_metadata_format")
    good = known_entities(call, entities, is_unfurl=True)
    if not good:
        return message.entities
    for entity in entities:
        _check_address(call, message, entity["app_unfurl_url"])
    return entities


def present_details(call: Call) -> Json:
    """Show somebody more of a Work Object, beside the conversation."""
    metadata, error = call.get("metadata"), call.get("error")
    if call.flag("user_auth_required") and not call.text("user_auth_url"):
        raise SlackError("user_auth_url_missing")
    if metadata is not None and entity_problems(metadata, ""):
        raise SlackError("invalid_metadata")
    if metadata is None and error is None and not call.flag("user_auth_required"):
        raise SlackError("invalid_metadata")
    user = call.site.workspace.use_trigger(call.text("trigger_id"), call.app.id)
    call.site.workspace.details[user] = {
        "app_id": call.app.id,
        "metadata": metadata,
        "error": error,
        "user_auth_url": call.text("user_auth_url"),
    }
    call.site.workspace.tell({"kind": "details", "user": user})
    return {}


METHODS = (
    Method(
        "chat.unfurl",
        unfurl,
        (
            Argument("channel"),
            Argument("ts", Kind.TIMESTAMP),
            *strings("unfurl_id source user_auth_message user_auth_url"),
            Argument("unfurls", Kind.OBJECT, error="invalid_unfurls_format"),
            Argument("metadata", Kind.OBJECT, error="invalid_metadata_format"),
            Argument("user_auth_blocks", Kind.ARRAY, error="invalid_blocks_format"),
            Argument("user_auth_required", Kind.BOOL),
        ),
        ("links:write",),
    ),
    Method(
        "entity.presentDetails",
        present_details,
        (
            Argument("trigger_id", required=True),
            Argument("metadata", Kind.OBJECT, error="invalid_metadata"),
            Argument("error", Kind.OBJECT),
            Argument("user_auth_required", Kind.BOOL),
            Argument("user_auth_url"),
        ),
    ),
)
