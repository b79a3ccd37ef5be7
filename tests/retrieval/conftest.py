"""The library that the tests of retrieval search."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prepared_database import database_in
from small_library import ANALYZER, SmallLibrary

from aika.registry import Surroundings, open_component
from aika.stores.database.database import Database


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[SmallLibrary]:
    surroundings = Surroundings(tmp_path, tmp_path, ANALYZER)
    async with (
        Database.open(database_in(tmp_path)) as database,
        open_component("indexes", "memory", {}, surroundings) as shelf,
        shelf.open("test", dimensions=64) as index,
    ):
        yield SmallLibrary(database, index)
