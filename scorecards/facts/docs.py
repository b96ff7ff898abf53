"""Facts from the docs index: how many pages there are, and how old they are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from scorecards.facts.measured import NotMeasured, as_facts
from scorecards.model import Fact
from scorecards.subjects import Docs, Subject
from scorecards.vocabulary import Declaration, FactType

_NOT_READ = NotMeasured("the docs were not read yet")
_NO_PAGES = NotMeasured("there are no docs to date")
_NO_DATES = NotMeasured("the pages have no known dates")


class DocsFacts:
    """What the docs index holds for the entity."""

    name = "docs"
    facts: Mapping[str, Declaration] = {
        "docs.pages": Declaration(FactType.INT, "How many pages of docs there are."),
        "docs.newest_at": Declaration(FactType.TIME, "When the page that was edited last was edited."),
        "docs.oldest_at": Declaration(FactType.TIME, "When the page that was edited longest ago was edited."),
        "docs.titles": Declaration(FactType.TEXTS, "Titles of the pages, in lower case."),
    }

    def collect(self, subjects: Sequence[Subject], now: datetime) -> dict[str, tuple[Fact, ...]]:
        """No docs are known to be no docs; docs that were never read are unknown."""
        return {subject.ref: as_facts(_values(subject.docs), now, "docs index") for subject in subjects}


def _values(docs: Docs | None) -> dict[str, Any]:
    if docs is None:
        return dict.fromkeys(DocsFacts.facts, _NOT_READ)
    undated = _NO_DATES if docs.pages else _NO_PAGES
    return {
        "docs.pages": docs.pages,
        "docs.newest_at": docs.newest_at or undated,
        "docs.oldest_at": docs.oldest_at or undated,
        "docs.titles": tuple(title.lower() for title in docs.titles),
    }
