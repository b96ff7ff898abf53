"""The demo as people use it: the real page in Chromium, with the real bot behind it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import expect
from slack_sdk import WebClient

from bot.sandbox.organization import Channel, Organization, Person
from bot.sandbox.people import Sandbox
from bot.sandbox.slack import LocalSlack
from tests.browser.stage import DESKTOP, PHONE, Screen

pytestmark = pytest.mark.needs_browser


@pytest.fixture
def seat(screen: Callable[..., Screen], demo: str) -> Callable[..., Screen]:
    """Opens the demo for somebody: ``seat("ana", "payments-help", PHONE)``."""
    return partial(screen, demo)


# -- ask ---------------------------------------------------------------------------------------------------


def test_a_question_is_answered_and_its_docs_are_one_click_away(seat: Callable[..., Screen]) -> None:
    yuki = seat("yuki", "checkout")

    answer = yuki.asks("/callboard who payments-api", "Owned by Payments")
    expect(answer).to_contain_text("#payments-help")
    expect(answer).to_contain_text("catalog-info.yaml (spec.owner)")
    expect(answer).to_contain_text("Only visible to you")
    yuki.presses("Docs", answer)

    expect(yuki.reads("that you can read")).to_contain_text("Payments API")


def test_on_a_phone_the_same_question_fits_the_screen(seat: Callable[..., Screen]) -> None:
    kofi = seat("kofi", "checkout", PHONE)

    answer = kofi.asks("/callboard who payments-api", "Owned by Payments")
    kofi.presses("Docs", answer)
    kofi.reads("that you can read")

    assert not kofi.is_too_wide()


# -- create ------------------------------------------------------------------------------------------------


def test_a_repository_is_made_from_a_form_and_then_known(seat: Callable[..., Screen]) -> None:
    ana = seat("ana", "payments-help")
    ana.types("/callboard new")
    ana.chooses("Python service")
    name = ana.modal.get_by_label("Repository name")

    name.fill("Not A Name!")
    ana.modal.get_by_label("What it does").fill("Scans the tickets at the door.")
    ana.presses("Create", ana.modal)
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(ana.modal.get_by_role("alert").filter(has_text="letters, digits")).to_be_visible()
    expect(name).to_be_focused()
    expect(name).to_have_value("Not A Name!")

    name.fill("page-scanner")
    ana.presses("Create", ana.modal)
    expect(ana.modal).to_have_count(0)
    ana.goes_to("Callboard")
    expect(ana.reads("Created playhouse/page-scanner")).to_contain_text("The catalog knows it")

    ana.goes_to("payments-help")
    expect(ana.asks("/callboard who page-scanner", "Owned by Payments")).to_contain_text("Page scanner")


def test_the_form_on_a_phone_fills_the_screen_and_no_more(seat: Callable[..., Screen]) -> None:
    omar = seat("omar", "identity-help", PHONE)
    omar.types("/callboard new")
    omar.chooses("Python service")
    expect(omar.modal.get_by_label("Repository name")).to_be_visible()

    assert not omar.is_too_wide()
    box = omar.modal.bounding_box()
    assert box
    assert (box["x"], box["width"]) == (0, PHONE[0])


def test_a_form_takes_the_focus_closes_on_escape_and_gives_the_focus_back(
    seat: Callable[..., Screen],
) -> None:
    raj = seat("raj", "data-questions")
    raj.types("/callboard new")
    expect(raj.modal.locator("button.select").first).to_be_focused()

    raj.page.keyboard.press("Escape")

    expect(raj.modal).to_have_count(0)
    expect(raj.field).to_be_focused()


def test_a_half_filled_form_outlives_what_the_app_changes_in_it(screen: Callable[..., Screen]) -> None:
    with running_slack() as slack:
        ana, client = (
            screen(slack.url, "ana", "general"),
            WebClient(slack.bot_token, base_url=slack.api_url),
        )
        trigger = slack.workspace.new_trigger(slack.workspace.user_by_name("ana").id)
        view = client.views_open(trigger_id=trigger, view=form("Before"))["view"]
        field = ana.modal.get_by_label("Name")
        field.fill("half a na")

        client.views_update(view_id=view["id"], view=form("After"))
        expect(ana.modal).to_contain_text("After")

        expect(field).to_have_value("half a na")
        expect(field).to_be_focused()


@contextmanager
def running_slack() -> Iterator[LocalSlack]:
    """A workspace of one person without an app."""
    person = Person(login="ana", name="Ana Duarte", email="ana@playhouse.example")
    channel = Channel(name="general")
    slack = LocalSlack(Organization("playhouse", "Playhouse", (person,), (), (channel,), ()), {})
    slack.start()
    try:
        yield slack
    finally:
        slack.stop()


def form(hint: str) -> dict[str, Any]:
    def plain(text: str) -> dict[str, str]:
        return {"type": "plain_text", "text": text}

    field = {"type": "plain_text_input", "action_id": "value"}
    name = {
        "type": "input",
        "block_id": "name",
        "label": plain("Name"),
        "hint": plain(hint),
        "element": field,
    }
    return {"type": "modal", "title": plain("New"), "submit": plain("Create"), "blocks": [name]}


# -- scorecards --------------------------------------------------------------------------------------------


def test_the_weekly_scorecard_is_there_and_somebody_takes_a_fix(seat: Callable[..., Screen]) -> None:
    ben = seat("ben", "payments-help")
    week = ben.reads("Fix first")
    expect(week).to_contain_text("% of checks pass")

    ben.presses("I'll take one", week)

    expect(week).to_contain_text("@Ben Fischer is on it")
    assert ben.messages.filter(has_text="Fix first").count() == 1


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_manager_reads_the_teams_in_a_table(seat: Callable[..., Screen], size: tuple[int, int]) -> None:
    mira = seat("mira", "app", size)

    table = mira.reads("Most often missing").get_by_role("table")

    expect(table.get_by_role("columnheader", name="Pass %")).to_be_visible()
    assert {"Payments", "Checkout"} <= {row.split("\t")[0] for row in table.inner_text().splitlines()}
    assert not mira.is_too_wide()


# -- the page itself ---------------------------------------------------------------------------------------


def test_a_half_written_line_outlives_what_others_write(seat: Callable[..., Screen], demo: str) -> None:
    ines = seat("ines", "releases")
    ines.field.fill("Not finished ye")
    Sandbox(demo).post("type", person="tom", channel="releases", text="box-office-web 4.2 is live")

    ines.reads("box-office-web 4.2 is live")

    expect(ines.field).to_have_value("Not finished ye")
    expect(ines.field).to_be_focused()


def test_a_half_written_line_waits_where_it_was_written(seat: Callable[..., Screen]) -> None:
    tom = seat("tom", "security")
    tom.field.fill("Not finished ye")

    tom.goes_to("releases")
    expect(tom.field).to_have_value("")
    tom.goes_to("security")

    expect(tom.field).to_have_value("Not finished ye")


def test_what_others_write_elsewhere_is_counted_until_it_is_read(
    seat: Callable[..., Screen], demo: str
) -> None:
    jon = seat("jon", "platform-help")
    row = jon.page.locator("#sidebar .side-row").filter(has_text="security")
    Sandbox(demo).post("type", person="sam", channel="security", text="Rotate your tokens, please")

    expect(row.locator(".count")).to_have_text("1")
    jon.goes_to("security")
    jon.reads("Rotate your tokens, please")

    expect(row.locator(".count")).to_have_count(0)


def test_somebody_else_sees_their_own_channels(seat: Callable[..., Screen]) -> None:
    page = seat("luis", "payments-help").page
    page.get_by_role("button", name="You are Luis Romero").click()

    page.get_by_role("menuitem", name="Greta Lind").click()

    expect(page.get_by_role("button", name="You are Greta Lind")).to_be_visible()
    expect(page.locator("#sidebar .side-row").filter(has_text="identity-help")).to_be_visible()
    expect(page.locator("#sidebar .side-row").filter(has_text="payments-help")).to_have_count(0)


def test_a_slash_lists_the_commands_and_tab_completes(seat: Callable[..., Screen]) -> None:
    eva = seat("eva", "engineering")
    eva.field.press_sequentially("/ca")
    expect(eva.page.get_by_role("option")).to_contain_text("/callboard")

    eva.field.press("Tab")

    expect(eva.field).to_have_value("/callboard ")
