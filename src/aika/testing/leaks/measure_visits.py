"""How the endpoints of insights and evaluations are asked."""

from collections.abc import AsyncIterator, Callable
from uuid import uuid4

from aika.testing.leaks.asking import Asker, Told, Visit

MEASURE_VISITS: dict[str, Visit] = {}


def _visits(endpoint: str) -> Callable[[Visit], Visit]:
    def remember(visit: Visit) -> Visit:
        MEASURE_VISITS[endpoint] = visit
        return visit

    return remember


@_visits("GET /v1/insights")
async def _insights(asker: Asker) -> AsyncIterator[Told]:
    here, nowhere = {"source": asker.deployment.source}, {"source": "leak-audit-nowhere"}
    yield await asker.compared("GET /v1/insights?source={source}", here, nowhere)
    yield await asker.ask("GET /v1/insights")


@_visits("GET /v1/insights/adoption")
async def _adoption(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/insights/adoption")


@_visits("GET /v1/insights/topics")
async def _topics(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/insights/topics")


@_visits("GET /v1/insights/tables/{table}")
async def _table(asker: Asker) -> AsyncIterator[Told]:
    for table in ("series", "parts", "reliability"):
        yield await asker.ask("GET /v1/insights/tables/{table}", table=table)


@_visits("GET /v1/evaluation/runs")
async def _runs(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/evaluation/runs")


@_visits("GET /v1/evaluation/compare")
async def _compared(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/evaluation/compare?a=last-1&b=last")


@_visits("GET /v1/evaluation/started")
async def _started(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/evaluation/started")


@_visits("POST /v1/evaluation/runs")
async def _start(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("POST /v1/evaluation/runs", json={"collection": str(uuid4())})


@_visits("GET /v1/evaluation/runs/{id}")
async def _run(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/evaluation/runs/{id}", id="last")


@_visits("GET /v1/evaluation/runs/{id}/topics/{topic}")
async def _topic(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/evaluation/runs/{id}/topics/{topic}", id="last", topic=str(uuid4()))
