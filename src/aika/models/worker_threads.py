"""Threads that compute one item after the other, and stop soon after nobody waits for them any more."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


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
def open_workers(name: str, threads: int) -> Iterator[Workers]:
    """Open so many threads."""
    executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
    try:
        yield Workers(executor, threads)
    finally:
        # What runs is one item a thread: waiting for it is short, and nothing computes after the component is closed.
        executor.shutdown(wait=True, cancel_futures=True)
