"""Threads that compute for whoever still waits."""

import asyncio
import threading

from aika.models.worker_threads import open_workers


async def test_results_come_in_the_order_of_the_items() -> None:
    with open_workers("test", 3) as workers:
        assert await workers.each(lambda number: number * number, range(20)) == [
            number * number for number in range(20)
        ]


async def test_a_cancelled_call_ends_with_the_item_being_computed() -> None:
    started, go_on = threading.Event(), threading.Event()
    computed: list[int] = []

    def compute(number: int) -> None:
        started.set()
        assert go_on.wait(30)
        computed.append(number)

    with open_workers("test", 1) as workers:
        call = asyncio.create_task(workers.each(compute, range(100)))
        await asyncio.to_thread(started.wait, 30)
        call.cancel()
        await asyncio.wait([call])
        go_on.set()
        await workers.each(lambda _: None, [0])

    assert computed == [0]
