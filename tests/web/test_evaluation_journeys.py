"""What operators learn from evaluations: they start runs, compare two, and see how a question's documents moved."""

import re

from looking import serious_violations, settled
from playwright.async_api import Page, expect
from seed_journeys import COLLECTION
from teams_company import ADMIN, ASKER, Visits, asked_of

CHANGE = "retrieval.dense_weight=0.05"
MEASURE = "nDCG@10"


async def test_two_runs_are_started_and_compared_down_to_the_picture_of_a_questions_trace(visits: Visits) -> None:
    page = await visits.page(ADMIN)
    await page.goto("/evaluation")
    await started(page, "")
    await started(page, CHANGE)
    runs = (await asked_of(page, f"/v1/evaluation/runs?collection={COLLECTION}"))["runs"]
    after, before = [run["id"] for run in runs]

    await page.get_by_role("checkbox", name=re.compile("^Choose the run of")).first.check()
    await page.get_by_role("checkbox", name=re.compile("^Choose the run of")).last.check()
    await page.get_by_role("button", name="Compare two runs").click()
    await page.get_by_role("heading", name="Two runs side by side").wait_for()
    compared = await asked_of(page, f"/v1/evaluation/compare?a={before}&b={after}")
    measure = next(one for one in compared["measures"] if one["name"] == MEASURE)
    row = page.get_by_role("row").filter(has_text=MEASURE)
    await expect(row).to_contain_text(f"{measure['before']:.3f}")
    await expect(row).to_contain_text(f"{measure['after']:.3f}")
    await expect(page.get_by_role("row").filter(has_text="retrieval.dense_weight")).to_contain_text("0.05")

    await settled(page)
    assert await serious_violations(page) == []

    figure = page.get_by_role("figure", name=f"{MEASURE} by topic")
    question = await figure.get_by_role("link").first.inner_text()
    await figure.get_by_role("link").first.click()
    await page.get_by_role("heading", name=question).wait_for()
    trace = await asked_of(page, f"/v1/evaluation/runs{topic_of(page)}")
    relevant = [one["id"] for one in trace["documents"] if (one["grade"] or 0) > 0]
    best = min(trace["stages"][-1]["ranks"][one] for one in relevant if one in trace["stages"][-1]["ranks"])
    picture = page.get_by_role("figure", name="How documents moved through the stages")

    await expect(picture).to_contain_text(f"The best document that answers ends at rank {best}")
    assert trace["topic"]["text"] == question
    assert await picture.locator("svg").count() > 0
    await settled(page)
    assert await serious_violations(page) == []


async def test_who_administers_nothing_is_told_whose_evaluations_are(visits: Visits) -> None:
    page = await visits.page(ASKER)
    await page.goto("/evaluation")

    await expect(page.get_by_text("For operators")).to_be_visible()

    assert (await page.request.get("/v1/evaluation/runs")).status == 403


async def started(page: Page, change: str) -> None:
    """Start a run, watch it, and return when it is done."""
    await page.get_by_role("button", name="Start a run").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("combobox", name="Collection").select_option(COLLECTION)
    await dialog.get_by_role("textbox", name=re.compile("^Settings for this run")).fill(change)
    await dialog.get_by_role("button", name="Start", exact=True).click()
    card = page.get_by_role("list", name="Started here").get_by_role("listitem").first
    await expect(card).to_contain_text(change or "As configured")
    await expect(card.get_by_role("progressbar")).to_be_visible()
    await expect(card.get_by_role("link", name="See the run")).to_be_visible()


def topic_of(page: Page) -> str:
    """Return ``/RUN/topics/TOPIC`` of the page of a topic."""
    run, topic = page.url.rpartition("/evaluation/")[2].split("/")
    return f"/{run}/topics/{topic}"
