"""New databases for tests, with their tables: copied, because that is twenty times faster than to run all migrations."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from aika.stores.database.database import Database


def database_in(folder: Path, name: str = "aika.db") -> str:
    """Return the URL of a SQLite database in a folder: the one that is there, or else a new one, without data."""
    path = folder / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(_empty())
    return f"sqlite:///{path}"


@cache
def _empty() -> bytes:
    with TemporaryDirectory(prefix="aika-empty-") as folder, ThreadPoolExecutor(1) as thread:
        path = Path(folder) / "empty.db"
        # In a thread, because whoever needs a database may be on an event loop already.
        thread.submit(asyncio.run, _create(f"sqlite:///{path}")).result()
        return path.read_bytes()


async def _create(url: str) -> None:
    async with Database.open(url):
        pass
