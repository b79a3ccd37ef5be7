"""The embedded index after its process was killed at any moment."""

import random
import subprocess
import sys
from pathlib import Path

import following
import numpy as np
import pytest

from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.identifiers import PrincipalId
from aika.protocols import Index, IndexPosition
from aika.stores.index.memory import MemoryIndex
from aika.testing.contracts.index_makers import PlainAnalyzer

KILLS = 3


def follow_until_killed(data_dir: Path, *, steps: int, seed: int) -> None:
    """Follow the log in a process that is killed while it takes its step of this number."""
    with subprocess.Popen(
        [sys.executable, following.__file__, str(data_dir), str(seed)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line, _ in zip(process.stdout, range(steps), strict=False):
            assert line != "end\n", "it was done before it was killed"
        process.kill()


async def everything_found(index: Index, scope: Scope) -> dict[str, set[tuple[str, str]]]:
    """Return what the log's words find, those of single recent versions included, and what a vector finds."""
    recent = range(following.CHANGES - 200, following.CHANGES + 1)
    words = [*following.WORDS, *(f"version{number}" for number in recent)]
    found = {
        word: {(hit.document, hit.chunk) for hit in await index.search_text(word, k=5000, scope=scope)}
        for word in words
    }
    vector = np.eye(1, following.DIMENSIONS, dtype=np.float32)[0]
    hits = await index.search_vector(vector, k=5000, scope=scope)
    return found | {"": {(hit.document, hit.chunk) for hit in hits}}


@pytest.mark.parametrize("seed", [1])
async def test_nothing_is_lost_doubled_or_stale_after_crashes(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # no secret
    for kill in range(KILLS):
        follow_until_killed(tmp_path, steps=chance.randint(1, 20), seed=seed * 100 + kill)
    expected = MemoryIndex(PlainAnalyzer(), following.DIMENSIONS)
    await following.apply(expected, 1, following.CHANGES)

    async with following.opened(tmp_path) as index:
        await following.follow(index, seed)

        assert await index.count() == await expected.count()
        assert await index.position() == IndexPosition(following.CHANGES, following.CHANGES)
        for scope in (UNRESTRICTED, Scope.of([PrincipalId("user:alice")])):
            assert await everything_found(index, scope) == await everything_found(expected, scope)
