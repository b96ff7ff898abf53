"""The settings: one row each, from a file and the environment, with where every value came from.

A row is a field below: its name, type, default, unit and help. The documentation page,
``callboard doctor``, the environment names and the example file are made from these rows.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from core.errors import SettingsError

ENVIRONMENT_PREFIX = "CALLBOARD_"
DEFAULT_FILE = Path("callboard.yaml")


def _row(default: Any, help: str, unit: str = "") -> Any:
    return Field(default=default, description=help, json_schema_extra={"unit": unit})


def _cron(value: str) -> str:
    if len(value.split()) != 5:
        raise ValueError("a cron line has five fields: minute hour day month weekday")
    return value


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError) as fault:
        raise ValueError("an IANA time zone such as Europe/Berlin") from fault
    return value


Cron = Annotated[str, AfterValidator(_cron)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GitHubSettings(_Section):
    """Where the catalog comes from and new repositories go to."""

    organizations: tuple[str, ...] = _row((), "Organisations whose repositories and teams are read.")
    api_url: str = _row(
        "https://api.github.com", "Address of the REST API; a GitHub Enterprise host ends in /api/v3."
    )
    host: str = _row("github.com", "The host's name, stored with every repository and team.")
    token: SecretStr | None = _row(
        None, "A token that may read contents, metadata and members. Not needed with an App."
    )
    app_id: int | None = _row(None, "The id of a GitHub App, instead of a token.")
    app_private_key: SecretStr | None = _row(None, "The App's private key (PEM text).")
    app_installation_id: int | None = _row(None, "The App's installation; the first one when left out.")
    publish_token: SecretStr | None = _row(
        None, "A token that may create repositories; the reading token when left out."
    )
    timeout_s: float = _row(20.0, "How long one request may take.", "seconds")


class SlackSettings(_Section):
    """The workspace that Callboard talks in."""

    mode: Literal["socket", "http"] = _row(
        "socket", "socket needs no public address; http needs one and suits many replicas."
    )
    bot_token: SecretStr | None = _row(None, "The bot token, xoxb-...")
    app_token: SecretStr | None = _row(
        None, "The app-level token with connections:write, xapp-... (socket mode)."
    )
    signing_secret: SecretStr | None = _row(None, "The signing secret of the app (http mode).")
    api_url: str = _row("https://slack.com/api/", "Address of the Web API.")
    command: str = _row("/callboard", "The slash command; another name where this one is taken.")
    default_channel: str | None = _row(None, "Where messages go for teams that have no channel of their own.")


class CatalogSettings(_Section):
    """What is read from repositories, and when."""

    sync_cron: Cron = _row("*/15 * * * *", "When the catalog is synced.", "cron, UTC")
    descriptor: str = _row("catalog-info.yaml", "The descriptor's path in a repository.")
    docs_cron: Cron = _row("7 * * * *", "When docs that changed are read again.", "cron, UTC")
    stale_docs_days: int = _row(180, "Docs older than this are marked as maybe stale.", "days")
    hold_removals_over: float = _row(
        0.2,
        "A sync that would remove more than this share of the catalog holds and says so.",
        "share, 0 to 1",
    )


class TeamSettings(_Section):
    """Answers for teams whose own files do not say it."""

    leads: dict[str, str] = _row({}, "Team name to user name, for teams whose lead nobody named.")
    channels: dict[str, str] = _row({}, "Team name to Slack channel, for teams that name none.")


class ScorecardSettings(_Section):
    """How well things are kept, and when people hear of it."""

    folders: tuple[Path, ...] = _row((), "Folders with scorecards of your own, beside those that ship.")
    timezone: TimeZone = _row("UTC", "The time zone of the schedules below.")
    collect_cron: Cron = _row("11 5 * * *", "When facts are collected and judged.", "cron")
    weekly_cron: Cron = _row("30 9 * * TUE", "When teams get their scorecard.", "cron")
    rollup_cron: Cron = _row(
        "0 9 * * WED", "When managers get their roll-up, after the teams have seen theirs.", "cron"
    )


class ScaffoldSettings(_Section):
    """How new repositories are started."""

    folders: tuple[Path, ...] = _row((), "Folders with templates of your own, beside those that ship.")
    organization: str | None = _row(
        None, "Where new repositories are created; the first organisation when left out."
    )
    default_private: bool = _row(True, "Whether new repositories are private.")
    render_timeout_s: float = _row(60.0, "How long rendering one template may take.", "seconds")


class JobSettings(_Section):
    """Work in the background."""

    threads: int = _row(8, "How many jobs this process works on at once.")
    retention_days: int = _row(30, "How long finished jobs are kept.", "days")


class WebSettings(_Section):
    """The small web server: health, and Slack's events in http mode."""

    host: str = _row("127.0.0.1", "The address to listen on.")
    port: int = _row(8080, "The port to listen on; 0 takes a free one.")


class LogSettings(_Section):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = _row("info", "The least level that is written.")


class PluginSettings(_Section):
    """Extensions."""

    disabled: tuple[str, ...] = _row((), "Names of plugins that are not loaded.")


class Settings(BaseSettings):
    """All settings of one process; read once, never changed."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX,
        env_nested_delimiter="_",
        env_nested_max_split=1,
        extra="forbid",
        frozen=True,
    )

    data_dir: Path = _row(Path(".callboard"), "Where the embedded database and working files lie.")
    database_url: SecretStr | None = _row(
        None, "SQLAlchemy address of the database; an SQLite file in the data directory when left out."
    )
    github: GitHubSettings = GitHubSettings()
    slack: SlackSettings = SlackSettings()
    catalog: CatalogSettings = CatalogSettings()
    teams: TeamSettings = TeamSettings()
    scorecards: ScorecardSettings = ScorecardSettings()
    scaffolds: ScaffoldSettings = ScaffoldSettings()
    jobs: JobSettings = JobSettings()
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()
    plugins: PluginSettings = PluginSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, which arrives as the initial values."""
        return env_settings, init_settings

    @property
    def database(self) -> str:
        """The database's address, with its password where it has one."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'callboard.db'}"

    @property
    def new_repository_owner(self) -> str | None:
        """The organisation that new repositories are created in."""
        organizations = self.github.organizations
        return self.scaffolds.organization or (organizations[0] if organizations else None)


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting as people read about it."""

    name: str
    type: str
    default: str
    unit: str
    help: str
    is_secret: bool

    @property
    def environment(self) -> str:
        """The environment variable that sets it."""
        return ENVIRONMENT_PREFIX + self.name.replace(".", "_").upper()


@dataclass(frozen=True, slots=True)
class SettingValue:
    """One setting as it is in force; ``value`` is redacted where the setting is a secret."""

    row: SettingRow
    value: str
    source: str


def load(path: Path | None = None, overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings from a file and the environment.

    Args:
        path: The file; by default ``CALLBOARD_CONFIG`` or ``callboard.yaml`` where it exists.
        overrides: Values by dotted name that win over everything, from the command line.

    Raises:
        SettingsError: The file is missing or not YAML, a name is unknown or a value does not
            fit; names the setting and where its value came from.
    """
    file = settings_file(path)
    values = _read_file(file) if file else {}
    try:
        settings = Settings(**values)
        return _override(settings, overrides or {})
    except ValidationError as error:
        raise SettingsError(_explain(error, file)) from error


def settings_file(path: Path | None = None) -> Path | None:
    """The settings file in force, or None where there is none."""
    if path:
        return path
    named = os.environ.get("CALLBOARD_CONFIG")
    if named:
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def rows() -> tuple[SettingRow, ...]:
    """Every setting there is, in the order of the sections above."""
    return tuple(_row_of(name, field) for name, field in _fields())


def in_force(settings: Settings, path: Path | None = None) -> tuple[SettingValue, ...]:
    """Every setting with its value and where that came from; secrets show only that they are set."""
    file = settings_file(path)
    in_file = _read_file(file) if file else {}
    return tuple(_value_of(settings, name, field, in_file, file) for name, field in _fields())


def _override(settings: Settings, overrides: Mapping[str, Any]) -> Settings:
    if not overrides:
        return settings
    values: dict[str, Any] = {name: getattr(settings, name) for name in type(settings).model_fields}
    for dotted, value in overrides.items():
        section, _, name = dotted.rpartition(".")
        if not section:
            values[name] = value
            continue
        group = values[section]
        fields = {key: getattr(group, key) for key in type(group).model_fields}
        values[section] = type(group)(**{**fields, name: value})
    return Settings.model_construct(**{**values, **_checked(values)})


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The top-level values with their types put right (a path given as text becomes a Path)."""
    checked: dict[str, Any] = {}
    if isinstance(values.get("data_dir"), str):
        checked["data_dir"] = Path(values["data_dir"])
    if isinstance(values.get("database_url"), str):
        checked["database_url"] = SecretStr(values["database_url"])
    return checked


def _fields() -> Iterator[tuple[str, FieldInfo]]:
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, _Section):
            for inner, inner_field in section.model_fields.items():
                yield f"{name}.{inner}", inner_field
        else:
            yield name, field


def _row_of(name: str, field: FieldInfo) -> SettingRow:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return SettingRow(
        name=name,
        type=_type_name(field.annotation),
        default=_shown(field.default),
        unit=str(extra.get("unit", "")),
        help=field.description or "",
        is_secret=SecretStr in (field.annotation, *get_args(field.annotation)),
    )


def _value_of(
    settings: Settings, name: str, field: FieldInfo, in_file: Mapping[str, Any], file: Path | None
) -> SettingValue:
    row = _row_of(name, field)
    value: Any = settings
    for part in name.split("."):
        value = getattr(value, part)
    if any(key.upper() == row.environment for key in os.environ):
        source = f"environment {row.environment}"
    elif _is_in(in_file, name):
        source = f"file {file}"
    elif value != field.default:
        source = "command line"
    else:
        source = "default"
    shown = "set" if row.is_secret and value else "not set" if value is None else _shown(value)
    return SettingValue(row, shown, source)


def _is_in(values: Mapping[str, Any], dotted: str) -> bool:
    section, _, name = dotted.rpartition(".")
    inner = values.get(section, {}) if section else values
    return isinstance(inner, Mapping) and name in inner


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple | list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {item}" for key, item in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)


def _type_name(annotation: Any) -> str:
    arguments = [item for item in get_args(annotation) if item is not type(None)]
    if annotation in (str, int, float, bool, Path, SecretStr):
        return {"str": "text", "SecretStr": "secret text", "Path": "path", "bool": "true or false"}.get(
            annotation.__name__, {"int": "whole number", "float": "number"}.get(annotation.__name__, "")
        )
    if arguments and all(isinstance(item, str) for item in arguments):
        return " or ".join(arguments)
    origin = getattr(annotation, "__origin__", None)
    if origin is tuple:
        return "list"
    if origin is dict:
        return "name to value"
    return _type_name(arguments[0]) if arguments else "text"


def _read_file(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror})") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise SettingsError(f"{place}: not YAML: {getattr(error, 'problem', error)}") from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise SettingsError(f"{path}: expected settings by name, found {type(values).__name__}")
    return values


def _explain(error: ValidationError, file: Path | None) -> str:
    lines = []
    for fault in error.errors():
        name = ".".join(str(part) for part in fault["loc"])
        variable = ENVIRONMENT_PREFIX + name.replace(".", "_").upper()
        source = variable if variable in os.environ else str(file or "the command line")
        if fault["type"] == "extra_forbidden":
            lines.append(f"{name}: no setting has this name (from {source}){_nearest(name)}")
        else:
            lines.append(f"{name}: {fault['msg']} (from {source})")
    return "\n".join(lines)


def _nearest(name: str) -> str:
    from rapidfuzz import process  # slow to import, and only needed to explain a mistake

    found = process.extractOne(name, [row.name for row in rows()], score_cutoff=70)
    return f"; did you mean {found[0]}?" if found else ""
