"""How a command reaches aika: the server that runs here, or the application in this process.

Both are spoken to with the same client, so that a command does not know the difference.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from aika.client import AsyncAikaClient
from aika.domain.errors import StoreLockedError
from aika.settings import Settings, load_settings
from aika.stores.locking import lock_holder

TOKEN_VARIABLE = "AIKA_TOKEN"  # noqa: S105 - the variable's name


@asynccontextmanager
async def connect(folder: Path, *, user: str | None = None) -> AsyncIterator[AsyncAikaClient]:
    """Yield a client of the server that holds the folder's data, or of the application opened here.

    It asks for the person with the e-mail address ``user``, where one is given.
    """
    async with (
        reach(load_settings(folder)) as there,
        AsyncAikaClient(there.url, there.token, transport=there.transport, user=user) as client,
    ):
        yield client


@dataclass(frozen=True, slots=True)
class Reached:
    """Where aika answers."""

    url: str
    token: str | None = None
    transport: httpx.AsyncBaseTransport | None = None
    """``None``: over the network."""


@asynccontextmanager
async def reach(settings: Settings) -> AsyncIterator[Reached]:
    """Yield where the server answers that holds the data, or the application opened here."""
    url = serving_url(settings)
    if url is not None:
        yield Reached(url, os.environ.get(TOKEN_VARIABLE))
        return
    # Deferred: opening the application takes a second to import, which a question to a running server need not wait for.
    from aika.application.wiring import open_aika
    from aika.surfaces.api.app import create_app

    # A command of the person who owns the files needs no key.
    server = settings.server.model_copy(update={"require_key": False})
    trusted = settings.model_copy(update={"server": server, "sign_in": None})
    async with open_aika(trusted) as aika, aika.background():
        # A command that was interrupted may have left documents that the index has yet to follow.
        await aika.generations.until_findable()
        transport = httpx.ASGITransport(create_app(aika, max_body_bytes=settings.server.max_body_bytes))
        yield Reached("http://aika", transport=transport)


def serving_url(settings: Settings) -> str | None:
    """Return where the server of this data directory answers, ``None`` where there is none.

    Raises `StoreLockedError` where another command holds the directory.
    """
    holder = lock_holder(settings.data_path)
    if holder is None:
        return None
    if holder.url is None:
        raise StoreLockedError(
            f"another aika process (pid {holder.pid}) is working with {settings.data_path}. "
            "Wait until it is done, or stop it."
        )
    return holder.url
