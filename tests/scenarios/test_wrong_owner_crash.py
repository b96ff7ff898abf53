"""A bot that is killed while a wrong owner is mended: one pull request, one question, one message, no loss."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from bot.sandbox.people import Person, refusal_line
from bot.sandbox.process import SandboxProcess
from bot.slack.manifest import manifest
from core.clock import SystemClock
from core.jobs import Jobs
from tests.scenarios.correction_world import FIELD, YES, read, reads, told
from tests.scenarios.test_create_crash import (  # noqa: F401 - fixtures over this file's own ``outside``
    Bots,
    Outside,
    alone,
    lonely,
    replicas,
)
from tests.scenarios.world import GROUPS, PATIENCE_S, component, until

_PATIENCE_S = 10.0
_PARTS = 24
PEOPLE = """\
name: playhouse
title: Playhouse
people:
  - {login: ana, name: Ana Duarte, email: ana@playhouse.example}
  - {login: kofi, name: Kofi Mensah, email: kofi@playhouse.example}
teams:
  - {slug: payments, name: Payments, members: [ana]}
  - {slug: checkout, name: Checkout, members: [kofi], maintainers: [kofi]}
channels:
  - {name: general}
  - {name: payments-help}
  - {name: checkout}
"""
OPENING = [
    "begin done 1",
    "propose before",
    "create_branch done 1",
    "write done 1",
    "open_pull done 1",
    "change done 1",
    "propose after",
    "refresh after",
    "chat_postMessage done 1",
    "show after",
]
ASKING = ["begin done 1", "change done 1", "chat_postMessage done 1", "chat_postMessage done 2", "show after"]
WITH_REPLICAS = ["open_pull done 1", "chat_postMessage done 1"]


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    folder = tmp_path_factory.mktemp("organization")
    (folder / "organization.yaml").write_text(PEOPLE)
    files = {"catalog": GROUPS, **{part: component(part, "checkout") for part in parts()}}
    for name, text in files.items():
        place = folder / "repositories" / name
        place.mkdir(parents=True)
        (place / "catalog-info.yaml").write_text(text)
    asked = folder / "manifest.json"
    asked.write_text(json.dumps(manifest("/callboard", ("who", "docs", "new", "score"))))
    process = SandboxProcess(folder, manifest=asked)
    found = Outside(process)
    found.sandbox.waits_for_app(_PATIENCE_S)
    yield found
    refused = {refusal_line(entry) for entry in found.sandbox.refusals()}
    process.stop()
    assert refused == set()


def parts() -> list[str]:
    return [f"part-{number}x" for number in range(_PARTS)]


@pytest.fixture(scope="module")
def untouched() -> Iterator[str]:
    """The names of things that no test has asked about yet."""
    return iter(parts())


def wishes(outside: Outside, person: Person, name: str, owner: str) -> None:
    """Send the form; where nobody acknowledges it, send it again later."""
    outside.sandbox.post("limits")
    person.types(f"/callboard wrong {name}")
    person.modal(PATIENCE_S)
    person.fills({FIELD: owner})
    person.submits()


def sends_again(person: Person) -> None:
    """A form that is still there was never acknowledged."""
    if person.has_modal():
        assert person.submits() == {}


def pulls(outside: Outside, name: str) -> list[Any]:
    address = outside.process.addresses["github"]
    with requests.Session() as session:
        session.trust_env = False
        headers = {"Authorization": f"Bearer {address['publish_token']}"}
        url = f"{address['api_url']}/repos/playhouse/{name}/pulls?state=all"
        found: list[Any] = session.get(url, headers=headers, timeout=30).json()
    return found


def finished(bots: Bots) -> None:
    looking = Jobs(bots.database, clock=SystemClock())
    try:
        until(lambda: not looking.unfinished(), "jobs are left to do")
    finally:
        looking.stop()


def about(person: Person, name: str, channel: str = "app") -> list[str]:
    return [read(seen.text) for seen in person.sees(channel) if name in seen.text]


def check_that_it_is_open_once(outside: Outside, bots: Bots, person: Person, name: str) -> None:
    person.waits_for(reads(f"I opened playhouse/{name}#1"), "app", PATIENCE_S)
    finished(bots)
    assert len(pulls(outside, name)) == 1
    assert len(about(person, name)) == 1


@pytest.mark.parametrize("moment", OPENING)
def test_a_bot_that_is_killed_while_it_opens_a_pull_request_opens_one(
    outside: Outside,
    lonely: Bots,  # noqa: F811
    untouched: Iterator[str],
    moment: str,
) -> None:
    kofi, name = outside.sandbox.person("kofi"), next(untouched)
    lonely.doom(moment)
    wishes(outside, kofi, name, "Payments")

    lonely.start(lonely.fallen())
    sends_again(kofi)

    check_that_it_is_open_once(outside, lonely, kofi, name)


@pytest.mark.parametrize("moment", ASKING)
def test_a_bot_that_is_killed_while_it_asks_the_owners_asks_once(
    outside: Outside,
    lonely: Bots,  # noqa: F811
    untouched: Iterator[str],
    moment: str,
) -> None:
    ana, kofi, name = outside.sandbox.person("ana"), outside.sandbox.person("kofi"), next(untouched)
    lonely.doom(moment)
    wishes(outside, ana, name, "Ushers")

    lonely.start(lonely.fallen())
    sends_again(ana)

    told(ana, f"{name} →", "I asked Checkout")
    question = kofi.waits_for(reads(f"thinks that {name}"), "checkout", PATIENCE_S)
    kofi.clicks(YES, question)
    check_that_it_is_open_once(outside, lonely, ana, name)
    assert len(about(kofi, name, "checkout")) == 1


@pytest.mark.needs_postgres
@pytest.mark.parametrize("moment", WITH_REPLICAS)
def test_when_a_replica_is_killed_the_other_goes_on(
    outside: Outside,
    replicas: Bots,  # noqa: F811
    untouched: Iterator[str],
    moment: str,
) -> None:
    kofi, name = outside.sandbox.person("kofi"), next(untouched)
    replicas.doom(moment)
    wishes(outside, kofi, name, "Payments")

    fallen = replicas.fallen()

    check_that_it_is_open_once(outside, replicas, kofi, name)
    replicas.start(fallen)


@pytest.mark.needs_postgres
def test_two_replicas_that_are_told_the_same_do_it_once(
    outside: Outside,
    replicas: Bots,  # noqa: F811
    untouched: Iterator[str],
) -> None:
    """Slack hands each form to any of them."""
    name = next(untouched)
    ana, kofi = outside.sandbox.person("ana"), outside.sandbox.person("kofi")
    for person, _time in itertools.product((kofi, ana), range(2)):
        wishes(outside, person, name, "Payments")

    for person in (ana, kofi):
        check_that_it_is_open_once(outside, replicas, person, name)
