"""Owners where several hosts, teams, permissions and secrets are in play: what no folder can show."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from catalog_sync.ask import Ask
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.access import OPERATOR, Asker, Standing, Visibility
from core.clock import FixedClock
from core.database import Database
from core.settings import TeamSettings
from tests.fakes.github import FakeGitHub

GUEST = Asker(Standing.GUEST)
MEMBER = Asker(Standing.MEMBER)


def entity(kind: str, name: str, **spec: str) -> str:
    given = {"type": "service", "lifecycle": "production"} if kind in ("Component", "API") else {}
    fields = "".join(f"  {key}: {value}\n" for key, value in {**given, **spec}.items())
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\n"
        f"spec:\n{fields or '  {}'}\n---\n"
    )


class Company:
    """Organisations of two hosts in one catalog."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.store = CatalogStore(database)
        self.clock = clock
        self.acme = FakeGitHub()
        self.elsewhere = FakeGitHub(organization="globex", host="ghe.test")

    def synced(self, committers: Callable[..., list[str]] | None = None) -> Ask:
        for github in (self.acme, self.elsewhere):
            Sync(self.store, self.clock, hold_removals_over=1.0).run(
                GitHubProvider(github, github.organization)
            )
        return Ask(self.store, self.clock, TeamSettings(), committers=committers)


@pytest.fixture
def company(sqlite_database: Database, clock: FixedClock) -> Company:
    return Company(sqlite_database, clock)


def owners(ask: Ask, question: str, asker: Asker = MEMBER) -> list[str]:
    return [owner.ref for owner in ask.who_owns(question, asker).owners]


def test_teams_of_one_name_in_two_organisations_stay_apart(company: Company) -> None:
    company.acme.put("shop", {"CODEOWNERS": "* @acme/platform\n/shared/ @globex/platform\n"})
    company.elsewhere.put("rocket", {"CODEOWNERS": "* @globex/platform\n"})
    company.acme.team("platform", members=["ana"])
    company.elsewhere.team("platform", members=["zoe"])
    ask = company.synced()

    assert owners(ask, "acme/shop") == ["group:default/platform"]
    assert owners(ask, "globex/rocket") == ["group:globex/platform"]
    assert owners(ask, "acme/shop/shared/x.c") == ["group:globex/platform"]
    assert ask.who_owns("@globex/platform", MEMBER).members == ("user:default/zoe",)


def test_repositories_of_one_name_are_both_offered_and_an_address_says_which(company: Company) -> None:
    company.acme.put("tools", {"CODEOWNERS": "* @acme/web\n"})
    company.elsewhere.put("tools", {"CODEOWNERS": "* @globex/ops\n"})
    ask = company.synced()

    both = ask.who_owns("tools", MEMBER)
    assert (both.about, both.is_ambiguous) == ("nothing", True)
    assert sorted(near.ref for near in both.alternatives) == ["acme/tools", "globex/tools"]
    assert owners(ask, "https://ghe.test/globex/tools/blob/main/x.py#L3") == ["group:default/ops"]
    assert ask.who_owns("https://github.com/globex/tools", MEMBER).about == "nothing"


def test_a_team_that_administers_everything_owns_nothing_by_that(company: Company) -> None:
    names = [f"repository-{number}" for number in range(12)]
    for name in names:
        company.acme.put(name)
    company.acme.team("owners-of-github", repositories=dict.fromkeys(names, "ADMIN"))
    company.acme.team("web", repositories={"repository-3": "MAINTAIN", "repository-4": "WRITE"})
    ask = company.synced()

    answer = ask.who_owns("acme/repository-3", MEMBER)
    assert ([owner.ref for owner in answer.owners], answer.why) == (
        ["group:default/web"],
        "From team permission",
    )
    assert owners(ask, "acme/repository-4") == ["group:default/owners-of-github"]


def test_who_committed_lately_is_a_hint_and_no_owner(company: Company) -> None:
    company.acme.put("legacy-batch")
    company.acme.put("shop", {"CODEOWNERS": "* @acme/web\n"})
    company.acme.team("web", members=["ana"])
    asked: list[tuple[str, str]] = []

    def committers(name: object, path: str) -> list[str]:
        asked.append((str(name), path))
        return ["ana", "ana@acme.test", "stranger"]

    ask = company.synced(committers)
    answer = ask.who_owns("acme/legacy-batch/src/x.py", MEMBER)
    ask.who_owns("acme/shop", MEMBER)

    assert answer.owners == ()
    assert [hint.ref for hint in answer.hints] == ["user:default/ana", "user:default/stranger"]
    assert answer.why == (
        "No descriptor, CODEOWNERS or team names an owner · recent commits are by Ana and stranger, which is only a hint"
    )
    assert asked == [("github.test/acme/legacy-batch", "src/x.py")]


def test_an_owner_is_inherited_from_the_nearest_system_or_domain_that_says_one(company: Company) -> None:
    descriptor = (
        entity("Domain", "sales", owner="web")
        + entity("Domain", "inner", subdomainOf="sales")
        + entity("System", "checkout", domain="inner")
        + entity("Component", "cart", system="checkout")
        + entity("Component", "cart-cache", subcomponentOf="cart")
        + entity("System", "ring-a", domain="ring")
        + entity("Domain", "ring", subdomainOf="ring")
        + entity("Component", "lonely", system="ring-a")
    )
    company.acme.put("shop", {"catalog-info.yaml": descriptor})
    company.acme.team("web")
    ask = company.synced()

    assert ask.who_owns("cart-cache", MEMBER).why == "From the domain sales (spec.owner)"
    assert owners(ask, "cart-cache") == ["group:default/web"]
    assert owners(ask, "lonely") == []


def test_what_somebody_may_not_see_tells_nothing_by_another_way(company: Company) -> None:
    """A public component inside a private system, and a private path inside a public answer."""
    company.acme.put("secret", {"catalog-info.yaml": entity("System", "secret-plan", owner="web")})
    company.acme.put(
        "shown",
        {"catalog-info.yaml": entity("Component", "shown", system="secret-plan")},
        visibility=Visibility.PUBLIC,
    )
    company.acme.team("web")
    ask = company.synced()

    assert owners(ask, "shown") == ["group:default/web"]
    hidden = ask.who_owns("shown", GUEST)
    assert (hidden.about, hidden.owners) == ("entity", ())
    assert "secret" not in str(hidden)
    assert "secret" not in str(ask.coverage(GUEST))


def test_a_public_descriptor_cannot_ask_a_private_repository_who_owns_it(company: Company) -> None:
    company.acme.put("vault", {"CODEOWNERS": "* @acme/crypto\n"})
    spy = entity("Component", "spy").replace(
        "  name: spy\n", "  name: spy\n  annotations: {github.com/project-slug: acme/vault}\n"
    )
    company.acme.put("spy", {"catalog-info.yaml": spy}, visibility=Visibility.PUBLIC)
    ask = company.synced()

    assert owners(ask, "spy", GUEST) == []
    assert ask.who_owns("acme/vault", MEMBER).about == "repository"


def test_an_orphan_is_answered_with_a_word_on_it(company: Company) -> None:
    company.acme.put("shop", {"catalog-info.yaml": entity("Component", "cart", owner="web")})
    company.synced()
    company.acme.put("shop", {"README.md": "moved"})
    company.clock.advance(timedelta(hours=1))
    answer = company.synced().who_owns("cart", MEMBER)

    assert [owner.ref for owner in answer.owners] == ["group:default/web"]
    assert answer.notes[0].startswith("Its file no longer describes cart since 2026-11-24")


def test_coverage_counts_what_has_no_entry_no_owner_or_several(company: Company) -> None:
    company.acme.put(
        "ledger",
        {"catalog-info.yaml": entity("Component", "ledger", owner="web"), "CODEOWNERS": "* @acme/books\n"},
    )
    company.acme.put("lost", {"catalog-info.yaml": entity("Component", "lost", owner="nobody-here")})
    company.acme.put("bare", {"CODEOWNERS": "* @acme/web\n"})
    company.acme.put("old", is_archived=True)
    company.acme.put("free", {"catalog-info.yaml": entity("Component", "free")})
    for slug in ("web", "books"):
        company.acme.team(slug)

    found = company.synced().coverage(OPERATOR)

    assert found.summary == "2 of 5 repositories have no entry"
    assert [(item.repository.name, [o.ref for o in item.owners]) for item in found.without_entry] == [
        ("bare", ["group:default/web"]),
        ("old", []),
    ]
    assert [near.ref for near in found.unowned] == ["component:default/free"]
    assert [item.entity.ref for item in found.unknown] == ["component:default/lost"]
    assert [(item.entity.ref, item.says) for item in found.disagreements] == [
        ("component:default/ledger", ("CODEOWNERS says Books",))
    ]


def test_a_path_shows_the_accountable_owner_beside_the_rule(company: Company) -> None:
    company.acme.put(
        "shop",
        {
            "catalog-info.yaml": entity("Component", "shop", owner="web"),
            "CODEOWNERS": "* @acme/web\n/infra/ @acme/ops\n",
        },
    )
    for slug in ("web", "ops"):
        company.acme.team(slug)

    answer = company.synced().who_owns("shop/infra/main.tf", MEMBER)

    assert [owner.ref for owner in answer.owners] == ["group:default/ops"]
    assert [owner.ref for owner in answer.accountable] == ["group:default/web"]
    assert answer.disagreements == ("catalog-info.yaml says Web",)


def test_a_team_owns_repositories_without_an_entry_too(company: Company) -> None:
    company.acme.put("shop", {"catalog-info.yaml": entity("Component", "cart", owner="web")})
    company.acme.put("bare", {"CODEOWNERS": "* @acme/web @acme/ops\n"})
    company.acme.team("web")
    company.acme.team("ops")

    answer = company.synced().who_owns("what does web own?", MEMBER)

    assert [near.ref for near in answer.owns] == ["component:default/cart", "acme/bare"]
