"""Begins a job and never ends it, until a test kills the process."""

import asyncio
import sys

from aika.stores.jobs import DurableJobs


async def main(url: str) -> None:
    begun = asyncio.Event()

    async def work(argument: str) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with DurableJobs.open(url, poll_seconds=0.05) as jobs:
        jobs.register("work", work)
        job = await jobs.submit("work", "argument", key="key")
        await begun.wait()
        sys.stdout.write(f"{job}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
