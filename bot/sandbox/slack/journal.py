"""Everything that went in and out, oldest first; of a run of days only the newest part."""

from bot.sandbox.slack.records import Json

MOST_ENTRIES = 10_000
"""So many entries are kept at least, and a tenth more at most."""


class Journal(list[Json]):
    """A list of entries that forgets the oldest when there are too many."""

    def append(self, entry: Json) -> None:
        """Write one entry down."""
        super().append(entry)
        # Not one by one: to move all others takes time.
        if len(self) > MOST_ENTRIES + MOST_ENTRIES // 10:
            del self[:-MOST_ENTRIES]
