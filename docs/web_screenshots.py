"""Takes the pictures of the web app that the documentation shows: every page in light, in dark and on a phone.

    python docs/web_screenshots.py [--dir FOLDER] [--only NAME …]

It serves the example company, synced and used as people would, or the folder of another ``aika.toml``. It needs Chromium and the
built app (``make web``). Pictures have a palette of few colors, so that they stay small.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "web"))

import chromium as browsing  # noqa: E402  # what the tests use serves here too
from deployment import Deployment, run, serving  # noqa: E402
from furnishing import QUESTION, furnish  # noqa: E402
from looking import Theme, choose_theme, open_settled, settled  # noqa: E402

PICTURES = ROOT / "docs" / "images"
COLORS = 256
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 780}


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is looked at."""

    name: str
    theme: Theme
    size: Mapping[str, int]


LOOKS = (Look("light", "light", DESKTOP), Look("dark", "dark", DESKTOP), Look("phone", "light", PHONE))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument(
        "--dir", type=Path, help="Of an aika.toml whose sources are synced. Unset: a copy of the examples."
    )
    options.add_argument("--only", nargs="*", help="The pages to take, by name.")
    given = options.parse_args()
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.dir or _synced(Path(temporary))
        with serving(folder, {}) as deployment:
            asyncio.run(_take(deployment, given.only, used=given.dir is not None))


def _synced(temporary: Path) -> Path:
    shutil.copytree(ROOT / "examples", temporary / "examples", ignore=shutil.ignore_patterns(".aika"))
    shutil.copytree(ROOT / "docs", temporary / "docs")
    run("sync", folder=temporary / "examples")
    return temporary / "examples"


async def _take(deployment: Deployment, only: list[str] | None, *, used: bool) -> None:
    furnished = await asyncio.to_thread(furnish, deployment.url, used=used)
    program = browsing.chromium()
    if program is None:
        sys.exit(browsing.NO_BROWSER)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=browsing.arguments())
        for name, path in furnished.places.items():
            if only is None or name in only:
                for look in LOOKS:
                    await _picture(browser, deployment, name, path, look)
        await browser.close()


async def _picture(browser: Browser, deployment: Deployment, name: str, path: str, look: Look) -> None:
    context = await browser.new_context(
        base_url=deployment.url, viewport=look.size, locale="en-US", timezone_id="UTC", reduced_motion="reduce"
    )
    context.set_default_timeout(browsing.PATIENCE_MS)
    await choose_theme(context, look.theme)
    page = await context.new_page()
    await open_settled(page, path)
    # What comes after the page itself is in the picture too: suggestions, conversations, who is signed in.
    await page.wait_for_load_state("networkidle")
    await settled(page)
    if name == "conversation" and look.size is DESKTOP:
        await _with_passage(page)
    slug = name.replace(" ", "-")
    _write(await page.screenshot(), PICTURES / f"web-{slug}-{look.name}.png")
    await context.close()


async def _with_passage(page: Page) -> None:
    """Open the first citation: an answer is shown with the passage that it rests on."""
    await page.get_by_text(QUESTION).first.wait_for()
    await page.locator("[aria-label^='Source 1:']").first.click()
    await page.locator("mark").first.wait_for(state="attached")
    # What a citation shows under the pointer would lie over the passage.
    await page.mouse.move(640, 20)
    await page.locator("textarea").first.focus()
    await page.locator("[data-radix-popper-content-wrapper]").wait_for(state="detached")


def _write(picture: bytes, path: Path) -> None:
    """Keep a picture with few colors: a page has few, and the file is a third as large."""
    with Image.open(BytesIO(picture)) as opened:
        reduced = opened.convert("RGB").quantize(COLORS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        reduced.save(path, optimize=True)
    sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB\n")


if __name__ == "__main__":
    main()
