"""Checks files before anybody reads them for real: finds what Callboard would read, and every fault in it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.bootstrap import load_plugins
from catalog_sync.entity.descriptor import check_descriptor
from catalog_sync.entity.yaml_reader import read_documents
from catalog_sync.ownership import codeowners
from core.errors import Fault, InvalidFile
from core.settings import Settings, check_settings, sections
from scaffolds.cookiecutter_json import read_templates
from scorecards.definition import read
from scorecards.rules import Rules
from scorecards.vocabulary import Vocabulary

_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})
_DESCRIPTORS = ("catalog-info.yaml", "catalog-info.yml")
_SETTINGS = ("callboard.yaml", "callboard.yml")
_YAML = (".yaml", ".yml")


class Kind(StrEnum):
    """What a file is to Callboard."""

    DESCRIPTOR = "descriptor"
    CODEOWNERS = "CODEOWNERS"
    SCORECARD = "scorecard"
    TEMPLATE = "template"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Linted:
    """What was looked at, and everything that is wrong with it."""

    files: tuple[Path, ...]
    faults: tuple[Fault, ...]


def lint(paths: Iterable[Path]) -> Linted:
    """Check files, and folders with everything below them.

    In a folder what Callboard would not read is passed over; a file that is named itself has to be
    something that Callboard reads.
    """
    files: list[Path] = []
    faults: list[Fault] = []
    linter = _Linter()
    for path in paths:
        named = [path] if path.is_file() else sorted(_walk(path))
        for file in named:
            kind = kind_of(file)
            if kind is not None:
                files.append(file)
                faults += linter.faults_of(file, kind)
            elif file == path:
                faults.append(_stranger(file))
    return Linted(tuple(files), tuple(faults))


def kind_of(path: Path) -> Kind | None:
    """What a file is, by its name, else by what it says; None when it is nothing of ours."""
    if path.name == "CODEOWNERS":
        return Kind.CODEOWNERS
    if path.name == "cookiecutter.json":
        return Kind.TEMPLATE
    if path.name in _SETTINGS:
        return Kind.TEMPLATE if path.with_name("cookiecutter.json").exists() else Kind.SETTINGS
    if path.name in _DESCRIPTORS:
        return Kind.DESCRIPTOR
    return _kind_by_content(path) if path.suffix in _YAML else None


def _kind_by_content(path: Path) -> Kind | None:
    documents, _faults = read_documents(_text(path) or "", str(path))
    for document in documents:
        if isinstance(document.value, dict):
            return _kind_of_document(document.value)
    return None


def _kind_of_document(value: Mapping[str, Any]) -> Kind | None:
    # Kubernetes' files have an apiVersion and a kind as well.
    if str(value.get("apiVersion", "")).startswith("backstage.io/"):
        return Kind.DESCRIPTOR
    if "checks" in value and {"id", "title"} & value.keys():
        return Kind.SCORECARD
    return Kind.SETTINGS if value and value.keys() <= {*sections(), *Settings.model_fields} else None


class _Linter:
    """One check for each kind; facts are asked for when the first scorecard comes."""

    def __init__(self) -> None:
        self._rules: Rules | None = None
        self._templates: set[Path] = set()
        self._checks: Mapping[Kind, Callable[[str, Path], Iterable[Fault]]] = {
            Kind.DESCRIPTOR: lambda text, path: check_descriptor(text, str(path)),
            Kind.CODEOWNERS: lambda text, path: codeowners.parse(text, str(path)).faults,
            Kind.SETTINGS: check_settings,
            Kind.SCORECARD: self._scorecard,
            Kind.TEMPLATE: self._template,
        }

    def faults_of(self, path: Path, kind: Kind) -> list[Fault]:
        text = _text(path)
        if text is None:
            return [Fault(str(path), 0, 0, "the file cannot be read", expected="UTF-8 text")]
        return list(self._checks[kind](text, path))

    def _scorecard(self, text: str, path: Path) -> Iterable[Fault]:
        if self._rules is None:
            facts = load_plugins(Settings()).of("callboard_facts")
            self._rules = Rules(Vocabulary(facts))
        return read(text, str(path), self._rules)[1]

    def _template(self, _text: str, path: Path) -> Iterable[Fault]:
        """A template is two files in one folder, checked together and once."""
        if path.parent in self._templates:
            return ()
        self._templates.add(path.parent)
        try:
            read_templates([path.parent])
        except InvalidFile as error:
            return error.faults
        return ()


def _walk(folder: Path) -> Iterator[Path]:
    for item in folder.iterdir():
        if item.is_symlink():
            continue
        if item.is_dir() and not _is_skipped(item.name):
            yield from _walk(item)
        elif item.is_file():
            yield item


def _is_skipped(name: str) -> bool:
    """Folders of others; and those that a template renders, whose files are none before that."""
    return name in _SKIPPED or "{{" in name or (name.startswith(".") and name != ".github")


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _stranger(path: Path) -> Fault:
    return Fault(str(path), 0, 0, "Callboard reads no such file", expected=f"one of: {', '.join(Kind)}")
