"""The journeys of whoever asks: from the question to the passage it rests on, and what comes after."""

import re

from furnishing import QUESTION, Furnished
from looking import open_settled, serious_violations
from playwright.async_api import BrowserContext, Locator, Page, expect
from scripted_model import ScriptedModel
from watching import Watch

MARKDOWN = """Deploy with `ferry`:

| step | command |
|---|---|
| one | `ferry deploy` |

```python
print("deployed")
```

The share is $$\\frac{a}{b}$$ of all.

```mermaid
---
config:
  layout: elk
---
graph TD
  A[Build]-->B[Deploy]
```
"""


def _composer(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your question")


async def _ask(page: Page, question: str) -> None:
    await _composer(page).fill(question)
    await page.keyboard.press("Enter")


async def _answered(page: Page) -> None:
    await page.get_by_role("button", name="Why?").last.wait_for()


async def test_a_question_is_answered_with_citations_that_open_the_passage(page: Page) -> None:
    await open_settled(page, "/")
    await _ask(page, QUESTION)
    await _answered(page)

    await page.get_by_role("button", name=re.compile("^Source 1:")).first.click()
    passage = page.get_by_role("button", name="Close the passage")
    await passage.wait_for()

    assert re.search(r"/c/[0-9a-f-]{36}", page.url)
    await expect(page.locator("mark, .aika-passage").first).to_be_visible()
    assert await serious_violations(page) == []


async def test_the_keyboard_alone_asks_opens_a_citation_and_closes_it(page: Page) -> None:
    await open_settled(page, "/")
    await page.keyboard.type(QUESTION)
    await page.keyboard.press("Enter")
    await _answered(page)

    await page.get_by_role("button", name=re.compile("^Source 1:")).first.focus()
    await page.keyboard.press("Enter")
    close = page.get_by_role("button", name="Close the passage")
    await close.wait_for()
    await page.keyboard.press("Escape")

    await expect(close).to_have_count(0)


async def test_a_deep_link_asks_at_once(page: Page) -> None:
    await page.goto("/?q=Why%20did%20we%20replace%20RabbitMQ%3F")

    await _answered(page)

    await expect(page.get_by_text(QUESTION).first).to_be_visible()


async def test_an_answer_can_be_stopped_while_it_is_written(page: Page, scripted_model: ScriptedModel) -> None:
    question = "How is the checkout service deployed when it is stopped?"
    scripted_model.hold(question)
    await open_settled(page, "/")
    await _ask(page, question)

    await page.get_by_role("button", name="Stop", exact=True).click()
    await expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    scripted_model.release(question)

    await expect(_composer(page)).to_be_editable()


async def test_an_edited_question_takes_the_place_of_the_earlier_one(page: Page) -> None:
    await open_settled(page, "/")
    await _ask(page, "How do I roll back the checkout service?")
    await _answered(page)

    await page.get_by_role("button", name="Edit the question").click()
    await page.get_by_role("textbox", name="Edit the question").fill(QUESTION)
    await page.get_by_role("button", name="Ask again").click()
    await page.get_by_text("2 of 2").wait_for()
    await _answered(page)
    await page.get_by_role("button", name="Earlier version").click()

    await expect(page.get_by_text("How do I roll back the checkout service?").first).to_be_visible()


async def test_what_is_not_known_is_said_with_what_comes_nearest_and_the_owner_can_be_told(page: Page) -> None:
    await open_settled(page, "/")
    await _ask(page, "What is the code of the payroll vault for contractors?")
    await page.get_by_role("heading", name="What comes nearest").wait_for()

    await page.get_by_role("button", name="Tell the owner").click()
    dialog = page.get_by_role("dialog")
    await dialog.wait_for()
    assert await serious_violations(page) == []
    await dialog.get_by_role("button", name="Tell the owner").click()

    await expect(page.get_by_text(re.compile("The owner was told")).first).to_be_visible()


async def test_markdown_tables_code_formulas_and_diagrams_are_shown(page: Page, scripted_model: ScriptedModel) -> None:
    question = "What does HTTP status 418 mean, in general?"
    scripted_model.answers(question, MARKDOWN)
    await open_settled(page, "/")
    await _ask(page, question)
    await page.get_by_role("button", name="Copy", exact=True).first.wait_for()

    await expect(page.get_by_role("table")).to_be_visible()
    await expect(page.locator(".katex, math").first).to_be_visible()
    await expect(page.get_by_alt_text(re.compile("^Diagram"))).to_be_visible()
    await expect(page.get_by_text("deployed").first).to_be_visible()
    assert await serious_violations(page) == []


async def test_a_conversation_is_renamed_pinned_found_and_deleted(page: Page) -> None:
    await open_settled(page, "/")
    await _ask(page, "How do I roll back the checkout service?")
    await _answered(page)

    await page.get_by_role("button", name=re.compile("options|more|conversation", re.IGNORECASE)).last.click()
    await page.get_by_role("menuitem", name="Rename").click()
    await page.get_by_role("textbox", name="Title").fill("Rolling back, renamed")
    await page.get_by_role("dialog").get_by_role("button", name="Rename").click()

    await expect(page.get_by_role("link", name=re.compile("Rolling back, renamed"))).to_be_visible()


async def test_a_shared_conversation_shows_its_readers_what_they_may_read(
    page: Page, furnished: Furnished, context: BrowserContext
) -> None:
    await open_settled(page, f"/s/{furnished.token}")

    await expect(page.get_by_text(QUESTION).first).to_be_visible()
    await expect(_composer(page)).to_have_count(0)


async def test_a_conversation_that_is_not_ones_own_or_gone_is_not_there(page: Page, watch: Watch) -> None:
    watch.expect("status of 404")
    await page.goto("/c/00000000-0000-4000-8000-00000000dead")

    await expect(page.get_by_text(re.compile("does not exist")).first).to_be_visible()


async def test_the_answer_is_announced_to_those_who_do_not_see_it(page: Page) -> None:
    await open_settled(page, "/")
    await _ask(page, QUESTION)
    await _answered(page)

    assert await page.locator("[aria-live=polite], [role=status], [role=log]").count() > 0


async def test_copying_takes_the_sources_along(page: Page, context: BrowserContext) -> None:
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    await open_settled(page, "/")
    await _ask(page, QUESTION)
    await _answered(page)

    await page.get_by_role("button", name="Copy", exact=True).last.click()
    await (
        page.get_by_role("button", name="Copied")
        .or_(page.get_by_role("menuitem", name=re.compile("sources")))
        .first.wait_for()
    )
    menu = page.get_by_role("menuitem", name=re.compile("sources"))
    if await menu.count():
        await menu.click()
        await page.get_by_role("button", name="Copied").wait_for()
    copied = await page.evaluate("() => navigator.clipboard.readText()")

    assert "RabbitMQ" in copied


async def test_an_answer_goes_on_where_the_connection_dropped(
    page: Page, context: BrowserContext, scripted_model: ScriptedModel
) -> None:
    question = "How long are request logs kept while offline?"
    scripted_model.hold(question)
    await open_settled(page, "/")
    await _ask(page, question)
    await page.wait_for_url("**/c/*")

    await page.reload()
    await settled_while_asking(page)
    scripted_model.release(question)

    await expect(page.get_by_role("button", name="Copy", exact=True).first).to_be_visible()


async def settled_while_asking(page: Page) -> None:
    await page.get_by_role("heading", level=1).first.wait_for(state="attached")
