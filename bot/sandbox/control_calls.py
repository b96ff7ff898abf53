"""Calls of a local Slack's control API, wherever its process is; a refusal is a failed assertion."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any, TypeVar

from bot.sandbox.reading import Json

_Found = TypeVar("_Found")

PATIENCE_S = 30.0
"""How long something is waited for that must come; a busy machine can stand still for seconds."""
_LONGEST_CALL_S = 120.0
"""A call ends when the app has acknowledged, or when Slack waits no longer."""


class ControlCalls:
    """The HTTP side of the people: JSON in, JSON out."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def get(self, path: str, **values: str) -> Json:
        """Read from the control API."""
        return self._send(
            urllib.request.Request(f"{self.url}/sandbox/{path}?{urllib.parse.urlencode(values)}")
        )

    def post(self, path: str, **values: Any) -> Json:
        """Do something through the control API."""
        body = json.dumps(values).encode()
        headers = {"Content-Type": "application/json"}
        return self._send(urllib.request.Request(f"{self.url}/sandbox/{path}", body, headers))

    def _send(self, request: urllib.request.Request) -> Json:
        try:
            with urllib.request.urlopen(request, timeout=_LONGEST_CALL_S) as response:
                answer: Json = json.loads(response.read())
                return answer
        except urllib.error.HTTPError as error:
            raise AssertionError(f"the sandbox refused: {error.read().decode(errors='replace')}") from error


def until(look: Callable[[], _Found | None], timeout_s: float, pause_s: float = 0.03) -> _Found | None:
    """What ``look`` finds, as soon as it finds something; None when the time is over."""
    deadline = time.monotonic() + timeout_s
    while True:
        found = look()
        if found is not None or time.monotonic() > deadline:
            return found
        time.sleep(pause_s)
