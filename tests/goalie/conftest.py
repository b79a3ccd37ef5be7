"""A channel with a goalie, over a real database."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from goalie_world import World, documents

from aika.application.goalies import Goalies
from aika.stores.database.database import Database
from aika.testing.goalies import make_goalie


@pytest.fixture(scope="session")
def filled_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a database with what answers are written from, to be copied: faster than to make one for each test."""
    folder = tmp_path_factory.mktemp("goalie")
    asyncio.run(_fill(folder))
    return folder


async def _fill(folder: Path) -> None:
    async with Database.open(f"sqlite:///{folder / 'aika.sqlite'}") as database:
        await database.catalogue.record(documents())


@pytest.fixture
async def world(filled_database: Path, tmp_path: Path) -> AsyncIterator[World]:
    shutil.copytree(filled_database, tmp_path, dirs_exist_ok=True)
    async with Database.open(f"sqlite:///{tmp_path / 'aika.sqlite'}") as database:
        world = World(database)
        world.files.goalies.append(make_goalie())
        yield world


@pytest.fixture
def goalies(world: World) -> Goalies:
    return world.process()
