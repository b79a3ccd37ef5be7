"""Goes through the tutorial ``docs/tutorials/first-assistant.md`` in a real browser, times each step, and takes its pictures.

    .venv/bin/python docs/web_walkthrough.py [FOLDER]

Starts what ``make run`` starts, on a copy of the example company, and does in Chromium what the tutorial tells: adds a folder
of one's own as a source, makes an assistant of it, tries it, and asks it. The pictures go into FOLDER; ``docs/images`` unless
it is named. Chromium is the one of the environment variable ``CHROMIUM``, or of the machine. Nothing leaves this machine.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

HERE = Path(__file__).parent
LIMIT = 300
"""Seconds that a new user may need, the pauses of reading and typing included."""
TYPING = 60
"""Milliseconds between two keys: as fast as people type who know what they write."""
READING = 2.0
"""Seconds that a picture is looked at before the next step."""
_PATIENCE = 120_000
"""Milliseconds that anything may take on a slow machine."""

NOTES = {
    "keys.md": "---\nowner: Harbor committee\n---\n# Keys to the boathouse\n\nThe spare key hangs in the ticket office. Sign the "
    "blue book when you take it, and bring it back the same day.\n\nLost keys are reported to the harbor master, who changes "
    "the lock within two days.\n",
    "boats.md": "---\nowner: Booking desk\n---\n# Booking a boat\n\nMembers book rowing boats up to 14 days ahead. The two "
    "kayaks are first come, first served.\n\nA booking lapses 30 minutes after its start if nobody has shown up.\n",
    "storms.md": "---\nowner: Harbor committee\n---\n# When a storm is announced\n\nFrom 6 Beaufort on, no boat leaves. "
    "Whoever reads the warning first hoists the red cone and doubles the lines of the boats at the east pier.\n",
}
TRIED = "Where is the spare key to the boathouse?"
ASKED = "How many days ahead can members book a rowing boat?"


class Walk:
    """Somebody who has never seen aika goes through the tutorial."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self.page = page
        self.steps: list[tuple[str, float]] = []
        self._pictures = pictures

    @contextmanager
    def step(self, name: str, picture: str | None = None) -> Iterator[None]:
        """Time a step, and take a picture of what it leads to."""
        began = time.monotonic()
        yield
        self.steps.append((name, time.monotonic() - began + READING))
        if picture is not None:
            self.page.mouse.move(0, 0)
            expect(self.page.get_by_role("button", name="Close")).to_have_count(0)  # what was said shortly is gone
            self.page.wait_for_timeout(700)  # what moves has come to rest
            self.page.screenshot(path=self._pictures / f"first-assistant-{picture}.png")

    def write(self, label: str, text: str) -> None:
        field = self.page.get_by_label(label, exact=True)
        field.click()
        field.press_sequentially(text, delay=TYPING)


def main() -> None:
    """Walk, and print how long each step took. Fails where a step fails, or all of them take too long."""
    pictures = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "images"
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        notes = Path(folder) / "boat-club"
        notes.mkdir()
        for name, text in NOTES.items():
            (notes / name).write_text(text, encoding="utf-8")
        began = time.monotonic()
        with running(Path(folder)) as address:
            started = time.monotonic() - began
            browser = playwright.chromium.launch(executable_path=_chromium(), args=_arguments())
            page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="en-US")
            page.set_default_timeout(_PATIENCE)
            expect.set_options(timeout=_PATIENCE)
            walk = Walk(page, pictures)
            walk.steps.append(("`make run`, until it says its address", started))
            through(walk, address, notes)
            browser.close()
    total = sum(seconds for _, seconds in walk.steps)
    for name, seconds in [*walk.steps, ("altogether", total)]:
        sys.stdout.write(f"| {name} | {seconds:.0f} s |\n")
    if total > LIMIT:
        sys.exit(f"a new user would need {total:.0f} seconds; {LIMIT} is the promise")


def through(walk: Walk, address: str, notes: Path) -> None:
    """Do what the tutorial tells, in its order."""
    page = walk.page
    with walk.step("open the address", "1-ask"):
        page.goto(address)
        expect(page.get_by_role("textbox", name=re.compile("question", re.IGNORECASE))).to_be_visible()
    with walk.step("Sources, Add a source, Folder"):
        page.get_by_role("navigation").get_by_role("link", name="Sources").click()
        page.get_by_role("link", name="Add a source").first.click()
        page.get_by_role("link", name=re.compile("^Folder")).click()
    with walk.step("name it, and say where it is"):
        walk.write("Name", "boat-club")
        walk.write("Path", f"../{notes.name}")
    with walk.step("Preview", "2-preview"):
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_role("complementary", name="Check, preview and save")).to_contain_text("Booking a boat")
    with walk.step("Save and sync, until its documents can be found", "3-source"):
        page.get_by_role("button", name="Save and sync").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("boat-club")
        _wait_for_documents(page, address)
    with walk.step("Assistants, New assistant"):
        page.get_by_role("navigation").get_by_role("link", name="Assistants").click()
        page.get_by_role("link", name="New assistant").click()
    with walk.step("name it, and choose its source", "4-assistant"):
        walk.write("Name", "Boat club")
        page.get_by_label("Purpose").press_sequentially("For everyone who rows.", delay=TYPING)
        page.get_by_role("button", name=re.compile(r"^boat-club")).click()
        expect(page.get_by_text(re.compile(r"3\s+of \d+ documents"))).to_be_visible()
        page.mouse.wheel(0, 260)
    with walk.step("try it before it counts", "5-try"):
        walk.write("Question to try", TRIED)
        page.get_by_role("button", name="Try", exact=True).click()
        answer = page.get_by_role("region", name="This draft")
        expect(answer).to_contain_text("ticket office")
        answer.scroll_into_view_if_needed()
    with walk.step("Create assistant"):
        page.get_by_role("button", name="Create assistant").click()
        expect(page).to_have_url(re.compile(r"assistant="))
    with walk.step("ask it", "6-answer"):
        page.get_by_role("textbox").first.press_sequentially(ASKED, delay=TYPING)
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_contain_text("14 days")
        expect(page.get_by_role("button", name="Ask: Boat club")).to_be_visible()


def _wait_for_documents(page: Page, address: str) -> None:
    """Wait until the source's documents can be found by words. Tells the time; the page tells the same by itself."""
    deadline = time.monotonic() + _PATIENCE / 1000
    while time.monotonic() < deadline:
        source = page.request.get(f"{address}/v1/sources/boat-club").json()
        if source["findable"] == len(NOTES):
            page.reload()
            return
        page.wait_for_timeout(250)
    sys.exit("the documents of the source cannot be found")


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run what ``make run`` runs, on a copy of the examples; yields its address."""
    shutil.copytree(HERE.parent / "examples", folder / "examples", ignore=shutil.ignore_patterns(".aika"))
    command = [sys.executable, "-m", "aika.surfaces.cli.quickstart", "--port", "8467"]
    server = subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=folder, stdout=subprocess.PIPE, text=True, env={**os.environ, "COLUMNS": "200"}
    )
    assert server.stdout is not None  # noqa: S101 - it is a pipe
    try:
        address = next(
            (found[0] for line in server.stdout if (found := re.search(r"Ask on (http://[\w.:]+)", line))), None
        )
        if address is None:
            sys.exit("the server has ended before it said its address")
        threading.Thread(target=server.stdout.read, daemon=True).start()
        yield address.removeprefix("Ask on ")
    finally:
        server.terminate()
        server.wait(timeout=60)


def _chromium() -> str:
    named = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    found = next((path for name in named if name and (path := shutil.which(name))), None)
    return found or sys.exit("there is no Chromium: install it, or name one in the environment variable CHROMIUM")


def _arguments() -> list[str]:
    # Chromium's own sandbox needs rights that root in a container does not have.
    return ["--no-sandbox"] if os.geteuid() == 0 else []


if __name__ == "__main__":
    main()
