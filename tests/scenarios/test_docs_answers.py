"""Docs in Slack: the answer with its sources, votes that reach the owners, the question that reaches the team."""

from bot.sandbox.people import SeenMessage
from core.access import OPERATOR
from tests.scenarios.world import World, shows

QUESTION = "how do I rotate the signing key?"


def feedback(world: World) -> list[tuple[str, int, int, tuple[str, ...]]]:
    found = world.callboard.catalog.ask.docs_feedback("", OPERATOR)
    return [(item.heading, item.ups, item.downs, item.questions) for item in found.sections]


def told(world: World, login: str, words: str, channel: str = "random") -> SeenMessage:
    return world.person(login).waits_for(shows(words), channel)


def test_the_answer_has_its_lines_its_source_and_what_it_was_made_from(world: World) -> None:
    answer = world.person("kofi").asks(f"/callboard docs {QUESTION}", "random")

    lines = answer.text.split("\n")
    assert "Run `make rotate-key` and wait for two canaries." in lines
    assert any(
        line.startswith("1. ") and "Payments API › Keys › Rotate the signing key" in line for line in lines
    )
    assert "From 1 page that you can read · not from Slack's history" in answer.text
    assert answer.is_ephemeral


def test_a_vote_is_noted_with_its_question_and_can_be_changed(world: World) -> None:
    kofi = world.person("kofi")
    answer = kofi.asks(f"/callboard docs {QUESTION}", "random")

    kofi.clicks("👎 Wrong or stale", answer)
    told(world, "kofi", "The owners will see that this section needs a look.")
    assert [row[1:] for row in feedback(world)] == [(0, 1, (QUESTION,))]

    kofi.clicks("👍 Solved it", answer)
    told(world, "kofi", "Good to know that it helped.")
    (row,) = feedback(world)
    assert row[1:] == (1, 0, ())


def test_the_owning_team_reads_the_votes_and_the_questions_but_not_who_asked(world: World) -> None:
    kofi, ben = world.person("kofi"), world.person("ben")
    kofi.clicks("👎 Wrong or stale", kofi.asks(f"/callboard docs {QUESTION}", "random"))
    told(world, "kofi", "needs a look")

    shown = ben.asks("/callboard docs feedback payments", "random")

    assert "👎 1" in shown.text
    assert "Rotate the signing key" in shown.text
    assert f"“{QUESTION}”" in shown.text
    assert "kofi" not in shown.text.lower()


def test_feedback_is_not_shown_to_other_teams(world: World) -> None:
    answer = world.person("kofi").asks("/callboard docs feedback payments", "random")

    assert "shown to the team that owns them, and to administrators" in answer.text


def test_a_question_that_only_begins_like_the_command_is_answered(world: World) -> None:
    answer = world.person("kofi").asks("/callboard docs feedback zzyzx", "random")

    assert "The docs say nothing about “feedback zzyzx”." in answer.text


def test_what_is_asked_in_vain_is_counted_for_the_owner(world: World) -> None:
    kofi, ben = world.person("kofi"), world.person("ben")
    for _ in range(2):
        kofi.asks("/callboard docs payments api holiday calendar", "random")
    world.calm()

    shown = ben.asks("/callboard docs feedback payments", "random")

    assert "“payments api holiday calendar” — asked 2 times" in shown.text


def test_no_source_is_no_answer_but_the_owner(world: World) -> None:
    answer = world.person("kofi").asks("/callboard docs seat map web fire drill", "random")

    assert answer.text.startswith("The docs do not say. *Checkout* owns Seat map: ask them in ")
    assert answer.buttons == ("Ask Checkout",)


def test_ask_the_team_posts_once_and_tells_the_asker_where(world: World) -> None:
    kofi, ben = world.person("kofi"), world.person("ben")
    answer = kofi.asks(f"/callboard docs {QUESTION} today", "random")

    kofi.clicks("Ask Payments", answer)
    kofi.waits_for(shows("Asked in", "see the question"), "random")
    kofi.clicks("Ask Payments", answer)
    world.calm()

    asked = [message for message in ben.sees("payments-help") if f"{QUESTION} today" in message.text]
    assert len(asked) == 1
    assert "The docs had this, and it was not enough:" in asked[0].text


def test_a_question_too_long_for_a_button_is_kept_whole(world: World) -> None:
    kofi, ben = world.person("kofi"), world.person("ben")
    question = f"rotate the signing key {'please ' * 400}now"
    answer = kofi.asks(f"/callboard docs {question}", "engineering")

    kofi.clicks("👎 Wrong or stale", answer)
    told(world, "kofi", "needs a look", "engineering")
    kofi.clicks("Share", answer)
    assert ben.waits_for(shows("Shared by", "make rotate-key"), "engineering")

    assert any(question[:1000] in row[3] for row in feedback(world))
