"""Real docs are read without failure, and what comes out is text without marks and tags.

The files are run where they lie and are no part of this repository: CALLBOARD_CORPUS_DIR names their folder.
"""

import re
from collections import Counter
from pathlib import Path

import pytest

from catalog_sync.docs.gather import gather_docs
from catalog_sync.docs.mkdocs import config_of, site_of
from catalog_sync.docs.sections import read_page
from catalog_sync.docs.tree import FolderTree
from tests.tools import public_files

_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
NOISE = {
    "a tag": re.compile(
        r"</?(?:a|b|br|code|details|div|em|h[1-6]|i|img|kbd|li|ol|p|pre|span|strong|summary|sup|table|td|tr|ul)\b[^<>]*>"
    ),
    "a comment": re.compile(r"<!--"),
    "a link": re.compile(r"\]\((?:https?:|\.|/|#)"),
    "a reference": re.compile(r"\]\["),
    "emphasis": re.compile(r"\*\*\w[^*\n]*\w\*\*"),
    "an admonition": re.compile(r"^\s*(?:!!!|\?\?\?|:::|///|===)\s", re.MULTILINE),
    "attributes": re.compile(r"\{:?\s*[.#][\w-]+\s*\}"),
    "an icon": re.compile(r":(?:material|octicons|fontawesome)-"),
    "an alert": re.compile(r"\[!\w+\]"),
    "an include": re.compile(r"-8<-|\{!|\{\*"),
    "a footnote": re.compile(r"\[\^\w+\]:"),
    "an entity": re.compile(r"&(?:nbsp|amp|lt|gt|quot|#\d+);"),
    "a heading": re.compile(r"^#{1,6} \S", re.MULTILINE),
}
_ALLOWED = 0.001
"""Some pages are written so that the host, too, shows a mark."""


@pytest.fixture(scope="module")
def corpus() -> Path:
    """The folder with the files; they are other people's, so not everybody has them."""
    return public_files("docs")


def test_every_page_becomes_readable_text(corpus: Path) -> None:
    found: Counter[str] = Counter()
    examples, count = [], 0
    for file in sorted(corpus.rglob("*.md")):
        page = read_page(file.read_bytes().decode(errors="replace"), file.stem)
        for section in page.sections:
            count += 1
            assert section.text.strip()
            assert section.text.count("```") % 2 == 0
            text = _CODE.sub("`", section.text) + "\n" + section.heading
            for name, pattern in NOISE.items():
                if mark := pattern.search(text):
                    found[name] += 1
                    examples.append(f"{name} {mark[0]!r} in {file.relative_to(corpus)}")

    print(f"{count} sections of {len(list(corpus.rglob('*.md')))} pages; marks left in them: {examples}")
    assert count > 1_000
    assert found.total() <= count * _ALLOWED


def test_every_configuration_is_understood(corpus: Path) -> None:
    files = sorted(corpus.rglob("mkdocs*.y*ml"))
    broken, entries = [], 0
    for file in files:
        config, problem = config_of(file.read_bytes().decode(errors="replace"), file.name)
        entries += len(site_of(config, "").nav)
        broken += [f"{file.relative_to(corpus)}: {problem}"] if problem else []

    print(f"{len(files)} configurations with {entries} entries of navigations; not understood: {broken}")
    assert len(files) > 50
    assert broken == []


def test_the_pages_that_a_navigation_names_are_found(corpus: Path) -> None:
    named = found = pages = 0
    missing = []
    for repository in sorted(path for path in corpus.iterdir() if path.is_dir()):
        docs = gather_docs(FolderTree(repository), ())
        pages += len(docs.pages)
        paths = {page.path for page in docs.pages}
        for name in ("mkdocs.yml", "mkdocs.yaml"):
            if (repository / name).is_file():
                config, _problem = config_of((repository / name).read_text(encoding="utf-8"), name)
                wanted = {entry.path for entry in site_of(config, "").nav if not entry.is_site}
                there = {path for path in wanted if (repository / path).is_file() and path.endswith(".md")}
                named += len(there)
                found += len(there & paths)
                missing += sorted(there - paths)

    print(f"{pages} pages; {found} of {named} pages that navigations name are found; not: {missing}")
    assert pages > 200
    assert found == named
