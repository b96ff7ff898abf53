"""Pure: the names of things as they stand word for word in a sentence."""

import re
from collections.abc import Iterable, Iterator


class PhraseIndex:
    """Names as they stand in a sentence: ``(name, key)`` pairs."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._keys: dict[str, dict[str, None]] = {}
        for name, key in names:
            phrase = spelt(name)
            if len(phrase) > 3:
                self._keys.setdefault(phrase, {})[key] = None
        self._longest = max((phrase.count(" ") + 1 for phrase in self._keys), default=0)

    def within(self, text: str) -> Iterator[tuple[str, str]]:
        """Every name that a text has word for word, as it is spelt there, with its key."""
        words = spelt(text).split()
        for start in range(len(words)):
            for end in range(start + 1, min(start + self._longest, len(words)) + 1):
                phrase = " ".join(words[start:end])
                yield from ((phrase, key) for key in self._keys.get(phrase, ()))


def spelt(text: str) -> str:
    """The words of a text with single blanks between them, in lower case."""
    return " ".join(re.findall(r"[^\W_]+", text.lower()))
