"""How the endpoints of conversations, and those around an answer, are asked."""

from collections.abc import AsyncIterator, Callable, Iterable
from uuid import uuid4

from aika.testing.leaks.asking import Asker, Told, Visit

TALK_VISITS: dict[str, Visit] = {}
_OF_CONVERSATIONS = (
    "GET /v1/conversations/{id}/export",
    "POST /v1/conversations/{id}/share",
    "DELETE /v1/conversations/{id}/share",
)
_OF_ANSWERS = (
    "GET /v1/answers/{id}/events",
    "POST /v1/answers/{id}/stop",
    "GET /v1/answers/{id}/follow-ups",
)


def visits(endpoint: str) -> Callable[[Visit], Visit]:
    def remember(visit: Visit) -> Visit:
        TALK_VISITS[endpoint] = visit
        return visit

    return remember


def _of_others(endpoint: str, whose: Callable[[Asker], Iterable[str]]) -> Visit:
    async def visit(asker: Asker) -> AsyncIterator[Told]:
        for theirs in whose(asker):
            yield await asker.compared(endpoint, {"id": theirs}, {"id": str(uuid4())})

    return visit


for _endpoint in _OF_CONVERSATIONS:
    TALK_VISITS[_endpoint] = _of_others(_endpoint, lambda asker: asker.conversations)
for _endpoint in _OF_ANSWERS:
    TALK_VISITS[_endpoint] = _of_others(_endpoint, lambda asker: asker.answers)


@visits("POST /v1/answers/{id}/tell-owner")
async def _tell(asker: Asker) -> AsyncIterator[Told]:
    for theirs in asker.answers:
        here, nowhere = {"id": theirs}, {"id": str(uuid4())}
        yield await asker.compared("POST /v1/answers/{id}/tell-owner", here, nowhere, json={"words": "mine"})


@visits("GET /v1/shared/{token}")
async def _shared(asker: Asker) -> AsyncIterator[Told]:
    for theirs in asker.conversations:
        # A conversation's id is no link to it.
        yield await asker.compared("GET /v1/shared/{token}", {"token": theirs}, {"token": str(uuid4())})


@visits("POST /v1/shared/{token}/copy")
async def _copied(asker: Asker) -> AsyncIterator[Told]:
    for theirs in asker.conversations:
        yield await asker.compared("POST /v1/shared/{token}/copy", {"token": theirs}, {"token": str(uuid4())})


@visits("GET /v1/suggestions")
async def _suggested(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/suggestions?limit=12")
    for one in asker.assistants:
        here, nowhere = {"assistant": asker.deployment.assistants[one.name]}, {"assistant": str(uuid4())}
        yield await asker.compared("GET /v1/suggestions?assistant={assistant}", here, nowhere)


@visits("GET /v1/documents/{id}/passage")
async def _passage(asker: Asker) -> AsyncIterator[Told]:
    for document in asker.documents:
        here = {"id": asker.deployment.ids[document.key]}
        path = "GET /v1/documents/{id}/passage?start=0&end=10"
        yield await asker.compared(path, here, {"id": str(uuid4())}, about=document)


@visits("GET /v1/standings")
async def _standings(asker: Asker) -> AsyncIterator[Told]:
    for document in asker.documents:
        here = {"document": asker.deployment.ids[document.key]}
        yield await asker.compared(
            "GET /v1/standings?document={document}", here, {"document": str(uuid4())}, about=document
        )
