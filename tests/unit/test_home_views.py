"""What a Home looks like, whatever stands on it: Slack takes it, nobody is called, and it is published when it changed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.slack.block_kit import view_problems
from bot.slack.blocks import section
from bot.slack.home.model import (
    AdminCard,
    HomeContent,
    Need,
    NeedKind,
    Points,
    SourceState,
    TeamCard,
    Thing,
    Visitor,
)
from bot.slack.home.stamps import digest, is_current, stamped, without_clockwork
from bot.slack.home.teams import owned_blocks
from bot.slack.home.views import ask_modal, away_view, home_view
from bot.slack.paces import MinuteBudget
from core.errors import SlackUnavailable
from scorecards.model import Level
from tests.conftest import NOW

EVIL = "*bold* <!channel> @here <https://evil.example|bank> & `x` <@U0001ANA> {title}"
URL = "https://github.com/acme/payments-api"
THINGS = tuple(Thing(f"component:default/c{number}", f"C{number}", "component", URL) for number in range(20))
TEAM = TeamCard("group:default/payments", "Payments", "#payments-help", ("Ben",), THINGS, {Level.GOLD: 2})
CONTENT = HomeContent(Visitor.AT_HOME, "Ana", (TEAM,), (), may_create=True, synced_at=NOW, slack_id="U1")


def crowded(word: str, url: str) -> HomeContent:
    """More of everything than anybody has, all of it called ``word``."""
    kinds = ("api", "component", "domain", "resource", "system", "template", "repository", word)
    things = tuple(
        Thing(f"{kind}:x/{number}", word, kind, url, Level.GOLD) for kind in kinds for number in range(300)
    )
    team = TeamCard(
        f"group:x/{word}"[:100], word, f"#{word}", (word,) * 50, things, {Level.GOLD: 9}, (word,) * 90
    )
    needs = tuple(Need(kind, word, word, url, word[:500]) for kind in NeedKind for _ in range(40))
    admin = AdminCard(
        tuple(SourceState(f"github:{word}/{word}", NOW) for _ in range(60)),
        9999,
        tuple(Points(word, 1, 2, NOW) for _ in range(60)),
        (word,) * 5000,
    )
    return HomeContent(Visitor.AT_HOME, word, (team,) * 50, needs, True, admin, NOW, "U1", word)


def mrkdwn_in(value: Any) -> Iterator[str]:
    """Every text in which Slack reads marks, mentions and links."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for inner in value.values():
            yield from mrkdwn_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from mrkdwn_in(inner)


@pytest.mark.parametrize(
    "content",
    [
        *(HomeContent(visitor, may_create=visitor is not Visitor.GUEST) for visitor in Visitor),
        CONTENT,
        crowded("x" * 400, f"{URL}/{'y' * 190}"),
        crowded(EVIL, URL),
        crowded("é\n\n" * 100, "no address"),
    ],
    ids=[*(str(visitor) for visitor in Visitor), "usual", "long", "hostile", "odd"],
)
def test_slack_takes_a_home_and_nobody_is_called(content: HomeContent) -> None:
    view = home_view(content, answer=[section("found")] * 200, claim="me:say")

    assert view_problems(view) == ()
    assert len(view["blocks"]) <= 100
    texts = "\n".join(mrkdwn_in(view))
    for evil in ("<!channel>", "@here", "|bank>", "<@U0001ANA>"):
        assert evil not in texts


@pytest.mark.parametrize("word", [EVIL, "x" * 400])
def test_everything_that_a_team_owns_fits(word: str) -> None:
    team = crowded(word, f"{URL}/{'y' * 150}").teams[0]

    blocks = owned_blocks(team)

    assert view_problems({"type": "home", "blocks": blocks}) == ()
    assert "and 2340 more" in str(blocks)


def test_few_of_each_kind_are_named_and_the_rest_is_one_press_away() -> None:
    names = home_view(CONTENT)["blocks"][6]

    assert "C7" in names["text"]["text"]
    assert "C8" not in names["text"]["text"]
    assert "and 12 more" in names["text"]["text"]
    assert names["accessory"]["text"]["text"] == "All 20"


def test_the_most_pressing_needs_are_shown_and_the_rest_is_counted() -> None:
    needs = tuple(Need(NeedKind.REFUSED, f"f{number}.yaml:1") for number in range(11))

    text = str(home_view(replace(CONTENT, needs=needs)))

    assert ("f7.yaml" in text, "f8.yaml" in text, "and 3 more" in text) == (True, False, True)


def test_a_team_that_needs_nothing_hears_so() -> None:
    assert "Nothing needs you right now" in str(home_view(CONTENT))


def test_a_member_who_is_not_matched_hears_how_to_be() -> None:
    text = str(home_view(HomeContent(Visitor.NOT_MATCHED, slack_id="U0123"), claim="me:say"))

    assert "callboard people link U0123" in text
    assert "'action_id': 'me:say'" in text
    assert "me:say" not in str(home_view(HomeContent(Visitor.NOT_MATCHED)))


# -- when it is published -----------------------------------------------------------------------------------------


def current(content: HomeContent, *, later: timedelta = timedelta(0)) -> bool:
    """Whether somebody who has the usual Home would see nothing new."""
    before = stamped(home_view(CONTENT), digest(home_view(without_clockwork(CONTENT))), NOW)
    now_digest = digest(home_view(without_clockwork(content)))
    return is_current(before, now_digest, NOW + later, 900)


def test_a_home_is_current_until_something_on_it_changes_or_it_is_old() -> None:
    assert current(CONTENT)
    assert current(replace(CONTENT, synced_at=NOW + timedelta(minutes=5)))
    assert not current(replace(CONTENT, needs=(Need(NeedKind.DOCS, "x"),)))
    assert not current(replace(CONTENT, teams=()))
    assert current(CONTENT, later=timedelta(minutes=14))
    assert not current(CONTENT, later=timedelta(minutes=15))


@pytest.mark.parametrize(
    "stamp", ["", "{}", "no json", "[1]", '{"digest": "x"}', '{"digest": "x", "at": "y"}']
)
def test_a_home_of_unknown_age_is_not_current(stamp: str) -> None:
    assert not is_current({"private_metadata": stamp}, "x", NOW, 900)
    assert not is_current({}, "x", NOW, 900)


def test_forms_and_the_home_of_bad_days_are_views_too() -> None:
    assert view_problems(ask_modal([section("found")])) == ()
    assert view_problems(away_view(f"The database does not answer. {EVIL}")) == ()


def test_who_comes_too_often_in_a_minute_is_told_when_to_come_again() -> None:
    budget = MinuteBudget("views.publish", 2)
    budget.take()
    budget.take()

    with pytest.raises(SlackUnavailable) as refused:
        budget.take()

    assert refused.value.retry_after_s is not None
    assert 0 < refused.value.retry_after_s <= 60
