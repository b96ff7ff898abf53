"""What people are told after a sync: whose file is broken, where two want one name, and that it is mended."""

import itertools
from collections.abc import Iterator

import pytest

from bot.slack.blocks import Message
from bot.slack.tables import deliveries
from tests.scenarios.world import World, component, shows

_NUMBERS = itertools.count(1)
BROKEN = component("seat-map-api", "checkout").replace("name: seat-map-api", "name: seat map api!")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Iterator[World]:
    """The theatre; over a socket alone, because nothing here depends on the way in."""
    theatre = World(tmp_path_factory.mktemp("theatre"))
    yield theatre
    theatre.stop()


def sync(world: World) -> None:
    """One sync as the schedule does it, with everything that follows."""
    source = world.callboard.catalog.source_names[0]
    assert world.runs("catalog.sync", f"sync:test:{next(_NUMBERS)}", source=source).error == ""
    world.settled()


def told(world: World, login: str, *words: str, channel: str = "app") -> list[str]:
    """The messages that somebody sees with all of some words."""
    return [message.text for message in world.person(login).sees(channel) if shows(*words)(message)]


def test_who_breaks_a_descriptor_is_told_the_line_and_the_mend_once_and_then_that_it_is_mended(
    world: World,
) -> None:
    whole = world.file("seat-map-api", "catalog-info.yaml")
    world.push("seat-map-api", {"catalog-info.yaml": BROKEN})
    sync(world)

    (message,) = told(world, "kofi", "playhouse/seat-map-api/catalog-info.yaml")
    rows = world.callboard.catalog.store.repositories()
    head = next(row["head_oid"] for row in rows if row["name"] == "seat-map-api")
    assert "cannot be taken into the catalog" in message
    assert f"/blob/{head}/catalog-info.yaml#L4|line 4>" in message
    assert "your commit" in message
    assert "expected" in message
    assert "seat map api!" in message

    sync(world)
    assert len(told(world, "kofi", "playhouse/seat-map-api/catalog-info.yaml")) == 1

    world.push("seat-map-api", {"catalog-info.yaml": whole})
    sync(world)
    (message,) = told(world, "kofi", "playhouse/seat-map-api/catalog-info.yaml")
    assert "Mended." in message


def test_a_commit_of_somebody_without_slack_is_told_to_the_team_that_owns_the_file(world: World) -> None:
    whole = world.file("seat-map-web", "catalog-info.yaml")
    broken = whole.replace("kind: Component", "kind: Compnent")
    world.push(
        "seat-map-web", {"catalog-info.yaml": broken}, by="Robot <1+robot[bot]@users.noreply.github.com>"
    )
    sync(world)

    (message,) = told(world, "kofi", "playhouse/seat-map-web/catalog-info.yaml", channel="checkout")
    assert "Robot's commit" in message

    world.push("seat-map-web", {"catalog-info.yaml": whole})
    sync(world)
    assert told(world, "kofi", "playhouse/seat-map-web", "Mended.", channel="checkout")


def test_what_nobody_else_can_be_told_goes_to_the_administrators(world: World) -> None:
    """Ushers name no channel."""
    whole = world.file("lobby-sign", "catalog-info.yaml")
    world.push("lobby-sign", {"catalog-info.yaml": whole + "\n: : ["}, by="Zoe <zoe@elsewhere.example>")
    sync(world)

    assert len(told(world, "mira", "playhouse/lobby-sign/catalog-info.yaml", "Zoe's commit")) == 1
    world.push("lobby-sign", {"catalog-info.yaml": whole})
    sync(world)


def test_many_files_of_one_author_are_one_message(world: World) -> None:
    names = ("seat-map-api", "seat-map-web", "programme")
    whole = {name: world.file(name, "catalog-info.yaml") for name in names}
    for name in names:
        broken = whole[name].replace("  type: service", "  type: [service]")
        world.push(name, {"catalog-info.yaml": broken}, by="Ana <ana@playhouse.example>")
    sync(world)

    (message,) = told(world, "ana", "cannot be taken into the catalog as they are")
    assert message.startswith("*3 files")

    world.push("programme", {"catalog-info.yaml": whole["programme"]})
    sync(world)
    (message,) = told(world, "ana", "playhouse/programme/catalog-info.yaml")
    assert "is mended" in message
    assert message.startswith("*2 files")

    for name in names[:2]:
        world.push(name, {"catalog-info.yaml": whole[name]})
    sync(world)
    assert len(told(world, "ana", "Mended.", "playhouse/programme/catalog-info.yaml")) == 1


def test_both_authors_are_told_where_two_files_want_one_name(world: World) -> None:
    world.push("programme", {"README.md": "# Programme\n"}, by="Ana <ana@playhouse.example>")
    world.push(
        "seat-map-web",
        {"catalog-info.yaml": component("seat-map-web", "checkout", "Seats")},
        by="Ben <ben@playhouse.example>",
    )
    own = world.file("programme", "catalog-info.yaml")
    twice = own + "\n---\n" + component("seat-map-web", "checkout")
    world.push("programme", {"catalog-info.yaml": twice}, by="Ana <ana@playhouse.example>")
    sync(world)

    for login in ("ana", "ben"):
        (message,) = told(world, login, "component:default/seat-map-web")
        assert "Two files describe component:default/seat-map-web" in message
        kept, refused = message.split("not taken: ")
        assert "playhouse/seat-map-web/catalog-info.yaml" in kept
        assert "playhouse/programme/catalog-info.yaml" in refused

    world.push("programme", {"catalog-info.yaml": own})
    sync(world)
    for login in ("ana", "ben"):
        assert told(world, login, "Solved.", "component:default/seat-map-web")


def test_a_teams_channel_is_told_that_its_entry_will_leave_and_that_it_is_back(world: World) -> None:
    whole = world.file("seat-map-api", "catalog-info.yaml")
    world.push("seat-map-api", {"catalog-info.yaml": component("seat-map-backend", "checkout")})
    sync(world)

    (message,) = told(world, "kofi", "component:default/seat-map-api", channel="checkout")
    assert "will leave the catalog" in message
    assert "It leaves on" in message

    world.push("seat-map-api", {"catalog-info.yaml": whole})
    sync(world)
    (message,) = told(world, "kofi", "component:default/seat-map-api", channel="checkout")
    assert "is back" in message


def test_slack_that_is_away_for_a_moment_delays_a_message_and_doubles_none(world: World) -> None:
    whole = world.file("fraud-rules", "catalog-info.yaml")
    world.push("fraud-rules", {"catalog-info.yaml": whole.replace("kind: Component", "kind: []")})
    world.sandbox.plans(method="chat.postMessage", status=503, times=2)

    sync(world)
    assert len(told(world, "kofi", "playhouse/fraud-rules/catalog-info.yaml")) == 1

    world.push("fraud-rules", {"catalog-info.yaml": whole})
    sync(world)


def test_a_private_repository_is_not_told_where_guests_read_along(world: World) -> None:
    """Payments' channel would be next, but a guest has come into it."""
    whole = world.file("payments-api", "catalog-info.yaml")
    world.person("gil").joins("payments-help")
    world.calm()
    world.push("payments-api", {"catalog-info.yaml": whole + "\n: : ["}, by="Zoe <zoe@elsewhere.example>")
    sync(world)

    assert told(world, "ben", "playhouse/payments-api", channel="payments-help") == []
    assert len(told(world, "mira", "playhouse/payments-api/catalog-info.yaml", "Zoe's commit")) == 1
    world.person("gil").leaves("payments-help")
    world.push("payments-api", {"catalog-info.yaml": whole})
    sync(world)


def test_a_guest_is_not_told_of_a_repository_that_is_not_public(world: World) -> None:
    whole = world.file("trojan-horse", "catalog-info.yaml")
    world.push("trojan-horse", {"catalog-info.yaml": "kind: [\n"}, by="Gil <gil@agency.example>")
    sync(world)

    assert told(world, "gil", "trojan-horse") == []
    assert told(
        world, "ben", "playhouse/trojan-horse/catalog-info.yaml", "Gil's commit", channel="payments-help"
    )
    world.push("trojan-horse", {"catalog-info.yaml": whole})
    sync(world)


def test_a_message_whose_place_a_crash_forgot_is_found_again_and_edited(world: World) -> None:
    """The process died between Slack's answer and the note; meanwhile somebody mended the file."""
    whole = world.file("old-box-office", "catalog-info.yaml")
    world.push("old-box-office", {"catalog-info.yaml": whole.replace("kind: Component", "kind: 7")})
    sync(world)
    assert len(told(world, "kofi", "playhouse/old-box-office/catalog-info.yaml", "kind")) == 1
    forget_places(world)

    world.push("old-box-office", {"catalog-info.yaml": whole})
    sync(world)

    assert len(told(world, "kofi", "playhouse/old-box-office/catalog-info.yaml", "Mended.", "7")) == 1


def test_a_message_that_was_posted_twice_by_a_crash_shows_what_was_said_last(world: World) -> None:
    gateway = world.callboard.gateway
    gateway.deliver("#checkout", Message("What was said first"), "test:crash")
    forget_places(world)

    gateway.deliver("#checkout", Message("What was said last"), "test:crash")

    assert told(world, "kofi", "What was said first", channel="checkout") == []
    assert len(told(world, "kofi", "What was said last", channel="checkout")) == 1


def forget_places(world: World) -> None:
    """As when the process dies after Slack took the messages, before it noted where they are."""
    with world.callboard.catalog.database.write() as connection:
        connection.execute(deliveries.update().values(ts=None))
