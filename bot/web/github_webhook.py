"""GitHub's webhook over HTTP: the signature is checked before anything is read, and the answer waits for no work."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from catalog_sync.deliveries import Receipt
from catalog_sync.github.hooks import WEBHOOK_PATH
from core.errors import Unavailable

_log = structlog.get_logger(__name__)
MAX_BODY = 25 * 1024 * 1024
"""GitHub sends nothing larger."""
_MAX_HELD = 4 * MAX_BODY
"""All bodies that are being read; they are held before their signature can be checked."""
_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")
_GUID = re.compile(r"[0-9A-Za-z-]{1,64}")
_EVENT = re.compile(r"[a-z_]{1,64}")
_HOST = re.compile(r"[0-9a-z.:-]{1,255}")


@dataclass(frozen=True, slots=True)
class WebhookSecrets:
    """What the hosts sign with."""

    main_host: str
    of_hosts: Mapping[str, Sequence[str]]
    """By host, in lower case."""

    def of(self, host: str) -> Sequence[str]:
        """The secrets of a host; those of the main one for a host that nobody configured."""
        return self.of_hosts.get(host, self.of_hosts.get(self.main_host, ()))


Receive = Callable[[str, str, str, Mapping[str, Any]], Receipt]
"""See ``Deliveries.receive``."""


def github_route(secrets: WebhookSecrets, receive: Receive) -> Route:
    """The one address for everything that GitHub tells.

    Args:
        secrets: What the hosts sign with.
        receive: Takes in a delivery that is signed.
    """
    return Route(WEBHOOK_PATH, _Door(secrets, receive).answer, methods=["POST"])


class _Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class _Door:
    """Answers one delivery at a time or many; counts the bytes that it holds for all of them."""

    def __init__(self, secrets: WebhookSecrets, receive: Receive) -> None:
        self._secrets = secrets
        self._receive = receive
        self._held = 0

    async def answer(self, request: Request) -> Response:
        try:
            return await self._answer(request)
        except _Refused as refused:
            _log.warning("webhook.refused", status=refused.status, reason=refused.message)
            return JSONResponse({"message": refused.message}, status_code=refused.status)
        except Unavailable as error:
            # GitHub notes that it failed, and is asked to deliver it again.
            _log.warning("webhook.not_taken", cause=error.message)
            return JSONResponse({"message": "try again later"}, status_code=503)

    async def _answer(self, request: Request) -> Response:
        host = request.headers.get("x-github-enterprise-host", self._secrets.main_host).lower()
        signature = request.headers.get("x-hub-signature-256", "")
        if not _SIGNATURE.fullmatch(signature) or not _HOST.fullmatch(host):
            raise _Refused(403, _UNSIGNED)
        body = bytearray()
        try:
            await self._read(request, body)
            return await run_in_threadpool(self._take, request, host, signature, bytes(body))
        except ClientDisconnect:
            return Response(status_code=400)
        finally:
            self._held -= len(body)

    async def _read(self, request: Request, body: bytearray) -> None:
        length = request.headers.get("content-length", "0")
        if length.isdecimal() and (len(length) > 9 or int(length) > MAX_BODY):
            raise _Refused(413, "the body is larger than 25 MB")
        async for chunk in request.stream():
            if self._held + len(chunk) > _MAX_HELD:
                raise _Refused(503, "too much at once; try again later")
            body += chunk
            self._held += len(chunk)
            if len(body) > MAX_BODY:
                raise _Refused(413, "the body is larger than 25 MB")

    def _take(self, request: Request, host: str, signature: str, body: bytes) -> Response:
        if not _is_signed(body, signature, self._secrets.of(host)):
            raise _Refused(403, _UNSIGNED)
        guid, event = request.headers.get("x-github-delivery", ""), request.headers.get("x-github-event", "")
        if not _GUID.fullmatch(guid) or not _EVENT.fullmatch(event):
            raise _Refused(400, "X-GitHub-Delivery and X-GitHub-Event have to say what this is")
        payload = _parsed(body, request.headers.get("content-type", ""))
        receipt = self._receive(guid, event, host, payload)
        answer = {"state": str(receipt.state), "reason": receipt.reason, "refreshes": list(receipt.subjects)}
        return JSONResponse(answer, status_code=202 if receipt.subjects else 200)


_UNSIGNED = "the signature is missing, or not made with one of our secrets (github.webhook_secrets)"


def _is_signed(body: bytes, signature: str, secrets: Sequence[str]) -> bool:
    """Whether one of the secrets made the signature."""
    made = (f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}" for secret in secrets)
    return any(hmac.compare_digest(one, signature) for one in made)


def _parsed(body: bytes, content_type: str) -> Mapping[str, Any]:
    """The payload of either kind of body that a hook can be set to.

    Raises:
        _Refused: It is none.
    """
    try:
        text: str | bytes = body
        if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
            text = parse_qs(body.decode(), strict_parsing=True, max_num_fields=4)["payload"][0]
        payload = json.loads(text)
    except (ValueError, KeyError, RecursionError) as error:
        raise _Refused(400, "the body is no JSON") from error
    if not isinstance(payload, dict):
        raise _Refused(400, "the body is no JSON object")
    return payload
