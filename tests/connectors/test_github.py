"""The GitHub connector reads an emulated GitHub, at the wire."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from emulated.emulators import Emulator, emulator
from github_company import ORDERS, SEED, Company, at_work, checkpoint, cursor, keys, versions
from github_front import make_discussion, make_reply
from pydantic import ValidationError

from aika.connectors.github.options import GitHubOptions
from aika.connectors.github.rendering import nested
from aika.domain.documents import Kind, Owner
from aika.domain.sources import Found, Removed
from aika.protocols import Connector
from aika.testing.contracts.connector import ConnectorContract


@pytest.fixture(scope="module")
def github() -> Iterator[Emulator]:
    with emulator("github", SEED) as running:
        yield running


@pytest.fixture
def company(github: Emulator, tmp_path: Path) -> Iterator[Company]:
    with at_work(github, tmp_path) as company:
        yield company


class Issues:
    """A place whose documents are issues."""

    def __init__(self, company: Company) -> None:
        self._company = company

    async def add(self, name: str, text: str) -> str:
        return f"{ORDERS}/issues/{self._company.open_issue(name, text)}"

    async def change(self, key: str, text: str) -> None:
        self._company.do("PATCH", f"/repos/{key}", {"body": text})

    async def remove(self, key: str) -> None:
        self._company.front.deleted.add(key)

    async def spoil(self, key: str) -> None:
        self._company.front.blocked.add(key)

    def connect(self) -> AbstractAsyncContextManager[Connector]:
        return self._connected()

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connector]:
        # A deletion is only seen by a whole listing.
        async with self._company.connect(full_every=0) as connector:
            yield connector


class TestGitHub(ConnectorContract):
    @pytest.fixture
    async def place(self, company: Company) -> Issues:
        return Issues(company)


async def test_an_issue_reads_as_it_happened(company: Company) -> None:
    number = company.open_issue("Orders are lost", "They vanish.\n\n# Steps\n\nRestart the queue.", labels=["bug"])
    company.comment(number, "Set `durable: true`.", by="alice")
    company.close(number)

    [raw] = await company.documents()

    today = datetime.now(UTC).date().isoformat()
    assert raw.content.decode() == (
        f"Issue #1 of alice/orders, opened by alice on {today}. It was closed as completed by alice on {today}. "
        "Labels: bug.\n\n"
        "They vanish.\n\n#### Steps\n\nRestart the queue.\n\n"
        f"## alice commented on {today} (closed the issue) {{#issuecomment-1}}\n\nSet `durable: true`.\n"
    )


async def test_an_issue_says_what_it_is_in_its_metadata(company: Company) -> None:
    number = company.open_issue("Orders are lost", "They vanish.", labels=["bug"], assignees=["bob"])

    [raw] = await company.documents()

    assert (raw.title, raw.kind, raw.authors) == ("Orders are lost", Kind.ISSUE, ("alice",))
    assert raw.owner == Owner("bob", found_in="assignee")
    assert str(raw.url).endswith(f"/{ORDERS}/issues/{number}")
    assert raw.readers == {f"github:{ORDERS}"}
    assert raw.attributes == {
        "repository": ORDERS,
        "number": "1",
        "status": "open",
        "labels": ("bug",),
        "assignees": ("bob",),
    }


async def test_a_pull_request_tells_who_approved_and_merged_it(company: Company) -> None:
    company.add_collaborator("bob")
    number = company.open_pull("Keep orders", "Fixes #1", branch="keep")
    company.do("POST", f"/repos/{ORDERS}/pulls/{number}/reviews", {"event": "APPROVE", "body": "Good."}, by="bob")
    company.do("PUT", f"/repos/{ORDERS}/pulls/{number}/merge", {})

    [raw] = await company.documents()

    text = raw.content.decode()
    assert raw.attributes["status"] == "merged"
    assert (raw.attributes["approvers"], raw.attributes["merged_by"]) == (("bob",), "alice")
    assert "It was merged by alice on" in text
    assert "Approved by bob." in text
    assert "## bob approved on" in text


async def test_a_discussion_marks_its_accepted_answer(company: Company) -> None:
    company.do("PATCH", f"/repos/{ORDERS}", {"has_discussions": True})
    reply = make_reply("bob", "Ask the otter team.", answer=True)
    comments = {
        "pageInfo": {"hasNextPage": False, "endCursor": None},
        "nodes": [make_reply("alice", "Hm.", replies=(reply,))],
    }
    company.front.discussions[1] = make_discussion(1, "Who deploys?", "Nobody knows.", comments=comments)

    [raw] = await company.documents()

    assert raw.kind is Kind.CONVERSATION
    assert (raw.attributes["status"], raw.attributes["answered_by"]) == ("answered", "bob")
    assert "(accepted answer)" in raw.content.decode()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("# Steps\n\nRestart.", "#### Steps\n\nRestart."),
        ("```sh\n# a remark\n```", "```sh\n# a remark\n```"),
        ("~~~\n```\n# a remark\n~~~\n# Steps", "~~~\n```\n# a remark\n~~~\n#### Steps"),
        ("```\nnever closed", "```\nnever closed\n```"),
        ("###### Deep", "###### Deep"),
        ("#12 is the cause", "#12 is the cause"),
        ("<!-- Describe\nthe bug -->\nIt is slow.", "It is slow."),
        ("```html\n<!-- kept -->\n```", "```html\n<!-- kept -->\n```"),
        ("Write `<!-- this -->` there.", "Write `<!-- this -->` there."),
    ],
)
def test_what_people_wrote_stands_below_the_threads_headings_and_code_stays(written: str, read: str) -> None:
    assert nested(written) == read


async def test_releases_are_read_and_drafts_are_not(company: Company) -> None:
    company.release("v1.0", "The first one.")
    company.release("v2.0", "Not yet.", draft=True)

    events = await company.events()

    assert keys(events) == {f"{ORDERS}/releases/tag/v1.0"}


async def test_a_second_run_finds_what_changed_and_loads_nothing_else(company: Company) -> None:
    for number in range(5):
        company.open_issue(f"Issue {number}")
    before = await company.events()
    old = versions(before)
    company.comment(3, "I see it too.")

    after = versions(await company.events(cursor(before)))

    assert {key for key in after if after[key] != old[key]} == {f"{ORDERS}/issues/3"}


async def test_an_edited_comment_is_seen_though_its_issue_says_nothing(company: Company) -> None:
    number = company.open_issue("Orders are lost")
    comment = company.comment(number, "Restart it.")
    before = await company.events()
    company.do("PATCH", f"/repos/{ORDERS}/issues/comments/{comment}", {"body": "Do not restart it."})

    async with company.connect() as connector:
        events = [event async for event in connector.read(cursor(before))]
        changed = [
            event for event in events if isinstance(event, Found) and event.version not in versions(before).values()
        ]
        text = (await changed[0].load()).content.decode()

    assert "Do not restart it." in text


async def test_a_release_that_is_gone_is_told_by_the_next_run(company: Company) -> None:
    release = company.release("v1.0", "The first one.")
    before = await company.events()
    company.do("DELETE", f"/repos/{ORDERS}/releases/{release}")

    after = await company.events(cursor(before))

    assert Removed(f"{ORDERS}/releases/tag/v1.0") in after


async def test_everything_is_listed_again_after_some_hours(company: Company) -> None:
    company.open_issue("Orders are lost")
    before = await company.events()
    later = datetime.now(UTC) + timedelta(hours=13)

    after = await company.events(cursor(before), now=lambda: later)

    assert checkpoint(after).complete
    assert not checkpoint(await company.events(cursor(before))).complete


async def test_long_listings_are_read_page_by_page(company: Company) -> None:
    company.front.page_size = 2
    expected = {f"{ORDERS}/issues/{company.open_issue(f'Issue {number}')}" for number in range(5)}

    events = await company.events()

    assert keys(events) == expected


async def test_bots_are_left_out(company: Company) -> None:
    company.open_issue("Bump left-pad")

    events = await company.events(exclude_authors=["alice"])

    assert keys(events) == set()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, "nothing is read"),
        ({"repositories": ["orders"]}, "is not OWNER/NAME"),
        ({"organizations": ["acme"], "app": {"app_id": 1, "installation_id": 2}}, "private_key or private_key_file"),
        (
            {"organizations": ["acme"], "token": "t", "app": {"app_id": 1, "installation_id": 2, "private_key": "k"}},
            "not both",
        ),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        GitHubOptions.model_validate(options)
