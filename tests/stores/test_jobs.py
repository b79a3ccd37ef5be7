"""Durable jobs keep the published contract, on both engines, and survive kill -9."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import interrupted_job
import pytest

from aika.domain.errors import ConfigurationError, ConflictError
from aika.stores.jobs import DurableJobs
from aika.testing.contracts.jobs import JobsContract, OpenJobs, Recorder

_PATIENCE = 60
"""Seconds after which a takeover that does not come is a failure and not a wait without end."""


class TestDurableJobs(JobsContract):
    @pytest.fixture
    def open_jobs(self, jobs_url: str) -> OpenJobs:
        return lambda: DurableJobs.open(jobs_url, poll_seconds=0.05)


@contextmanager
def process_with_a_job(url: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A process that runs a job, and the job's job."""
    command = [sys.executable, str(Path(interrupted_job.__file__)), url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


async def test_a_job_of_a_killed_process_is_done_by_the_next(jobs_url: str) -> None:
    with process_with_a_job(jobs_url) as (_, job):
        pass

    recorder = Recorder()
    async with DurableJobs.open(jobs_url, poll_seconds=0.05, upkeep_seconds=0.05) as jobs:
        jobs.register("work", recorder.at_once)
        assert await jobs.submit("work", "again", key="key") == job
        async with asyncio.timeout(_PATIENCE):
            await jobs.wait(job)

    assert recorder.finished == ["argument"]


async def test_a_job_of_a_killed_process_is_taken_over_by_one_that_lives(postgres_jobs_url: str) -> None:
    recorder = Recorder()
    with process_with_a_job(postgres_jobs_url) as (process, job):
        async with DurableJobs.open(postgres_jobs_url, poll_seconds=0.05, upkeep_seconds=0.05) as jobs:
            jobs.register("work", recorder.at_once)
            assert recorder.finished == []

            process.kill()
            async with asyncio.timeout(_PATIENCE):
                await jobs.wait(job)

    assert recorder.finished == ["argument"]


async def test_a_process_has_its_jobs_open_once(sqlite_url: str) -> None:
    async with DurableJobs.open(sqlite_url):
        with pytest.raises(ConflictError, match="open already"):
            async with DurableJobs.open(sqlite_url):
                pass


async def test_jobs_that_failed_to_open_can_be_opened_afterwards(sqlite_url: str) -> None:
    for wrong in ("sqlite://", "sqlite:////proc/nowhere/aika.sqlite"):
        with pytest.raises(ConfigurationError):
            async with DurableJobs.open(wrong):
                pass

    async with DurableJobs.open(sqlite_url):
        pass


async def test_nothing_is_written_to_the_console(
    sqlite_jobs_url: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    recorder = Recorder()

    async with DurableJobs.open(sqlite_jobs_url, poll_seconds=0.05) as jobs:
        jobs.register("note", recorder.at_once)
        await jobs.wait(await jobs.submit("note", ""))

    assert capfd.readouterr() == ("", "")
    assert caplog.messages == []


async def test_only_the_owner_of_the_process_may_read_the_jobs(sqlite_url: str, tmp_path: Path) -> None:
    async with DurableJobs.open(sqlite_url):
        assert modes_in(tmp_path) == {0o600}


def modes_in(folder: Path) -> set[int]:
    return {path.stat().st_mode & 0o777 for path in folder.iterdir()}
