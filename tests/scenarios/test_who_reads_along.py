"""Who reads along: what an answer shows in a channel with guests, in one that is shared, and to the asker alone."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.sandbox.organization import Channel
from tests.scenarios import world as stage
from tests.scenarios.world import World, shows

PRIVATE, INTERNAL, PUBLIC = "payments-api", "fraud-rules", "programme"
_NOTE = "Only what is public is shown here"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Iterator[World]:
    """The theatre with a channel that another organisation is in."""
    with pytest.MonkeyPatch.context() as patch:
        channels = (*stage.THEATRE.channels, Channel(name="with-partners", shared=True))
        patch.setattr(stage, "THEATRE", replace(stage.THEATRE, channels=channels))
        theatre = World(tmp_path_factory.mktemp("theatre"))
        yield theatre
        theatre.stop()


def owned(answer: str) -> bool:
    return "Owned by" in answer


@pytest.mark.parametrize("channel", ["general", "with-partners"], ids=["guests", "shared"])
@pytest.mark.parametrize(("name", "is_shown"), [(PRIVATE, False), (INTERNAL, False), (PUBLIC, True)])
def test_a_mention_shows_only_what_is_public_where_outsiders_read_along(
    world: World, channel: str, name: str, is_shown: bool
) -> None:
    answer = world.person("kofi").asks(f"@callboard who owns {name}?", channel)

    assert owned(answer.text) is is_shown
    assert _NOTE in answer.text
    assert "payments-help" not in answer.text


@pytest.mark.parametrize("name", [PRIVATE, INTERNAL, PUBLIC])
def test_a_mention_among_members_shows_everything(world: World, name: str) -> None:
    answer = world.person("kofi").asks(f"@callboard who owns {name}?", "engineering")

    assert owned(answer.text)
    assert _NOTE not in answer.text


@pytest.mark.parametrize("channel", ["general", "with-partners", "engineering"])
def test_a_command_is_answered_in_full_because_the_asker_alone_reads_it(world: World, channel: str) -> None:
    answer = world.person("kofi").asks(f"/callboard who {PRIVATE}", channel)

    assert owned(answer.text)
    assert answer.is_ephemeral


@pytest.mark.parametrize(
    ("channel", "reason"),
    [
        ("general", "there are guests in this channel"),
        ("with-partners", "this channel is shared with another organisation"),
    ],
)
@pytest.mark.parametrize("command", [f"who {PRIVATE}", "docs rotate the signing key"])
def test_share_tells_the_asker_alone_why_it_was_not_shared(
    world: World, channel: str, reason: str, command: str
) -> None:
    kofi, ben = world.person("kofi"), world.person("ben")
    answer = kofi.asks(f"/callboard {command}", channel)
    before = len(ben.sees(channel))

    kofi.clicks("Share", answer)

    world.calm()
    said = kofi.sees(channel)[-1]
    assert "I did not share" in said.text
    assert reason in said.text
    assert said.is_ephemeral
    assert len(ben.sees(channel)) == before


def test_share_of_what_is_public_is_seen_by_everybody(world: World) -> None:
    kofi = world.person("kofi")
    kofi.clicks("Share", kofi.asks(f"/callboard who {PUBLIC}", "with-partners"))

    assert owned(world.person("ben").waits_for(shows("Shared by"), "with-partners").text)


def test_share_among_members_is_seen_by_everybody(world: World) -> None:
    kofi = world.person("kofi")
    kofi.clicks("Share", kofi.asks(f"/callboard who {PRIVATE}", "engineering"))

    assert owned(world.person("ben").waits_for(shows("Shared by"), "engineering").text)


def test_a_guest_who_comes_in_is_noticed_at_once(world: World) -> None:
    kofi = world.person("kofi")
    assert owned(kofi.asks(f"@callboard who owns {PRIVATE}?", "checkout").text)

    world.person("gil").joins("checkout")
    world.calm()  # the news of it and the next question are on their way side by side

    assert not owned(kofi.asks(f"@callboard who owns {PRIVATE}?", "checkout").text)


def test_a_question_to_a_team_whose_channel_has_guests_brings_no_private_passage(world: World) -> None:
    world.person("gil").joins("payments-help")
    world.calm()
    kofi = world.person("kofi")
    answer = kofi.asks("/callboard docs rotate the signing key", "engineering")

    kofi.clicks("Ask Payments", answer)

    question = world.person("ben").waits_for(shows("asks:"), "payments-help")
    assert "The docs say nothing about it yet." in question.text
    assert "/docs/keys.md" not in question.text


def test_a_scorecard_of_a_private_repository_is_not_shown_to_guests(world: World) -> None:
    answer = world.person("kofi").asks(f"@callboard score {PRIVATE}", "general")

    assert f"Nothing here that is called {PRIVATE} has a scorecard." in answer.text


@pytest.mark.parametrize(("login", "ask"), [("gil", "/callboard who"), ("kofi", "@callboard who owns")])
def test_a_lead_is_named_to_members_only(world: World, login: str, ask: str) -> None:
    """The owner of something public is shown to everybody; who works there is not."""
    answer = world.person(login).asks(f"{ask} {PUBLIC}", "with-partners" if login == "kofi" else "general")

    assert owned(answer.text)
    assert "Kofi Mensah" not in answer.text
    assert "Kofi Mensah" in world.person("ben").asks(f"/callboard who {PUBLIC}", "general").text


def test_nobody_makes_the_bot_call_everybody_or_link_somewhere(world: World) -> None:
    words = "score <!channel> &lt;!here&gt; <https://evil.example|bank>"

    answer = world.person("kofi").asks(f"@callboard {words}", "engineering")

    assert "has a scorecard" in answer.text
    assert "<!" not in answer.text
    assert "|bank>" not in answer.text
