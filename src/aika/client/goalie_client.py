"""Asking of goalies, over the API."""

from datetime import datetime
from urllib.parse import quote, urlencode

from aika.client.client import AsyncAikaClient
from aika.client.goalie_models import CasesReply, ChannelReportView, GoaliesReply


class AsyncGoalieClient(AsyncAikaClient):
    """Asks what became of the questions of channels. For administrators."""

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
