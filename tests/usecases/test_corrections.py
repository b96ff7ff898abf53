"""Wishes for other owners: whose word is enough, what is written down, and how each of them comes to an end."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from catalog_sync.ask import Ask
from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.pulls import ProposalState
from catalog_sync.mending.correction import Correction, CorrectionState, Voice
from catalog_sync.mending.correction_rows import CorrectionRows
from catalog_sync.mending.correction_work import CorrectionWork, Places
from catalog_sync.mending.corrections import Corrections
from catalog_sync.mending.mend import Mending
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.access import OPERATOR, Asker, SlackUser, Standing
from core.clock import FixedClock
from core.database import Database
from core.errors import GitHubUnavailable, NotAllowed, NotFound, SlackUnavailable, UserError
from core.settings import TeamSettings
from tests.fakes.github import FakeGitHub
from tests.fakes.pulls import FakePulls

PAYMENTS, LEDGER, TOOLS = "group:default/payments", "group:default/ledger", "group:default/tools"
S = CorrectionState


def asker(login: str, *groups: str, is_admin: bool = False, standing: Standing = Standing.MEMBER) -> Asker:
    slack = SlackUser("T1", f"U-{login}")
    return Asker(standing, slack, f"user:default/{login}", frozenset(groups), is_admin=is_admin)


ANA = asker("ana", PAYMENTS)
BEN = asker("ben", LEDGER)
KIM = asker("kim", TOOLS)
ZOE = asker("zoe", is_admin=True)
LEAD = asker("lea")


def described(name: str, owner: str) -> str:
    spec = f"spec:\n  type: service\n  lifecycle: production\n  owner: {owner}\n"
    return f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n{spec}"


FILES = {
    "shop": {"catalog-info.yaml": described("shop", "payments")},
    "lost": {"catalog-info.yaml": described("lost", "nobody-knows")},
    "bare": {"README.md": "# Bare\n", "CODEOWNERS": "* @acme/payments\n"},
}


@dataclass
class Told:
    """A messenger that remembers."""

    shown: list[tuple[str, CorrectionState]] = field(default_factory=list)
    last: Correction | None = None
    places: tuple[str, ...] = ("channel:#payments",)
    refuses: frozenset[str] = frozenset()
    before: Callable[[], object] | None = None
    """What happens while something is being shown, once."""

    def places_for(self, correction: Correction, without: Collection[str] = ()) -> Places:
        left = tuple(place for place in self.places if place not in without)
        return Places(left) if left else Places(("user:U-zoe",), asks_admins=True)

    def show(self, correction: Correction) -> frozenset[str]:
        self.shown.append((correction.id, correction.state))
        self.last = correction
        before, self.before = self.before, None
        if before:
            before()
        return frozenset(correction.places) & self.refuses


class Stage:
    """The use cases, and jobs that are done by hand."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.clock, self.github, self.pulls, self.told = clock, FakeGitHub(), FakePulls(), Told()
        for name, files in FILES.items():
            self.github.put(name, files)
            self.pulls.put(name, files)
        self.github.team("payments", members=["ana", "lea"], maintainers=["lea"])
        self.github.team("ledger", members=["ben"])
        self.github.team("tools", members=["kim"])
        store = CatalogStore(database)
        self.sync, self.provider = Sync(store, clock), GitHubProvider(self.github, "acme")
        self.sync.run(self.provider)
        ask = Ask(store, clock, TeamSettings(channels={}))
        self.queue: list[tuple[str, str]] = []
        self.keys: set[str] = set()
        self.refreshed: list[RepositoryName] = []
        rows = CorrectionRows(database, clock)
        self.rows, self.corrections = rows, Corrections(ask, rows, clock, self._enqueue)
        self.work = CorrectionWork(
            ask,
            Mending(ask, lambda _name: self.pulls),
            rows,
            clock,
            enqueue=self._enqueue,
            messenger=self.told,
            refresh=self._refresh,
        )

    def says(self, who: Asker, subject: str = "shop", owner: str = "ledger", reason: str = "") -> Correction:
        assert who.slack
        name = (who.user or "").rpartition("/")[2].title()
        return self.corrections.begin(subject, owner, who, Voice(who.slack, name, reason))

    def answers(self, who: Asker, correction: Correction, *, agrees: bool) -> Correction:
        assert who.slack
        return self.corrections.decide(correction.id, who, Voice(who.slack, "Ana"), agrees=agrees)

    def does_jobs(self) -> None:
        while self.queue:
            which, key = self.queue.pop(0)
            self.work.propose(which, key)
            self.work.refresh(which)
            self.work.show(which, key)

    def now(self, correction: Correction) -> Correction:
        found = self.rows.get(correction.id)
        assert found
        return found

    def file_on_main(self, name: str, text: str) -> None:
        """Somebody changes a descriptor, and the catalog has seen it."""
        self.github.put(name, {"catalog-info.yaml": text})
        self.pulls.put(name, {"catalog-info.yaml": text})
        self.sync.run(self.provider, full=True)

    def _enqueue(self, id: str, key: str) -> bool:
        is_new = key not in self.keys
        self.keys.add(key)
        if is_new:
            self.queue.append((id, key))
        return is_new

    def _refresh(self, name: RepositoryName) -> None:
        self.refreshed.append(name)


@pytest.fixture
def stage(database: Database, clock: FixedClock) -> Stage:
    return Stage(database, clock)


@pytest.mark.parametrize(
    ("who", "owner", "state"),
    [
        (ANA, "ledger", S.OPENING),
        (BEN, "ledger", S.OPENING),
        (LEAD, "tools", S.OPENING),
        (ZOE, "tools", S.OPENING),
        (KIM, "ledger", S.ASKED),
        (asker("ben"), "user:default/ben", S.OPENING),
    ],
    ids=["owner", "proposed", "lead", "administrator", "other", "proposed person"],
)
def test_the_word_of_those_who_are_concerned_is_enough(
    stage: Stage, who: Asker, owner: str, state: CorrectionState
) -> None:
    assert stage.says(who, owner=owner).state is state


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.UNMATCHED])
def test_who_is_no_member_wishes_nothing(stage: Stage, standing: Standing) -> None:
    with pytest.raises(NotAllowed):
        stage.says(asker("ana", PAYMENTS, standing=standing))

    assert stage.queue == []


@pytest.mark.parametrize(
    ("subject", "owner", "words"),
    [
        ("shopp", "ledger", "Nothing here is called shopp."),
        ("shop", "nobody", "The catalog knows no team and no person called nobody."),
        ("shop", "payments", "shop belongs to Payments already."),
        ("payments", "ledger", "is a team"),
        ("shop", "", "Name the new owner."),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_at_once(
    stage: Stage, subject: str, owner: str, words: str
) -> None:
    with pytest.raises(UserError, match=words):
        stage.says(ANA, subject, owner)

    assert stage.queue == []


def test_one_wish_is_one_pull_request_however_often_it_is_said_and_worked_on(stage: Stage) -> None:
    first = stage.says(ANA, reason="It moved.")
    second = stage.says(ANA)
    stage.does_jobs()
    stage.queue.append((first.id, "again"))
    stage.does_jobs()

    assert first.id == second.id
    assert len(stage.pulls.made) == 1
    assert "It moved." in stage.pulls.made[0][2]
    assert stage.now(first).state is S.OPEN


def test_who_says_it_again_later_is_told_where_it_stands(stage: Stage) -> None:
    stage.says(ANA)
    stage.clock.advance(timedelta(minutes=3))

    with pytest.raises(UserError, match="You asked for this already"):
        stage.says(ANA)


def test_somebody_whose_word_is_enough_answers_an_open_question_by_wishing_the_same(stage: Stage) -> None:
    asked = stage.says(KIM)
    stage.does_jobs()

    stage.says(BEN)
    stage.does_jobs()

    found = stage.now(asked)
    assert (found.state, len(found.askers)) == (S.OPEN, 2)
    assert stage.pulls.made[0][2].startswith("`Kim and Ben` says that")


@pytest.mark.parametrize("agrees", [True, False])
@pytest.mark.parametrize("other", [BEN, KIM, ZOE, asker("ana", PAYMENTS, standing=Standing.GUEST)])
def test_the_owners_alone_answer(stage: Stage, other: Asker, agrees: bool) -> None:
    asked = stage.says(KIM)
    stage.does_jobs()

    with pytest.raises(NotAllowed, match="Only members of Payments decide"):
        stage.answers(other, asked, agrees=agrees)

    assert stage.now(asked).state is S.ASKED


@pytest.mark.parametrize("who", [ANA, LEAD])
def test_a_member_and_the_lead_of_the_owners_answer(stage: Stage, who: Asker) -> None:
    asked = stage.says(KIM)
    stage.answers(who, asked, agrees=True)
    stage.does_jobs()

    assert stage.now(asked).state is S.OPEN
    assert "`Ana` was asked, and agreed." in stage.pulls.made[0][2]


def test_the_first_answer_counts(stage: Stage) -> None:
    asked = stage.says(KIM)
    stage.answers(ANA, asked, agrees=False)

    with pytest.raises(UserError, match="settled meanwhile"):
        stage.answers(LEAD, asked, agrees=True)

    stage.does_jobs()
    assert stage.now(asked).state is S.DECLINED
    assert stage.pulls.made == []


def test_a_question_that_nobody_knows_is_told_so(stage: Stage) -> None:
    with pytest.raises(NotFound):
        stage.corrections.decide("abc-1", ANA, Voice(SlackUser("T1", "U1"), "Ana"), agrees=True)


def test_owners_who_said_no_are_left_in_peace_for_a_month(stage: Stage) -> None:
    stage.answers(ANA, stage.says(KIM), agrees=False)

    with pytest.raises(UserError, match="Ana said on 24 November that shop belongs to Payments"):
        stage.says(KIM)
    stage.clock.advance(timedelta(days=31))
    assert stage.says(KIM).id.endswith("-2")


def test_what_nobody_owns_is_asked_of_whoever_is_to_own_it(stage: Stage) -> None:
    asked = stage.says(KIM, "lost", "ledger")
    assert asked.current == ()

    stage.answers(BEN, asked, agrees=True)
    stage.does_jobs()
    assert stage.now(asked).state is S.OPEN


def test_where_no_channel_takes_the_question_administrators_answer_it(stage: Stage) -> None:
    stage.told.refuses = frozenset({"channel:#payments"})
    asked = stage.says(KIM)
    stage.does_jobs()

    found = stage.now(asked)
    assert (found.places, found.asks_admins) == (("user:U-zoe",), True)
    stage.answers(ZOE, asked, agrees=True)
    stage.does_jobs()
    assert stage.now(asked).state is S.OPEN


def test_where_nobody_can_be_asked_the_asker_is_told_what_to_do(stage: Stage) -> None:
    stage.told.refuses = frozenset({"channel:#payments", "user:U-zoe"})
    asked = stage.says(KIM)
    stage.does_jobs()

    found = stage.now(asked)
    assert (found.state, found.problem) == (S.BY_HAND, "nobody of Payments can be asked in Slack")
    assert stage.told.shown[-1] == (asked.id, S.BY_HAND)


@pytest.mark.parametrize("method", ["base", "file", "create_branch", "write", "open_pull"])
def test_a_github_that_does_not_answer_is_said_once_and_asked_again(stage: Stage, method: str) -> None:
    wish = stage.says(ANA)
    stage.pulls.fails_at = method
    with pytest.raises(GitHubUnavailable):
        stage.work.propose(wish.id, "job")

    waiting = stage.now(wish)
    assert (waiting.state, waiting.problem) == (S.OPENING, "GitHub did not answer")
    assert stage.told.shown == [(wish.id, S.OPENING)]
    stage.pulls.fails_at = method if method != "file" else ""
    if stage.pulls.fails_at:
        with pytest.raises(GitHubUnavailable):
            stage.work.propose(wish.id, "job")
    assert len(stage.told.shown) == 1

    stage.does_jobs()
    assert (stage.now(wish).state, stage.now(wish).problem) == (S.OPEN, "")
    assert len(stage.pulls.made) == 1


def test_a_wish_whose_job_gave_up_is_taken_up_again_and_after_a_day_left_to_people(stage: Stage) -> None:
    wish = stage.says(ANA)
    stage.queue.clear()
    assert stage.work.look_at_all().resumed == 0, "its job may be at it"

    stage.clock.advance(timedelta(minutes=11))
    assert stage.work.look_at_all().resumed == 1
    assert [which for which, _key in stage.queue] == [wish.id]

    stage.queue.clear()
    stage.clock.advance(timedelta(days=2))
    stage.work.look_at_all()
    assert stage.now(wish).state is S.BY_HAND
    assert stage.now(wish).problem == "GitHub did not answer for a day"


def test_a_wish_whose_job_was_never_asked_for_is_taken_up_at_the_next_look(stage: Stage) -> None:
    wish = stage.says(ANA)
    stage.queue.clear()
    stage.keys.clear()

    assert stage.work.look_at_all().resumed == 1
    stage.does_jobs()
    assert stage.now(wish).state is S.OPEN


def test_what_nobody_was_shown_is_shown_at_the_next_look(stage: Stage) -> None:
    asked = stage.says(KIM)
    stage.does_jobs()
    stage.answers(ANA, asked, agrees=False)
    stage.queue.clear()

    stage.clock.advance(timedelta(minutes=11))
    stage.work.look_at_all()
    stage.does_jobs()

    assert stage.told.shown[-1] == (asked.id, S.DECLINED)
    assert stage.work.look_at_all().resumed == 0


def test_what_changes_while_it_is_shown_is_shown_again(stage: Stage) -> None:
    asked = stage.says(KIM)
    stage.told.before = lambda: stage.answers(ANA, asked, agrees=False)
    stage.work.show(asked.id, "job")

    assert [state for _id, state in stage.told.shown] == [S.ASKED, S.DECLINED]


def test_while_one_worker_shows_it_another_leaves_it_to_them(stage: Stage) -> None:
    """Two who post one message at the same moment would post it twice."""
    asked, others = stage.says(KIM), []
    stage.queue.clear()

    def answered_meanwhile() -> None:
        stage.answers(ANA, asked, agrees=False)
        others.append(stage.work.show(asked.id, "another job"))

    stage.told.before = answered_meanwhile
    assert stage.work.show(asked.id, "job") == 2
    assert others == [0]
    assert [state for _id, state in stage.told.shown] == [S.ASKED, S.DECLINED]


def test_a_worker_who_died_while_showing_is_not_waited_for_forever(stage: Stage) -> None:
    asked = stage.says(KIM)
    assert stage.rows.claim(asked.id, "dead", stage.clock.now())
    assert stage.work.show(asked.id, "job") == 0
    assert stage.work.show(asked.id, "dead") == 1

    assert stage.rows.claim(asked.id, "dead", stage.clock.now())
    stage.clock.advance(timedelta(minutes=6))
    assert stage.work.show(asked.id, "job") == 1


def test_a_slack_that_is_away_is_asked_again_by_whoever_comes_next(stage: Stage) -> None:
    asked = stage.says(KIM)

    def away() -> None:
        raise SlackUnavailable("Slack did not answer")

    stage.told.before = away
    with pytest.raises(SlackUnavailable):
        stage.work.show(asked.id, "job")
    assert stage.work.show(asked.id, "another job") == 1


def test_without_the_right_to_write_the_owners_hear_what_to_change(stage: Stage) -> None:
    stage.pulls.is_reading_only = True
    wish = stage.says(BEN)
    stage.does_jobs()

    found = stage.now(wish)
    assert found.state is S.BY_HAND
    assert found.places == ("channel:#payments",)
    assert found.change
    assert (found.change.path, found.change.line, found.change.old, found.change.new) == (
        "catalog-info.yaml",
        8,
        "payments",
        "ledger",
    )
    stage.answers(ANA, wish, agrees=False)
    assert stage.now(wish).state is S.DECLINED


def test_a_file_that_cannot_be_changed_is_told_to_the_asker_alone(stage: Stage) -> None:
    text = f"# AUTO-GENERATED, do not edit\n{described('shop', 'payments')}"
    stage.file_on_main("shop", text)
    wish = stage.says(BEN)
    stage.does_jobs()

    found = stage.now(wish)
    assert (found.state, found.places) == (S.BY_HAND, ())
    assert found.problem.startswith("catalog-info.yaml says that a program generates it")


def test_a_file_that_names_the_owner_already_has_the_catalog_look_again(stage: Stage) -> None:
    stage.pulls.put("shop", {"catalog-info.yaml": described("shop", "ledger")})
    wish = stage.says(BEN)
    stage.does_jobs()

    assert stage.now(wish).state is S.MENDED
    assert [name.name for name in stage.refreshed] == ["shop"]


@pytest.mark.parametrize(
    ("decided", "state"), [(ProposalState.MERGED, S.MERGED), (ProposalState.CLOSED, S.CLOSED)]
)
def test_what_became_of_the_pull_request_is_shown_and_what_was_merged_is_looked_at(
    stage: Stage, decided: ProposalState, state: CorrectionState
) -> None:
    wish = stage.says(BEN)
    stage.does_jobs()
    stage.pulls.decide(1, decided)

    assert stage.work.look_at_all().settled == 1
    stage.does_jobs()

    assert stage.now(wish).state is state
    assert stage.told.shown[-1] == (wish.id, state)
    assert len(stage.refreshed) == (decided is ProposalState.MERGED)


def test_a_pull_request_that_is_opened_again_is_followed_again(stage: Stage) -> None:
    wish = stage.says(BEN)
    stage.does_jobs()
    name = RepositoryName("github.test", "ACME", "Shop")
    repository = stage.now(wish).repository
    stage.pulls.decide(1, ProposalState.CLOSED)
    stage.work.look_at_all()

    stage.pulls.decide(1, ProposalState.OPEN)
    assert stage.work.look(RepositoryName(repository.host, name.owner, name.name), 1) == 1
    assert stage.now(wish).state is S.OPEN
    assert stage.work.look(repository, 2) == 0


def test_pull_requests_are_asked_about_the_less_often_the_older_they_are(stage: Stage) -> None:
    stage.says(BEN)
    stage.does_jobs()
    asked: list[int] = []
    for _ in range(24 * 12):
        asked.append(stage.work.look_at_all().checked)
        stage.clock.advance(timedelta(minutes=5))
    assert asked[:4] == [1, 1, 1, 1]
    assert sum(asked[:12]) == 12
    assert sum(asked) < 90

    stage.clock.advance(timedelta(days=60))
    asked = []
    for _ in range(24 * 12):
        asked.append(stage.work.look_at_all().checked)
        stage.clock.advance(timedelta(minutes=5))
    assert sum(asked) == 1


def test_a_question_without_an_answer_lapses_after_a_month(stage: Stage) -> None:
    asked = stage.says(KIM)
    stage.does_jobs()
    stage.clock.advance(timedelta(days=31))

    stage.work.look_at_all()
    stage.does_jobs()

    assert stage.told.shown[-1] == (asked.id, S.LAPSED)
    with pytest.raises(UserError, match="settled meanwhile"):
        stage.answers(ANA, asked, agrees=True)


def test_what_people_mended_themselves_settles_the_question(stage: Stage) -> None:
    stage.says(KIM)
    stage.does_jobs()
    stage.file_on_main("shop", described("shop", "ledger"))

    assert stage.work.look_at_all().settled == 1
    stage.does_jobs()

    assert stage.told.last
    assert (stage.told.last.state, stage.told.last.is_in_catalog) == (S.MENDED, True)


def test_a_path_without_a_descriptor_is_mended_in_codeowners(stage: Stage) -> None:
    wish = stage.says(ANA, "acme/bare", "ledger")
    stage.does_jobs()

    found = stage.now(wish)
    assert (found.subject, found.state) == ("acme/bare", S.OPEN)
    assert found.change
    assert found.change.path == "CODEOWNERS"


def test_nobody_asks_everybody(stage: Stage) -> None:
    for number in range(10):
        name = f"part-{number}"
        stage.github.put(name, {"catalog-info.yaml": described(name, "payments")})
    stage.sync.run(stage.provider)
    for number in range(10):
        stage.says(KIM, f"part-{number}")

    with pytest.raises(UserError, match="10 questions of yours wait for an answer"):
        stage.says(KIM)
    assert stage.says(BEN).state is S.OPENING
    assert OPERATOR.standing is Standing.OPERATOR


@pytest.mark.parametrize(
    ("subject", "file"), [("shop", "catalog-info.yaml"), ("shop/src/pay.py", ""), ("bare", "")]
)
def test_the_form_names_the_file_that_will_be_changed(stage: Stage, subject: str, file: str) -> None:
    """Of a path it is CODEOWNERS, also where the path lies in something with a file of its own."""
    assert stage.corrections.outlook(subject, ANA).path == file
