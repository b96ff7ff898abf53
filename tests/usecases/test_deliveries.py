"""Webhooks after their signature: each is worked once, none is lost, whoever dies in between."""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from catalog_sync.deliveries import Caught, Deliveries
from catalog_sync.delivery_rows import DeliveryRows, DeliveryState, Errand
from catalog_sync.github.hooks import FailedDelivery
from catalog_sync.github.webhook import Refresh
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.clock import FixedClock
from core.database import Database
from core.errors import GitHubUnavailable, NotAllowed
from tests.fakes.github import HOST, FakeGitHub
from tests.usecases.test_sync import component

SOURCE = f"github:{HOST}/acme"
HELLO = f"repository:{HOST}/acme/hello"
TEAMS = f"teams:{HOST}/acme"


def pushed(*paths: str, name: str = "hello", **more: Any) -> dict[str, Any]:
    repository = {"full_name": f"acme/{name}", "default_branch": "main"}
    commits = [{"added": [], "modified": list(paths), "removed": []}]
    return {
        "ref": "refs/heads/main",
        "after": "a" * 40,
        "repository": repository,
        "commits": commits,
        **more,
    }


CHANGE = pushed("catalog-info.yaml")
MEMBER = {"action": "added", "organization": {"login": "acme"}}


class Post:
    """Deliveries with a list in place of jobs, and a look that only notes what it looked at."""

    def __init__(self, database: Database, clock: FixedClock, **more: Any) -> None:
        self.errands: list[Errand] = []
        self.looked: list[str] = []
        self.pauses: list[float] = []
        self.while_looking: Callable[[], None] = lambda: None
        self.clock = clock
        self.rows = DeliveryRows(database)
        values = {"sources": [SOURCE], "descriptors": ["catalog-info.yaml"], "branch": None, **more}
        self.deliveries = Deliveries(
            database,
            clock,
            enqueue=self.errands.append,
            refresh=self._look,
            pause=self.pauses.append,
            **values,
        )

    def _look(self, refresh: Refresh) -> None:
        self.looked.append(refresh.subject)
        self.while_looking()

    def comes(self, guid: str, event: str = "push", payload: dict[str, Any] | None = None) -> DeliveryState:
        return self.deliveries.receive(guid, event, HOST, CHANGE if payload is None else payload).state

    def works(self, errand: Errand | None = None) -> int:
        """Do one errand, the next by default."""
        found = errand or self.errands.pop(0)
        return self.deliveries.work(found.subject, found.key)

    def works_all(self) -> None:
        while self.errands:
            self.works()

    def states(self, *guids: str) -> list[set[str]]:
        return [set(map(str, self.rows.states(guid).values())) for guid in guids]


@pytest.fixture
def post(database: Database, clock: FixedClock) -> Post:
    return Post(database, clock)


def test_what_a_delivery_names_is_handed_over_and_then_looked_at(post: Post) -> None:
    assert post.comes("d1") is DeliveryState.WAITING
    assert (post.looked, [errand.subject for errand in post.errands]) == ([], [HELLO])

    post.works()

    assert (post.looked, post.states("d1")) == ([HELLO], [{"done"}])


def test_a_delivery_that_comes_again_is_worked_once(post: Post) -> None:
    post.comes("d1")
    first = post.errands[0]
    # Before it was worked on: the same key, so the jobs see that it is the same.
    post.comes("d1")
    assert post.errands == [first, first]
    post.works_all()

    assert post.comes("d1") is DeliveryState.DONE
    assert (post.errands, post.looked) == ([], [HELLO])


def test_one_that_failed_is_worked_again_when_it_comes_again(post: Post) -> None:
    post.comes("d1")
    first = post.errands.pop()
    post.while_looking = lambda: _raise(NotAllowed("no"))
    with pytest.raises(NotAllowed):
        post.works(first)
    post.deliveries.fail(first.subject, first.key, "no")
    assert post.states("d1") == [{"failed"}]

    post.while_looking = lambda: None
    assert post.comes("d1") is DeliveryState.WAITING
    assert post.errands[0].key != first.key
    post.works()

    assert post.states("d1") == [{"done"}]


def test_many_pushes_within_a_moment_are_one_look(post: Post) -> None:
    for number in range(20):
        post.comes(f"d{number}")
    post.works_all()

    assert post.looked == [HELLO]
    assert post.states(*(f"d{number}" for number in range(20))) == [{"done"}] * 20


def test_what_comes_during_a_look_is_looked_at_once_more(post: Post) -> None:
    post.comes("d1")

    def meanwhile() -> None:
        post.while_looking = lambda: None
        for guid in ("d2", "d3"):
            post.comes(guid)
        # Others find somebody at it, and leave.
        assert post.works() == 0
        assert post.works() == 0

    post.while_looking = meanwhile

    assert post.works() == 3
    assert post.looked == [HELLO, HELLO]
    assert post.states("d1", "d2", "d3") == [{"done"}] * 3


def test_a_worker_that_crashed_goes_on_and_nobody_else_does_for_half_an_hour(post: Post) -> None:
    post.comes("d1")
    crashed = post.errands.pop()
    post.while_looking = lambda: _raise(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        post.works(crashed)
    post.while_looking = lambda: None
    post.comes("d2")
    other = post.errands.pop()
    assert post.works(other) == 0

    post.clock.advance(timedelta(minutes=31))
    assert post.works(other) == 2
    assert post.works(crashed) == 0


def test_the_same_worker_after_a_crash_has_all_that_it_had(post: Post) -> None:
    post.comes("d1")
    crashed = post.errands.pop()
    post.while_looking = lambda: _raise(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        post.works(crashed)
    post.while_looking = lambda: None

    assert post.works(crashed) == 1


def test_a_swarm_of_team_changes_is_waited_for_and_is_one_look(post: Post) -> None:
    for number in range(10):
        post.comes(f"m{number}", "membership", MEMBER)
    post.works_all()

    assert (post.looked, len(post.pauses)) == ([TEAMS], 1)


def test_a_delivery_that_names_several_things_is_done_when_all_are(post: Post) -> None:
    payload = {
        "action": "renamed",
        "repository": {"full_name": "acme/hello"},
        "changes": {"repository": {"name": {"from": "hallo"}}},
    }
    post.comes("d1", "repository", payload)
    post.works()
    assert post.states("d1") == [{"waiting", "done"}]
    assert post.comes("d1", "repository", payload) is DeliveryState.WAITING

    post.works_all()

    assert post.looked == [HELLO[: -len("hello")] + name for name in ("hallo", "hello")]


@pytest.mark.parametrize(
    ("event", "payload", "reason"),
    [
        ("push", pushed("src/a.py"), "it touches no file that is read"),
        ("push", pushed("catalog-info.yaml", ref="refs/heads/work"), "the branch work is not read"),
        ("star", {}, "nothing in the catalog follows from star events"),
        (
            "push",
            {**CHANGE, "repository": {"full_name": "globex/hello", "default_branch": "main"}},
            f"{HOST}/globex is not one of the organisations that are read",
        ),
        ("team", {"organization": {"login": "globex"}}, f"{HOST}/globex is not one of the organisations"),
    ],
)
def test_what_changes_nothing_here_is_ignored_and_said_so(
    database: Database, clock: FixedClock, event: str, payload: dict[str, Any], reason: str
) -> None:
    github = FakeGitHub()
    github.put("hello", {"catalog-info.yaml": component("hello")})
    Sync(CatalogStore(database), clock).run(GitHubProvider(github, "acme"))
    post = Post(database, clock)

    receipt = post.deliveries.receive("d1", event, HOST, payload)

    assert (receipt.state, post.errands) == (DeliveryState.IGNORED, [])
    assert reason in receipt.reason
    assert post.comes("d1", event, payload) is DeliveryState.DONE


def test_a_push_to_a_repository_that_is_not_known_is_always_looked_at(post: Post) -> None:
    assert post.comes("d1", payload=pushed("src/a.py")) is DeliveryState.WAITING


def test_another_host_is_another_organisation(database: Database, clock: FixedClock) -> None:
    post = Post(database, clock, sources=[SOURCE, "github:ghes.test/acme"])

    post.deliveries.receive("d1", "push", "ghes.test", CHANGE)
    post.deliveries.receive("d2", "push", "elsewhere.test", CHANGE)

    assert [errand.subject for errand in post.errands] == ["repository:ghes.test/acme/hello"]


def test_a_short_silence_of_github_is_for_the_job_to_wait_out(post: Post) -> None:
    post.comes("d1")
    post.while_looking = lambda: _raise(GitHubUnavailable("502"))

    with pytest.raises(GitHubUnavailable):
        post.works()


def test_a_long_limit_holds_up_nobody_and_is_tried_again_later(post: Post) -> None:
    post.comes("d1")
    post.while_looking = lambda: _raise(GitHubUnavailable("the limit", 1800.0))
    assert post.works() == 0
    assert post.states("d1") == [{"failed"}]
    post.while_looking = lambda: None

    assert post.deliveries.catch_up([]) == Caught(0, 0, 1)
    post.works_all()

    assert post.states("d1") == [{"done"}]


def test_what_fails_again_and_again_is_given_up(post: Post) -> None:
    post.comes("d1")
    post.while_looking = lambda: _raise(GitHubUnavailable("the limit", 1800.0))
    for _ in range(4):
        post.works_all()
        post.deliveries.catch_up([])

    assert (len(post.looked), post.states("d1")) == (4, [{"failed"}])


def test_what_arrived_and_lost_its_job_is_taken_up(post: Post) -> None:
    post.comes("d1")
    post.comes("d2")
    post.comes("m1", "membership", MEMBER)
    post.errands.clear()
    assert post.deliveries.catch_up([]) == Caught(0, 0, 0)
    post.clock.advance(timedelta(minutes=3))

    assert post.deliveries.catch_up([]) == Caught(0, 0, 2)
    post.works_all()

    assert sorted(post.looked) == [HELLO, TEAMS]
    assert post.states("d1", "d2", "m1") == [{"done"}] * 3


def test_deliveries_are_kept_for_a_week(post: Post) -> None:
    post.comes("d1")
    post.works()
    post.clock.advance(timedelta(days=8))

    post.deliveries.catch_up([])

    assert post.states("d1") == [set()]


@dataclass
class Log:
    """A hook's log: attempts that failed, the newest first."""

    attempts: Sequence[FailedDelivery]
    asked: list[int] = field(default_factory=list)
    may_ask: bool = True

    def failed(self, since: datetime) -> Iterable[FailedDelivery]:
        return [one for one in self.attempts if one.at >= since]

    def again(self, delivery: FailedDelivery) -> None:
        if not self.may_ask:
            raise NotAllowed("no")
        self.asked.append(delivery.id)


def attempts(clock: FixedClock, *guids: str) -> list[FailedDelivery]:
    """One failed attempt each, the newest first; the last is number 1."""
    return [
        FailedDelivery(len(guids) - n, guid, "push", clock.now() - timedelta(minutes=n))
        for n, guid in enumerate(guids)
    ]


def test_what_never_arrived_is_asked_for_again_the_oldest_first(post: Post) -> None:
    post.comes("came")
    post.works()
    post.comes("came-too")
    log = Log(attempts(post.clock, "new", "came", "old", "came-too"))

    assert post.deliveries.catch_up([log]) == Caught(missed=2, asked=2, resumed=0)
    assert log.asked == [2, 4]


def test_where_nothing_may_be_asked_for_the_regular_look_covers_it(post: Post) -> None:
    log = Log(attempts(post.clock, "one", "two"), may_ask=False)

    assert post.deliveries.catch_up([log]) == Caught(missed=2, asked=0, resumed=0)


def test_a_delivery_is_asked_for_by_its_last_attempt_and_not_for_ever(post: Post) -> None:
    log = Log(attempts(post.clock, "twice", "thrice", "thrice", "thrice", "twice"))

    assert post.deliveries.catch_up([log]) == Caught(missed=2, asked=1, resumed=0)
    assert log.asked == [5]


def test_after_a_long_outage_only_some_are_asked_for_at_once(post: Post) -> None:
    log = Log(attempts(post.clock, *(f"d{number}" for number in range(80))))

    assert post.deliveries.catch_up([log]) == Caught(missed=80, asked=50, resumed=0)


def test_two_replicas_that_get_the_same_delivery_work_it_once(
    database_url: str, open_database: Callable[[str], Database], clock: FixedClock
) -> None:
    one, two = (Post(open_database(database_url), clock) for _ in range(2))
    together(lambda: one.comes("d1"), lambda: two.comes("d1"))
    errands = {errand.key: errand for errand in (*one.errands, *two.errands)}
    assert len(errands) == 1

    errand = errands.popitem()[1]
    together(lambda: one.works(errand), lambda: two.works(errand))

    # Under one key there is one job; and what it had settled is not there a second time.
    assert len({*one.looked, *two.looked}) == 1
    assert one.states("d1") == [{"done"}]


def test_replicas_that_get_many_deliveries_at_once_lose_none(
    database_url: str, open_database: Callable[[str], Database], clock: FixedClock
) -> None:
    state = {"truth": 0, "seen": 0}
    posts = [Post(open_database(database_url), clock) for _ in range(4)]
    lock = threading.Lock()

    def push(post: Post, guid: str) -> None:
        with lock:
            state["truth"] += 1
        post.comes(guid)
        post.works_all()

    def look() -> None:
        # A look takes what is there when it begins; one at a time, so that no late one writes over a newer.
        assert not busy.locked()
        with busy:
            with lock:
                now = state["truth"]
            state["seen"] = now

    busy = threading.Lock()
    for post in posts:
        post.while_looking = look
    together(
        *(
            lambda post=post, number=number: [push(post, f"d{number}-{step}") for step in range(10)]
            for number, post in enumerate(posts)
        )
    )

    assert state["seen"] == state["truth"] == 40
    assert posts[0].rows.counts() == {DeliveryState.DONE: 40}


def together(*calls: Callable[[], object]) -> None:
    """Make the calls at the same time; a failure of one is raised."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        gate.wait(timeout=60)
        call()

    with ThreadPoolExecutor(len(calls)) as pool:
        for future in [pool.submit(run, call) for call in calls]:
            future.result(timeout=120)


def _raise(error: BaseException) -> None:
    raise error
