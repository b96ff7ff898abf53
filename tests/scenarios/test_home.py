"""The Home: what somebody finds there, what they can do there, and that it is published no oftener than it has to be."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.sandbox.organization import Person
from bot.sandbox.people import SeenHome
from bot.slack.home import views
from bot.slack.home.model import HomeContent, Visitor
from catalog_sync.entity.model import RepositoryName
from core.access import SlackUser
from scaffolds.model import RunState
from scaffolds.store import RunStore
from tests.scenarios import world as stage
from tests.scenarios.world import THEATRE, World, component, shows, until

_NUMBERS = itertools.count(1)
BROKEN = component("seat-map-web", "checkout", "Seat map").replace("kind: Component", "kind: Componnet")


@pytest.fixture(scope="module", params=["socket", "http"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, clean_environment: None
) -> Iterator[World]:
    """The theatre, with somebody who is in no team, and somebody whom the catalog does not know."""
    people = (
        *THEATRE.people,
        Person(login="nia", name="Nia New", email="nia@playhouse.example"),
        Person(login="odd", name="Odd One", email="odd@elsewhere.example"),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "THEATRE", replace(THEATRE, people=people))
        theatre = World(tmp_path_factory.mktemp("theatre"), mode=request.param)
        theatre.callboard.scorecards.collect_and_judge()
        yield theatre
        theatre.stop()


def home(world: World, login: str) -> SeenHome:
    """The Home of somebody who has just opened it."""
    person = world.person(login)
    person.opens(timeout_s=0)
    world.calm()
    found = person.home()
    assert found
    return found


def renewed(world: World, login: str, before: SeenHome) -> SeenHome:
    """The Home after what somebody did there has had its effect."""

    def now() -> SeenHome | None:
        found = world.person(login).home()
        return found if found and found.hash != before.hash else None

    found: SeenHome = until(now, f"the Home of {login} did not change")
    return found


def published(world: World) -> list[Any]:
    return [entry for entry in world.slack.journal if entry.get("method") == "views.publish"]


# -- what stands there -------------------------------------------------------------------------------------------


def test_a_member_finds_their_team_with_its_channel_its_lead_what_it_owns_and_how_well(world: World) -> None:
    shown = home(world, "ana")

    for words in ("*Payments*", "payments-help", "lead Ben Fischer", "Payments API", "not yet Bronze"):
        assert words in shown.text
    assert "Seat map" not in shown.text
    assert "For administrators" not in shown.text
    assert {"New repository", "Ask the docs", "Help"} <= set(shown.buttons)


def test_what_places_disagree_about_needs_the_team_that_is_named(world: World) -> None:
    assert "Not everybody agrees who owns" in home(world, "ana").text
    assert "CODEOWNERS says Checkout" in home(world, "ana").text


def test_things_of_the_same_title_are_told_apart(world: World) -> None:
    shown = home(world, "kofi").text

    assert "Seat map (seat-map-api)" in shown
    assert "Seat map (seat-map-web)" in shown


def test_an_administrator_sees_the_state_of_things_too(world: World) -> None:
    shown = home(world, "mira").text

    for words in (
        "For administrators",
        "Last sync",
        "playhouse: <!date^",
        "Refused files",
        "GitHub points left",
        "of 5,000 until <!date^",
    ):
        assert words in shown
    assert "Odd One" in shown
    assert "*Teams in it*  Checkout, Payments, Ushers" in shown


@pytest.mark.parametrize(
    ("login", "wanted", "unwanted"),
    [
        ("gil", ("You are a guest here", "`/callboard who programme`"), ("payments", "New repository")),
        (
            "odd",
            ("I do not know yet who you are", "callboard people link U", "`/callboard new`"),
            ("Your team",),
        ),
    ],
)
def test_who_has_no_team_is_welcomed_with_what_they_can_try(
    world: World, login: str, wanted: tuple[str, ...], unwanted: tuple[str, ...]
) -> None:
    shown = home(world, login)

    for words in wanted:
        assert words in shown.text
    for words in unwanted:
        assert words not in shown.text


def test_every_moment_is_one_of_slacks_dates(world: World) -> None:
    assert "synced <!date^" in home(world, "ana").text


# -- how often ---------------------------------------------------------------------------------------------------


def test_opening_it_again_publishes_nothing_new(world: World) -> None:
    first = home(world, "ben")
    before = len(published(world))

    again = home(world, "ben")

    assert len(published(world)) == before
    assert again.hash == first.hash


def test_the_messages_tab_publishes_nothing(world: World) -> None:
    before = len(published(world))

    world.person("ben").opens("messages")
    world.calm()

    assert len(published(world)) == before


def test_what_changed_in_the_catalog_is_there_when_it_is_opened_next(world: World) -> None:
    before = home(world, "kofi")
    assert "cannot be taken" not in before.text

    world.push("seat-map-web", {"catalog-info.yaml": BROKEN})
    look(world, "seat-map-web")
    broken = home(world, "kofi")
    world.push("seat-map-web", {"catalog-info.yaml": component("seat-map-web", "checkout", "Seat map")})
    look(world, "seat-map-web")

    assert "playhouse/seat-map-web/catalog-info.yaml:2" in broken.text
    assert "Componnet" in broken.text
    assert "/blob/main/catalog-info.yaml#L2" in broken.text
    assert "cannot be taken" not in home(world, "ana").text
    assert "cannot be taken" not in home(world, "kofi").text


def look(world: World, name: str) -> None:
    catalog = world.callboard.catalog
    catalog.refresh(RepositoryName(catalog.settings.github.host, THEATRE.name, name))


def test_when_slack_takes_no_more_it_is_published_later_and_nobody_is_bothered(world: World) -> None:
    kofi = world.person("kofi")
    home(world, "kofi")
    kofi.asks("/callboard home", "engineering")
    world.calm()
    before, told = kofi.home(), len(kofi.sees("app"))
    assert before
    kofi.clicks("Help")
    helped = renewed(world, "kofi", before)
    world.slack.faults.add("views.publish", status=429, retry_after_s=1)

    kofi.opens(timeout_s=0)

    assert "score &lt;component" not in renewed(world, "kofi", helped).text
    assert len(kofi.sees("app")) == told


# -- what people do there ----------------------------------------------------------------------------------------


def searched(world: World, login: str, text: str) -> SeenHome:
    """The Home after a search."""
    before = home(world, login)
    world.person(login).chooses("Search", text)
    return renewed(world, login, before)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("payments", "|Payments API>* · component · owned by Payments"),
        ("paymints-api", "|Payments API>*"),
        ("owner:checkout programme", "|programme>* · component · owned by Checkout"),
        ("rotate the signing key", "Rotate the signing key"),
        ("checkout", "*Checkout* · team"),
        ("zzqqxx", "Nothing here fits “zzqqxx”."),
    ],
)
def test_search_shows_what_fits_in_the_home_itself(world: World, text: str, wanted: str) -> None:
    assert wanted in searched(world, "ben", text).text


def test_a_guest_finds_only_what_is_public(world: World) -> None:
    found = [
        searched(world, "gil", text).text for text in ("payments-api", "rotate signing key", "programme")
    ]

    assert ["payments" in text.lower().replace("“payments-api”", "") for text in found[:2]] == [False, False]
    assert "|programme>* · component · owned by Checkout" in found[2]
    offered = world.person("gil").searches("Go to a component or a team", "a")["options"]
    assert [item["value"] for item in offered] == ["component:default/programme"]


def test_a_result_is_shown_with_its_owner_and_closed_again(world: World) -> None:
    found = searched(world, "ben", "seat-map-api")
    ben = world.person("ben")

    ben.clicks("Show")
    shown = renewed(world, "ben", found)
    assert "Owned by *Checkout*" in shown.text
    ben.clicks("Close")

    assert "Owned by" not in renewed(world, "ben", shown).text


def test_the_select_leads_to_a_component_or_a_team(world: World) -> None:
    before = home(world, "ben")
    ben = world.person("ben")

    ben.chooses("Go to a component or a team", "Payments API")
    component_shown = renewed(world, "ben", before)
    ben.chooses("Go to a component or a team", "Checkout")

    assert "Owned by *Payments*" in component_shown.text
    assert "Seat map" in renewed(world, "ben", component_shown).text


def test_the_button_for_a_new_repository_opens_its_form(world: World) -> None:
    home(world, "ben")
    ben = world.person("ben")

    ben.clicks("New repository")
    ben.modal()
    ben.closes()


def test_the_docs_answer_in_the_form_that_asks(world: World) -> None:
    home(world, "ben")
    ben = world.person("ben")
    ben.clicks("Ask the docs")
    ben.modal(wanted=lambda modal: modal.title == "Ask the docs")

    ben.chooses("What do you want to know?", "how do I rotate the signing key?")
    answer = ben.modal(wanted=lambda modal: "make rotate-key" in modal.text)
    ben.submits()

    assert "Sources" in answer.text
    assert not ben.has_modal()


def test_docs_that_a_reader_called_wrong_need_their_team(world: World) -> None:
    kofi = world.person("kofi")
    kofi.clicks("👎 Wrong or stale", kofi.asks("/callboard docs rotate the signing key", "engineering"))
    kofi.waits_for(shows("Thank you."), "engineering")

    needs = home(world, "ana").text

    assert "Rotate the signing key" in needs
    assert "one reader called it wrong or stale" in needs
    assert "one reader" not in home(world, "kofi").text


def test_help_lists_what_can_be_typed(world: World) -> None:
    before = home(world, "ben")

    world.person("ben").clicks("Help")

    assert "/callboard who" in renewed(world, "ben", before).text


def test_what_went_wrong_with_a_button_is_said_where_it_was_pressed(world: World) -> None:
    """A guest keeps the button of a Home from the time when they were a member."""
    world.callboard.gateway.publish_view(
        world.slack.workspace.user_by_name("gil").id,
        views.home_view(HomeContent(Visitor.AT_HOME, may_create=True)),
    )
    before = world.person("gil").home()
    assert before

    world.person("gil").clicks("New repository")

    assert "Guests cannot start repositories." in renewed(world, "gil", before).text


def test_a_run_of_mine_is_there_while_it_runs_and_when_it_failed(world: World) -> None:
    ana = world.person("ana")
    ana.types("/callboard new python-service", "engineering")
    ana.modal(wanted=lambda seen: bool(seen.labels))
    name = f"home-{next(_NUMBERS)}"
    ana.fills({"Repository name": name, "What it does": "Tells jokes."})
    assert ana.submits() == {}
    world.settled()
    ana.waits_for(shows("*Created", name), "app")
    user = SlackUser(world.callboard.gateway.workspace, world.slack.workspace.user_by_name("ana").id)
    store = RunStore(world.callboard.catalog.database, world.callboard.catalog.clock)
    done = next(run for run in every_run(world) if run.repository.name == name)

    store.save(replace(done, state=RunState.RUNNING))
    running = home(world, "ana")
    store.save(replace(done, state=RunState.FAILED, error="GitHub said no"))
    failed = home(world, "ana")

    assert store.asked_by(user, done.started_at)
    assert f"Creating *<{done.output('url')}|playhouse/{name}>* is under way" in running.text
    assert "GitHub said no" in failed.text
    assert "Try again" in failed.buttons
    assert "Creating" not in home(world, "ben").text
    store.save(done)


def every_run(world: World) -> list[Any]:
    from scaffolds.store import _run
    from scaffolds.tables import scaffold_runs

    with world.callboard.catalog.database.read() as connection:
        return [_run(dict(row)) for row in connection.execute(scaffold_runs.select()).mappings()]
