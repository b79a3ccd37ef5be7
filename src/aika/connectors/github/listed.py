"""The keys that a repository's documents were last listed under.

When GitHub says that a repository is gone, it can no longer be asked what was in it.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from aika.files import replace_file


@dataclass(frozen=True, slots=True)
class ListedKeys:
    """Remembers keys in one file a repository."""

    folder: Path

    async def replace(self, repository: str, keys: Collection[str]) -> None:
        await asyncio.to_thread(self._write, repository, keys)

    async def add(self, repository: str, keys: Collection[str]) -> None:
        known = await self.of(repository)
        if not known.issuperset(keys):
            await self.replace(repository, known.union(keys))

    async def of(self, repository: str) -> frozenset[str]:
        """Return what was listed, nothing where that is not known here."""
        return await asyncio.to_thread(self._read, repository)

    def _write(self, repository: str, keys: Collection[str]) -> None:
        path = self._path(repository)
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, "\n".join(sorted(keys)))

    def _read(self, repository: str) -> frozenset[str]:
        try:
            return frozenset(filter(None, self._path(repository).read_text(encoding="utf-8").split("\n")))
        except FileNotFoundError:
            return frozenset()

    def _path(self, repository: str) -> Path:
        owner, name = repository.lower().split("/", 1)
        return self.folder / owner / f"{name}.keys"
