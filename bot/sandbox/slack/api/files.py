"""files.*: uploading in three steps, looking at files, and their addresses."""

import mimetypes
import secrets
from typing import Any

from bot.sandbox.slack.api import events
from bot.sandbox.slack.api.call import Call, invalid_arguments
from bot.sandbox.slack.api.content import Content, checked_blocks
from bot.sandbox.slack.api.paging import numbered_page
from bot.sandbox.slack.api.posting import message_by, thread_of
from bot.sandbox.slack.api.registry import Argument, Kind, Method, Tier, flags, strings
from bot.sandbox.slack.api.shapes import shape_file
from bot.sandbox.slack.api.site import Site, Upload
from bot.sandbox.slack.records import Channel, File, Json, SlackError

MAX_BYTES = 1_000_000_000
_LONGEST_ALT_TEXT = 1_000
_MOST_CHANNELS = 100
_MOST_UPLOADS = 1_000


def upload_url(call: Call) -> Json:
    """An address where the bytes of one file may be put."""
    name, length = call.text("filename"), call.number("length", 0)
    if not name or length <= 0:
        # Slack's page says so of a length of 0.
        raise SlackError("missing_argument")
    if length > MAX_BYTES:
        raise SlackError("file_upload_size_restricted")
    if len(call.text("alt_txt")) > _LONGEST_ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    mimetype = mimetypes.guess_type(name)[0] or (
        "text/plain" if call.text("snippet_type") else "application/octet-stream"
    )
    key = call.site.workspace.new_id("F")
    file = File(
        key, name, name, mimetype, b"", call.actor, int(call.site.wall()), alt_text=call.text("alt_txt")
    )
    ticket = secrets.token_urlsafe(24)
    if len(call.site.uploads) >= _MOST_UPLOADS:
        # Addresses do not stay good for ever; nobody will come back to the oldest of so many.
        del call.site.uploads[next(iter(call.site.uploads))]
    call.site.uploads[ticket] = Upload(file, call.app.id, length)
    return {"upload_url": f"{call.site.url}/upload/v1/{ticket}", "file_id": key}


def put(site: Site, ticket: str, content: bytes) -> bool:
    """Take the bytes of a file; False where the address is unknown or was used."""
    upload = site.uploads.get(ticket)
    if upload is None or upload.is_filled:
        return False
    upload.file.content, upload.is_filled = content, True
    return True


def complete(call: Call) -> Json:
    """Share uploaded files, in channels or, without one, with nobody yet."""
    entries: list[Any] = call.get("files") or []
    if not entries or not all(isinstance(item, dict) and isinstance(item.get("id"), str) for item in entries):
        raise invalid_arguments("must provide an array of objects with an id [json-pointer:/files]")
    channels = [_destination(call, name) for name in _channel_names(call)]
    blocks = checked_blocks(call.get("blocks") or [])
    uploads = [_upload(call, item["id"]) for item in entries]
    for (ticket, upload), item in zip(uploads, entries, strict=True):
        del call.site.uploads[ticket]
        title = item.get("title")
        upload.file.title = title if isinstance(title, str) and title else upload.file.name
        call.site.workspace.files[upload.file.id] = upload.file
    shared = [upload.file for _ticket, upload in uploads]
    for channel in channels:
        _share(call, channel, shared, blocks)
    return {"files": [shape_file(call.site, file) for file in shared]}


def _channel_names(call: Call) -> tuple[str, ...]:
    single = (call.text("channel_id"),) if call.text("channel_id") else ()
    names = tuple(dict.fromkeys((*single, *call.names("channels"))))
    if len(names) > _MOST_CHANNELS:
        raise invalid_arguments(f"no more than {_MOST_CHANNELS} channels [json-pointer:/channels]")
    return names


def _destination(call: Call, name: str) -> Channel:
    workspace = call.site.workspace
    if name in workspace.users and name != call.actor:
        return workspace.direct(name, call.app)
    channel = call.find_channel(name)
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.actor not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _upload(call: Call, key: str) -> tuple[str, Upload]:
    for ticket, upload in call.site.uploads.items():
        if upload.file.id == key and upload.app_id == call.app.id and upload.is_filled:
            return ticket, upload
    raise SlackError("file_not_found")


def _share(call: Call, channel: Channel, files: list[File], blocks: list[Json]) -> None:
    content = Content(call.text("initial_comment"), blocks)
    message = message_by(call, channel, content, thread_ts=thread_of(call, channel), subtype="file_share")
    message.files = [file.id for file in files]
    for file in files:
        file.channels.add(channel.id)
    call.site.workspace.add_message(message)
    events.message_posted(call.site, channel, message)
    for file in files:
        events.file_shared(call.site, file, channel)


def info(call: Call) -> Json:
    """One file."""
    file = _file(call)
    paging = {"count": 100, "total": 0, "page": 1, "pages": 0}
    return {
        "file": shape_file(call.site, file),
        "comments": [],
        "paging": paging,
        "response_metadata": {"next_cursor": ""},
    }


def list_files(call: Call) -> Json:
    """Files that the caller may see, the newest first."""
    channel, user = call.text("channel"), call.text("user")
    if channel:
        channel = call.channel().id
    if user and user not in call.site.workspace.users:
        raise SlackError("user_not_found")
    oldest, latest = call.number("ts_from", 0), call.number("ts_to", 10**12)
    found = [
        file
        for file in call.site.workspace.files.values()
        if may_see(call.site, call.actor, file)
        and (not channel or channel in file.channels)
        and user in ("", file.user)
        and oldest <= file.created <= latest
    ]
    found.sort(key=lambda file: (file.created, file.id), reverse=True)
    page, paging = numbered_page(call, found)
    return {"files": [shape_file(call.site, file) for file in page], "paging": paging}


def delete(call: Call) -> Json:
    """Delete the caller's own file."""
    file = _file(call)
    if file.user != call.actor:
        raise SlackError("cant_delete_file")
    file.is_deleted, file.content = True, b""
    for name in file.channels:
        call.site.workspace.tell({"kind": "channel", "channel": name})
    return {}


def _file(call: Call) -> File:
    file = call.site.workspace.files.get(call.text("file"))
    if file is not None and file.is_deleted:
        raise SlackError("file_deleted")
    if file is None or not may_see(call.site, call.actor, file):
        raise SlackError("file_not_found")
    return file


def may_see(site: Site, actor: str, file: File) -> bool:
    """Whether somebody may see a file: their own, or one in a channel that is open to them."""
    if file.is_deleted:
        return False
    channels = (site.workspace.channels.get(name) for name in file.channels)
    return file.user == actor or any(
        channel is not None and (channel.kind == "channels" or actor in channel.members)
        for channel in channels
    )


_READ, _WRITE = ("files:read",), ("files:write",)
_FILE = Argument("file", required=True)
_PAGE = (Argument("count", Kind.INT), Argument("page", Kind.INT))
METHODS = (
    Method(
        "files.getUploadURLExternal",
        upload_url,
        (
            Argument("filename", required=True),
            Argument("length", Kind.INT, required=True),
            *strings("alt_txt snippet_type"),
        ),
        _WRITE,
        tier=Tier.T4,
    ),
    Method(
        "files.completeUploadExternal",
        complete,
        (
            Argument("files", Kind.ARRAY, required=True),
            *strings("channel_id initial_comment"),
            Argument("channels", Kind.LIST),
            Argument("thread_ts", Kind.TIMESTAMP),
            Argument("blocks", Kind.ARRAY, error="invalid_blocks_format"),
        ),
        _WRITE,
        tier=Tier.T4,
    ),
    Method(
        "files.info",
        info,
        (_FILE, *_PAGE, *strings("cursor"), Argument("limit", Kind.INT)),
        _READ,
        tier=Tier.T4,
    ),
    Method(
        "files.list",
        list_files,
        (
            *strings("channel user types team_id"),
            *_PAGE,
            Argument("ts_from", Kind.INT),
            Argument("ts_to", Kind.INT),
            *flags("show_files_hidden_by_limit"),
        ),
        _READ,
    ),
    Method("files.delete", delete, (_FILE,), _WRITE),
)
