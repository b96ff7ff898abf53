"""Faults on demand for the local Slack: 429, 5xx, slowness, for the next calls of a method."""

import asyncio
from dataclasses import dataclass
from fnmatch import fnmatch

from starlette.responses import JSONResponse, Response


@dataclass(slots=True)
class _Planned:
    method: str
    status: int
    times: int
    retry_after_s: int
    delay_s: float


class SlackFaults:
    """The planned faults; each call takes at most one."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def add(
        self, method: str, *, status: int = 200, times: int = 1, retry_after_s: int = 1, delay_s: float = 0.0
    ) -> None:
        """Plan a fault for the next ``times`` calls of a method (globs allowed).

        Status 200 means that the call is only slow, by ``delay_s``.
        """
        self._planned.append(_Planned(method, status, times, retry_after_s, delay_s))

    async def take(self, method: str) -> Response | None:
        """What to answer instead of carrying the call out; None to go on."""
        for fault in self._planned:
            if fault.times > 0 and fnmatch(method, fault.method):
                fault.times -= 1
                await asyncio.sleep(fault.delay_s)
                return _refusal(fault)
        return None


def _refusal(fault: _Planned) -> Response | None:
    if fault.status == 200:
        return None
    if fault.status == 429:
        headers = {"Retry-After": str(fault.retry_after_s)}
        return JSONResponse({"ok": False, "error": "ratelimited"}, status_code=429, headers=headers)
    return JSONResponse({"ok": False, "error": "internal_error"}, status_code=fault.status)
