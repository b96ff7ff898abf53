"""Pure: a text to the terms that it is found by: stems, and identifiers whole and in parts."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from catalog_sync.docs.stemming import stem

_STOP = frozenset(
    """a about after again ain all also am an and any are aren as at be because been before being but by can cannot could couldn d did didn do
    does doesn doing don done during each eg either else etc few for from further get gets getting give goes going got had hadn has hasn
    have haven having he her here hers him his how however i ie if in into is isn it its itself just let ll m may me might more
    most must my need needs no nor not now of off on once one only onto or other our ours out over own per please re s
    same shall she should shouldn so some somehow such t than that the their theirs them then there these they this those
    through to too upon us ve very via want wants was wasn we were weren what whats when where whether which while who whom whose
    why will with won would wouldn yet you your yours""".split()
)
"""Words that stand in every text and tell no page from another."""
_LONGEST = 40
"""What is longer is a hash, a key or a picture, and nobody asks for it."""
_MOST_PARTS = 6
_CHUNK = re.compile(r"(?:(?<![\w\-])--)?(?:(?<!\w)[A-Za-z](?:\+\+|#)(?![\w+#])|[^\W_]+(?:[._\-]+[^\W_]+)*)")
"""A language such as ``C++`` and ``c#``, a word, or an identifier such as ``PAYMENTS_DB_URL``, ``--dry-run`` or ``catalog-info.yaml``; a path is several."""
_OPTION, _OPTION_MARK = "--", "o_"
"""``--version`` is another thing than a version."""
_SIGNED = ("+", "#")
_BETWEEN = re.compile(r"[._\-]+")
_HUMP = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[^\W_A-Z0-9]+[0-9]*|[0-9]+[^\W_A-Z0-9]*|[^\W_]")
_SHORT_HUMP = 3
_NUMBERED = re.compile(r"([a-z]{3,})[0-9]{1,2}\Z")
"""``jinja2`` is found by ``jinja``."""
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+\Z")
_PLAIN_WORD = re.compile(r"[a-z][a-z0-9]*\Z|[A-Z][a-z0-9]*\Z|[0-9]+\Z")


@dataclass(frozen=True, slots=True)
class Token:
    """One word or identifier of a text.

    ``plain`` is a word in lower case, also one that tells nothing; empty for an identifier of several parts.
    ``wholes`` are the terms of such an identifier in one piece, without what is between its parts and without case,
    the most exact first. ``stems`` and ``words`` are the parts that tell texts apart, as terms and as they are spelt.
    """

    plain: str
    wholes: tuple[str, ...]
    stems: tuple[str, ...]
    words: tuple[str, ...]


_NOTHING = Token("", (), (), ())


@lru_cache(maxsize=100_000)
def _token(chunk: str) -> Token:
    name = chunk.removeprefix(_OPTION)
    if name.endswith(_SIGNED):
        signed = name.lower().replace("+", "p").replace("#", "sharp")
        return Token(signed, (), (signed,), (signed,))
    parts = [piece for part in _parts(name) for piece in _pieces(part)]
    numbered = _NUMBERED.match(parts[0]) if len(parts) == 1 else None
    whole = "".join(parts)
    is_identifier = (
        (len(parts) > 1 or numbered)
        and len(parts) <= _MOST_PARTS
        and 2 < len(whole) <= _LONGEST
        and not _UNSPACED.match(name)
    )
    wholes = (stem(whole),) if is_identifier else ()
    if chunk != name:
        wholes = (_OPTION_MARK + stem(whole), *wholes)
    return Token(
        whole if len(parts) == 1 else "", wholes, *_telling([numbered.group(1)] if numbered else parts)
    )


def _parts(chunk: str) -> list[str]:
    if _PLAIN_WORD.match(chunk):
        return [chunk.lower()]
    parts: list[str] = []
    for piece in _BETWEEN.split(chunk):
        humps = _HUMP.findall(piece)
        # OAuth2, iOS, gRPC and GitHub are words; HttpClient is two.
        is_one = any(len(hump) == 1 for hump in humps) or all(len(hump) <= _SHORT_HUMP for hump in humps)
        parts += [piece.lower()] if is_one else [hump.lower() for hump in humps]
    return parts


def _pieces(part: str) -> Sequence[str]:
    """A part itself; of a script without blanks each two neighbours."""
    if len(part) > 2 and _UNSPACED.match(part):
        return [part[start : start + 2] for start in range(len(part) - 1)]
    return [part]


def _telling(parts: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    words = tuple(
        word
        for word in parts
        if word not in _STOP
        and len(word) <= _LONGEST
        and (len(word) > 1 or not word.isascii() or word.isdigit())
    )
    return tuple(stem(word) for word in words), words


def tokens(text: str) -> Iterator[Token]:
    """The words and identifiers of a text, in its order."""
    plain = text
    if not text.isascii():
        plain = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))
    for found in _CHUNK.finditer(plain):
        yield _token(found.group())


def terms_of(text: str) -> list[str]:
    """The terms of a text, in its order: of an identifier the whole and the parts."""
    found: list[str] = []
    for token in tokens(text):
        found += (*token.wholes, *token.stems)
    return found


def joined_terms(text: str) -> list[str]:
    """The terms that two neighbours make together, so that ``Roll back`` is found by ``rollback``."""
    found: list[str] = []
    before = _NOTHING
    for token in tokens(text):
        joined = joined_term(before, token)
        found += [joined] if joined else []
        before = token
    return found


def joined_term(first: Token, second: Token) -> str:
    """The term of two words that are written as one; empty where that cannot be a word."""
    is_possible = first.plain and second.plain and (first.stems or second.stems)
    return stem(first.plain + second.plain) if is_possible else ""
