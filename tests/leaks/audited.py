"""A deployment in the same process that the leak suite is let loose on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from fastapi import FastAPI

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.settings import load_settings
from aika.testing.leaks.speaking import Deployment

SOURCE = "leak-audit"


@asynccontextmanager
async def opened(folder: Path, models: Path) -> AsyncIterator[Aika]:
    """Open an application with a source that takes what the suite hands over, and a public one."""
    (folder / ".aika").mkdir()
    (folder / ".aika" / "models").symlink_to(models)
    (folder / "docs").mkdir()
    (folder / "docs" / "crane.md").write_text(
        "# The harbour crane\n\nThe harbour crane lifts twelve tonnes.\n", encoding="utf-8"
    )
    sources = {
        SOURCE: {"connector": "push"},
        "handbook": {"connector": "filesystem", "options": {"path": "docs"}, "readers": ["everyone"]},
    }
    async with open_aika(load_settings(folder, sources=sources)) as aika, aika.background():
        yield aika


@asynccontextmanager
async def deployed(app: FastAPI) -> AsyncIterator[Deployment]:
    """Serve an app that several audits share: it takes seconds to describe itself for the first time."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(base_url="http://aika.test", transport=transport) as http:
        yield Deployment(http, SOURCE)
