"""Threads that compute one item after the other, and stop soon after nobody waits for them any more."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

STAND_BACK = 5
"""Added to the niceness of threads for what no answer waits for before it begins: embedding documents and what a question is
compared with, reading passages. The question's own vector comes first."""


class Workers:
    """Computes in threads. Open it with `open_workers`.

    A computation cannot be cancelled, so a call never queues more than it can compute at once: when it is cancelled, only the
    items being computed are finished. However many calls are given up, no more than the threads go on.
    """

    def __init__(self, executor: ThreadPoolExecutor, threads: int) -> None:
        self._executor = executor
        self._threads = threads

    async def each(self, compute: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """Return what ``compute`` makes of each item, in order."""
        loop = asyncio.get_running_loop()
        remaining = iter(enumerate(items))
        results: dict[int, Result] = {}

        async def work() -> None:
            for position, item in remaining:
                results[position] = await loop.run_in_executor(self._executor, compute, item)

        await asyncio.gather(*(work() for _ in range(min(len(items), self._threads))))
        return [results[position] for position in range(len(items))]


@contextmanager
def open_workers(name: str, threads: int, *, standing_back: bool = False) -> Iterator[Workers]:
    """Open so many threads. Those that stand back let everything else of this process come first."""
    initializer = stand_back if standing_back else None
    executor = ThreadPoolExecutor(threads, thread_name_prefix=name, initializer=initializer)
    try:
        yield Workers(executor, threads)
    finally:
        # What runs is one item a thread: waiting for it is short, and nothing computes after the component is closed.
        executor.shutdown(wait=True, cancel_futures=True)


def stand_back() -> None:
    """Let threads of this process that are waited for come before the one that calls this."""
    if sys.platform == "linux":  # elsewhere a thread has no niceness of its own
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + STAND_BACK)
