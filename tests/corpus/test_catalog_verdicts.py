"""On real public files, ``callboard lint`` accepts and refuses what Backstage's own validators do.

The files are run where they lie and are no part of this repository: CALLBOARD_CORPUS_DIR names their folder.
What differs is listed with its reason in docs/concepts/descriptors.md.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.lint import lint
from catalog_sync.entity.descriptor import faults_of, read_descriptor
from catalog_sync.entity.kinds import flaws_of
from catalog_sync.entity.model import RepositoryName, Source
from catalog_sync.entity.relations import relations_of
from catalog_sync.entity.yaml_reader import read_stream
from core.access import Visibility
from core.errors import Severity
from tests.tools import public_files

AGREEMENT = 0.99
"""At least this share has to be judged as Backstage does."""

Case = dict[str, Any]


@pytest.fixture(scope="module")
def corpus() -> Path:
    """The folder with the files; they are other people's, so not everybody has them."""
    return public_files("catalog").parent


def verdicts(corpus: Path) -> Iterator[Case]:
    path = corpus / "backstage-verdicts.jsonl"
    yield from (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def is_accepted(path: Path) -> bool:
    return not any(fault.severity is Severity.ERROR for fault in lint([path]).faults)


def test_a_file_is_accepted_exactly_when_backstage_accepts_all_of_it(corpus: Path) -> None:
    files = list(verdicts(corpus))
    different = [
        case["file"]
        for case in files
        if is_accepted(corpus / case["file"]) != all(d["v"] in ("ok", "empty") for d in case["docs"])
    ]

    print(
        f"{len(files) - len(different)} of {len(files)} files are judged as Backstage judges them; not: {different}"
    )
    assert len(files) > 100
    assert len(different) <= len(files) * (1 - AGREEMENT)


def judged(text: str) -> list[str]:
    """The verdict of each document of a file, in the words of the verdict file; placeholders are not resolved."""
    documents, faults = read_stream(text, "f")
    # One broken document is one verdict, however much is wrong with it.
    starts = [line for line, row in enumerate(text.splitlines(), 1) if row.startswith("---")]
    broken = {sum(start <= fault.line for start in starts) for fault in faults}
    found = [(document.line, verdict_of(document.value)) for document in documents]
    found += [
        (min(f.line for f in faults if sum(s <= f.line for s in starts) == part), "yaml-error")
        for part in broken
    ]
    return [verdict for _, verdict in sorted(found)]


def verdict_of(value: Any) -> str:
    if value is None:
        return "empty"
    return "refused" if flaws_of(value) else "ok"


def test_a_document_is_judged_as_backstage_judges_it(corpus: Path) -> None:
    words = {"ok": "ok", "empty": "empty", "yaml-error": "yaml-error"}
    total, different = 0, []
    for case in verdicts(corpus):
        theirs = [words.get(document["v"], "refused") for document in case["docs"]]
        ours = judged(text_of(corpus / case["file"]))
        total += len(theirs)
        if ours != theirs:
            different.append((case["file"], ours, theirs))

    print(f"{total} documents; files with a difference: {different}")
    assert sum(len(theirs) for _, _, theirs in different) <= total * (1 - AGREEMENT)


def test_the_first_fault_the_reference_and_the_relations_are_backstages(corpus: Path) -> None:
    cases = json.loads((corpus / "catalog-verdicts.json").read_text(encoding="utf-8"))["cases"]
    different = [
        case["input"]["file"]
        for case in cases
        if not agrees(corpus / case["input"]["file"], case["expect"]["documents"])
    ]

    print(f"{len(cases) - len(different)} of {len(cases)} files agree; not: {different}")
    assert len(different) <= len(cases) * (1 - AGREEMENT)


def agrees(path: Path, expected: list[Case]) -> bool:
    documents, faults = read_stream(text_of(path), "f")
    if any(wanted.get("parse") == "error" for wanted in expected):
        return bool(faults)
    values = [document for document in documents if document.value is not None]
    wanted = [case for case in expected if "valid" in case]
    return len(values) == len(wanted) and all(map(matches, values, wanted))


def matches(document: Any, wanted: Case) -> bool:
    flaws = flaws_of(document.value)
    if not wanted["valid"]:
        return (
            bool(flaws)
            and flaws[0].stage == wanted["stage"]
            and flaws[0].field == wanted.get("field", flaws[0].field)
        )
    metadata = document.value["metadata"]
    source = Source("", "", "", Visibility.PUBLIC, RepositoryName("h", "o", "n"), "f")
    (entity,) = read_descriptor(json.dumps(document.value), source).entities
    own = [f"{item.type} {item.target}" for item in relations_of(entity) if item.source == entity.ref]
    assert metadata["name"] == entity.ref.name
    return (str(entity.ref), sorted(own)) == (wanted["ref"], wanted.get("relations", [])) and not faults_of(
        document, "f"
    )
