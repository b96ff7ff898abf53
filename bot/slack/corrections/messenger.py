"""Brings corrections to people in Slack: to those who asked, and to the owners where they may read it."""

from collections.abc import Callable, Collection, Sequence

import structlog

from bot.slack.blocks import Message
from bot.slack.corrections.views import asker_message, question_message
from bot.slack.gateway import Gateway
from bot.slack.people import People
from catalog_sync.estate import Estate
from catalog_sync.mending.correction import Correction, CorrectionState
from catalog_sync.mending.correction_work import Places
from catalog_sync.records import repository_key
from core.access import OPERATOR, Place, Visibility, visible_in
from core.errors import UserError

_log = structlog.get_logger(__name__)
_USER, _CHANNEL = "user:", "channel:"
_MOST_ASKED = 5
"""So many people are asked in the place of a team without a channel."""


class CorrectionMessenger:
    """``catalog_sync.mending.correction_work.Messenger`` over Slack.

    Args:
        gateway: The way out.
        people: Who is who.
        estate: The catalog as it is now.
        place_of: Who reads along in a channel.
    """

    def __init__(
        self,
        gateway: Gateway,
        people: People,
        estate: Callable[[], Estate],
        place_of: Callable[[str], Place],
    ) -> None:
        self._gateway, self._people = gateway, people
        self._estate, self._place_of = estate, place_of

    def places_for(self, correction: Correction, without: Collection[str] = ()) -> Places:
        """See ``Messenger.places_for``: each owner's channel, else their leads, else the administrators."""
        found: list[str] = []
        for ref in correction.deciders:
            found += self._reached(ref, correction.visibility, without)
        if found:
            return Places(tuple(dict.fromkeys(found)))
        admins = [f"{_USER}{admin}" for admin in self._people.administrators()]
        places = tuple(place for place in admins if place not in without)
        return Places(places, asks_admins=bool(places))

    def show(self, correction: Correction) -> frozenset[str]:
        """See ``Messenger.show``."""
        page = self._edit_page(correction)
        question = question_message(correction, page)
        lost = {
            place
            for place in correction.places
            if not self._deliver(place, question, f"{correction.id}:{place}")
        }
        if correction.state is CorrectionState.OPENING and not correction.problem and not correction.places:
            # A moment later there is something to say.
            return frozenset(lost)
        answer = asker_message(correction, page, self._gateway.channel_text)
        for voice in correction.askers:
            if voice.user.workspace == self._gateway.workspace:
                self._deliver(f"{_USER}{voice.user.id}", answer, f"{correction.id}:asked:{voice.user.id}")
        return frozenset(lost)

    def _edit_page(self, correction: Correction) -> str:
        row = self._estate().repositories.get(repository_key(correction.repository))
        return f"{row.url}/edit/{row.default_branch or 'HEAD'}" if row else ""

    def _reached(self, ref: str, visibility: Visibility, without: Collection[str]) -> list[str]:
        """Where an owner can be asked; nowhere, where whoever reads it there may not see the thing."""
        if ref.startswith("user:"):
            return self._in_person([ref], visibility, without)
        team = self._estate().teams.get(ref)
        if team is None:
            return []
        if team.channel and f"{_CHANNEL}{team.channel}" not in without:
            place = self._place_of(team.channel)
            if place.is_known and visibility in visible_in(OPERATOR, place):
                return [f"{_CHANNEL}{team.channel}"]
        return self._in_person(team.leads, visibility, without) or self._in_person(
            team.members, visibility, without
        )

    def _in_person(self, refs: Sequence[str], visibility: Visibility, without: Collection[str]) -> list[str]:
        found = []
        for ref in refs[:_MOST_ASKED]:
            profile = self._people.slack_user_of(ref)
            if profile is not None and visibility in self._people.sees(profile):
                found.append(f"{_USER}{profile.id}")
        return [place for place in found if place not in without]

    def _deliver(self, place: str, message: Message, key: str) -> bool:
        """Whether it is there; one place that cannot be reached keeps the others from nothing."""
        key = f"correction:{key}"
        try:
            if place.startswith(_USER):
                self._gateway.deliver_directly(place.removeprefix(_USER), message, key)
            else:
                self._gateway.deliver(place.removeprefix(_CHANNEL), message, key)
        except UserError as error:
            _log.warning("correction.not_delivered", place=place, cause=str(error))
            return False
        return True
