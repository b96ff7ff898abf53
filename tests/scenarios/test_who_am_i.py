"""Who am I here? What Callboard thinks, the way to say otherwise, and the administrators' word."""

from collections.abc import Iterator

import pytest

from bot.sandbox.people import Person
from tests.scenarios.correction_world import (
    FIELD,
    WHO,
    Theatre,
    opens_form,
    read,
    reads,
    theatre,
    told,
    wishes,
)


@pytest.fixture(scope="module", params=["socket", "http"])
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, clean_environment: None
) -> Iterator[Theatre]:
    yield from theatre(tmp_path_factory.mktemp("theatre"), request.param)


@pytest.fixture
def newcomer(stage: Theatre) -> Person:
    """Somebody whom the catalog does not know by their address; another one for each test."""
    login = f"new{len(stage.world.slack.workspace.users)}"
    return stage.world.sandbox.welcomes(login, login.title(), f"{login}@elsewhere.example")


def me(person: Person) -> str:
    return read(person.asks("/callboard me", "general").text)


def test_everybody_sees_who_they_are_with_the_reason_and_their_teams(stage: Theatre) -> None:
    text = me(stage.person("ben"))

    assert "You are Ben Fischer, a full member of this workspace." in text
    assert "In the catalog you are Ben Fischer (ben), by e-mail." in text
    assert "Payments · #payments-help · led by you" in text
    assert "led by Ben Fischer" in me(stage.person("ana"))
    assert "You are an administrator of Callboard." in me(stage.person("mira"))


def test_a_guest_is_told_that_they_are_one(stage: Theatre) -> None:
    answer = stage.person("gil").asks("/callboard me", "general")

    assert "a guest here, so I show you what is public" in read(answer.text)
    assert answer.buttons == ()


def test_in_a_channel_nothing_is_said_about_a_person(stage: Theatre) -> None:
    answer = stage.person("ben").asks("@callboard me", "engineering")

    assert "That is between you and me" in answer.text


@pytest.mark.parametrize("line", ["who am I?", "which teams am I in", "me", "whoami"])
def test_a_sentence_asks_the_same(stage: Theatre, line: str) -> None:
    assert "In the catalog you are Ben Fischer (ben)" in read(stage.person("ben").asks(line, "app").text)


def test_a_person_says_who_they_are_and_an_administrator_confirms_it(
    stage: Theatre, newcomer: Person
) -> None:
    answer = newcomer.asks("/callboard me", "general")
    assert "The catalog does not know you: nobody in the catalog has" in read(answer.text)

    newcomer.clicks("Say who I am", answer)
    newcomer.fills({WHO: "Kofi Mensah (@kofi)"})
    assert newcomer.submits() == {}
    waits = told(newcomer, "I asked the administrators whether you are Kofi Mensah.")
    mira = stage.person("mira")
    question = told(mira, f"({newcomer.login}@elsewhere.example) says: I am Kofi Mensah (kofi)")
    assert "So far" in question.text
    assert "An administrator has not answered yet." in me(newcomer)

    mira.clicks("Yes, that is right", question)

    assert told(newcomer, "confirmed that you are Kofi Mensah.").ts == waits.ts
    decided = mira.waits_for(reads(f"({newcomer.login}@elsewhere.example)", "confirmed it."), "app")
    assert (decided.ts, decided.buttons) == (question.ts, ())
    assert "Checkout · #checkout" in me(newcomer)


def test_an_administrators_no_changes_nothing(stage: Theatre, newcomer: Person) -> None:
    newcomer.clicks("Say who I am", newcomer.asks("/callboard me", "general"))
    newcomer.fills({WHO: "Ben Fischer (@ben)"})
    newcomer.submits()
    mira = stage.person("mira")

    mira.clicks("No", told(mira, f"({newcomer.login}@elsewhere.example) says: I am Ben Fischer"))

    told(newcomer, "says that you are not Ben Fischer.")
    assert "The catalog does not know you" in me(newcomer)


def test_nobody_else_confirms_who_somebody_is(stage: Theatre, newcomer: Person) -> None:
    newcomer.clicks("Say who I am", newcomer.asks("/callboard me", "general"))
    newcomer.fills({WHO: "Ben Fischer (@ben)"})
    newcomer.submits()
    question = told(stage.person("mira"), f"({newcomer.login}@elsewhere.example) says: I am Ben Fischer")
    message = stage.world.slack.workspace
    kofi = stage.person("kofi")
    copy = _forwarded(stage, question.blocks, message.user_by_name("kofi").id)

    kofi.clicks("Yes, that is right", next(seen for seen in kofi.sees("app") if seen.ts == copy))

    kofi.waits_for(reads("Only administrators of Callboard decide this."), "app")
    assert "The catalog does not know you" in me(newcomer)


def test_who_is_nobody_yet_is_asked_once_in_the_form_for_a_wrong_owner(
    stage: Theatre, newcomer: Person
) -> None:
    part, other = stage.part(), stage.part()
    opens_form(newcomer, part, "general")
    assert WHO in newcomer.modal().labels
    newcomer.fills({FIELD: "Ushers", WHO: "Kofi Mensah (@kofi)"})
    assert newcomer.submits() == {}

    told(newcomer, f"{part} → Ushers", "I asked Checkout in #checkout")
    told(stage.person("mira"), f"({newcomer.login}@elsewhere.example) says: I am Kofi Mensah")
    opens_form(newcomer, other, "general")
    assert WHO not in newcomer.modal().labels
    newcomer.closes()


def test_who_is_known_is_not_asked(stage: Theatre) -> None:
    kofi = stage.person("kofi")
    opens_form(kofi, stage.part())
    assert WHO not in kofi.modal().labels
    kofi.closes()


def test_a_confirmed_person_acts_for_their_team(stage: Theatre, newcomer: Person) -> None:
    newcomer.clicks("Say who I am", newcomer.asks("/callboard me", "general"))
    newcomer.fills({WHO: "Kofi Mensah (@kofi)"})
    newcomer.submits()
    mira, part = stage.person("mira"), stage.part()
    question = told(mira, f"({newcomer.login}@elsewhere.example) says: I am Kofi Mensah")
    mira.clicks("Yes, that is right", question)
    told(newcomer, "confirmed that you are Kofi Mensah.")
    newcomer.joins("engineering")

    wishes(newcomer, part, "Payments")

    told(newcomer, f"I opened playhouse/{part}#1")


def _forwarded(stage: Theatre, blocks: object, user: str) -> str:
    from bot.slack.blocks import Message

    kept = [
        {key: value for key, value in block.items() if key != "block_id"}
        for block in blocks  # type: ignore[attr-defined]
    ]
    return stage.world.callboard.gateway.deliver_directly(
        user, Message("Copy", tuple(kept)), f"copy:{user}"
    ).ts
