"""The library that the tests of ingestion work with."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from ingestion_library import Library
from prepared_database import database_in

from aika.ingestion.following import IndexFollower
from aika.registry import Surroundings, open_component
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.stores.database.database import Database
from aika.testing.fakes import FakeEmbedder


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    folder, data = tmp_path / "docs", tmp_path / "data"
    folder.mkdir()
    data.mkdir()
    surroundings = Surroundings(tmp_path, data, TechnicalAnalyzer())
    embedder = FakeEmbedder()
    async with (
        Database.open(database_in(data)) as database,
        open_component("indexes", "memory", {}, surroundings) as shelf,
        shelf.open("test", dimensions=embedder.dimensions) as index,
    ):
        follower = IndexFollower(database.catalogue, index, database.vectors, embedder)
        yield Library(folder, database, index, surroundings, follower)
