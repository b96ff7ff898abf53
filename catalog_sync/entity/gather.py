"""Pure: all entities of a repository: its descriptors, what their Locations lead to, and the files they include.

The provider drives it, in rounds, because files cost requests and only the text of one tells which
others are needed::

    found = gather(roots, files, tree, checkout, rules)
    while found.wants_more:
        # Fetch found.wanted (for many repositories in one request), and the tree if found.wants_tree.
        files.update(fetched)
        found = gather(roots, files, tree, checkout, rules)

What a call returns before nothing more is wanted is not the whole, and must not be stored. There are at
most ``MAX_FILES`` files and ``MAX_DEPTH`` Locations in a row, so the rounds end.

A target in another repository is never fetched on behalf of this one, as the two may be shown to
different people. Where that repository belongs to the same organisation and the file fits one of
``roots``, nothing is said: it is read there by itself. Any other is refused with what to do.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from catalog_sync.entity.addresses import Checkout, Reach, Target, file_key, resolve
from catalog_sync.entity.descriptor import fault_at, file_name, refusal_of, subject_of, take
from catalog_sync.entity.file_text import Unreadable
from catalog_sync.entity.globs import Glob, is_glob
from catalog_sync.entity.kinds import BACKSTAGE_VERSIONS
from catalog_sync.entity.model import Entity, Refusal, Source
from catalog_sync.entity.placeholders import PlaceholderRefused, Reason, substitute, unreadable_include
from catalog_sync.entity.rules import DEFAULT_RULES, KindRules
from catalog_sync.entity.yaml_reader import Document, read_documents
from core.errors import Fault

MAX_FILES = 200
"""So many files of one repository are read for the catalog."""
MAX_DEPTH = 8
"""A Location may lead to a file with a Location, and so on, so many times."""
MAX_PATTERNS = 50
"""So many patterns of one repository are compared with its tree."""
MAX_REFUSALS = 500
"""So many faults of one repository are told."""
MAX_INCLUDED = 10_000_000
"""So many characters are put in for the placeholders of one repository; one file may be put in often."""


class Absent(Enum):
    """Why there is no text for a path."""

    MISSING = "missing"
    """There is no such file."""


FileContent = str | Unreadable | Absent
"""The text of a file, why there is none, or that there is no such file."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known so far, and what is still needed."""

    entities: tuple[Entity, ...]
    refusals: tuple[Refusal, ...]
    wanted: frozenset[str]
    """The files to fetch: a path, or a Git expression ``branch:path`` when there is a colon in it."""
    wants_tree: bool
    """Whether all paths of the repository are needed, for a glob."""
    read_paths: tuple[str, ...]
    """Every file that was asked for, there or not: a push that touches none of them, and adds or removes
    nothing where ``uses_tree``, changes nothing here."""
    uses_tree: bool
    """Whether a glob was looked up."""
    missing_paths: tuple[str, ...] = ()
    """Those of ``read_paths`` at which there is no file."""

    @property
    def wants_more(self) -> bool:
        """Whether this is not yet the whole."""
        return bool(self.wanted) or self.wants_tree


def gather(
    roots: Sequence[str],
    files: Mapping[str, FileContent],
    tree: Sequence[str] | None,
    checkout: Checkout,
    rules: KindRules = DEFAULT_RULES,
) -> Gathered:
    """Read what is known of a repository's catalog files.

    Args:
        roots: The paths and globs at which descriptors are looked for; one that is not there is no fault.
        files: Texts by the names that ``wanted`` gave them (for the roots: their paths).
        tree: The paths of all files of the repository, None as long as they are not known.
        checkout: The repository at the branch that is read.
        rules: Which kinds are taken.
    """
    return _Gathering(roots, files, tree, checkout, rules).run()


@dataclass(frozen=True, slots=True)
class _Step:
    """A file, or files by a glob, to read; and which field of which document asked for it."""

    target: Target
    fault: Fault | None = None
    """What to say when it is not there; None when that is fine."""
    asked: Fault | None = None
    """The place of the field that asked, for what else may be wrong; None for a root."""
    source: Source | None = None
    depth: int = 0
    is_file: bool = False
    """Whether a pattern found it, so that its name is none, whatever it holds: ``[id]/catalog-info.yaml``."""


class _Gathering:
    def __init__(
        self,
        roots: Sequence[str],
        files: Mapping[str, FileContent],
        tree: Sequence[str] | None,
        checkout: Checkout,
        rules: KindRules,
    ) -> None:
        self._roots = roots
        self._files, self._tree, self._checkout, self._rules = files, tree, checkout, rules
        self._steps: deque[_Step] = deque()
        self._entities: list[Entity] = []
        self._refusals: list[Refusal] = []
        self._wanted: set[str] = set()
        self._wants_tree = self._uses_tree = False
        self._asked: dict[str, None] = {}
        self._documents_read: set[str] = set()
        self._is_full_told = False
        self._left = MAX_INCLUDED
        self._patterns = 0

    def run(self) -> Gathered:
        for root in self._roots:
            path = root.strip("/")
            self._steps.append(_Step(Target(Reach.HERE, path, file_key(path, self._checkout))))
        while self._steps:
            self._take(self._steps.popleft())
        return Gathered(
            tuple(self._entities),
            tuple(self._refusals),
            frozenset(self._wanted),
            self._wants_tree,
            tuple(sorted(self._asked)),
            self._uses_tree,
            tuple(sorted(path for path in self._asked if self._files.get(path) is Absent.MISSING)),
        )

    # -- files -----------------------------------------------------------------------------------------------

    def _take(self, step: _Step) -> None:
        if is_glob(step.target.path) and not step.is_file:
            self._expand(step)
        elif step.target.key not in self._documents_read:
            text = self._text(step.target.key, step)
            if text is not None:
                self._documents_read.add(step.target.key)
                self._read(text, step)

    def _expand(self, step: _Step) -> None:
        self._uses_tree = True
        self._patterns += 1
        if self._patterns > MAX_PATTERNS:
            if self._patterns == MAX_PATTERNS + 1:
                self._refuse(
                    step, f"more than {MAX_PATTERNS} patterns in this repository", hint="the rest is not read"
                )
        elif step.target.key != file_key(step.target.path, self._checkout):
            self._refuse(step, "a pattern works on the branch that is read only", hint="leave the branch out")
        elif self._tree is None:
            self._wants_tree = True
        else:
            glob = Glob(step.target.path)
            for path in sorted(path for path in self._tree if glob.matches(path)):
                target = Target(Reach.HERE, path, file_key(path, self._checkout))
                self._steps.append(replace(step, target=target, fault=None, is_file=True))

    def _text(self, key: str, step: _Step) -> str | None:
        """The text of a catalog file; None when there is none, or not yet."""
        if not self._ask(key):
            self._tell_full(step)
            return None
        text = self._files.get(key)
        if text is None:
            self._wanted.add(key)
        elif isinstance(text, str):
            return text
        elif isinstance(text, Unreadable):
            source = self._checkout.source(step.target.path)
            self._tell(refusal_of(text.fault(file_name(source)), source))
        elif step.fault and step.source:
            self._tell(refusal_of(step.fault, step.source))
        return None

    def _ask(self, key: str) -> bool:
        """Note that a file is read; False when there are too many of them already."""
        if key not in self._asked and len(self._asked) >= MAX_FILES:
            return False
        self._asked[key] = None
        return True

    def _tell_full(self, step: _Step) -> None:
        if not self._is_full_told:
            self._is_full_told = True
            self._refuse(
                step,
                f"more than {MAX_FILES} files of this repository are catalog files, or included by them",
                hint="the rest is not read; put several entries into one file",
            )

    def _tell(self, *refusals: Refusal) -> None:
        """Keep what is to be told, up to a limit."""
        for refusal in refusals:
            if len(self._refusals) < MAX_REFUSALS:
                self._refusals.append(refusal)
            elif len(self._refusals) == MAX_REFUSALS:
                more = f"this repository has more than {MAX_REFUSALS} faults; the rest is not told"
                told = replace(
                    refusal, message=more, expected="", found="", hint="", subject="", is_entry_kept=False
                )
                self._refusals.append(told)

    def _refuse(self, step: _Step, message: str, *, expected: str = "", hint: str = "") -> None:
        """Refuse a step at the field that asked for it, or at the file itself when none did."""
        source = step.source or self._checkout.source(step.target.path)
        asked = step.asked or Fault(file_name(source), 0, 0, "")
        self._tell(refusal_of(replace(asked, message=message, expected=expected, hint=hint), source))

    # -- documents -------------------------------------------------------------------------------------------

    def _read(self, text: str, step: _Step) -> None:
        source = self._checkout.source(step.target.path)
        name = file_name(source)
        documents, faults = read_documents(text, name)
        self._tell(*(refusal_of(fault, source) for fault in faults))
        for document in documents:
            self._read_document(document, name, source, step)

    def _read_document(self, document: Document, name: str, source: Source, step: _Step) -> None:
        filled = substitute(document.value, lambda reference: self._included(reference, source))
        for at, refused in filled.refused:
            fault = fault_at(
                document, at, name, refused.message, refused.expected, refused.found, refused.hint
            )
            self._tell(refusal_of(fault, source, subject_of(document.value)))
        if filled.refused or filled.is_pending:
            return
        taken = take(replace(document, value=filled.value), name, source, self._rules)
        self._tell(*taken.refusals(source))
        if taken.entity:
            self._entities.append(taken.entity)
            if taken.entity.ref.kind == "Location" and taken.entity.api_version in BACKSTAGE_VERSIONS:
                self._follow(taken.entity, document, name, step)

    def _included(self, reference: str, source: Source) -> str | None:
        """See ``placeholders.Read``."""
        target = resolve(reference, source.path, self._checkout)
        if target.reach is Reach.OTHER_REPOSITORY:
            raise PlaceholderRefused(
                Reason.OTHER_REPOSITORY,
                f"{reference} lies in another repository",
                expected="a file of this repository",
                hint="copy the file here, or put the entry into the file's repository",
            )
        if target.reach is Reach.NOWHERE or is_too_long(target.path):
            raise _no_file(reference)
        if not self._ask(target.key):
            raise PlaceholderRefused(
                Reason.UNREADABLE, f"more than {MAX_FILES} files of this repository are read"
            )
        text = self._files.get(target.key)
        if text is None:
            self._wanted.add(target.key)
            return None
        if isinstance(text, Unreadable):
            raise unreadable_include(reference, text)
        if not isinstance(text, str):
            raise _no_file(reference)
        self._left -= len(text)
        if self._left < 0:
            raise PlaceholderRefused(
                Reason.UNREADABLE,
                f"the files that this repository includes are larger than {MAX_INCLUDED:,} characters",
            )
        return text

    # -- Locations -------------------------------------------------------------------------------------------

    def _follow(self, location: Entity, document: Document, name: str, step: _Step) -> None:
        spec, source = location.spec, location.source
        kind = spec.get("type", "url")
        for at, reference in _targets(spec):
            asked = fault_at(document, at, name, "")
            child = _Step(Target(Reach.NOWHERE), None, asked, source, step.depth + 1)
            if kind != "url":
                self._refuse(
                    child,
                    f"a Location of type {kind} is not read",
                    expected="no type, or url",
                    hint="targets are read from this repository",
                )
            elif child.depth > MAX_DEPTH:
                self._refuse(child, f"more than {MAX_DEPTH} Locations lead here, one from the other")
            else:
                self._follow_target(reference, child, is_optional=spec.get("presence") == "optional")

    def _follow_target(self, reference: str, step: _Step, *, is_optional: bool) -> None:
        assert step.source
        assert step.asked
        target = resolve(reference, step.source.path, self._checkout)
        if target.reach is Reach.OTHER_REPOSITORY:
            self._follow_abroad(target, step)
        elif target.reach is Reach.NOWHERE or is_too_long(target.path):
            self._refuse(step, f"{reference[:200]} leads to no file", expected=_TARGET)
        else:
            missing = replace(
                step.asked,
                message=f"there is no file {target.key}",
                expected=_TARGET,
                hint="or say presence: optional beside the target",
            )
            self._steps.append(replace(step, target=target, fault=None if is_optional else missing))

    def _follow_abroad(self, target: Target, step: _Step) -> None:
        own, other = self._checkout.repository, target.repository
        assert other
        is_sibling = (other.host, other.owner.lower()) == (own.host, own.owner.lower())
        if is_sibling and any(Glob(root.strip("/")).matches(target.path) for root in self._roots):
            return
        hint = (
            f"Callboard reads that repository by itself: name {target.path} there in a Location,"
            " or add it to the setting catalog.descriptors"
            if is_sibling
            else "Callboard reads the repositories of its organisations by themselves"
        )
        self._refuse(
            step, f"{other.full_name} is another repository", expected="a file of this repository", hint=hint
        )


_TARGET = "the path of a file in this repository, from this file or, with / in front, from the root"


def is_too_long(path: str) -> bool:
    """Whether a path is longer than any file system takes."""
    return len(path.encode(errors="surrogatepass")) > 4096


def _no_file(reference: str) -> PlaceholderRefused:
    return PlaceholderRefused(
        Reason.UNREADABLE,
        f"there is no file {reference[:200]}" if reference else "this names no file",
        expected="the path of a file in this repository, from this file or, with / in front, from the root",
    )


def _targets(spec: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every target of a Location, with its place."""
    if "target" in spec:
        yield ("spec", "target"), spec["target"]
    for number, target in enumerate(spec.get("targets", ())):
        yield ("spec", "targets", number), target
