"""Takes the pictures of the demo in docs/images anew: ``python -m tests.browser.take_pictures``."""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from bot.sandbox.people import Sandbox
from tests.browser.stage import PHONE, ROOT, Screen, find_chromium, running_chromium, running_demo

_FOLDER = ROOT / "docs" / "images"
_WIDE = (1280, 860)
_LARGEST_BYTES = 400_000
_PLACE = "general"


def main() -> int:
    """Start the demo, play a small scene in it, and take both pictures."""
    chromium = find_chromium()
    if chromium is None:
        sys.stderr.write("Chromium is not installed: apt-get install chromium\n")
        return 1
    with running_demo() as url, running_chromium(chromium) as browser:
        Sandbox(url).person("kofi").types(
            "Receipts fail their signature check since this morning. Who can look at payments-api with us?",
            _PLACE,
        )
        _take(browser, url, "yuki", _WIDE, _FOLDER / "demo.png")
        _take(browser, url, "ines", PHONE, _FOLDER / "demo-phone.png")
    return 0


def _take(browser: Browser, url: str, login: str, size: tuple[int, int], path: Path) -> None:
    is_phone = size == PHONE
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=2,
        is_mobile=is_phone,
        has_touch=is_phone,
        color_scheme="light",
        reduced_motion="reduce",
        locale="en-GB",
    )
    screen = Screen(context.new_page(), url).sits_down(login, _PLACE)
    screen.asks("/callboard who payments-api", "Owned by Payments")
    if not is_phone:
        screen.asks("/callboard docs rotate signing key", "Rotate the signing key")
    screen.page.mouse.move(0, 0)
    _save(screen.page.screenshot(), path)
    context.close()


def _save(picture: bytes, path: Path) -> None:
    """Write a picture with a palette, which an interface hardly shows; raises when it is too large for a README."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    palette = image.quantize(256, kmeans=8, dither=Image.Dither.NONE)
    palette.save(path, optimize=True)
    size = path.stat().st_size
    if size > _LARGEST_BYTES:
        raise ValueError(f"{path.name} has {size} bytes; a README's picture has at most {_LARGEST_BYTES}")
    sys.stdout.write(f"{path.relative_to(ROOT)}: {image.width} x {image.height}, {size // 1000} kB\n")


if __name__ == "__main__":
    sys.exit(main())
