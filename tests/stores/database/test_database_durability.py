"""What was recorded stays recorded, whole, when the process is killed."""

import subprocess
import sys
from pathlib import Path

import recording

from aika.domain.access import UNRESTRICTED
from aika.stores.database.database import Database
from aika.testing.makers import make_entries


def record_until_killed(url: str, *, after: int) -> int:
    """Return how many batches the process said it had recorded when it was killed in the middle of the next."""
    script = Path(recording.__file__)
    with subprocess.Popen([sys.executable, str(script), url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(after)]
        process.kill()
        told += process.stdout.readlines()
    return sum(line.endswith("\n") for line in told)


async def test_a_killed_process_leaves_whole_batches_and_a_log_without_gaps(database_url: str) -> None:
    acknowledged = record_until_killed(database_url, after=5)

    async with Database.open(database_url) as database:
        changes = await database.catalogue.changes(after=0, limit=100_000)
        recorded = len(changes)

        assert recorded in {acknowledged * recording.BATCH, (acknowledged + 1) * recording.BATCH}
        assert [change.sequence for change in changes] == list(range(1, recorded + 1))
        assert await database.catalogue.sequence() == recorded
        for change in changes:
            found = await database.catalogue.document(change.document, scope=UNRESTRICTED)
            assert found is not None
            assert found[1].text == recording.TEXT
            assert change.chunks is not None
            assert "".join(chunk.text for chunk in change.chunks) == recording.TEXT

        await database.catalogue.record(make_entries("the next"))
        assert await database.catalogue.sequence() == recorded + 1
