"""What becomes of a broken file's notice, over real syncs: equal faults are told apart, and a file that is gone is called gone."""

from pathlib import Path

import pytest

from bot.slack.catalog.views import notice_message
from catalog_sync.notices.compare import broken_content, news_of, settled
from catalog_sync.notices.first import note_first
from catalog_sync.notices.model import Kind, Notice, NoticeMessage, Present, State
from catalog_sync.notices.store import NoticeStore
from catalog_sync.providers.folder import FolderProvider
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.records import Provider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.clock import FixedClock
from core.database import Database
from tests.fakes.github import FakeGitHub

GOOD = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {{name: {name}}}
spec: {{type: service, lifecycle: production, owner: payments}}
"""
BAD = GOOD.replace("type: service, ", "")


class World:
    """A source that was synced once with nothing wrong."""

    def __init__(self, database: Database, clock: FixedClock, provider: Provider) -> None:
        self.sync = Sync(CatalogStore(database), clock)
        self.store = NoticeStore(database, "github-teams")
        self.provider, self.clock = provider, clock
        self.look()
        note_first(self.store, clock, provider.source)

    def look(self) -> tuple[Present, list[Notice]]:
        self.sync.run(self.provider)
        known = self.store.known(self.provider.source)
        return self.store.present(self.provider.source, known), known

    def tell(self) -> list[dict[str, object]]:
        """Tell of what is new, a notice for each file; every fault that was told."""
        present, known = self.look()
        for number, flaws in enumerate(news_of(present, known).broken):
            repository, content = flaws[0].place.repository, broken_content(flaws, "c1", "Ana", "")
            notice = Notice(
                f"n{number}{self.clock.now()}", Kind.BROKEN, self.provider.source, repository, "user:ana",
                "m", State.OPEN, True, content, self.clock.now(),
            )  # fmt: skip
            self.store.write([notice])
        return [
            flaw
            for notice in self.store.known(self.provider.source)
            for flaw in notice.content.get("flaws", [])
        ]

    def settle(self) -> list[Notice]:
        present, known = self.look()
        return list(settled(present, known, self.clock.now()))


@pytest.fixture
def github() -> FakeGitHub:
    return FakeGitHub()


@pytest.fixture
def world(database: Database, clock: FixedClock, github: FakeGitHub) -> World:
    return World(database, clock, GitHubProvider(github, "acme", ("catalog-info.yaml", "apps/*/info.yaml")))


def both(first: str, second: str, above: str = "") -> dict[str, str]:
    return {"catalog-info.yaml": f"{above}{first.format(name='one')}---\n{second.format(name='two')}"}


@pytest.mark.parametrize("above", ["", "# a comment\n" * 9])
@pytest.mark.parametrize(
    ("first", "second", "is_mended"), [(GOOD, BAD, [True, False]), (BAD, GOOD, [False, True])]
)
def test_of_two_equal_faults_the_one_that_was_mended_is_struck(
    world: World, github: FakeGitHub, first: str, second: str, is_mended: list[bool], above: str
) -> None:
    github.put("shop", both(BAD, BAD))
    told = world.tell()
    github.put("shop", both(first, second, above))

    (after,) = world.settle()

    assert [(flaw["message"], flaw["line"]) for flaw in told] == [
        ("spec.type is missing", 4),
        ("spec.type is missing", 9),
    ]
    assert [flaw["is_mended"] for flaw in after.content["flaws"]] == is_mended


def test_equal_faults_stay_told_when_lines_above_them_move(world: World, github: FakeGitHub) -> None:
    github.put("shop", both(BAD, BAD))
    world.tell()
    github.put("shop", both(BAD, BAD, "# one\n# two\n"))

    assert world.settle() == []
    assert len(world.tell()) == 2


@pytest.mark.parametrize("path", ["catalog-info.yaml", "apps/till/info.yaml"])
@pytest.mark.parametrize(
    ("after", "state"),
    [(None, State.GONE), (GOOD, State.MENDED), ("# nothing yet\n", State.MENDED)],
)
def test_a_broken_file_that_is_deleted_is_gone_and_nobody_is_thanked(
    world: World, github: FakeGitHub, path: str, after: str | None, state: State
) -> None:
    github.put("shop", {path: BAD.format(name="shop")})
    world.tell()
    github.put("shop", {} if after is None else {path: after.format(name="shop")})

    (notice,) = world.settle()

    assert notice.state is state
    text = shown(notice)
    assert ("Thank you" in text, "is not there any more" in text) == (
        state is State.MENDED,
        state is State.GONE,
    )


def test_a_broken_file_is_gone_with_its_repository(world: World, github: FakeGitHub) -> None:
    github.put("shop", {"catalog-info.yaml": BAD.format(name="shop")})
    world.tell()
    github.remove("shop")

    assert [notice.state for notice in world.settle()] == [State.GONE]


def test_a_broken_file_of_a_folder_is_gone(database: Database, clock: FixedClock, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    world = World(database, clock, FolderProvider(tmp_path, "acme"))
    (tmp_path / "shop" / "catalog-info.yaml").write_text(BAD.format(name="shop"))
    world.tell()
    (tmp_path / "shop" / "catalog-info.yaml").unlink()

    assert [notice.state for notice in world.settle()] == [State.GONE]


def test_what_was_mended_is_thanked_beside_what_is_gone(world: World, github: FakeGitHub) -> None:
    github.put("shop", {"catalog-info.yaml": BAD.format(name="shop")})
    github.put("till", {"catalog-info.yaml": BAD.format(name="till")})
    world.tell()
    github.put("shop", {"catalog-info.yaml": GOOD.format(name="shop")})
    github.put("till", {})

    text = shown(*world.settle())

    assert "shop/catalog-info.yaml> is all right now. Thank you." in text
    assert "till/catalog-info.yaml> is not there any more" in text


def shown(*notices: Notice) -> str:
    message = notice_message(NoticeMessage("m", notices[0].kind, "user:ana", notices))
    return "\n".join(block["text"]["text"] for block in message.blocks)
