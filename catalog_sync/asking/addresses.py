"""Pure: what an address that somebody pasted is about: a repository, a path and its lines, a team, a person, a channel."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from catalog_sync.ownership.team import channel_in_link

About = Literal["place", "team", "person", "channel", "entity"]

_SSH = re.compile(
    r"(?:(?:git\+)?ssh://)?(?:[\w.-]+@|(?=github\.[\w.-]+:))([\w.-]+)(?::\d+/|[:/])/?([^\s/]+/[^\s]+)\Z",
    re.IGNORECASE,
)
_HTTP = re.compile(r"(?:git\+)?(?:https?|git|ssh)://", re.IGNORECASE)
_BARE_HOST = re.compile(r"(?:www\.)?(github\.[\w.-]+)/", re.IGNORECASE)
_LINES = re.compile(r"L(\d+)(?:C\d+)?(?:-L?(\d+)(?:C\d+)?)?\Z")
_ALIASES = {
    "www.github.com": "github.com",
    "raw.githubusercontent.com": "github.com",
    "api.github.com": "github.com",
    "codeload.github.com": "github.com",
    "ssh.github.com": "github.com",
    "github.dev": "github.com",
    "uploads.github.com": "github.com",
}
AT_BRANCH = ("blob", "tree", "raw", "edit", "blame", "commits", "delete", "new", "upload", "find")
"""Pages of a repository whose address goes on with a branch and a path."""
_NO_OWNERS = frozenset(
    "orgs users settings marketplace explore topics search login about features notifications apps".split()
)
_BRANCH_WORDS = frozenset(
    "feature feat fix bugfix hotfix release releases user users dependabot renovate chore task topic docs".split()
)
_SHA = re.compile(r"[0-9a-f]{7,64}\Z")
_BACKSTAGE = re.compile(r"/(?:catalog|docs)/([^/]+)/([A-Za-z]+)/([^/]+)(?:/.*)?\Z")


@dataclass(frozen=True, slots=True)
class Address:
    """What an address is about."""

    about: About
    host: str = ""
    owner: str = ""
    """The repository's owner, or the team's organisation."""
    name: str = ""
    """The repository, the team's slug, the person's login, the channel, or an entity's reference."""
    path: str = ""
    """The path in the repository, where it is plain."""
    after_branch: tuple[str, ...] = ()
    """The branch and then the path: a branch may have slashes in its name."""
    lines: str = ""
    """``L10-L20``."""


def read_address(text: str, hosts: Collection[str] = ()) -> Address | None:
    """What an address is about; None for what is no address, or about nothing that could be owned.

    Args:
        text: What was pasted.
        hosts: The hosts that repositories are known of, for addresses without ``https://``.
    """
    if " " in text:
        return None
    ssh = _SSH.match(text)
    if ssh and not text.lower().startswith("http"):
        owner, _slash, name = ssh.group(2).partition("/")
        return Address("place", _host(ssh.group(1)), owner, _without_git(name.strip("/")))
    if not _HTTP.match(text):
        first = text.partition("/")[0].lower()
        if not _BARE_HOST.match(text) and not ("/" in text and "." in first and first in hosts):
            return None
        text = f"https://{text}"
    return _of_page(text)


def path_of(address: Address, default_branch: str, root: Collection[str]) -> str:
    """The path that an address is about, when the repository is known.

    Args:
        address: An address about a place.
        default_branch: The repository's default branch.
        root: What lies at its root.
    """
    parts = address.after_branch
    if not parts:
        return address.path
    branch = default_branch.split("/")
    if default_branch and list(parts[: len(branch)]) == branch:
        return "/".join(parts[len(branch) :])
    if not _SHA.match(parts[0]):
        for length in range(1, len(parts)):
            if parts[length] in root:
                return "/".join(parts[length:])
        if parts[0].lower() in _BRANCH_WORDS and len(parts) > 1:
            return "/".join(parts[2:])
    return "/".join(parts[1:])


def lines_of(fragment: str) -> str:
    """The lines that the end of an address names: ``L10-L20``; empty where there are none."""
    found = _LINES.match(fragment)
    if not found:
        return ""
    first, last = found.groups()
    return f"L{first}-L{last}" if last and last != first else f"L{first}"


def _of_page(text: str) -> Address | None:
    try:
        page = urlsplit(_HTTP.sub("https://", text))
        host = _host(page.netloc.rpartition("@")[2])
    except ValueError:
        return None
    channel = channel_in_link(page.geturl()) or _channel_of_client(host, page.path)
    if channel:
        return Address("channel", name=channel)
    backstage = _BACKSTAGE.match(page.path)
    if backstage and not host.startswith("github."):
        namespace, kind, name = map(unquote, backstage.groups())
        return Address("entity", name=f"{kind}:{namespace}/{name}".lower())
    parts = [unquote(part) for part in page.path.split("/") if part]
    if any(part == ".." or "/" in part for part in parts):
        return None
    if page.netloc.lower() == "raw.githubusercontent.com":
        parts[2:2] = ["raw"]
    if host == "vscode.dev" and parts[:1] == ["github"]:
        host, parts = "github.com", parts[1:]
    if parts[:2] == ["api", "v3"]:
        parts = parts[2:]
    if parts[:1] in (["repos"], ["raw"]):
        parts = parts[1:]
    return _of_parts(host, parts, lines_of(page.fragment))


def _of_parts(host: str, parts: Sequence[str], lines: str) -> Address | None:
    if parts[:1] in (["orgs"], ["organizations"]) and len(parts) >= 4:
        about = {"teams": "team", "people": "person"}.get(parts[2])
        if about == "team":
            return Address("team", host, parts[1], parts[3])
        return Address("person", host, name=parts[3]) if about else None
    if len(parts) == 1 and parts[0].lower() not in _NO_OWNERS:
        return Address("person", host, name=parts[0].removeprefix("@"))
    if parts[:1] == ["users"] and len(parts) == 2:
        return Address("person", host, name=parts[1])
    if len(parts) < 2 or parts[0].lower() in _NO_OWNERS:
        return None
    owner, name, rest = parts[0], _without_git(parts[1]), list(parts[2:])
    if rest[:1] == ["-"]:
        rest = rest[1:]
    if rest[:1] == ["contents"]:
        return Address("place", host, owner, name, "/".join(rest[1:]), lines=lines)
    if len(rest) > 1 and rest[0] in AT_BRANCH:
        return Address("place", host, owner, name, after_branch=_plain_branch(rest[1:]), lines=lines)
    return Address("place", host, owner, name)


def _plain_branch(parts: Sequence[str]) -> tuple[str, ...]:
    """Branch and path without what git puts before a branch's name."""
    is_full = len(parts) > 2 and parts[0] == "refs" and parts[1] in ("heads", "tags", "remotes")
    return tuple(parts[2:] if is_full else parts)


def _channel_of_client(host: str, path: str) -> str | None:
    found = re.match(r"/client/[A-Z0-9]+/([CG][A-Z0-9]{5,})", path)
    return found.group(1) if host == "app.slack.com" and found else None


def _host(netloc: str) -> str:
    host = netloc.lower().removesuffix(":443").removesuffix(":22")
    return _ALIASES.get(host, host.removeprefix("raw.") if host.startswith("raw.") else host)


def _without_git(name: str) -> str:
    return name.removesuffix(".git")
