"""GitHub, emulated, synced by the real syncer into a real catalogue and index: a change, a deletion, other readers, webhooks.

Where the emulator deviates from GitHub: it ignores conditional requests, never counts a limit down, never expires a token, cannot
delete issues or list a repository's comments, and has no GraphQL. A front before it does these as GitHub does.
"""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from urllib.parse import urlencode

import pytest
from emulated.emulators import Emulator, emulator
from github_company import ORDERS, SEED, Company, at_work
from github_front import make_discussion, too_fast
from synced_source import SyncedSource, synced_source
from wire import Asked, Told, served

from aika.domain.errors import AuthenticationError, ConfigurationError, InvalidRequestError
from aika.domain.sources import SyncPhase, SyncReport

ISSUE = f"{ORDERS}/issues/1"
ALICE, BOB, CAROL = "user:alice@example.org", "user:bob@example.org", "user:carol@example.org"
APP = {
    "app_id": 12345,
    "slug": "aika",
    "name": "aika",
    "permissions": {"issues": "read", "pull_requests": "read", "contents": "read", "metadata": "read"},
    "installations": [{"installation_id": 100, "account": "alice"}],
}


@pytest.fixture(scope="module")
def github() -> Iterator[Emulator]:
    with emulator("github", {**SEED, "github": {**SEED["github"], "apps": [APP]}}) as running:  # type: ignore[dict-item]
        yield running


@pytest.fixture
def company(github: Emulator, tmp_path: Path) -> Iterator[Company]:
    with at_work(github, tmp_path) as company:
        yield company


@pytest.fixture
async def knowledge(company: Company, tmp_path: Path) -> AsyncIterator[SyncedSource]:
    async with synced_source(tmp_path, "github", company.options()) as source:
        yield source


@dataclass(slots=True)
class Hook:
    """Where GitHub sends its webhooks."""

    deliveries: "Queue[Asked]" = field(default_factory=Queue)

    def __call__(self, asked: Asked) -> Told:
        self.deliveries.put(asked)
        return Told(200)

    async def deliver(self, knowledge: SyncedSource, event: str) -> SyncReport:
        """Hand the next delivery of an event to the source."""
        while True:
            delivery = self.deliveries.get(timeout=30)
            if delivery.headers["x-github-event"] == event:
                return await knowledge.apply(delivery.headers, delivery.body)


@pytest.fixture
def hook(company: Company) -> Iterator[Hook]:
    hook = Hook()
    with served(hook) as url:
        config = {"url": url, "secret": "hook", "content_type": "json"}
        company.do("POST", f"/repos/{ORDERS}/hooks", {"config": config, "events": ["*"]})
        yield hook


async def test_from_the_first_sync_to_a_deletion(company: Company, knowledge: SyncedSource) -> None:
    number = company.open_issue("Orders are lost", "The marmalade queue drops them.")
    release = company.release("v1.0", "Adds porridge.")
    first = await knowledge.sync()
    second = await knowledge.sync()
    company.do("PATCH", f"/repos/{ORDERS}/issues/{number}", {"body": "The otter queue drops them."})
    edited = await knowledge.sync()
    company.do("DELETE", f"/repos/{ORDERS}/releases/{release}")
    emptied = await knowledge.sync()

    assert (first.added, second.changed, edited.changed, emptied.removed) == (2, 0, 1, 1)
    assert await knowledge.find("otter") == [ISSUE]
    assert await knowledge.find("marmalade") == []
    assert await knowledge.find("porridge") == []


async def test_an_issue_that_was_deleted_is_gone_after_the_next_whole_listing(
    company: Company, knowledge: SyncedSource
) -> None:
    company.open_issue("Orders are lost", "marmalade")
    company.open_issue("Stock is wrong", "porridge")
    await knowledge.sync()
    company.front.deleted.add(ISSUE)

    knowledge.configure(full_every=0)
    report = await knowledge.sync()

    assert report.removed == 1
    assert await knowledge.find("marmalade") == []


async def test_what_is_gone_is_seen_also_while_another_part_is_refused(
    company: Company, knowledge: SyncedSource
) -> None:
    company.do("PATCH", f"/repos/{ORDERS}", {"has_discussions": True})
    company.front.discussions[7] = make_discussion(7, "Who deploys?", "porridge")
    company.open_issue("Orders are lost", "marmalade")
    await knowledge.sync()
    company.front.deleted.add(ISSUE)
    company.front.refuses_queries = True

    knowledge.configure(full_every=0)
    report = await knowledge.sync()

    assert (report.removed, report.failed) == (1, 1)
    assert (await knowledge.find("marmalade"), await knowledge.find("porridge")) == ([], [f"{ORDERS}/discussions/7"])


async def test_a_change_of_members_needs_no_document_to_be_read_again(
    company: Company, knowledge: SyncedSource
) -> None:
    company.open_issue("Orders are lost", "marmalade")
    await knowledge.sync()
    before = [await knowledge.find("marmalade", by=BOB)]

    company.add_collaborator("bob")
    granted = await knowledge.sync()
    with_access = await knowledge.find("marmalade", by=BOB)
    company.do("DELETE", f"/repos/{ORDERS}/collaborators/bob")
    revoked = await knowledge.sync()

    assert (before, with_access, await knowledge.find("marmalade", by=BOB)) == ([[]], [ISSUE], [])
    assert (granted.changed, revoked.changed) == (0, 0)
    assert await knowledge.find("marmalade", by=ALICE) == [ISSUE]


async def test_an_account_without_a_public_address_reads_nothing(company: Company, knowledge: SyncedSource) -> None:
    company.open_issue("Orders are lost", "marmalade")
    company.add_collaborator("carol")

    await knowledge.sync()

    assert await knowledge.find("marmalade", by=CAROL) == []


async def test_a_rate_limit_in_the_middle_loses_nothing(company: Company, knowledge: SyncedSource) -> None:
    company.open_issue("Orders are lost", "marmalade")
    await knowledge.sync()
    company.open_issue("Stock is wrong", "porridge")
    company.front.refusals = [too_fast(0)]

    report = await knowledge.sync()

    assert report.phase is SyncPhase.SUCCEEDED
    assert await knowledge.find("porridge") == [f"{ORDERS}/issues/2"]


async def test_an_expired_token_keeps_the_last_good_state_and_says_what_to_do(
    company: Company, knowledge: SyncedSource
) -> None:
    company.open_issue("Orders are lost", "marmalade")
    await knowledge.sync()
    company.front.expired.add("alice-token")

    report = await knowledge.sync()

    assert report.phase is SyncPhase.FAILED
    assert "make a new one" in report.message
    assert await knowledge.find("marmalade", by=ALICE) == [ISSUE]


async def test_a_webhook_makes_a_change_findable_at_once(company: Company, knowledge: SyncedSource, hook: Hook) -> None:
    await knowledge.sync()
    begun = time.monotonic()

    company.open_issue("Orders are lost", "marmalade")
    report = await hook.deliver(knowledge, "issues")

    assert report.added == 1
    assert await knowledge.find("marmalade", by=ALICE) == [ISSUE]
    assert time.monotonic() - begun < 60


async def test_a_comment_and_its_deletion_arrive_by_webhook(
    company: Company, knowledge: SyncedSource, hook: Hook
) -> None:
    number = company.open_issue("Orders are lost")
    await knowledge.sync()

    comment = company.comment(number, "Ask the otter team.")
    await hook.deliver(knowledge, "issue_comment")
    commented = await knowledge.find("otter")
    company.do("DELETE", f"/repos/{ORDERS}/issues/comments/{comment}")
    await hook.deliver(knowledge, "issue_comment")

    assert (commented, await knowledge.find("otter")) == ([ISSUE], [])


async def test_a_release_is_published_and_deleted_by_webhook(
    company: Company, knowledge: SyncedSource, hook: Hook
) -> None:
    await knowledge.sync()

    company.release("v1.0", "marmalade")
    await hook.deliver(knowledge, "release")
    published = await knowledge.find("marmalade")
    await knowledge.apply(*signed("release", message(company, "deleted", release={"tag_name": "v1.0"})))

    assert (published, await knowledge.find("marmalade")) == ([f"{ORDERS}/releases/tag/v1.0"], [])


async def test_a_deleted_repository_is_gone_by_webhook(company: Company, knowledge: SyncedSource, hook: Hook) -> None:
    company.open_issue("Orders are lost", "marmalade")
    await knowledge.sync()

    company.do("DELETE", f"/repos/{ORDERS}")
    report = await hook.deliver(knowledge, "repository")

    assert report.removed == 1
    assert await knowledge.find("marmalade") == []


@pytest.mark.parametrize(("was", "becomes"), [("private", "public"), ("public", "private")])
async def test_another_visibility_arrives_by_webhook(
    company: Company, knowledge: SyncedSource, hook: Hook, was: str, becomes: str
) -> None:
    company.open_issue("Orders are lost", "marmalade")
    company.do("PATCH", f"/repos/{ORDERS}", {"visibility": was})
    await knowledge.sync()
    before = bool(await knowledge.find("marmalade", by=CAROL))

    company.do("PATCH", f"/repos/{ORDERS}", {"visibility": becomes})
    await hook.deliver(knowledge, "repository")
    while bool(await knowledge.find("marmalade", by=CAROL)) == before:
        await hook.deliver(knowledge, "repository")

    assert before == (was == "public")


async def test_an_issue_that_was_transferred_is_gone_by_webhook(company: Company, knowledge: SyncedSource) -> None:
    company.open_issue("Orders are lost", "marmalade")
    await knowledge.sync()

    report = await knowledge.apply(*signed("issues", message(company, "transferred", issue={"number": 1})))

    assert report.removed == 1
    assert await knowledge.find("marmalade") == []


async def test_new_members_arrive_by_webhook(company: Company, knowledge: SyncedSource) -> None:
    company.open_issue("Orders are lost", "marmalade")
    await knowledge.sync()
    company.add_collaborator("bob")

    await knowledge.apply(*signed("member", message(company, "added", member={"login": "bob"})))

    assert await knowledge.find("marmalade", by=BOB) == [ISSUE]


async def test_a_renamed_repository_takes_its_documents_along(company: Company, knowledge: SyncedSource) -> None:
    knowledge.configure(repositories=["alice/*"])
    company.open_issue("Orders are lost", "marmalade")
    await knowledge.sync()
    company.do("PATCH", f"/repos/{ORDERS}", {"name": "purchases"})

    renamed = {"repository": {"name": {"from": "orders"}}}
    body = message(company, "renamed", repository="alice/purchases", changes=renamed)
    await knowledge.apply(*signed("repository", body))

    assert await knowledge.find("marmalade", by=ALICE) == ["alice/purchases/issues/1"]


async def test_what_concerns_another_repository_changes_nothing(company: Company, knowledge: SyncedSource) -> None:
    company.do("POST", "/user/repos", {"name": "secret", "private": True})
    company.do("POST", "/repos/alice/secret/issues", {"title": "Unasked", "body": "marmalade"})
    await knowledge.sync()

    body = message(company, "opened", repository="alice/secret", issue={"number": 1})
    report = await knowledge.apply(*signed("issues", body))

    assert (report.added, await knowledge.find("marmalade")) == (0, [])


async def test_a_webhook_may_come_as_a_form(company: Company, knowledge: SyncedSource) -> None:
    company.open_issue("Orders are lost", "marmalade")
    form = urlencode({"payload": message(company, "opened", issue={"number": 1})}).encode()
    headers, body = signed("issues", form)

    await knowledge.apply({**headers, "content-type": "application/x-www-form-urlencoded"}, body)

    assert await knowledge.find("marmalade") == [ISSUE]


async def test_a_change_of_an_organizations_members_asks_for_all_groups_again(
    company: Company, knowledge: SyncedSource
) -> None:
    company.open_issue("Orders are lost", "marmalade")
    await knowledge.sync()
    company.add_collaborator("bob")

    await knowledge.apply(*signed("membership", b'{"action": "added"}'))

    assert await knowledge.find("marmalade", by=BOB) == [ISSUE]


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64])
async def test_a_webhook_without_the_right_signature_is_refused_before_anything_else(
    company: Company, knowledge: SyncedSource, signature: str
) -> None:
    company.front.asked.clear()

    with pytest.raises(AuthenticationError):
        await knowledge.apply({"x-github-event": "issues", "x-hub-signature-256": signature}, b"{}")

    assert company.front.asked == []


async def test_a_webhook_that_makes_no_sense_is_refused(knowledge: SyncedSource) -> None:
    with pytest.raises(InvalidRequestError):
        await knowledge.apply(*signed("issues", b"not json"))


async def test_an_app_signs_in_and_reads_its_installation(company: Company, github: Emulator, tmp_path: Path) -> None:
    company.open_issue("Orders are lost", "marmalade")
    (tmp_path / "app.pem").write_text(github.secrets["github.app_private_key:12345"])
    app = {"app_id": 12345, "installation_id": 100, "private_key_file": "app.pem"}

    async with synced_source(tmp_path, "github", {**company.options(), "token": None, "app": app}) as source:
        report = await source.sync()

        assert (report.phase, report.added) == (SyncPhase.SUCCEEDED, 1)
        assert await source.find("marmalade") == [ISSUE]


async def test_an_app_whose_key_is_wrong_says_so(company: Company) -> None:
    app = {"app_id": 12345, "installation_id": 100, "private_key": "no key at all"}

    with pytest.raises(ConfigurationError, match="private key cannot be used"):
        await company.events(token=None, app=app)


async def test_an_app_that_is_not_installed_says_so(company: Company, github: Emulator) -> None:
    app = {"app_id": 12345, "installation_id": 7, "private_key": github.secrets["github.app_private_key:12345"]}

    with pytest.raises(ConfigurationError, match="installation_id"):
        await company.events(token=None, app=app)


def message(company: Company, action: str, *, repository: str = ORDERS, **more: object) -> bytes:
    """A webhook's message of a kind that the emulator does not send."""
    return json.dumps({"action": action, "repository": company.do("GET", f"/repos/{repository}"), **more}).encode()


def signed(event: str, body: bytes) -> tuple[dict[str, str], bytes]:
    signature = hmac.new(b"hook", body, hashlib.sha256).hexdigest()
    return {"x-github-event": event, "x-hub-signature-256": f"sha256={signature}"}, body
