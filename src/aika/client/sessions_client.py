"""The part of the client that is about who is signed in."""

from urllib.parse import urlencode

from pydantic import TypeAdapter

from aika.client.client import AsyncAikaClient
from aika.client.me_models import PersonsSessionView, RevokedView

_SESSIONS = TypeAdapter(list[PersonsSessionView])


class AsyncSessionsClient(AsyncAikaClient):
    """Asks an aika server who is signed in, and signs people out. For administrators."""

    async def sessions(self, email: str | None = None) -> list[PersonsSessionView]:
        """Return everybody's sessions, or one person's, the last one first."""
        path = "/v1/people/sessions" if email is None else f"/v1/people/sessions?{urlencode({'email': email})}"
        return _SESSIONS.validate_json(await self._send("GET", path))

    async def end_everybodys_sessions(self) -> int:
        """Sign everybody out; return how many sessions ended."""
        return RevokedView.model_validate_json(await self._send("DELETE", "/v1/people/sessions")).sessions
