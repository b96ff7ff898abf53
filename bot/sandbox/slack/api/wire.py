"""Reads one HTTP request to the Web API: content types, charsets, tokens, and refusals of malformed bodies."""

import base64
import binascii
import re
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.sandbox.slack.api.arguments import parse_json
from bot.sandbox.slack.records import SlackError

_CHARSETS = ("utf-8", "utf8", "iso-8859-1")
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Sent:
    """What a request carried."""

    arguments: dict[str, Any] = field(default_factory=dict)
    token: str = ""
    secret: tuple[str, str] | None = None
    """Client id and secret, from basic authorization."""
    warnings: tuple[str, ...] = ()


async def read_request(request: Request) -> Sent:
    """The arguments, token and secret of a request; raises ``SlackError`` for a body that cannot be read."""
    body = await request.body() if request.method == "POST" else b""
    kind, charset = _content_type(request)
    warnings: tuple[str, ...] = ()
    values: dict[str, Any] = dict(request.query_params.multi_items())
    is_json = kind == "application/json"
    if body and not kind:
        raise SlackError("missing_post_type")
    if body and is_json:
        warnings = () if charset else ("missing_charset",)
        values |= _json(body)
    elif body:
        warnings = ("superfluous_charset",) if charset else ()
        values |= _form(body, kind, request)
    _check_names(values)
    token, secret = _authorization(request)
    # A token inside a JSON body is not looked at: Slack wants it in the header then.
    sent_token = values.pop("token", "")
    if not token and not (body and is_json) and isinstance(sent_token, str):
        token = sent_token
    return Sent(values, token, secret, warnings)


def _content_type(request: Request) -> tuple[str, str]:
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    found = re.search(r"charset\s*=\s*\"?([\w.:-]+)", rest, re.IGNORECASE)
    charset = found[1].lower() if found else ""
    if charset and charset not in _CHARSETS:
        raise SlackError("invalid_charset")
    return kind.strip().lower(), charset


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = parse_json(body)
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(value, dict):
        raise SlackError("json_not_object")
    return value


def _form(body: bytes, kind: str, request: Request) -> dict[str, Any]:
    if kind == "multipart/form-data":
        return _multipart_fields(body, request.headers["content-type"])
    if kind not in ("application/x-www-form-urlencoded", "text/plain"):
        raise SlackError("invalid_post_type")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except ValueError as error:
        raise SlackError("invalid_form_data") from error


def _multipart_fields(body: bytes, content_type: str) -> dict[str, Any]:
    try:
        return {
            name: content.decode() for name, _file, content in multipart_parts(body, content_type) if name
        }
    except ValueError as error:
        raise SlackError("invalid_form_data") from error


def multipart_parts(body: bytes, content_type: str) -> list[tuple[str, str, bytes]]:
    """Each part of a multipart body: the field's name, the file's name, the bytes; raises ``ValueError``."""
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    if not message.is_multipart():
        raise ValueError("not multipart")
    found = []
    for part in message.iter_parts():
        name = part.get_param("name", "", header="content-disposition")
        content = part.get_payload(decode=True)
        found.append((str(name), part.get_filename() or "", content if isinstance(content, bytes) else b""))
    return found


def _check_names(values: dict[str, Any]) -> None:
    for name in values:
        if "[" in name:
            raise SlackError("invalid_array_arg")
        if len(name) > _LONGEST_NAME or not re.fullmatch(r"\w+", name, re.ASCII):
            raise SlackError("invalid_arg_name")


def _authorization(request: Request) -> tuple[str, tuple[str, str] | None]:
    kind, _, rest = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        # Anything that is no bearer token is looked up as one, and not found: invalid_auth.
        return (rest or kind).strip() if kind.lower() != "bearer" else rest.strip(), None
    try:
        client_id, _, secret = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", None
    return "", (client_id, secret)
