"""Checks files before anybody reads them for real: finds what Callboard would read, and every fault in it."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.beside import content_of, files_beside, repository_of, root_of
from bot.bootstrap import load_plugins
from bot.lint_files import Finder, Found, Kind
from catalog_sync.entity.check import check_descriptor
from catalog_sync.entity.file_text import Unreadable
from catalog_sync.entity.rules import KindRules
from catalog_sync.entity.yaml_reader import MAX_BYTES
from catalog_sync.ownership.codeowners import MAX_BYTES as CODEOWNERS_BYTES
from catalog_sync.ownership.codeowners import PLACES
from catalog_sync.ownership.codeowners_check import check_codeowners
from core.errors import Fault, InvalidFile, Severity
from core.plugins import Plugins
from core.settings import Settings, check_settings
from scaffolds.cookiecutter_json import read_templates
from scorecards.definition import read
from scorecards.rules import Rules
from scorecards.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Linted:
    """What was looked at, and everything that is wrong with it."""

    files: tuple[Path, ...]
    faults: tuple[Fault, ...]


def lint(paths: Iterable[Path]) -> Linted:
    """Check files, and folders with everything below them; each file once.

    In a folder what Callboard would not read is passed over; a file that is named itself has to be
    something that Callboard reads. Links to files are not followed.
    """
    linter = _Linter(load_plugins(Settings()))
    found: dict[Path, Found] = {}
    faults: list[Fault] = []
    for path in paths:
        if path.is_dir():
            found |= {_identity(item.path): item for item in linter.finder.below(path)}
            continue
        kind = None if path.is_symlink() else linter.finder.kind_of(path)
        if kind is None:
            faults.append(_stranger(path))
        else:
            found.setdefault(_identity(path), Found(path, kind))
    for item in found.values():
        faults += sorted(linter.faults_of(item), key=lambda fault: (fault.path, fault.line, fault.column))
    faults += _unread_codeowners([item.path for item in found.values() if item.kind is Kind.CODEOWNERS])
    shown = tuple(replace(fault, path=_shown(fault.path)) for fault in faults)
    return Linted(tuple(item.path for item in found.values()), shown)


class _Linter:
    """One check for each kind; facts are asked for when the first scorecard comes."""

    def __init__(self, plugins: Plugins) -> None:
        self._plugins = plugins
        self._kinds = KindRules(custom=plugins.of("callboard_kinds"))
        versions = (version for kind in self._kinds.custom for version in kind.api_versions)
        self.finder = Finder(frozenset(versions))
        self._rules: Rules | None = None
        self._templates: set[Path] = set()
        self._checks: Mapping[Kind, Callable[[str, Path], Iterable[Fault]]] = {
            Kind.DESCRIPTOR: self._descriptor,
            Kind.CODEOWNERS: lambda text, path: check_codeowners(text, str(path)),
            Kind.SETTINGS: check_settings,
            Kind.SCORECARD: self._scorecard,
            Kind.TEMPLATE: self._template,
        }

    def faults_of(self, found: Found) -> list[Fault]:
        text = _content(found.path, CODEOWNERS_BYTES if found.kind is Kind.CODEOWNERS else MAX_BYTES)
        if isinstance(text, Fault):
            return [text]
        return list(self._checks[found.kind](text, found.path))

    def _descriptor(self, text: str, path: Path) -> Iterable[Fault]:
        return check_descriptor(text, str(path), self._kinds, files_beside(path), repository_of(path))

    def _scorecard(self, text: str, path: Path) -> Iterable[Fault]:
        if self._rules is None:
            self._rules = Rules(Vocabulary(self._plugins.of("callboard_facts")))
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


def _unread_codeowners(paths: Iterable[Path]) -> Iterator[Fault]:
    """The files that GitHub does not read: beside another one, or where it does not look."""
    rest: list[Path] = []
    by_root: dict[Path, dict[str, Path]] = {}
    for path in paths:
        whole = path.parent.resolve() / path.name
        root = root_of(path) or _root_by_place(whole)
        place = whole.relative_to(root).as_posix()
        if place in PLACES:
            by_root.setdefault(root, {})[place] = path
        elif root_of(path):
            rest.append(path)
    for places in by_root.values():
        first, *others = sorted(places, key=PLACES.index)
        for place in others:
            yield _warning(places[place], f"GitHub reads {first}, and not this file", "one CODEOWNERS")
    for path in rest:
        yield _warning(path, "GitHub reads no CODEOWNERS here", f"one of: {', '.join(PLACES)}")


def _root_by_place(path: Path) -> Path:
    """The folder that a file would be the CODEOWNERS of, where nothing says which folder is a repository."""
    parent = path.parent
    return parent.parent if parent.name in (".github", "docs") else parent


def _warning(path: Path, message: str, expected: str) -> Fault:
    return Fault(str(path), 0, 0, message, expected=expected, severity=Severity.WARNING)


def _identity(path: Path) -> Path:
    return Path(os.path.normpath(path.absolute()))


def _shown(path: str) -> str:
    """A file's name as it can be printed: whatever it was made of, it stays in its line."""
    text = os.fsencode(path).decode(errors="backslashreplace")
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def _content(path: Path, most: int) -> str | Fault:
    """The text of a file, or what is wrong with all of it."""
    if not path.is_file():  # a pipe would be waited for, for ever
        return Fault(str(path), 0, 0, "this is no file", expected="a file")
    try:
        content = content_of(path, most)
    except OSError as error:
        return Fault(str(path), 0, 0, f"the file cannot be read ({error.strerror})", expected="a file")
    return content.fault(str(path)) if isinstance(content, Unreadable) else content


def _stranger(path: Path) -> Fault:
    if path.is_symlink():
        return _warning(path, "this is a link, which is not followed", "a file")
    return Fault(str(path), 0, 0, "Callboard reads no such file", expected=f"one of: {', '.join(Kind)}")
