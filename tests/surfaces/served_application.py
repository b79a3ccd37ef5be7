"""Speaking to an application in the same process, as it would be spoken to over the network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from aika.application.aika import Aika
from aika.surfaces.api.app import create_app


@asynccontextmanager
async def connected(aika: Aika, token: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    app = create_app(aika, max_body_bytes=aika.settings.server.max_body_bytes)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(base_url="http://aika.test", transport=transport, headers=headers) as opened:
        yield opened
