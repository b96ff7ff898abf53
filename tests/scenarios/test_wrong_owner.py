"""Wrong owner? A form, a pull request or a question to the owners, and what everybody reads of it until it is settled."""

from collections.abc import Iterator

import pytest

from bot.sandbox.github.faults import FaultKind
from tests.scenarios.correction_world import (
    FIELD,
    NO,
    WHY,
    YES,
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


def test_a_member_of_the_owning_team_opens_the_pull_request_with_their_reason(stage: Theatre) -> None:
    kofi, part = stage.person("kofi"), stage.part()
    form = opens_form(kofi, part)
    assert "Owned by Checkout today\nFrom catalog-info.yaml (spec.owner)" in form
    assert f"I change one line of catalog-info.yaml in playhouse/{part}" in form

    kofi.fills({FIELD: "Payments", WHY: "They took it over in May."})
    assert kofi.submits() == {}

    message = told(kofi, f"{part} → Payments", f"I opened playhouse/{part}#1")
    assert "It changes catalog-info.yaml, line 10." in read(message.text)
    (pull,) = stage.pulls(part)
    assert f"`Kofi Mensah` says that `{part}` belongs to `Payments`" in pull.body
    assert "They took it over in May." in pull.body


def test_a_member_of_the_proposed_team_opens_it_too_and_the_form_says_so(stage: Theatre) -> None:
    ana, part = stage.person("ana"), stage.part()
    form = opens_form(ana, part)
    assert "I ask Checkout in #checkout. If they agree, I change one line" in form
    assert "If you choose a team of yours, I make the pull request at once." in form

    ana.fills({FIELD: "Payments"})
    assert ana.submits() == {}

    told(ana, f"I opened playhouse/{part}#1")


@pytest.mark.parametrize("login", ["mira"], ids=["administrator"])
def test_an_administrator_needs_to_ask_nobody(stage: Theatre, login: str) -> None:
    person, part = stage.person(login), stage.part()
    wishes(person, part, "Ushers")

    told(person, f"I opened playhouse/{part}#1")


def test_who_does_not_own_it_asks_the_owners_whose_yes_opens_the_pull_request(stage: Theatre) -> None:
    ana, kofi, part = stage.person("ana"), stage.person("kofi"), stage.part()
    wishes(ana, part, "Ushers", "We *built* it @here.")

    asked = told(ana, f"{part} → Ushers", "I asked Checkout in #checkout whether that is right.")
    question = kofi.waits_for(reads(f"thinks that {part} belongs to Ushers."), "checkout")
    assert "Today it belongs to Checkout." in read(question.text)
    assert "built" in question.text
    assert "@here" not in question.text
    assert question.buttons == (YES, NO)
    assert stage.pulls(part) == []

    kofi.clicks(YES, question)

    assert told(ana, "agreed.", f"I opened playhouse/{part}#1").ts == asked.ts
    answered = kofi.waits_for(reads("agreed.", f"playhouse/{part}#1 waits"), "checkout")
    assert (answered.ts, answered.buttons) == (question.ts, ())
    (pull,) = stage.pulls(part)
    assert "`Ana Duarte` says" in pull.body
    assert "`Kofi Mensah` was asked, and agreed." in pull.body


def test_a_no_of_the_owners_changes_nothing_and_spares_them_the_same_question(stage: Theatre) -> None:
    ana, kofi, part = stage.person("ana"), stage.person("kofi"), stage.part()
    wishes(ana, part, "Ushers")
    kofi.clicks(NO, kofi.waits_for(reads(f"thinks that {part}"), "checkout"))

    told(
        ana,
        f"{part} →",
        "says that it belongs to Checkout. Nothing has changed. You can talk about it in #checkout.",
    )
    assert (
        kofi.waits_for(reads(f"thinks that {part}", "said no. Nothing has changed."), "checkout").buttons
        == ()
    )
    assert stage.pulls(part) == []

    opens_form(ana, part)
    ana.fills({FIELD: "Ushers"})
    (error,) = ana.submits().values()
    ana.closes()
    assert error.startswith("Kofi Mensah said on ")


def test_only_the_owners_answer_the_question_and_only_once(stage: Theatre) -> None:
    ana, ben, kofi, part = stage.person("ana"), stage.person("ben"), stage.person("kofi"), stage.part()
    wishes(ana, part, "Ushers")
    question = kofi.waits_for(reads(f"thinks that {part}"), "checkout")

    ben.clicks(YES, question)

    assert ben.waits_for(reads("Only members of Checkout decide this."), "checkout").is_ephemeral
    assert stage.pulls(part) == []

    kofi.clicks(NO, question)
    told(ana, f"{part} →", "Nothing has changed.")
    with pytest.raises(AssertionError, match="nothing here reads"):
        kofi.clicks(YES, kofi.waits_for(reads(f"thinks that {part}"), "checkout"))


def test_when_it_is_merged_the_messages_say_so_and_the_answer_has_changed(stage: Theatre) -> None:
    ana, kofi, part = stage.person("ana"), stage.person("kofi"), stage.part()
    wishes(ana, part, "Ushers")
    question = kofi.waits_for(reads(f"thinks that {part}"), "checkout")
    kofi.clicks(YES, question)
    message = told(ana, f"I opened playhouse/{part}#1")
    stage.merges(part)

    stage.looks()

    assert (
        told(ana, f"playhouse/{part}#1 is merged. {part} belongs to Ushers now. Thank you.").ts == message.ts
    )
    assert kofi.waits_for(reads(f"playhouse/{part}#1 is merged."), "checkout").ts == question.ts
    assert stage.owner(part).startswith("Owned by Ushers")


def test_when_it_is_closed_without_being_merged_the_message_says_so(stage: Theatre) -> None:
    kofi, part = stage.person("kofi"), stage.part()
    wishes(kofi, part, "Payments")
    message = told(kofi, f"I opened playhouse/{part}#1")
    stage.closes(part)

    stage.looks()

    said = f"playhouse/{part}#1 was closed without being merged, so nothing has changed."
    assert told(kofi, said).ts == message.ts
    assert stage.owner(part).startswith("Owned by Checkout")


def test_who_asks_for_the_same_twice_gets_one_pull_request_and_one_message(stage: Theatre) -> None:
    kofi, part = stage.person("kofi"), stage.part()
    wishes(kofi, part, "Payments")
    wishes(kofi, part, "Payments")
    told(kofi, f"I opened playhouse/{part}#1")
    stage.world.calm()

    assert len(stage.pulls(part)) == 1
    assert len([seen for seen in kofi.sees("app") if f"{part} →" in read(seen.text)]) == 1


def test_two_people_who_want_the_same_are_one_question_and_both_are_told(stage: Theatre) -> None:
    ana, nobody, kofi, part = stage.person("ana"), stage.person("ben"), stage.person("kofi"), stage.part()
    wishes(ana, part, "Ushers", "Old code.")
    wishes(nobody, part, "Ushers", "Theirs since May.")

    question = kofi.waits_for(reads(f"think that {part}", "Old code.", "Theirs since May."), "checkout")
    assert len([seen for seen in kofi.sees("checkout") if f"that {part} belongs" in read(seen.text)]) == 1
    kofi.clicks(NO, question)

    for person in (ana, nobody):
        told(person, f"{part} →", "says that it belongs to Checkout.")


def test_a_github_that_is_away_is_waited_for_and_people_are_told(stage: Theatre) -> None:
    kofi, part = stage.person("kofi"), stage.part()
    stage.world.github.faults.add(f"POST /repos/playhouse/{part}/git/refs", FaultKind.BAD_GATEWAY, 1)
    wishes(kofi, part, "Payments")

    told(kofi, f"I opened playhouse/{part}#1")
    assert len(stage.pulls(part)) == 1
    assert len([seen for seen in kofi.sees("app") if f"{part} →" in read(seen.text)]) == 1


@pytest.mark.parametrize("kind", [FaultKind.LOST, FaultKind.DROPPED_AFTER])
def test_a_pull_request_whose_answer_was_lost_is_found_again(stage: Theatre, kind: FaultKind) -> None:
    kofi, part = stage.person("kofi"), stage.part()
    stage.world.github.faults.add(f"POST /repos/playhouse/{part}/pulls", kind, 1)
    wishes(kofi, part, "Payments")

    told(kofi, f"I opened playhouse/{part}#1")
    assert len(stage.pulls(part)) == 1


def test_a_file_that_a_program_writes_is_left_to_people_with_the_reason(stage: Theatre) -> None:
    kofi, part = stage.person("kofi"), stage.part()
    text = stage.world.file(part, "catalog-info.yaml")
    stage.world.push(part, {"catalog-info.yaml": f"# Generated by infra/catalog.py. DO NOT EDIT.\n{text}"})
    wishes(kofi, part, "Payments")

    told(kofi, f"{part} →", "I cannot change it: catalog-info.yaml says that a program generates it")
    assert stage.pulls(part) == []


def test_where_callboard_may_not_write_the_owners_hear_which_line_to_change(stage: Theatre) -> None:
    ana, kofi, part = stage.person("ana"), stage.person("kofi"), stage.part()
    stage.world.github.faults.add(f"POST /repos/playhouse/{part}/git/refs", FaultKind.FORBIDDEN, 1)
    wishes(ana, part, "Payments")

    told(
        ana,
        f"{part} →",
        "I cannot change it: Callboard may not make the branch",
        "I asked Checkout in #checkout",
    )
    question = kofi.waits_for(reads(f"thinks that {part}", "Line 10 of catalog-info.yaml"), "checkout")
    assert "from checkout to payments." in read(question.text)
    assert question.buttons == (NO,)

    text = stage.world.file(part, "catalog-info.yaml")
    stage.world.push(part, {"catalog-info.yaml": text.replace("owner: checkout", "owner: payments")})
    stage.world.callboard.catalog.sync_all()
    stage.looks()
    assert kofi.waits_for(reads(f"thinks that {part}", "It is mended"), "checkout").ts == question.ts


def test_where_a_guest_reads_along_the_lead_is_asked_in_person(stage: Theatre) -> None:
    ana, gil, kofi, part = stage.person("ana"), stage.person("gil"), stage.person("kofi"), stage.part()
    gil.joins("checkout")
    wishes(ana, part, "Ushers")

    question = told(kofi, f"thinks that {part} belongs to Ushers.")
    told(ana, f"{part} →", "I asked Checkout whether that is right.")
    assert not [seen for seen in kofi.sees("checkout") if part in seen.text]

    kofi.clicks(YES, question)

    told(ana, f"I opened playhouse/{part}#1")
    assert told(kofi, f"thinks that {part}", "waits for whoever owns the file").buttons == ()
    gil.leaves("checkout")


def test_a_path_is_mended_in_codeowners(stage: Theatre) -> None:
    ana = stage.person("ana")
    wishes(ana, "playhouse/payments-api/docs/keys.md", "Checkout")

    message = told(ana, "docs/keys.md → Checkout", "I opened playhouse/payments-api#1")
    assert "It changes .github/CODEOWNERS, line 2." in read(message.text)


def test_what_somebody_mended_by_hand_is_noticed(stage: Theatre) -> None:
    ana, kofi, part = stage.person("ana"), stage.person("kofi"), stage.part()
    wishes(ana, part, "Ushers")
    question = kofi.waits_for(reads(f"thinks that {part}"), "checkout")
    text = stage.world.file(part, "catalog-info.yaml")
    stage.world.push(part, {"catalog-info.yaml": text.replace("owner: checkout", "owner: ushers")})
    stage.world.callboard.catalog.sync_all()

    stage.looks()

    told(ana, f"{part} →", "It is mended: the file names Ushers now.")
    assert kofi.waits_for(reads(f"thinks that {part}", "It is mended"), "checkout").ts == question.ts


def test_the_word_opens_the_same_form(stage: Theatre) -> None:
    kofi, part = stage.person("kofi"), stage.part()
    assert kofi.types(f"/callboard wrong {part}") is None
    assert f"{part}\nOwned by Checkout today" in read(kofi.modal().text)
    kofi.closes()


def test_in_a_direct_message_a_button_opens_the_form(stage: Theatre) -> None:
    kofi, part = stage.person("kofi"), stage.part()

    kofi.clicks("Wrong owner?", kofi.asks(f"wrong owner of {part}?", "app"))

    assert f"{part}\nOwned by Checkout today" in read(kofi.modal().text)
    kofi.closes()


def test_guests_are_told_that_they_may_not(stage: Theatre) -> None:
    gil = stage.person("gil")
    gil.clicks("Wrong owner?", gil.asks("/callboard who programme", "general"))

    assert gil.waits_for(reads("Only members of the organisation may say"), "general").is_ephemeral
