"""Finds the files that Callboard reads, in trees of any size: by their names, else by what they say."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from catalog_sync.entity.yaml_reader import MAX_BYTES, read_documents
from core.settings import Settings, sections

_SKIPPED = frozenset({"node_modules", "__pycache__", "venv", "site-packages"})
_DESCRIPTORS = ("catalog-info.yaml", "catalog-info.yml")
_SETTINGS = ("callboard.yaml", "callboard.yml")
_SKELETON = "skeleton"
"""What templates call the folder of what they render, wherever the template itself lies."""
_TEMPLATE = re.compile(r"^kind:[ \t]*[\"']?Template\b", re.MULTILINE)
_YAML = (".yaml", ".yml")
_BACKSTAGE = ("backstage.io/", "scaffolder.backstage.io/")
_MARKERS = ("{{", "{%")
"""What a template's files have in them before they are rendered."""


class Kind(StrEnum):
    """What a file is to Callboard."""

    DESCRIPTOR = "descriptor"
    CODEOWNERS = "CODEOWNERS"
    SCORECARD = "scorecard"
    TEMPLATE = "template"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Found:
    """One file that Callboard reads."""

    path: Path
    kind: Kind


class Finder:
    """Finds files.

    Args:
        api_versions: What the files of plugins' own kinds write as ``apiVersion``.
    """

    def __init__(self, api_versions: frozenset[str] = frozenset()) -> None:
        self._api_versions = api_versions

    def below(self, folder: Path) -> Iterator[Found]:
        """The files in a folder and below, in the order of their names; no link is followed.

        Below a template, files that have its expressions in them are none before they are rendered.
        """
        waiting = [(folder, _SKELETON in folder.name)]
        while waiting:
            here, is_template = waiting.pop()
            folders, names = _listed(here)
            kinds = ((here / name, self._kind(here / name, is_named=False)) for name in names)
            found = [Found(path, kind) for path, kind in kinds if kind]
            yield from (item for item in found if not (is_template and _is_unrendered(item.path)))
            is_template = is_template or any(map(_is_template, found))
            waiting += [(here / name, is_template or _SKELETON in name) for name in reversed(folders)]

    def kind_of(self, path: Path) -> Kind | None:
        """What a file is that somebody named; None when it is nothing of ours."""
        return self._kind(path, is_named=True)

    def _kind(self, path: Path, *, is_named: bool) -> Kind | None:
        if path.name == "CODEOWNERS":
            return Kind.CODEOWNERS
        if path.name == "cookiecutter.json":
            return Kind.TEMPLATE
        if path.name in _SETTINGS:
            return Kind.TEMPLATE if path.with_name("cookiecutter.json").exists() else Kind.SETTINGS
        if path.name in _DESCRIPTORS:
            return Kind.DESCRIPTOR
        return self._kind_by_content(path, is_named=is_named) if path.suffix in _YAML else None

    def _kind_by_content(self, path: Path, *, is_named: bool) -> Kind | None:
        text = _text(path)
        # Most YAML files of a large tree are nothing of ours; reading them as YAML would take minutes.
        if not is_named and not any(
            word in text for word in ("backstage.io/", "checks", *self._api_versions)
        ):
            return None
        documents, _faults = read_documents(text, str(path))
        kinds = [
            self._kind_of_document(document.value)
            for document in documents
            if isinstance(document.value, dict)
        ]
        if is_named and kinds and not any(kinds) and _is_settings(documents[0].value):
            return Kind.SETTINGS
        return next((kind for kind in kinds if kind), None)

    def _kind_of_document(self, value: Mapping[str, Any]) -> Kind | None:
        # Kubernetes' files have an apiVersion and a kind as well.
        version = str(value.get("apiVersion", ""))
        if version.startswith(_BACKSTAGE) or version in self._api_versions:
            return Kind.DESCRIPTOR
        return Kind.SCORECARD if "checks" in value and {"id", "title"} & value.keys() else None


def _is_settings(value: Any) -> bool:
    """Whether a file of another name holds settings; only asked of one that somebody named as ours."""
    return bool(isinstance(value, dict) and value and value.keys() <= {*sections(), *Settings.model_fields})


def _listed(folder: Path) -> tuple[list[str], list[str]]:
    """The folders and the files in a folder; none where it may not be read."""
    folders, files = [], []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders += [] if _is_skipped(entry.name) else [entry.name]
                elif entry.is_file(follow_symlinks=False):
                    files.append(entry.name)
    except PermissionError:
        return [], []
    return sorted(folders), sorted(files)


def _is_skipped(name: str) -> bool:
    """Folders of others; and those that a template renders, whose files are none before that."""
    return name in _SKIPPED or "{{" in name or (name.startswith(".") and name != ".github")


def _is_template(found: Found) -> bool:
    """Whether what lies in the folders below a file may be what a template renders."""
    if found.kind is Kind.TEMPLATE:
        return True
    return found.kind is Kind.DESCRIPTOR and _TEMPLATE.search(_text(found.path)) is not None


def _is_unrendered(path: Path) -> bool:
    text = _text(path)
    return any(marker in text for marker in _MARKERS)


def _text(path: Path) -> str:
    """A file's text, empty where it has none that we would read."""
    if not path.is_file():
        return ""
    try:
        return path.read_text(encoding="utf-8", errors="replace") if path.stat().st_size <= MAX_BYTES else ""
    except OSError:
        return ""
