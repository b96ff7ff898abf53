"""Pure: a word without its endings (Porter's rules of 1980, and irregular forms), so that ``rotating`` and ``rotation`` find ``rotate``."""

import re
from functools import lru_cache

_SHORTEST = 3
_PLAIN = re.compile(r"[a-z]+\Z")
_STEP_2 = (
    "ational:ate tional:tion enci:ence anci:ance izer:ize abli:able bli:ble alli:al entli:ent eli:e ousli:ous "
    "ization:ize ation:ate ator:ate alism:al iveness:ive fulness:ful ousness:ous aliti:al iviti:ive biliti:ble logi:log"
)
_STEP_3 = "icate:ic ative: alize:al iciti:ic ical:ic ful: ness:"
_STEP_4 = "al ance ence er ic able ible ant ement ment ent ou ism ate iti ous ive ize"


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Endings with what takes their place, the longest first, because only one rule of a step is used."""
    pairs = [(ending, new) for ending, _colon, new in (item.partition(":") for item in text.split())]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


_IRREGULAR = {
    form: word
    for line in """
        begin:began,begun break:broke,broken build:built buy:bought catch:caught child:children choose:chose,chosen
        deal:dealt draw:drew,drawn drive:drove,driven forget:forgot,forgotten grow:grew,grown
        hide:hid,hidden hold:held index:indices keep:kept lead:led lose:lost matrix:matrices override:overrode,overridden
        pay:paid rebuild:rebuilt rerun:reran rewrite:rewrote,rewritten run:ran seek:sought sell:sold
        shake:shook,shaken speak:spoke,spoken spend:spent steal:stole,stolen stick:stuck teach:taught throw:threw,thrown
        understand:understood vertex:vertices wake:woke,woken withdraw:withdrew,withdrawn write:wrote,written
    """.split()
    for word, _colon, forms in (line.partition(":"),)
    for form in forms.split(",")
}
"""Forms that no ending tells, as they stand in docs; none that is more often another word (*left*, *found*, *bound*)."""

_TWO, _THREE, _FOUR = _pairs(_STEP_2), _pairs(_STEP_3), _pairs(f"{_STEP_4} ion")


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The part that the forms of an English word share; a word with other letters than a to z as it is.

    Args:
        word: In lower case.
    """
    if len(word) < _SHORTEST or not _PLAIN.match(word):
        return word
    word = _IRREGULAR.get(word, word)
    word = _without_past(_without_plural(word))
    if word.endswith("y") and len(word) > 2 and word[-2] not in "aeiou":
        # Porter's later rule: the first one parted deploy from deployment.
        word = f"{word[:-1]}i"
    word = _replaced(_replaced(word, _TWO, 0), _THREE, 0)
    return _tidied(_replaced(word, _FOUR, 1))


def _without_plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _without_past(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    for ending in ("ed", "ing"):
        rest = word.removesuffix(ending)
        if rest != word and _has_vowel(rest):
            return _completed(rest)
    return word


def _completed(word: str) -> str:
    """``hopp`` was ``hop``, ``fil`` was ``file``."""
    if word.endswith(("at", "bl", "iz")):
        return f"{word}e"
    if _is_double(word) and word[-1] not in "lsz":
        return word[:-1]
    return f"{word}e" if _measure(word) == 1 and _is_short(word) else word


def _replaced(word: str, rules: tuple[tuple[str, str], ...], more_than: int) -> str:
    for ending, new in rules:
        if word.endswith(ending):
            rest = word[: -len(ending)]
            if _measure(rest) > more_than and (ending != "ion" or rest.endswith(("s", "t"))):
                return rest + new
            return word
    return word


def _tidied(word: str) -> str:
    if word.endswith("e"):
        rest = word[:-1]
        if _measure(rest) > 1 or (_measure(rest) == 1 and not _is_short(rest)):
            word = rest
    return word[:-1] if word.endswith("ll") and _measure(word) > 1 else word


def _shape(word: str) -> str:
    """Each letter as a vowel (v) or a consonant (c); y is a vowel behind a consonant."""
    shape = ""
    for letter in word:
        is_vowel = letter in "aeiou" or (letter == "y" and shape.endswith("c"))
        shape += "v" if is_vowel else "c"
    return shape


def _measure(word: str) -> int:
    """How many times a consonant follows a vowel."""
    return len(re.findall("v+c", _shape(word)))


def _has_vowel(word: str) -> bool:
    return "v" in _shape(word)


def _is_double(word: str) -> bool:
    return len(word) > 1 and word[-1] == word[-2] and _shape(word)[-1] == "c"


def _is_short(word: str) -> bool:
    """Whether it ends as ``hop`` does; those words lost an e."""
    return _shape(word).endswith("cvc") and word[-1] not in "wxy"
