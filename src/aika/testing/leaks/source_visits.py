"""How the endpoints are asked that steer sources and leaf through what they hold."""

from collections.abc import AsyncIterator, Callable
from uuid import uuid4

from aika.testing.leaks.asking import Asker, Told, Visit

SOURCE_VISITS: dict[str, Visit] = {}

_NOWHERE = "leak-audit-nowhere"
_DRAFT = {"id": _NOWHERE, "connector": "push", "readers": ["everyone"]}


def _visits(endpoint: str) -> Callable[[Visit], Visit]:
    def remember(visit: Visit) -> Visit:
        SOURCE_VISITS[endpoint] = visit
        return visit

    return remember


def _of_a_source(endpoint: str) -> Visit:
    """Return a visit of what a source has that the asker may not know of."""

    async def visit(asker: Asker) -> AsyncIterator[Told]:
        yield await asker.compared(endpoint, {"id": asker.deployment.source}, {"id": _NOWHERE})

    return _visits(endpoint)(visit)


@_visits("GET /v1/connectors")
async def _connectors(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/connectors")


@_visits("GET /v1/source-errors")
async def _errors(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/source-errors")


@_visits("POST /v1/sources/check")
async def _check(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("POST /v1/sources/check", json=_DRAFT, said=_NOWHERE)


@_visits("POST /v1/sources/preview")
async def _preview(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("POST /v1/sources/preview", json=_DRAFT, said=_NOWHERE)


@_visits("POST /v1/sources")
async def _made(asker: Asker) -> AsyncIterator[Told]:
    # Of a connector that does not exist, so that nothing is left behind whoever asks.
    draft = {"id": asker.deployment.source, "connector": _NOWHERE}
    yield await asker.ask("POST /v1/sources", json=draft, said=asker.deployment.source)


for _endpoint in (
    "GET /v1/sources/{id}/settings",
    "GET /v1/sources/{id}/syncs",
    "GET /v1/sources/{id}/problems",
):
    _of_a_source(_endpoint)


@_visits("PUT /v1/sources/{id}/settings")
async def _changed(asker: Asker) -> AsyncIterator[Told]:
    here, nowhere = {"id": asker.deployment.source}, {"id": _NOWHERE}
    body = {"connector": "push", "readers": ["everyone"]}
    yield await asker.compared("PUT /v1/sources/{id}/settings", here, nowhere, json=body, match='"1"')


@_visits("DELETE /v1/sources/{id}")
async def _removed(asker: Asker) -> AsyncIterator[Told]:
    here, nowhere = {"id": asker.deployment.source}, {"id": _NOWHERE}
    yield await asker.compared("DELETE /v1/sources/{id}", here, nowhere, match='"1"')


@_visits("GET /v1/sources/{id}/documents")
async def _documents(asker: Asker) -> AsyncIterator[Told]:
    source = asker.deployment.source
    for order in ("key", "changed"):
        yield await asker.compared(
            "GET /v1/sources/{id}/documents?limit=200&order={order}",
            {"id": source, "order": order},
            {"id": _NOWHERE, "order": order},
        )
    for document in asker.documents:
        for words in (document.title, document.key):
            yield await asker.ask("GET /v1/sources/{id}/documents?q={words}", id=source, words=words)


@_visits("GET /v1/documents/{id}/about")
async def _about(asker: Asker) -> AsyncIterator[Told]:
    for document in asker.documents:
        here = {"id": asker.deployment.ids[document.key]}
        yield await asker.compared("GET /v1/documents/{id}/about", here, {"id": str(uuid4())}, about=document)
