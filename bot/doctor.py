"""Looks at everything that can be wrong, and says how to mend it; never shows a secret."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.bootstrap import load_plugins, people_of, slack_client
from bot.catalog import Catalog
from bot.slack.manifest import SCOPES
from core.access import Standing
from core.clock import SystemClock, age
from core.errors import CallboardError
from core.settings import Settings, in_force, unknown_variables

if TYPE_CHECKING:
    from slack_sdk import WebClient

_NOT_SETTINGS = frozenset({"CALLBOARD_REQUIRE_ALL", "CALLBOARD_CONFORMANCE_DIR", "CALLBOARD_CORPUS_DIR"})
"""Read by the tests alone."""
_OLD = timedelta(days=1)
_PERMISSIONS = "Give the token, or the App, the permissions that docs/guides/connect.md lists."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    check: str
    ok: bool
    message: str
    fix: str = ""


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Every finding, what is wrong among them; looking changes nothing but an old database's tables."""
    found = [*_settings(settings), *_environment()]
    catalog: list[Catalog] = []
    found += _careful("database", lambda: _database(settings, catalog))
    found += _careful("plugins", lambda: _plugins(settings))
    found += _careful("github", lambda: _github(settings, catalog))
    found += _careful("slack", lambda: _slack(settings))
    found += _careful("slack aliases", lambda: _aliases(settings))
    found += _careful("jail", _jail)
    if catalog:
        found += _careful("catalog", lambda: _catalog(catalog[0]))
        found += _careful("webhooks", lambda: _webhooks(settings, catalog[0]))
        found += _careful("schedules", lambda: _schedules(settings, catalog[0]))
        found += _careful("jobs", lambda: _jobs(settings))
        found += _careful("teams", lambda: _teams(catalog[0]))
        found += _careful("people", lambda: _people(settings, catalog[0]))
        catalog[0].database.close()
    return tuple(found)


def _careful(check: str, look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """What a look finds; where it cannot look, that is the finding."""
    found: list[Finding] = []
    try:
        found.extend(look())
    except CallboardError as error:
        found.append(Finding(check, False, str(error), getattr(error, "hint", "")))
    return found


def _settings(settings: Settings) -> Iterator[Finding]:
    for value in in_force(settings):
        in_file = value.row.is_secret and value.source.startswith("file")
        fix = f"Better in the environment: {value.row.environment}" if in_file else ""
        yield Finding(f"setting {value.row.name}", True, f"{value.value or '(empty)'} ({value.source})", fix)


def _environment() -> Iterator[Finding]:
    """Variables that nobody reads; a slip would otherwise look like a setting that is in force."""
    for name in unknown_variables():
        yield Finding(
            f"environment {name}",
            name.upper() in _NOT_SETTINGS,
            "no setting has this name, so it changes nothing",
            "" if name.upper() in _NOT_SETTINGS else "See docs/reference/settings.md, or take it away.",
        )


def _database(settings: Settings, catalog: list[Catalog]) -> Iterator[Finding]:
    opened = Catalog(settings)
    catalog.append(opened)
    kind = f"SQLite {sqlite3.sqlite_version}" if opened.database.is_sqlite else "PostgreSQL"
    yield Finding("database", opened.database.is_reachable(), f"{kind}, tables up to date")


def _plugins(settings: Settings) -> Iterator[Finding]:
    plugins = load_plugins(settings)
    names = ", ".join(plugin.name for plugin in plugins.plugins)
    yield Finding("plugins", True, f"{len(plugins.listing())} contributions from {names}")


def _repositories(catalog: Catalog, host: str, name: str) -> Iterator[Finding]:
    page = next(catalog.github_of(host, name).discover(name))
    if page.problems:
        seen = f"reads {name}, and not all of it: {'; '.join(page.problems)}"
        yield Finding(f"github {name}", False, seen, _PERMISSIONS)
    elif page.lights:
        yield Finding(f"github {name}", True, f"reads {name}")
    else:
        seen = f"reads {name}, which shows no repository"
        yield Finding(f"github {name}", False, seen, "Give the token access to repositories.")


def _teams_of(catalog: Catalog, host: str, name: str) -> Iterator[Finding]:
    has_teams = next(iter(catalog.github_of(host, name).teams(name)), None) is not None
    yield Finding(f"github {name} teams", True, "can be read" if has_teams else "there are none")


def _github(settings: Settings, catalog: list[Catalog]) -> Iterator[Finding]:
    if not settings.github.organizations:
        yield Finding("github", False, "no organisation is configured", "Set github.organizations.")
        return
    if not catalog:
        return
    for host in catalog[0].hosts:
        for name in host.organizations:
            # One that cannot be looked at keeps no other one from it.
            yield from _careful(f"github {name}", partial(_repositories, catalog[0], host.host, name))
            yield from _careful(f"github {name} teams", partial(_teams_of, catalog[0], host.host, name))
    if settings.github.publish_token is None:
        yield Finding(
            "github publishing",
            True,
            "repositories are created with the reading token",
            "Set github.publish_token.",
        )


def _webhooks(settings: Settings, catalog: Catalog) -> Iterator[Finding]:
    """Whether GitHub tells us of changes; all is right without it, only later."""
    from bot.webhooks import logs_of
    from catalog_sync.delivery_rows import DeliveryRows

    if not any(host.webhook_secrets for host in catalog.hosts):
        message = f"not taken; pushes are asked for at {settings.catalog.poll_cron}"
        yield Finding("webhooks", True, message, "See docs/guides/webhooks.md.")
        return
    last, now = DeliveryRows(catalog.database).last_at(), SystemClock().now()
    is_late = last is None or now - last > _OLD
    yield Finding(
        "webhooks",
        last is not None,
        f"the last one came {age(last, now)}" if last else "none came for a week",
        "Look at Recent deliveries of the webhook at GitHub." if is_late else "",
    )
    if not logs_of(catalog):
        message = "cannot be asked for again with this token; the regular look covers them"
        yield Finding("missed webhooks", True, message, "Use an App, see docs/guides/webhooks.md.")


def _aliases(settings: Settings) -> Iterator[Finding]:
    """Whether the slash commands of their own lead somewhere; Slack knows them from the manifest."""
    from bot.cli.operations import command_words
    from bot.slack.aliases import check_aliases

    aliases = settings.slack.aliases
    check_aliases(aliases, settings.slack.command, command_words(load_plugins(settings)))
    if aliases:
        names = ", ".join(f"{alias} ({word})" for alias, word in aliases.items())
        yield Finding("slack aliases", True, f"{names}; the app needs them in its manifest")


def _slack(settings: Settings) -> Iterator[Finding]:
    from slack_sdk import WebClient
    from slack_sdk.errors import SlackApiError, SlackClientError

    token = settings.slack.bot_token
    if token is None:
        yield Finding(
            "slack", False, "no bot token", "Set CALLBOARD_SLACK_BOT_TOKEN (see docs/guides/connect.md)."
        )
        return
    client = WebClient(token=token.get_secret_value(), base_url=settings.slack.api_url, timeout=10)
    try:
        answer = client.auth_test()
    except (SlackApiError, SlackClientError, OSError) as error:
        yield Finding("slack", False, f"auth.test failed: {error}", "Check the token and slack.api_url.")
        return
    yield Finding("slack", True, f"{answer['user']} in {answer['team']}")
    granted = {scope.strip() for scope in str(answer.headers.get("x-oauth-scopes", "")).split(",")}
    missing = sorted(set(SCOPES) - granted)
    if missing and granted != {""}:
        yield Finding(
            "slack scopes",
            False,
            f"missing: {', '.join(missing)}",
            "Install the app again from `callboard manifest`.",
        )
    if settings.slack.mode == "socket":
        yield _app_token(client, settings.slack.app_token)
    if settings.slack.mode == "http" and settings.slack.signing_secret is None:
        yield Finding(
            "slack signing secret",
            False,
            "not set, and http mode needs it",
            "Set CALLBOARD_SLACK_SIGNING_SECRET.",
        )


def _app_token(client: "WebClient", token: SecretStr | None) -> Finding:
    from slack_sdk.errors import SlackApiError, SlackClientError

    if token is None:
        missing = "not set, and socket mode needs it"
        return Finding("slack app token", False, missing, "Set CALLBOARD_SLACK_APP_TOKEN.")
    try:
        client.apps_connections_open(app_token=token.get_secret_value())
    except SlackApiError as error:
        fix = "Make an app-level token with connections:write and set CALLBOARD_SLACK_APP_TOKEN."
        return Finding("slack app token", False, f"Slack does not take it: {error.response['error']}", fix)
    except (SlackClientError, OSError) as error:
        return Finding(
            "slack app token", False, f"Slack did not answer ({type(error).__name__})", "Try again."
        )
    return Finding("slack app token", True, "Slack takes it")


def _jail() -> Iterator[Finding]:
    from scaffolds.jail import strength

    found = strength()
    yield Finding(
        "jail",
        True,
        f"{found.name}: {', '.join(found.walls)}" + (f" ({found.reason})" if found.reason else ""),
    )


def _catalog(catalog: Catalog) -> Iterator[Finding]:
    synced = catalog.store.synced_at()
    if synced is None:
        yield Finding("catalog", False, "never synced", "Run: callboard sync")
        return
    entities = len(catalog.ask.estate().entities)
    yield Finding("catalog", True, f"{entities} entities, synced {age(synced, SystemClock().now())}")
    for refusal in catalog.store.refusals():
        parts = [refusal.message]
        parts += [f"expected {refusal.expected}"] if refusal.expected else []
        parts += [f"found {refusal.found}"] if refusal.found else []
        hint = f" ({refusal.hint})" if refusal.hint else ""
        fix = f"Mend the file{hint}; the next sync takes it."
        yield Finding(f"descriptor {refusal.place}", False, "; ".join(parts), fix)


def _schedules(settings: Settings, catalog: Catalog) -> Iterator[Finding]:
    from catalog_sync.jobs import schedules_of as catalog_schedules
    from core.jobs import next_slot
    from scorecards.jobs import schedules_of as scorecard_schedules

    now = SystemClock().now()
    for schedule in (
        *catalog_schedules(catalog.source_names, settings.catalog),
        *scorecard_schedules(settings.scorecards),
    ):
        slot = next_slot(schedule, now)
        yield Finding(f"schedule {schedule.name}", True, f"next at {slot:%a %d %b %H:%M %Z}")


def _jobs(settings: Settings) -> Iterator[Finding]:
    """Jobs that gave up; what is older than a day is told, and no longer counts as wrong."""
    from core.jobs import Jobs

    jobs, now = Jobs(settings.database, clock=SystemClock()), SystemClock().now()
    try:
        failed, unfinished = jobs.failed(), jobs.unfinished()
    finally:
        jobs.stop()
    yield Finding("jobs", True, f"{len(unfinished)} waiting or running, {len(failed)} gave up lately")
    for job in failed:
        is_old = now - job.updated_at > _OLD
        message = f"{job.name} gave up {age(job.updated_at, now)}: {job.error}"
        yield Finding(
            f"job {job.key}", is_old, message, "" if is_old else "Mend the cause; its next slot tries again."
        )


def _people(settings: Settings, catalog: Catalog) -> Iterator[Finding]:
    """Who could not be matched, counted, and whether anybody can be told what nobody else can."""
    from bot.slack.gateway import Gateway
    from bot.slack.roster import roster

    if settings.slack.bot_token is None or catalog.store.synced_at() is None:
        return
    gateway = Gateway(slack_client(settings), catalog.database, catalog.clock)
    people = people_of(catalog, gateway)
    found = roster(gateway.users(), people, shows_mails=gateway.may_read_mails())
    if found.problem:
        yield Finding("people", False, found.problem, "Install the app again from `callboard manifest`.")
    members = sum(row.standing is Standing.MEMBER for row in found.slack)
    message = f"{len(found.unmatched)} of {members} members of the workspace are no user of the catalog"
    if not found.problem:
        fix = "See: callboard people list --unmatched" if found.unmatched else ""
        yield Finding("people", True, message, fix)
    admins = people.administrators()
    lacking = "Set slack.admins: e-mails or Slack ids of those who look after Callboard."
    fix = "" if admins else f"{found.problem}." if found.problem else lacking
    yield Finding("administrators", bool(admins), f"{len(admins)} found in Slack", fix)


def _teams(catalog: Catalog) -> Iterator[Finding]:
    for team in catalog.ask.teams():
        channel = f"talks in {team.channel} ({team.channel_source})" if team.channel else "no channel"
        leads = ", ".join(lead.rpartition("/")[2] for lead in team.leads)
        lead = f"led by {leads} ({team.lead_source})" if leads else "no lead"
        fix = "" if team.channel and leads else "See docs/concepts/teams.md."
        yield Finding(f"team {team.ref}", bool(team.channel or team.children), f"{channel}; {lead}", fix)
