"""The demo in a process of its own and a Chromium that looks at it; for the tests and for the pictures of the docs."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
DESKTOP = (1280, 800)
PHONE = (390, 844)

_ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync"
    " --no-first-run"
).split()
PATIENCE_MS = 90_000
"""How long a page is waited for; Playwright's own 30 s to begin are short where every core is busy."""
_TOO_WIDE = """[document.documentElement, ...document.querySelectorAll('.stream, .home, .modal-body, .side-scroll')]
  .some((part) => part.scrollWidth > part.clientWidth)"""


def find_chromium() -> str | None:
    """Where this machine has a Chromium, if it has one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)


@contextmanager
def running_demo() -> Iterator[str]:
    """``callboard demo`` on a free port; gives its address."""
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo", "--port", "0"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            # People have no such variable, and the address has to reach them all the same.
            env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        )
        try:
            yield _address(process, log)
        finally:
            process.terminate()
            process.wait(timeout=60)
            assert process.stdout
            process.stdout.close()


@contextmanager
def running_chromium(path: str) -> Iterator[Browser]:
    """A browser without a window."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS, timeout=PATIENCE_MS)
        try:
            yield browser
        finally:
            browser.close()


class Screen:
    """The page as one person uses it: what they type, press and read."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url

    def sits_down(self, login: str, place: str) -> "Screen":
        """Somebody opens the page at a channel, or at ``app``."""
        self.page.goto(f"{self._url}/?as={login}#{place}")
        expect(self.field).to_be_visible()
        return self

    def goes_to(self, name: str) -> None:
        """Choose another place in the list of channels."""
        self.page.locator("#sidebar .side-row").filter(has_text=name).click()
        expect(self.page.locator("#pane h1")).to_contain_text(name)

    @property
    def field(self) -> Locator:
        """Where people write."""
        return self.page.locator("#pane .composer-field")

    @property
    def messages(self) -> Locator:
        """All messages of the place, oldest first."""
        return self.page.locator("#pane .message")

    @property
    def modal(self) -> Locator:
        """The form that is open."""
        return self.page.locator("dialog.modal")

    def types(self, text: str) -> None:
        """Write a line and send it with Enter."""
        self.field.fill(text)
        self.field.press("Enter")
        expect(self.field).to_have_value("")

    def asks(self, text: str, answered_with: str) -> Locator:
        """Write a line; gives the newest message once it has these words."""
        self.types(text)
        return self.reads(answered_with)

    def reads(self, words: str) -> Locator:
        """The newest message that has these words, as soon as there is one."""
        message = self.messages.filter(has_text=words).last
        expect(message).to_be_visible()
        return message

    def presses(self, label: str, within: Locator) -> None:
        """Press a button of a message or of the form."""
        within.get_by_role("button", name=label, exact=True).click()

    def chooses(self, option: str) -> None:
        """Choose in the form's first select."""
        self.modal.locator("button.select").first.click()
        self.page.get_by_role("option").filter(has_text=option).click()

    def is_too_wide(self) -> bool:
        """Whether anything sticks out sideways, of the page or of a part of it that scrolls."""
        return bool(self.page.evaluate(_TOO_WIDE))


def _address(process: "subprocess.Popen[str]", log: TextIO) -> str:
    assert process.stdout
    for line in process.stdout:
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            return found.group(0)
    log.seek(0)
    raise AssertionError(f"the demo did not start:\n{log.read()}")
