"""What the control API was asked for: values parsed from outside, and refusals in Slack's words."""

import base64
import binascii
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.slack.api.arguments import parse_json
from bot.sandbox.slack.records import Json, SlackError

_LARGEST_FILE = 20_000_000
_LONGEST_S = 3600

Answer = Callable[[Json], Awaitable[Json]]


def guarded(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """A route that answers in JSON, and a refusal in Slack's word with status 400."""

    async def answered(request: Request) -> Response:
        try:
            return JSONResponse(await answer(await _values(request)))
        except SlackError as error:
            return refusal(error)

    return answered


async def _values(request: Request) -> Json:
    if request.method != "POST":
        return dict(request.query_params)
    try:
        values = parse_json(await request.body())
    except ValueError:
        raise SlackError("invalid_json") from None
    if not isinstance(values, dict):
        raise SlackError("json_not_object")
    return values


def refusal(error: SlackError) -> Response:
    """A refusal as the control API says it: Slack's word, and status 400."""
    return JSONResponse({"ok": False, "error": error.error, **error.more}, status_code=400)


def text(values: Json, name: str) -> str:
    """A value as text; empty when it was not given."""
    value = values.get(name)
    return "" if value is None else str(value)


def table(values: Json, name: str) -> Json:
    """An object among the values; raises ``invalid_arguments`` for anything else."""
    value = values.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SlackError("invalid_arguments", detail=f"{name} is not an object")
    return value


def seconds(values: Json) -> float:
    """A time; raises ``invalid_arguments`` unless ``seconds`` is a number above 0, and no more than an hour."""
    value = values.get("seconds")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _LONGEST_S:
        raise SlackError("invalid_arguments", detail=f"seconds: a number above 0 and up to {_LONGEST_S}")
    return value


def content(values: Json) -> bytes:
    """A file's bytes, which come as base64; raises ``invalid_arguments`` or ``file_too_large``."""
    try:
        decoded = base64.b64decode(text(values, "content"), validate=True)
    except (binascii.Error, ValueError):
        raise SlackError("invalid_arguments", detail="content is not base64") from None
    if len(decoded) > _LARGEST_FILE:
        raise SlackError("file_too_large")
    return decoded
