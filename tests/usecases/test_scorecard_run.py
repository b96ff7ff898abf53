"""Judging everything, and asking for one entity or one team."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.access import OPERATOR, Asker, SlackUser, Standing, Visibility
from core.errors import GitHubUnavailable, NotFound
from scorecards.collect import collect
from scorecards.model import Fact, Level, State
from scorecards.subjects import Subject
from scorecards.tables import check_results, entity_scores, level_changes, score_snapshots
from tests.usecases.scorecard_world import NOW, PAYMENTS, Dials, World, open_world, repository_of, subject

DAY = timedelta(days=1)
GUEST = Asker(Standing.GUEST)
API = "component:default/payments-api"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = open_world(tmp_path)
    yield opened
    opened.database.close()


def states(world: World, ref: str = API) -> dict[str, State]:
    score = world.scorecards.score(ref)
    assert score
    return {result.check: result.state for result in score.results}


def rows(world: World) -> dict[str, list[tuple[object, ...]]]:
    tables = (check_results, entity_scores, level_changes, score_snapshots)
    with world.database.read() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))
            ]
            for table in tables
        }


def test_a_judged_entity_has_its_level_and_results(world: World) -> None:
    world.has("payments-api")
    world.turn("payments-api", c=False)

    changed = world.judge()

    score = world.scorecards.score(API)
    assert score
    assert changed == 3
    assert (score.level, score.title, score.owner) == (Level.SILVER, "payments-api", PAYMENTS.ref)
    assert states(world) == {"a": State.PASS, "b": State.PASS, "c": State.FAIL}


def test_nothing_changed_means_nothing_written(world: World) -> None:
    world.has("payments-api", "ledger")
    world.turn("ledger", b=False, c=None)
    world.judge()
    before = rows(world)

    assert world.judge(after=DAY) == 0
    assert rows(world) == before
    assert world.scorecards.store.measured_at() == NOW + DAY


def test_only_what_changed_is_written(world: World) -> None:
    world.has("payments-api", "ledger")
    world.turn("ledger", b=False)
    world.judge()
    world.turn("ledger", b=True)

    assert world.judge(after=DAY) == 1


def test_a_fall_takes_two_evaluations_and_is_told_once(world: World) -> None:
    world.has("payments-api")
    world.judge()
    world.turn("payments-api", b=False)
    levels = []
    for _ in range(3):
        world.judge(after=DAY)
        score = world.scorecards.score(API)
        levels.append(score.level if score else None)

    told = world.scorecards.history.changes(NOW)

    assert levels == [Level.GOLD, Level.BRONZE, Level.BRONZE]
    assert [(change.before, change.after, change.because) for change in told[PAYMENTS.ref]] == [
        (Level.GOLD, Level.BRONZE, "Dial B is on")
    ]


def test_a_first_judgement_is_no_change(world: World) -> None:
    world.has("payments-api")
    world.judge()

    assert world.scorecards.history.changes(NOW - DAY) == {}


def test_a_source_that_does_not_answer_makes_its_checks_unknown_and_takes_no_level(world: World) -> None:
    world.has("payments-api")
    world.judge()
    world.dials.error = GitHubUnavailable("GitHub answered 502")

    world.judge(after=DAY)

    score = world.scorecards.score(API)
    assert score
    assert score.level is Level.GOLD
    assert {(result.state, result.why) for result in score.results} == {
        (State.UNKNOWN, "dials did not answer: GitHub answered 502")
    }


def test_a_source_that_breaks_stops_nobody_and_leaves_a_number_to_look_for(world: World) -> None:
    world.has("payments-api")
    world.dials.error = RuntimeError("boom")

    world.judge()

    score = world.scorecards.score(API)
    assert score
    assert {result.why.rsplit(" ", 1)[0] for result in score.results} == {"the source dials broke; reference"}


def test_a_fact_that_was_not_measured_says_why(world: World) -> None:
    world.has("payments-api")
    world.turn("payments-api", b=None)
    world.judge()

    score = world.scorecards.score(API)
    assert score
    assert [(result.state, result.why) for result in score.results if result.check == "b"] == [
        (State.UNKNOWN, "403: no right to look")
    ]


def test_an_entity_that_left_the_catalog_has_no_score(world: World) -> None:
    world.has("payments-api", "ledger")
    world.judge()
    world.catalog.all_subjects.pop(0)
    world.judge(after=DAY)

    assert world.scorecards.score(API) is None
    assert [score.title for score in world.scorecards.score_team(PAYMENTS.ref)] == ["ledger"]


def test_what_no_check_looks_at_is_not_judged(world: World) -> None:
    world.has("payments-api", kind="API")
    archived = repository_of("old", is_archived=True)
    world.catalog.all_subjects.append(subject("old", repository=archived))

    assert world.judge() == 0
    assert world.scorecards.score_team(PAYMENTS.ref) == ()


@pytest.mark.parametrize(
    ("asker", "titles"),
    [(GUEST, ["open"]), (Asker(Standing.MEMBER), ["closed", "open"]), (OPERATOR, ["closed", "open"])],
)
def test_nobody_sees_scores_of_what_they_may_not_see(world: World, asker: Asker, titles: list[str]) -> None:
    world.has("open", visibility=Visibility.PUBLIC)
    world.has("closed", visibility=Visibility.PRIVATE)
    world.judge()

    assert [score.title for score in world.scorecards.score_team(PAYMENTS.ref, asker)] == titles
    assert [score.title for score in world.scorecards.score_of("payments", asker).scores] == titles
    closed = world.scorecards.score("component:default/closed", asker)
    assert (closed is not None) == ("closed" in titles)


def test_what_may_not_be_seen_reads_like_what_is_not_there(world: World) -> None:
    world.has("closed", visibility=Visibility.PRIVATE)

    messages = set()
    for name in ("closed", "nowhere"):
        with pytest.raises(NotFound) as caught:
            world.scorecards.score_of(name, GUEST)
        messages.add(caught.value.message.replace(name, "X"))

    assert messages == {"Nothing here that is called X has a scorecard."}


def test_a_score_now_is_judged_now_and_stores_nothing(world: World) -> None:
    world.has("payments-api")

    found = world.scorecards.score_of("payments-api", OPERATOR)

    assert (found.about, found.subject, found.scores[0].level) == ("entity", API, Level.GOLD)
    assert found.measured_at == NOW
    assert world.scorecards.score(API) is None


def test_a_change_of_owner_moves_the_score_along(world: World) -> None:
    world.has("payments-api")
    world.judge()
    world.catalog.all_subjects[0] = replace(subject("payments-api", team=None, owners=("user:default/zoe",)))
    world.judge(after=DAY)

    score = world.scorecards.score(API)
    assert score
    assert score.owner == "user:default/zoe"


def test_every_check_has_its_fix_in_words(world: World) -> None:
    assert world.scorecards.fixes() == {"a": "Turn A on", "b": "Turn B on", "c": "Turn C on"}


def test_an_improvement_is_taken_once(world: World) -> None:
    first = world.scorecards.claim("Group:default/payments", "c:gold", SlackUser("T1", "U1"))
    second = world.scorecards.claim("group:default/payments", "c:gold", SlackUser("T1", "U2"))

    assert (first, second) == ("U1", "U1")


def test_a_fact_that_nobody_declared_reaches_no_check(world: World) -> None:
    world.has("payments-api")
    world.dials.turned[API] = {"dial.undeclared": True}

    facts = collect([world.dials], world.catalog.subjects(), NOW)

    assert set(facts[API]) == {"dial.a", "dial.b", "dial.c"}


def test_facts_about_something_that_nobody_asked_for_are_dropped(world: World) -> None:
    world.has("payments-api")

    class Talkative(Dials):
        def collect(self, subjects: Sequence[Subject], now: datetime) -> Mapping[str, tuple[Fact, ...]]:
            return {"component:default/other": self._facts("component:default/other", now)}

    assert collect([Talkative()], world.catalog.subjects(), NOW) == {API: {}}
