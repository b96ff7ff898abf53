"""A link was shared: who owns it, shown below the message where nobody learns what they may not see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.slack.blocks import Json, Message, section
from bot.slack.conversation import Conversation, Request
from bot.slack.previews.store import PreviewStore
from bot.slack.previews.views import MENU, preview, subject_of
from catalog_sync.answers import OwnerAnswer
from core.access import Asker, Place, PlaceKind, Standing
from core.errors import NotAllowed, SlackUnavailable, UserError
from core.jobs import JSON, Job, Run

_log = structlog.get_logger(__name__)
AGAIN = "previews.show"
"""The job that shows a preview later, when Slack was away."""
_MOST_LINKS = 2
"""A message with more links gets no preview."""


class PreviewUseCase(Protocol):
    """What the catalog offers here."""

    def of_link(self, url: str, asker: Asker) -> OwnerAnswer | None:
        """Who owns what somebody linked, where the catalog knows."""
        ...


class PreviewGateway(Protocol):
    """What Slack offers here."""

    @property
    def workspace(self) -> str:
        """The workspace's id."""
        ...

    @property
    def bot_user(self) -> str:
        """Who we are there."""
        ...

    def unfurl(self, channel: str, ts: str, unfurls: Mapping[str, Json]) -> None:
        """Show something below the links of a message."""
        ...

    def channel_text(self, channel: str) -> str:
        """A channel in mrkdwn."""
        ...


@dataclass(frozen=True, slots=True)
class Shared:
    """Links that somebody shared in a message."""

    user: str
    channel: str
    ts: str
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreviewConversation:
    """The handlers.

    ``is_on`` is the setting ``slack.previews``; ``asker`` tells who a Slack user is, ``place_of`` who reads
    along in a channel, ``later`` is ``Jobs.enqueue``.
    """

    ask: PreviewUseCase
    gateway: PreviewGateway
    store: PreviewStore
    asker: Callable[[str], Asker]
    place_of: Callable[[str], Place]
    later: Callable[[str, str, dict[str, JSON]], bool]
    command: str = "/callboard"
    is_on: bool = True

    def conversation(self) -> Conversation:
        """How it registers."""
        return Conversation(
            name="previews",
            hint="on | off",
            summary="whether links to repositories show their owner in this channel",
            handle=self.switch,
            also=("preview", "unfurls"),
            buttons={MENU: self.turn_off},
            events={"link_shared": self.shared},
        )

    def job(self) -> Job:
        """The job that shows a preview later."""

        def run(run: Run, payload: dict[str, JSON]) -> JSON:
            shared = Shared(payload["user"], payload["channel"], payload["ts"], tuple(payload["urls"]))
            return run.step("show", lambda: self._show(shared))

        return Job(AGAIN, run)

    # -- links -----------------------------------------------------------------------------------------------

    def shared(self, request: Request) -> None:
        """Show who owns what somebody linked, unless that would tell or bother somebody."""
        shared = _read(request)
        if not self.is_on or shared is None or shared.user == self.gateway.bot_user:
            return
        try:
            self._show(shared)
        except SlackUnavailable as error:
            payload = {
                "user": shared.user,
                "channel": shared.channel,
                "ts": shared.ts,
                "urls": list(shared.urls),
            }
            self.later(AGAIN, f"preview:{self.gateway.workspace}:{shared.channel}:{shared.ts}", payload)
            _log.warning("previews.later", channel=shared.channel, cause=error.message)

    def _show(self, shared: Shared) -> int:
        """Show what may be shown; returns how many previews."""
        workspace = self.gateway.workspace
        if self.store.is_quiet(workspace, shared.channel):
            return 0
        found = self._answers(shared)
        mine = self.store.claim(workspace, shared.channel, shared.ts, list(found)) if found else ()
        if not mine:
            return 0
        unfurls = {
            found[subject].query: preview(found[subject], self.gateway.channel_text) for subject in mine
        }
        try:
            self.gateway.unfurl(shared.channel, shared.ts, unfurls)
        except UserError as error:
            # The message may be gone by now, or the app not in the channel; nobody asked for this.
            self.store.release(workspace, shared.channel, shared.ts)
            _log.info("previews.refused", channel=shared.channel, cause=str(error))
            return 0
        self.store.shown(workspace, shared.channel, shared.ts)
        return len(unfurls)

    def _answers(self, shared: Shared) -> dict[str, OwnerAnswer]:
        """What may be said of the links to everybody who reads along, by what it is about."""
        place = self.place_of(shared.channel)
        if place.kind is PlaceKind.DIRECT:
            # Who sends us a link asks about it, and gets an answer.
            return {}
        asker = self.asker(shared.user).at(place)
        answers = [answer for url in shared.urls if (answer := self.ask.of_link(url, asker))]
        found: dict[str, OwnerAnswer] = {}
        for answer in answers:
            found.setdefault(subject_of(answer), answer)
        return found

    # -- on and off ------------------------------------------------------------------------------------------

    def switch(self, request: Request) -> None:
        """``previews off`` and ``previews on`` in a channel; without a word, how it is now."""
        word = request.text.strip().lower()
        if word in ("off", "no", "none", "stop"):
            self.turn_off(request)
        elif word in ("on", "yes", "start"):
            self._turn_on(request)
        else:
            _say(request, self._state(request))

    def turn_off(self, request: Request) -> None:
        """No previews in this channel any more."""
        _check(request)
        self.store.quiet(self.gateway.workspace, request.channel, request.user)
        _say(
            request,
            f"No previews in this channel from now on. `{self.command} previews on` brings them back.",
        )

    def _turn_on(self, request: Request) -> None:
        _check(request)
        self.store.unquiet(self.gateway.workspace, request.channel)
        _say(request, self._state(request))

    def _state(self, request: Request) -> str:
        if not self.is_on:
            return "Previews are off everywhere: an administrator set `slack.previews` to false."
        if self.store.is_quiet(self.gateway.workspace, request.channel):
            return f"Previews are off in this channel. `{self.command} previews on` turns them on."
        return (
            "Links to repositories and to the catalog show their owner in this channel."
            f" `{self.command} previews off` turns that off."
        )


def _say(request: Request, text: str) -> None:
    request.reply.show(Message(text.replace("`", ""), (section(text),)))


def _read(request: Request) -> Shared | None:
    """The links of the event; None where no preview is due."""
    event = request.event
    # What is still being written has no readers yet, and no channel that we could look at.
    if event.get("source") == "composer" or not request.channel or not event.get("message_ts"):
        return None
    urls = _urls(event.get("links") or ())
    if not 0 < len(urls) <= _MOST_LINKS:
        return None
    return Shared(request.user, request.channel, str(event["message_ts"]), urls)


def _urls(links: Sequence[Json]) -> tuple[str, ...]:
    return tuple(str(item["url"]) for item in links if item.get("url"))


def _check(request: Request) -> None:
    """Raises NotAllowed where somebody is only a guest in the channel."""
    if request.asker.standing is Standing.GUEST:
        raise NotAllowed("Guests cannot change that.", "Ask a member of the channel.")
