"""The part of the client that is about insights and runs of evaluations."""

from typing import Literal
from urllib.parse import quote, urlencode

from aika.client.client import AsyncAikaClient
from aika.client.evaluation_models import RunComparisonView, RunOrder, RunsReply, RunView, StartedRun, TopicTrace
from aika.client.insights_models import AdoptionReply, InsightsReply, IntervalName, TopicsReply

Narrowing = Literal["assistant", "source", "team", "surface"]


class AsyncInsightsClient(AsyncAikaClient):
    """Asks an aika server how it is used, and how good it is."""

    async def insights(
        self, weeks: int = 12, *, interval: IntervalName = "week", only: tuple[Narrowing, str] | None = None
    ) -> InsightsReply:
        """Return the insights of the last weeks; ``only`` is one part of them, such as ``("source", "handbook")``."""
        named: dict[str, str] = {} if only is None else {only[0]: only[1]}
        query = urlencode({"weeks": str(weeks), "interval": interval, **named})
        return InsightsReply.model_validate_json(await self._send("GET", f"/v1/insights?{query}"))

    async def insights_table(self, table: Literal["series", "parts", "reliability"], weeks: int = 12) -> str:
        """Return a table of the insights as CSV."""
        return (await self._send("GET", f"/v1/insights/tables/{table}?weeks={weeks}")).decode()

    async def asked_topics(self, weeks: int = 12) -> TopicsReply:
        return TopicsReply.model_validate_json(await self._send("GET", f"/v1/insights/topics?weeks={weeks}"))

    async def adoption(self) -> AdoptionReply:
        return AdoptionReply.model_validate_json(await self._send("GET", "/v1/insights/adoption"))

    async def runs(self) -> RunsReply:
        return RunsReply.model_validate_json(await self._send("GET", "/v1/evaluation/runs"))

    async def run(self, id: str) -> RunView:
        return RunView.model_validate_json(await self._send("GET", f"/v1/evaluation/runs/{quote(id, safe='')}"))

    async def compared_runs(self, before: str, after: str) -> RunComparisonView:
        path = f"/v1/evaluation/compare?{urlencode({'a': before, 'b': after})}"
        return RunComparisonView.model_validate_json(await self._send("GET", path))

    async def topic_trace(self, run: str, topic: str) -> TopicTrace:
        path = f"/v1/evaluation/runs/{quote(run, safe='')}/topics/{quote(topic, safe='')}"
        return TopicTrace.model_validate_json(await self._send("GET", path))

    async def start_run(self, collection: str, *changes: str) -> StartedRun:
        """Start measuring retrieval, with settings such as ``retrieval.dense_weight=0.7`` for this run."""
        order = RunOrder(collection=collection, changes=list(changes))
        return StartedRun.model_validate_json(await self._send("POST", "/v1/evaluation/runs", order))
