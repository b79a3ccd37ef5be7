"""What durable jobs must do."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from aika.domain.errors import (
    ConflictError,
    InvalidRequestError,
    MissingExtraError,
    NotFoundError,
    PermanentError,
    TransientError,
)
from aika.protocols import Jobs

OpenJobs = Callable[[], AbstractAsyncContextManager[Jobs]]


class Recorder:
    """Work that notes what it was given, and waits where told."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.finished: list[str] = []
        self.has_begun = asyncio.Event()
        self.may_finish = asyncio.Event()
        self.loop = asyncio.get_running_loop()

    async def at_once(self, argument: str) -> None:
        assert asyncio.get_running_loop() is self.loop
        self.begun.append(argument)
        self.finished.append(argument)

    async def when_told(self, argument: str) -> None:
        self.begun.append(argument)
        self.has_begun.set()
        await self.may_finish.wait()
        self.finished.append(argument)


class JobsContract:
    """Inherit from it and provide the fixture ``open_jobs``, which opens the same jobs again each time it is called."""

    @pytest.fixture
    async def jobs(self, open_jobs: OpenJobs) -> AsyncIterator[Jobs]:
        async with open_jobs() as jobs:
            yield jobs

    async def test_work_is_done_on_the_applications_event_loop_once(self, jobs: Jobs) -> None:
        recorder = Recorder()
        jobs.register("note", recorder.at_once)

        for job in [await jobs.submit("note", argument) for argument in ("größe \0 \U0001f600", "", "c")]:
            await jobs.wait(job)

        assert sorted(recorder.finished) == ["", "c", "größe \0 \U0001f600"]

    async def test_waiting_raises_what_the_work_raised(self, jobs: Jobs) -> None:
        error = ValueError("of the work's own")

        async def fail(argument: str) -> None:
            raise error

        jobs.register("fail", fail)

        with pytest.raises(ValueError, match="of the work's own"):
            await jobs.wait(await jobs.submit("fail", ""))

    async def test_failures_keep_their_kind_and_message_in_the_next_process(self, open_jobs: OpenJobs) -> None:
        raised: dict[str, Exception] = {
            "transient": TransientError("try later", retry_after=7.5),
            "extra": MissingExtraError("Reading slides", extra="slides"),
            "foreign": KeyError("lost"),
        }

        async def fail(argument: str) -> None:
            raise raised[argument]

        async with open_jobs() as jobs:
            jobs.register("fail", fail)
            ids = {name: await jobs.submit("fail", name) for name in raised}
            await asyncio.gather(*(jobs.wait(job) for job in ids.values()), return_exceptions=True)

        async with open_jobs() as jobs:
            with pytest.raises(TransientError, match="try later") as transient:
                await jobs.wait(ids["transient"])
            with pytest.raises(MissingExtraError, match="Reading slides needs packages"):
                await jobs.wait(ids["extra"])
            with pytest.raises(PermanentError, match="KeyError: 'lost'"):
                await jobs.wait(ids["foreign"])
        assert transient.value.retry_after == 7.5

    async def test_one_failure_leaves_other_work_alone(self, jobs: Jobs) -> None:
        recorder = Recorder()

        async def fail(argument: str) -> None:
            raise asyncio.CancelledError

        jobs.register("fail", fail)
        jobs.register("note", recorder.at_once)
        bad, good = await jobs.submit("fail", ""), await jobs.submit("note", "a")

        await jobs.wait(good)
        with pytest.raises(PermanentError, match="cancelled"):
            await jobs.wait(bad)

        assert recorder.finished == ["a"]

    async def test_work_of_a_key_that_waits_or_runs_is_not_accepted_twice(self, jobs: Jobs) -> None:
        recorder = Recorder()
        jobs.register("note", recorder.when_told)
        first = await jobs.submit("note", "first", key="k")
        await recorder.has_begun.wait()

        while_it_runs = await jobs.submit("note", "again", key="k")
        other = await jobs.submit("note", "other", key="another")
        recorder.may_finish.set()
        await jobs.wait(first)
        await jobs.wait(other)
        afterwards = await jobs.submit("note", "afterwards", key="k")
        await jobs.wait(afterwards)

        assert while_it_runs == first
        assert len({first, other, afterwards}) == 3
        assert sorted(recorder.finished) == ["afterwards", "first", "other"]

    async def test_work_without_a_key_runs_side_by_side(self, jobs: Jobs) -> None:
        together = asyncio.Barrier(3)

        async def meet(argument: str) -> None:
            await together.wait()

        jobs.register("meet", meet)

        async with asyncio.timeout(20):
            await asyncio.gather(*[jobs.wait(await jobs.submit("meet", "")) for _ in range(3)])

    async def test_work_can_submit_work(self, jobs: Jobs) -> None:
        recorder = Recorder()
        submitted: list[str] = []

        async def delegate(argument: str) -> None:
            submitted.append(await jobs.submit("note", argument, key="of the second"))

        jobs.register("delegate", delegate)
        jobs.register("note", recorder.at_once)
        await jobs.wait(await jobs.submit("delegate", "a"))

        await jobs.wait(submitted[0])

        assert recorder.finished == ["a"]

    async def test_only_registered_work_is_accepted(self, jobs: Jobs) -> None:
        jobs.register("note", Recorder().at_once)

        with pytest.raises(InvalidRequestError, match=r"'unknown'.*known: note"):
            await jobs.submit("unknown", "")
        with pytest.raises(ConflictError, match="'note'"):
            jobs.register("note", Recorder().at_once)

    async def test_there_is_nothing_to_wait_for_without_work(self, jobs: Jobs) -> None:
        with pytest.raises(NotFoundError, match="'never'"):
            await jobs.wait("never")

    async def test_work_that_was_interrupted_starts_again_in_the_next_process(self, open_jobs: OpenJobs) -> None:
        before = Recorder()
        async with open_jobs() as jobs:
            jobs.register("note", before.when_told)
            job = await jobs.submit("note", "a", key="k")
            await before.has_begun.wait()

        after = Recorder()
        async with open_jobs() as jobs:
            jobs.register("note", after.at_once)
            await jobs.wait(job)

        assert (before.begun, before.finished) == (["a"], [])
        assert after.finished == ["a"]

    async def test_work_that_was_interrupted_still_holds_its_key(self, open_jobs: OpenJobs) -> None:
        before = Recorder()
        async with open_jobs() as jobs:
            jobs.register("note", before.when_told)
            job = await jobs.submit("note", "a", key="k")
            await before.has_begun.wait()

        after = Recorder()
        async with open_jobs() as jobs:
            jobs.register("other", after.at_once)
            again = await jobs.submit("other", "b", key="k")
            # Registered last: what the last process left waits for it.
            jobs.register("note", after.at_once)
            await jobs.wait(job)

        assert again == job
        assert after.finished == ["a"]

    async def test_what_was_done_in_the_last_process_is_not_done_again(self, open_jobs: OpenJobs) -> None:
        recorder = Recorder()
        async with open_jobs() as jobs:
            jobs.register("note", recorder.at_once)
            job = await jobs.submit("note", "a")
            await jobs.wait(job)

        async with open_jobs() as jobs:
            jobs.register("note", recorder.at_once)
            await jobs.wait(job)
            await jobs.wait(await jobs.submit("note", "b"))

        assert recorder.finished == ["a", "b"]
