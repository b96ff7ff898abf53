"""The Home and the previews as people see them: the real page in Chromium, with the real bot behind it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from bot.sandbox.organization import Person
from tests.browser.stage import DESKTOP, PHONE, Screen
from tests.browser.test_page_looks import CONTRASTS
from tests.scenarios import world as theatre
from tests.scenarios.world import THEATRE, World, component, repository

pytestmark = pytest.mark.needs_browser

MANY = tuple(
    repository(name, {"catalog-info.yaml": component(name, title=name.replace("-", " ").capitalize())})
    for name in (
        "ledger ledger-export refunds payouts invoices receipts chargebacks tax-rules card-vault fx-rates".split()
    )
)
BROKEN = repository(
    "dunning",
    {
        "catalog-info.yaml": component("dunning").replace("spec:", "spce:"),
        "CODEOWNERS": "* @playhouse/payments\n",
    },
)


@pytest.fixture(scope="module")
def house(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A theatre whose Payments team has much to look after."""
    people = (*THEATRE.people, Person(login="odd", name="Odd One", email="odd@elsewhere.example"))
    repositories = (*THEATRE.repositories, *MANY, BROKEN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(theatre, "THEATRE", replace(THEATRE, people=people, repositories=repositories))
        running = World(tmp_path_factory.mktemp("theatre"))
        running.callboard.scorecards.collect_and_judge()
        yield running
        running.stop()


@pytest.fixture
def visit(house: World, screen: Callable[..., Screen]) -> Callable[..., Screen]:
    """Opens somebody's Home."""

    def open_one(login: str, size: tuple[int, int] = DESKTOP, scheme: str = "light") -> Screen:
        seat = screen(house.slack.url, login, "app", size, scheme)
        seat.page.get_by_role("tab", name="Home").click()
        expect(seat.page.locator(".home-blocks")).to_contain_text("only you see this page")
        return seat

    return open_one


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize(
    ("login", "words"),
    [
        ("ana", ["What needs you", "dunning/catalog-info.yaml", "Your team", "and 5 more"]),
        ("mira", ["For administrators", "Not matched"]),
        ("odd", ["Welcome", "I do not know yet who you are"]),
        ("gil", ["You are a guest here"]),
    ],
)
def test_a_home_fits_and_is_readable(
    visit: Callable[..., Screen], login: str, words: list[str], size: tuple[int, int], scheme: str
) -> None:
    seat = visit(login, size, scheme)

    for text in words:
        expect(seat.page.locator(".home-blocks")).to_contain_text(text)
    assert not seat.is_too_wide()
    assert seat.page.locator(".unshown").count() == 0
    assert seat.page.evaluate(CONTRASTS) == []


def test_what_is_searched_is_found_in_the_home(visit: Callable[..., Screen]) -> None:
    seat = visit("ana")
    field = seat.page.get_by_label("Search")

    field.fill("ledger")
    field.press("Enter")

    found = seat.page.locator(".home-blocks")
    expect(found).to_contain_text("Found for “ledger”")
    found.get_by_role("button", name="Show").first.click()
    expect(found).to_contain_text("Owned by Payments")
    found.get_by_role("button", name="Close").click()
    expect(found).not_to_contain_text("Owned by Payments")


def test_everything_a_team_owns_is_one_press_away(visit: Callable[..., Screen]) -> None:
    seat = visit("ana", PHONE)

    seat.page.locator(".home-blocks").get_by_role("button", name="All 14").click()

    expect(seat.page.locator(".home-blocks")).to_contain_text("Payments owns 14 things")
    assert not seat.is_too_wide()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_link_shows_its_owner_below_the_message(
    house: World, screen: Callable[..., Screen], size: tuple[int, int]
) -> None:
    rows = house.callboard.catalog.ask.estate().repositories.values()
    url = next(row.url for row in rows if row.name == ("ledger" if size == PHONE else "refunds"))
    seat = screen(house.slack.url, "ana", "engineering", size)

    seat.types(f"The rounding is in {url}")

    expect(seat.reads(url).locator(".attachment")).to_contain_text(
        "Owned by Payments — ask in #payments-help"
    )
    assert not seat.is_too_wide()
