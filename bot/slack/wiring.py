"""Connects the Home and the previews with the rest of the house; what they need of it stands here and nowhere else."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from bot.slack.conversation import Conversation, Handler, Request, with_plugged
from bot.slack.gateway import Gateway
from bot.slack.help import help_message
from bot.slack.home import pressing
from bot.slack.home.gather import Gathering, WrongDocs
from bot.slack.home.handlers import HomeConversation, Homes
from bot.slack.home.model import AdminCard, Points
from bot.slack.people import People
from bot.slack.places import Places
from bot.slack.previews.handlers import PreviewConversation
from bot.slack.previews.store import PreviewStore
from bot.slack.roster import roster
from catalog_sync.notices.model import Kind, State
from catalog_sync.syncing.settle import Hold
from core.access import Asker
from core.errors import SlackUnavailable, UserError
from core.jobs import Jobs
from core.settings import Settings
from scaffolds.store import RunStore
from scorecards.run import Scorecards

if TYPE_CHECKING:
    from bot.catalog import Catalog
    from catalog_sync.github.transport import Budget

_log = structlog.get_logger(__name__)
_ROSTER_FRESH_S = 900.0
_CLAIM = "me:say"
"""The button with which somebody says who they are."""


@dataclass(frozen=True, slots=True)
class House:
    """The parts of the house that the Home and the previews stand on."""

    catalog: "Catalog"
    scorecards: Scorecards
    gateway: Gateway
    people: People
    places: Places
    jobs: Jobs

    def asker(self, user: str) -> Asker:
        """Who a Slack user is."""
        return self.people.asker(self.gateway.workspace, user)


def with_home(
    house: House,
    ours: Sequence[Conversation],
    plugged: Sequence[Conversation],
    buttons: Mapping[str, Handler],
) -> tuple[tuple[Conversation, ...], Homes]:
    """All conversations, the Home and the previews among them; their jobs are made known too.

    Args:
        house: What they stand on.
        ours: The other conversations that ship.
        plugged: Those of plugins.
        buttons: Those of messages that no conversation has sent.

    Raises:
        SettingsError: A plugin claims a word of ours.
    """
    settings = house.catalog.settings
    command = settings.slack.command
    has_claim = any(_CLAIM in item.buttons for item in ours)
    homes = Homes(_gathering(house), house.gateway, house.asker, command, _CLAIM if has_claim else "")

    def show_help(request: Request) -> None:
        request.reply.show(help_message(command, every))

    doors = {**_doors(ours, buttons), pressing.HELP: show_help}
    home = HomeConversation(homes, house.catalog.ask, doors, house.jobs.enqueue)
    previews = PreviewConversation(
        house.catalog.ask,
        house.gateway,
        PreviewStore(house.catalog.database, house.catalog.clock),
        house.asker,
        house.places.of,
        house.jobs.enqueue,
        command,
        is_on=settings.slack.previews,
    )
    house.jobs.add(home.job())
    house.jobs.add(previews.job())
    every = with_plugged((*ours, home.conversation(), previews.conversation()), plugged)
    return every, homes


def preview_domains(settings: Settings) -> tuple[str, ...]:
    """Where the links lead that may get a preview; nowhere when previews are off."""
    if not settings.slack.previews:
        return ()
    hosts = [
        urlsplit(host.web_url).hostname or host.host for host in (settings.github, *settings.github_hosts)
    ]
    return tuple(dict.fromkeys(name.lower() for name in (*hosts, *settings.slack.catalog_hosts)))


def _doors(ours: Sequence[Conversation], buttons: Mapping[str, Handler]) -> dict[str, Handler]:
    """Where the buttons of a Home lead: into other conversations, as if people had typed their words."""
    from bot.slack.catalog.views import APPLY, KEEP

    words = {item.name: item.handle for item in ours}
    pressed = {name: handler for item in ours for name, handler in item.buttons.items()}
    return {
        pressing.SHOW: words["who"],
        pressing.NEW: words["new"],
        pressing.ASK: words["docs"],
        pressing.RETRY: pressed["create:retry"],
        pressing.REMOVE: buttons[APPLY],
        pressing.KEEP: buttons[KEEP],
    }


def _gathering(house: House) -> Gathering:
    catalog = house.catalog
    return Gathering(
        estate=catalog.ask.estate,
        rows=catalog.store,
        scores=house.scorecards,
        runs=RunStore(catalog.database, catalog.clock).asked_by,
        holds=partial(_waiting_holds, catalog),
        wrong_docs=partial(_wrong_docs, catalog),
        admin=_AdminNumbers(house).complete,
        clock=catalog.clock,
    )


def _wrong_docs(catalog: "Catalog", asker: Asker) -> list[WrongDocs]:
    """Sections of somebody's own teams that readers called wrong, and that nobody has edited since then."""
    if not asker.groups:
        return []
    # An administrator would be told of everybody's.
    found = catalog.ask.docs_feedback("", replace(asker, is_admin=False))
    return [
        WrongDocs(
            " › ".join(dict.fromkeys(filter(None, (item.title, item.page, item.heading)))),
            item.url,
            item.downs,
        )
        for item in found.sections
        if item.downs and not item.is_edited_since
    ]


def _waiting_holds(catalog: "Catalog") -> list[Hold]:
    """What is held back and nobody has decided about."""
    waiting = [hold for hold in catalog.sync.holds() if hold.approved_by is None]
    return [hold for hold in waiting if not _is_decided(catalog, hold)]


def _is_decided(catalog: "Catalog", hold: Hold) -> bool:
    return any(
        notice.kind is Kind.HELD
        and notice.content["digest"] == hold.digest
        and notice.state in (State.KEPT, State.APPLIED)
        for notice in catalog.notice_store.known(hold.source)
    )


class _AdminNumbers:
    """What only Slack and GitHub can say: who is not matched, asked seldom, and what is left of GitHub's hour."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lock = threading.Lock()
        self._at = 0.0
        self._unmatched: tuple[str, ...] | None = None

    def complete(self, card: AdminCard) -> AdminCard:
        return replace(card, points=tuple(self._points()), unmatched=self._names())

    def _names(self) -> tuple[str, ...] | None:
        with self._lock:
            if self._unmatched is None or time.monotonic() - self._at > _ROSTER_FRESH_S:
                self._look()
            return self._unmatched

    def _look(self) -> None:
        try:
            found = roster(self._house.gateway.users(), self._house.people)
        except (SlackUnavailable, UserError) as error:
            _log.info("home.roster_unknown", cause=str(error))
            return
        self._unmatched = tuple(row.name or row.id for row in found.unmatched)
        self._at = time.monotonic()

    def _points(self) -> list[Points]:
        """Of the organisations that GitHub was asked about since the start; nobody is asked for this."""
        catalog, found = self._house.catalog, []
        for host in catalog.hosts:
            for name in host.organizations:
                budget = self._budget(host.host, name)
                if budget:
                    found.append(Points(name, budget.remaining, budget.limit, budget.reset_at))
        return found

    def _budget(self, host: str, organization: str) -> "Budget | None":
        try:
            transport = getattr(self._house.catalog.github_of(host, organization), "transport", None)
        except UserError:
            # Without a token nobody is asked, and nothing is used up.
            return None
        budget: Budget | None = getattr(transport, "budget", None)
        return budget
