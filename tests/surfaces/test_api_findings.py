"""``/v1/findings``: who sees what is wrong with documents, and what their owners may do about it."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from served_application import connected

from aika.application.aika import Aika
from aika.client import AsyncAikaClient
from aika.client.health_models import AcceptRequest, DismissRequest
from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.documents import Document, Owner
from aika.domain.findings import BrokenQuestion, Cause, Exhibit, Finding, FindingKind, FindingState
from aika.domain.identifiers import PrincipalId
from aika.testing.contracts.findings import NOON, make_finding

READER, OWNER, BOARD = "user:ada@example.org", "group:team-payments", "group:board"


@asynccontextmanager
async def as_principals(aika: Aika, *principals: str) -> AsyncIterator[httpx.AsyncClient]:
    _, secret = await aika.create_key("a key", principals=principals, sources=None)
    async with connected(aika, secret) as http:
        yield http


async def document(aika: Aika, key: str) -> Document:
    found = await aika.database.catalogue.documents(scope=UNRESTRICTED)
    return next(one for one in found if one.key == key)


async def planted(aika: Aika, *keys: str, name: str = "a", askers: Collection[str] = ("one",)) -> Finding:
    """Record a finding on the first of these documents, which rests on all of them."""
    about = [await document(aika, key) for key in keys]
    asked = [BrokenQuestion("Who?", NOON, Cause.RATED_DOWN, asker, Scope.of([])) for asker in askers]
    first = about[0] if about else None
    return await aika.database.findings.add(
        replace(
            make_finding(name, questions=asked),
            kind=FindingKind.OUTDATED if about else FindingKind.NO_DOCUMENT,
            source=None if first is None else first.source,
            document=None if first is None else first.id,
            owner=Owner("Team-Payments", "#payments"),
            exhibits=tuple(Exhibit(one, "It says so.", 0, 11) for one in about),
        )
    )


async def listed(http: httpx.AsyncClient, query: str = "") -> list[str]:
    reply = await http.get(f"/v1/findings{query}")
    assert reply.status_code == 200, reply.text
    return [finding["id"] for finding in reply.json()["findings"]]


async def change(
    http: httpx.AsyncClient, finding: Finding, action: str, body: dict[str, str] | None = None, *, version: int = 0
) -> httpx.Response:
    headers = {"If-Match": f'"{version}"'}
    return await http.post(f"/v1/findings/{finding.id}/{action}", json=body or {}, headers=headers)


async def test_readers_of_a_document_see_its_findings_without_what_others_asked(aika: Aika) -> None:
    finding = await planted(aika, "owners.md", askers=("one", "two"))

    async with as_principals(aika, READER) as http:
        assert await listed(http) == [finding.id]
        shown = (await http.get(f"/v1/findings/{finding.id}")).json()

    assert (shown["title"], shown["people"], shown["editable"]) == ("title a", 2, False)
    assert [exhibit["document"]["key"] for exhibit in shown["exhibits"]] == ["owners.md"]
    assert shown["questions"] == []


async def test_its_owner_sees_what_was_asked_and_nothing_of_who_asked(aika: Aika) -> None:
    finding = await planted(aika, "owners.md")

    async with as_principals(aika, OWNER) as http:
        shown = (await http.get(f"/v1/findings/{finding.id}")).json()

    assert shown["editable"]
    assert [set(question) for question in shown["questions"]] == [{"text", "asked_at", "cause", "passes", "words"}]


@pytest.mark.parametrize("keys", [("plan.md",), ("owners.md", "plan.md")])
async def test_what_rests_on_a_document_that_may_not_be_read_is_not_there(aika: Aika, keys: tuple[str, ...]) -> None:
    finding = await planted(aika, *keys)

    async with as_principals(aika, READER, OWNER) as http:
        assert await listed(http) == []
        assert (await http.get(f"/v1/findings/{finding.id}")).status_code == 404
        assert (await change(http, finding, "accept")).status_code == 404
        overview = (await http.get("/v1/health")).json()
    async with as_principals(aika, BOARD) as http:
        assert await listed(http) == [finding.id]

    assert overview == {"open": 0, "people": 0, "kinds": {}, "owners": {}, "sources": {}}


async def test_a_gap_is_seen_by_its_owner_and_administrators(aika: Aika, http: httpx.AsyncClient) -> None:
    gap = await planted(aika)

    assert await listed(http) == [gap.id], "without a key, on this machine, everybody is an administrator"
    async with as_principals(aika, OWNER) as owner:
        assert await listed(owner) == [gap.id]
    async with as_principals(aika, READER, BOARD) as reader:
        assert await listed(reader) == []
        assert (await reader.get(f"/v1/findings/{gap.id}")).status_code == 404


async def test_an_administrator_of_some_sources_changes_nothing_of_others(aika: Aika) -> None:
    here, elsewhere = await planted(aika, "owners.md"), await planted(aika, name="gap")
    _, secret = await aika.create_key("some", principals=["everyone"], sources=["handbook"], admin=True)

    async with connected(aika, secret) as http:
        assert await listed(http) == [here.id]
        assert (await change(http, here, "accept")).status_code == 200
        assert (await change(http, elsewhere, "accept")).status_code == 404


async def test_who_is_not_the_owner_changes_nothing(aika: Aika) -> None:
    finding = await planted(aika, "owners.md")

    async with as_principals(aika, READER, "group:payments", "everyone") as http:
        replies = [await change(http, finding, "dismiss", {"reason": "no"}), await change(http, finding, "resolve")]

    assert [reply.status_code for reply in replies] == [403, 403]
    assert await aika.database.findings.get(finding.id) == finding


async def test_its_owner_accepts_assigns_and_resolves_it(aika: Aika) -> None:
    finding = await planted(aika, "owners.md")

    async with as_principals(aika, OWNER) as http:
        accepted = await change(http, finding, "accept", {"assignee": "ada@example.org"})
        assigned = await change(http, finding, "assign", {"assignee": "ben@example.org"}, version=1)
        resolved = await change(http, finding, "resolve", {"note": "Rewritten."}, version=2)
        left = await listed(http)
        found = await listed(http, "?state=resolved")

    assert [reply.headers["ETag"] for reply in (accepted, assigned, resolved)] == ['"1"', '"2"', '"3"']
    assert (accepted.json()["state"], assigned.json()["assignee"]) == ("accepted", "ben@example.org")
    assert (resolved.json()["state"], resolved.json()["note"]) == ("resolved", "Rewritten.")
    assert (left, found) == ([], [finding.id])


async def test_a_dismissed_finding_does_not_come_back(aika: Aika) -> None:
    finding = await planted(aika, "owners.md")
    async with as_principals(aika, OWNER) as http:
        assert (await change(http, finding, "dismiss")).status_code == 422, "a reason is needed"
        await change(http, finding, "dismiss", {"reason": "It is right."})

        again = await planted(aika, "owners.md", askers=("two",))

        assert (again.id, again.state) == (finding.id, FindingState.DISMISSED)
        assert await listed(http) == []


async def test_a_change_to_an_older_version_is_refused(aika: Aika) -> None:
    finding = await planted(aika, "owners.md")

    async with as_principals(aika, OWNER) as http:
        await change(http, finding, "accept")
        stale = await change(http, finding, "resolve")
        without = await http.post(f"/v1/findings/{finding.id}/resolve", json={})

    assert (stale.status_code, without.status_code) == (409, 422)


async def test_findings_are_filtered_and_paged_by_what_they_cost(aika: Aika, http: httpx.AsyncClient) -> None:
    one = await planted(aika, "owners.md", name="one", askers=("a",))
    hidden = await planted(aika, "plan.md", name="hidden", askers=("a", "b", "c"))
    two = await planted(aika, "cache.md", name="two", askers=("a", "b"))
    gap = await planted(aika, name="gap", askers=())

    first = (await http.get("/v1/findings?limit=2")).json()
    rest = (await http.get(f"/v1/findings?limit=2&offset={first['next']}")).json()

    assert [finding["id"] for finding in first["findings"]] == [two.id, one.id]
    assert ([finding["id"] for finding in rest["findings"]], first["next"], rest["next"]) == ([gap.id], 2, None)
    assert await listed(http, f"?document={two.document}&document={hidden.document}") == [two.id]
    assert await listed(http, "?kind=no%20document") == [gap.id]
    assert await listed(http, "?owner=%23PAYMENTS&source=handbook") == [two.id, one.id]
    assert await listed(http, "?owner=nobody") == []
    assert (await http.get("/v1/health")).json() == {
        "open": 3,
        "people": 3,
        "kinds": {"outdated": 2, "no document": 1},
        "owners": {"Team-Payments": 3},
        "sources": {"handbook": 2},
    }


async def test_an_answer_that_is_contradicted_becomes_a_finding(aika: Aika, http: httpx.AsyncClient) -> None:
    question = {"messages": [{"role": "user", "content": "How long does the cache keep entries?"}]}
    answer = (await http.post("/v1/chat/complete", json=question)).json()
    assert answer["outcome"] == "answer"

    said = {"rating": "not_helpful", "reasons": ["outdated"], "reply": "The cache keeps entries for 45 minutes."}
    await http.post(f"/v1/answers/{answer['id']}/feedback", json=said)
    looked = (await http.post("/v1/health/look")).json()

    [finding] = (await http.get("/v1/findings")).json()["findings"]
    assert (looked["examined"], looked["waiting"]) == (1, 0)
    assert (await http.get(f"/v1/findings/{finding['id']}")).json()["questions"][0]["cause"] == "contradicted"
    assert (await http.post("/v1/health/look")).json()["examined"] == 0


async def test_only_operators_let_it_look(aika: Aika) -> None:
    async with as_principals(aika, READER) as http:
        assert (await http.post("/v1/health/look")).status_code == 403


async def test_the_client_lists_reads_and_changes(aika: Aika, client: AsyncAikaClient) -> None:
    finding = await planted(aika, "owners.md")

    listed = await client.findings(kinds=["outdated", "unsupported"], owner="team-payments")
    accepted = await client.accept_finding(finding.id, AcceptRequest(assignee="me"), version=0)
    dismissed = await client.dismiss_finding(finding.id, DismissRequest(reason="No."), version=accepted.version)

    assert [one.id for one in listed.findings] == [finding.id]
    assert (await client.finding(finding.id)) == dismissed
    assert (await client.health()).open == 0


async def test_a_person_is_found_by_their_address(aika: Aika) -> None:
    finding = await planted(aika, "owners.md")
    theirs = replace(finding, owner=Owner("Ada", "mailto:Ada@example.org"))
    await aika.database.findings.change(theirs)

    async with as_principals(aika, PrincipalId(READER)) as http:
        assert (await http.get(f"/v1/findings/{finding.id}")).json()["editable"]
