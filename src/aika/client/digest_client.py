"""The part of the client that is about scores, gaps and digests."""

from typing import Literal
from urllib.parse import quote, urlencode

from aika.client.client import AsyncAikaClient
from aika.client.digest_models import DigestsReply, DigestView, GapsReply, PastScoresReply, ScoresReply


class AsyncDigestClient(AsyncAikaClient):
    """Asks an aika server how healthy documents are and what their owners are told."""

    async def scores(self, by: Literal["document", "owner", "source"] = "owner", *, limit: int = 50) -> ScoresReply:
        path = f"/v1/health/scores?{urlencode({'by': by, 'limit': limit})}"
        return ScoresReply.model_validate_json(await self._send("GET", path))

    async def past_scores(
        self, by: Literal["document", "owner", "source"] = "owner", *, name: str | None = None, days: int = 30
    ) -> PastScoresReply:
        """Return how scores were on each of the last days; ``name`` is one owner's or source's, or a document's id."""
        named = {} if name is None else {"name": name}
        path = f"/v1/health/scores/history?{urlencode({'by': by, 'days': days, **named})}"
        return PastScoresReply.model_validate_json(await self._send("GET", path))

    async def gaps(self) -> GapsReply:
        return GapsReply.model_validate_json(await self._send("GET", "/v1/health/gaps"))

    async def digests(self, owner: str | None = None) -> DigestsReply:
        """Return what owners would be sent now."""
        path = "/v1/digests" if owner is None else f"/v1/digests?{urlencode({'owner': owner})}"
        return DigestsReply.model_validate_json(await self._send("GET", path))

    async def send_digest(self, owner: str) -> DigestView:
        """Send an owner what is new, now."""
        path = f"/v1/digests/send?owner={quote(owner, safe='')}"
        return DigestView.model_validate_json(await self._send("POST", path))
