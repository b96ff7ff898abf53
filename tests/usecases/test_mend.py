"""Somebody says that an owner is wrong: the pull request they get, once, whatever happens in between."""

from collections.abc import Callable

import pytest

from catalog_sync.ask import Ask
from catalog_sync.github.pulls import ProposalState
from catalog_sync.mending.mend import Mending, Proposal
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.access import ALONE, OPERATOR, UNKNOWN_CHANNEL, Asker, Standing
from core.clock import FixedClock
from core.database import Database
from core.errors import GitHubUnavailable, NotAllowed, NotFound, UserError
from core.settings import TeamSettings
from tests.fakes.github import FakeGitHub
from tests.fakes.pulls import FakePulls

ANA = Asker(Standing.MEMBER, user="user:default/ana", groups=frozenset({"group:default/payments"}))
SHOP = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop   # ours
spec:
  type: service
  lifecycle: production
  owner: payments  # since 2024
"""
GUILD = """\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: guild, title: Guild}
spec: {type: guild, children: []}
"""
FILES = {
    "shop": {"catalog-info.yaml": SHOP, ".github/CODEOWNERS": "* @acme/payments\n/docs/ @ana # words\n"},
    "tools": {"CODEOWNERS": "*   @acme/payments  # all of it\n", "src/a.py": "", "docs/x.md": ""},
    "people": {"catalog-info.yaml": GUILD},
    "bare": {"README.md": "# Bare\n"},
    "lost": {
        "catalog-info.yaml": SHOP.replace("shop", "lost").replace("  owner: payments  # since 2024\n", "")
    },
}


@pytest.fixture
def pulls() -> FakePulls:
    found = FakePulls()
    for name, files in FILES.items():
        found.put(name, files)
    return found


@pytest.fixture
def mending(sqlite_database: Database, clock: FixedClock, pulls: FakePulls) -> Mending:
    github = FakeGitHub()
    for name, files in FILES.items():
        github.put(name, files)
    github.team("payments", members=["ana"])
    github.team("ledger", members=["ben"])
    store = CatalogStore(sqlite_database)
    Sync(store, clock).run(GitHubProvider(github, "acme"))
    return Mending(Ask(store, clock, TeamSettings(channels={})), lambda _name: pulls)


def proposed(mending: Mending, query: str = "shop", owner: str = "ledger", asker: Asker = ANA) -> Proposal:
    return mending.propose_owner(query, owner, asker)


def written(pulls: FakePulls, proposal: Proposal) -> str:
    """The changed file on the branch of a pull request."""
    pull, path = proposal.pull, proposal.preview.edit.path
    return pulls.branches[pull.repository.full_name][pull.branch][path].decode()


@pytest.mark.parametrize(
    "owner", ["ledger", "group:default/ledger", "group:ledger", "@acme/ledger", "Ledger"]
)
def test_the_owner_of_an_entity_is_changed_in_its_own_file(
    mending: Mending, pulls: FakePulls, owner: str
) -> None:
    proposal = proposed(mending, owner=owner)

    assert written(pulls, proposal) == SHOP.replace("owner: payments", "owner: ledger")
    assert proposal.is_new
    assert proposal.preview.owner == "group:default/ledger"
    assert pulls.commits == ["Name ledger as the owner of shop\n\nAsked for by Ana, proposed by Callboard."]


def test_an_owner_that_is_missing_gets_its_line(mending: Mending, pulls: FakePulls) -> None:
    text = written(pulls, proposed(mending, "lost"))

    assert text.endswith("  lifecycle: production\n  owner: ledger\n")


@pytest.mark.parametrize(
    ("query", "owner", "path", "text"),
    [
        ("tools", "ledger", "CODEOWNERS", "*   @acme/ledger  # all of it\n"),
        ("acme/tools", "ben", "CODEOWNERS", "*   @ben  # all of it\n"),
        ("acme/tools/src", "ledger", "CODEOWNERS", "*   @acme/payments  # all of it\n/src/ @acme/ledger\n"),
        (
            "acme/shop/docs/x",
            "ledger",
            ".github/CODEOWNERS",
            "* @acme/payments\n/docs/ @acme/ledger # words\n",
        ),
        ("bare", "ledger", ".github/CODEOWNERS", "* @acme/ledger\n"),
    ],
)
def test_the_owner_of_what_has_no_descriptor_is_changed_in_codeowners(
    mending: Mending, pulls: FakePulls, query: str, owner: str, path: str, text: str
) -> None:
    pulls.put("shop", {"docs/x": ""})

    proposal = proposed(mending, query, owner)

    assert (proposal.preview.edit.path, written(pulls, proposal)) == (path, text)


def test_whoever_asks_again_gets_the_same_pull_request(mending: Mending, pulls: FakePulls) -> None:
    first = proposed(mending)
    again = proposed(mending, "component:default/shop", "@acme/ledger", OPERATOR)

    assert (again.pull, first.is_new, again.is_new) == (first.pull, True, False)
    assert (len(pulls.made), len(pulls.commits)) == (1, 1)


@pytest.mark.parametrize("method", ["create_branch", "write", "open_pull"])
def test_what_a_crash_left_half_done_is_finished_by_asking_again(
    mending: Mending, pulls: FakePulls, method: str
) -> None:
    pulls.fails_at = method
    with pytest.raises(GitHubUnavailable):
        proposed(mending)

    proposal = proposed(mending)

    assert written(pulls, proposal) == SHOP.replace("owner: payments", "owner: ledger")
    assert (len(pulls.made), len(pulls.commits), len(pulls.branches["acme/shop"])) == (1, 1, 2)


@pytest.mark.parametrize("method", ["create_branch", "write", "open_pull"])
def test_two_who_ask_at_the_same_moment_get_the_same_pull_request(
    mending: Mending, pulls: FakePulls, method: str
) -> None:
    others: list[Proposal] = []
    pulls.before[method] = lambda: others.append(proposed(mending))

    mine = proposed(mending)

    assert (mine.pull, mine.is_new) == (others[0].pull, False)
    assert (len(pulls.made), len(pulls.commits)) == (1, 1)


def test_a_file_that_changed_at_the_same_moment_is_read_again(mending: Mending, pulls: FakePulls) -> None:
    longer = SHOP + "  system: till\n"

    def push() -> None:
        pulls.put("shop", {"catalog-info.yaml": longer})
        branch = next(name for name in pulls.branches["acme/shop"] if name != "main")
        pulls.put("shop", {"catalog-info.yaml": longer}, branch)

    pulls.before["write"] = push

    assert written(pulls, proposed(mending)) == longer.replace("owner: payments", "owner: ledger")
    assert len(pulls.made) == 1


def test_a_branch_that_somebody_else_has_put_something_on_is_not_touched(
    mending: Mending, pulls: FakePulls
) -> None:
    branch = mending.preview_owner("shop", "ledger", ANA).branch
    pulls.put("shop", {"catalog-info.yaml": "kind: Nothing\n"}, branch)

    proposal = proposed(mending)

    assert proposal.pull.branch == f"{branch}-2"
    assert pulls.branches["acme/shop"][branch] == {"catalog-info.yaml": b"kind: Nothing\n"}


@pytest.mark.parametrize("decided", [ProposalState.MERGED, ProposalState.CLOSED])
def test_what_was_decided_before_can_be_proposed_anew(
    mending: Mending, pulls: FakePulls, decided: ProposalState
) -> None:
    first = proposed(mending)
    pulls.decide(first.pull.number, decided)

    second = proposed(mending)

    assert (mending.proposal_state(first.pull), mending.proposal_state(second.pull)) == (
        decided,
        ProposalState.OPEN,
    )
    assert second.pull.branch == f"{first.pull.branch}-2"


def test_a_preview_shows_the_change_and_writes_nothing(mending: Mending, pulls: FakePulls) -> None:
    preview = mending.preview_owner("shop", "ledger", ANA)

    assert preview.edit.diff().splitlines()[-2:] == [
        "-  owner: payments  # since 2024",
        "+  owner: ledger  # since 2024",
    ]
    assert (list(pulls.branches["acme/shop"]), pulls.made) == (["main"], [])


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.UNMATCHED])
def test_who_is_no_member_may_not_propose(mending: Mending, pulls: FakePulls, standing: Standing) -> None:
    with pytest.raises(NotAllowed):
        proposed(mending, asker=Asker(standing))

    assert pulls.made == []


def test_what_the_place_may_not_show_reads_as_not_there(mending: Mending) -> None:
    assert ANA.place is ALONE

    with pytest.raises(NotFound, match=r"Nothing here is called shop\."):
        proposed(mending, asker=ANA.at(UNKNOWN_CHANNEL))


@pytest.mark.parametrize(
    ("query", "owner", "words"),
    [
        ("shopp", "ledger", "Nothing here is called shopp."),
        ("zzzz", "ledger", "Nothing here is called zzzz."),
        ("shop", "ledgerr", "The catalog knows no team and no person called ledgerr."),
        ("shop", "@other/ledger", "The catalog knows no team and no person called @other/ledger."),
        ("shop", " ", "Name the new owner."),
        ("shop", "component:default/lost", "The catalog knows no team and no person"),
        ("payments", "ledger", "is a team, which no file names an owner of."),
        ("acme/tools/nowhere", "ledger", "acme/tools has no nowhere."),
        ("shop", "payments", "catalog-info.yaml:8 names payments already."),
        ("tools", "payments", "CODEOWNERS:1 names @acme/payments already."),
    ],
)
def test_a_wish_that_cannot_be_met_is_told_in_words(
    mending: Mending, pulls: FakePulls, query: str, owner: str, words: str
) -> None:
    with pytest.raises(UserError) as caught:
        proposed(mending, query, owner)

    assert words in caught.value.message
    assert pulls.made == []


def _archive(pulls: FakePulls) -> None:
    pulls.archived.add("acme/shop")


def _forbid(pulls: FakePulls) -> None:
    pulls.is_reading_only = True


def _hide(pulls: FakePulls) -> None:
    del pulls.branches["acme/shop"]


def _empty(pulls: FakePulls) -> None:
    pulls.branches["acme/shop"] = {}


def _grow(pulls: FakePulls) -> None:
    pulls.put("shop", {"catalog-info.yaml": SHOP + "#" * 1_000_000})


def _scramble(pulls: FakePulls) -> None:
    pulls.branches["acme/shop"]["main"]["catalog-info.yaml"] = b"\xff"


def _take_away(pulls: FakePulls) -> None:
    del pulls.branches["acme/shop"]["main"]["catalog-info.yaml"]


@pytest.mark.parametrize(
    ("happens", "words", "hint"),
    [
        (_archive, "acme/shop is archived", "Unarchive it first."),
        (_forbid, "Callboard may not make the branch callboard/owner-shop-", "github.publish_token"),
        (_hide, "does not see acme/shop", "github.publish_token"),
        (_empty, "acme/shop has no commit", ""),
        (_grow, "catalog-info.yaml is larger than a megabyte.", "by hand"),
        (_scramble, "catalog-info.yaml is not UTF-8 text.", "Save it as UTF-8"),
        (_take_away, "acme/shop has no catalog-info.yaml now.", "next sync"),
    ],
)
def test_a_repository_that_cannot_be_changed_is_told_with_what_to_do(
    mending: Mending, pulls: FakePulls, happens: Callable[[FakePulls], None], words: str, hint: str
) -> None:
    happens(pulls)

    with pytest.raises(UserError) as caught:
        proposed(mending)

    assert words in caught.value.message
    assert hint in caught.value.hint


def test_the_pull_request_says_who_asked_and_why_and_calls_nobody(mending: Mending, pulls: FakePulls) -> None:
    reason = "@acme/everybody knows ```\nCloses #1 <img src=x>"

    mending.propose_owner("shop", "ledger", ANA, reason, link="https://acme.slack.com/archives/C1/p2")

    _pull, title, body = pulls.made[0]
    assert title == "Name ledger as the owner of shop"
    assert body.startswith("`Ana` says that `shop` belongs to `Ledger` (`group:default/ledger`).")
    assert "`catalog-info.yaml:8`. `payments` is named there now." in body
    assert f"````text\n{reason}\n````" in body
    assert "<https://acme.slack.com/archives/C1/p2>" in body


@pytest.mark.parametrize("link", ["", "javascript:alert(1)", "https://a.test/> @acme/everybody", "nope"])
def test_a_link_that_is_none_is_left_out(mending: Mending, pulls: FakePulls, link: str) -> None:
    mending.propose_owner("shop", "ledger", ANA, link=link)

    assert "Asked for here" not in pulls.made[0][2]


def test_a_group_that_is_no_team_of_the_organisation_is_named_in_descriptors_only(
    mending: Mending, pulls: FakePulls
) -> None:
    with pytest.raises(UserError, match="Guild is no team of acme on GitHub"):
        proposed(mending, "tools", "guild")

    assert "owner: guild" in written(pulls, proposed(mending, "shop", "guild"))
