"""What the numbers of insights say is the same on the page, in its tables and in its files, and tells of no small group."""

import csv
import re
from pathlib import Path

import pytest
from looking import open_settled, serious_violations
from playwright.async_api import Page, expect
from teams_company import ADMIN, ASKER, STEWARD, Visits, asked_of

CHART = "Questions and people"
HIDDEN = "not shown"


async def test_the_page_its_table_its_file_and_the_servers_table_say_the_same(visits: Visits, tmp_path: Path) -> None:
    page = await visits.page(ADMIN)
    await open_settled(page, "/insights")
    assert await serious_violations(page) == []
    board = await asked_of(page, "/v1/insights?weeks=12")
    glance = page.get_by_role("region", name="At a glance")
    await expect(glance).to_contain_text(f"from {board['totals']['people']} people")
    await menu_of(page, "Show as table")
    shown = await rows_of(page)
    async with page.expect_download() as started:
        await menu_of(page, "Download CSV")
    await (await started.value).save_as(tmp_path / "chart.csv")

    with (tmp_path / "chart.csv").open(encoding="utf-8-sig", newline="") as file:
        saved = list(csv.reader(file))[1:]
    served = await page.request.get("/v1/insights/tables/series?weeks=12")
    table = list(csv.DictReader((await served.text()).lstrip("\ufeff").splitlines()))
    counted = [(row["questions"], row["people"]) for row in table]
    assert [(one[1] or "", one[2] or "") for one in saved] == counted
    assert [tuple("" if cell == HIDDEN else cell for cell in one[1:3]) for one in shown] == counted
    assert sum(int(questions or 0) for questions, _ in counted) == board["totals"]["questions"]
    assert await glance.get_by_text(str(board["totals"]["questions"]), exact=True).count() == 1


@pytest.mark.parametrize("weeks", [4, 26])
async def test_another_period_has_the_numbers_of_that_period(visits: Visits, weeks: int) -> None:
    page = await visits.page(ADMIN)
    await page.goto("/insights")
    await page.get_by_role("combobox", name="Period").select_option(f"Last {weeks} weeks")
    board = await asked_of(page, f"/v1/insights?weeks={weeks}")

    glance = page.get_by_role("region", name="At a glance")
    await expect(glance.get_by_text(str(board["totals"]["questions"]), exact=True)).to_be_visible()
    await menu_of(page, "Show as table")

    assert len(await rows_of(page)) == len(board["series"])


async def test_days_in_place_of_weeks_add_up_to_no_more_than_may_be_shown(visits: Visits) -> None:
    page = await visits.page(ADMIN)
    await page.goto("/insights")
    await page.get_by_role("combobox", name="Period").select_option("Last 4 weeks")
    await page.get_by_text("Days", exact=True).click()
    await menu_of(page, "Show as table")
    board = await asked_of(page, "/v1/insights?weeks=4&interval=day")

    await expect(page.get_by_role("row")).to_have_count(1 + len(board["series"]))

    people = [int(row[2]) for row in await rows_of(page) if row[2] != HIDDEN]
    assert all(number >= board["smallest_group"] for number in people)
    assert people == [day["figures"]["people"] for day in board["series"] if day["figures"] is not None]


async def test_a_team_of_two_and_what_one_person_does_are_nowhere(visits: Visits) -> None:
    page = await visits.page(ADMIN)
    await page.goto("/insights")
    options = page.get_by_role("combobox", name="Which questions").locator("option")
    await expect(options.filter(has_text="harbor")).to_have_count(1)
    choices = await options.all_inner_texts()
    adoption = page.get_by_role("figure", name="Adoption by team")
    await expect(adoption).to_contain_text("harbor")

    legal = await asked_of(page, "/v1/insights?weeks=12&team=group:legal")
    editors = await asked_of(page, "/v1/insights?weeks=12&surface=mcp")

    assert "harbor" in choices
    assert not {"legal", "Editors and agents"} & set(choices)
    assert re.search(r"Fewer than 5 people asked in .*legal", await adoption.inner_text())
    assert [board["totals"]["questions"] for board in (legal, editors)] == [0, 0]
    assert [point["figures"] for board in (legal, editors) for point in board["series"] if point["figures"]] == []


async def test_who_asks_and_looks_after_nothing_is_told_whose_insights_are(visits: Visits) -> None:
    page = await visits.page(ASKER)
    await page.goto("/insights")

    await expect(page.get_by_text("Insights are for administrators, and for those who manage sources.")).to_be_visible()

    assert (await page.request.get("/v1/insights")).status == 403
    assert (await page.request.get("/v1/insights/tables/series")).status == 403


async def test_who_manages_a_source_sees_that_source_and_nothing_else(visits: Visits) -> None:
    page = await visits.page(STEWARD)
    await page.goto("/insights")
    board = await asked_of(page, "/v1/insights?weeks=12&source=handbook")
    glance = page.get_by_role("region", name="At a glance")

    await expect(glance.get_by_text(str(board["totals"]["questions"]), exact=True).first).to_be_visible()

    choices = await page.get_by_role("combobox", name="Which questions").locator("option").all_inner_texts()
    assert choices == ["handbook"]
    assert board["parts"] == {}
    assert (await page.request.get("/v1/insights?source=runbooks")).status == 403
    assert (await page.request.get("/v1/insights?team=group:harbor")).status == 403


async def menu_of(page: Page, item: str) -> None:
    await page.get_by_role("button", name=f"Numbers of “{CHART}”").click()
    await page.get_by_role("menuitem", name=item).click()


async def rows_of(page: Page) -> list[list[str]]:
    """Return the cells of the chart's table, without its head."""
    rows = page.get_by_role("figure", name=CHART).locator("tbody tr")
    return [await rows.nth(place).locator("td, th").all_inner_texts() for place in range(await rows.count())]
