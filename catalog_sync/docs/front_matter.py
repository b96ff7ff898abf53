"""Pure: the front matter of a page: its title and tags, and the page without it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog_sync.entity.yaml_reader import read_documents

_FRONT = re.compile(r"---[ \t]*\n")
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_TOML_FRONT = re.compile(r"\+\+\+[ \t]*\n")
_TOML_END = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)
_TOML_TITLE = re.compile(r"""^title\s*=\s*["'](.{1,300})["']\s*$""", re.MULTILINE)
_PAIR = re.compile(r"[A-Za-z_][\w -]*:(?:\s|\Z)")
_LONGEST = 20_000
_MOST_TAGS = 30


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands before a page, and the lines (of the whole file) that it takes."""

    title: str = ""
    tags: tuple[str, ...] = ()
    lines: int = 0


NONE = FrontMatter()


def front_matter(text: str) -> FrontMatter:
    """Read the front matter of a page, in YAML or TOML; a rule at the top of a page is none."""
    if _TOML_FRONT.match(text):
        end = _TOML_END.search(text, 4, _LONGEST)
        title = _TOML_TITLE.search(text, 0, end.start()) if end else None
        return FrontMatter(title[1] if title else "", (), _lines(text, end.end())) if end else NONE
    begins = _FRONT.match(text)
    end = _END.search(text, begins.end(), _LONGEST) if begins else None
    if begins is None or end is None:
        return NONE
    inner, lines = text[begins.end() : end.start()], _lines(text, end.end())
    documents, _faults = read_documents(inner, "front matter")
    found = documents[0].value if documents else None
    if isinstance(found, dict):
        return FrontMatter(_text(found.get("title")), _tags(found), lines)
    # Broken front matter is still none of the page's text.
    is_meant = not inner.strip() or all(
        _PAIR.match(row) or row[:1] in ("", " ", "-", "#", "{", "\t") for row in inner.split("\n")
    )
    return FrontMatter(lines=lines) if is_meant else NONE


def _lines(text: str, end: int) -> int:
    return text.count("\n", 0, end) + 1


def _text(value: Any) -> str:
    return " ".join(str(value).split())[:300] if isinstance(value, str | int | float) else ""


def _tags(found: Mapping[str, Any]) -> tuple[str, ...]:
    tags: list[str] = []
    for name in ("tags", "keywords"):
        value = found.get(name)
        if isinstance(value, str):
            tags += value.split(",")
        elif isinstance(value, list):
            tags += [_text(item) for item in value]
    return tuple(dict.fromkeys(tag.strip()[:80] for tag in tags if tag.strip()))[:_MOST_TAGS]
