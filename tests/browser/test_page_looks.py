"""How the local Slack's page looks: every kind of block, on a desk and on a phone, in light and in dark."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import gallery, gallery_controls
from tests.browser.stage import DESKTOP, PHONE, Screen
from tests.scenarios.bolt_world import BoltWorld, section

pytestmark = pytest.mark.needs_browser

IMAGE = "https://assets.invalid/stage.png"
"""An address that Slack's rules allow; the tests answer it themselves."""


@pytest.fixture(scope="module")
def exhibition(stage: BoltWorld) -> BoltWorld:
    """A workspace with one of every kind of block."""
    for channel, blocks in (
        ("stage", gallery.text(IMAGE)),
        ("stage", gallery.cards(IMAGE)),
        ("general", gallery.tables()),
        ("general", gallery.trend()),
        ("general", gallery.long()),
        ("backroom", gallery.agent()),
        ("backroom", gallery_controls.actions()),
    ):
        stage.client.chat_postMessage(channel=stage.channel(channel), text="One of each", blocks=blocks)
    stage.client.chat_postMessage(
        channel=stage.channel("backroom"), text="Both answered", attachments=gallery.attachments(IMAGE)
    )
    ana = stage.slack.workspace.user_by_name("ana").id
    home = {"type": "home", "blocks": [section("Good morning"), *gallery.cards(IMAGE)[:3]]}
    stage.client.views_publish(user_id=ana, view=home)
    return stage


@pytest.fixture
def visit(exhibition: BoltWorld, screen: Callable[..., Screen]) -> Callable[..., Screen]:
    """Opens the page at a place of the exhibition."""

    def open_one(place: str, size: tuple[int, int] = DESKTOP, scheme: str = "light") -> Screen:
        seat = screen(exhibition.slack.url, "ana", "app", size, scheme)
        drawing = gallery.drawing("#1d6b5c", "P")
        seat.page.route(IMAGE, lambda route: route.fulfill(body=drawing, content_type="image/svg+xml"))
        seat.page.goto(f"{exhibition.slack.url}/?as=ana#{place}")
        expect(seat.field).to_be_visible()
        return seat

    return open_one


@pytest.mark.parametrize("place", ["stage", "general", "backroom"])
def test_every_kind_of_block_is_shown(visit: Callable[..., Screen], place: str) -> None:
    seat = visit(place)

    expect(seat.messages.first).to_be_visible()
    assert seat.page.locator(".unshown").count() == 0
    kinds = {
        "stage": [
            ".b-card",
            ".b-carousel",
            ".b-container",
            ".b-video",
            ".b-rich",
            ".b-markdown",
            ".pre",
            ".file-card",
        ]
    }
    kinds["general"] = [".b-chart svg", ".b-data-table", ".legend"]
    kinds["backroom"] = [".b-plan", ".b-task", ".feedback", ".attachment", ".select"]
    for kind in kinds[place]:
        expect(seat.page.locator(f"#pane {kind}").first).to_be_visible()


def test_a_data_table_turns_its_pages_and_sorts(visit: Callable[..., Screen]) -> None:
    table = visit("general").page.locator(".b-data-table")
    expect(table).to_contain_text("1–5 of 7")

    table.get_by_role("button", name="Next page").click()
    expect(table.locator("tbody tr")).to_have_count(2)
    table.get_by_role("columnheader", name="Score").get_by_role("button").click()

    expect(table.locator("tbody tr").first).to_contain_text("page-scanner")
    expect(table.get_by_role("columnheader", name="Score")).to_have_attribute("aria-sort", "ascending")


def test_a_plan_says_how_far_each_task_is(visit: Callable[..., Screen]) -> None:
    plan = visit("backroom").page.locator(".b-plan")

    expect(plan).to_contain_text("1 of 4 tasks")
    for state in ("Done", "In progress", "Waiting", "Failed"):
        expect(plan.get_by_label(state)).to_be_visible()


@pytest.mark.parametrize("place", ["stage", "general", "backroom"])
def test_nothing_sticks_out_of_a_phone(visit: Callable[..., Screen], place: str) -> None:
    seat = visit(place, PHONE)
    expect(seat.messages.first).to_be_visible()

    assert not seat.is_too_wide()
    seat.page.get_by_role("button", name="Channels", exact=True).click()
    expect(seat.page.get_by_role("button", name="backroom, private")).to_be_visible()
    assert not seat.is_too_wide()


def test_home_threads_and_forms_fit_a_phone_too(visit: Callable[..., Screen], exhibition: BoltWorld) -> None:
    seat = visit("app", PHONE)
    seat.page.get_by_role("tab", name="Home").click()
    expect(seat.page.get_by_text("Good morning")).to_be_visible()
    assert not seat.is_too_wide()
    seat.page.get_by_role("tab", name="About").click()
    expect(seat.page.get_by_text("Call everybody")).to_be_visible()
    assert not seat.is_too_wide()

    exhibition.opens("ana", gallery_controls.form())
    expect(seat.modal.get_by_label("Title")).to_be_visible()
    box = seat.modal.bounding_box()
    assert box
    assert (box["width"], box["height"]) == PHONE
    assert seat.page.evaluate("(e) => e.scrollWidth <= e.clientWidth", seat.modal.element_handle())
    exhibition.slack.workspace.modals.clear()


SMALL = """() => [...document.querySelectorAll('button, a.button, input:not([type=file])')]
  .filter((e) => e.checkVisibility() && !e.closest('.only-read, .sidebar') && !e.classList.contains('only-read'))
  .filter((e) => !['checkbox', 'radio'].includes(e.type))
  .filter((e) => e.getBoundingClientRect().height < 43.5)
  .map((e) => `${e.className}: ${e.getBoundingClientRect().height}`)"""


@pytest.mark.parametrize("place", ["stage", "backroom"])
def test_what_a_finger_presses_is_large_enough(visit: Callable[..., Screen], place: str) -> None:
    seat = visit(place, PHONE)
    expect(seat.messages.first).to_be_visible()

    assert seat.page.evaluate(SMALL) == []


CONTRASTS = """() => {
  const parse = (text) => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b]
    .map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour[3] > 250) return colour;
    }
    return parse('white');
  };
  const found = [];
  for (const e of document.querySelectorAll('#app *')) {
    const own = [...e.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !e.checkVisibility() || e.closest('[disabled], svg, .avatar, .only-read')) continue;
    const [one, other] = [light(parse(getComputedStyle(e).color)), light(behind(e))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) found.push(`${e.className || e.tagName} ${e.textContent.slice(0, 20)}: ${ratio.toFixed(2)}`);
  }
  return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", ["stage", "backroom"])
def test_words_stand_out_from_what_is_behind_them(
    visit: Callable[..., Screen], place: str, scheme: str
) -> None:
    seat = visit(place, scheme=scheme)
    expect(seat.messages.first).to_be_visible()

    assert seat.page.evaluate(CONTRASTS) == []


def test_the_scheme_follows_the_switch_and_is_remembered(visit: Callable[..., Screen]) -> None:
    seat = visit("stage")
    colour: Any = "getComputedStyle(document.body).backgroundColor"
    assert seat.page.evaluate(colour) == "rgb(255, 255, 255)"
    seat.page.get_by_role("button", name="Colours: as the system has it").click()

    seat.page.get_by_role("button", name="Colours: light").click()
    assert seat.page.evaluate(colour) == "rgb(28, 27, 25)"
    seat.page.reload()

    expect(seat.page.get_by_role("button", name=re.compile("Colours: dark"))).to_be_visible()
    assert seat.page.evaluate(colour) == "rgb(28, 27, 25)"
