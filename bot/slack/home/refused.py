"""Pure: files that the catalog cannot take, one entry for each file, at the line where it goes wrong."""

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from bot.slack.home.model import Need, NeedKind
from catalog_sync.memory.cards import KnownRepository
from catalog_sync.store import StoredRefusal

_PLACE = re.compile(r"(.*?)(?::(\d+):\d+)?\Z", re.DOTALL)


def refused_needs(
    refusals: Sequence[StoredRefusal], repositories: Mapping[str, KnownRepository]
) -> Iterator[Need]:
    """A need for each file, with its first fault and how many more it has.

    Args:
        refusals: In the order of files and lines.
        repositories: The catalog's, by key.
    """
    by_file: dict[tuple[str, str], list[tuple[StoredRefusal, int]]] = {}
    for row in refusals:
        found = _PLACE.fullmatch(row.place)
        path, line = (found.group(1), int(found.group(2) or 0)) if found else (row.place, 0)
        by_file.setdefault((row.repository, path), []).append((row, line))
    for (key, path), rows in by_file.items():
        row, line = rows[0]
        more = f" · and {len(rows) - 1} more" if len(rows) > 1 else ""
        title = f"{path}:{line}" if line else path
        yield Need(NeedKind.REFUSED, title, f"{_said(row)}{more}", _url(repositories.get(key), path, line))


def _said(row: StoredRefusal) -> str:
    expected = f" — expected {row.expected}" if row.expected else ""
    return f"{row.message.rstrip('.')}{expected}"


def _url(row: KnownRepository | None, path: str, line: int) -> str:
    """The line on the host; the repository where the path does not say which of its files it is."""
    if row is None:
        return ""
    prefix = f"{row.full_name}/"
    if not path.lower().startswith(prefix.lower()):
        return row.url
    branch = row.default_branch or "HEAD"
    return f"{row.url}/blob/{quote(branch)}/{quote(path[len(prefix) :])}" + (f"#L{line}" if line else "")
