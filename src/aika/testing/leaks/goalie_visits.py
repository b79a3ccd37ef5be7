"""How the endpoints of goalies are asked."""

from collections.abc import AsyncIterator, Callable
from uuid import uuid4

from aika.testing.leaks.asking import Asker, Told, Visit

GOALIE_VISITS: dict[str, Visit] = {}


def _visits(endpoint: str) -> Callable[[Visit], Visit]:
    def remember(visit: Visit) -> Visit:
        GOALIE_VISITS[endpoint] = visit
        return visit

    return remember


@_visits("GET /v1/goalies")
async def _goalies(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/goalies")


@_visits("GET /v1/goalies/queue")
async def _queue(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/goalies/queue")


@_visits("GET /v1/goalies/{name}")
async def _goalie(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/goalies/{name}", name=str(uuid4()))


@_visits("GET /v1/goalies/{name}/report")
async def _report(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/goalies/{name}/report", name=str(uuid4()))


@_visits("GET /v1/goalies/{name}/cases")
async def _cases(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/goalies/{name}/cases", name=str(uuid4()))


@_visits("GET /v1/goalies/{name}/cases/{case}")
async def _case(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/goalies/{name}/cases/{case}", name=str(uuid4()), case=str(uuid4()))


@_visits("POST /v1/goalies/{name}/cases/{case}/verdict")
async def _verdict(asker: Asker) -> AsyncIterator[Told]:
    place = {"name": str(uuid4()), "case": str(uuid4())}
    yield await asker.ask("POST /v1/goalies/{name}/cases/{case}/verdict", json={"ruling": "accept"}, **place)


@_visits("GET /v1/goalies/{name}/replay")
async def _replay(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/goalies/{name}/replay", name=str(uuid4()))


@_visits("PUT /v1/goalies/{name}/thresholds")
async def _thresholds(asker: Asker) -> AsyncIterator[Told]:
    body = {"medium": 0.4, "high": 0.7, "file_version": "0"}
    yield await asker.ask("PUT /v1/goalies/{name}/thresholds", json=body, name=str(uuid4()))
