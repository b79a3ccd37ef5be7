"""Signing in as at Okta, in the browser: at an emulated one that nobody here wrote, and at a provider that is as strict
as a custom authorization server there, which tells groups only to who asks for the scope, and only as details."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest_asyncio
from chromium import DESKTOP, PATIENCE_MS
from deployment import Deployment, serving
from emulated.emulators import Emulator, emulator
from playwright.async_api import Browser, BrowserContext, expect
from teams_company import ADMIN, ASKER, LIKE_OKTA, Teams, Visits, asked_of
from watching import Watch

CLIENT, SECRET = "0oa-aika", "a-secret"


@pytest_asyncio.fixture(loop_scope="session")
async def at_okta(
    tmp_path: Path, synced_examples: Path, browser: Browser
) -> AsyncIterator[tuple[Deployment, BrowserContext]]:
    """A server whose people are at an emulated Okta, and a fresh profile."""
    (tmp_path / "aika.toml").touch()
    (tmp_path / ".aika").mkdir()
    (tmp_path / ".aika" / "models").symlink_to(synced_examples / "examples" / ".aika" / "models")
    port = free_port()
    with ExitStack() as running:
        okta = await asyncio.to_thread(running.enter_context, emulator("okta", people_of(port)))
        starting = serving(tmp_path, await asyncio.to_thread(settings_at, okta), port=port)
        deployment = await asyncio.to_thread(running.enter_context, starting)
        watch = Watch(deployment.url)
        watch.let_through(okta.url)
        # What Okta's own page lacks, and the answer to who has not signed in yet.
        watch.expect(re.escape(okta.url), "status of 401")
        context = await browser.new_context(base_url=deployment.url, viewport=DESKTOP, locale="en-US")
        context.set_default_timeout(PATIENCE_MS)
        await watch.begin(context)
        yield deployment, context
        await context.close()
        await asyncio.to_thread(running.close)
    assert not watch.found()


async def test_a_person_chooses_themselves_at_okta_and_has_the_rights_of_their_group(
    at_okta: tuple[Deployment, BrowserContext],
) -> None:
    _, context = at_okta
    page = await context.new_page()
    await page.goto("/evaluation")
    await page.get_by_role("link", name=re.compile("Continue with Okta")).click()
    await page.get_by_role("button", name=re.compile("ada@example.org")).click()
    await page.wait_for_url("**/evaluation")

    await expect(page.get_by_role("button", name=re.compile("Ada Berg")).first).to_be_visible()

    me = await asked_of(page, "/v1/me")
    assert (me["person"], me["operator"]) == ("user:ada@example.org", True)


async def test_another_person_has_no_rights_of_a_group_that_they_are_not_in(
    at_okta: tuple[Deployment, BrowserContext],
) -> None:
    _, context = at_okta
    page = await context.new_page()
    await page.goto("/sources")
    await page.get_by_role("link", name=re.compile("Continue with Okta")).click()
    await page.get_by_role("button", name=re.compile("bob@example.org")).click()
    await page.wait_for_url("**/sources")

    me = await asked_of(page, "/v1/me")

    assert (me["person"], me["operator"]) == ("user:bob@example.org", False)


async def test_groups_that_are_told_only_as_details_for_their_scope_make_an_administrator(
    visits: Visits, teams: Teams
) -> None:
    provider = teams.company.provider
    page = await visits.page(ASKER)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    visits.watch.expect("status of 401")
    await page.context.clear_cookies()
    provider.present = ADMIN
    provider.asked.clear()

    await page.goto("/evaluation")
    await page.get_by_role("link", name=re.compile("Continue with Example Login")).click()
    await page.wait_for_url("**/evaluation")

    me = await asked_of(page, "/v1/me")
    sent = next(parse_qs(urlsplit(url).query) for url in asked if urlsplit(url).path == f"{LIKE_OKTA}/authorize")
    back = next(parse_qs(urlsplit(url).query) for url in asked if urlsplit(url).path == "/v1/sign-in/callback")
    assert (me["person"], me["operator"]) == ("user:ada@example.org", True)
    assert sent["code_challenge_method"] == ["S256"]
    assert "groups" in sent["scope"][0].split()
    assert back["iss"] == [provider.issuer]
    assert f"{LIKE_OKTA}/userinfo" in provider.asked


def people_of(port: int) -> Mapping[str, object]:
    """Return two people, of whom one administers, and the application at a port."""
    return {
        "okta": {
            "users": [
                {"okta_id": "00u-ada", "login": "ada@example.org", "first_name": "Ada", "last_name": "Berg"},
                {"okta_id": "00u-bob", "login": "bob@example.org", "first_name": "Bob", "last_name": "Lind"},
            ],
            "groups": [{"okta_id": "00g-admins", "name": "admins"}],
            "group_memberships": [{"group_okta_id": "00g-admins", "user_okta_id": "00u-ada"}],
            "oauth_clients": [
                {
                    "client_id": CLIENT,
                    "client_secret": SECRET,
                    "name": "aika",
                    "redirect_uris": [f"http://127.0.0.1:{port}/v1/sign-in/callback"],
                    "auth_server_id": "default",
                }
            ],
        }
    }


def settings_at(okta: Emulator) -> Mapping[str, str]:
    """Return the settings of a server whose people sign in at Okta's custom authorization server."""
    document = httpx.get(f"{okta.url}{LIKE_OKTA}/.well-known/openid-configuration").raise_for_status().json()
    return {
        "AIKA_SIGN_IN__ISSUER": document["issuer"],
        "AIKA_SIGN_IN__CLIENT_ID": CLIENT,
        "AIKA_SIGN_IN__CLIENT_SECRET": SECRET,
        "AIKA_SIGN_IN__NAME": "Okta",
        "AIKA_SIGN_IN__ADMINS": json.dumps(["group:admins"]),
        "AIKA_SIGN_IN__SCOPES": json.dumps(["openid", "email", "profile", "groups"]),
    }


def free_port() -> int:
    """Return a port that nobody listens on: Okta is told the application's address before it is there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
