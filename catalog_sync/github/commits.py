"""Who touched a file last, for many files of many repositories in few queries."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from catalog_sync.github.transport import Smaller, Transport
from catalog_sync.notices.model import FileAt, Touch
from core.errors import GitHubUnavailable, NotAllowed, NotFound

FILES = 20
"""So many files in one query; each is one commit of one history."""


def document_of(count: int) -> str:
    """The query for so many files; the variables ``o0 n0 e0 p0`` and so on name them."""
    variables = ", ".join(
        f"$o{number}: String!, $n{number}: String!, $e{number}: String!, $p{number}: String!"
        for number in range(count)
    )
    files = "\n".join(
        f"  f{number}: repository(owner: $o{number}, name: $n{number})"
        f" {{ object(expression: $e{number}) {{ ... on Commit"
        f" {{ history(first: 1, path: $p{number}) {{ nodes {{ ...Last }} }} }} }} }}"
        for number in range(count)
    )
    return (
        f"query LastTouches({variables}) {{\n{files}\n  rateLimit {{ cost limit remaining resetAt }}\n}}\n"
        "fragment Last on Commit { oid messageHeadline author { name email user { login } } }\n"
    )


def last_touches(transport: Transport, files: Sequence[FileAt]) -> dict[FileAt, Touch]:
    """The last commit of each file, as far as GitHub shows it.

    Args:
        transport: The host of all these files.
        files: What is asked for; ``FILES`` a request.

    Raises:
        GitHubUnavailable: GitHub did not answer.
    """
    found: dict[FileAt, Touch] = {}
    for start in range(0, len(files), FILES):
        found |= _some(transport, files[start : start + FILES])
    return found


def _some(transport: Transport, files: Sequence[FileAt]) -> dict[FileAt, Touch]:
    """One query; where one of its files is in the way, two of half the size."""
    try:
        data = transport.query(document_of(len(files)), _variables(files))
    except (NotFound, NotAllowed, Smaller) as error:
        if len(files) == 1:
            if isinstance(error, Smaller):
                raise GitHubUnavailable(f"GitHub gave up on the history of one file: {error}") from error
            return {}
        half = len(files) // 2
        return _some(transport, files[:half]) | _some(transport, files[half:])
    return dict(_touches(files, data))


def _variables(files: Sequence[FileAt]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, file in enumerate(files):
        found |= {
            f"o{number}": file.repository.owner,
            f"n{number}": file.repository.name,
            f"e{number}": file.commit or "HEAD",
            f"p{number}": file.path,
        }
    return found


def _touches(files: Sequence[FileAt], data: Mapping[str, Any]) -> Iterator[tuple[FileAt, Touch]]:
    for number, file in enumerate(files):
        commit = (data.get(f"f{number}") or {}).get("object") or {}
        for node in (commit.get("history") or {}).get("nodes") or ():
            author = node.get("author") or {}
            user = author.get("user") or {}
            yield (
                file,
                Touch(
                    commit=node["oid"],
                    name=author.get("name") or "",
                    mail=author.get("email") or "",
                    login=user.get("login") or "",
                    subject=node.get("messageHeadline") or "",
                ),
            )
