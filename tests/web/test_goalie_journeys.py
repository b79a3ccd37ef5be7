"""What people of a channel do with its goalie: decide about what it proposes, find that again, and choose when it may speak."""

import json
import re

from looking import open_settled, serious_violations
from playwright.async_api import Page, expect
from teams_company import ADMIN, ASKER, GOALIE, Teams, Visits, asked_of, until

KEY_ID = "I get HP-1401 no signing key for kid. How do I fix this?"
FLAGS = "What is the naming convention for a new feature flag?"
CHECKOUT = "What does CHK-4092 mean for the customer?"
RETRIES = "How often does the refund worker retry a refund?"
ROTATE = "How do I rotate the harbourpass signing key?"
SESSIONS = "How long do login sessions last?"


async def test_a_reviewer_reads_a_draft_with_its_source_posts_it_in_other_words_and_rejects_the_next(
    visits: Visits, teams: Teams
) -> None:
    page = await visits.page(GOALIE)
    first = await proposed(teams, page, "ask-platform", KEY_ID)
    second = await proposed(teams, page, "ask-platform", FLAGS)
    await open_settled(page, "/goalies?goalie=ask-platform")
    assert await serious_violations(page) == []
    await page.get_by_role("list", name="Waiting proposals").get_by_role("button", name=re.compile("HP-1401")).click()
    await page.locator("[aria-label^='Source 1:']").first.click()
    passage = page.get_by_role("complementary", name="The cited passage")
    await expect(passage.locator("mark").first).to_be_visible()
    await page.keyboard.press("Escape")

    await page.get_by_role("button", name=re.compile("^Edit")).click()
    await page.get_by_role("textbox", name="What to post").fill("Restart the service: its copy of the keys is old. [1]")
    await page.get_by_role("button", name=re.compile("^Post this")).click()
    await expect(page.get_by_role("heading", name=FLAGS)).to_be_visible()
    await page.get_by_role("button", name=re.compile("^Reject")).click()
    await page.get_by_role("radio", name="It is out of date").check()
    await page.get_by_role("textbox", name=re.compile("^What is wrong")).fill("RFC-004 was changed.")
    await page.get_by_role("button", name=re.compile("^Reject")).click()

    await expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    await until(lambda: said_in(teams, "ask-platform", first), what="the answer in the thread")
    await until(lambda: decided(page, "ask-platform", 2), what="two decisions")
    assert "its copy of the keys is old" in await said_in(teams, "ask-platform", first)
    assert await said_in(teams, "ask-platform", second) == ""
    cases = {case["message"]: case for case in await cases_of(page, "ask-platform")}
    assert (cases[first]["state"], cases[first]["decided_by"]) == ("edited", "petra")
    assert (cases[second]["state"], cases[second]["reason"]) == ("rejected", "It is out of date. RFC-004 was changed.")

    await page.goto("/goalies/ask-platform")
    await page.get_by_role("radio", name="Decided").or_(page.get_by_text("Decided", exact=True)).first.click()
    row = page.get_by_role("row").filter(has_text="RFC-004 was changed.")
    await expect(row.get_by_text("rejected")).to_be_visible()
    link = row.get_by_role("link", name=re.compile("in Slack$"))
    assert await link.get_attribute("href") == cases[second]["address"]


async def test_the_queue_is_worked_off_by_keyboard_alone_and_a_decision_is_taken_back(
    visits: Visits, teams: Teams
) -> None:
    page = await visits.page(GOALIE)
    first = await proposed(teams, page, "ask-care", CHECKOUT)
    second = await proposed(teams, page, "ask-care", RETRIES)
    await page.goto("/goalies?goalie=ask-care")
    await expect(page.get_by_role("heading", name=CHECKOUT)).to_be_visible()

    await page.keyboard.press("e")
    await expect(page.get_by_role("textbox", name="What to post")).to_be_focused()
    await page.keyboard.press("Control+a")
    await page.keyboard.type("The seats are held no longer.")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("heading", name=RETRIES)).to_be_visible()
    await page.keyboard.press("r")
    await expect(page.get_by_role("radio", name="It is wrong")).to_be_focused()
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    await page.keyboard.press("u")
    await expect(page.get_by_role("heading", name=RETRIES)).to_be_visible()
    await page.keyboard.press("a")
    await expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    # What waits to be taken back is sent at once when somebody leaves.
    await page.goto("/settings")

    await until(lambda: decided(page, "ask-care", 2), what="two decisions")
    cases = {case["message"]: case["state"] for case in await cases_of(page, "ask-care")}
    assert (cases[first], cases[second]) == ("edited", "accepted")
    await until(lambda: said_in(teams, "ask-care", first), what="the answer in the thread")
    assert "held no longer" in await said_in(teams, "ask-care", first)


async def test_thresholds_that_are_chosen_on_the_curve_are_written_and_the_goalie_follows_them(
    visits: Visits, teams: Teams
) -> None:
    page = await visits.page(ADMIN)
    await proposed(teams, page, "ask-harbor", ROTATE)
    file = teams.folder / "goalies" / "ask-harbor.yaml"
    before = file.read_text()
    await open_settled(page, "/goalies/ask-harbor/thresholds")
    assert await serious_violations(page) == []
    sure = page.get_by_role("slider", name="Answers by itself from")
    await expect(sure).to_have_value("1")

    await click_on_curve(page, "60%")
    await expect(sure).to_have_value("0.6")
    await click_on_curve(page, "40%")
    await expect(sure).to_have_value("0.4")
    await page.get_by_role("slider", name="Proposes to humans from").focus()
    await page.keyboard.press("ArrowRight")
    await page.get_by_role("button", name="Write into goalies/ask-harbor.yaml").focus()
    await page.keyboard.press("Enter")
    await page.get_by_text("These are the file's own.").wait_for()

    assert file.read_text() == before.replace("medium: 0, high: 1", "medium: 0.01, high: 0.4")
    asked = await teams.world.say("chloe", "ask-harbor", SESSIONS)
    await until(lambda: said_in(teams, "ask-harbor", asked), what="an answer without a human")
    cases = {case["message"]: case["state"] for case in await cases_of(page, "ask-harbor")}
    assert cases[asked] == "answered"


async def test_who_decides_about_proposals_may_look_at_thresholds_and_changes_none(
    visits: Visits, teams: Teams
) -> None:
    page = await visits.page(GOALIE)
    file = teams.folder / "goalies" / "ask-care.yaml"
    before = file.read_text()
    await page.goto("/goalies/ask-care/thresholds")
    await page.get_by_text("Put this line into the goalie's file where your team keeps it.").wait_for()

    refused = await page.request.put(
        "/v1/goalies/ask-care/thresholds",
        data={"medium": 0.1, "high": 0.2, "file_version": "any"},
        headers={"Origin": teams.company.deployment.url},
    )

    assert await page.get_by_role("button", name=re.compile("^Write into")).count() == 0
    assert refused.status == 403
    assert file.read_text() == before


async def test_who_looks_after_no_channel_is_told_so_and_sees_no_proposal(visits: Visits) -> None:
    page = await visits.page(ASKER)
    await page.goto("/goalies")

    await expect(page.get_by_text("No channel is yours to look after")).to_be_visible()

    assert (await asked_of(page, "/v1/goalies/queue"))["cases"] == []


async def proposed(teams: Teams, page: Page, channel: str, question: str) -> str:
    """Ask in a channel, and return the message once its answer waits for somebody."""
    asked: str = await teams.world.say("chloe", channel, question)

    async def waits() -> bool:
        queue = await asked_of(page, f"/v1/goalies/queue?goalie={channel}")
        return any(case["question"] == question for case in queue["cases"])

    await until(waits, what=f"a proposal for {question!r}")
    return asked


async def said_in(teams: Teams, channel: str, thread: str) -> str:
    """Return all that the app has written in a thread."""
    messages = await teams.world.messages(channel, thread=thread)
    bot = teams.world.workspace.bot_user
    return "\n".join(json.dumps(one.get("blocks") or one["text"]) for one in messages if one.get("user") == bot)


async def cases_of(page: Page, goalie: str) -> list[dict[str, str]]:
    return (await asked_of(page, f"/v1/goalies/{goalie}/cases"))["cases"]


async def decided(page: Page, goalie: str, number: int) -> bool:
    """Return whether so many proposals of a goalie were decided about."""
    states = [case["state"] for case in await cases_of(page, goalie)]
    return sum(state in {"accepted", "edited", "rejected"} for state in states) >= number


async def click_on_curve(page: Page, threshold: str) -> None:
    """Click on the replay's curve above a label of its horizontal axis."""
    figure = page.get_by_role("figure", name="What answering from a confidence on would have come to")
    # The upright axis names quarters, so that each of these labels is there once.
    label = await figure.locator("text").filter(has_text=re.compile(f"^{threshold}$")).bounding_box()
    assert label is not None
    await page.mouse.click(label["x"] + label["width"] / 2, label["y"] - 100)
