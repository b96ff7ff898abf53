"""The rows of the settings, section by section: a row is a field, with its name, type, default, unit and help."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from core import cron
from core.path_patterns import descriptor_path, name_pattern, unfit

_SHORTEST_SECRET = 8
_SHORTEST_TOKEN = 16


def row(default: Any, help: str, unit: str = "") -> Any:
    """One setting: its default, what it means to whoever sets it, and what a number counts."""
    return Field(default=default, description=help, json_schema_extra={"unit": unit})


def _cron(value: str) -> str:
    cron.parse(value)
    return value


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, LookupError) as fault:
        raise ValueError("expected an IANA time zone such as Europe/Berlin") from fault
    return value


def _branch(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]*", value) or ".." in value or value.endswith(("/", ".")):
        raise ValueError("expected the name of a branch such as main or release/1.2")
    return value


def _address(value: str) -> str:
    """The address of an API."""
    try:
        parts = urlsplit(value)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_whole = False
    if not is_whole or re.search(r"\s", value):
        raise unfit("this is no address", "an address such as https://api.github.com")
    return value


Address = Annotated[str, AfterValidator(_address)]
Branch = Annotated[str, AfterValidator(_branch)]
DescriptorPath = Annotated[str, AfterValidator(descriptor_path)]
NamePattern = Annotated[str, AfterValidator(name_pattern)]


def _aliases(values: dict[str, str]) -> dict[str, str]:
    """Slash commands to the words of conversations; that the words lead somewhere is checked when the bot is built."""
    for alias, word in values.items():
        if not re.fullmatch(r"/[a-z0-9][a-z0-9_-]{0,30}", alias):
            raise unfit(f"{alias!r} is no slash command", "a name such as /who, in lower case")
        if not re.fullmatch(r"[a-z][a-z0-9_-]*", word):
            raise unfit(f"{alias}: {word!r} is no conversation", "one word such as who, docs or new")
    return values


Aliases = Annotated[dict[str, str], AfterValidator(_aliases)]


def _secrets(values: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    # Whoever knows that a secret is empty can sign.
    if any(len(value.get_secret_value().strip()) < _SHORTEST_SECRET for value in values):
        raise ValueError(f"expected secrets of at least {_SHORTEST_SECRET} characters")
    return values


def _named_secrets(values: dict[str, SecretStr]) -> dict[str, SecretStr]:
    texts = [value.get_secret_value() for value in values.values()]
    if any(len(text) < _SHORTEST_TOKEN or text != text.strip() for text in texts):
        raise ValueError(
            f"expected tokens of at least {_SHORTEST_TOKEN} characters, without blanks around them"
        )
    if len(set(texts)) < len(texts):
        raise ValueError("expected another token for each name")
    return values


NamedSecrets = Annotated[dict[str, SecretStr], AfterValidator(_named_secrets)]
Cron = Annotated[str, AfterValidator(_cron)]
Secrets = Annotated[tuple[SecretStr, ...], AfterValidator(_secrets)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Port = Annotated[int, Field(ge=0, le=65535)]


class Section(BaseModel):
    """Settings that belong together; a name that is none of theirs is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class GitHubSettings(Section):
    """Where the catalog comes from and new repositories go to."""

    organizations: tuple[str, ...] = row((), "Organisations whose repositories and teams are read.")
    api_url: Address = row(
        "https://api.github.com", "Address of the REST API; a GitHub Enterprise host ends in /api/v3."
    )
    host: str = row("github.com", "The host's name, stored with every repository and team.")
    token: SecretStr | None = row(
        None, "A token that may read contents, metadata and members. Not needed with an App."
    )
    app_id: int | None = row(None, "The id of a GitHub App, instead of a token.")
    app_private_key: SecretStr | None = row(None, "The App's private key (PEM text).")
    app_installation_id: int | None = row(None, "The App's installation; the first one when left out.")
    publish_token: SecretStr | None = row(
        None, "A token that may create repositories; the reading token when left out."
    )
    webhook_secrets: Secrets = Field(
        default=(),
        max_length=2,
        description="The secret of the webhook, and while it is being changed the former one too; without any, "
        "webhooks are not taken.",
        json_schema_extra={"unit": ""},
    )
    timeout_s: Seconds = row(20.0, "How long one request may take.", "seconds")
    keep_share: Share = row(
        0.2, "This share of an hour's GraphQL points is left to people and other programs.", "share, 0 to 1"
    )

    @property
    def web_url(self) -> str:
        """Where people and git reach the host: the API's own address, without its API part."""
        parts = urlsplit(self.api_url)
        return (
            "https://github.com" if parts.hostname == "api.github.com" else f"{parts.scheme}://{parts.netloc}"
        )


class SlackSettings(Section):
    """The workspace that Callboard talks in."""

    mode: Literal["socket", "http"] = row(
        "socket", "socket needs no public address; http needs one and suits many replicas."
    )
    bot_token: SecretStr | None = row(None, "The bot token, xoxb-...")
    app_token: SecretStr | None = row(
        None, "The app-level token with connections:write, xapp-... (socket mode)."
    )
    signing_secret: SecretStr | None = row(None, "The signing secret of the app (http mode).")
    api_url: Address = row("https://slack.com/api/", "Address of the Web API.")
    command: str = row("/callboard", "The slash command; another name where this one is taken.")
    aliases: Aliases = row(
        {},
        "Slash commands of their own for single conversations: {/who: who, /docs: docs}; the manifest has them too.",
    )
    default_channel: str | None = row(None, "Where messages go for teams that have no channel of their own.")
    previews: bool = row(
        True, "Whether links to repositories and to the catalog show their owner (docs/guides/slack.md)."
    )
    catalog_hosts: tuple[str, ...] = row(
        (),
        "Hosts whose pages /catalog/namespace/kind/name get a preview too, such as those of Backstage; Slack takes "
        "five hosts in all, those of GitHub included.",
    )
    admins: tuple[str, ...] = row(
        (),
        "Who looks after Callboard, by e-mail or Slack id: asked before much would leave the catalog, told of "
        "faults that nobody else can be told of.",
    )


class CatalogSettings(Section):
    """What is read from repositories, and when."""

    sync_cron: Cron = row("23 * * * *", "When everything is looked at.", "cron, UTC")
    poll_cron: Cron = row("2-59/5 * * * *", "When pushes since the last look are asked for.", "cron, UTC")
    descriptor: DescriptorPath = row("catalog-info.yaml", "The descriptor's path in a repository.")
    descriptors: tuple[DescriptorPath, ...] = row(
        (), "Instead of descriptor: several paths, and patterns such as services/*/catalog-info.yaml."
    )
    branch: Branch | None = row(
        None, "The branch that is read; each repository's default branch when left out."
    )
    names: tuple[NamePattern, ...] = row(
        (),
        "Patterns of the repositories that belong to the catalog, or with ! in front of those that do not.",
    )
    topics: tuple[str, ...] = row((), "Only repositories with one of these topics belong to the catalog.")
    topics_without: tuple[str, ...] = row((), "Repositories with one of these topics do not belong to it.")
    visibilities: tuple[Literal["public", "internal", "private"], ...] = row(
        ("public", "internal", "private"), "Repositories that are shown so widely belong to the catalog."
    )
    archived: bool = row(True, "Whether archived repositories belong to the catalog.")
    forks: bool = row(True, "Whether forks belong to the catalog.")
    unknown_kinds: Literal["refuse", "keep"] = row(
        "refuse",
        "What becomes of entries of a kind that neither Backstage nor a plugin knows: refused with a message, or kept "
        "as they are (docs/concepts/descriptors.md).",
    )
    docs_cron: Cron = row("7 * * * *", "When docs that changed are read again.", "cron, UTC")
    stale_docs_days: Count = row(180, "Docs older than this are marked as maybe stale.", "days")
    hold_removals_over: Share = row(
        0.2,
        "A sync that would remove more than this share of the catalog holds and says so.",
        "share, 0 to 1",
    )
    orphan_grace_days: int = Field(
        default=7,
        ge=0,
        description="How long an entry stays after its repository's file says nothing of it any more.",
        json_schema_extra={"unit": "days"},
    )


class DocsSettings(Section):
    """How the docs are searched (docs/guides/docs.md)."""

    synonyms: dict[str, str] = row(
        {},
        "Words of your own that mean the same, beside those that ship: a word to the others, with commas between them "
        "(gl: general ledger, ledger).",
    )


class AccessSettings(Section):
    """Who may see what (docs/concepts/visibility.md)."""

    require_match: bool = row(
        False,
        "Whether a member of the workspace has to be found in the catalog before they see internal and private "
        "repositories.",
    )


class PeopleSettings(Section):
    """Who is who: Slack users and users of the catalog (docs/guides/people.md)."""

    links: dict[str, str] = row(
        {},
        "Slack id or e-mail to the user of the catalog (a login, or user:namespace/name), where addresses do not "
        "match by themselves; an empty name means nobody.",
    )


class TeamSettings(Section):
    """Answers for teams whose own files do not say it."""

    leads: dict[str, str] = row({}, "Team name to user name, for teams whose lead nobody named.")
    channels: dict[str, str] = row({}, "Team name to Slack channel, for teams that name none.")


class ScorecardSettings(Section):
    """How well things are kept, and when people hear of it."""

    folders: tuple[Path, ...] = row((), "Folders with scorecards of your own, beside those that ship.")
    timezone: TimeZone = row("UTC", "The time zone of the schedules below.")
    collect_cron: Cron = row("11 5 * * *", "When facts are collected and judged.", "cron")
    weekly_cron: Cron = row("30 9 * * TUE", "When teams get their scorecard.", "cron")
    rollup_cron: Cron = row(
        "0 9 * * WED", "When managers get their roll-up, after the teams have seen theirs.", "cron"
    )


class ScaffoldSettings(Section):
    """How new repositories are started."""

    folders: tuple[Path, ...] = row((), "Folders with templates of your own, beside those that ship.")
    organization: str | None = row(
        None, "Where new repositories are created; the first organisation when left out."
    )
    default_private: bool = row(True, "Whether new repositories are private.")
    render_timeout_s: Seconds = row(60.0, "How long rendering one template may take.", "seconds")


class JobSettings(Section):
    """Work in the background."""

    threads: Count = row(8, "How many jobs this process works on at once.")
    retention_days: Count = row(30, "How long finished jobs are kept.", "days")


class WebSettings(Section):
    """The small web server: health, Slack's events in http mode, and the catalog for programs."""

    host: str = row("127.0.0.1", "The address to listen on.")
    port: Port = row(8080, "The port to listen on; 0 takes a free one.")
    api_tokens: NamedSecrets = row(
        {},
        "Which programs may read the catalog over HTTP: a name of yours for each, and its token; without any, "
        "nothing is served to programs (docs/guides/api.md).",
    )


class LogSettings(Section):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = row("info", "The least level that is written.")


class PluginSettings(Section):
    """Extensions."""

    disabled: tuple[str, ...] = row((), "Names of plugins that are not loaded.")
