"""What holds on every page of the app: it opens without an error, everyone can use it, and it fits on a phone."""

import pytest
from chromium import PHONE
from furnishing import Furnished
from looking import Theme, choose_theme, open_settled, overflow, serious_violations, walk
from playwright.async_api import BrowserContext, Page
from watching import Watch

PAGES = (
    "new question",
    "conversation",
    "shared conversation",
    "assistants",
    "new assistant",
    "sources",
    "new source",
    "source",
    "document",
    "goalies",
    "goalie",
    "thresholds",
    "health",
    "finding",
    "gaps",
    "scores",
    "insights",
    "evaluation",
    "settings",
)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
async def test_axe_finds_nothing_serious(
    page: Page, context: BrowserContext, furnished: Furnished, name: str, theme: Theme
) -> None:
    await choose_theme(context, theme)
    await open_settled(page, furnished.places[name])
    on_a_desktop = await serious_violations(page)
    await page.set_viewport_size(PHONE)
    on_a_phone = await serious_violations(page)

    assert on_a_desktop == []
    assert on_a_phone == []
    assert await overflow(page) <= 0


@pytest.mark.parametrize("name", PAGES)
async def test_every_stop_of_the_keyboard_can_be_seen_and_has_a_name(
    page: Page, furnished: Furnished, name: str
) -> None:
    await open_settled(page, furnished.places[name])

    stops = await walk(page)

    assert [stop for stop in stops if not stop["name"]] == []
    assert [stop for stop in stops if not stop["ringed"]] == []
    assert "Skip to the content" in [stop["name"] for stop in stops]


async def test_an_address_that_leads_nowhere_says_so(page: Page, watch: Watch) -> None:
    watch.expect("status of 404")
    await page.goto("/nothing/here")

    await page.get_by_role("heading", level=1).wait_for()

    assert await serious_violations(page) == []


async def test_motion_stops_for_whoever_asked_for_less(page: Page, furnished: Furnished) -> None:
    await page.emulate_media(reduced_motion="reduce")
    await open_settled(page, furnished.places["conversation"])

    longest = await page.evaluate(
        """() => Math.max(...[...document.querySelectorAll("*")].flatMap((one) => {
          const style = getComputedStyle(one);
          const seconds = `${style.animationDuration},${style.transitionDuration}`.split(",").map(parseFloat);
          return seconds;
        }))"""
    )

    assert longest <= 0.01
