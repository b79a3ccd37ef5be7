"""What tests in the browser share: one Chromium, one real server with a scripted language model, and a watch on every page."""

import asyncio
import inspect
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from chromium import DESKTOP, NO_APP, NO_BROWSER, PATIENCE_MS, arguments, chromium
from deployment import BUILT, ROOT, Deployment, serving
from furnishing import Furnished, furnish
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from scripted_model import ScriptedModel
from scripted_model import serving as serving_model
from teams_company import Teams, Visits, teams_at_work
from watching import Watch, nothing_ran

HERE = Path(__file__).parent
KEPT = ROOT / "build" / "web-failures"
"""Pictures of the pages on which tests failed."""

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run all tests in the browser on one event loop: the browser's connection belongs to the loop that it was opened on."""
    for item in items:
        function = getattr(item, "function", None)
        if HERE in item.path.parents and inspect.iscoroutinefunction(function):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def scripted_model() -> Iterator[ScriptedModel]:
    model = ScriptedModel()
    with serving_model(model):
        yield model


@pytest.fixture(scope="session")
def deployment(
    tmp_path_factory: pytest.TempPathFactory, synced_examples: Path, scripted_model: ScriptedModel
) -> Iterator[Deployment]:
    """A server as `make run` starts it, with a language model: whoever uses it on this machine administers it."""
    if not BUILT.is_file():
        pytest.skip(NO_APP)
    folder = tmp_path_factory.mktemp("web") / "served"
    shutil.copytree(synced_examples, folder, symlinks=True)
    model = {
        "AIKA_MODEL__NAME": "openai:scripted",
        "AIKA_MODEL__BASE_URL": scripted_model.base_url,
        "AIKA_MODEL__API_KEY": "none",
    }
    with serving(folder / "examples", model) as served:
        yield served


@pytest.fixture(scope="session")
def furnished(deployment: Deployment) -> Furnished:
    """Where things are that pages show: the server has been used for a while."""
    return furnish(deployment.url)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    program = chromium()
    if program is None:
        pytest.skip(NO_BROWSER)
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=program, args=arguments())
        yield opened
        await opened.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def teams(
    tmp_path_factory: pytest.TempPathFactory, synced_examples: Path, scripted_model: ScriptedModel, browser: Browser
) -> AsyncIterator[Teams]:
    """A server that people of several roles sign in to, with weeks of use behind it and Slack beside it."""
    if not BUILT.is_file():
        pytest.skip(NO_APP)
    folder = tmp_path_factory.mktemp("teams") / "served"
    await asyncio.to_thread(shutil.copytree, synced_examples, folder, symlinks=True)
    async with teams_at_work(folder / "examples", scripted_model, browser) as at_work:
        yield at_work


@pytest_asyncio.fixture(loop_scope="session")
async def visits(teams: Teams, request: pytest.FixtureRequest) -> AsyncIterator[Visits]:
    """People who come to the server of the teams. Fails the test at its end where a page did what no page may do."""
    coming = Visits(teams)
    yield coming
    if request.node.stash.get(FAILED, False):
        for number, shown in enumerate(coming.pages):
            await _keep(shown, f"{request.node.name}-{number}")
    await coming.end()


@pytest.fixture
def watch(deployment: Deployment) -> Watch:
    return Watch(deployment.url)


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser, deployment: Deployment, watch: Watch) -> AsyncIterator[BrowserContext]:
    """A fresh profile. Fails the test at its end where a page did what no page may do."""
    opened = await browser.new_context(
        base_url=deployment.url, viewport=DESKTOP, locale="en-US", timezone_id="UTC", accept_downloads=True
    )
    # Every wait is for a condition; a loaded machine may take long to meet it.
    opened.set_default_timeout(PATIENCE_MS)
    await watch.begin(opened)
    yield opened
    await opened.close()
    assert not watch.found()


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A page of the app, not yet opened."""
    opened = await context.new_page()
    yield opened
    if request.node.stash.get(FAILED, False):
        await _keep(opened, request.node.name)
    assert await nothing_ran(opened)


async def _keep(page: Page, name: str) -> None:
    """Keep what the page looked like when the test failed."""
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / re.sub(r"[^\w.-]+", "-", name)
    await page.screenshot(path=f"{path}.png", full_page=True)
    content = await page.content()
    await asyncio.to_thread(Path(f"{path}.html").write_text, content, encoding="utf-8")
