"""A theatre with many small things that belong to Checkout, and the ways to say that an owner is wrong."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.sandbox.github.hosted import PullRequest
from bot.sandbox.people import Person, SeenMessage, spoken
from core.access import Visibility
from tests.scenarios import world as stage
from tests.scenarios.world import World, component, repository

FIELD, WHY, WHO = "Who should own it?", "Why?", "Which GitHub user are you?"
YES, NO = "Yes, open the pull request", "No, it is ours"
_PARTS = 40


class Theatre:
    """The world of the corrections: each test takes a thing that no other has touched."""

    def __init__(self, folder: Path, mode: str = "socket", **parts: Any) -> None:
        self.world = World(folder, mode=mode, **parts)
        self._names = iter([f"part-{number}" for number in range(_PARTS)])
        self._looks = itertools.count(1)

    def part(self) -> str:
        """A component of Checkout's that nobody has asked about yet; it is a private repository's."""
        return next(self._names)

    def person(self, login: str) -> Person:
        return self.world.person(login)

    def pulls(self, name: str) -> list[PullRequest]:
        found = self.world.repository(name)
        assert found
        return list(found.pulls)

    def owner(self, name: str) -> str:
        """What the answer to a question says."""
        return read(self.person("ana").asks(f"/callboard who {name}", "engineering").text).splitlines()[1]

    def looks(self) -> Any:
        """The regular look at what is not settled."""
        job = self.world.runs("catalog.corrections", f"corrections:test:{next(self._looks)}")
        assert job.error == ""
        self.world.settled()
        return job.result

    def merges(self, name: str) -> None:
        self.on_github("PUT", f"{name}/pulls/1/merge", {})

    def closes(self, name: str) -> None:
        self.on_github("PATCH", f"{name}/pulls/1", {"state": "closed"})

    def on_github(self, method: str, path: str, body: object) -> None:
        """Somebody does something on GitHub."""
        headers = {"Authorization": f"Bearer {self.world.github.publish_token}"}
        url = f"{self.world.github.url}/repos/playhouse/{path}"
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(method, url, json=body, headers=headers, timeout=30)
        assert answer.ok, answer.text


def theatre(folder: Path, mode: str = "socket", **parts: Any) -> Iterator[Theatre]:
    """Build it, and end it."""
    parts_of = tuple(
        repository(
            f"part-{number}",
            {"catalog-info.yaml": component(f"part-{number}", "checkout")},
            visibility=Visibility.PRIVATE,
        )
        for number in range(_PARTS)
    )
    with pytest.MonkeyPatch.context() as patch:
        more = (*stage.THEATRE.repositories, *parts_of)
        patch.setattr(stage, "THEATRE", replace(stage.THEATRE, repositories=more))
        found = Theatre(folder, mode, **parts)
        yield found
        found.world.stop()


def opens_form(person: Person, name: str, channel: str = "engineering") -> str:
    """Ask who owns it, and press the button; returns what the form says."""
    person.clicks("Wrong owner?", person.asks(f"/callboard who {name}", channel))
    return read(person.modal().text)


def wishes(person: Person, name: str, owner: str, why: str = "") -> None:
    """Fill the form in and send it."""
    opens_form(person, name)
    person.fills({FIELD: owner, **({WHY: why} if why else {})})
    assert person.submits() == {}


def read(text: str) -> str:
    """A message as it stands on the screen."""
    return spoken(text, {}).replace("`", "")


def reads(*wanted: str) -> Callable[[SeenMessage], bool]:
    """A message that reads so."""
    return lambda message: all(text in read(message.text) for text in wanted)


def told(person: Person, *words: str) -> SeenMessage:
    """What the app tells somebody in their direct messages."""
    return person.waits_for(reads(*words), "app")
