"""Every public template.yaml is read or refused for a reason, and every text of a skeleton is read or refused at a place.

The files are run where they lie and are no part of this repository: CALLBOARD_CORPUS_DIR names their folder.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import Fault, InvalidFile
from scaffolds.backstage_yaml import BackstageTemplate, read_templates
from scaffolds.nunjucks.backstage_filters import backstage_filters
from scaffolds.nunjucks.renderer import Renderer, TemplateFault
from scaffolds.skeletons import is_binary
from tests.tools import public_files

IS_TEMPLATE = re.compile(r"^kind: *['\"]?Template['\"]?\s*$", re.MULTILINE)


@pytest.fixture(scope="module")
def templates() -> Path:
    """The folder with the repositories; they are other people's, so not everybody has them."""
    return public_files("templates")


def texts(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        if content and not is_binary(content):
            yield path, content.decode("utf-8", errors="replace")


def test_every_template_is_read_or_refused_with_its_place(templates: Path) -> None:
    read: list[BackstageTemplate] = []
    reasons: Counter[str] = Counter()
    unplaced: list[Fault] = []
    for path, text in texts(templates):
        if path.suffix not in (".yaml", ".yml") or not IS_TEMPLATE.search(text):
            continue
        try:
            read += read_templates(text, path.name)
        except InvalidFile as error:
            unplaced += [fault for fault in error.faults if not fault.line]
            reasons[f"{error.faults[0].message}; found {error.faults[0].found or 'nothing'}"] += 1

    print(f"{len(read)} templates are read, {reasons.total()} refused")
    for reason, count in reasons.most_common():
        print(f"{count:4} {reason}")
    warnings = Counter(fault.message for template in read for fault in template.warnings)
    for message, count in warnings.most_common():
        print(f"{count:4} (a warning) {message}")
    assert unplaced == []
    assert len(read) > 50


def test_every_text_of_a_skeleton_is_rendered_or_refused_at_a_line(templates: Path) -> None:
    renderer = Renderer(backstage_filters(), runs_patterns=False)
    reasons: Counter[str] = Counter()
    unplaced: list[Path] = []
    count = 0
    for path, text in texts(templates):
        if not any(sign in text for sign in ("${{", "{%", "{#")) or IS_TEMPLATE.search(text):
            continue
        count += 1
        try:
            renderer.text(text, {"values": {}})
        except TemplateFault as fault:
            unplaced += [path] if fault.line < 1 else []
            reasons[f"{fault.kind}: {fault.message}" + " (of GitHub's)" * (".github" in path.parts)] += 1

    print(f"{count - reasons.total()} of {count} texts are rendered; refused:")
    for reason, times in reasons.most_common():
        print(f"{times:4} {reason}")
    assert unplaced == []
    assert count > 100
    assert reasons.total() < count / 4
