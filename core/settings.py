"""The settings: one row each, from a file and the environment, with where every value came from.

A row is a field below: its name, type, default, unit and help. The documentation page,
``callboard doctor``, the environment names and the example file are made from these rows.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard, get_args

from pydantic import PrivateAttr, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from core.errors import Fault, SettingsError
from core.setting_faults import Setting, fault_of
from core.setting_rows import (
    AccessSettings,
    CatalogSettings,
    DocsSettings,
    GitHubSettings,
    JobSettings,
    LogSettings,
    PeopleSettings,
    PluginSettings,
    ScaffoldSettings,
    ScorecardSettings,
    Section,
    SlackSettings,
    TeamSettings,
    WebSettings,
    row,
)
from core.settings_file import SettingsFile, parse_settings, read_settings_file

__all__ = [
    "DEFAULT_FILE",
    "ENVIRONMENT_PREFIX",
    "FILE_VARIABLE",
    "AccessSettings",
    "CatalogSettings",
    "DocsSettings",
    "GitHubSettings",
    "JobSettings",
    "LogSettings",
    "PeopleSettings",
    "PluginSettings",
    "ScaffoldSettings",
    "ScorecardSettings",
    "SettingRow",
    "SettingValue",
    "Settings",
    "SlackSettings",
    "TeamSettings",
    "WebSettings",
    "check_settings",
    "in_force",
    "load",
    "nearest_setting",
    "rows",
    "sections",
    "settings_file",
    "unknown_variables",
]

ENVIRONMENT_PREFIX = "CALLBOARD_"
FILE_VARIABLE = "CALLBOARD_CONFIG"
"""The environment variable that names the settings file; not a setting itself."""
DEFAULT_FILE = Path("callboard.yaml")
_LIST, _MAPPING, _SECTIONS = "list", "name to value", "list of sections"
_NEAR = 80
"""How near (of 100) a variable must come to a setting's name to be a slip and not a stranger's variable."""


class Settings(Section):
    """All settings of one process; read once, never changed."""

    data_dir: Path = row(Path(".callboard"), "Where the embedded database and working files lie.")
    database_url: SecretStr | None = row(
        None, "SQLAlchemy address of the database; an SQLite file in the data directory when left out."
    )
    github: GitHubSettings = GitHubSettings()
    github_hosts: tuple[GitHubSettings, ...] = row(
        (), "Further GitHub hosts, such as GitHub Enterprise: each with the settings of the section github."
    )
    slack: SlackSettings = SlackSettings()
    catalog: CatalogSettings = CatalogSettings()
    docs: DocsSettings = DocsSettings()
    teams: TeamSettings = TeamSettings()
    access: AccessSettings = AccessSettings()
    people: PeopleSettings = PeopleSettings()
    scorecards: ScorecardSettings = ScorecardSettings()
    scaffolds: ScaffoldSettings = ScaffoldSettings()
    jobs: JobSettings = JobSettings()
    web: WebSettings = WebSettings()
    log: LogSettings = LogSettings()
    plugins: PluginSettings = PluginSettings()

    _sources: dict[str, str] = PrivateAttr(default_factory=dict)
    """Where each value came from, by setting; what is missing here is a default."""

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
        return _variable(self.name)


@dataclass(frozen=True, slots=True)
class SettingValue:
    """One setting as it is in force; ``value`` is redacted where the setting is a secret."""

    row: SettingRow
    value: str
    source: str


def load(path: Path | None = None, overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings: the command line wins over the environment, the environment over the file.

    Args:
        path: The file; by default ``CALLBOARD_CONFIG`` or ``callboard.yaml`` where it exists.
        overrides: Values by dotted name, from the command line.

    Raises:
        SettingsError: The file is missing or not YAML, a name is unknown or a value does not fit;
            names every setting that is wrong and where its value came from.
    """
    chosen = settings_file(path)
    file = read_settings_file(chosen) if chosen else SettingsFile(DEFAULT_FILE)
    environment = _environment()
    slips = [*map(str, file.faults), *_slips()]
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for name, value in (*_flat(file.values), *environment.items(), *(overrides or {}).items()):
        _put(values, name, value)
    sources.update((name, f"file {file.path}") for name, _ in _flat(file.values))
    sources.update((name, f"environment {_variable(name)}") for name in environment)
    sources.update((name, "command line") for name in overrides or {})
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise SettingsError("\n".join([*slips, *map(str, _faults(error, file, sources))])) from error
    if slips:
        raise SettingsError("\n".join(slips))
    settings._sources.update(sources)
    return settings


def check_settings(text: str, path: Path) -> tuple[Fault, ...]:
    """Every fault of a settings file, for ``callboard lint``; the environment is not looked at."""
    file = parse_settings(text, path)
    values: dict[str, Any] = {}
    for name, value in _flat(file.values):
        _put(values, name, value)
    try:
        Settings(**values)
    except ValidationError as error:
        return (*file.faults, *_faults(error, file, {}))
    return file.faults


def settings_file(path: Path | None = None) -> Path | None:
    """The settings file in force, or None where there is none."""
    if path:
        return path
    named = os.environ.get(FILE_VARIABLE)
    if named:
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def rows() -> tuple[SettingRow, ...]:
    """Every setting there is, in the order of the sections above."""
    return tuple(_row_of(name, field) for name, field in _fields())


def sections() -> Mapping[str, str]:
    """Every section with what it is about, in their order."""
    found = {name: field.annotation for name, field in Settings.model_fields.items()}
    return {name: (kind.__doc__ or "") for name, kind in found.items() if _is_section(kind)}


def in_force(settings: Settings) -> tuple[SettingValue, ...]:
    """Every setting with its value and where that came from; secrets show only that they are set."""
    return tuple(_value_of(settings, name, field) for name, field in _fields())


def unknown_variables() -> tuple[str, ...]:
    """Variables of the environment that look like settings, and are none."""
    known = {row.environment for row in rows()} | {FILE_VARIABLE}
    ours = (name for name in os.environ if name.upper().startswith(ENVIRONMENT_PREFIX))
    return tuple(sorted(name for name in ours if name.upper() not in known))


def _environment() -> dict[str, Any]:
    """The values that the environment sets, by setting; an empty variable counts as not set."""
    texts = {name.upper(): text for name, text in os.environ.items() if text}
    found = {row: texts[row.environment] for row in rows() if row.environment in texts}
    return {row.name: _from_text(row, text) for row, text in found.items()}


def _from_text(row: SettingRow, text: str) -> Any:
    """What a variable means: lists with commas or as JSON, names to values and sections as JSON, the rest as it is."""
    if row.type not in (_LIST, _MAPPING, _SECTIONS):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return [part.strip() for part in text.split(",") if part.strip()] if row.type == _LIST else text


def _slips() -> Iterator[str]:
    """Variables that are nearly a setting; far ones are left to ``callboard doctor``.

    Kubernetes, for one, sets CALLBOARD_SERVICE_HOST and more where a service is called callboard.
    """
    for name in unknown_variables():
        near = nearest_setting(name)
        if near:
            yield f"environment {name}: no setting has this name; did you mean {near}?"


def nearest_setting(variable: str) -> str:
    """The environment name of the setting that a misspelt variable probably meant; empty when none is near."""
    from rapidfuzz import process  # slow to import, and only needed to explain a mistake

    short = variable.upper().removeprefix(ENVIRONMENT_PREFIX)
    names = [row.environment.removeprefix(ENVIRONMENT_PREFIX) for row in rows()]
    found = process.extractOne(
        short, [*names, FILE_VARIABLE.removeprefix(ENVIRONMENT_PREFIX)], score_cutoff=_NEAR
    )
    return ENVIRONMENT_PREFIX + found[0] if found else ""


def _flat(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The values of a file by setting: ``github.host``; what is no section stays as it is."""
    found: list[tuple[str, Any]] = []
    for name, value in values.items():
        if name in sections() and isinstance(value, Mapping):
            found += [(f"{name}.{inner}", item) for inner, item in value.items()]
        else:
            found.append((name, value))
    return found


def _put(values: dict[str, Any], name: str, value: Any) -> None:
    section, _, inner = name.rpartition(".")
    if not section:
        values[name] = value
        return
    group = values.setdefault(section, {})
    if isinstance(group, dict):
        group[inner] = value


def _variable(name: str) -> str:
    return ENVIRONMENT_PREFIX + name.replace(".", "_").upper()


def _is_section(kind: Any) -> TypeGuard[type[Section]]:
    return isinstance(kind, type) and issubclass(kind, Section)


def _fields() -> Iterator[tuple[str, FieldInfo]]:
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if _is_section(section):
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


def _value_of(settings: Settings, name: str, field: FieldInfo) -> SettingValue:
    row = _row_of(name, field)
    value: Any = settings
    for part in name.split("."):
        value = getattr(value, part)
    shown = (
        ("set" if value else "not set") if row.is_secret else "not set" if value is None else _shown(value)
    )
    return SettingValue(row, shown, settings._sources.get(name, "default"))


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple | list):
        # Of a section only its host: what else it holds may be secret.
        return ", ".join(item.host if isinstance(item, GitHubSettings) else str(item) for item in value)
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
        return _SECTIONS if _is_section(arguments[0]) else _LIST
    if origin is dict:
        return _MAPPING
    return _type_name(arguments[0]) if arguments else "text"


def _faults(error: ValidationError, file: SettingsFile, sources: Mapping[str, str]) -> Iterator[Fault]:
    def order(found: Mapping[str, Any]) -> tuple[int, int]:
        return file.place(".".join(map(str, found["loc"])))

    for found in sorted(error.errors(), key=order):
        name = ".".join(str(part) for part in found["loc"])
        setting = _setting_of(name)
        source = sources.get(setting[0].name if setting else name, "")
        is_in_file = not source or source.startswith("file ")
        path, place = (str(file.path), file.place(name)) if is_in_file else (source, (0, 0))
        if found["type"] == "extra_forbidden":
            yield Fault(path, *place, f"{name}: no setting has this name", where=name, hint=_nearest(name))
            continue
        row, field = setting or (None, None)
        # What lies in no setting is a section, of which nothing is shown.
        about = Setting(
            field.annotation if field else None, row is None or row.is_secret, path, place, is_in_file
        )
        yield fault_of(found, name, about)


def _setting_of(name: str) -> tuple[SettingRow, FieldInfo] | None:
    """The row that a fault is about, which may lie inside its value (``github.organizations.0``)."""
    return next(
        ((_row_of(row, field), field) for row, field in _fields() if f"{name}.".startswith(f"{row}.")), None
    )


def _nearest(name: str) -> str:
    from rapidfuzz import process  # slow to import, and only needed to explain a mistake

    names = [row.name for row in rows()] if "." in name else [*Settings.model_fields]
    found = process.extractOne(name, names, score_cutoff=70)
    return f"did you mean {found[0]}?" if found else ""
