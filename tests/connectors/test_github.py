"""The GitHub connector reads an emulated GitHub, at the wire."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from emulated.emulators import Emulator, emulator
from github_company import ORDERS, SEED, Company
from github_front import GitHubFront, make_discussion, make_reply, too_fast, used_up
from pydantic import ValidationError
from wire import Told, served

from aika.connectors.github.options import GitHubOptions
from aika.connectors.github.rendering import nested
from aika.domain.access import EVERYONE
from aika.domain.documents import Kind, Owner
from aika.domain.errors import ConfigurationError, TransientError
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Found, Members, Removed
from aika.protocols import Connector
from aika.testing.contracts.connector import ConnectorContract


@pytest.fixture(scope="module")
def github() -> Iterator[Emulator]:
    with emulator("github", SEED) as running:
        yield running


@pytest.fixture
def company(github: Emulator, tmp_path: Path) -> Iterator[Company]:
    github.reset()
    with httpx.Client(base_url=github.url) as upstream, served(front := GitHubFront(upstream)) as url:
        yield Company(front, url, tmp_path)


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
    ],
)
def test_headings_of_people_stand_below_those_of_the_thread_and_code_stays(written: str, read: str) -> None:
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


async def test_asking_again_counts_against_no_limit(company: Company) -> None:
    company.open_issue("Orders are lost")
    first = await company.events()
    second = await company.events(cursor(first))
    third = await company.events(cursor(second))
    company.front.unchanged = 0

    fourth = await company.events(cursor(third))

    assert keys(fourth) == set()
    assert company.front.unchanged == 6


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


async def test_a_listing_that_goes_on_elsewhere_gets_no_credentials(company: Company) -> None:
    company.front.refusals = [
        Told.json({"full_name": ORDERS, "private": False, "owner": {"login": "alice"}}),
        Told.json([], Link='<http://elsewhere.example/issues?page=2>; rel="next"'),
    ]

    with pytest.raises(Exception, match="goes on at another server"):
        await company.events()


async def test_a_private_repository_is_read_by_its_collaborators(company: Company) -> None:
    company.add_collaborator("bob")
    company.add_collaborator("carol")

    events = await company.events()

    assert {event.group: event.members for event in events if isinstance(event, Members)} == {
        f"github:{ORDERS}": {"github:alice", "github:bob", "github:carol"},
        "github:alice": {"user:alice@example.org"},
        "github:bob": {"user:bob@example.org"},
    }


async def test_single_sign_on_tells_whose_account_is_whose(company: Company) -> None:
    company.do("POST", "/orgs/acme/repos", {"name": "api", "private": True})
    for login in ("bob", "carol"):
        company.do("PUT", f"/repos/acme/api/collaborators/{login}", {"permission": "push"})
    company.front.identities = [("carol", "Carol@example.org"), (None, "dave@example.org"), ("bob", "employee-17")]
    company.front.page_size = 2

    events = await company.events(repositories=["acme/api"], single_sign_on=True)

    accounts = {event.group: event.members for event in events if isinstance(event, Members)}
    assert accounts["github:carol"] == {"user:carol@example.org"}
    # What is no address tells nothing, so the profile decides.
    assert accounts["github:bob"] == {"user:bob@example.org"}


async def test_single_sign_on_that_cannot_be_read_is_a_failure_and_the_profiles_decide(company: Company) -> None:
    company.do("POST", "/orgs/acme/repos", {"name": "api", "private": True})
    company.do("PUT", "/repos/acme/api/collaborators/bob", {"permission": "push"})

    events = await company.events(repositories=["acme/api"], single_sign_on=True)

    assert [event.key for event in events if isinstance(event, Failed)] == ["acme/single sign-on"]
    assert Members("github:bob", frozenset({"user:bob@example.org"})) in events


async def test_readers_that_cannot_be_told_are_a_failure_and_not_everyone(company: Company) -> None:
    company.open_issue("Orders are lost")
    repository = company.do("GET", f"/repos/{ORDERS}")
    company.front.refusals = [
        Told.json(repository),
        Told.json({"message": "Must have push access to view repository collaborators."}, 403),
    ]

    events = await company.events()

    failed = [event for event in events if isinstance(event, Failed)]
    assert [event.key for event in failed] == [f"github:{ORDERS}"]
    assert "push access" in failed[0].reason
    assert [event for event in events if isinstance(event, Members)] == []


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [("public", {"group:all-staff"}), ("internal", {EVERYONE}), ("private", {f"github:{ORDERS}"})],
)
async def test_readers_follow_the_visibility(company: Company, visibility: str, readers: set[str]) -> None:
    company.open_issue("Orders are lost")
    company.do("PATCH", f"/repos/{ORDERS}", {"visibility": visibility})

    [raw] = await company.documents(public_readers=["group:all-staff"])

    assert raw.readers == readers


async def test_another_visibility_gives_every_document_another_version(company: Company) -> None:
    company.open_issue("Orders are lost")
    before = await company.events()
    company.do("PATCH", f"/repos/{ORDERS}", {"visibility": "public"})

    after = await company.events(cursor(before))

    assert keys(after) == keys(before)
    assert set(versions(after).values()).isdisjoint(versions(before).values())


async def test_an_organizations_repositories_are_found_by_name_and_topic(company: Company) -> None:
    for name in ("api-orders", "api-stock", "website"):
        company.do("POST", "/user/repos", {"name": name})
    company.do("PUT", "/repos/alice/api-stock/topics", {"names": ["backend"]})

    by_name = await read_repositories(company, repositories=["alice/api-*"])
    by_topic = await read_repositories(company, repositories=["alice/*"], topics=["backend"])
    excluded = await read_repositories(company, repositories=["alice/*"], exclude=["alice/api-*", "alice/orders"])

    assert by_name == {"alice/api-orders", "alice/api-stock"}
    assert by_topic == {"alice/api-stock"}
    assert excluded == {"alice/website"}


async def test_a_repository_that_vanished_is_read_by_nobody(company: Company) -> None:
    company.open_issue("Orders are lost")
    before = await company.events()
    company.do("DELETE", f"/repos/{ORDERS}")

    after = await company.events(cursor(before))

    assert Members(f"github:{ORDERS}", frozenset()) in after
    assert [event.key for event in after if isinstance(event, Failed)] == [ORDERS]
    assert checkpoint(after).complete


async def test_a_used_up_limit_is_waited_for(company: Company) -> None:
    company.open_issue("Orders are lost")
    waited: list[float] = []
    now = datetime.now(UTC)
    company.front.refusals = [used_up(resets_at=now.timestamp() + 1200)]

    events = await company.events(sleep=recorder(waited), now=lambda: now)

    assert keys(events) == {f"{ORDERS}/issues/1"}
    assert waited == [pytest.approx(1201, abs=2)]


async def test_a_burst_is_answered_by_waiting_as_long_as_asked(company: Company) -> None:
    company.open_issue("Orders are lost")
    waited: list[float] = []
    company.front.refusals = [too_fast(45)]

    events = await company.events(sleep=recorder(waited))

    assert keys(events) == {f"{ORDERS}/issues/1"}
    assert waited == [46]


async def test_a_limit_that_lasts_too_long_ends_the_run_and_says_when_to_come_back(company: Company) -> None:
    now = datetime.now(UTC)
    company.front.refusals = [used_up(resets_at=now.timestamp() + 3000)]

    with pytest.raises(TransientError, match="rate limit is used up") as failure:
        await company.events(longest_wait=600, now=lambda: now)

    assert failure.value.retry_after == pytest.approx(3000, abs=2)


async def test_no_minute_has_more_requests_than_github_likes(company: Company) -> None:
    company.front.page_size = 1
    for number in range(4):
        company.open_issue(f"Issue {number}")
    waited: list[float] = []
    now = datetime.now(UTC)

    async with company.connect(
        sleep=recorder(waited), now=lambda: now, content=["issues"], requests_a_minute=3
    ) as connector:
        events = [event async for event in connector.read(None)]

    # The repository, its collaborators, an account and four pages of issues: three are asked for at once.
    assert len(keys(events)) == 4
    assert waited == [60.0, 60.0, 60.0, 120.0]


async def test_a_document_does_not_wait_long_for_a_limit_and_is_read_by_the_next_run(company: Company) -> None:
    number = company.open_issue("Orders are lost")
    events: list[Event] = []
    async with company.connect() as connector:
        async for event in connector.read(None):
            events.append(event)
            if isinstance(event, Checkpoint) and len(events) == 3 + 1:
                company.front.refusals = [too_fast(600)]
                found = next(one for one in events if isinstance(one, Found))
                with pytest.raises(TransientError):
                    await found.load()

    after = await company.events(cursor(events))

    again = [event.version for event in after if isinstance(event, Found) and event.key == f"{ORDERS}/issues/{number}"]
    assert len(set(again) - set(versions(events).values())) == 1


async def test_an_expired_token_is_named_with_what_to_do(company: Company) -> None:
    company.front.expired.add("alice-token")

    with pytest.raises(ConfigurationError, match=r"expired.*make a new one") as failure:
        await company.events()

    assert "alice-token" not in str(failure.value)


async def test_what_may_not_be_read_is_a_failure_of_its_own(company: Company) -> None:
    company.open_issue("Orders are lost")
    refused = Told.json(
        {"message": "Resource not accessible"}, 403, **{"X-Accepted-GitHub-Permissions": "contents=read"}
    )

    async with company.connect(content=["issues", "releases"]) as connector:
        events = []
        async for event in connector.read(None):
            events.append(event)
            if isinstance(event, Found):
                company.front.refusals = [refused]

    failed = [event for event in events if isinstance(event, Failed)]
    assert [event.key for event in failed] == [f"{ORDERS}/releases"]
    assert "contents=read" in failed[0].reason
    assert not checkpoint(events).complete


async def test_an_organizations_repositories_are_read(company: Company) -> None:
    company.do("POST", "/orgs/acme/repos", {"name": "api", "private": True})
    company.do("POST", "/orgs/acme/repos", {"name": "old", "private": True})
    company.do("PATCH", "/repos/acme/old", {"archived": True})
    company.do("POST", "/repos/acme/api/issues", {"title": "Orders are lost"})

    events = await company.events(repositories=[], organizations=["acme"])

    assert keys(events) == {"acme/api/issues/1"}


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


def recorder(waited: list[float]) -> Callable[[float], Awaitable[None]]:
    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    return sleep


async def read_repositories(company: Company, **options: object) -> set[str]:
    """Return the repositories that a run asks for issues."""
    company.front.asked.clear()
    await company.events(**options)
    issues = [path for path in company.front.paths if path.endswith("/issues")]
    return {path.removeprefix("/repos/").removesuffix("/issues") for path in issues}


def keys(events: list[Event]) -> set[str]:
    return {event.key for event in events if isinstance(event, Found)}


def versions(events: list[Event]) -> dict[str, str]:
    return {event.key: event.version for event in events if isinstance(event, Found)}


def checkpoint(events: list[Event]) -> Checkpoint:
    assert isinstance(events[-1], Checkpoint)
    return events[-1]


def cursor(events: list[Event]) -> Cursor:
    return checkpoint(events).cursor
