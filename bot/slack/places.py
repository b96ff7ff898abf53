"""Who reads along in a channel: guests, another organisation, or members only; what is not known counts as open."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.slack.blocks import Json
from bot.slack.people import is_outsider
from core.access import UNKNOWN_CHANNEL, Place, PlaceKind
from core.errors import SlackUnavailable, UserError

_log = structlog.get_logger(__name__)
_FRESH_S = 10.0
"""How long a channel's answer is believed where no event says that somebody came in."""
_STALE_S = 60.0
"""How long it is believed where Slack does not answer."""
_PEOPLE_FRESH_S = 600.0
_MOST_LOOKED_UP = 20
"""So many members that the list of people does not have are asked for one by one; more count as outsiders."""


class ChannelFacts(Protocol):
    """What Slack says of channels and of the people in them."""

    @property
    def workspace(self) -> str:
        """Our workspace's id."""
        ...

    def channel_id(self, channel: str) -> str:
        """The id of a channel that was written with its ``#``; an id as it is."""
        ...

    def channel(self, channel_id: str) -> Json:
        """A channel as Slack shows it."""
        ...

    def members(self, channel_id: str) -> Iterator[str]:
        """The ids of everybody in a channel."""
        ...

    def users(self) -> Iterator[Json]:
        """Everybody in the workspace, guests too."""
        ...

    def user(self, user_id: str) -> Json:
        """A person as Slack knows them."""
        ...


class Places:
    """Channels as places in which answers are read; remembered for a moment."""

    def __init__(self, slack: ChannelFacts) -> None:
        self._slack = slack
        self._lock = threading.Lock()
        self._places: dict[str, tuple[float, Place]] = {}
        self._people = _Everybody(slack)

    def of(self, channel: str) -> Place:
        """A channel by its id or its name with ``#``; never raises, what Slack does not say is open."""
        with self._lock:
            found = self._places.get(channel)
        if found and time.monotonic() - found[0] < _FRESH_S:
            return found[1]
        try:
            place = self._look(channel)
        except (SlackUnavailable, UserError) as error:
            _log.info("slack.place_unknown", channel=channel, cause=str(error))
            is_recent = found is not None and time.monotonic() - found[0] < _STALE_S
            return (
                found[1] if found and is_recent and isinstance(error, SlackUnavailable) else UNKNOWN_CHANNEL
            )
        with self._lock:
            self._places[channel] = (time.monotonic(), place)
        return place

    def forget(self, channel: str) -> None:
        """Somebody came into a channel or left it: ask again before the next answer there.

        Args:
            channel: Its id; what was remembered under a name is forgotten whichever channel it is.
        """
        with self._lock:
            self._places = {
                name: found
                for name, found in self._places.items()
                if name != channel and not name.startswith("#")
            }

    def _look(self, channel: str) -> Place:
        key = self._slack.channel_id(channel)
        shown = self._slack.channel(key)
        if shown.get("is_im"):
            return Place(PlaceKind.DIRECT)
        if _is_shared(shown):
            return Place(PlaceKind.CHANNEL, is_shared=True)
        has_guests = self._people.has_outsiders(self._slack.members(key))
        return Place(PlaceKind.CHANNEL, has_guests=has_guests)


@dataclass(slots=True)
class _Everybody:
    """Who in the workspace is an outsider."""

    slack: ChannelFacts
    _at: float = 0.0
    _known: dict[str, bool] | None = None

    def has_outsiders(self, members: Iterator[str]) -> bool:
        known = self._now()
        strangers = []
        for member in members:
            if known.get(member, False):
                return True
            if member not in known:
                strangers.append(member)
        if len(strangers) > _MOST_LOOKED_UP:
            return True
        return any(self._is_outsider(member, known) for member in strangers)

    def _now(self) -> dict[str, bool]:
        known = self._known
        if known is None or time.monotonic() - self._at > _PEOPLE_FRESH_S:
            workspace = self.slack.workspace
            known = {str(user["id"]): is_outsider(user, workspace) for user in self.slack.users()}
            self._known, self._at = known, time.monotonic()
        return known

    def _is_outsider(self, member: str, known: dict[str, bool]) -> bool:
        found = is_outsider(self.slack.user(member), self.slack.workspace)
        known[member] = found
        return found


def _is_shared(channel: Json) -> bool:
    """Whether people of another organisation are in it, or are invited; workspaces of one enterprise are one."""
    if channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"):
        return True
    return bool(channel.get("is_shared")) and not channel.get("is_org_shared")
