"""Who, find, team and deps: each way to ask, over the wire, and what people and screen readers get."""

import pytest

from bot.sandbox.github.faults import FaultKind
from bot.sandbox.people import SeenMessage, spoken
from tests.scenarios.world import World, component, shows

MAP_SITE = component("seat-map-web", "checkout", "Seat map site") + "\n".join(
    ["", "  dependsOn: [component:seat-map-api, component:payments-api]", "  consumesApis: [seats]"]
)
MAP_API = "\n".join(
    [
        component("seat-map-api", "checkout", "Seat map service", "Knows which seats are free."),
        "  providesApis: [seats]",
        "---",
        "apiVersion: backstage.io/v1alpha1",
        "kind: API",
        "metadata: {name: seats, title: Seats API}",
        "spec: {type: openapi, lifecycle: production, owner: checkout, definition: x}",
    ]
)


@pytest.fixture(scope="module")
def seats(world: World) -> World:
    """The theatre, in which the site of the seat map needs its service, and that provides an API."""
    world.push("seat-map-web", {"catalog-info.yaml": MAP_SITE})
    world.push("seat-map-api", {"catalog-info.yaml": MAP_API})
    world.callboard.catalog.sync_all()
    return world


def read(message: SeenMessage) -> list[str]:
    return spoken(message.text, {}).split("\n")


def fallback(world: World, text: str) -> bool:
    """Whether something that Slack got has this as its text for ears."""
    return any(
        text in str(entry.get("arguments") or entry.get("body") or "") for entry in world.slack.journal
    )


# -- deps ----------------------------------------------------------------------------------------------------------


def test_deps_shows_both_directions_each_with_its_owner(seats: World) -> None:
    answer = seats.person("kofi").asks("/callboard deps seat-map-web", "random")

    assert read(answer)[:6] == [
        "Seat map site · service · owned by Checkout",
        "Depends on 3",
        "• Payments API · component · Payments",
        "• Seat map service · component · Checkout",
        "• Seats API · API · Checkout",
        "Needed by  nothing that the catalog knows of",
    ]
    assert answer.is_ephemeral


@pytest.mark.parametrize("line", ["what depends on seat-map-api?", "@callboard who uses seat-map-api?"])
def test_a_sentence_asks_for_dependents_too(seats: World, line: str) -> None:
    channel = "random" if line.startswith("@") else "app"

    answer = seats.person("kofi").asks(line, channel)

    assert read(answer)[1:3] == ["Needed by 1", "• Seat map site · component · Checkout · through Seats API"]


def test_the_menu_of_an_answer_leads_to_its_dependents(seats: World) -> None:
    kofi = seats.person("kofi")
    answer = kofi.asks("/callboard who seat-map-api", "random")

    kofi.clicks("Dependents", answer)

    needed = shows("Needed by", "through Seats API")
    assert kofi.waits_for(lambda message: message.is_ephemeral and needed(message), "random")


def test_a_guest_is_not_told_what_needs_something(seats: World) -> None:
    assert seats.person("gil").asks("/callboard deps seat-map-api").text.startswith("Nothing here is called")


# -- find ----------------------------------------------------------------------------------------------------------


def test_find_lists_things_of_every_kind_with_owner_and_one_line(seats: World) -> None:
    answer = seats.person("kofi").asks("/callboard find seats", "random")

    assert read(answer)[:4] == [
        "3 things for “seats”",
        "• Seats API · API · Checkout",
        "• Seat map service · component · Checkout — Knows which seats are free.",
        "• Seat map site · component · Checkout — It works.",
    ]


def test_find_is_narrowed_by_owner(seats: World) -> None:
    answer = seats.person("kofi").asks("/callboard find owner:payments", "random")

    assert read(answer)[0] == "3 things · owner Payments"


def test_a_shared_search_shows_what_everybody_there_may_see(seats: World) -> None:
    kofi, ben = seats.person("kofi"), seats.person("ben")
    answer = kofi.asks("/callboard find owner:checkout")

    kofi.clicks("Share", answer)

    shared = ben.waits_for(shows("Shared by <@U"))
    assert read(shared)[1] == "• programme · component · Checkout — It works."
    assert "Seat map" not in shared.text


def test_what_is_shared_previews_no_link_once_more(seats: World) -> None:
    kofi = seats.person("kofi")
    answer = kofi.asks("/callboard find programme", "checkout")

    kofi.clicks("Share", answer)

    seats.person("ben").waits_for(shows("Shared by <@U", "programme"), "checkout")
    sent = [entry["arguments"] for entry in seats.slack.journal if entry.get("method") == "response_url"]
    shared = next(item for item in reversed(sent) if item["response_type"] == "in_channel")
    assert (shared["unfurl_links"], shared["unfurl_media"]) == (False, False)


# -- team ----------------------------------------------------------------------------------------------------------


def test_team_shows_where_to_ask_who_is_in_it_and_what_it_owns(seats: World) -> None:
    answer = seats.person("kofi").asks("/callboard team payments", "random")

    lines = [line for line in read(answer) if not line.startswith("Scorecard")]
    assert lines[:7] == [
        "Payments · team",
        "Ask in  #payments-help",
        "Lead  Ben Fischer",
        "People  Ben Fischer, Ana Duarte",
        "Part of  Commerce",
        "Owns  3 components",
        "• component: fraud-rules, Payments API, trojan-horse",
    ]


@pytest.mark.parametrize(
    "line", ["who is on the payments team?", "what does payments own?", "the payments team"]
)
def test_a_sentence_asks_for_a_team_too(seats: World, line: str) -> None:
    assert read(seats.person("kofi").asks(line, "app"))[0] == "Payments · team"


def test_the_team_of_a_person_is_shown_as_theirs(seats: World) -> None:
    answer = seats.person("kofi").asks("/callboard team @ana", "random")

    assert read(answer)[:2] == ["The team of Ana Duarte", "Payments · team"]


# -- who -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["who is @ben", "@callboard who is @ben?"])
def test_somebody_who_is_mentioned_is_answered_by_who_they_are_in_the_catalog(
    seats: World, line: str
) -> None:
    channel = "engineering" if line.startswith("@") else "app"

    assert read(seats.person("kofi").asks(line, channel))[:2] == ["Ben Fischer · person", "In Payments"]


def test_what_disagrees_has_a_button_that_mends_it(seats: World) -> None:
    answer = seats.person("kofi").asks("/callboard who fraud-rules", "random")

    assert "⚠️ CODEOWNERS says Checkout" in answer.text
    assert "Fix" in answer.buttons


def test_a_name_alone_is_a_question_too(seats: World) -> None:
    assert "Owned by *Payments*" in seats.person("kofi").asks("/callboard payments-api", "random").text


def test_the_scorecard_and_the_age_stand_in_the_answer(seats: World) -> None:
    seats.callboard.scorecards.collect_and_judge()

    answer = seats.person("kofi").asks("/callboard who payments-api", "random")

    assert any(line.startswith("Scorecard  ") and "Bronze" in line for line in read(answer))
    assert read(answer)[-2].endswith("synced just now")


def test_screen_readers_get_the_owner_the_channel_and_the_age(seats: World) -> None:
    seats.person("kofi").asks("/callboard who payments-api", "random")

    assert fallback(seats, "Payments API is owned by Payments; ask in #payments-help. Synced just now.")


# -- this message --------------------------------------------------------------------------------------------------


def test_the_menu_of_a_message_answers_for_what_it_speaks_of_to_the_asker_alone(seats: World) -> None:
    kofi, ben = seats.person("kofi"), seats.person("ben")
    message = ben.says(
        "`payments-api` and fraud-rules are down, see https://example.com/graph", "engineering"
    )

    kofi.uses("Who owns this?", message)

    kofi.waits_for(shows("Payments API", "Owned by *Payments*"), "engineering")
    second = kofi.waits_for(shows("fraud-rules", "Owned by *Payments*"), "engineering")
    assert second.is_ephemeral
    assert second not in ben.sees("engineering")


def test_the_menu_of_a_message_in_a_thread_answers_in_the_thread(seats: World) -> None:
    kofi = seats.person("kofi")
    start = kofi.says("Something is wrong.", "engineering")
    message = kofi.says("It is seat-map-api, I think.", "engineering", thread_ts=start.ts)

    kofi.uses("Who owns this?", message)

    assert kofi.waits_for(
        lambda seen: seen.thread_ts == start.ts and seen.is_ephemeral and "Seat map service" in seen.text,
        "engineering",
    )


def test_an_answer_of_the_bots_own_can_be_asked_about_too(seats: World) -> None:
    kofi = seats.person("kofi")
    answer = kofi.asks("@callboard what depends on seat-map-api?", "engineering")

    kofi.uses("Who owns this?", answer)

    assert kofi.waits_for(lambda seen: seen.is_ephemeral and "Seat map" in seen.text, "engineering")


def test_a_message_that_speaks_of_nothing_gets_a_kind_sentence_and_how_to_ask(seats: World) -> None:
    kofi = seats.person("kofi")

    kofi.uses("Who owns this?", kofi.says("Good morning everybody!", "engineering"))

    assert kofi.waits_for(
        shows("I find nothing in this message", "who payments-api"), "engineering"
    ).is_ephemeral


# -- threads and direct messages -----------------------------------------------------------------------------------


def test_in_a_thread_this_is_what_the_thread_is_about(seats: World) -> None:
    kofi, ben = seats.person("kofi"), seats.person("ben")
    start = ben.says("The payments-api throws 500s since the deploy.", "engineering")

    owner = kofi.asks("@callboard who owns this?", "engineering", thread_ts=start.ts)
    needed = kofi.asks("@callboard what depends on it?", "engineering", thread_ts=start.ts)

    assert (read(owner)[1], owner.thread_ts) == ("Owned by Payments — ask in #payments-help", start.ts)
    assert read(needed)[:2] == ["Payments API · service · owned by Payments", "Needed by 1"]


def test_a_direct_message_goes_on_from_the_one_before(seats: World) -> None:
    mira = seats.person("mira")
    mira.asks("who owns seat-map-api?", "app")

    needed = mira.asks("what depends on it?", "app")
    other = mira.asks("and payments-api?", "app")

    assert "Needed by 1" in read(needed)
    assert "Needed by 1" in read(other)
    assert read(other)[0].startswith("Payments API")


# -- when something is away ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["/callboard who payments-api", "@callboard who owns payments-api?"])
def test_an_answer_that_slack_fails_to_take_is_given_again(seats: World, line: str) -> None:
    method = "response_url" if line.startswith("/") else "chat.postMessage"
    seats.sandbox.plans(method=method, status=503, times=2)

    assert "Owned by *Payments*" in seats.person("kofi").asks(line, "random").text


def test_github_away_changes_nothing_but_the_age(seats: World) -> None:
    kofi = seats.person("kofi")
    seats.github.fail_next("*", FaultKind.UNAVAILABLE, times=1_000)
    try:
        answers = [
            kofi.asks(f"/callboard {line}", "random")
            for line in ("who payments-api", "find seats", "team payments", "deps seat-map-api")
        ]
    finally:
        seats.github.faults.clear()

    assert all(answer.text.splitlines()[-2].endswith("synced just now") for answer in answers)
    assert ["Owned by *Payments*" in answers[0].text, "3 things" in answers[1].text] == [True, True]
