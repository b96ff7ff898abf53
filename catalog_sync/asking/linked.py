"""Pure: which addresses are worth saying something about where somebody pastes them, unasked."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from catalog_sync.answers import OwnerAnswer
from catalog_sync.asking.addresses import read_address

_BROWSED = ("blob", "tree")
"""Pages of a repository that show its files; issues, pull requests and the like are somebody else's to show."""
_ABOUT = ("entity", "repository", "path", "team")


def is_browsed(url: str) -> bool:
    """Whether an address is a repository's own page, a file or a folder in it, or an entity's page in a catalog."""
    if not url.lower().startswith(("http://", "https://")):
        return False
    address = read_address(url)
    if address is None:
        return False
    return address.about == "entity" or (address.about == "place" and _is_page(_parts(url)))


def is_about_it(answer: OwnerAnswer) -> bool:
    """Whether an answer is about what was linked, and says something of it: its owner, or a team's channel."""
    return answer.about in _ABOUT and bool(answer.owners) and not answer.corrected


def _is_page(parts: Sequence[str]) -> bool:
    return len(parts) == 2 or (len(parts) > 3 and parts[2] in _BROWSED)


def _parts(url: str) -> list[str]:
    return [part for part in urlsplit(url).path.split("/") if part]
