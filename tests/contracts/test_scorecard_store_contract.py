"""The store of scores, on every database that Callboard runs on."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from core.access import SlackUser, Visibility
from core.database import Database
from scorecards.evaluate import Remembered
from scorecards.history import CLAIMED_FOR, History
from scorecards.model import Change, EntityScore, Level, Result, State
from scorecards.rollup import Count
from scorecards.store import Judged, Saved, ScoreStore

AT = datetime(2026, 11, 24, 5, 11, tzinfo=UTC)
DAY = timedelta(days=1)
PAY, SHOP = "group:default/pay", "group:default/shop"
ALL = frozenset(Visibility)


@pytest.fixture
def store(database: Database) -> ScoreStore:
    return ScoreStore(database)


@pytest.fixture
def history(database: Database) -> History:
    return History(database)


def judged(
    name: str = "x",
    state: State = State.PASS,
    *,
    since: datetime = AT,
    change: Change | None = None,
    **fields: object,
) -> Judged:
    result = Result("a", state, "1 page", "because")
    plain = EntityScore(
        entity=f"component:default/{name}",
        title=name,
        owner=PAY,
        level=Level.BRONZE,
        results=(result,),
        visibility=Visibility.INTERNAL,
        fields={"name": name},
    )
    score = replace(plain, **fields)  # type: ignore[arg-type]
    return Judged(score, {"a": Remembered(result, since, state is State.PASS)}, change)


def save(store: ScoreStore, *items: Judged, at: datetime = AT) -> Saved:
    return store.save(items, store.memories(), at)


def unchanged(store: ScoreStore, item: Judged) -> Judged:
    """The same item as an evaluation gives it: with the very objects that were remembered."""
    return replace(item, checks=store.memories()[item.score.entity].checks)


def test_a_score_comes_back_as_it_was_saved(store: ScoreStore) -> None:
    item = judged()

    save(store, item)

    assert store.scores(ALL) == (item.score,)
    assert store.measured_at() == AT


def test_what_is_remembered_comes_back_as_it_was_saved(store: ScoreStore) -> None:
    item = judged(state=State.FAIL, since=AT - DAY)

    save(store, item)

    memory = store.memories()["component:default/x"]
    assert (memory.level, dict(memory.checks)) == (Level.BRONZE, dict(item.checks))


def test_what_did_not_change_is_not_written_again(store: ScoreStore) -> None:
    save(store, judged())
    memories = store.memories()
    again = Judged(judged().score, memories["component:default/x"].checks)

    saved = store.save([again], memories, AT + DAY)

    assert saved == Saved(0, ())
    assert store.measured_at() == AT + DAY


def test_a_result_that_changed_replaces_the_old_one(store: ScoreStore) -> None:
    save(store, judged())

    assert save(store, judged(state=State.FAIL), at=AT + DAY).results == 1
    assert [score.results[0].state for score in store.scores(ALL)] == [State.FAIL]


def test_a_check_that_is_no_more_takes_its_results_along(store: ScoreStore) -> None:
    save(store, judged())

    save(store, replace(judged(results=()), checks={}), at=AT + DAY)

    assert store.scores(ALL)[0].results == ()


def test_an_entity_that_is_no_more_is_removed_and_its_numbers_end(
    store: ScoreStore, history: History
) -> None:
    save(store, judged(), judged("y"))
    memories = store.memories()

    saved = store.save(
        [Judged(judged("y").score, memories["component:default/y"].checks)], memories, AT + DAY
    )

    assert saved == Saved(0, ("component:default/x",))
    assert [score.title for score in store.scores(ALL)] == ["y"]
    assert history.counts((AT + DAY).date()) == {PAY: Count(1, 1), "": Count(0, 0)}


@pytest.mark.parametrize(
    ("visible", "titles"),
    [
        (ALL, ["internal", "private", "public"]),
        (frozenset({Visibility.PUBLIC}), ["public"]),
        (frozenset[Visibility](), []),
    ],
)
def test_only_what_somebody_may_see_is_read(
    store: ScoreStore, visible: frozenset[Visibility], titles: list[str]
) -> None:
    save(store, *(judged(str(visibility), visibility=visibility) for visibility in Visibility))

    assert [score.title for score in store.scores(visible)] == titles


def test_the_results_of_an_entity_that_became_private_are_private_too(
    store: ScoreStore, database: Database
) -> None:
    save(store, judged())
    memories = store.memories()
    private = judged(visibility=Visibility.PRIVATE).score

    saved = store.save([Judged(private, memories[private.entity].checks)], memories, AT + DAY)

    assert saved.results == 1
    assert store.scores(ALL - {Visibility.PRIVATE}) == ()


def test_scores_can_be_read_of_some_owners(store: ScoreStore) -> None:
    save(store, judged("x"), judged("y", owner=SHOP))

    assert [score.title for score in store.scores(ALL, [SHOP])] == ["y"]
    assert store.scores(ALL, []) == ()


def test_numbers_of_a_day_are_the_newest_until_then(store: ScoreStore, history: History) -> None:
    save(store, judged())
    save(store, judged(state=State.FAIL, results=(Result("a", State.FAIL),)), at=AT + 3 * DAY)

    def at(days: int) -> list[tuple[int, int]]:
        return [(count.passed, count.judged) for count in history.counts((AT + days * DAY).date()).values()]

    assert [at(-1), at(0), at(2), at(3), at(300)] == [[], [(1, 1)], [(1, 1)], [(0, 1)], [(0, 1)]]


def test_numbers_stay_with_the_owner_of_their_day(store: ScoreStore, history: History) -> None:
    save(store, judged())
    save(store, unchanged(store, judged(owner=SHOP)), at=AT + DAY)

    assert history.counts(AT.date()) == {PAY: Count(1, 1)}
    assert history.counts((AT + DAY).date()) == {SHOP: Count(1, 1)}
    assert history.first_days() == {PAY: date(2026, 11, 24), SHOP: date(2026, 11, 25)}


def test_a_second_evaluation_of_a_day_replaces_the_numbers_of_that_day(
    store: ScoreStore, history: History
) -> None:
    save(store, judged())
    save(store, judged(state=State.FAIL, results=(Result("a", State.FAIL),)), at=AT + timedelta(hours=8))

    assert history.counts(AT.date()) == {PAY: Count(0, 1)}


def test_changes_are_told_by_owner_from_a_moment_on(store: ScoreStore, history: History) -> None:
    rise = Change("component:default/x", "x", Level.NONE, Level.BRONZE, "Check a")
    save(store, judged(change=rise))

    assert history.changes(AT - DAY) == {PAY: [rise]}
    assert history.changes(AT) == {}
    assert history.changes(AT - DAY, [SHOP]) == {}


def test_an_improvement_belongs_to_whoever_took_it_first(history: History) -> None:
    ana, ben = SlackUser("T1", "U_ANA"), SlackUser("T1", "U_BEN")

    taken = [history.claim(PAY, "a:gold", user, AT) for user in (ana, ben)]

    assert taken == ["U_ANA", "U_ANA"]
    assert history.claims(AT) == {(PAY, "a:gold"): "U_ANA"}


def test_an_improvement_is_free_again_after_four_weeks(history: History) -> None:
    later = AT + CLAIMED_FOR
    history.claim(PAY, "a:gold", SlackUser("T1", "U_ANA"), AT)

    assert history.claims(later) == {}
    assert history.claim(PAY, "a:gold", SlackUser("T1", "U_BEN"), later) == "U_BEN"


def test_a_score_can_be_read_alone(store: ScoreStore) -> None:
    save(store, judged("x"), judged("y", visibility=Visibility.PRIVATE))

    assert store.score("component:default/x", ALL) == judged("x").score
    assert store.score("component:default/y", ALL - {Visibility.PRIVATE}) is None


def test_nothing_is_kept_of_a_save_that_breaks(store: ScoreStore) -> None:
    broken = judged("y", title=None)

    with pytest.raises(Exception, match=r"(?i)null"):
        save(store, judged("x"), broken)

    assert store.scores(ALL) == ()
    assert store.measured_at() is None


def test_many_entities_are_saved_and_removed(store: ScoreStore) -> None:
    save(store, *(judged(f"x{number}") for number in range(1201)))

    assert len(store.scores(ALL)) == 1201
    assert len(save(store, at=AT + DAY).removed) == 1201
    assert store.scores(ALL) == ()
