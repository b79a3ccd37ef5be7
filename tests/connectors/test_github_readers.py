"""Which repositories the GitHub connector reads, and who may read what comes from them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from emulated.emulators import Emulator, emulator
from github_company import ORDERS, SEED, Company, at_work, checkpoint, cursor, keys, versions
from wire import Told

from aika.domain.access import EVERYONE
from aika.domain.sources import Failed, Members


@pytest.fixture(scope="module")
def github() -> Iterator[Emulator]:
    with emulator("github", SEED) as running:
        yield running


@pytest.fixture
def company(github: Emulator, tmp_path: Path) -> Iterator[Company]:
    with at_work(github, tmp_path) as company:
        yield company


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


async def test_an_organizations_repositories_are_read(company: Company) -> None:
    company.do("POST", "/orgs/acme/repos", {"name": "api", "private": True})
    company.do("POST", "/orgs/acme/repos", {"name": "old", "private": True})
    company.do("PATCH", "/repos/acme/old", {"archived": True})
    company.do("POST", "/repos/acme/api/issues", {"title": "Orders are lost"})

    events = await company.events(repositories=[], organizations=["acme"])

    assert keys(events) == {"acme/api/issues/1"}


async def read_repositories(company: Company, **options: object) -> set[str]:
    """Return the repositories that a run asks for issues."""
    company.front.asked.clear()
    await company.events(**options)
    issues = [path for path in company.front.paths if path.endswith("/issues")]
    return {path.removeprefix("/repos/").removesuffix("/issues") for path in issues}
