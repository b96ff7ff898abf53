"""Asking: what people type in Slack, and what they read."""

import re

import pytest

from bot.sandbox.people import spoken
from tests.scenarios.world import EVIL, World, shows, until


def test_a_command_names_the_owner_its_channel_the_reason_and_the_age(world: World) -> None:
    answer = world.person("kofi").asks("/callboard who payments-api")

    read = spoken(answer.text, {}).split("\n")
    assert "Owned by Payments — ask in #payments-help" in read
    assert "Lead  Ben Fischer" in read
    reason = "From catalog-info.yaml (spec.owner) · CODEOWNERS and team permission agree · synced just now"
    assert reason in read
    assert answer.is_ephemeral


def test_every_source_and_the_public_channel_is_a_link(world: World) -> None:
    """The channel is one as soon as Slack was asked which there are, which the bot does when it starts."""
    kofi, command = world.person("kofi"), "/callboard who payments-api"
    until(lambda: "<#C" in kofi.asks(command).text, "the channel never became a link")

    answer = kofi.asks(command)

    assert re.search(r"<#C\w+\|payments-help>", answer.text)
    assert re.search(r"<http\S+/blob/main/catalog-info.yaml\|catalog-info.yaml> \(spec.owner\)", answer.text)
    assert re.search(r"<http\S+/CODEOWNERS\|CODEOWNERS> and team permission agree", answer.text)


def test_a_person_is_asked_for_by_their_mention(world: World) -> None:
    answer = world.person("kofi").asks("/callboard who @ben")

    assert spoken(answer.text, {}).startswith("Ben Fischer · person\nIn Payments")


def test_a_mention_in_a_thread_is_answered_there_for_everybody(world: World) -> None:
    kofi, ben = world.person("kofi"), world.person("ben")
    start = kofi.says("Who broke the receipts?", "engineering").ts

    answer = kofi.asks("@callboard who owns the payments api?", "engineering", thread_ts=start)

    assert "Owned by *Payments*" in answer.text
    assert (answer.thread_ts, answer.is_ephemeral) == (start, False)
    assert answer in ben.sees("engineering")


def test_a_direct_message_needs_no_mention(world: World) -> None:
    answer = world.person("kofi").asks("who owns payments-api?", "app")

    assert "Owned by *Payments*" in answer.text


def test_a_typo_is_corrected_and_said_to_be(world: World) -> None:
    answer = world.person("kofi").asks("/callboard who paymints-api")

    assert "You wrote “paymints-api”; showing the nearest name." in answer.text
    assert "Owned by *Payments*" in answer.text


def test_a_name_of_several_things_is_a_choice_and_the_button_answers_it(world: World) -> None:
    kofi = world.person("kofi")
    choice = kofi.asks("/callboard who seat map", "random")

    kofi.clicks("Seat map (component:default/seat-map-api)", choice)

    assert "Several things fit “seat map”. Which one do you mean?" in choice.text
    assert len(choice.buttons) == 2
    assert kofi.waits_for(shows("/seat-map-api|Seat map>", "Owned by *Checkout*"), "random")


def test_half_a_name_is_no_answer_but_a_question_back(world: World) -> None:
    answer = world.person("kofi").asks("/callboard who fraud", "random")

    assert answer.text.startswith("Nothing here is called “fraud”. Did you mean fraud-rules?")
    assert answer.buttons == ("fraud-rules",)


def test_a_name_that_nothing_has_is_one_sentence_and_a_next_step(world: World) -> None:
    answer = world.person("kofi").asks("/callboard who qqzzxx")

    assert answer.text == "Nothing here is called “qqzzxx”. Check the spelling, or ask for its repository."


def test_a_command_without_a_name_says_how_to_ask(world: World) -> None:
    assert world.person("kofi").asks("/callboard who").text == "Who owns what? For example: who payments-api"


def test_an_archived_repository_says_so(world: World) -> None:
    answer = world.person("kofi").asks("/callboard who old-box-office")

    assert "archived" in answer.text.splitlines()[0]


def test_owners_that_disagree_are_both_shown(world: World) -> None:
    answer = world.person("kofi").asks("/callboard who fraud-rules")

    assert "Owned by *Payments*" in answer.text
    assert "⚠️" in answer.text
    assert "checkout" in answer.text.lower()


@pytest.mark.parametrize(
    "name", ["payments-api", "paymints-api", "playhouse/payments-api", "component:payments-api"]
)
def test_a_private_repository_reads_to_a_guest_like_none(world: World, name: str) -> None:
    guest = world.person("gil")

    answer = guest.asks(f"/callboard who {name}")

    assert answer.text.startswith(f"Nothing here is called “{name}”.")
    assert "Payments" not in answer.text


def test_a_guest_finds_what_is_public(world: World) -> None:
    assert "Owned by *Checkout*" in world.person("gil").asks("/callboard who programme").text


def test_share_shows_the_answer_to_the_channel(world: World) -> None:
    kofi, ben = world.person("kofi"), world.person("ben")
    answer = kofi.asks("/callboard who lobby-sign", "checkout")

    kofi.clicks("Share", answer)

    shared = ben.waits_for(shows("Owned by *Ushers*", "Shared by <@U"), "checkout")
    assert not shared.is_ephemeral
    assert "Share" not in shared.buttons


def test_the_docs_button_shows_the_docs_of_the_thing(world: World) -> None:
    kofi = world.person("kofi")
    answer = kofi.asks("/callboard who payments-api", "random")

    kofi.clicks("Docs", answer)

    assert kofi.waits_for(shows("Rotate the signing key", "by Payments"), "random").is_ephemeral


def test_the_scorecard_button_judges_the_thing_now(world: World) -> None:
    world.callboard.scorecards.collect_and_judge()
    kofi = world.person("kofi")
    answer = kofi.asks("/callboard who payments-api", "random")

    kofi.clicks("Scorecard", answer)

    assert kofi.waits_for(shows("Payments API", "checks pass"), "random")


def test_the_docs_answer_with_the_passage_its_place_its_age_and_its_owner(world: World) -> None:
    answer = world.person("kofi").asks("/callboard docs rotate signing key")

    assert "make rotate-key" in answer.text
    assert "Payments API › Keys › Rotate the signing key" in answer.text
    assert "edited 3 days ago by Payments" in answer.text
    assert "/blob/main/docs/keys.md#rotate-the-signing-key|" in answer.text


def test_the_docs_of_a_private_repository_stay_from_a_guest(world: World) -> None:
    answer = world.person("gil").asks("/callboard docs rotate signing key")

    assert "The docs say nothing about “rotate signing key”." in answer.text


def test_a_hostile_description_mentions_nobody_and_formats_nothing(world: World) -> None:
    answer = world.person("kofi").asks("@callboard who owns trojan-horse?", "random")

    line = next(line for line in answer.text.splitlines() if "your bank" in line)
    for mark in ("<@U", "<!channel", "@channel", "@here", "<https://evil", "*bold*", "`code`", "_so_"):
        assert mark not in line
    assert "&lt;@\u200bU0001ANA&gt;" in line or "&lt;@U0001ANA&gt;" in line
    assert line.replace("\u200b", "").strip("_") == EVIL.replace("&", "&amp;").replace("<", "&lt;").replace(
        ">", "&gt;"
    )


def test_a_question_is_quoted_back_without_its_marks(world: World) -> None:
    answer = world.person("kofi").asks("/callboard who *@channel* <!here>")

    assert answer.text.startswith("Nothing here is called “*\u200b@\u200bchannel* &lt;!here&gt;”.")


def test_a_line_that_nobody_understands_gets_the_list_of_what_can_be_asked(world: World) -> None:
    answer = world.person("kofi").asks("/callboard whoo payments-api")

    assert "I did not understand “whoo payments-api”. Did you mean `/callboard who`?" in answer.text
