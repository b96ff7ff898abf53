"""The door of the interface for programs: who may enter, how much they may bring, and how a refusal reads.

Refusals have the form of Backstage's: ``{"error": {"name", "message"}, "request", "response"}``.
"""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from core.errors import NotAllowed, NotFound, Unavailable, UserError
from core.log import new_reference

MAX_BODY = 1024 * 1024
"""So many bytes a body may have; Backstage takes a tenth of it."""

_log = structlog.get_logger(__name__)
Answer = Callable[[Request], Awaitable[Response]]


class Refused(Exception):
    """The door does not open; ``name`` is what Backstage calls such an error."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status, self.name, self.message = status, name, message


class Tokens:
    """Who may enter.

    Args:
        tokens: The name of a program to its token.
    """

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self._digests = {name: _digest(token) for name, token in tokens.items()}

    def program(self, request: Request) -> str:
        """The program that asks.

        Raises:
            Refused: It has no token, or a wrong one.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refused(
                401,
                "AuthenticationError",
                "Missing credentials: send the header Authorization: Bearer TOKEN, with a token of web.api_tokens",
            )
        digest, found = _digest(token.strip()), ""
        # Every token is compared, so that the time says nothing of which one was nearly right.
        for name, known in self._digests.items():
            if hmac.compare_digest(digest, known):
                found = name
        if not found:
            raise Refused(
                401, "AuthenticationError", "Invalid credentials: no token of web.api_tokens is this one"
            )
        return found


def guarded(answer: Answer, tokens: Tokens) -> Answer:
    """An answer that only programs with a token get, and that never fails but with an answer."""

    async def answered(request: Request) -> Response:
        program = ""
        try:
            program = tokens.program(request)
            return await answer(request)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as error:  # noqa: BLE001 - the web is an outer rim
            return _refusal(request, error, program)

    return answered


def json_response(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A value as JSON, in plain ASCII: half a character from a hostile file is written as JavaScript would."""
    return Response(as_json(value), status, headers=headers, media_type="application/json")


def as_json(value: Any) -> bytes:
    """JSON text; a number that JSON has no word for becomes null, as in JavaScript."""
    try:
        text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(value), separators=(",", ":"))
    return text.encode("ascii")


async def read_object(request: Request, *, is_needed: bool) -> dict[str, Any]:
    """The JSON object that a request brings; empty where it brings nothing and need not.

    Raises:
        Refused: It is too large, or no JSON object.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise Refused(413, "PayloadTooLargeError", f"The body is larger than {MAX_BODY:,} bytes")
    if not body and not is_needed:
        return {}
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refused(
            400, "InputError", "The body has to be JSON: send the header Content-Type: application/json"
        )
    try:
        found = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "InputError", f"The body is no JSON: {str(error)[:100]}") from error
    if not isinstance(found, dict):
        raise Refused(400, "InputError", "The body has to be a JSON object")
    return found


def _refusal(request: Request, error: Exception, program: str) -> Response:
    status, name, message = _told(error)
    if status == 500:
        reference = new_reference()
        _log.error("api.bug", reference=reference, program=program, path=request.url.path, exc_info=error)
        message = f"Something broke inside; its reference is {reference}, logged at the server"
    elif status in (401, 503):
        _log.warning("api.refused", status=status, program=program, path=request.url.path, reason=message)
    query = f"?{request.url.query}" if request.url.query else ""
    body = {
        "error": {"name": name, "message": message},
        "request": {"method": request.method, "url": f"{request.url.path}{query}"},
        "response": {"statusCode": status},
    }
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="callboard"'
    return json_response(body, status, headers)


def _told(error: Exception) -> tuple[int, str, str]:
    """Status, Backstage's name and the sentence for an error."""
    if isinstance(error, Refused):
        return error.status, error.name, error.message
    if isinstance(error, HTTPException):
        name = {404: "NotFoundError", 405: "MethodNotAllowedError"}.get(error.status_code, "Error")
        return error.status_code, name, error.detail
    if isinstance(error, Unavailable):
        return 503, "ServiceUnavailableError", error.message
    if not isinstance(error, UserError):
        return 500, "InternalServerError", ""
    message = f"{error.message}. {error.hint}" if error.hint else error.message
    if isinstance(error, NotFound):
        return 404, "NotFoundError", message
    return (
        (403, "NotAllowedError", message) if isinstance(error, NotAllowed) else (400, "InputError", message)
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and value - value != 0 else value


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
