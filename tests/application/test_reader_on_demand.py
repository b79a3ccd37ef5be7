"""The reader of passages is opened when it is needed."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from aika.application.judging import ReaderOnDemand
from aika.registry import Surroundings
from aika.retrieval.lexical import TechnicalAnalyzer


def graphs(folder: Path) -> list[Path]:
    return list(folder.rglob("*.onnx"))


async def test_nothing_is_built_before_the_first_use(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        ReaderOnDemand(stack, Surroundings(tmp_path, tmp_path, TechnicalAnalyzer()))

    assert graphs(tmp_path) == []


async def test_who_asks_at_once_shares_one_reader(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        reader = ReaderOnDemand(stack, Surroundings(tmp_path, tmp_path, TechnicalAnalyzer()))

        first, second = await asyncio.gather(reader.ready(), reader.ready())
        (judged,) = await reader.read("Who runs the billing?", ["The payments team runs the billing."])

        assert first is second
        assert first.fingerprint == reader.fingerprint
        assert judged.end > judged.start
