"""Cron lines: what they mean, what is refused, and the two nights a year on which the clock jumps."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from core.cron import Cron, latest_before, next_after, parse

UTC_ZONE = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def following(line: str, zone: ZoneInfo, after: datetime, count: int) -> list[str]:
    """The next moments as they read on the wall, with their offset."""
    cron, found = parse(line), []
    for _ in range(count):
        after = next_after(cron, zone, after)
        found.append(after.isoformat())
    return found


@pytest.mark.parametrize(
    ("line", "field", "expected"),
    [
        ("5 * * * *", "minutes", (5,)),
        ("1,3,2,3 * * * *", "minutes", (1, 2, 3)),
        ("10-13 * * * *", "minutes", (10, 11, 12, 13)),
        ("*/20 * * * *", "minutes", (0, 20, 40)),
        ("5/20 * * * *", "minutes", (5, 25, 45)),
        ("10-20/5 * * * *", "minutes", (10, 15, 20)),
        ("0-4,58-59 * * * *", "minutes", (0, 1, 2, 3, 4, 58, 59)),
        ("* 23 * * *", "hours", (23,)),
        ("* * 31 * *", "days", (31,)),
        ("* * * jan,DEC *", "months", (1, 12)),
        ("* * * feb-apr *", "months", (2, 3, 4)),
        ("* * * * mon-fri/2", "weekdays", (1, 3, 5)),
        ("* * * * TUE", "weekdays", (2,)),
        ("* * * * 0", "weekdays", (0,)),
        ("* * * * 7", "weekdays", (0,)),
        ("* * * * sun", "weekdays", (0,)),
        ("* * * * 5-7", "weekdays", (0, 5, 6)),
        ("* * * * *", "weekdays", (0, 1, 2, 3, 4, 5, 6)),
        ("  0   0  *  *  *  ", "hours", (0,)),
    ],
)
def test_a_field_means(line: str, field: str, expected: tuple[int, ...]) -> None:
    assert getattr(parse(line), field) == expected


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "five fields: minute hour day month weekday"),
        ("* * * *", "five fields"),
        ("0 0 * * * *", "five fields"),
        ("@daily", "five fields"),
        ("60 * * * *", "the minute 60 is not one from 0 to 59"),
        ("* 24 * * *", "the hour 24 is not one from 0 to 23"),
        ("* * 0 * *", "the day of the month 0 is not one from 1 to 31"),
        ("* * * 13 *", "the month 13 is not one from 1 to 12"),
        ("* * * * 8", "the weekday 8 is not one from 0 to 7"),
        ("* * * * moon", "the weekday moon is not one"),
        ("* * * mon *", "the month mon is not one"),
        ("jan * * * *", "the minute jan is not one"),
        ("9-8 * * * *", "the minute 9-8 runs backwards"),
        ("* * * * sat-sun", "the weekday sat-sun runs backwards"),
        ("*-5 * * * *", "the minute *-5 is not a range"),
        ("*/0 * * * *", "the minute */0 is not understood"),
        ("1, * * * *", "the minute 1, is not understood"),
        ("-1 * * * *", "the minute -1 is not understood"),
        ("* * L * *", "the day of the month l is not one"),
        ("* * * * tue#2", "the weekday tue#2 is not understood"),
        ("²  * * * *", "the minute ² is not understood"),
        ("0 0 1 * mon", "a day of the month and a weekday together are ambiguous"),
        ("0 0 30 feb *", "none of its months has a day 30"),
        ("0 0 31 4,6,9,11 *", "none of its months has a day 31"),
    ],
)
def test_a_line_is_refused_with_the_field_and_the_reason(line: str, words: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse(line)

    assert words in str(caught.value)


def test_a_leap_day_is_found_over_the_century_that_has_none() -> None:
    after = datetime(2096, 3, 1, tzinfo=UTC)

    assert next_after(parse("0 0 29 2 *"), UTC_ZONE, after).date() == date(2104, 2, 29)


def test_what_falls_into_the_hour_that_spring_leaves_out_happens_an_hour_later_once() -> None:
    before = datetime(2026, 3, 28, 12, tzinfo=BERLIN)

    assert following("30 2 * * *", BERLIN, before, 2) == [
        "2026-03-29T03:30:00+02:00",
        "2026-03-30T02:30:00+02:00",
    ]


def test_every_hour_goes_on_through_the_hour_that_spring_leaves_out() -> None:
    before = datetime(2026, 3, 8, 0, 30, tzinfo=NEW_YORK)

    assert following("0 * * * *", NEW_YORK, before, 3) == [
        "2026-03-08T01:00:00-05:00",
        "2026-03-08T03:00:00-04:00",
        "2026-03-08T04:00:00-04:00",
    ]


def test_what_falls_into_the_hour_that_autumn_repeats_happens_the_first_time_only() -> None:
    before = datetime(2026, 10, 31, 12, tzinfo=NEW_YORK)

    assert following("30 1 * * *", NEW_YORK, before, 2) == [
        "2026-11-01T01:30:00-04:00",
        "2026-11-02T01:30:00-05:00",
    ]


def test_every_hour_happens_in_both_hours_that_autumn_makes_of_one() -> None:
    before = datetime(2026, 10, 25, 1, 30, tzinfo=BERLIN)

    assert following("0 * * * *", BERLIN, before, 4) == [
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
        "2026-10-25T03:00:00+01:00",
        "2026-10-25T04:00:00+01:00",
    ]


def test_between_the_two_equal_hours_of_autumn_the_slot_of_the_first_is_the_latest() -> None:
    first_again = datetime(2026, 10, 25, 2, 45, tzinfo=BERLIN, fold=1)

    found = latest_before(parse("30 2 * * *"), BERLIN, first_again)

    assert found is not None
    assert found.isoformat() == "2026-10-25T02:30:00+02:00"


def test_the_latest_slot_may_be_now() -> None:
    now = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

    assert latest_before(parse("30 9 * * tue"), UTC_ZONE, now) == now


def test_the_next_slot_is_never_now() -> None:
    now = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

    assert next_after(parse("30 9 * * tue"), UTC_ZONE, now) == now + timedelta(days=7)


def test_no_slot_in_400_days_is_none() -> None:
    assert latest_before(parse("0 0 29 2 *"), UTC_ZONE, datetime(2027, 12, 1, tzinfo=UTC)) is None


def test_a_slot_is_told_in_the_zone_of_the_schedule() -> None:
    found = next_after(parse("0 9 * * *"), BERLIN, datetime(2026, 7, 1, tzinfo=UTC))

    assert found.isoformat() == "2026-07-01T09:00:00+02:00"


def in_utc(moment: datetime | None) -> datetime:
    """Two moments of one zone are compared by the clock on the wall, and of two zones by rules of their own."""
    assert moment is not None
    return moment.astimezone(UTC)


def some(low: int, high: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.sets(st.integers(low, high), min_size=1, max_size=4).map(lambda found: tuple(sorted(found)))


crons = st.builds(
    Cron,
    minutes=some(0, 59),
    hours=some(0, 23) | st.just(tuple(range(24))),
    days=st.just(tuple(range(1, 32))),
    months=some(1, 12) | st.just(tuple(range(1, 13))),
    weekdays=some(0, 6) | st.just(tuple(range(7))),
)
zones = st.sampled_from(
    [UTC_ZONE, BERLIN, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kathmandu")]
)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
FALL = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(crons, zones, moments)
@example(parse("30 2 * * *"), BERLIN, FALL)
@example(parse("*/15 * * * *"), BERLIN, FALL)
@example(parse("30 2 * * *"), BERLIN, datetime(2026, 3, 29, 0, 30, tzinfo=UTC))
def test_looking_back_from_the_next_slot_finds_that_slot(cron: Cron, zone: ZoneInfo, after: datetime) -> None:
    slot = next_after(cron, zone, after)

    assert slot > after
    assert in_utc(latest_before(cron, zone, slot)) == in_utc(slot)


@given(crons, zones, moments)
@example(parse("*/20 * * * *"), BERLIN, FALL)
def test_slots_rise_and_none_is_passed_over(cron: Cron, zone: ZoneInfo, after: datetime) -> None:
    first = next_after(cron, zone, after)
    second = next_after(cron, zone, first)

    assert in_utc(second) > in_utc(first)
    assert in_utc(latest_before(cron, zone, in_utc(second) - timedelta(microseconds=1))) == in_utc(first)


@given(crons, zones, moments)
def test_without_a_slot_in_between_the_next_is_the_same(cron: Cron, zone: ZoneInfo, after: datetime) -> None:
    latest = latest_before(cron, zone, after)
    assume(latest is not None)
    assert latest is not None

    assert in_utc(next_after(cron, zone, latest)) == in_utc(next_after(cron, zone, after))
