"""Pure: the forms in which names are compared: words without case, accents, number, and what is between them."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

_FILLERS = frozenset(
    "the a an our my this service repo repository component team squad svc app application project library lib".split()
)
_SAME = {"db": "database", "databases": "database", "svc": "service", "k8s": "kubernetes"}
_SIMPLE = re.compile(r"[a-z0-9-]+\Z")
_SEPARATORS = re.compile(r"[\s\-_./:,()]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z](?!s\b)[a-z])")
"""Not before the end of a plural: APIs is one word."""
_AND = re.compile(r"\s*&\s*")
MARKS = "`\"'“”‘’?!.,;"


def words_in(text: str) -> list[str]:
    """The words of a name, without case and accents: ``PaymentsAPI_v2`` gives payments, api, v2."""
    if _SIMPLE.match(text):  # nearly all names are written like this
        return [word for word in text.split("-") if word]
    text = _AND.sub(" and ", text) if "&" in text else text
    words = _SEPARATORS.split(_CAMEL.sub(" ", text.strip().strip(MARKS)))
    return [_plain(word) for word in words if word]


def joined(text: str) -> str:
    """The one form in which two spellings of a name are equal: its words without anything between them."""
    return "".join(words_in(text))


def numberless(text: str) -> str:
    """The form in which names are equal that differ in number alone: ``payments apis`` and ``payments-api``."""
    return "".join(singular_words(words_in(text)))


def forms_of(text: str) -> tuple[str, str]:
    """A name as it is joined, and without number and the words that every name could have."""
    words = words_in(text)
    return "".join(words), "".join(singular_words(telling_words(words)))


def _plain(word: str) -> str:
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


def telling_words(words: Sequence[str]) -> Sequence[str]:
    """Words without those that every name could have; all of them when there are no others."""
    return [word for word in words if word not in _FILLERS] or words


def singular_words(words: Sequence[str]) -> Iterator[str]:
    """Words without number, each in its most usual form."""
    for word in words:
        same = _SAME.get(word)
        if same is not None:
            yield same
            continue
        is_plural = word[-1:] == "s" and len(word) > 3 and word[-2] != "s"
        yield word[:-1] if is_plural else word


def digits(name: str) -> str:
    """The digits in a name; where they differ, another thing is meant."""
    return "".join(filter(str.isdigit, name))
