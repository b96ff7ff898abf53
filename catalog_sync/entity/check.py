"""Pure: every fault of a descriptor that is not in the catalog yet, for ``callboard lint``."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from catalog_sync.entity.descriptor import fault_at, faults_of
from catalog_sync.entity.file_text import Unreadable
from catalog_sync.entity.globs import is_glob
from catalog_sync.entity.near_misses import near_misses
from catalog_sync.entity.placeholders import PlaceholderRefused, Reason, substitute, unreadable_include
from catalog_sync.entity.rules import DEFAULT_RULES, KindRules
from catalog_sync.entity.yaml_reader import Document, read_documents
from core.errors import Fault, Severity

ReadFile = Callable[[str], str | Unreadable | None]
"""The text of a file by a path relative to the descriptor (``/x`` is from the repository's root), or why it has none.

None when there is no such file, or none that may be read.
"""

_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:")
_INCLUDED = "the text of an included file"
_FILE = "the path of a file in this repository"


def check_descriptor(
    text: str | Unreadable,
    path: str,
    rules: KindRules = DEFAULT_RULES,
    read_file: ReadFile | None = None,
    repository: str = "",
) -> tuple[Fault, ...]:
    """Every fault of a catalog file; without an error among them all of it would be taken.

    Args:
        text: The file's text, or why it has none.
        path: How it is called in faults.
        rules: Which kinds are taken.
        read_file: Reads what ``$text``, ``$json`` and ``$yaml`` include; left out, files are believed to be there.
        repository: ``owner/name`` of the file's repository, where that is known.
    """
    if isinstance(text, Unreadable):
        return (text.fault(path),)
    documents, faults = read_documents(text, path)
    check = _Check(path, rules, read_file, _known_names(documents, repository))
    found = list(faults)
    for document in documents:
        found += check.faults_of(document)
    return tuple(found)


class _Check:
    def __init__(
        self, path: str, rules: KindRules, read_file: ReadFile | None, names: frozenset[str]
    ) -> None:
        self._path, self._rules, self._read_file, self._names = path, rules, read_file, names

    def faults_of(self, document: Document) -> Iterator[Fault]:
        filled = substitute(document.value, self._included, is_believed=self._read_file is None)
        for at, refused in filled.refused:
            yield fault_at(
                document, at, self._path, refused.message, refused.expected, refused.found, refused.hint
            )
        value = filled.value
        if filled.refused:
            # What could not be included is not a second fault.
            value = substitute(document.value, lambda _reference: _INCLUDED, is_believed=True).value
        yield from faults_of(replace(document, value=value), self._path, self._rules)
        for miss in near_misses(document.value):
            yield self._warning(document, miss.at, miss.message, miss.expected, miss.found, miss.hint)
        yield from self._targets(document)

    def _included(self, reference: str) -> str:
        """See ``placeholders.Read``."""
        if _ADDRESS.match(reference.strip()):
            if not self._is_own(reference):
                raise PlaceholderRefused(
                    Reason.OTHER_REPOSITORY,
                    f"{reference[:200]} lies outside of this repository",
                    expected=_FILE,
                    hint="copy the file here and write its path, such as ./openapi.yaml",
                )
            return _INCLUDED
        if self._read_file is None:
            return _INCLUDED
        text = self._read_file(reference)
        if text is None:
            raise PlaceholderRefused(Reason.UNREADABLE, f"there is no file {reference[:200]}", expected=_FILE)
        if isinstance(text, Unreadable):
            raise unreadable_include(reference[:200], text)
        return text

    def _is_own(self, address: str) -> bool:
        """Whether an address is the page of a file of this repository, as far as that can be told."""
        try:
            parts = urlsplit(address.strip()).path.strip("/").split("/")
        except ValueError:
            return False
        return (
            len(parts) > 4
            and parts[2] in ("blob", "tree", "raw")
            and "/".join(parts[:2]).lower() in self._names
        )

    def _targets(self, document: Document) -> Iterator[Fault]:
        """Targets of a Location that are not there: the Location is taken, the target is not."""
        value = document.value
        spec = value.get("spec") if isinstance(value, dict) and value.get("kind") == "Location" else None
        if not isinstance(spec, dict):
            return
        if spec.get("type", "url") != "url":
            message = f"a Location of type {spec['type']} is not read"
            yield self._warning(
                document, ("spec", "type"), message, "no type, or url", str(spec["type"])[:80]
            )
        if self._read_file is None or spec.get("presence") == "optional":
            return
        for at, target in _targets_of(spec):
            if not _ADDRESS.match(target) and not is_glob(target) and self._read_file(target) is None:
                yield self._warning(document, at, f"there is no file {target[:200]}", _FILE, target[:80])

    def _warning(
        self,
        document: Document,
        at: tuple[str | int, ...],
        message: str,
        expected: str,
        found: str,
        hint: str = "",
    ) -> Fault:
        return fault_at(document, at, self._path, message, expected, found, hint, Severity.WARNING)


def _targets_of(spec: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    listed = spec.get("targets")
    if isinstance(spec.get("target"), str):
        yield ("spec", "target"), spec["target"]
    for number, target in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(target, str):
            yield ("spec", "targets", number), target


def _known_names(documents: tuple[Document, ...], repository: str) -> frozenset[str]:
    """What the repository may be called: as the caller says, or as the file's own annotations say."""
    names = {repository.lower()} if repository else set()
    for document in documents:
        metadata = document.value.get("metadata") if isinstance(document.value, dict) else None
        annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
        slug = annotations.get("github.com/project-slug") if isinstance(annotations, dict) else None
        if isinstance(slug, str):
            names.add(slug.lower())
    return frozenset(names)
