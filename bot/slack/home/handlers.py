"""The Home: published when somebody opens it, and again with the answer to what they do there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from bot.slack.block_kit import message_problems
from bot.slack.blocks import Json, Message, option, section
from bot.slack.conversation import Conversation, Handler, Reply, Request
from bot.slack.gateway import Gateway
from bot.slack.home import pressing, stamps, views
from bot.slack.home.gather import Gathering
from bot.slack.home.model import HomeContent
from bot.slack.home.search import SearchUseCases, found_blocks
from bot.slack.home.teams import owned_blocks
from core.access import Asker
from core.errors import DatabaseUnavailable, SlackUnavailable
from core.jobs import JSON, Job, Run

_log = structlog.get_logger(__name__)
AGAIN = "home.publish"
"""The job that publishes a Home later, when Slack took no more."""
_FRESH_S = 15 * 60
"""From this age on a Home is published again when it is opened, changed or not."""
_MOST_OPTIONS = 30
_LONGEST_VALUE = 150


@dataclass(frozen=True, slots=True)
class HomeReply:
    """A way back to a person: onto their Home."""

    homes: "Homes"
    user: str

    def show(self, message: Message) -> None:
        """See ``Reply.show``."""
        self.homes.publish(self.user, message.blocks or (section(message.text),), message.text)

    def share(self, message: Message) -> None:
        """See ``Reply.share``; a Home has no other readers."""
        self.show(message)


@dataclass(frozen=True, slots=True)
class Homes:
    """Everybody's Home in one workspace; ``asker`` tells who a Slack user is."""

    gathering: Gathering
    gateway: Gateway
    asker: Callable[[str], Asker]
    command: str = "/callboard"
    claim: str = ""
    """The button with which somebody says who they are, where there is one."""

    def reply(self, user: str) -> Reply:
        """The way onto somebody's Home."""
        return HomeReply(self, user)

    def publish(self, user: str, answer: Sequence[Json] = (), spoken: str = "") -> None:
        """Publish somebody's Home.

        Args:
            user: Their Slack id.
            answer: What they have just asked for.
            spoken: Its text, where a Home cannot show its blocks.

        Raises:
            SlackUnavailable: Slack did not take it.
        """
        if spoken and message_problems(list(answer), surface="home"):
            answer = (section(spoken),)
        self._publish(user, self.asker(user), answer)

    def open(self, user: str, asker: Asker, before: Json) -> bool:
        """Publish somebody's Home if they would see something else than they do, or something old.

        Returns:
            Whether it was published.
        """
        try:
            return self._publish(user, asker, before=before)
        except DatabaseUnavailable as error:
            _log.warning("home.away", user=user, cause=error.message)
            self.gateway.publish_view(user, views.away_view(f"{error.message.rstrip('.')}."))
            return True

    def _publish(
        self, user: str, asker: Asker, answer: Sequence[Json] = (), before: Json | None = None
    ) -> bool:
        content, now = self.gathering.content(asker), self.gathering.clock.now()
        digest = stamps.digest(self._view(stamps.without_clockwork(content), answer))
        if before is not None and stamps.is_current(before, digest, now, _FRESH_S):
            return False
        self.gateway.publish_view(user, stamps.stamped(self._view(content, answer), digest, now))
        return True

    def _view(self, content: HomeContent, answer: Sequence[Json]) -> Json:
        return views.home_view(
            content,
            answer=answer,
            channel=self.gateway.channel_text,
            command=self.command,
            claim=self.claim,
        )


@dataclass(frozen=True, slots=True)
class HomeConversation:
    """The handlers.

    ``doors`` are the conversations that a Home leads to, by the action of its button or select: ``NEW``, ``SHOW``,
    ``HELP``, ``ASK``, ``REMOVE``, ``KEEP``, ``RETRY``. ``later`` is ``Jobs.enqueue``.
    """

    homes: Homes
    ask: SearchUseCases
    doors: Mapping[str, Handler]
    later: Callable[[str, str, dict[str, JSON]], bool]

    def conversation(self) -> Conversation:
        """How it registers."""
        return Conversation(
            name="home",
            hint="",
            summary="bring your Home up to date: your teams, what needs you, search",
            handle=self.refresh,
            buttons={
                pressing.SEARCH: self.search,
                pressing.GO: self.go,
                pressing.SHOW: self._led_by(pressing.SHOW),
                pressing.OWNED: self.owned,
                pressing.CLOSE: self.close,
                pressing.NEW: self._led_by(pressing.NEW),
                pressing.DOCS: self.open_docs,
                pressing.ASK: self.answer_docs,
                pressing.HELP: self._led_by(pressing.HELP),
                pressing.REMOVE: self._led_by(pressing.REMOVE),
                pressing.KEEP: self._led_by(pressing.KEEP),
                pressing.RETRY: self.retry,
            },
            options={pressing.GO: self.suggest},
            submissions={pressing.ASKED: _nothing_wrong},
            events={"app_home_opened": self.opened},
        )

    def job(self) -> Job:
        """The job that publishes a Home later."""

        def run(run: Run, payload: dict[str, JSON]) -> JSON:
            return run.step("publish", lambda: self.homes.publish(str(payload["user"])))

        return Job(AGAIN, run)

    def opened(self, request: Request) -> None:
        """Somebody opened the app; the Messages tab is opened so too, and needs nothing."""
        if request.event.get("tab", "home") != "home" or not request.user:
            return
        try:
            self.homes.open(request.user, request.asker, request.event.get("view") or {})
        except SlackUnavailable as error:
            key = f"home:{self.homes.gateway.workspace}:{request.user}:{request.event.get('event_ts')}"
            self.later(AGAIN, key, {"user": request.user})
            _log.warning("home.later", user=request.user, cause=error.message)

    def refresh(self, request: Request) -> None:
        """Publish it now."""
        self.homes.publish(request.user)
        request.reply.show(Message("Your Home is up to date. Choose my name in the sidebar, then Home."))

    def search(self, request: Request) -> None:
        """Show what fits a text."""
        text = request.text.strip()
        now = self.homes.gathering.clock.now()
        found = found_blocks(self.ask, text, request.asker, now) if text else []
        self.homes.publish(request.user, found)

    def go(self, request: Request) -> None:
        """Show the thing that was chosen."""
        self.doors[pressing.SHOW](replace(request, text=request.selected, is_private=False))

    def suggest(self, asker: Asker, text: str) -> list[Json]:
        """What can be chosen, while a person types: teams before things."""
        found = [
            *self.ask.groups(text, asker, _MOST_OPTIONS // 3),
            *self.ask.find(text, asker, _MOST_OPTIONS),
        ]
        titles = [near.title for near in found]
        return [
            option(
                f"{near.title} ({near.kind.lower()})" if titles.count(near.title) > 1 else near.title,
                near.ref,
            )
            for near in found[:_MOST_OPTIONS]
            if len(near.ref) <= _LONGEST_VALUE
        ]

    def owned(self, request: Request) -> None:
        """Show everything that a team owns."""
        card = self.homes.gathering.team(request.text, request.asker)
        self.homes.publish(request.user, owned_blocks(card) if card else ())

    def close(self, request: Request) -> None:
        """Take the answer away."""
        self.homes.publish(request.user)

    def open_docs(self, request: Request) -> None:
        """Ask for a question."""
        self.homes.gateway.open_view(request.trigger_id, views.ask_modal())

    def answer_docs(self, request: Request) -> None:
        """Answer it in the same form."""
        reply = _ModalReply(self.homes.gateway, str(request.view.get("id", "")))
        if request.text.strip():
            self.doors[pressing.ASK](replace(request, reply=reply, is_private=False))

    def retry(self, request: Request) -> None:
        """Go on with a run that failed; its message tells how it goes."""
        self.doors[pressing.RETRY](request)
        self.homes.publish(
            request.user, (section("It goes on. The message in our conversation tells how it goes."),)
        )

    def _led_by(self, door: str) -> Handler:
        def handle(request: Request) -> None:
            self.doors[door](replace(request, is_private=False))

        return handle


@dataclass(frozen=True, slots=True)
class _ModalReply:
    """A way back to a person: into the form that they have open."""

    gateway: Gateway
    view_id: str

    def show(self, message: Message) -> None:
        blocks = message.blocks or (section(message.text),)
        if message_problems(list(blocks), surface="modal"):
            blocks = (section(message.text),)
        self.gateway.update_view(self.view_id, views.ask_modal(blocks))

    def share(self, message: Message) -> None:
        self.show(message)


def _nothing_wrong(_asker: Asker, _view: Json) -> Mapping[str, str]:
    return {}
