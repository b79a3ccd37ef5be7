"""The journeys of teams and operators: a source and an assistant are made, looked after, and asked; settings are chosen."""

import re

from deployment import Deployment
from hostile_payloads import filled
from looking import open_settled, serious_violations
from playwright.async_api import Page, expect
from watching import CANARY

HOSTILE = "<img src=x onerror={ran}>"


async def test_a_folder_becomes_a_source_and_answers_come_from_it(page: Page, deployment: Deployment) -> None:
    folder = deployment.folder / "notes"
    folder.mkdir()
    (folder / "kennel.md").write_text(
        "# The kennel\n\nThe office parrot at the Rotterdam kennel is called Archibald.\n"
    )
    await open_settled(page, "/sources/new?connector=filesystem")
    await page.get_by_role("textbox", name="Name", exact=True).fill("notes")
    await page.get_by_role("textbox", name=re.compile("^(Path|The folder|Folder)", re.IGNORECASE)).first.fill(
        str(folder)
    )
    await page.get_by_role("radio", name=re.compile("^Everyone in the company")).check()
    await page.get_by_role("button", name="Check", exact=True).click()
    await page.get_by_text(re.compile("Connected")).wait_for()
    violations = await serious_violations(page)

    await page.get_by_role("button", name="Save and sync").click()
    await page.wait_for_url("**/sources/notes")
    await page.get_by_text("all can be found").wait_for()
    await page.goto("/?q=What+is+the+office+parrot+at+the+Rotterdam+kennel+called%3F")

    await expect(page.locator("main .aika-prose").get_by_text("Archibald").first).to_be_visible()
    assert violations == []


async def test_an_assistant_is_made_by_a_name_found_and_asked(page: Page) -> None:
    await open_settled(page, "/assistants/new")
    await page.get_by_role("textbox", name="Name", exact=True).fill("Release desk")
    await page.get_by_role("button", name="Create assistant").click()
    await page.get_by_text("Release desk was created.", exact=True).wait_for()

    await open_settled(page, "/assistants")

    await expect(page.get_by_text("Release desk").first).to_be_visible()
    assert await serious_violations(page) == []


async def test_what_is_written_as_yaml_is_text_and_changes_no_object_of_the_page(page: Page) -> None:
    await open_settled(page, "/assistants/new")
    editor = page.get_by_role("textbox", name="The assistant as YAML")
    polluting = f"__proto__:\n  {CANARY}: 1\nconstructor:\n  prototype:\n    {CANARY}: 1\n"
    async with page.expect_response("**/v1/assistants/check"):
        await editor.fill(f"name: {filled(HOSTILE, 'name', 'http://127.0.0.1:9')}\n{polluting}")

    assert await page.evaluate(f"() => ({{}}).{CANARY} ?? globalThis.{CANARY}") is None


async def test_a_theme_is_chosen_and_kept(page: Page) -> None:
    await open_settled(page, "/settings")
    await page.get_by_role("radio", name="Dark").or_(page.get_by_text("Dark", exact=True)).first.click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    await page.reload()

    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_the_palette_leads_anywhere_by_keyboard(page: Page) -> None:
    await open_settled(page, "/")
    await page.keyboard.press("Control+k")
    await page.get_by_role("dialog").wait_for()

    await page.keyboard.type("sources")
    await page.keyboard.press("Enter")

    await page.wait_for_url("**/sources")


async def test_a_phones_menu_opens_closes_and_leads_on(page: Page) -> None:
    await page.set_viewport_size({"width": 360, "height": 740})
    await open_settled(page, "/")
    await page.get_by_role("button", name="Menu").click()
    navigation = page.get_by_role("navigation", name="Main")
    await navigation.get_by_role("link", name="Sources").click()

    await page.wait_for_url("**/sources")
    await expect(navigation).not_to_be_visible()


async def test_a_hostile_document_is_text_on_every_page_that_shows_it(page: Page, deployment: Deployment) -> None:
    title = filled(HOSTILE, "title", "http://127.0.0.1:9")
    folder = deployment.folder / "hostile"
    folder.mkdir()
    (folder / "pager.md").write_text(f"# {title}\n\n{title} The pager of the harbor team rings on {title} Thursdays.\n")
    declared = f"connector: filesystem\nreaders: [everyone]\npurpose: '{title}'\nowner: '{title}'\n"
    (deployment.folder / "sources" / "hostile.yaml").write_text(f"{declared}options: {{path: hostile}}\n")
    await open_settled(page, "/sources")
    await page.get_by_role("link", name="hostile").first.wait_for()
    own = {"Origin": deployment.url}
    await page.request.post("/v1/sources/hostile/sync", data={}, headers=own)

    for path in ("/sources", "/sources/hostile", "/?q=When+does+the+pager+of+the+harbor+team+ring%3F"):
        await open_settled(page, path)
        assert await page.evaluate(f"() => globalThis.{CANARY}") is None
    assert await page.locator("img[src=x]").count() == 0
