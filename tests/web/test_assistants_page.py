"""Assistants as people make them in a browser: the form and the YAML in step, two drafts beside each other, nothing lost."""

import re
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Locator, Page, expect
from watching import Watch

NAME = "Deploying, tried"


@pytest_asyncio.fixture(loop_scope="session")
async def new(page: Page) -> AsyncIterator[Page]:
    """The page of a new assistant. What a test makes is taken away."""
    await page.goto("/assistants/new")
    await expect(page.get_by_role("heading", name="New assistant")).to_be_visible()
    yield page
    listed = await (await page.request.get("/v1/assistants")).json()
    for one in listed:
        if one["name"] == NAME:
            match = {"If-Match": f'"{one["version"]}"'}
            await page.request.delete(f"/v1/assistants/{one['id']}", headers=match)


def yaml_of(page: Page) -> Locator:
    return page.get_by_label("The assistant as YAML")


async def test_the_form_and_the_yaml_say_the_same(new: Page) -> None:
    await new.get_by_label("Name", exact=True).fill(NAME)
    await new.get_by_role("button", name=re.compile("^runbooks")).click()
    await expect(yaml_of(new)).to_have_value(
        re.compile(r"name: Deploying, tried\nknowledge:\n  sources: \[runbooks\]\n")
    )

    await yaml_of(new).fill("# ours\nname: Deploying, tried\nknowledge:\n  sources: [mobile]\npurpose: To try.\n")
    await expect(new.get_by_label("Purpose")).to_have_value("To try.")
    await expect(new.get_by_role("button", name=re.compile("^mobile"))).to_have_attribute("aria-pressed", "true")

    await new.get_by_label("Purpose").fill("To release.")
    await expect(yaml_of(new)).to_have_value(re.compile(r"^# ours\n.*\npurpose: To release\.\n$", re.DOTALL))


async def test_what_is_wrong_stands_at_its_line_and_keeps_it_from_being_saved(new: Page) -> None:
    await yaml_of(new).fill("name: Deploying, tried\nknowlege: {}\n")

    problem = new.get_by_role("button", name=re.compile("Line 2"))
    await expect(problem).to_contain_text("Do you mean knowledge?")
    await expect(new.get_by_role("button", name="Create assistant")).to_be_disabled()


async def test_two_drafts_answer_one_question_beside_each_other(new: Page) -> None:
    await yaml_of(new).fill("name: Deploying, tried\nknowledge:\n  sources: [mobile]\n")
    await new.get_by_role("button", name="Keep this draft to compare").click()
    await expect(new.get_by_label("Compare with")).not_to_have_value("")
    await yaml_of(new).fill("name: Deploying, tried\nknowledge:\n  sources: [runbooks, handbook]\n")
    await new.get_by_label("Question to try").fill("How do I roll back a release?")
    await new.get_by_role("button", name="Try", exact=True).click()

    kept, draft = new.get_by_role("region", name=re.compile("^Draft of")), new.get_by_role("region", name="This draft")
    await expect(kept).to_contain_text("2 documents to answer from")
    await expect(draft).to_contain_text(re.compile(r"2\d documents to answer from"))
    assert [one["name"] for one in await (await new.request.get("/v1/assistants")).json()].count(NAME) == 0


async def test_a_ranking_rule_is_made_without_yaml(new: Page) -> None:
    await new.get_by_label("Name", exact=True).fill(NAME)
    await new.get_by_label("Age of documents").select_option("180d")
    await new.get_by_role("button", name="Rank something higher or lower").click()
    await new.get_by_label("Documents of the rule").select_option("kinds:runbook")
    await new.get_by_label("How much higher or lower").select_option("2")

    await expect(yaml_of(new)).to_have_value(
        re.compile(r"half_life: 180d\n  - name: runbook higher\n.*factor: 2\n", re.DOTALL)
    )
    await new.get_by_role("button", name="Remove the rule for runbook").click()
    await expect(yaml_of(new)).not_to_have_value(re.compile("runbook"))


async def test_comments_are_there_when_a_saved_assistant_is_opened_again(new: Page) -> None:
    written = "# Ours.\nname: Deploying, tried # in autumn\npurpose: To try.\n"
    await yaml_of(new).fill(written)
    await new.get_by_role("button", name="Create assistant").click()
    await new.wait_for_url(re.compile(r"assistant="))

    made = next(one for one in await (await new.request.get("/v1/assistants")).json() if one["name"] == NAME)
    await new.goto(f"/assistants/{made['id']}/edit")
    await expect(yaml_of(new)).to_have_value(written)


async def test_a_page_with_unsaved_changes_is_not_left_without_a_word(new: Page) -> None:
    await new.get_by_label("Name", exact=True).fill(NAME)
    await new.get_by_role("navigation").get_by_role("link", name="Sources").click()

    await new.get_by_role("dialog").get_by_role("button", name="Stay").click()
    await expect(new.get_by_label("Name", exact=True)).to_have_value(NAME)
    await new.get_by_role("navigation").get_by_role("link", name="Sources").click()
    await new.get_by_role("button", name="Leave, and lose the changes").click()
    await expect(new).to_have_url(re.compile("/sources$"))


async def test_of_two_who_change_one_the_later_sees_what_the_other_did(new: Page, watch: Watch) -> None:
    watch.expect("status of 409")
    made = await (await new.request.post("/v1/assistants", data={"name": NAME})).json()
    await new.goto(f"/assistants/{made['id']}/edit")
    await new.get_by_label("Purpose").fill("Mine.")
    theirs = {"name": NAME, "purpose": "Theirs."}
    await new.request.put(f"/v1/assistants/{made['id']}", data=theirs, headers={"If-Match": '"1"'})

    await new.get_by_role("button", name="Save", exact=True).click()
    dialog = new.get_by_role("dialog", name="Somebody else changed it meanwhile")
    await expect(dialog).to_contain_text("Theirs.")
    await dialog.get_by_role("button", name="Save mine over theirs").click()

    await expect(new.get_by_text("Everything is saved.")).to_be_visible()
    kept = await (await new.request.get(f"/v1/assistants/{made['id']}")).json()
    assert kept["purpose"] == "Mine."
