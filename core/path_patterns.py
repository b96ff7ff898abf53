"""Pure: which paths and patterns can name files of a repository, and what is wrong with those that cannot."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pydantic_core import PydanticCustomError

MAX_LENGTH = 500
MAX_DOUBLE_STARS = 4
MAX_ALTERNATIVES = 100
"""Beyond these limits a pattern could take for ever to compare (catalog_sync/entity/globs.py)."""
PATH = (
    "the path of a file from the repository's root, such as catalog-info.yaml or services/*/catalog-info.yaml"
)
_NAME = "the name of a repository or a pattern for names, such as payments-* or !sandbox-*"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CLASS = re.compile(r"\[[!^]?([^\]/]+)\]")
_RANGE = re.compile(r"(.)-(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Impossible:
    """What is wrong with a path, and how to mend it."""

    message: str
    hint: str = ""


def descriptor_path(value: str) -> str:
    """A path or pattern as it was written.

    Raises:
        PydanticCustomError: No file of any repository could ever fit it.
    """
    problem = next(_problems(value), None)
    if problem:
        raise unfit(problem.message, PATH, problem.hint)
    return value


def name_pattern(value: str) -> str:
    """A pattern for the names of repositories as it was written.

    Raises:
        PydanticCustomError: No repository's name could ever fit it.
    """
    pattern = value.removeprefix("!")
    if not pattern.strip():
        raise unfit("this names no repository", _NAME, "leave it out, or write *")
    if "/" in pattern:
        sign = "!" if value.startswith("!") else ""
        raise unfit(
            "the name of a repository has no / in it",
            _NAME,
            f"leave the organisation out: {sign}{pattern.rpartition('/')[2]}",
        )
    return value


def unfit(message: str, expected: str, hint: str = "") -> PydanticCustomError:
    """What a setting's check raises: what is wrong, what was expected, and how to mend it."""
    return PydanticCustomError(
        "callboard", "{message}", {"message": message, "expected": expected, "hint": hint}
    )


def _problems(value: str) -> Iterator[Impossible]:
    for look in _LOOKS:
        problem = look(value)
        if problem:
            yield problem


def _emptiness(value: str) -> Impossible | None:
    if not value.strip():
        return Impossible("this names no file", "leave it out, or name a file")
    if _CONTROL.search(value):
        return Impossible("there is a line break, a tab or a control character in this path", "take it out")
    return None


def _sign(value: str) -> Impossible | None:
    if value.startswith("!"):
        return Impossible("a path cannot be left out with !", "name only the paths that are read")
    if "\\" in value:
        return Impossible(
            "folders are separated by /, not by \\", f"write {value.replace(chr(92), '/').lstrip('/')}"
        )
    return None


def _parts(value: str) -> Impossible | None:
    parts = value.split("/")
    plain = "/".join(part for part in parts if part not in ("", ".", ".."))
    if ".." in parts:
        return Impossible(
            "this leads out of the repository", "name the file from the repository's root, without .."
        )
    if value.startswith("/"):
        return Impossible(
            "this begins with /, as if it were a path of a machine", f"write {plain or 'a file'}"
        )
    if value.endswith("/"):
        return Impossible("this names a folder, not a file", f"add the file: {plain}/catalog-info.yaml")
    if "" in parts or "." in parts:
        return Impossible("there is a folder without a name in this path", f"write {plain or 'a file'}")
    return None


def _brackets(value: str) -> Impossible | None:
    if "[" in _CLASS.sub("", value):
        return Impossible("a [ is not closed", "close it with ] in the same name: [ab]")
    for found in _CLASS.finditer(value):
        backwards = next((pair for pair in _RANGE.findall(found[1]) if pair[0] > pair[1]), None)
        if backwards:
            return Impossible(
                f"{backwards[0]}-{backwards[1]} runs backwards", f"write {backwards[1]}-{backwards[0]}"
            )
    if _open_braces(_CLASS.sub("", value)):
        return Impossible("a { is not closed", "close it with }: {a,b}")
    return None


def _open_braces(value: str) -> int:
    """How many braces are open at the end."""
    depth = 0
    for sign in value:
        depth = depth + 1 if sign == "{" else max(0, depth - 1) if sign == "}" else depth
    return depth


def _size(value: str) -> Impossible | None:
    if len(value) > MAX_LENGTH:
        return Impossible(f"this is longer than {MAX_LENGTH} characters", "write several shorter ones")
    if value.count("**") > MAX_DOUBLE_STARS:
        return Impossible(f"there are more than {MAX_DOUBLE_STARS} ** in this pattern", "one ** is enough")
    alternatives = 1
    for group in re.findall(r"\{([^{}]*)\}", value):
        alternatives *= group.count(",") + 1
    if alternatives > MAX_ALTERNATIVES:
        return Impossible(
            f"the braces stand for more than {MAX_ALTERNATIVES} patterns", "write several patterns, or use *"
        )
    return None


_LOOKS: tuple[Callable[[str], Impossible | None], ...] = (_emptiness, _sign, _parts, _brackets, _size)
