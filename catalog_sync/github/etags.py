"""What REST answered before, by its ETag: asked for again, an unchanged answer costs nothing of the hour's limit."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MOST = 500
_LONGEST = 64_000
"""Characters of an answer; what is longer is asked for anew each time."""


@dataclass(frozen=True, slots=True)
class Known:
    """An earlier answer."""

    etag: str
    headers: Mapping[str, str]
    answer: Any


class Etags:
    """The latest answers of one token, in the memory of one process: few things are asked for over REST, those often."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Known] = OrderedDict()

    def known(self, url: str) -> Known | None:
        """What an address answered last."""
        with self._lock:
            found = self._known.get(url)
            if found:
                self._known.move_to_end(url)
            return found

    def keep(self, url: str, headers: Mapping[str, str], text: str, answer: Any) -> None:
        """Remember an answer, where it has an ETag.

        Args:
            url: What was asked for.
            headers: The answer's, by their names in lower case.
            text: The answer as it came.
            answer: The same, read; whoever gets it does not change it.
        """
        etag = headers.get("etag", "")
        with self._lock:
            self._known.pop(url, None)
            if etag and len(text) <= _LONGEST:
                self._known[url] = Known(etag, headers, answer)
                if len(self._known) > _MOST:
                    self._known.popitem(last=False)
