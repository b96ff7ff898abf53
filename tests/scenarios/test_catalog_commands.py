"""The commands over the catalog: what they say of a sync and of its docs, and whole entities."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.catalog import Catalog
from bot.programs import program_routes
from catalog_sync.entity.descriptor import OWNER_IS_LOOKED_FOR
from core.settings import Settings
from tests.scenarios.test_command_line import COMPONENT, CommandLine, _synced, callboard, repository, stocked

__all__ = ["_synced", "callboard", "stocked"]

TOKEN = "a-token-of-some-length"


@pytest.fixture
def catalog(stocked: CommandLine) -> Iterator[Catalog]:
    """The catalog that the commands read, with the interface for programs."""
    settings = Settings(
        database_url=f"sqlite:///{stocked.folder}/.callboard/callboard.db",  # type: ignore[arg-type]
        web={"api_tokens": {"reader": TOKEN}},  # type: ignore[arg-type]
    )
    opened = Catalog(settings)
    yield opened
    opened.database.close()


def over_http(catalog: Catalog, path: str) -> Any:
    app = Starlette(routes=program_routes(catalog, lambda *_: False))

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://callboard") as client:
            return await client.get(path, headers={"Authorization": f"Bearer {TOKEN}"})

    answer = asyncio.run(ask())
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_entities_are_the_documents_that_programs_get(stocked: CommandLine, catalog: Catalog) -> None:
    """With relations, ids, the default namespace, and where each was read; the same as over HTTP."""
    listed = stocked("entities", "--json").json

    assert listed == over_http(catalog, "/api/catalog/entities")
    assert all("relations" in item for item in listed)
    first = listed[0]["metadata"]
    assert first["namespace"] == "default"
    assert {"uid", "etag"} <= first.keys()
    assert "backstage.io/managed-by-origin-location" in first["annotations"]


@pytest.mark.parametrize("words", [("",), ("  ",), ("?!",), ("/",), ("", "..")])
def test_a_question_that_names_nothing_is_wrong_use(stocked: CommandLine, words: tuple[str, ...]) -> None:
    ended = stocked("who", *words, "--json")

    assert (ended.code, ended.out) == (2, "")
    assert "callboard who payments-api" in " ".join(ended.err.split())


@pytest.mark.parametrize("name", ["支払い", "ö", "7", "🚀"])
def test_any_name_can_be_asked_for(stocked: CommandLine, name: str) -> None:
    assert stocked("who", name).code in (0, 1)


def test_a_host_that_is_not_there_is_named_once_with_what_to_look_at(callboard: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closing_soon:
        port = closing_soon.getsockname()[1]
    (callboard.folder / "callboard.yaml").write_text(
        f"github: {{organizations: [acme], token: a-token, api_url: 'http://127.0.0.1:{port}'}}\n"
    )

    ended = callboard("sync", "--json")

    assert (ended.code, ended.out) == (3, "")
    assert ended.err.count("did not answer") == 1
    assert f"GitHub at 127.0.0.1:{port} did not answer: connection refused; check github.api_url" in ended.err


def test_a_sync_says_what_became_of_the_docs_and_shows_how_far_they_are(callboard: CommandLine) -> None:
    for name in ("shop", "till"):
        repository(callboard.folder / "in", name, COMPONENT.format(name=name))
        (callboard.folder / "in" / name / "README.md").write_text(f"# {name}\n\nHow to run it.\n")

    first = callboard("sync", "--from", "in")
    again = callboard("sync", "--from", "in", "--json")

    assert first.out.index("2 added") < first.out.index("docs: 2 repositories read, 2 sections, 0 not read")
    assert [line for line in first.err.splitlines() if line.startswith("docs: ")] == [
        "docs: 0 of 2 repositories",
        "docs: 1 of 2 repositories",
        "docs: 2 of 2 repositories",
    ]
    assert again.json["docs"] | {"took_s": 0} == {"read": 0, "sections": 0, "failed": [], "took_s": 0}
    assert "docs: " not in again.err


def test_two_equal_faults_of_one_file_are_two(callboard: CommandLine) -> None:
    bad = COMPONENT.format(name="one").replace("  type: service\n", "")
    (callboard.folder / "catalog-info.yaml").write_text(f"{bad}---\n{bad}")

    found = callboard("lint", "catalog-info.yaml", "--json").json

    assert [(fault["line"], fault["message"]) for fault in found] == [
        (5, "spec.type is missing"),
        (13, "spec.type is missing"),
    ]


def test_a_refusal_keeps_its_hint_apart(callboard: CommandLine) -> None:
    repository(
        callboard.folder / "in", "bad", COMPONENT.format(name="bad").replace("  owner: payments\n", "")
    )

    (refused,) = callboard("sync", "--from", "in", "--json").json["refused"]

    assert (refused["message"], refused["hint"]) == ("spec.owner is missing", OWNER_IS_LOOKED_FOR)
    assert OWNER_IS_LOOKED_FOR in callboard("sync", "--from", "in").out


def test_a_file_that_is_no_text_is_told_at_its_byte(callboard: CommandLine) -> None:
    (callboard.folder / "catalog-info.yaml").write_bytes(COMPONENT.format(name="größe").encode("latin-1"))

    ended = callboard("lint", "catalog-info.yaml")

    assert ended.code == 1
    assert "catalog-info.yaml:4:11: this is not UTF-8 text" in ended.out
    assert "found the byte 0xF6; save the file as UTF-8" in ended.out
