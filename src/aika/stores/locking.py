"""One process at a time: the lock on a data directory.

The lock itself is the operating system's, so it ends with the process that holds it, however that ends. What the file says
is for people and for the command line, which asks a running server instead of opening the directory beside it.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from io import BufferedRandom
from pathlib import Path

from aika.domain.errors import StoreLockedError

LOCK_FILE = "aika.lock"

_PATIENCE_SECONDS = 0.3
# `lock_holder` holds the lock for microseconds to see whether it is free. That must not look like another process.
_RETRY_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class LockHolder:
    """The process that holds a data directory."""

    pid: int
    started_at: str
    """ISO 8601, in UTC."""
    url: str | None = None
    """Where its API answers, once it does."""


class DataDirectoryLock:
    """A held lock. Made by `hold`."""

    def __init__(self, file: BufferedRandom, holder: LockHolder) -> None:
        self._file = file
        self._holder = holder
        self._write(json.dumps(asdict(holder)))

    @classmethod
    @contextmanager
    def hold(cls, directory: Path, *, url: str | None = None) -> Iterator["DataDirectoryLock"]:
        """Hold the directory, which is made where it does not exist.

        Raises `StoreLockedError`, which names the process, where another one holds it. What a dead process left behind is
        taken over.
        """
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / LOCK_FILE
        # Not "w": that would empty the file of the process that holds the lock.
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644), "r+b") as file:
            _wait_for(file, directory)
            try:
                started_at = datetime.now(UTC).isoformat(timespec="seconds")
                lock = cls(file, LockHolder(pid=os.getpid(), started_at=started_at, url=url))
                yield lock
            finally:
                # Emptied and kept: a file that is deleted under a lock can be locked twice.
                file.seek(0)
                file.truncate()
                file.flush()
                _unlock(file)

    def announce(self, url: str) -> None:
        """Tell other processes where this one's API answers."""
        self._holder = replace(self._holder, url=url)
        self._write(json.dumps(asdict(self._holder)))

    def _write(self, text: str) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.write(text.encode())
        self._file.flush()


def lock_holder(directory: Path) -> LockHolder | None:
    """Return the process that holds the directory, ``None`` where none does."""
    path = directory / LOCK_FILE
    try:
        with path.open("r+b") as file:
            if _try_lock(file):
                _unlock(file)
                return None
            return _read_holder(file)
    except FileNotFoundError:
        return None


def _wait_for(file: BufferedRandom, directory: Path) -> None:
    give_up_at = time.monotonic() + _PATIENCE_SECONDS
    while not _try_lock(file):
        if time.monotonic() >= give_up_at:
            raise StoreLockedError(_in_words(directory, _read_holder(file)))
        time.sleep(_RETRY_SECONDS)


def _read_holder(file: BufferedRandom) -> LockHolder:
    file.seek(0)
    try:
        return LockHolder(**json.loads(file.read()))
    except (ValueError, TypeError):
        # The holder is about to write, or an older version wrote other fields. It is held either way.
        return LockHolder(pid=0, started_at="")


def _in_words(directory: Path, holder: LockHolder) -> str:
    who = f"process {holder.pid}" if holder.pid else "another process"
    where = f", which answers at {holder.url}" if holder.url else ""
    return (
        f"{directory} is in use by {who}{where}. Ask that process instead, stop it, "
        "or give this one a directory of its own (AIKA_DATA_DIR)."
    )


if sys.platform == "win32":
    import msvcrt

    # Windows keeps others from reading a locked byte, so the locked one lies far behind the text.
    _LOCKED_BYTE = 1 << 30

    def _try_lock(file: BufferedRandom) -> bool:
        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: BufferedRandom) -> None:
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: BufferedRandom) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: BufferedRandom) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)
