"""Who owns it: what people type, and what they are told."""

import pytest

from catalog_sync.ask import Ask, subject_of
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.access import OPERATOR, Asker, Standing, Visibility
from core.clock import FixedClock
from core.database import Database
from core.settings import TeamSettings
from tests.fakes.github import FakeGitHub

GUEST = Asker(Standing.GUEST)


def component(name: str, owner: str | None = "payments", title: str = "") -> str:
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n"
        f"  name: {name}\n"
        + (f"  title: {title}\n" if title else "")
        + "spec:\n  type: service\n  lifecycle: production\n"
        f"  owner: {owner}\n"
    )


@pytest.fixture
def ask(sqlite_database: Database, clock: FixedClock) -> Ask:
    github = FakeGitHub()
    github.put(
        "payments-api",
        {
            "catalog-info.yaml": component("payments-api", title="Payments API"),
            "CODEOWNERS": "* @acme/payments\n/terraform/ @acme/platform\n*.sql\n",
        },
    )
    github.put("ledger", {"catalog-info.yaml": component("ledger"), "CODEOWNERS": "* @acme/web\n"})
    github.put("ledger-export", {"catalog-info.yaml": component("ledger-export")})
    github.put("login-service", {"catalog-info.yaml": component("login-service", owner="identity")})
    github.put("lost", {"catalog-info.yaml": component("lost", owner="analytics")})
    github.put("shop", {"catalog-info.yaml": component("shop", owner="web")}, visibility=Visibility.PUBLIC)
    github.put("poster-printer")
    github.put("old", {"catalog-info.yaml": component("old", owner="web")}, is_archived=True)
    github.put("tools", {"CODEOWNERS": "* @acme/platform\n"})
    github.team("payments", members=["ana"], maintainers=["ben"], repositories={"payments-api": "ADMIN"})
    for slug in ("web", "platform", "identity"):
        github.team(slug, members=["eva"])
    store = CatalogStore(sqlite_database)
    Sync(store, clock).run(GitHubProvider(github, "acme"))
    return Ask(
        store, clock, TeamSettings(channels={"payments": "#payments-help"}), default_channel="#general"
    )


@pytest.mark.parametrize(
    "query",
    [
        "payments-api",
        "who owns payments-api?",
        "Who owns the payments API?",
        "owns payments-api?",
        "payments api",
        "PaymentsAPI",
        "payments_api",
        "`payments-api`",
        "the payments api service",
        "component:default/payments-api",
        "acme/payments-api",
        "https://github.test/acme/payments-api",
        "which team owns payments-api",
        "who is responsible for payments-api",
    ],
)
def test_the_same_thing_is_found_however_people_write_it(ask: Ask, query: str) -> None:
    answer = ask.who_owns(query, OPERATOR)

    assert str(answer.entity) == "component:default/payments-api"
    assert [owner.title for owner in answer.owners] == ["Payments"]
    assert not answer.corrected


@pytest.mark.parametrize("query", ["paymints-api", "payment-api", "who owns paymentsapi?", "pyments api"])
def test_a_name_that_is_nearly_right_is_enough(ask: Ask, query: str) -> None:
    assert str(ask.who_owns(query, OPERATOR).entity) == "component:default/payments-api"


def test_an_answer_names_the_channel_the_lead_the_reason_and_the_age(ask: Ask, clock: FixedClock) -> None:
    answer = ask.who_owns("payments-api", OPERATOR)

    assert answer.owners[0].channel == "#payments-help"
    assert answer.owners[0].leads == ("user:default/ben",)
    assert answer.why == "From catalog-info.yaml (spec.owner) · CODEOWNERS and team permission agree"
    assert answer.synced_at == clock.now()


def test_sources_that_disagree_are_told(ask: Ask) -> None:
    assert ask.who_owns("ledger", OPERATOR).disagreements == ("CODEOWNERS says Web",)


def test_an_owner_that_nobody_knows_is_told(ask: Ask) -> None:
    assert ask.who_owns("lost", OPERATOR).disagreements == ("The catalog knows no group called analytics",)


def test_a_path_is_owned_by_its_last_matching_rule(ask: Ask) -> None:
    answer = ask.who_owns("payments-api/terraform/main.tf", OPERATOR)

    assert (answer.about, answer.path) == ("path", "terraform/main.tf")
    assert [owner.ref for owner in answer.owners] == ["group:default/platform"]
    assert answer.why.startswith("From CODEOWNERS line 2")


def test_the_address_of_a_file_is_a_path_too(ask: Ask) -> None:
    answer = ask.who_owns("https://github.test/acme/payments-api/blob/main/src/x.py", OPERATOR)

    assert (answer.about, answer.path) == ("path", "src/x.py")


def test_a_repository_without_a_descriptor_is_answered_from_codeowners(ask: Ask) -> None:
    answer = ask.who_owns("tools", OPERATOR)

    assert answer.about == "repository"
    assert [owner.title for owner in answer.owners] == ["Platform"]


def test_a_repository_that_nobody_owns_is_said_to_be_so(ask: Ask) -> None:
    answer = ask.who_owns("poster printer", OPERATOR)

    assert (answer.about, answer.owners) == ("repository", ())
    assert answer.why == "No descriptor, CODEOWNERS or team names an owner"


def test_a_team_is_answered_with_its_people_and_what_it_owns(ask: Ask) -> None:
    answer = ask.who_owns("who is payments", OPERATOR)

    assert answer.about == "team"
    assert answer.members == ("user:default/ben", "user:default/ana")
    assert [near.ref for near in answer.owns] == [
        "component:default/ledger",
        "component:default/ledger-export",
        "component:default/payments-api",
    ]


def test_a_channel_leads_to_its_team(ask: Ask) -> None:
    answer = ask.who_owns("#payments-help", OPERATOR)

    assert (answer.about, answer.owners[0].title) == ("channel", "Payments")


def test_a_person_is_answered_with_their_teams(ask: Ask) -> None:
    answer = ask.who_owns("@ana", OPERATOR)

    assert (answer.about, answer.members) == ("person", ("group:default/payments",))


def test_an_archived_repository_says_so(ask: Ask) -> None:
    assert ask.who_owns("old", OPERATOR).is_archived


def test_nothing_near_is_nothing(ask: Ask) -> None:
    answer = ask.who_owns("zebra-crossing-9000", OPERATOR)

    assert (answer.about, answer.owners, answer.is_ambiguous) == ("nothing", (), False)


def test_a_guest_sees_what_is_public_and_nothing_else(ask: Ask) -> None:
    assert ask.who_owns("shop", GUEST).about == "entity"
    hidden = ask.who_owns("payments-api", GUEST)
    assert (hidden.about, hidden.alternatives) == ("nothing", ())


@pytest.mark.parametrize(
    "query",
    ["payments-api/terraform/main.tf", "#payments-help", "@ana", "component:default/ledger", "acme/ledger"],
)
def test_what_a_guest_may_not_see_reads_as_not_there_on_every_way_in(ask: Ask, query: str) -> None:
    assert ask.who_owns(query, GUEST).about == "nothing"


def test_the_picker_offers_groups_by_name(ask: Ask) -> None:
    assert [near.title for near in ask.groups("pla", OPERATOR)] == ["Platform"]


@pytest.mark.parametrize(
    ("query", "subject"),
    [
        ("who owns the ledger?", "the ledger"),
        ("who is ana", "ana"),
        ("runbooks", "runbooks"),
        ("can you tell me who owns x", "x"),
        ("owner of x", "x"),
        ("x", "x"),
    ],
)
def test_a_question_is_taken_down_to_its_subject(query: str, subject: str) -> None:
    assert subject_of(query) == subject
