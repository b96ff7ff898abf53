"""Builds and connects the whole bot, and nobody else does; one keyword for each dependency, so that tests replace any of them."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.catalog import Catalog, open_database
from core.access import OPERATOR
from core.clock import Clock, SystemClock
from core.database import Database
from core.errors import SettingsError, UserError
from core.plugins import Plugin, Plugins, assemble, installed
from core.settings import Settings

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_bolt.adapter.socket_mode import SocketModeHandler
    from slack_sdk import WebClient
    from starlette.routing import BaseRoute

    from bot.slack.app import Inbox
    from bot.slack.conversation import Conversation
    from bot.slack.gateway import Gateway
    from bot.slack.handover import Handover
    from bot.slack.notifier import Notifier
    from bot.slack.people import People
    from bot.web.server import WebServer
    from catalog_sync.entity.model import RepositoryName
    from catalog_sync.github.port import GitHubPort
    from catalog_sync.notices.tell import Notices
    from core.jobs import Jobs, Observer
    from scaffolds.create import Create
    from scaffolds.engine import Engine
    from scorecards.report import Reports
    from scorecards.run import Scorecards

_log = structlog.get_logger(__name__)


def load_plugins(settings: Settings, built_in: Sequence[Plugin] | None = None) -> Plugins:
    """Everything that is plugged in; what ships comes through the same door as a stranger's.

    Raises:
        SettingsError: Two plugins claim one name, or a hook is misspelt.
    """
    from scaffolds import actions
    from scorecards import facts

    ours = (Plugin("facts", "callboard", facts), Plugin("actions", "callboard", actions))
    return assemble(
        [*(ours if built_in is None else built_in), *installed(settings.plugins.disabled)],
        settings.plugins.disabled,
    )


def scorecards_of(catalog: Catalog, plugins: Plugins) -> "Scorecards":
    """The scorecards that ship and those of the settings' folders.

    Raises:
        InvalidFile: A scorecard is wrong; names every fault.
    """
    from importlib.resources import files

    from scorecards.catalog import AskCatalog
    from scorecards.definition import load
    from scorecards.rules import Rules
    from scorecards.run import Scorecards
    from scorecards.vocabulary import Vocabulary

    facts = plugins.of("callboard_facts")
    rules = Rules(Vocabulary(facts))
    shipped = Path(str(files("scorecards").joinpath("library")))
    cards = load([shipped, *catalog.settings.scorecards.folders], rules)
    ours = AskCatalog(catalog.ask, catalog.store)
    return Scorecards(catalog.database, ours, cards, facts, rules, catalog.clock)


@dataclass
class Callboard:
    """The whole bot, built and connected, not yet started."""

    settings: Settings
    catalog: Catalog
    jobs: "Jobs"
    scorecards: "Scorecards"
    reports: "Reports"
    create: "Create"
    engine: "Engine"
    gateway: "Gateway"
    notifier: "Notifier"
    conversations: "tuple[Conversation, ...]"
    handover: "Handover"
    app: "App"
    web: "WebServer"
    socket: "SocketModeHandler | None" = None

    def start(self, *, tick: bool = True) -> None:
        """Begin: jobs, then the web server, then Slack, so that nobody is answered by half a bot.

        Raises:
            SettingsError: A token is missing, or Slack does not take it; nothing was begun.
            SlackUnavailable: Slack did not answer; nothing was begun.
        """
        from slack_bolt.adapter.socket_mode import SocketModeHandler

        token = self._app_token()
        self._check_tokens(token)
        self.engine.clear_leftovers()
        self.jobs.start(tick=tick)
        self.create.resume_lost()
        self.web.start()
        if token:
            self.socket = SocketModeHandler(self.app, token)
            self.socket.connect()  # type: ignore[no-untyped-call]
        self.handover.run("warm-up", self._warm_up, lambda _sentence: None)
        _log.info("callboard.started", web=self.web.url, mode=self.settings.slack.mode)

    def _app_token(self) -> str | None:
        """The token of socket mode; None in http mode."""
        if self.settings.slack.mode == "http":
            return None
        if self.settings.slack.app_token is None:
            raise SettingsError("slack.app_token: needed in socket mode; set CALLBOARD_SLACK_APP_TOKEN")
        return self.settings.slack.app_token.get_secret_value()

    def _check_tokens(self, app_token: str | None) -> None:
        """Better now, by the name of a setting, than later in a log."""
        try:
            self.gateway.check_tokens(app_token)
        except UserError as error:
            raise SettingsError(f"slack: {error.message}. {error.hint}".strip()) from error

    def _warm_up(self) -> None:
        """What the first question would wait for."""
        self.catalog.ask.warm_up()
        if self.settings.web.api_tokens:
            self.catalog.questions.now(OPERATOR)
        self.gateway.learn_channels()
        _log.info("callboard.warm", workspace=self.gateway.workspace)

    def stop(self) -> None:
        """End in the opposite order; what is under way gets a moment."""
        if self.socket:
            self.socket.close()  # type: ignore[no-untyped-call]
        self.web.stop()
        self.handover.stop()
        self.jobs.stop()
        self.catalog.database.close()


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    database: Database | None = None,
    github: "GitHubPort | None" = None,
    slack: "WebClient | None" = None,
    observer: "Observer | None" = None,
    plugins: Plugins | None = None,
    handover: "Handover | None" = None,
    strict: bool = False,
    poll_s: float = 0.5,
) -> Callboard:
    """Build the whole bot.

    Args:
        settings: All settings.
        clock: Tells the present.
        database: Instead of the settings' own.
        github: Instead of the settings' host.
        slack: A client instead of the settings' workspace.
        observer: Told of every step of every job; tests kill the process there.
        plugins: Instead of what is installed.
        handover: Instead of a pool of the usual size for what follows an acknowledgement.
        strict: Fail on a message that Slack would refuse, instead of sending its plain text.
        poll_s: How often to look for new jobs.

    Raises:
        SettingsError: Something is missing; the message names it.
    """
    from bot.slack.gateway import Gateway

    plugged = plugins or load_plugins(settings)
    client = slack or slack_client(settings)
    with ExitStack() as undone:
        catalog = Catalog(
            settings, clock or SystemClock(), database or open_database(settings), github, plugged
        )
        if database is None:
            undone.callback(catalog.database.close)
        gateway = Gateway(client, catalog.database, catalog.clock, strict=strict)
        callboard = _around(catalog, plugged, gateway, observer, handover, poll_s)
        undone.pop_all()
    return callboard


def _around(
    catalog: Catalog,
    plugged: Plugins,
    gateway: "Gateway",
    observer: "Observer | None",
    handover: "Handover | None",
    poll_s: float,
) -> Callboard:
    """Everything else around the catalog and the way out to Slack."""
    from bot.conversations import conversations_of
    from bot.corrections import add_corrections
    from bot.notices import approve, notices_of
    from bot.slack.app import Inbox
    from bot.slack.catalog.handlers import HoldButtons
    from bot.slack.catalog.messenger import SlackMessenger
    from bot.slack.handover import Handover
    from bot.slack.notifier import Notifier
    from bot.slack.places import Places
    from bot.slack.wiring import House, with_home
    from core.jobs import Jobs
    from scorecards.report import Reports

    settings = catalog.settings
    people, places = people_of(catalog, gateway), Places(gateway)
    notifier = Notifier(gateway, catalog.clock, people, places.of)
    notices = notices_of(catalog, SlackMessenger(gateway, people, catalog.ask.team, places.of))
    jobs = Jobs(
        settings.database,
        clock=catalog.clock,
        threads=settings.jobs.threads,
        retention_days=settings.jobs.retention_days,
        observer=observer,
        poll_s=poll_s,
    )
    scorecards = scorecards_of(catalog, plugged)
    create, engine = _scaffolds(catalog, plugged, jobs, notifier)
    _add_jobs(jobs, catalog, scorecards, engine, notifier, notices)
    reports = Reports(scorecards)
    mended = add_corrections(jobs, catalog, gateway, people, places.of)
    ours = (
        *conversations_of(catalog, scorecards, reports, create, gateway, people),
        *mended.conversations,
    )
    buttons = HoldButtons(partial(approve, catalog), notices.decide).buttons()
    house = House(catalog, scorecards, gateway, people, places, jobs)
    conversations, homes = with_home(house, ours, plugged.of("callboard_commands"), buttons)
    handover = handover or Handover()
    inbox = Inbox(
        conversations,
        gateway,
        people,
        handover,
        settings.slack.command,
        places,
        buttons,
        homes.reply,
        catalog.ask,
        settings.slack.aliases,
    )
    app = _slack_app(settings, gateway, inbox)
    web = _web(
        settings,
        catalog,
        app,
        [*_add_webhooks(jobs, catalog, mended.work.look), *_add_programs(jobs, catalog)],
    )
    return Callboard(
        settings,
        catalog,
        jobs,
        scorecards,
        reports,
        create,
        engine,
        gateway,
        notifier,
        conversations,
        handover,
        app,
        web,
    )


def _scaffolds(
    catalog: Catalog, plugins: Plugins, jobs: "Jobs", notifier: "Notifier"
) -> "tuple[Create, Engine]":
    """Starting repositories, and working on what was started, over the same templates and runs."""
    from importlib.resources import files

    from scaffolds.cookiecutter_json import read_templates
    from scaffolds.create import Create
    from scaffolds.engine import Engine
    from scaffolds.store import RunStore

    settings = catalog.settings
    shipped = Path(str(files("scaffolds").joinpath("library")))
    templates = read_templates([shipped, *settings.scaffolds.folders])
    actions, store = plugins.of("callboard_actions"), RunStore(catalog.database, catalog.clock)
    create = Create(
        templates=templates,
        actions=actions,
        groups=catalog.ask,
        host=settings.github.host,
        web_url=settings.github.web_url,
        jobs=jobs,
        store=store,
        clock=catalog.clock,
        is_known=catalog.knows,
        is_private=settings.scaffolds.default_private,
    )
    engine = Engine(
        templates=templates,
        actions=actions,
        github=catalog.github,
        git=catalog.git,
        store=store,
        clock=catalog.clock,
        announcer=notifier,
        folder=settings.data_dir / "runs",
        register=catalog.refresh,
        entity_of=catalog.entity_of,
        timeout_s=settings.scaffolds.render_timeout_s,
    )
    return create, engine


def _add_jobs(
    jobs: "Jobs",
    catalog: Catalog,
    scorecards: "Scorecards",
    engine: "Engine",
    notifier: "Notifier",
    notices: "Notices",
) -> None:
    from catalog_sync import jobs as catalog_jobs
    from catalog_sync.notices.jobs import after_sync
    from catalog_sync.notices.jobs import job_of as notices_job
    from scaffolds import jobs as scaffold_jobs
    from scorecards import jobs as scorecard_jobs

    settings = catalog.settings
    every = (
        catalog_jobs.jobs_of(
            catalog.source_names,
            catalog.sync_source,
            catalog.poll,
            catalog.read_docs,
            settings.catalog,
            after_sync(jobs.enqueue),
        ),
        ((notices_job(notices.after_sync),), ()),
        scorecard_jobs.jobs_of(scorecards, notifier, settings.scorecards, jobs.enqueue),
        (scaffold_jobs.jobs_of(engine), ()),
    )
    for kinds, schedules in every:
        for job in kinds:
            jobs.add(job)
        for schedule in schedules:
            jobs.add_schedule(schedule)


def people_of(catalog: Catalog, gateway: "Gateway") -> "People":
    """Who is who between Slack and the catalog."""
    from bot.slack.links import Links
    from bot.slack.people import CatalogUsers, People

    settings = catalog.settings
    return People(
        gateway,
        CatalogUsers(catalog.ask.estate, catalog.ask.groups_of),
        Links(catalog.database, settings.people.links, catalog.clock),
        admins=settings.slack.admins,
        require_match=settings.access.require_match,
    )


def _slack_app(
    settings: Settings,
    gateway: "Gateway",
    inbox: "Inbox",
) -> "App":
    from bot.slack.app import build_app

    secret = settings.slack.signing_secret if settings.slack.mode == "http" else None
    if settings.slack.mode == "http" and secret is None:
        raise SettingsError("slack.signing_secret: needed in http mode; set CALLBOARD_SLACK_SIGNING_SECRET")
    return build_app(gateway, inbox, settings.slack.command, secret.get_secret_value() if secret else None)


def slack_client(settings: Settings) -> "WebClient":
    """The client of the settings' workspace.

    Raises:
        SettingsError: There is no token.
    """
    from slack_sdk import WebClient

    if settings.slack.bot_token is None:
        raise SettingsError("slack.bot_token: needed to serve; set CALLBOARD_SLACK_BOT_TOKEN")
    return WebClient(
        token=settings.slack.bot_token.get_secret_value(), base_url=settings.slack.api_url, timeout=15
    )


def _add_webhooks(
    jobs: "Jobs", catalog: Catalog, look_at_pull: "Callable[[RepositoryName, int], object]"
) -> "list[BaseRoute]":
    """The jobs that follow from GitHub's webhooks; returns the address that takes them, where there is a secret."""
    from bot.webhooks import deliveries_of, logs_of, webhook_routes
    from catalog_sync.jobs import webhook_jobs_of
    from catalog_sync.notices.jobs import after_sync

    deliveries = deliveries_of(catalog, jobs.enqueue, look_at_pull)
    routes = webhook_routes(catalog, deliveries)
    kinds, schedules = webhook_jobs_of(deliveries, lambda: logs_of(catalog), after_sync(jobs.enqueue))
    for job in kinds:
        jobs.add(job)
    for schedule in schedules if routes else ():
        jobs.add_schedule(schedule)
    return routes


def _add_programs(jobs: "Jobs", catalog: Catalog) -> "list[BaseRoute]":
    """The job that programs can ask for; returns the addresses for programs, where one has a token."""
    from bot.programs import program_routes
    from bot.webhooks import look_again
    from catalog_sync.notices.jobs import after_sync
    from catalog_sync.query.jobs import refresh_job

    jobs.add(refresh_job(partial(look_again, catalog), after_sync(jobs.enqueue)))
    return program_routes(catalog, jobs.enqueue)


def _web(settings: Settings, catalog: Catalog, app: "App", more: "Sequence[BaseRoute]") -> "WebServer":
    from bot.slack.http import slack_route
    from bot.web.app import build_web
    from bot.web.server import WebServer

    secret = settings.slack.signing_secret
    routes = [slack_route(app, secret.get_secret_value())] if secret and settings.slack.mode == "http" else []
    application = build_web(
        is_ready=catalog.database.is_reachable,
        synced_at=catalog.store.synced_at,
        clock=catalog.clock,
        routes=[*routes, *more],
    )
    return WebServer(application, settings.web.host, settings.web.port)
