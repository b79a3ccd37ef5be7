"""Asking of goalies, over the API."""

from datetime import datetime
from urllib.parse import quote, urlencode

from aika.client.client import AsyncAikaClient
from aika.client.goalie_models import (
    CasesReply,
    ChannelReportView,
    GoalieDetail,
    GoaliesReply,
    QueueReply,
    ReplayReply,
    ThresholdsRequest,
    VerdictReply,
    VerdictRequest,
)


class AsyncGoalieClient(AsyncAikaClient):
    """Asks what became of the questions of channels, and decides about proposals. For administrators and human goalies."""

    async def goalies(self) -> GoaliesReply:
        return GoaliesReply.model_validate_json(await self._send("GET", "/v1/goalies"))

    async def goalie_report(self, name: str, *, until: datetime | None = None) -> ChannelReportView:
        """Return the report of the week that ends then; ``None`` is now."""
        path = f"/v1/goalies/{quote(name, safe='')}/report"
        if until is not None:
            path += f"?{urlencode({'until': until.isoformat()})}"
        return ChannelReportView.model_validate_json(await self._send("GET", path))

    async def goalie_cases(self, name: str, *, limit: int = 100) -> CasesReply:
        """Return what became of the newest messages."""
        path = f"/v1/goalies/{quote(name, safe='')}/cases?{urlencode({'limit': limit})}"
        return CasesReply.model_validate_json(await self._send("GET", path))

    async def goalie(self, name: str) -> GoalieDetail:
        return GoalieDetail.model_validate_json(await self._send("GET", _path(name)))

    async def goalie_queue(self, *, goalie: str | None = None) -> QueueReply:
        """Return the proposals that wait for the caller."""
        query = "" if goalie is None else f"?{urlencode({'goalie': goalie})}"
        return QueueReply.model_validate_json(await self._send("GET", f"/v1/goalies/queue{query}"))

    async def decide(self, name: str, case: str, verdict: VerdictRequest) -> VerdictReply:
        """Accept, edit or reject a proposal. Somebody else's earlier decision is a conflict."""
        path = f"{_path(name)}/cases/{quote(case, safe='')}/verdict"
        return VerdictReply.model_validate_json(await self._send("POST", path, verdict))

    async def goalie_replay(self, name: str, *, precision: float = 0.9) -> ReplayReply:
        """Return the last replay, with thresholds for this precision."""
        path = f"{_path(name)}/replay?{urlencode({'precision': precision})}"
        return ReplayReply.model_validate_json(await self._send("GET", path))

    async def set_thresholds(self, name: str, thresholds: ThresholdsRequest) -> GoalieDetail:
        """Write thresholds into the goalie's file. For administrators."""
        return GoalieDetail.model_validate_json(await self._send("PUT", f"{_path(name)}/thresholds", thresholds))


def _path(name: str) -> str:
    return f"/v1/goalies/{quote(name, safe='')}"
