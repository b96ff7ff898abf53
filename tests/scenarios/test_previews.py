"""Links to repositories show who owns them: to those who may see it, not too often, and not where nobody wants it."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.sandbox.organization import Channel
from bot.sandbox.people import SeenMessage
from tests.scenarios import world as stage
from tests.scenarios.world import World, shows

PRIVATE, INTERNAL, PUBLIC = "payments-api", "fraud-rules", "programme"
_PLACES = itertools.count(1)


@pytest.fixture(scope="module", params=["socket", "http"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, clean_environment: None
) -> Iterator[World]:
    """The theatre with many channels, because a link is not shown twice in one."""
    members = ("ana", "ben", "kofi", "mira")
    rooms = [Channel(name=f"room-{number}", members=members) for number in range(1, 21)]
    rooms += [
        Channel(name="with-guests", members=(*members, "gil")),
        Channel(name="with-partners", members=members, shared=True),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "THEATRE", replace(stage.THEATRE, channels=(*stage.THEATRE.channels, *rooms)))
        theatre = World(tmp_path_factory.mktemp("theatre"), mode=request.param)
        yield theatre
        theatre.stop()


@pytest.fixture
def room(world: World) -> str:
    """A channel of members in which nothing was linked yet."""
    return f"room-{next(_PLACES) % 20 + 1}"


def page(world: World, name: str, rest: str = "") -> str:
    """The address of a repository on the local GitHub."""
    rows = world.callboard.catalog.ask.estate().repositories.values()
    return next(row.url for row in rows if row.name == name) + rest


def previewed(world: World, text: str, channel: str, login: str = "kofi") -> SeenMessage:
    """A message after the bot has had its time to show something below it."""
    person = world.person(login)
    said = person.says(text, channel)
    world.calm()
    return next(message for message in person.sees(channel) if message.ts == said.ts)


def unfurls(world: World) -> list[Any]:
    return [entry for entry in world.slack.journal if entry.get("method") == "chat.unfurl"]


@pytest.mark.parametrize(
    ("rest", "wanted"),
    [
        ("", ("Payments API", "service", "production")),
        ("/", ("Payments API",)),
        ("?tab=readme-ov-file#payments-api", ("Payments API",)),
        ("/tree/main", ("Payments API",)),
        ("/tree/main/docs", ("docs", "in payments-api")),
        ("/blob/main/docs/keys.md", ("docs/keys.md", "in payments-api")),
        ("/blob/main/docs/keys.md#L3-L4", ("docs/keys.md", "L3-L4")),
        ("/blob/main/docs/keys.md?plain=1#L3", ("docs/keys.md", "L3")),
    ],
)
def test_a_link_shows_the_owner_where_to_ask_and_why(
    world: World, room: str, rest: str, wanted: tuple[str, ...]
) -> None:
    shown = previewed(world, f"Look: {page(world, PRIVATE, rest)}", room)

    below = shown.text.partition("\n")[2]
    for words in (
        *wanted,
        "Owned by *Payments*",
        "payments-help",
        "catalog-info.yaml (spec.owner)",
        "synced",
    ):
        assert words in below
    assert not shown.is_edited


@pytest.mark.parametrize(
    "rest",
    [
        "/issues/1",
        "/pull/3",
        "/pull/3/files",
        "/actions",
        "/wiki",
        "/commit/0123456",
        "/releases/tag/v1",
        "/settings",
        "/compare/a...b",
    ],
)
def test_pages_that_show_no_files_are_left_to_others(world: World, rest: str) -> None:
    before = len(unfurls(world))

    previewed(world, page(world, PRIVATE, rest), "engineering")

    assert len(unfurls(world)) == before


def test_what_the_catalog_does_not_know_gets_none(world: World) -> None:
    before = len(unfurls(world))
    home = page(world, PRIVATE).rpartition("/")[0]

    for link in (f"{home}/paymints-api", f"{home}/nowhere/blob/main/x.py", home, f"{home}/.."):
        previewed(world, f"See {link}", "engineering")

    assert len(unfurls(world)) == before


@pytest.mark.parametrize("channel", ["with-guests", "with-partners"])
@pytest.mark.parametrize(("name", "is_shown"), [(PRIVATE, False), (INTERNAL, False), (PUBLIC, True)])
def test_where_outsiders_read_along_only_what_is_public_is_shown(
    world: World, channel: str, name: str, is_shown: bool
) -> None:
    shown = previewed(world, f"{page(world, name)} please", channel)

    assert ("Owned by" in shown.text) is is_shown


def test_a_guest_brings_only_what_is_public_to_light(world: World) -> None:
    """Whatever a guest may find out by linking it, they could see anyhow."""
    before = len(unfurls(world))

    previewed(world, page(world, PRIVATE), "with-guests", "gil")
    previewed(world, page(world, PRIVATE, "/blob/main/docs/keys.md"), "with-guests", "gil")

    assert len(unfurls(world)) == before


def test_the_preview_names_no_people(world: World, room: str) -> None:
    assert "Kofi" not in previewed(world, page(world, PUBLIC), room).text


def test_the_same_link_is_shown_once_in_half_an_hour_in_a_channel(world: World, room: str) -> None:
    first = previewed(world, page(world, PRIVATE), room)
    again = previewed(world, f"again {page(world, PRIVATE, '/')}", room, "ben")
    other = previewed(world, page(world, PUBLIC), room)
    elsewhere = previewed(world, page(world, PRIVATE), "checkout")

    assert ["Owned by" in message.text for message in (first, again, other, elsewhere)] == [
        True,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(("count", "previews"), [(2, 2), (3, 0), (4, 0)])
def test_a_message_with_three_links_or_more_shows_none(
    world: World, room: str, count: int, previews: int
) -> None:
    names = (PRIVATE, PUBLIC, "seat-map-web", "seat-map-api")[:count]

    shown = previewed(world, " and ".join(page(world, name) for name in names), room)

    assert shown.text.count("Owned by") == previews


def test_a_link_in_a_thread_is_shown_there(world: World, room: str) -> None:
    kofi = world.person("kofi")
    parent = kofi.says("Which one?", room)

    answer = kofi.says(page(world, PUBLIC), room, thread_ts=parent.ts)
    world.calm()

    found = next(message for message in kofi.reads_thread(parent.ts, room) if message.ts == answer.ts)
    assert "Owned by" in found.text


def test_any_member_turns_them_off_and_on_for_a_channel(world: World, room: str) -> None:
    kofi, ben = world.person("kofi"), world.person("ben")

    assert "No previews in this channel" in kofi.asks("/callboard previews off", room).text
    off = previewed(world, page(world, PRIVATE), room)
    assert "Previews are off in this channel" in ben.asks("/callboard previews", room).text
    assert "show their owner in this channel" in ben.asks("/callboard previews on", room).text
    on = previewed(world, page(world, PRIVATE), room)

    assert ("Owned by" in off.text, "Owned by" in on.text) == (False, True)


def test_the_menu_of_a_preview_turns_them_off(world: World, room: str) -> None:
    ben = world.person("ben")
    shown = previewed(world, page(world, PRIVATE), room)

    place = {"channel": shown.channel, "ts": shown.ts}
    block = stored(world, shown)["blocks"][0]
    option = block["accessory"]["options"][0]
    world.sandbox.post(
        "click",
        person="ben",
        **place,
        action_id="previews:menu",
        block_id=block["block_id"],
        chosen={"selected_option": option},
        values={},
    )

    assert ben.waits_for(shows("No previews in this channel"), room).is_ephemeral
    assert "Owned by" not in previewed(world, page(world, PUBLIC), room).text


def stored(world: World, message: SeenMessage) -> Any:
    found = (item.at(message.ts) for item in world.slack.workspace.messages.values())
    return next(item for item in found if item is not None).attachments[0]


def test_a_guest_turns_nothing_off(world: World) -> None:
    answer = world.person("gil").asks("/callboard previews off", "with-guests")

    assert "Guests cannot change that." in answer.text


def test_what_slack_could_not_take_is_shown_later(world: World, room: str) -> None:
    world.slack.faults.add("chat.unfurl", status=503)
    kofi = world.person("kofi")

    said = kofi.says(page(world, PRIVATE), room)

    found = kofi.waits_for(lambda message: message.ts == said.ts and "Owned by" in message.text, room)
    assert found.text.count("Owned by") == 1
