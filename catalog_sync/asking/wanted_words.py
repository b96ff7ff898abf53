"""Pure: what a search looks for: its words, and what narrows it, as people write both."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog_sync.memory.lookup import words_of

FILTERS: Mapping[str, str] = {
    "owner": "owner",
    "team": "owner",
    "tag": "tag",
    "tags": "tag",
    "kind": "kind",
    "type": "type",
    "lifecycle": "lifecycle",
    "system": "system",
    "domain": "system",
    "repo": "repository",
    "repository": "repository",
}
"""What may stand before a colon."""

_FILTER = re.compile(r"(?<!\S)([A-Za-z]+):(?:\"([^\"]*)\"|“([^”]*)”|(\S+))")
_ASKING = re.compile(
    r"^\s*(?:(?:please|can\s+you|could\s+you)\s+)*(?:find|search|look|list|show|give|get|which|what|are\s+there)\b"
    r"(?:\s+(?:me|us|for|up|out))*",
    re.IGNORECASE,
)
_SILENT = frozenset(
    "everything every all any anything something thing things stuff about for the a an of by with in on from to at and or "
    "is are was were be that which who what there here do does did have has had we us our my me i you your it its this "
    "owned own owns called named tagged related concerning regarding please whose belong belongs belonging using".split()
)
"""Words that stand in sentences and tell nothing from anything else."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search looks for."""

    words: tuple[str, ...]
    """Without case, accents and number."""
    written: tuple[str, ...]
    """The same, as they were written."""
    filters: tuple[tuple[str, str], ...] = ()
    """Field and value; see ``FILTERS``."""
    unknown: tuple[str, ...] = ()
    """What stands before a colon and is no field."""


def read_search(text: str) -> Wanted:
    """``find everything about seats owner:ushers`` gives the word seat and the owner ushers."""
    filters, unknown = [], []
    for found in _FILTER.finditer(text):
        name, *values = found.groups()
        value = next(item for item in values if item is not None)
        if name.lower() in FILTERS:
            filters.append((FILTERS[name.lower()], value.strip("?!,;")))
        elif not value.startswith("//"):
            unknown.append(name)
    whole = _FILTER.sub(" ", text)
    telling = _telling(_ASKING.sub(" ", whole, count=1))
    if not telling and not filters:
        # Things may be called "search" or "list" too.
        telling = _telling(whole)
    words = [(word, written) for written in telling for word in words_of(written)]
    return Wanted(
        tuple(dict.fromkeys(word for word, _written in words)), tuple(telling), tuple(filters), tuple(unknown)
    )


def _telling(text: str) -> Sequence[str]:
    plain = [word.strip("`\"'“”‘’*_~?!.,;()[]<>") for word in text.split()]
    return [word for word in plain if word and word.lower() not in _SILENT and words_of(word)]
