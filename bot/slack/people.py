"""Who is asking: a Slack user as the catalog knows them, matched by mail address."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

import structlog

from bot.slack.blocks import Json
from core.access import Asker, SlackUser, Standing
from core.errors import SlackUnavailable, UserError

_log = structlog.get_logger(__name__)
_FRESH_S = 600.0


class UserDirectory(Protocol):
    """The catalog's side of the match."""

    def user_for_email(self, email: str) -> str | None:
        """The user with a mail address, as a reference."""
        ...

    def groups_of(self, user: str) -> frozenset[str]:
        """The groups that a user is in, as references."""
        ...


class People:
    """Turns Slack users into askers; reading needs no match, and a Slack that does not answer is no obstacle."""

    def __init__(self, look_up: Callable[[str], Json], directory: UserDirectory) -> None:
        self._look_up = look_up
        self._directory = directory
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Standing, str]] = {}

    def asker(self, workspace: str, user_id: str) -> Asker:
        """Who somebody is; a person that Slack does not tell about is treated as a guest."""
        standing, mail = self._known_as(user_id)
        user = self._directory.user_for_email(mail) if mail else None
        groups = self._directory.groups_of(user) if user else frozenset()
        return Asker(standing, SlackUser(workspace, user_id), user, groups)

    def _known_as(self, user_id: str) -> tuple[Standing, str]:
        with self._lock:
            found = self._known.get(user_id)
        if found and time.monotonic() - found[0] < _FRESH_S:
            return found[1], found[2]
        try:
            user = self._look_up(user_id)
        except (SlackUnavailable, UserError) as error:
            _log.warning("slack.person_unknown", user=user_id, cause=str(error))
            return (found[1], found[2]) if found else (Standing.GUEST, "")
        is_guest = any(user.get(flag) for flag in ("is_restricted", "is_ultra_restricted", "is_stranger"))
        standing = Standing.GUEST if is_guest else Standing.MEMBER
        mail = str(user.get("profile", {}).get("email") or "")
        with self._lock:
            self._known[user_id] = (time.monotonic(), standing, mail)
        return standing, mail
