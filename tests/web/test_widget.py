"""The widget in a page of another origin, driven as a person would, with a mouse, keys and a screen reader's view."""

import json
import re
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import pytest_asyncio
from deployment import BUILT, Deployment, run, serving
from playwright.async_api import Browser, FrameLocator, Page, expect

NO_APP = "the web app is not built: run `make web`"
_HOST = """<!doctype html>
<html lang="en"><head><title>A wiki</title>
<style>
  * { all: unset; }
  button, iframe, div { display: none !important; color: red !important; position: static !important; }
  aika-widget { display: block !important; }
</style></head>
<body><main><h1>Payments handbook</h1><p>Something to read.</p></main>
SCRIPT
</body></html>"""


@pytest.fixture(scope="module")
def wiki() -> Iterator[Callable[[str], str]]:
    """Pages of another origin: each page holds one script, under a strict policy that admits aika alone."""
    with _pages() as address:
        yield address


@pytest.fixture(scope="module")
def embedded(
    tmp_path_factory: pytest.TempPathFactory, synced_examples: Path, wiki: Callable[[str], str]
) -> Iterator[Deployment]:
    """A server that lets the wiki show it, and nobody else."""
    if not BUILT.is_file():
        pytest.skip(NO_APP)
    folder = tmp_path_factory.mktemp("embedded") / "served"
    shutil.copytree(synced_examples, folder, symlinks=True)
    origin = wiki("").rpartition("/")[0]
    with serving(folder / "examples", {"AIKA_SERVER__EMBEDDED_IN": json.dumps([origin])}) as served:
        yield served


@pytest.fixture(scope="module")
def keyed(
    tmp_path_factory: pytest.TempPathFactory, synced_examples: Path, wiki: Callable[[str], str]
) -> Iterator[tuple[Deployment, str]]:
    """A server that asks who one is, and a key to tell it."""
    if not BUILT.is_file():
        pytest.skip(NO_APP)
    folder = tmp_path_factory.mktemp("keyed") / "served"
    shutil.copytree(synced_examples, folder, symlinks=True)
    origin = wiki("").rpartition("/")[0]
    allowed = json.dumps([origin, origin.replace("127.0.0.1", "localhost")])
    made = run("keys", "create", "reader", folder=folder / "examples")
    key = re.search(r"aika_[\w-]+", made)
    assert key is not None
    with serving(
        folder / "examples", {"AIKA_SERVER__EMBEDDED_IN": allowed, "AIKA_SERVER__REQUIRE_KEY": "true"}
    ) as served:
        yield served, key[0]


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    context.set_default_timeout(30_000)
    yield await context.new_page()
    await context.close()


async def test_one_line_puts_a_working_button_into_a_page_of_another_origin(
    page: Page, embedded: Deployment, wiki: Callable[[str], str]
) -> None:
    await page.goto(wiki(_line(embedded, assistant="iOS")))
    button = page.get_by_role("button", name="Ask aika")
    await expect(button).to_have_attribute("aria-expanded", "false")

    await button.click()
    frame = page.frame_locator("iframe[title='Ask aika']")
    await expect(frame.get_by_role("heading", name="iOS")).to_be_visible()
    await frame.get_by_role("button", name="When does the signing certificate expire?").click()

    answer = frame.get_by_role("article")
    await expect(answer.get_by_role("status")).to_have_text("The answer is here")
    await expect(answer).to_contain_text("certificate")
    assert await page.locator("main").text_content() == "Payments handbookSomething to read."


async def test_the_widget_is_used_with_keys_alone(page: Page, embedded: Deployment, wiki: Callable[[str], str]) -> None:
    await page.goto(wiki(_line(embedded, assistant="Backend")))
    await expect(page.get_by_role("button", name="Ask aika")).to_be_visible()

    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    question = _frame(page).get_by_role("textbox", name="Question")
    await expect(question).to_be_focused()
    await page.keyboard.type("How do I roll back a release?")
    await page.keyboard.press("Enter")
    await expect(_frame(page).get_by_role("article").get_by_role("status")).to_have_text("The answer is here")
    await page.keyboard.press("Escape")

    button = page.get_by_role("button", name="Ask aika")
    await expect(button).to_be_focused()
    await expect(button).to_have_attribute("aria-expanded", "false")
    await page.keyboard.press("Enter")
    await expect(_frame(page).get_by_role("article")).to_be_visible()  # what was said is still there


async def test_a_page_that_is_not_named_gets_no_button_and_an_operator_learns_why(
    page: Page, deployment: Deployment, wiki: Callable[[str], str]
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    await page.goto(wiki(_line(deployment, assistant="iOS")))
    await page.wait_for_function("document.readyState === 'complete'")

    assert await page.locator("aika-widget").count() == 0
    assert any("embedded_in" in text for text in said)


async def test_the_rest_of_the_app_is_never_framed(
    page: Page, embedded: Deployment, wiki: Callable[[str], str]
) -> None:
    await page.goto(wiki(f'<iframe title="whole" src="{embedded.url}/assistants" style="display: block"></iframe>'))

    await page.wait_for_function("document.readyState === 'complete'")
    assert all("/assistants" not in frame.url for frame in page.frames)


async def test_who_has_to_sign_in_does_so_in_a_window_and_goes_on_in_the_frame(
    page: Page, keyed: tuple[Deployment, str], wiki: Callable[[str], str]
) -> None:
    served, key = keyed
    await page.goto(wiki(_line(served, assistant="Backend")))
    await page.get_by_role("button", name="Ask aika").click()

    async with page.expect_popup() as opening:
        await _frame(page).get_by_role("button", name="Sign in").click()
    window = await opening.value
    await window.get_by_label("API key").fill(key)
    await window.get_by_role("button", name="Sign in").click()

    await expect(_frame(page).get_by_role("heading", name="Backend")).to_be_visible()


async def test_on_a_page_of_another_site_the_frame_leads_to_a_tab(
    page: Page, keyed: tuple[Deployment, str], wiki: Callable[[str], str]
) -> None:
    served, _ = keyed
    await page.goto(wiki(_line(served, assistant="Backend")).replace("127.0.0.1", "localhost"))
    await page.get_by_role("button", name="Ask aika").click()

    await expect(_frame(page).get_by_role("button", name="Sign in")).to_be_visible()
    tab = _frame(page).get_by_role("link", name="Open aika in a tab")
    await expect(tab).to_have_attribute("href", "/?assistant=Backend")
    await expect(tab).to_have_attribute("target", "_blank")


def _frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe[title='Ask aika']")


def _line(served: Deployment, *, assistant: str) -> str:
    return f'<script src="{served.url}/widget.js" data-assistant="{assistant}" async></script>'


@contextmanager
def _pages() -> Iterator[Callable[[str], str]]:
    """Serve pages, each with the script that its address was asked for with."""
    scripts: list[str] = []

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            number = self.path.strip("/")
            if not number.isdigit():
                self.send_error(404)
                return
            script = scripts[int(number)]
            aika = script.split('src="')[1].split("/widget")[0].split("/assistants")[0]
            body = _HOST.replace("SCRIPT", script).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src {aika}; frame-src {aika}; "
            self.send_header("Content-Security-Policy", policy + "require-trusted-types-for 'script'")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: the tests' output is for failures."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    serving_pages = threading.Thread(target=server.serve_forever)
    serving_pages.start()

    def address(script: str) -> str:
        scripts.append(script)
        return f"http://127.0.0.1:{server.server_port}/{len(scripts) - 1}"

    try:
        yield address
    finally:
        server.shutdown()
        serving_pages.join()
        server.server_close()
