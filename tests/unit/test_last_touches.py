"""Who touched files last, asked in few queries whatever is in the way."""

from collections.abc import Mapping
from typing import Any

import pytest

from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.commits import FILES, last_touches
from catalog_sync.github.transport import Smaller
from catalog_sync.notices.model import FileAt, Touch
from core.errors import GitHubUnavailable, NotFound


class Transport:
    """Answers for every repository but one."""

    def __init__(self, missing: str = "", error: Exception | None = None) -> None:
        self.asked: list[int] = []
        self._missing = missing
        self._error = error or NotFound("no such repository")

    def query(self, _document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        names = [variables[f"n{number}"] for number in range(len(variables) // 4)]
        self.asked.append(len(names))
        if self._missing in names:
            raise self._error
        return {f"f{number}": _answer(name) for number, name in enumerate(names)}


def _answer(name: str) -> dict[str, Any] | None:
    if name == "empty":
        return {"object": None}
    author = {"name": name.title(), "email": f"{name}@acme.test", "user": {"login": name}}
    if name == "machine":
        author["user"] = None
    node = {"oid": f"c-{name}", "messageHeadline": "Go on", "author": author}
    return {"object": {"history": {"nodes": [] if name == "untouched" else [node]}}}


def files(*names: str) -> list[FileAt]:
    return [FileAt(RepositoryName("github.test", "acme", name), "catalog-info.yaml") for name in names]


def test_each_file_has_its_commit_and_its_author() -> None:
    ana, machine, empty, untouched = files("ana", "machine", "empty", "untouched")

    found = last_touches(Transport(), [ana, machine, empty, untouched])  # type: ignore[arg-type]

    assert found == {
        ana: Touch("c-ana", "Ana", "ana@acme.test", "ana", "Go on"),
        machine: Touch("c-machine", "Machine", "machine@acme.test", "", "Go on"),
    }


def test_many_files_are_few_queries() -> None:
    transport = Transport()

    last_touches(transport, files(*(f"r{number}" for number in range(45))))  # type: ignore[arg-type]

    assert transport.asked == [FILES, FILES, 5]


def test_one_repository_that_is_gone_costs_only_its_own_answer() -> None:
    names = [f"r{number}" for number in range(FILES)]
    transport = Transport(missing="r7")

    found = last_touches(transport, files(*names))  # type: ignore[arg-type]

    assert sorted(file.repository.name for file in found) == sorted(set(names) - {"r7"})


def test_a_history_that_is_too_much_for_github_is_asked_for_later() -> None:
    transport = Transport(missing="r1", error=Smaller("too much"))

    with pytest.raises(GitHubUnavailable):
        last_touches(transport, files("r0", "r1"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "mail", "login", "is_machine"),
    [
        ("Ana", "ana@acme.test", "ana", False),
        ("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com", "", True),
        ("GitHub", "noreply@github.com", "web-flow", True),
        ("Talbot", "talbot@acme.test", "talbot", False),
    ],
)
def test_a_program_is_told_from_a_person(name: str, mail: str, login: str, is_machine: bool) -> None:
    assert Touch("c", name, mail, login).is_machine is is_machine
