"""What people do about findings: they see what lies behind one, deal with it, and the scores of documents and teams follow."""

import re
from urllib.parse import urlencode

from looking import overflow
from playwright.async_api import Locator, Page, expect
from seed_journeys import CCTV, DOG, HOTEL
from teams_company import ADMIN, ASKER, CARE, OFFICE, Visits, asked_of

TRAVEL = "“Travel policy” is out of date: it says €180"
ON_CALL = "“On-call” disagrees with another document: it says €35"


async def test_the_owner_reads_the_questions_and_the_edit_assigns_resolves_and_the_scores_rise(
    visits: Visits,
) -> None:
    page = await visits.page(OFFICE)
    finding = await finding_of(page, TRAVEL)
    before = await scores_of(page, "Travel policy", "Operations")
    await page.goto("/health")
    await page.get_by_role("link", name=re.compile(re.escape(TRAVEL))).click()
    await expect(page.get_by_role("heading", name="The questions behind it")).to_be_visible()
    await expect(page.get_by_text(HOTEL, exact=True)).to_be_visible()
    await expect(page.locator("del").filter(has_text="180")).to_be_visible()
    await expect(page.locator("ins").filter(has_text="195")).to_be_visible()

    await page.get_by_role("button", name="Assign", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox", name="Person or team").fill("katja.blom@sundrell.example")
    await dialog.get_by_role("button", name="Assign").click()
    await page.get_by_text("With katja.blom@sundrell.example").wait_for()
    assigned = await asked_of(page, f"/v1/findings/{finding}")
    await page.get_by_role("button", name="Resolve: it is done").click()
    await dialog.get_by_role("textbox", name=re.compile("^What was done")).fill("It says 195 now.")
    await dialog.get_by_role("button", name="Resolve").click()
    await page.get_by_text(re.compile("^Resolved by")).wait_for()

    resolved = await asked_of(page, f"/v1/findings/{finding}")
    assert (assigned["state"], assigned["assignee"]) == ("open", "katja.blom@sundrell.example")
    assert (resolved["state"], resolved["note"]) == ("resolved", "It says 195 now.")
    after = await scores_of(page, "Travel policy", "Operations")
    assert after["document"] > before["document"]
    assert after["team"] > before["team"]
    past = await asked_of(page, f"/v1/health/scores/history?by=document&name={resolved['document']}&days=30")
    lowest, today = min(day["score"] for day in past["days"]), past["days"][-1]["score"]
    assert today > lowest

    await page.goto("/health/scores?by=document")
    row = page.get_by_role("button", name=re.compile("Travel policy"))
    await expect(row).to_contain_text(str(round(after["document"])))
    await row.click()
    await expect(page.get_by_role("figure", name=re.compile("Score of “Travel policy”"))).to_be_visible()


async def test_a_reader_of_a_document_sees_its_finding_and_not_what_people_asked(visits: Visits) -> None:
    reader = await visits.page(ASKER)
    finding = await finding_of(reader, TRAVEL)
    await reader.goto(f"/health/findings/{finding}")
    await reader.get_by_role("heading", name=TRAVEL).wait_for()

    await expect(reader.get_by_text("Operations decides what becomes of this.")).to_be_visible()

    told = await asked_of(reader, f"/v1/findings/{finding}")
    refused = await reader.request.post(
        f"/v1/findings/{finding}/dismiss",
        data={"reason": "No."},
        headers={**await own_page(reader), "If-Match": f'"{told["version"]}"'},
    )
    assert told["questions"] == []
    assert HOTEL not in await reader.locator("body").inner_text()
    assert await reader.get_by_role("button", name="Dismiss").count() == 0
    assert refused.status == 403


async def test_a_finding_is_dismissed_with_a_reason_and_opened_again(visits: Visits) -> None:
    page = await visits.page(ADMIN)
    finding = await finding_of(page, ON_CALL)
    await page.goto(f"/health/findings/{finding}")
    await page.get_by_role("button", name="Dismiss").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Dismiss")).to_be_disabled()

    await dialog.get_by_role("textbox", name="Reason").fill("Two tariffs, both hold.")
    await dialog.get_by_role("button", name="Dismiss").click()
    await expect(dialog).to_have_count(0)
    await page.get_by_text("Two tariffs, both hold.").first.wait_for()
    dismissed = await asked_of(page, f"/v1/findings/{finding}")
    await page.goto("/health?state=done")
    await page.get_by_role("link", name=re.compile(re.escape(ON_CALL))).click()
    await page.get_by_role("button", name="Open it again").click()
    await page.get_by_role("button", name="Resolve: it is done").wait_for()

    history = (await asked_of(page, f"/v1/findings/{finding}/history"))["events"]
    assert (dismissed["state"], dismissed["note"]) == ("dismissed", "Two tariffs, both hold.")
    assert (await asked_of(page, f"/v1/findings/{finding}"))["state"] == "accepted"
    assert [event["what"] for event in history] == ["found", "dismissed", "accepted"]


async def test_findings_are_narrowed_by_kind_and_team_and_the_address_can_be_sent(visits: Visits) -> None:
    page = await visits.page(ADMIN)
    await page.goto("/health")
    await page.get_by_role("combobox", name="Kind").select_option("Conflicting")
    await page.get_by_role("combobox", name="Owner or team").select_option("customer-care")
    wanted = await asked_of(page, f"/v1/findings?{urlencode({'kind': 'conflicting', 'owner': 'customer-care'})}")
    titles = [finding["title"] for finding in wanted["findings"]]
    await expect(listed(page)).to_have_count(len(titles))

    await page.goto(page.url)

    await expect(listed(page)).to_have_count(len(titles))
    assert [text.split("\n")[0] for text in await listed(page).all_inner_texts()] == titles


async def test_a_member_of_a_team_sees_what_is_theirs(visits: Visits) -> None:
    page = await visits.page(CARE)
    await page.goto("/health")
    await page.get_by_role("button", name="My teams'").click()
    mine = (await asked_of(page, "/v1/findings?mine=true&kind=conflicting&kind=outdated&kind=unsupported"))["findings"]

    await expect(listed(page)).to_have_count(len(mine))

    assert {finding["owner"]["name"] for finding in mine} == {"customer-care"}


async def test_somebody_is_asked_for_a_document_that_is_missing(visits: Visits) -> None:
    page = await visits.page(ADMIN)
    await page.goto("/health/gaps")
    gap = page.get_by_role("article").filter(has_text=DOG)
    await gap.get_by_role("button", name="Ask for a document").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text(f"# {DOG}")).to_be_visible()

    await dialog.get_by_role("textbox", name="Person or team").fill("team-office")
    await dialog.get_by_role("button", name="Ask for it").click()

    await expect(gap.get_by_text("with team-office")).to_be_visible()
    gaps = (await asked_of(page, "/v1/health/gaps"))["gaps"]
    kept = [one for gap in gaps if DOG in gap["questions"] or gap["name"] == DOG for one in gap["kept_as"]]
    assert [(one["state"], one["assignee"]) for one in kept] == [("accepted", "team-office")]


async def test_what_nothing_answers_is_not_told_to_everybody(visits: Visits) -> None:
    page = await visits.page(ASKER)
    await page.goto("/health/gaps")

    await expect(page.get_by_text("No gap is yours to fill")).to_be_visible()

    assert (await asked_of(page, "/v1/health/gaps"))["gaps"] == []
    assert CCTV not in await page.locator("body").inner_text()


async def test_on_a_phone_what_to_do_comes_before_what_it_rests_on(visits: Visits) -> None:
    page = await visits.page(ADMIN, phone=True)
    await page.goto(f"/health/findings/{await finding_of(page, ON_CALL)}")
    rests_on = await page.get_by_role("heading", name="What it rests on").bounding_box()

    act = await page.get_by_role("button", name="Assign").first.bounding_box()

    assert await overflow(page) <= 0
    assert act is not None
    assert rests_on is not None
    assert act["y"] < rests_on["y"]


async def finding_of(page: Page, title: str) -> str:
    states = urlencode([("state", state) for state in ("open", "accepted", "dismissed", "resolved")])
    found = (await asked_of(page, f"/v1/findings?{states}&limit=200"))["findings"]
    return next(str(finding["id"]) for finding in found if finding["title"] == title)


async def scores_of(page: Page, document: str, team: str) -> dict[str, float]:
    documents = (await asked_of(page, "/v1/health/scores?by=document&limit=1000&days=0"))["scores"]
    teams = (await asked_of(page, "/v1/health/scores?by=owner&limit=1000&days=0"))["scores"]
    return {
        "document": next(score["score"] for score in documents if score["name"] == document),
        "team": next(score["score"] for score in teams if score["name"] == team),
    }


async def own_page(page: Page) -> dict[str, str]:
    """Return what a browser says of a page of the app's own."""
    return {"Origin": await page.evaluate("() => location.origin")}


def listed(page: Page) -> Locator:
    return page.locator("a[href^='/health/findings/']")
