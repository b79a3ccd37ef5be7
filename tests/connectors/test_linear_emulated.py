"""An emulated Linear synced by the real syncer into a real catalogue and index.

Where the emulator deviates from Linear: no filter by ``updatedAt`` (so that every run lists everything), no members of teams,
no documents and initiatives, no change of a team, deletion for good at once, any token is good, and no quotas. The connector
asks the schema what there is, as it does of the real one. Issues and a project of its own come with every seed. The gate
before it makes a team private and refuses.
"""

import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from emulated.emulators import StartEmulator
from strict_linear import refusal
from synced_source import SyncedSource, synced_source
from wire import Asked, Gate, Told, served

from aika.domain.sources import SyncPhase

KEY = "lin_test_admin"
SEED = {
    "linear": {
        "organization": {"name": "Acme", "url_key": "acme"},
        "users": [{"email": "ada@example.org", "name": "Ada", "admin": True}],
        "teams": [
            {"key": "PAY", "name": "Payments", "states": [{"name": "Todo", "type": "unstarted"}]},
        ],
        "issues": [
            {"team": "PAY", "title": "Checkout", "description": "Deploy with marmalade.", "state": "Todo"},
            {"team": "PAY", "title": "On call", "description": "Ask the otter team.", "state": "Todo"},
        ],
        "tokens": [{"token": KEY, "user": "ada@example.org", "scopes": ["read", "write", "admin"]}],
    }
}


@dataclass(slots=True)
class Workspace:
    """What people do in the emulated Linear."""

    gate: Gate
    private: bool = False

    def ask(self, query: str, **variables: object) -> dict[str, dict[str, object]]:
        url, headers = f"{self.gate.upstream}/graphql", {"Authorization": KEY}
        told = httpx.post(url, json={"query": query, "variables": variables}, headers=headers).json()
        assert "errors" not in told, told
        data: dict[str, dict[str, object]] = told["data"]
        return data

    def id_of(self, identifier: str) -> str:
        return str(self.ask("query ($id: String!) { issue(id: $id) { id } }", id=identifier)["issue"]["id"])

    def edit(self, identifier: str, **fields: object) -> None:
        mutation = (
            "mutation ($id: String, $input: IssueUpdateInput!) { issueUpdate(id: $id, input: $input) { success } }"
        )
        self.ask(mutation, id=identifier, input=fields)

    def comment(self, identifier: str, body: str) -> None:
        mutation = "mutation ($input: CommentCreateInput!) { commentCreate(input: $input) { success } }"
        self.ask(mutation, input={"issueId": self.id_of(identifier), "body": body})

    def end(self, how: str, identifier: str) -> None:
        self.ask(f"mutation ($id: String!) {{ {how}(id: $id) {{ success }} }}", id=identifier)

    def answer(self, asked: Asked) -> Told:
        told = self.gate(asked)
        if self.private and b"visibility" in told.body:
            return Told(told.status, told.body.replace(b'"visibility":"public"', b'"visibility":"private"'))
        return told


@pytest.fixture
def workspace(start_emulator: StartEmulator) -> Workspace:
    return Workspace(Gate(start_emulator("linear", SEED).url))


@pytest.fixture
def address(workspace: Workspace) -> Iterator[str]:
    with served(workspace.answer) as url:
        yield url


@pytest.fixture
async def issues(address: str, tmp_path: Path) -> AsyncIterator[SyncedSource]:
    options = {
        "token": KEY,
        "api_url": f"{address}/graphql",
        "webhook_secret": "hook",
        "teams": ["PAY"],
        "projects": False,
    }
    async with synced_source(tmp_path, "linear", options) as source:
        yield source


async def test_from_the_first_sync_to_a_deletion(workspace: Workspace, issues: SyncedSource) -> None:
    call = f"issue/{workspace.id_of('PAY-2')}"

    first = await issues.sync()
    second = await issues.sync()
    workspace.edit("PAY-1", description="Deploy with porridge.")
    edited = await issues.sync()
    workspace.comment("PAY-2", "The badgers help on Sundays.")
    commented = await issues.sync()
    found = await issues.find("badgers")
    workspace.end("issueDelete", "PAY-2")
    emptied = await issues.sync()

    assert (first.added, second.unchanged, edited.changed, commented.changed, emptied.removed) == (2, 2, 1, 1, 1)
    assert found == [call]
    assert await issues.find("marmalade") == []
    assert await issues.find("otter") == []


async def test_an_archived_issue_is_gone(workspace: Workspace, issues: SyncedSource) -> None:
    await issues.sync()
    workspace.end("issueArchive", "PAY-2")

    report = await issues.sync()

    assert report.removed == 1
    assert await issues.find("otter") == []


async def test_a_team_that_becomes_private_is_closed_to_those_who_are_not_told_to_be_in_it(
    workspace: Workspace, issues: SyncedSource
) -> None:
    await issues.sync()
    before = await issues.find("marmalade", by="user:grace@example.org")
    workspace.private = True

    await issues.sync()

    assert len(before) == 1
    assert await issues.find("marmalade", by="user:grace@example.org") == []
    assert await issues.find("marmalade") == before


async def test_a_webhook_changes_the_answer_without_a_sync(workspace: Workspace, issues: SyncedSource) -> None:
    arrived: list[Asked] = []

    def receive(asked: Asked) -> Told:
        arrived.append(asked)
        return Told()

    await issues.sync()
    with served(receive) as url:
        mutation = "mutation ($input: WebhookCreateInput!) { webhookCreate(input: $input) { success } }"
        workspace.ask(mutation, input={"url": url, "secret": "hook", "allPublicTeams": True})
        began = time.perf_counter()
        workspace.edit("PAY-1", description="Deploy with porridge.")
        await issues.apply(arrived[-1].headers, arrived[-1].body)
        found = await issues.find("porridge")
        seconds = time.perf_counter() - began
        workspace.end("issueDelete", "PAY-2")
        await issues.apply(arrived[-1].headers, arrived[-1].body)

    assert found == [f"issue/{workspace.id_of('PAY-1')}"]
    assert await issues.find("otter") == []
    assert seconds < 60


async def test_a_quota_is_waited_for(workspace: Workspace, issues: SyncedSource) -> None:
    workspace.gate.refusals = [refusal(400, "RATELIMITED")]

    report = await issues.sync()

    assert (report.phase, report.added) == (SyncPhase.SUCCEEDED, 2)


async def test_a_token_that_expired_fails_the_sync_and_keeps_the_issues(
    workspace: Workspace, issues: SyncedSource
) -> None:
    await issues.sync()
    workspace.gate.refusals = [refusal(401, "AUTHENTICATION_ERROR")]

    report = await issues.sync()

    assert report.phase is SyncPhase.FAILED
    assert "expired" in report.message
    assert len(await issues.find("marmalade")) == 1


async def test_the_sync_asks_only_for_what_the_schema_has(workspace: Workspace, issues: SyncedSource) -> None:
    await issues.sync()

    asked = [json.loads(one.body)["query"] for one in workspace.gate.asked]
    assert [query for query in asked if "initiatives(" in query or "members(" in query] == []
