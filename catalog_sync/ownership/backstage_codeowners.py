"""Pure: CODEOWNERS as Backstage's community module reads it, for comparison; Callboard answers by GitHub's rules.

Source: the module catalog-backend-module-codeowners 0.6.1. It takes patterns as ``.gitignore`` does
(upper and lower case alike, ``[ab]`` is a class, ``docs/*`` covers nested folders), and only the
first owner of the last rule that matches the path of the catalog file.
"""

import re
from urllib.parse import unquote, urlsplit

_PAGES = ("blob", "tree", "raw", "edit")
_TEAM = re.compile(r"@.*/.*")
_USER = re.compile(r"@.*")
_MAIL = re.compile(r".*@.*\..*\Z")


def module_owner(text: str, url: str) -> str | None:
    """The owner that the module puts into an entity without one; None when it finds none.

    Args:
        text: The CODEOWNERS file.
        url: The page of the catalog file; the first part after ``blob`` is taken for the branch.

    Raises:
        ValueError: The page is not the page of a file.
    """
    path = _path_of(url)
    for pattern, owners in reversed(_rules(text)):
        if _covers(pattern, path):
            return normalized(owners[0]) if owners else None
    return None


def normalized(owner: str) -> str:
    """An owner as the module writes it into ``spec.owner``: the organisation, and what follows an at sign, is lost."""
    if _TEAM.match(owner):
        return owner.split("/")[1]
    if _USER.match(owner):
        return f"User:{owner[1:]}"
    return owner.split("@")[0] if _MAIL.match(owner) else owner


def _path_of(url: str) -> str:
    parts = [part for part in unquote(urlsplit(url).path).split("/") if part not in ("", ".")]
    # GitLab has a dash before the word.
    parts = [part for number, part in enumerate(parts) if not (number == 2 and part == "-")]
    if len(parts) < 5 or parts[2] not in _PAGES:
        raise ValueError("path must not be empty")
    return "/".join(parts[4:])


def _rules(text: str) -> list[tuple[str, list[str]]]:
    lines = (line.partition("#")[0].split() for line in text.split("\n"))
    return [(words[0], words[1:]) for words in lines if words]


def _covers(pattern: str, path: str) -> bool:
    """Whether ``.gitignore`` with this one pattern would ignore a path: the path itself, or a folder above it."""
    if pattern.startswith("!"):
        return False
    regex, only_folders = _regex(pattern)
    parts = path.split("/")
    folders = ("/".join(parts[:number]) for number in range(1, len(parts)))
    return any(regex.match(folder) for folder in folders) or (not only_folders and bool(regex.match(path)))


def _regex(pattern: str) -> tuple[re.Pattern[str], bool]:
    only_folders = pattern.endswith("/")
    body = pattern.rstrip("/") if only_folders else pattern
    is_anchored = "/" in body
    parts = body.lstrip("/").split("/")
    text = "" if is_anchored else "(?:.*/)?"
    for number, part in enumerate(parts):
        is_last = number == len(parts) - 1
        if part == "**" and (is_anchored or not is_last):
            text += ".+" if is_last else "(?:.*/)?"
        else:
            text += _segment(part) + ("" if is_last else "/")
    return re.compile(rf"{text}\Z", re.IGNORECASE | re.DOTALL), only_folders


def _segment(part: str) -> str:
    if part and not part.strip("*"):
        return "[^/]+"
    return re.sub(r"\\.|\[!?[^\]]+\]|\*+|\?|.", _piece, part, flags=re.DOTALL)


def _piece(found: "re.Match[str]") -> str:
    text = found[0]
    if len(text) > 1 and text[0] == "[":
        inside = text[1:-1].replace("\\", "\\\\").replace("[", "\\[")
        return f"[^/{inside[1:]}]" if inside[0] in "!^" else f"[{inside}]"
    if len(text) == 2 and text[0] == "\\":
        return re.escape(text[1])
    if text[0] == "*":
        return "[^/]*"
    return "[^/]" if text == "?" else re.escape(text)
