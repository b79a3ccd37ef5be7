"""What tests of the documents' health share."""

import asyncio
from pathlib import Path

import pytest

from aika.stores.database.database import Database


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("database") / "empty.db"

    async def create() -> None:
        async with Database.open(f"sqlite:///{path}") as database:
            await database.check()

    asyncio.run(create())
    return path
