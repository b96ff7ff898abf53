"""What is gathered for somebody's Home: theirs, as far as they may see it; and from memory when the database is away."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest

from bot.slack.home.gather import Gathering, WrongDocs
from bot.slack.home.model import AdminCard, NeedKind, Visitor
from catalog_sync.ask import Ask
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from catalog_sync.syncing.settle import Hold
from core.access import Asker, SlackUser, Standing, Visibility
from core.clock import FixedClock
from core.database import Database
from core.errors import DatabaseUnavailable
from core.settings import TeamSettings
from scorecards.model import EntityScore, Level
from tests.conftest import NOW
from tests.fakes.github import FakeGitHub
from tests.usecases.test_ask import component

PAYMENTS = "group:default/payments"
ANA = Asker(Standing.MEMBER, SlackUser("T1", "U1"), "user:default/ana", frozenset({PAYMENTS}))
HOLD = Hold("github:github.test/acme", "d1", ("k",) * 2, ("component:default/x",), 9, NOW, None)


class Scores:
    """Judged one component; can be away."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def stored(
        self, visible: frozenset[Visibility], owners: Collection[str] | None = None
    ) -> Sequence[EntityScore]:
        if self.error:
            raise self.error
        score = EntityScore("component:default/ledger", "ledger", PAYMENTS, Level.SILVER, ())
        return [score] if Visibility.PRIVATE in visible and PAYMENTS in (owners or ()) else []


class Stage:
    """A catalog, and a Home over it."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.github, self.scores = FakeGitHub(), Scores()
        self.github.put("ledger", {"catalog-info.yaml": component("ledger"), "CODEOWNERS": "* @acme/web\n"})
        self.github.put("shop", {"catalog-info.yaml": component("shop")}, visibility=Visibility.PUBLIC)
        self.github.put(
            "broken",
            {"catalog-info.yaml": "kind: Component\nmetadata: [", "CODEOWNERS": "* @acme/payments\n"},
        )
        self.github.put("site", {"catalog-info.yaml": "kind: [", "CODEOWNERS": "* @acme/web\n"})
        self.github.team("payments", members=["ana"], maintainers=["ben"])
        self.github.team("web", members=["eva"])
        store = CatalogStore(database)
        Sync(store, clock).run(GitHubProvider(self.github, "acme"))
        self.ask = Ask(store, clock, TeamSettings(channels={"payments": "#payments-help"}))
        self.wrong: list[WrongDocs] = []
        self.gathering = Gathering(
            self.ask.estate,
            store,
            self.scores,
            runs=lambda _user, _since: (),
            holds=lambda: [HOLD],
            wrong_docs=lambda _asker: self.wrong,
            admin=lambda card: replace(card, unmatched=("Odd",)),
            clock=clock,
        )


@pytest.fixture
def stage(sqlite_database: Database, clock: FixedClock) -> Stage:
    return Stage(sqlite_database, clock)


def test_a_member_has_their_team_with_all_that_it_owns_and_its_levels(stage: Stage) -> None:
    content = stage.gathering.content(ANA)

    [team] = content.teams
    assert (content.visitor, team.title, team.channel) == (Visitor.AT_HOME, "Payments", "#payments-help")
    assert [(thing.title, thing.kind, thing.level) for thing in team.owned] == [
        ("ledger", "component", Level.SILVER),
        ("shop", "component", None),
        ("broken", "repository", None),
    ]
    assert team.levels == {Level.SILVER: 1}
    assert team.leads == ("Ben",)


def test_what_needs_them_is_theirs_alone_and_the_most_pressing_first(stage: Stage) -> None:
    stage.wrong = [WrongDocs("Keys › Rotate", "https://x.example", 2)]

    needs = stage.gathering.content(ANA).needs

    assert [need.kind for need in needs] == [NeedKind.REFUSED, NeedKind.DISAGREEMENT, NeedKind.DOCS]
    assert needs[0].title.startswith("acme/broken/catalog-info.yaml:")
    assert needs[0].url.startswith("https://github.test/acme/broken/blob/main/catalog-info.yaml#L")
    assert needs[1].value == "component:default/ledger"
    assert needs[2].detail == "2 readers called it wrong or stale"


def test_holds_and_the_state_of_things_are_for_administrators(stage: Stage) -> None:
    plain, admin = stage.gathering.content(ANA), stage.gathering.content(replace(ANA, is_admin=True))

    assert plain.admin is None
    assert NeedKind.HELD not in [need.kind for need in plain.needs]
    assert admin.needs[0].value == "d1 github:github.test/acme"
    assert isinstance(admin.admin, AdminCard)
    assert (admin.admin.refused, admin.admin.unmatched) == (2, ("Odd",))
    assert [state.source for state in admin.admin.sources] == ["github:github.test/acme"]


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.UNMATCHED])
def test_who_sees_only_what_is_public_sees_no_team_and_no_need_even_of_their_own(
    stage: Stage, standing: Standing
) -> None:
    content = stage.gathering.content(replace(ANA, standing=standing))

    assert (content.teams, content.needs, content.may_create) == ((), (), False)
    assert content.example == "shop"
    assert stage.gathering.team(PAYMENTS, replace(ANA, standing=standing)) is None


@pytest.mark.parametrize(
    ("asker", "visitor"),
    [
        (Asker(Standing.MEMBER, SlackUser("T1", "U2"), "user:default/eva"), Visitor.WITHOUT_TEAM),
        (Asker(Standing.MEMBER, SlackUser("T1", "U2")), Visitor.NOT_MATCHED),
        (Asker(Standing.GUEST, SlackUser("T1", "U2")), Visitor.GUEST),
    ],
)
def test_who_is_new_is_told_apart_by_what_is_missing(stage: Stage, asker: Asker, visitor: Visitor) -> None:
    content = stage.gathering.content(asker)

    assert (content.visitor, content.slack_id) == (visitor, "U2")


def test_without_the_database_people_find_what_is_in_memory_and_are_told_so(stage: Stage) -> None:
    before = stage.gathering.content(ANA)
    stage.scores.error = DatabaseUnavailable("the database does not answer")

    content = stage.gathering.content(ANA)

    assert [team.title for team in content.teams] == ["Payments"]
    assert len(content.teams[0].owned) == len(before.teams[0].owned)
    assert "The database does not answer" in content.stale
    assert content.needs == ()


def test_a_team_nobody_knows_is_none(stage: Stage) -> None:
    assert stage.gathering.team("group:default/nobody", ANA) is None
