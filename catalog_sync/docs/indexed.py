"""Pure: a section as the index holds it: one line of terms for each part of it, each part's terms with a mark of their own."""

import hashlib
from dataclasses import dataclass

from catalog_sync.docs.terms import joined_terms, terms_of, tokens

TITLE, PLACE, BELONGS = "h_", "e_", "r_"
"""The marks of terms of headings, of where a section lies, and of what it belongs to."""
ALL = "*"
"""Stands for the sections themselves where terms are counted; no term is written so."""
_SHORTEST_WORD, _LONGEST_WORD = 4, 25


@dataclass(frozen=True, slots=True)
class Section:
    """What of a section is indexed."""

    entity: str
    entity_title: str
    repository: str
    """The repository's key: ``host/owner/name``."""
    path: str
    heading: str
    """All headings above it, joined by `` › ``."""
    titles: tuple[str, ...]
    """The page's title, its place in the navigation, its tags."""
    text: str


def index_line(section: Section) -> str:
    """The section's terms, in five lines: its own heading, the titles above it, its place, its text, and whatever
    of the first three the text does not have, without a mark.

    So a term without a mark is in the index for every section that has it anywhere. Every term has a blank on both
    sides, so that it can be looked for as it stands between them.
    """
    above, _mark, own = section.heading.rpartition(" › ")
    titles = " › ".join((above, *section.titles))
    name = section.entity.rpartition("/")[2]
    place = " ".join((section.entity_title, name, section.repository.rpartition("/")[2]))
    heading = terms_of(own)
    over = [*joined_terms(own), *terms_of(titles), *joined_terms(titles)]
    around = list(dict.fromkeys([*terms_of(place), *joined_terms(place), *terms_of(section.path)]))
    text = terms_of(section.text)
    have = set(text)
    lines = (
        [TITLE + term for term in heading],
        [TITLE + term for term in over],
        [*(PLACE + term for term in around), belonging(section.entity), belonging(section.repository)],
        text,
        dict.fromkeys(term for term in (*heading, *over, *around) if term not in have),
    )
    return "\n".join(f" {' '.join(line)} " for line in lines)


def belonging(key: str) -> str:
    """The term of all sections that belong to an entity or a repository, by its reference or key."""
    return BELONGS + hashlib.blake2b(key.lower().encode(), digest_size=6).hexdigest()


def words_in(section: Section) -> dict[str, str]:
    """The words that a misspelt one may have meant, as they are spelt, each with its term."""
    text = " ".join((section.heading, *section.titles, section.entity_title, section.text))
    return {
        word: term
        for token in tokens(text)
        for word, term in zip(token.words, token.stems, strict=True)
        if _SHORTEST_WORD <= len(word) <= _LONGEST_WORD and word.isalpha()
    }
