"""Time: a clock that stands still, and ages as people say them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.clock import FixedClock, SystemClock, age

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=13, hours=23), "13 days ago"),
        (timedelta(days=14), "2 weeks ago"),
        (timedelta(days=59), "8 weeks ago"),
        (timedelta(days=60), "2 months ago"),
        (timedelta(days=364), "12 months ago"),
        (timedelta(days=365), "1 year ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_an_age_reads_as_people_say_it(span: timedelta, words: str) -> None:
    assert age(NOW - span, NOW) == words


def test_a_moment_that_another_clock_puts_into_the_future_is_just_now() -> None:
    assert age(NOW + timedelta(minutes=5), NOW) == "just now"


def test_an_age_counts_across_time_zones() -> None:
    assert age(NOW.astimezone(timezone(timedelta(hours=-5))), NOW + timedelta(hours=2)) == "2 h ago"


def test_a_fixed_clock_moves_only_when_it_is_moved() -> None:
    clock = FixedClock(NOW)

    assert clock.now() == clock.now() == NOW
    clock.advance(timedelta(days=1))
    assert clock.now() == NOW + timedelta(days=1)


def test_a_fixed_clock_tells_utc_wherever_it_was_set() -> None:
    clock = FixedClock(datetime(2026, 11, 24, 10, tzinfo=timezone(timedelta(hours=1))))

    assert clock.now().tzinfo is UTC
    assert clock.now() == NOW


def test_a_clock_refuses_a_time_without_a_zone() -> None:
    with pytest.raises(ValueError, match="aware"):
        FixedClock(datetime(2026, 11, 24))


def test_the_machine_clock_tells_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)
