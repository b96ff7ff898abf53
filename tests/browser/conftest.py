"""Fixtures of the browser tests: the demo, a browser, a workspace with a small app, and somebody at the page."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from bot.sandbox.people import Sandbox
from tests.browser.stage import (
    DESKTOP,
    PATIENCE_MS,
    PHONE,
    Screen,
    find_chromium,
    running_chromium,
    running_demo,
)
from tests.scenarios.bolt_world import MANIFEST, SCOPES, BoltWorld
from tests.tools import is_missing


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is."""
    path = find_chromium()
    if path is None:
        is_missing("Chromium is", "apt-get install chromium")
    return path


@pytest.fixture(scope="session")
def demo(chromium: str) -> Iterator[str]:
    """The demo's address; it is not started for nothing where there is no Chromium."""
    with running_demo() as url:
        # What is looked at is the page; Slack's three seconds are short for a machine with a browser.
        Sandbox(url).waits_for_app(30)
        yield url


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser; not for the session, for as long as it lives asyncio cannot be used by other tests."""
    with running_chromium(chromium) as running:
        yield running


@pytest.fixture
def screen(browser: Browser) -> Iterator[Callable[..., Screen]]:
    """Opens a page for somebody, ``screen(url, "ana", "payments-help", PHONE)``; it must not fail in the console."""
    faults: list[str] = []
    with ExitStack() as closing:

        def open_one(
            url: str, login: str, place: str, size: tuple[int, int] = DESKTOP, scheme: str = "light"
        ) -> Screen:
            is_phone = size == PHONE
            context = browser.new_context(
                viewport={"width": size[0], "height": size[1]},
                is_mobile=is_phone,
                has_touch=is_phone,
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",
                locale="en-GB",
                timezone_id="UTC",
            )
            closing.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
            return Screen(page, url).sits_down(login, place)

        yield open_one
    assert faults == []


@pytest.fixture(scope="module")
def stage(chromium: str) -> Iterator[BoltWorld]:
    """A workspace with a small app, for all tests of a module; not started where there is no Chromium."""
    scopes = {"bot": [*SCOPES, "mpim:read", "mpim:write"]}
    running = BoltWorld("socket", {**MANIFEST, "oauth_config": {"scopes": scopes}})
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def world(stage: BoltWorld) -> BoltWorld:
    """The workspace as at the beginning: nothing heard, no form open; each test says what the app does."""
    stage.fresh()
    return stage


@pytest.fixture
def ana(world: BoltWorld, screen: Callable[..., Screen]) -> Screen:
    """Ana, at the page in #stage."""
    return screen(world.slack.url, "ana", "stage")
