"""Signing in and out with a browser, at an identity provider."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from browsing import HOME, Browser, Company, place
from identity_provider.provider import ALICE, BOB, Account
from served_by_key import keyed

from aika.domain.identifiers import PrincipalId

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_who_signs_in_is_somebody_with_roles(company: Company) -> None:
    browser = company.browser()
    before = await browser.me()

    reply = await browser.sign_in(then="/sources")
    me = await browser.me()

    assert before is None
    assert (reply.status_code, place(reply)) == (200, "/sources")
    assert me is not None
    assert (me["email"], me["name"], me["signed_in_by"]) == ("alice@example.org", "Alice Ahlgren", "session")
    assert (me["roles"], me["manages"], me["operator"]) == (["asker", "owner"], ["handbook"], False)


async def test_who_is_in_a_group_of_administrators_is_one(company: Company) -> None:
    company.provider.present = replace(BOB, groups=("admins",))
    browser = company.browser()

    await browser.sign_in()
    me = await browser.me()

    assert me is not None
    assert (me["roles"], me["operator"]) == (["asker", "owner", "admin"], True)
    assert (await browser.ask("GET", "/v1/keys")).status_code == 200


async def test_an_asker_is_no_administrator(company: Company) -> None:
    company.provider.present = BOB
    browser = company.browser()

    await browser.sign_in()

    assert (await browser.ask("GET", "/v1/keys")).status_code == 403


async def test_groups_are_those_of_the_last_time_one_signed_in(company: Company) -> None:
    browser = company.browser()
    await browser.sign_in()
    manager = await browser.me()

    company.provider.present = replace(ALICE, groups=("board",))
    await browser.sign_in()
    former = await browser.me()

    assert manager is not None
    assert former is not None
    assert (manager["manages"], former["manages"]) == (["handbook"], [])


async def test_what_is_asked_after_signing_in_is_the_persons_own(company: Company) -> None:
    browser, other = company.browser(), company.browser()
    await browser.sign_in()
    company.provider.present = BOB
    await other.sign_in()

    body = {"messages": [{"role": "user", "content": "What does CACHE-104 mean?"}]}
    asked = (await browser.ask("POST", "/v1/chat/complete", json=body)).json()

    theirs = await other.ask("GET", f"/v1/conversations/{asked['conversation_id']}")
    own = await browser.ask("GET", f"/v1/conversations/{asked['conversation_id']}")
    assert (own.status_code, theirs.status_code) == (200, 404)


async def test_without_a_session_or_a_key_nobody_gets_further(company: Company) -> None:
    browser = company.browser()
    browser.jar["aika_session"] = "made-up"

    replies = [await browser.ask("GET", path) for path in ("/v1/me", "/v1/sources", "/v1/conversations")]

    assert [reply.status_code for reply in replies] == [401, 401, 401]
    assert (await browser.ask("GET", "/")).status_code == 200
    assert (await browser.ask("GET", "/v1/sign-in")).json() == {
        "required": True,
        "methods": ["openid-connect"],
        "provider": "Example Login",
        "start": "/v1/sign-in/start",
    }


async def test_programs_use_keys_as_ever_and_a_key_counts_more_than_a_session(company: Company) -> None:
    browser = company.browser()
    await browser.sign_in()

    me = (await browser.ask("GET", "/v1/me", headers=await keyed(company.aika))).json()
    wrong = await browser.ask("GET", "/v1/me", headers={"Authorization": "Bearer aika_nothing"})

    assert (me["name"], me["signed_in_by"]) == ("laptop", "key")
    assert wrong.status_code == 401


async def test_a_sessions_cookie_is_out_of_reach_of_scripts_and_of_other_sites(company: Company) -> None:
    browser = company.browser()

    await browser.sign_in()

    [line] = [line for line in browser.set_cookies if line.startswith("aika_session=")]
    parts = {part.strip().lower() for part in line.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= parts
    assert "secure" not in parts
    assert not any(part.startswith("domain") for part in parts)


async def test_over_https_the_cookie_is_this_hosts_alone(company: Company) -> None:
    home = "https://aika.example.org"
    company.provider.redirect_uris.add(f"{home}/v1/sign-in/callback")
    browser = Browser.of(company.aika, home)

    await browser.sign_in()

    assert {name.partition("aika_")[0] for name in browser.jar} == {"__Host-"}
    assert all("secure" in line.lower() for line in browser.set_cookies)
    assert await browser.me() is not None


async def test_signing_in_makes_a_new_session_and_ends_the_one_before(company: Company) -> None:
    browser = company.browser()
    await browser.sign_in()
    first = browser.session

    await browser.sign_in()
    thief = company.browser()
    thief.jar["aika_session"] = first or ""

    assert first != browser.session
    assert await thief.me() is None


async def test_a_session_that_somebody_else_chose_is_never_ones_own(company: Company) -> None:
    browser = company.browser()
    browser.jar["aika_session"] = "chosen-by-somebody-else"

    await browser.sign_in()

    assert browser.session != "chosen-by-somebody-else"


async def test_an_answer_in_another_browser_lets_nobody_in(company: Company) -> None:
    mine, victim = company.browser(), company.browser()
    start = await mine.ask("GET", "/v1/sign-in/start")
    async with httpx.AsyncClient() as network:
        callback = (await network.get(start.headers["location"])).headers["location"]

    reply = await victim.open(callback)

    assert place(reply) == "/sign-in?problem=expired&then=%2F"
    assert victim.session is None


async def test_an_answer_counts_once(company: Company) -> None:
    browser = company.browser()
    start = await browser.ask("GET", "/v1/sign-in/start")
    jar = dict(browser.jar)
    async with httpx.AsyncClient() as network:
        callback = (await network.get(start.headers["location"])).headers["location"]

    first = await browser.open(callback)
    again = await browser.open(callback)
    browser.jar |= jar
    forced = await browser.open(callback)

    assert place(first) == "/"
    assert place(again).startswith("/sign-in?problem=expired")
    assert place(forced).startswith("/sign-in?problem=provider")


async def test_two_tabs_sign_in_at_once(company: Company) -> None:
    browser = company.browser()
    tabs = [await browser.ask("GET", f"/v1/sign-in/start?then={then}") for then in ("/sources", "/health")]

    ends = [place(await browser.open(tab.headers["location"])) for tab in tabs]

    assert ends == ["/sources", "/health"]


@pytest.mark.parametrize(
    "then",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/%09/evil.example".replace("%09", "\t"),
        "javascript:alert(1)",
        "evil.example",
        "/v1/sign-in/start",
        "/sign-in?problem=provider",
        "/" + "a" * 3_000,
        "",
    ],
)
async def test_nobody_is_sent_elsewhere_after_signing_in(company: Company, then: str) -> None:
    browser = company.browser()
    start = await browser.ask("GET", "/v1/sign-in/start", params={"then": then})

    reply = await browser.open(start.headers["location"])

    assert str(reply.url) == f"{HOME}/"


async def test_who_is_refused_is_told_why_in_the_apps_words(company: Company) -> None:
    browser = company.browser()
    company.provider.present = Account("00u-mallory", "alice@example.org", verified=False)
    unverified = await browser.sign_in()
    company.provider.error = "access_denied"
    refused = await browser.sign_in()

    assert place(unverified) == "/sign-in?problem=unverified&then=%2F"
    assert place(refused) == "/sign-in?problem=refused&then=%2F"
    assert browser.session is None


async def test_an_address_that_became_another_accounts_takes_no_session_along(company: Company) -> None:
    former, new = company.browser(), company.browser()
    await former.sign_in()

    company.provider.present = replace(ALICE, subject="00u-another-alice")
    await new.sign_in()

    assert await former.me() is None
    assert await new.me() is not None


async def test_who_signs_out_is_out_here_and_at_the_provider(company: Company) -> None:
    browser = company.browser()
    await browser.sign_in()
    held = browser.session

    reply = (await browser.ask("POST", "/v1/sign-out")).json()
    end = await browser.open(reply["url"])
    browser.jar["aika_session"] = held or ""

    asked = parse_qs(urlsplit(reply["url"]).query)
    assert reply["url"].startswith(f"{company.provider.issuer}/logout?")
    assert asked["post_logout_redirect_uri"] == [f"{HOME}/signed-out"]
    assert place(end) == "/signed-out"
    assert await browser.me() is None


async def test_who_signs_out_everywhere_is_out_of_all_browsers(company: Company) -> None:
    laptop, phone = company.browser(), company.browser()
    await laptop.sign_in()
    await phone.sign_in()
    listed = (await laptop.ask("GET", "/v1/sessions")).json()

    await phone.ask("POST", "/v1/sign-out", json={"everywhere": True})

    assert [session["current"] for session in listed].count(True) == 1
    assert len(listed) == 2
    assert await laptop.me() is None


async def test_one_ends_ones_own_sessions_and_nobody_elses(company: Company) -> None:
    laptop, phone, other = company.browser(), company.browser(), company.browser()
    await laptop.sign_in()
    await phone.sign_in()
    company.provider.present = BOB
    await other.sign_in()
    listed = (await laptop.ask("GET", "/v1/sessions")).json()
    phones = next(session["id"] for session in listed if not session["current"])

    theirs = await other.ask("DELETE", f"/v1/sessions/{phones}")
    own = await laptop.ask("DELETE", f"/v1/sessions/{phones}")

    assert (theirs.status_code, own.status_code) == (404, 204)
    assert await phone.me() is None
    assert await laptop.me() is not None


async def test_an_administrator_signs_somebody_out_everywhere(company: Company) -> None:
    alice, admin = company.browser(), company.browser()
    await alice.sign_in()
    company.provider.present = replace(BOB, groups=("admins",))
    await admin.sign_in()

    refused = await alice.ask("DELETE", "/v1/people/bob@example.org/sessions")
    done = await admin.ask("DELETE", "/v1/people/Alice@example.org/sessions")

    assert (refused.status_code, done.json()) == (403, {"sessions": 1})
    assert await alice.me() is None


async def test_an_administrator_sees_who_is_signed_in_and_signs_everybody_out(company: Company) -> None:
    alice, admin = company.browser(), company.browser()
    alice_herself = PrincipalId("user:alice@example.org")
    await company.aika.sign_in.end_everybodys()
    await alice.sign_in()
    company.provider.present = replace(BOB, groups=("admins",))
    await admin.sign_in()

    refused = [await alice.ask(method, "/v1/people/sessions") for method in ("GET", "DELETE")]
    listed = (await admin.ask("GET", "/v1/people/sessions")).json()
    hers = (await admin.ask("GET", "/v1/people/sessions?email=Alice@example.org")).json()
    done = await admin.ask("DELETE", "/v1/people/sessions")

    assert [reply.status_code for reply in refused] == [403, 403]
    assert [session["person"] for session in listed] == ["bob@example.org", "alice@example.org"]
    assert [(session["person"], session["name"]) for session in hers] == [("alice@example.org", "Alice Ahlgren")]
    assert done.json() == {"sessions": 2}
    assert (await alice.me(), await admin.me()) == (None, None)
    assert await company.aika.database.directory.expand({alice_herself}) == {alice_herself}
