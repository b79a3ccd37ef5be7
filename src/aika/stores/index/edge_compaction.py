"""Rebuilding an embedded shard beside the one that serves.

The engine holds the interpreter lock for as long as it rebuilds, minutes for 100,000 chunks. So a copy is rebuilt in a child
process (this module, run), while documents that are written meanwhile are noted, to be carried over.
"""

import asyncio
import ctypes
import logging
import os
import shutil
import signal
import sys
from collections.abc import Collection
from pathlib import Path
from time import monotonic

from aika.domain.errors import TransientError
from aika.domain.identifiers import DocumentId
from aika.stores.index import edge_shard

_NICENESS = 10
"""Of the child process: serving comes first."""

_PR_SET_PDEATHSIG = 1
"""From Linux's ``prctl.h``."""

logger = logging.getLogger(__name__)


class Compaction:
    """One rebuild, from the copy on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        """The copy."""
        self._touched: set[DocumentId] = set()

    @classmethod
    async def begin(cls, shard: Path, copy: Path) -> "Compaction":
        """Copy a shard's files. It must have been flushed, and nothing may write to it meanwhile.

        A thread cannot be cancelled: a cancelled call ends once the copy is made, so that whoever cleans up finds all of it.
        """
        copying = asyncio.ensure_future(asyncio.to_thread(shutil.copytree, shard, copy))
        try:
            await asyncio.shield(copying)
        except asyncio.CancelledError:
            await asyncio.wait([copying])
            raise
        return cls(copy)

    def touch(self, documents: Collection[DocumentId]) -> None:
        """Note documents that are written from now on."""
        self._touched.update(documents)

    def take_touched(self) -> set[DocumentId]:
        """Return the noted documents and forget them."""
        taken, self._touched = self._touched, set()
        return taken

    async def optimize(self) -> None:
        """Rebuild the copy. Raises `TransientError` where that fails."""
        started = monotonic()
        logger.info("index compaction started", extra={"shard": self.path.name})
        # -P keeps the working directory, which is not ours, off the child's import path.
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", __name__, str(self.path), str(os.getpid()),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            _, stderr = await child.communicate()
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        if child.returncode != 0:
            last_words = stderr.decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
            raise TransientError(
                f"rebuilding the index ended with status {child.returncode}: {last_words[0]}. "
                "The index serves on as it is; free memory and disk space if this repeats"
            )
        logger.info(
            "index compaction finished",
            extra={"shard": self.path.name, "seconds": round(monotonic() - started, 1)},
        )


def main() -> None:
    """Rebuild the shard that the command line names, for the process whose id it names."""
    _end_with(int(sys.argv[2]))
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    edge_shard.optimize(Path(sys.argv[1]))


def _end_with(parent: int) -> None:
    """Ask to be killed when the serving process ends, so that a rebuild nobody waits for does not go on for minutes.

    Where the system cannot, it goes on, and its result is deleted at the next opening.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before it was asked
            sys.exit(1)


if __name__ == "__main__":
    main()
