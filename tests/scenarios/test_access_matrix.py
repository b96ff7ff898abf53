"""Who may see what, on every surface: each asker, in each place, about things of each visibility, against the written rule.

The rule below is that of docs/concepts/visibility.md, written down a second time: for people, not for the program.
"""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import requests

from bot.cli.app import run
from bot.sandbox.organization import Channel
from bot.sandbox.organization import Person as Account
from bot.sandbox.people import Person, SeenMessage
from tests.scenarios import world as stage
from tests.scenarios.world import API_TOKEN, World, until

NAMES = {"private": "payments-api", "internal": "fraud-rules", "public": "programme"}
ASKERS = {
    "member of the owning team": "ana",
    "other member": "kofi",
    "administrator": "mira",
    "member whom the catalog does not know": "nadia",
    "guest": "gil",
    "of another organisation": "sven",
}
INSIDERS = ("ana", "kofi", "mira")
"""Full members who are matched; ``access.require_match`` is set."""
PLACES = {
    "among members": ("ana", "ben", "kofi", "mira", "nadia"),
    "with guests": ("ana", "ben", "kofi", "mira", "nadia", "gil"),
    "shared": ("ana", "ben", "kofi", "mira", "nadia", "sven"),
}
"""Channels by who is in them; each asker has channels of their own, because a link is shown once in each."""
ALONE = "alone"
CHANNELS = [
    (place, login) for place, members in PLACES.items() for login in ASKERS.values() if login in members
]


def may_see(login: str, place: str, visibility: str) -> bool:
    """The written rule."""
    if visibility == "public":
        return True
    return login in INSIDERS and place in (ALONE, "among members")


def channel(place: str, login: str) -> str:
    return f"{place.replace(' ', '-')}-{login}"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        people = (
            *stage.THEATRE.people,
            Account(login="nadia", name="Nadia Petrov", email="nadia@elsewhere.example"),
            Account(login="sven", name="Sven Partner", email="sven@partner.example"),
        )
        rooms = tuple(
            Channel(name=channel(place, login), members=PLACES[place], shared=place == "shared")
            for place, login in CHANNELS
        )
        channels = (*stage.THEATRE.channels, *rooms)
        patch.setattr(stage, "THEATRE", replace(stage.THEATRE, people=people, channels=channels))
        _require_a_match(patch)
        theatre = World(tmp_path_factory.mktemp("theatre"))
        _from_elsewhere(theatre, "sven")
        yield theatre
        theatre.stop()


def _require_a_match(patch: pytest.MonkeyPatch) -> None:
    load = stage.load

    def strict(path: Any) -> Any:
        settings = load(path)
        access = settings.access.model_copy(update={"require_match": True})
        return settings.model_copy(update={"access": access})

    patch.setattr(stage, "load", strict)


def _from_elsewhere(theatre: World, login: str) -> None:
    """Somebody whom Slack shows as a stranger; the local Slack has one organisation only."""
    gateway, theirs = theatre.callboard.gateway, theatre.slack.workspace.user_by_name(login).id
    user, users = gateway.user, gateway.users

    def shown(found: Any) -> Any:
        return {**found, "is_stranger": True, "team_id": "T0OTHER"} if found["id"] == theirs else found

    setattr(gateway, "user", lambda user_id: shown(user(user_id)))  # noqa: B010
    setattr(gateway, "users", lambda: map(shown, users()))  # noqa: B010


# -- the surfaces: each shows a thing to somebody, or not --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """One question in one place."""

    world: World
    person: Person
    place: str
    name: str

    @property
    def channel(self) -> str:
        return channel(self.place, self.person.login)


def owned(text: str) -> bool:
    return "owned by" in text.lower()


def slash(asked: Asked) -> bool:
    return owned(asked.person.asks(f"/callboard who {asked.name}", asked.channel).text)


def listed(text: str) -> bool:
    return "· component ·" in text


def find(asked: Asked) -> bool:
    return listed(asked.person.asks(f"/callboard find {asked.name}", asked.channel).text)


def find_by_mention(asked: Asked) -> bool:
    return listed(asked.person.asks(f"@callboard find {asked.name}", asked.channel).text)


def mention(asked: Asked) -> bool:
    return owned(asked.person.asks(f"@callboard who owns {asked.name}?", asked.channel).text)


def in_a_thread(asked: Asked) -> bool:
    parent = asked.person.says("Something is broken.", asked.channel)
    line = f"@callboard who owns {asked.name}?"
    return owned(asked.person.asks(line, asked.channel, thread_ts=parent.ts).text)


def shortcut(asked: Asked) -> bool:
    message = asked.person.says(f"It is `{asked.name}` again.", asked.channel)
    asked.person.uses("who_owns_this", message)

    def answer() -> SeenMessage | None:
        later = [seen for seen in asked.person.sees(asked.channel) if seen.ts > message.ts]
        return next((seen for seen in later if seen.is_ephemeral), None)

    found: SeenMessage = until(answer, "the shortcut was not answered")
    return owned(found.text)


def preview(asked: Asked) -> bool:
    rows = asked.world.callboard.catalog.ask.estate().repositories.values()
    said = asked.person.says(next(row.url for row in rows if row.name == asked.name), asked.channel)
    asked.world.calm()
    return owned(next(seen for seen in asked.person.sees(asked.channel) if seen.ts == said.ts).text)


def direct(asked: Asked) -> bool:
    return owned(asked.person.asks(f"who owns {asked.name}?", "app").text)


def home(asked: Asked) -> bool:
    person = asked.person
    person.opens(timeout_s=0)
    asked.world.calm()
    before = person.home()
    assert before
    person.chooses("Search", asked.name)
    after = until(lambda: (now := person.home()) and now.hash != before.hash and now, "no result")
    return f"|{asked.name}>" in after.text or "|Payments API>" in after.text


def go_to(asked: Asked) -> bool:
    asked.person.opens(timeout_s=0)
    asked.world.calm()
    offered = asked.person.searches("Go to a component or a team", asked.name)["options"]
    return f"component:default/{asked.name}" in [option["value"] for option in offered]


IN_CHANNELS: dict[str, tuple[Callable[[Asked], bool], bool]] = {
    "slash": (slash, True),
    "find": (find, True),
    "shortcut": (shortcut, True),
    "mention": (mention, False),
    "find by mention": (find_by_mention, False),
    "thread": (in_a_thread, False),
    "preview": (preview, False),
}
"""Each surface in a channel, and whether the asker alone reads what it shows."""
ELSEWHERE = {"direct message": direct, "Home": home, "Home's picker": go_to}
_ROWS = [(surface, place, login) for surface in IN_CHANNELS for place, login in CHANNELS]


@pytest.mark.parametrize(("surface", "place", "login"), _ROWS)
def test_in_a_channel_it_shows_what_the_rule_says(world: World, surface: str, place: str, login: str) -> None:
    show, is_private = IN_CHANNELS[surface]
    read_in = ALONE if is_private else place
    shown = {seen: show(Asked(world, world.person(login), place, name)) for seen, name in NAMES.items()}

    assert shown == {seen: may_see(login, read_in, seen) for seen in NAMES}


@pytest.mark.parametrize(("surface", "login"), list(itertools.product(ELSEWHERE, ASKERS.values())))
def test_alone_with_the_app_it_shows_what_the_rule_says(world: World, surface: str, login: str) -> None:
    show = ELSEWHERE[surface]
    shown = {seen: show(Asked(world, world.person(login), ALONE, name)) for seen, name in NAMES.items()}

    assert shown == {seen: may_see(login, ALONE, seen) for seen in NAMES}


@pytest.mark.parametrize("login", ASKERS.values())
def test_the_docs_of_a_private_repository_are_the_insiders(world: World, login: str) -> None:
    answer = world.person(login).asks("docs rotate the signing key", "app")

    assert ("make rotate-key" in answer.text) is may_see(login, ALONE, "private")


@pytest.mark.parametrize("login", ASKERS.values())
def test_only_insiders_say_that_an_owner_is_wrong(world: World, login: str) -> None:
    person = world.person(login)
    place = next(place for place, who in CHANNELS if who == login)
    for name in NAMES.values():
        answer = person.types(f"/callboard wrong {name}", channel(place, login))
        assert person.has_modal() is (login in INSIDERS)
        if person.has_modal():
            person.closes()
        else:
            assert answer
            assert "payments" not in answer.text.lower()


@pytest.mark.parametrize("name", NAMES.values())
def test_the_command_line_shows_everything_to_whoever_has_the_machine(
    world: World, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    capsys.readouterr()

    assert run(["--config", str(world.folder / "callboard.yaml"), "who", name, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["owner"]


@pytest.mark.parametrize(("token", "status"), [(API_TOKEN, 200), ("somebody-elses-token", 401), ("", 401)])
def test_a_program_with_a_token_sees_everything_and_one_without_nothing(
    world: World, token: str, status: int
) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with requests.Session() as session:
        session.trust_env = False
        for name in NAMES.values():
            url = f"{world.callboard.web.url}/api/catalog/entities/by-name/component/default/{name}"
            answer = session.get(url, headers=headers, timeout=30)
            assert answer.status_code == status
            assert ("ownedBy" in answer.text) is (status == 200)
