"""How the endpoints of findings, scores and digests are asked."""

from collections.abc import AsyncIterator, Callable
from uuid import uuid4

from aika.testing.leaks.asking import Asker, Told, Visit

HEALTH_VISITS: dict[str, Visit] = {}


def _visits(endpoint: str) -> Callable[[Visit], Visit]:
    def remember(visit: Visit) -> Visit:
        HEALTH_VISITS[endpoint] = visit
        return visit

    return remember


@_visits("GET /v1/health")
async def _overview(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/health")


@_visits("POST /v1/health/look")
async def _look(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("POST /v1/health/look")


@_visits("GET /v1/findings")
async def _findings(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/findings?limit=200")
    yield await asker.ask("GET /v1/findings?state=dismissed&state=resolved&state=open")
    for document in asker.documents:
        here, nowhere = {"document": asker.deployment.ids[document.key]}, {"document": str(uuid4())}
        yield await asker.compared("GET /v1/findings?document={document}", here, nowhere, about=document)
        here, nowhere = {"owner": document.owner}, {"owner": str(uuid4())}
        yield await asker.compared("GET /v1/findings?owner={owner}", here, nowhere, about=document)


@_visits("GET /v1/findings/{id}")
async def _finding(asker: Asker) -> AsyncIterator[Told]:
    for finding, document in asker.deployment.findings.items():
        about = next(one for one in asker.documents if one.key == document)
        yield await asker.compared("GET /v1/findings/{id}", {"id": finding}, {"id": str(uuid4())}, about=about)


@_visits("GET /v1/findings/{id}/history")
async def _finding_history(asker: Asker) -> AsyncIterator[Told]:
    for finding, document in asker.deployment.findings.items():
        about = next(one for one in asker.documents if one.key == document)
        yield await asker.compared("GET /v1/findings/{id}/history", {"id": finding}, {"id": str(uuid4())}, about=about)


def _changed_finding(action: str, body: dict[str, str]) -> None:
    endpoint = f"POST /v1/findings/{{id}}/{action}"

    @_visits(endpoint)
    async def _change(asker: Asker) -> AsyncIterator[Told]:
        for finding, document in asker.deployment.findings.items():
            about = next(one for one in asker.documents if one.key == document)
            for match in ('"0"', '"9"'):
                place, nowhere = {"id": finding}, {"id": str(uuid4())}
                yield await asker.compared(endpoint, place, nowhere, about=about, json=body, match=match)


_changed_finding("accept", {})
_changed_finding("assign", {"assignee": "me"})
_changed_finding("dismiss", {"reason": "It is right."})
_changed_finding("resolve", {})


@_visits("GET /v1/health/scores")
async def _scores(asker: Asker) -> AsyncIterator[Told]:
    for by in ("document", "owner", "source"):
        yield await asker.ask(f"GET /v1/health/scores?by={by}&limit=1000")


@_visits("GET /v1/health/scores/history")
async def _past_scores(asker: Asker) -> AsyncIterator[Told]:
    for by in ("owner", "source"):
        yield await asker.ask(f"GET /v1/health/scores/history?by={by}&days=3")
    for document in asker.documents:
        here, nowhere = {"name": asker.deployment.ids[document.key]}, {"name": str(uuid4())}
        yield await asker.compared(
            "GET /v1/health/scores/history?by=document&days=2&name={name}", here, nowhere, about=document
        )
        owner, nobody = {"name": document.owner}, {"name": str(uuid4())}
        yield await asker.compared(
            "GET /v1/health/scores/history?by=owner&days=2&name={name}", owner, nobody, about=document
        )


@_visits("GET /v1/health/gaps")
async def _gaps(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/health/gaps")


@_visits("GET /v1/digests")
async def _digests(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/digests")
    for document in asker.documents:
        yield await asker.ask("GET /v1/digests?owner={owner}", owner=document.owner)


@_visits("POST /v1/digests/send")
async def _digest_sent(asker: Asker) -> AsyncIterator[Told]:
    for document in asker.documents:
        yield await asker.ask("POST /v1/digests/send?owner={owner}", owner=document.owner)
