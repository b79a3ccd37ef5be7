"""What windows of strangers say is not heard: by the frame that draws diagrams, by the app that shows it, and by the widget.

Each test also says the same as the one who may, which is heard: a silence that is due to something else fails the test.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from chat_wire import CONVERSATION, as_json, conversation
from deployment import BUILT, Deployment, serving
from playwright.async_api import Browser, Frame, Page, Route, expect
from thief import Thief, listening

NO_APP = "the web app is not built: run `make web`"
DRAWING = "/sandbox/diagram.html"
DRAW = {"type": "aika-draw", "id": 1, "source": "graph LR; A-->B", "dark": False}

# Opens a drawing frame, asks it to draw, and returns what it said until it drew or so many milliseconds passed.
ASK_FRAME = """([address, request, patience]) => new Promise((resolve) => {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.src = address;
  const heard = [];
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow) return;
    heard.push(event.data.type);
    if (event.data.type === "aika-drawn") resolve(heard);
  });
  frame.addEventListener("load", () => {
    frame.contentWindow.postMessage(request, "*");
    setTimeout(() => resolve(heard), patience);
  });
  document.body.append(frame);
})"""

# The same for what it drew.
DRAWN = """([address, request]) => new Promise((resolve) => {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.src = address;
  addEventListener("message", (event) => {
    if (event.source === frame.contentWindow && event.data.id === request.id) resolve(event.data.svg ?? event.data.reason);
  });
  frame.addEventListener("load", () => frame.contentWindow.postMessage(request, "*"));
  document.body.append(frame);
})"""
LOOSER = '%%{init: {"securityLevel": "loose", "htmlLabels": true, "secure": [], "flowchart": {"htmlLabels": true}}}%%\n'
HOSTILE = """graph LR
  A["<img src=x onerror=alert(1)>"] --> B["<script>alert(1)</script> words"]
  click A call alert(1)
  click B href "javascript:alert(1)"
"""

OPEN_FRAME = """(address) => {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.src = address;
  document.body.append(frame);
}"""
# A diagram is measured in the document before it is a picture.
NOTE_DRAWINGS = """() => {
  globalThis.drawn = [];
  globalThis.arrived = 0;
  addEventListener("message", () => { globalThis.arrived += 1; });
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const { id } of addedNodes) if (id) globalThis.drawn.push(id);
  }).observe(document.body, { childList: true });
}"""
AS_THE_PAGE = """(data) => dispatchEvent(
  new MessageEvent("message", { data, source: window.parent, origin: location.origin }))"""

# Says things to a window, and returns when whatever hears them has heard them: messages arrive in order.
SAY = """([messages]) => new Promise((resolve) => {
  addEventListener("message", (event) => event.data === "said it all" && resolve());
  for (const message of messages) window.postMessage(message, "*");
  window.postMessage("said it all", "*");
})"""

# Messages of other processes arrive when they do: what is not heard is known once all that was said has arrived.
COUNT = "() => { globalThis.arrived = 0; addEventListener('message', () => { globalThis.arrived += 1; }); }"
ARRIVED = "(count) => globalThis.arrived >= count"

# The frame of the widget is in its shadow.
OPEN = "document.querySelector('aika-widget').shadowRoot.querySelector('button').getAttribute('aria-expanded')"


@pytest.fixture(scope="module")
def thief() -> Iterator[Thief]:
    with listening() as opened:
        yield opened


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path, thief: Thief) -> Iterator[Deployment]:
    """A server without documents, whose widget a page of another origin may show."""
    if not BUILT.is_file():
        pytest.skip(NO_APP)
    folder = tmp_path_factory.mktemp("strangers")
    (folder / ".aika").mkdir()
    (folder / ".aika" / "models").symlink_to(embedder_graphs)
    (folder / "aika.toml").write_text("")
    with serving(folder, {"AIKA_SERVER__EMBEDDED_IN": json.dumps([thief.url])}) as served:
        thief.pages["/plain"] = "<!doctype html><title>A page</title><body></body>"
        thief.pages["/wiki"] = (
            f'<!doctype html><title>A wiki</title><body><script src="{served.url}/widget.js"></script></body>'
        )
        frames = "".join(f'<iframe src="{served.url}{path}"></iframe>' for path in ("/embed", "/embed?signed-in"))
        thief.pages["/two"] = f"<!doctype html><title>A page</title><body>{frames}</body>"
        yield served


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    context.set_default_timeout(60_000)
    yield await context.new_page()
    await context.close()


async def test_the_drawing_frame_draws_for_the_page_that_serves_it(page: Page, embedded: Deployment) -> None:
    await page.goto(f"{embedded.url}/signed-out")

    assert await page.evaluate(ASK_FRAME, [DRAWING, DRAW, 30_000]) == ["aika-ready", "aika-drawn"]


@pytest.mark.parametrize("directive", ["", LOOSER], ids=["as it is", "made looser by the diagram"])
async def test_what_is_drawn_can_do_nothing(page: Page, embedded: Deployment, directive: str) -> None:
    await page.goto(f"{embedded.url}/signed-out")

    drawn = await page.evaluate(DRAWN, [DRAWING, {**DRAW, "source": directive + HOSTILE}])

    assert "<svg" in drawn
    assert re.findall(r"<script|<foreignObject|<iframe|<img|\son\w+\s*=|javascript:", drawn) == []


async def test_a_stranger_cannot_open_the_drawing_frame(page: Page, embedded: Deployment, thief: Thief) -> None:
    await page.goto(f"{thief.url}/plain")

    assert await page.evaluate(ASK_FRAME, [embedded.url + DRAWING, DRAW, 500]) == []


async def test_a_drawing_frame_that_a_stranger_could_open_neither_draws_for_it_nor_speaks_to_it(
    page: Page, embedded: Deployment, thief: Thief
) -> None:
    # Its scripts too: browsers ask before a page that no server of this machine sent may load from one.
    await page.route(f"{embedded.url}/**", _without_policy)
    await page.goto(f"{thief.url}/plain")
    await page.evaluate(COUNT)
    await page.evaluate(OPEN_FRAME, embedded.url + DRAWING)
    framed = await _frame_at(page, DRAWING)
    await framed.evaluate(NOTE_DRAWINGS)

    await page.evaluate("(request) => frames[0].postMessage(request, '*')", DRAW)
    await framed.wait_for_function(ARRIVED, arg=1)
    # What it heard before is drawn before.
    await framed.evaluate(AS_THE_PAGE, {**DRAW, "id": 2})
    await framed.wait_for_function(
        "() => globalThis.drawn.length > 0 && document.getElementById('ddiagram-2') === null"
    )
    await framed.evaluate("parent.postMessage('over', '*')")
    await page.wait_for_function(ARRIVED, arg=1)

    assert await framed.evaluate("globalThis.drawn") == ["ddiagram-2"]
    assert await page.evaluate("globalThis.arrived") == 1


async def test_the_app_takes_drawings_from_its_own_frame_alone(page: Page, embedded: Deployment) -> None:
    forged = {
        "type": "aika-drawn",
        "id": 1,
        "svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "width": 9,
        "height": 9,
    }
    await _show_a_diagram(page, embedded)
    drawing = await _frame_at(page, DRAWING)

    stranger = await _stranger_frame(page)
    await page.evaluate(COUNT)
    await page.evaluate("(forged) => window.postMessage(forged, '*')", forged)
    await stranger.evaluate("(forged) => parent.postMessage(forged, '*')", forged)
    await page.wait_for_function(ARRIVED, arg=2)
    assert await page.locator(".aika-diagram img").count() == 0

    await drawing.evaluate("(forged) => parent.postMessage(forged, '*')", forged)
    await expect(page.locator(".aika-diagram img")).to_have_attribute("width", "16")


async def test_only_the_widgets_own_frame_closes_it(page: Page, embedded: Deployment, thief: Thief) -> None:
    own = await _open_widget(page, thief)
    other = await _second_frame(page, embedded)
    wrong = [None, "close", 1, {"aika": "shut"}, {"aika": ["close"]}, {"aika": None}]
    await page.evaluate(COUNT)

    await page.evaluate("window.postMessage({ aika: 'close' }, '*')")
    await other.evaluate("parent.postMessage({ aika: 'close' }, '*')")
    await own.evaluate("(wrong) => wrong.forEach((one) => parent.postMessage(one, '*'))", wrong)
    await page.wait_for_function(ARRIVED, arg=2 + len(wrong))
    assert await page.evaluate(OPEN) == "true"

    await own.evaluate("parent.postMessage({ aika: 'close' }, '*')")
    await page.wait_for_function(f"() => {OPEN} === 'false'")


async def test_a_frame_that_was_led_elsewhere_does_not_close_the_widget(
    page: Page, embedded: Deployment, thief: Thief
) -> None:
    own = await _open_widget(page, thief)
    elsewhere = thief.url.replace("localhost", "127.0.0.1")
    await page.evaluate(COUNT)

    await own.goto(f"{elsewhere}/plain")
    await own.evaluate("parent.postMessage({ aika: 'close' }, '*')")
    await page.wait_for_function(ARRIVED, arg=1)

    assert await page.evaluate(OPEN) == "true"


async def test_only_the_page_around_it_says_that_the_embedded_page_is_shown(
    page: Page, embedded: Deployment, thief: Thief
) -> None:
    await page.goto(f"{thief.url}/two")
    own, other = await _frame_at(page, "/embed"), await _frame_at(page, "/embed?signed-in")
    question = own.get_by_role("textbox", name="Question")
    await expect(question).to_be_focused()
    await own.evaluate("document.activeElement.blur()")
    await own.evaluate(COUNT)

    await other.evaluate("parent.frames[0].postMessage({ aika: 'shown' }, '*')")
    await own.evaluate("window.postMessage({ aika: 'shown' }, '*')")
    await page.evaluate("[null, 'shown', { aika: 'hidden' }].forEach((one) => frames[0].postMessage(one, '*'))")
    await own.wait_for_function(ARRIVED, arg=5)
    await expect(question).not_to_be_focused()

    await page.evaluate("frames[0].postMessage({ aika: 'shown' }, '*')")
    await expect(question).to_be_focused()


async def test_the_embedded_page_alone_hears_nothing(page: Page, embedded: Deployment) -> None:
    await page.goto(f"{embedded.url}/embed")
    await expect(page.get_by_role("textbox", name="Question")).to_be_focused()
    await page.evaluate("document.activeElement.blur()")

    await page.evaluate(SAY, [[{"aika": "shown"}]])

    assert await page.evaluate("document.activeElement.tagName") == "BODY"


async def _open_widget(page: Page, thief: Thief) -> Frame:
    await page.goto(f"{thief.url}/wiki")
    await page.get_by_role("button", name="Ask aika").click()
    own = await _frame_at(page, "/embed")
    await expect(own.get_by_role("textbox", name="Question")).to_be_visible()
    return own


async def _second_frame(page: Page, embedded: Deployment) -> Frame:
    """Return another frame of aika's origin in the same page."""
    address = f"{embedded.url}/embed?signed-in"
    await page.evaluate(
        "(address) => { const one = document.createElement('iframe'); one.src = address; document.body.append(one); }",
        address,
    )
    return await _frame_at(page, "/embed?signed-in")


async def _stranger_frame(page: Page) -> Frame:
    """Return a frame without an origin that is not the one that draws."""
    await page.route("**/sandbox/stranger.html", _nothing)
    await page.evaluate(OPEN_FRAME, "/sandbox/stranger.html")
    return await _frame_at(page, "/sandbox/stranger.html")


async def _frame_at(page: Page, end: str) -> Frame:
    """Wait for a frame whose address ends so."""
    while True:
        found = next((frame for frame in page.frames if frame.url.endswith(end)), None)
        if found is not None:
            await found.wait_for_load_state()
            return found
        await page.wait_for_event("framenavigated")


async def _show_a_diagram(page: Page, embedded: Deployment) -> None:
    """Open a conversation with a diagram, whose frame is there and draws nothing of itself."""
    await page.route(f"**{DRAWING}", _ready_and_silent)
    await page.route(f"**/v1/conversations/{CONVERSATION}", _a_diagram)
    await page.goto(f"{embedded.url}/c/{CONVERSATION}")
    await expect(page.get_by_role("status", name="Drawing the diagram")).to_be_visible()


async def _a_diagram(route: Route) -> None:
    await route.fulfill(**as_json(conversation(["```mermaid\ngraph LR; A-->B\n```"])))


async def _ready_and_silent(route: Route) -> None:
    ready = "<!doctype html><script>parent.postMessage({ type: 'aika-ready' }, '*')</script>"
    await route.fulfill(status=200, content_type="text/html", body=ready)


async def _nothing(route: Route) -> None:
    await route.fulfill(status=200, content_type="text/html", body="<!doctype html>")


async def _without_policy(route: Route) -> None:
    """Serve what is asked for as if nothing were said of who may show it."""
    response = await route.fetch()
    kept = {name: value for name, value in response.headers.items() if name != "content-security-policy"}
    await route.fulfill(response=response, headers=kept)
