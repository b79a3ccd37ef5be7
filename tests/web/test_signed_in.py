"""Signing in at an identity provider, and what people of each role see. Nobody sees what they may not read, on any page."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from chromium import NO_APP
from deployment import BUILT, serving
from identity_provider.provider import Account, identity_provider
from looking import open_settled, serious_violations
from playwright.async_api import Browser, expect
from scripted_model import ScriptedModel
from signed_in_company import ADMIN, ASKER, MEMBER, OWNER, Company, settings_of
from watching import Watch

from aika.application.aika import SystemClock

SECRET_QUESTION = "When does the demand pricing trial on ALD-VES start?"
SECRET_SOURCE = "slack-pricing-crew"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(
    tmp_path_factory: pytest.TempPathFactory, synced_examples: Path, scripted_model: ScriptedModel, browser: Browser
) -> AsyncIterator[Company]:
    if not BUILT.is_file():
        pytest.skip(NO_APP)
    folder = tmp_path_factory.mktemp("company") / "served"
    await asyncio.to_thread(shutil.copytree, synced_examples, folder, symlinks=True)
    handbook = folder / "examples" / "sources" / "handbook.yaml"
    handbook.write_text(handbook.read_text() + '\nmanagers: ["user:olga@example.org"]\n')
    model = {
        "AIKA_MODEL__NAME": "openai:scripted",
        "AIKA_MODEL__BASE_URL": scripted_model.base_url,
        "AIKA_MODEL__API_KEY": "none",
    }
    scripted_model.answers(SECRET_QUESTION, "The trial starts on 1 August 2026 and runs for eight weeks. [1]")
    async with identity_provider(SystemClock()) as provider:
        with ExitStack() as running:
            starting = serving(folder / "examples", {**model, **settings_of(provider)})
            # The provider answers on this very loop, also while the server starts.
            deployment = await asyncio.to_thread(running.enter_context, starting)
            provider.redirect_uris.add(f"{deployment.url}/v1/sign-in/callback")
            yield Company(deployment, provider, browser)
            await asyncio.to_thread(running.close)


@pytest_asyncio.fixture(loop_scope="session")
async def watch(company: Company) -> AsyncIterator[Watch]:
    watch = company.watch()
    yield watch
    assert not watch.found()


async def test_whoever_is_not_signed_in_signs_in_and_comes_where_they_were_going(
    company: Company, watch: Watch
) -> None:
    watch.expect("status of 401")
    context = await company.opened(watch)
    company.provider.present = ASKER
    page = await context.new_page()
    await page.goto("/sources")
    await page.get_by_role("link", name=re.compile("Continue with Example Login")).wait_for()
    violations = await serious_violations(page)

    await page.get_by_role("link", name=re.compile("Continue with Example Login")).click()
    await page.wait_for_url("**/sources")

    assert violations == []
    await expect(page.get_by_role("button", name=re.compile("Bob Berg")).first).to_be_visible()
    await context.close()


async def test_signing_out_ends_the_session(company: Company, watch: Watch) -> None:
    watch.expect("status of 401")
    context = await company.signed_in(ASKER, watch)
    page = await context.new_page()
    await open_settled(page, "/settings")

    await page.get_by_role("button", name=re.compile("Bob Berg")).first.click()
    await page.get_by_role("menuitem", name="Sign out").click()
    await page.wait_for_url("**/sign*")

    assert (await context.request.get("/v1/me")).status == 401
    await context.close()


async def test_the_session_cookie_is_out_of_reach_of_scripts(company: Company, watch: Watch) -> None:
    context = await company.signed_in(ASKER, watch)

    cookies = [cookie for cookie in await context.cookies() if cookie["name"] == "aika_session"]

    assert [(cookie["httpOnly"], cookie["sameSite"]) for cookie in cookies] == [(True, "Lax")]
    await context.close()


@pytest.mark.parametrize(
    ("account", "sees", "lacks"),
    [
        (ASKER, {"Assistants", "Sources", "Goalie", "Health", "Settings"}, {"Insights", "Evaluation"}),
        (OWNER, {"Insights"}, {"Evaluation"}),
        (ADMIN, {"Insights", "Evaluation"}, set()),
    ],
    ids=["asker", "owner", "admin"],
)
async def test_each_role_is_offered_what_it_may_do(
    company: Company, watch: Watch, account: Account, sees: set[str], lacks: set[str]
) -> None:
    context = await company.signed_in(account, watch)
    page = await context.new_page()
    await open_settled(page, "/sources")

    offered = set(await page.get_by_role("navigation", name="Main").get_by_role("link").all_inner_texts())

    assert sees <= offered
    assert not lacks & offered
    await context.close()


@pytest.mark.parametrize("path", ["/evaluation", "/insights", "/sources/new", f"/sources/{SECRET_SOURCE}"])
async def test_what_an_asker_may_not_do_is_refused_in_words(company: Company, watch: Watch, path: str) -> None:
    watch.expect("status of 403", "status of 404")
    context = await company.signed_in(ASKER, watch)
    page = await context.new_page()

    await open_settled(page, path)

    assert await serious_violations(page) == []
    assert "pricing-crew" not in (await page.locator("main").inner_text()).replace(SECRET_SOURCE, "")
    await context.close()


async def test_no_page_shows_an_asker_what_only_others_may_read(company: Company, watch: Watch) -> None:
    watch.expect("status of 403", "status of 404")
    lucie = await company.signed_in(MEMBER, watch)
    asked = await lucie.request.post("/v1/chat/complete", data=_question(SECRET_QUESTION), headers=_own(company))
    answer = await asked.json()
    cited = [one["document"] for one in answer["citations"] if one["document"]["source"] == SECRET_SOURCE]
    shared = await lucie.request.post(f"/v1/conversations/{answer['conversation_id']}/share", headers=_own(company))
    token = (await shared.json())["token"]
    bob = await company.signed_in(ASKER, watch)
    page = await bob.new_page()

    seen = {}
    places = [f"/documents/{cited[0]['id']}", f"/s/{token}", f"/c/{answer['conversation_id']}", "/sources"]
    for path in [*places, "/health", "/health/gaps", "/health/scores", "/assistants", "/goalies"]:
        await page.goto(path, wait_until="networkidle")
        seen[path] = await page.locator("body").inner_text()

    assert len(cited) == 1
    assert [path for path, text in seen.items() if answer["text"][:40] in text or cited[0]["title"] in text] == []
    assert SECRET_SOURCE not in seen["/sources"]
    await lucie.close()
    await bob.close()


async def test_a_member_follows_the_same_link_and_reads_it(company: Company, watch: Watch) -> None:
    lucie = await company.signed_in(MEMBER, watch)
    asked = await lucie.request.post("/v1/chat/complete", data=_question(SECRET_QUESTION), headers=_own(company))
    answer = await asked.json()
    page = await lucie.new_page()

    await page.goto(f"/c/{answer['conversation_id']}")

    await expect(page.get_by_text(SECRET_QUESTION).first).to_be_visible()
    await expect(page.get_by_text("pricing-crew").first).to_be_visible()
    await lucie.close()


def _question(text: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": text}]}


def _own(company: Company) -> dict[str, str]:
    """Return what a browser says of a page of the app's own."""
    return {"Origin": company.deployment.url}
