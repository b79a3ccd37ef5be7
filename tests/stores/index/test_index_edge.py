"""The embedded index keeps the contract, also across processes and compactions."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aika.protocols import IndexShelf
from aika.registry import Surroundings
from aika.stores.index.edge import QdrantEdgeEngine
from aika.testing.contracts.index import IndexContract, PlainAnalyzer


def surroundings(path: Path) -> Surroundings:
    return Surroundings(base_dir=path, data_dir=path, analyzer=PlainAnalyzer())


def open_engine(path: Path):  # type: ignore[no-untyped-def]  # the engine's own type, long and uninteresting
    return QdrantEdgeEngine.open(QdrantEdgeEngine.Options(), surroundings(path))


class TestEdgeIndex(IndexContract):
    @pytest.fixture
    async def shelf(self, tmp_path: Path) -> AsyncIterator[IndexShelf]:
        async with open_engine(tmp_path) as shelf:
            yield shelf
