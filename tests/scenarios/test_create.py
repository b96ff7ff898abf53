"""Starting a repository: the form, the one message, and what is there at the end."""

import yaml

from bot.sandbox.github.faults import FaultKind
from bot.sandbox.people import Person, SeenMessage, spoken
from tests.scenarios.world import World, shows

TEMPLATE = "/callboard new python-service"
CREATE = "POST /orgs/playhouse/repos"


def open_form(person: Person, channel: str = "general") -> None:
    person.types(TEMPLATE, channel)
    person.modal(wanted=lambda modal: bool(modal.labels))


def submit(person: Person, name: str, **more: str) -> dict[str, str]:
    """Open the form, fill it in and press Create; the errors by label."""
    open_form(person)
    person.fills({"Repository name": name, "What it does": "Tells jokes.", **more})
    return dict(person.submits())


def created(person: Person, name: str) -> SeenMessage:
    """The message about a run that is done."""
    return person.waits_for(shows("*Created", f"playhouse/{name}|"), "app")


def messages_about(person: Person, name: str) -> list[SeenMessage]:
    return [message for message in person.sees("app") if name in message.text]


def test_the_form_asks_what_the_template_asks_and_knows_the_askers_team(world: World) -> None:
    ana = world.person("ana")
    open_form(ana)

    modal = ana.modal()
    owner = next(block for block in modal.blocks if block.get("block_id") == "owner")

    assert modal.title == "Python service"
    assert modal.labels == ("Repository name", "Owner", "What it does", "Lifecycle", "Python", "Licence")
    assert owner["element"]["initial_option"]["value"] == "group:default/payments"


def test_templates_are_a_choice_first(world: World) -> None:
    ben = world.person("ben")
    ben.types("/callboard new", "general")
    ben.modal(wanted=lambda modal: "What would you like to start?" in modal.text)

    ben.chooses("Choose a template", "Python library")

    assert ben.modal(wanted=lambda modal: bool(modal.labels)).title == "Python library"


def test_each_mistake_is_told_at_its_field(world: World) -> None:
    ana = world.person("ana")
    open_form(ana)
    ana.fills({"Repository name": "Not A Name!", "What it does": "{{ 7 * 7 }}"})

    errors = ana.submits()

    assert set(errors) == {"Repository name", "What it does"}
    assert "would be read as a template" in errors["What it does"]
    assert ana.has_modal()


def test_a_name_that_the_catalog_knows_is_refused_at_the_field(world: World) -> None:
    errors = submit(world.person("ana"), "fraud-rules")

    assert errors == {"Repository name": "playhouse/fraud-rules exists already."}


def test_a_name_that_only_github_knows_is_refused_and_nothing_is_touched(world: World) -> None:
    stranger = world.github.state.create("nightly-build", "somebody else's", private=True)
    kofi = world.person("kofi")

    errors = submit(kofi, "nightly-build")

    assert not errors
    assert kofi.waits_for(shows("GitHub already has a repository playhouse/nightly-build."), "app")
    assert len(messages_about(kofi, "nightly-build")) == 1
    assert world.repository("nightly-build") is stranger
    assert (stranger.description, stranger.git.head_oid) == ("somebody else's", None)


def test_the_owner_is_found_by_typing(world: World) -> None:
    kofi = world.person("kofi")
    modal_errors = submit(kofi, "joke-teller", Owner="Ushers")

    message = created(kofi, "joke-teller")

    assert not modal_errors
    assert "Owned by Ushers" in message.text
    assert "Ushers has no team on GitHub" in message.text


def test_at_the_end_there_is_one_repository_with_one_commit_one_message_and_the_catalog_knows_it(
    world: World,
) -> None:
    ana = world.person("ana")
    submit(ana, "ticket-scanner")

    message = created(ana, "ticket-scanner")

    assert message.is_edited
    assert messages_about(ana, "ticket-scanner") == [message]
    assert world.commits("ticket-scanner") == ("Start ticket-scanner from python-service",)
    assert world.file("ticket-scanner", ".github/CODEOWNERS").split() == ["*", "@playhouse/payments"]
    descriptor = yaml.safe_load(world.file("ticket-scanner", "catalog-info.yaml"))
    assert descriptor["metadata"]["name"] == "ticket-scanner"
    assert descriptor["spec"]["owner"] == "group:default/payments"
    assert world.github.state.permissions["payments"]["ticket-scanner"] == "ADMIN"
    answer = world.person("kofi").asks("/callboard who ticket-scanner", "random")
    assert "Owned by Payments — ask in #payments-help" in spoken(answer.text, {})


def test_two_who_want_one_name_get_one_repository_and_one_of_them_is_told(world: World) -> None:
    both = [world.person("ana"), world.person("ben")]
    for person in both:
        open_form(person)
        person.fills({"Repository name": "curtain-bell", "What it does": "Rings."})

    errors = [person.submits() for person in both]

    created(both[0], "curtain-bell")
    assert errors[0] == {}
    assert list(errors[1]) == ["Repository name"]
    assert "playhouse/curtain-bell" in errors[1]["Repository name"]
    assert messages_about(both[1], "curtain-bell") == []
    assert len(world.commits("curtain-bell")) == 1


def test_a_run_that_stops_names_its_step_and_goes_on_from_there_when_asked(world: World) -> None:
    ana = world.person("ana")
    world.github.fail_next(CREATE, FaultKind.FORBIDDEN)
    submit(ana, "smoke-machine")

    stopped = ana.waits_for(shows("*Stopped creating", "smoke-machine"), "app")
    ana.clicks("Try again from step 2", stopped)
    done = created(ana, "smoke-machine")

    assert "It stopped at “Create the repository”" in stopped.text
    assert messages_about(ana, "smoke-machine") == [done]
    assert done.ts == stopped.ts
    assert len(world.commits("smoke-machine")) == 1


def test_a_creation_whose_answer_got_lost_is_found_again(world: World) -> None:
    ana = world.person("ana")
    world.github.fail_next(CREATE, FaultKind.LOST)
    submit(ana, "lost-and-found")

    created(ana, "lost-and-found")

    assert len(world.commits("lost-and-found")) == 1


def test_a_slack_that_is_away_for_a_moment_costs_no_message_and_no_run(world: World) -> None:
    ana = world.person("ana")
    world.slack.faults.add("chat.postMessage", status=500)
    world.slack.faults.add("chat.update", status=500, times=2)
    submit(ana, "fog-horn")

    done = created(ana, "fog-horn")

    assert messages_about(ana, "fog-horn") == [done]


def test_a_guest_starts_nothing(world: World) -> None:
    answer = world.person("gil").asks(TEMPLATE)

    assert answer.text.startswith("Guests cannot start repositories.")
    assert not world.person("gil").has_modal()


def test_a_template_that_does_not_exist_is_answered_with_those_that_do(world: World) -> None:
    answer = world.person("kofi").asks("/callboard new cobol-service", "random")

    assert (
        answer.text == "There is no template called cobol-service. There are: python-library, python-service."
    )


def test_a_form_needs_a_command(world: World) -> None:
    assert "A form needs a command" in world.person("mira").asks("new python-service", "app").text
