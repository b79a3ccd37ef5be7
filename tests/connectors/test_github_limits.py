"""What the GitHub connector does when GitHub refuses: limits, expired tokens, missing permissions."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from emulated.emulators import Emulator, emulator
from github_company import ORDERS, SEED, Company, at_work, checkpoint, cursor, keys, versions
from github_front import too_fast, used_up
from wire import Told

from aika.domain.errors import ConfigurationError, PermanentError, TransientError
from aika.domain.sources import Checkpoint, Event, Failed, Found


@pytest.fixture(scope="module")
def github() -> Iterator[Emulator]:
    with emulator("github", SEED) as running:
        yield running


@pytest.fixture
def company(github: Emulator, tmp_path: Path) -> Iterator[Company]:
    with at_work(github, tmp_path) as company:
        yield company


async def test_asking_again_counts_against_no_limit(company: Company) -> None:
    company.open_issue("Orders are lost")
    first = await company.events()
    second = await company.events(cursor(first))
    third = await company.events(cursor(second))
    company.front.unchanged = 0

    fourth = await company.events(cursor(third))

    assert keys(fourth) == set()
    assert company.front.unchanged == 6


async def test_a_listing_that_goes_on_elsewhere_gets_no_credentials(company: Company) -> None:
    company.front.refusals = [
        Told.json({"full_name": ORDERS, "private": False, "owner": {"login": "alice"}}),
        Told.json([], Link='<http://elsewhere.example/issues?page=2>; rel="next"'),
    ]

    with pytest.raises(PermanentError, match="goes on at another server"):
        await company.events()


@pytest.mark.parametrize("name", ["alice/../../etc", "../orders", "alice/..", "alice", "alice/orders/more", ""])
async def test_a_repository_whose_name_leads_elsewhere_is_not_read(company: Company, name: str) -> None:
    company.front.refusals = [Told.json({"full_name": name, "private": False, "owner": {"login": "alice"}})]

    with pytest.raises(PermanentError, match="malformed full_name"):
        await company.events()


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


def recorder(waited: list[float]) -> Callable[[float], Awaitable[None]]:
    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    return sleep
