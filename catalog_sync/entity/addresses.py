"""Pure: where a reference inside a repository's file leads: to a file of it, to another repository, or nowhere.

Source: Backstage's integrations resolve references as browsers do, against the page of the file.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from catalog_sync.entity.model import RepositoryName, Source
from core.access import Visibility

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_IGNORED = re.compile(r"[\t\n\r]")
_FILE_PAGES = ("blob", "tree", "edit", "raw", "blame")


@dataclass(frozen=True, slots=True)
class Checkout:
    """A repository at a branch: what files are read from, and how an entity says that it came from there."""

    provider: str
    """The provider that reads: ``github`` or ``folder``."""
    repository: RepositoryName
    url: str
    """The repository's page: ``https://github.com/acme/shop``; a ``file:`` address for a folder."""
    branch: str | None
    """The branch that is read; None for a folder, which has none."""
    visibility: Visibility

    def page(self, path: str) -> str:
        """The page of one file."""
        return f"{self.url}/blob/{self.branch}/{path}" if self.branch else f"{self.url}/{path}"

    def source(self, path: str) -> Source:
        """Where entities of a file come from."""
        location = f"{self.repository}/{path}"
        return Source(self.provider, location, self.page(path), self.visibility, self.repository, path)


class Reach(StrEnum):
    """Where a reference leads."""

    HERE = "here"
    OTHER_REPOSITORY = "other-repository"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference leads to."""

    reach: Reach
    path: str = ""
    """The path in the repository, this one's or the other's."""
    key: str = ""
    """How the file is asked for: its path, or ``branch:path`` where it is on another branch."""
    repository: RepositoryName | None = None
    """The other repository."""


_NOWHERE = Target(Reach.NOWHERE)


def resolve(reference: str, path: str, checkout: Checkout) -> Target:
    """Follow a reference that a file of a repository makes.

    Args:
        reference: A path relative to the file, a path from the repository's root (``/x``), or an address.
        path: The file that makes it.
        checkout: The repository at the branch that is read.
    """
    text = _IGNORED.sub("", reference.strip("".join(map(chr, range(0x21))))).replace("\\", "/")
    if not text:
        return _NOWHERE
    if _SCHEME.match(text):
        return _of_address(text, checkout)
    trunk = [
        checkout.repository.owner,
        checkout.repository.name,
        "tree",
        *(checkout.branch or "HEAD").split("/"),
    ]
    base = trunk if text.startswith("/") else trunk + path.split("/")[:-1]
    parts = _joined(base, text)
    if parts is None:
        return _NOWHERE
    if parts[: len(trunk)] == trunk:
        return _here("/".join(parts[len(trunk) :]), checkout)
    return _of_page(_host(checkout), parts, checkout)


def file_key(path: str, checkout: Checkout) -> str:
    """How a file of the branch that is read is asked for; a path with a colon needs its branch said."""
    return f"{checkout.branch}:{path}" if ":" in path and checkout.branch else path


def _joined(base: list[str], reference: str) -> list[str] | None:
    """The parts of a path after dots are followed; None when a part could escape once it is decoded."""
    parts = list(base)
    for raw in reference.split("/"):
        part = unquote(raw, errors="replace")
        if "/" in part or _CONTROL.search(part):
            return None
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return parts


def _of_address(text: str, checkout: Checkout) -> Target:
    try:
        found = urlsplit(text)
        host = (found.hostname or "") + (f":{found.port}" if found.port else "")
    except ValueError:
        return _NOWHERE
    parts = _joined([], found.path + (f"?{found.query}" if found.query else "") + _fragment(found.fragment))
    if found.scheme not in ("http", "https") or not host or parts is None:
        return _NOWHERE
    if checkout.branch and host == _host(checkout) and found.scheme != urlsplit(checkout.url).scheme:
        return _NOWHERE
    return _of_page(host, parts, checkout)


def _fragment(text: str) -> str:
    return f"#{text}" if text else ""


def _of_page(host: str, parts: list[str], checkout: Checkout) -> Target:
    """What the page of a file leads to; GitLab has a dash before the word."""
    plain = [part for number, part in enumerate(parts) if not (number == 2 and part == "-")]
    if len(plain) < 5 or plain[2] not in _FILE_PAGES:
        return _NOWHERE
    owner, name, rest = plain[0], plain[1], plain[3:]
    same_name = (owner.lower(), name.lower()) == (
        checkout.repository.owner.lower(),
        checkout.repository.name.lower(),
    )
    if not same_name or (checkout.branch is not None and host != _host(checkout)):
        other = RepositoryName(host, owner, name)
        return Target(Reach.OTHER_REPOSITORY, "/".join(rest[1:]), repository=other)
    branch = (checkout.branch or rest[0]).split("/")
    if rest[: len(branch)] == branch:
        return _here("/".join(rest[len(branch) :]), checkout)
    path = "/".join(rest[1:])
    return Target(Reach.HERE, path, f"{rest[0]}:{path}")


def _here(path: str, checkout: Checkout) -> Target:
    return Target(Reach.HERE, path, file_key(path, checkout)) if path else _NOWHERE


def _host(checkout: Checkout) -> str:
    found = urlsplit(checkout.url)
    return (found.hostname or "") + (f":{found.port}" if found.port else "")
