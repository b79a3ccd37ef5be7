"""The memory index keeps the contract."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aika.protocols import IndexShelf
from aika.registry import Surroundings
from aika.stores.index.memory import MemoryEngine
from aika.testing.contracts.index import IndexContract
from aika.testing.contracts.index_makers import PlainAnalyzer


class TestMemoryIndex(IndexContract):
    @pytest.fixture
    async def shelf(self, tmp_path: Path) -> AsyncIterator[IndexShelf]:
        surroundings = Surroundings(base_dir=tmp_path, data_dir=tmp_path, analyzer=PlainAnalyzer())
        async with MemoryEngine.open(MemoryEngine.Options(), surroundings) as shelf:
            yield shelf
