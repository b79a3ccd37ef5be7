"""Nothing that a document, a model or a person wrote runs in the browser, and nothing of it reaches another origin.

Here the server is one whose every other defence has failed: the page gets the payloads as they are.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from chat_wire import CONVERSATION, as_json, conversation, stream
from hostile_payloads import payloads
from looking import open_settled
from playwright.async_api import Page, Route, expect
from thief import Thief, listening
from watching import CANARY, Watch

# What must not be in an answer, whatever wrote it. Pictures of diagrams are made by the page itself.
FORBIDDEN = """(within) => {
  const found = [];
  const never = ["script", "iframe:not([sandbox])", "foreignObject", "object", "embed", "form[action]", "base", "meta", "link",
    "style", "template", "video", "audio"].join();
  for (const place of document.querySelectorAll(within)) {
    for (const one of place.querySelectorAll(never)) found.push(one.outerHTML.slice(0, 200));
    for (const one of place.querySelectorAll("*")) {
      for (const { name, value } of one.attributes) {
        if (name.startsWith("on")) found.push(`${name}=${value}`);
        const leads = ["href", "src", "xlink:href", "action", "formaction", "srcset", "poster", "data"].includes(name);
        if (leads && /^[^a-z/#]*(?:javascript|vbscript|data:text|file):/i.test(value)) found.push(`${name}=${value}`);
      }
    }
  }
  return found;
}"""

# Whoever reads an answer may touch anything in it.
TOUCH = """(within) => {
  for (const place of document.querySelectorAll(within)) {
    for (const one of place.querySelectorAll("*")) {
      for (const name of ["mouseover", "mouseenter", "pointerdown", "focus", "toggle", "animationstart", "load", "error"])
        one.dispatchEvent(new Event(name, { bubbles: false }));
      const clicked = one.matches("a[href], area[href], summary, svg *, [onclick], x-onclick");
      if (clicked) one.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    }
  }
}"""

ANSWER = "main .aika-prose"
DRAWN = """() => document.querySelector("[role=status].aika-diagram-waiting") === null"""


@pytest.fixture(scope="module")
def thief() -> Iterator[Thief]:
    with listening() as opened:
        yield opened


@pytest.fixture
def hostile(watch: Watch, thief: Thief) -> dict[str, str]:
    """The payloads. What they try may be noted in the console, as long as it does not work."""
    thief.hits.clear()
    watch.let_through(thief.url)
    # The policy at work, pictures that are not there, and diagrams that are none.
    watch.expect("^policy violated", "Content Security Policy", "Failed to load resource", "^console", "Refused to")
    return payloads(thief.url)


async def test_nothing_in_a_kept_conversation_runs(page: Page, thief: Thief, hostile: dict[str, str]) -> None:
    await _keep(page, conversation(hostile.values(), title=hostile["script"]))

    await open_settled(page, f"/c/{CONVERSATION}")
    await expect(page.locator(ANSWER)).to_have_count(len(hostile))
    await page.wait_for_function(DRAWN, timeout=90_000)
    await page.evaluate(TOUCH, "main")

    assert await page.evaluate(FORBIDDEN, "main") == []
    assert await page.evaluate(f"() => globalThis.{CANARY}") is None
    assert page.url.endswith(f"/c/{CONVERSATION}")
    assert len(page.context.pages) == 1
    assert thief.hits == []


async def test_nothing_runs_while_an_answer_arrives(page: Page, thief: Thief, hostile: dict[str, str]) -> None:
    events = stream("\n\n".join(hostile.values()))
    await _reply_with(page, events)

    await open_settled(page, "/?q=What+is+it%3F")
    await page.wait_for_url("**/c/*")
    await expect(page.locator(ANSWER)).to_have_count(1)
    await page.get_by_role("button", name="Why?").wait_for()
    await page.wait_for_function(DRAWN, timeout=90_000)
    await page.evaluate(TOUCH, "main")

    assert await page.evaluate(FORBIDDEN, "main") == []
    assert await page.evaluate(f"() => globalThis.{CANARY}") is None
    assert thief.hits == []


async def test_nothing_about_a_document_runs(page: Page, thief: Thief, hostile: dict[str, str]) -> None:
    """Its title, owner, path, address, headings, what is quoted of it, and what is said of it."""
    for name in ("image with a handler", "svg with a handler", "link to a script", "image from elsewhere"):
        await _keep(page, conversation(["It is so. [1]"], about=hostile[name], title=hostile[name]))
        await open_settled(page, f"/c/{CONVERSATION}")
        await expect(page.locator(ANSWER)).to_have_count(1)
        await page.get_by_role("button", name="Why?").click()
        await page.evaluate(TOUCH, "body")

        assert await page.evaluate(FORBIDDEN, "main") == []
        assert await page.evaluate(f"() => globalThis.{CANARY}") is None
    assert thief.hits == []


async def test_a_question_in_the_address_is_text(page: Page, thief: Thief, hostile: dict[str, str]) -> None:
    question = hostile["image with a handler"] + hostile["script"] + hostile["image from elsewhere"]

    await page.goto("/?" + _query(question))
    await page.wait_for_url("**/c/*")
    await expect(page.get_by_text("onerror").first).to_be_visible()
    await page.get_by_role("button", name="Try again").or_(page.get_by_role("button", name="Why?")).first.wait_for()

    assert await page.evaluate(f"() => globalThis.{CANARY}") is None
    assert await page.evaluate(FORBIDDEN, "main") == []
    assert thief.hits == []


async def test_a_stranger_cannot_frame_the_app(page: Page, thief: Thief, hostile: dict[str, str], watch: Watch) -> None:
    thief.pages["/frames"] = f'<!doctype html><iframe src="{watch.origin}/settings" width="900" height="600"></iframe>'

    await page.goto(f"{thief.url}/frames")
    framed = page.frames[-1]
    await framed.wait_for_load_state()

    assert await framed.locator("#app").count() == 0


async def test_a_stranger_cannot_read_or_change_anything_with_the_readers_cookies(
    page: Page, thief: Thief, hostile: dict[str, str], watch: Watch
) -> None:
    thief.pages["/reads"] = "<!doctype html><title>A stranger</title>"
    await page.goto(f"{thief.url}/reads")

    read = await page.evaluate(
        "(url) => fetch(url, { credentials: 'include' }).then((r) => r.text(), () => null)", f"{watch.origin}/v1/me"
    )
    changed = await page.evaluate(
        """(url) => fetch(url, { method: "POST", credentials: "include", headers: { "Content-Type": "text/plain" }, body: "{}" })
          .then((r) => r.status, () => null)""",
        f"{watch.origin}/v1/sources/handbook/sync",
    )

    assert read is None
    assert changed is None


async def test_a_strangers_message_does_not_reach_the_app(
    page: Page, thief: Thief, hostile: dict[str, str], watch: Watch
) -> None:
    await open_settled(page, "/")

    for message in (
        {"type": "aika", "html": hostile["script"]},
        hostile["script"],
        {"__proto__": {CANARY: 1}, "draw": "x"},
        None,
    ):
        await page.evaluate("(message) => window.postMessage(message, '*')", message)

    assert await page.evaluate(f"() => globalThis.{CANARY} ?? ({{}}).{CANARY}") is None
    assert thief.hits == []


@pytest.mark.parametrize("target", ["{away}", "//{host}/", "/\\\\{host}/", "javascript:{ran}", "https:{host}"])
async def test_signing_in_leads_nowhere_else(
    page: Page, thief: Thief, hostile: dict[str, str], target: str, watch: Watch
) -> None:
    where = target.replace("{away}", thief.url).replace("{host}", thief.url[7:]).replace("{ran}", f"{CANARY}=1")

    await page.goto("/sign-in?" + _query(where, name="then"))
    await page.wait_for_load_state("networkidle")

    assert page.url.startswith(watch.origin)
    assert thief.hits == []


async def _keep(page: Page, kept: Mapping[str, Any]) -> None:
    """Have the API say that a conversation is this one."""

    async def reply(route: Route) -> None:
        await route.fulfill(**as_json(kept))

    pattern = re.compile(rf"/v1/conversations/{CONVERSATION}$")
    await page.unroute(pattern)
    await page.route(pattern, reply)


async def _reply_with(page: Page, events: str) -> None:
    async def reply(route: Route) -> None:
        await route.fulfill(status=200, content_type="text/event-stream", body=events)

    await page.route("**/v1/chat/complete", reply)


def _query(text: str, *, name: str = "q") -> str:
    return urlencode({name: text})
