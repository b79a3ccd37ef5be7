"""Durable work: what was accepted is done, in this process or the next.

DBOS keeps the list of work and hands it out. A thread of its pool waits for each piece, which itself runs on the
application's event loop. A process can have one `DurableJobs` open at a time, because DBOS is one per process.
"""

import asyncio
import json
import logging
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import CancelledError as FutureCancelledError
from contextlib import ExitStack, asynccontextmanager, suppress
from contextvars import Context
from typing import cast

from dbos import DBOS

from aika.domain import errors
from aika.domain.errors import AikaError, ConflictError, InvalidRequestError, PermanentError, TransientError
from aika.stores import workflows
from aika.stores.database.seats import Seats

logger = logging.getLogger(__name__)

Work = Callable[[str], Awaitable[None]]

POLL_SECONDS = 0.5
"""How often a process looks for work."""
UPKEEP_SECONDS = 60.0
"""How often a process forgets finished work, and takes over that of processes that are gone."""
_FIRST_LOOK_SECONDS = 0.02
_REMEMBERED_FAILURES = 200

_only_one = threading.Lock()


class DurableJobs:
    """Runs registered work, each piece until it returns or raises. What a dead process left is started again."""

    def __init__(self, url: str, *, poll_seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._where = "the jobs' database"
        self._poll_seconds = poll_seconds
        self._works: dict[str, Work] = {}
        self._registered = asyncio.Event()
        self._running: set[asyncio.Task[str | None]] = set()
        self._failures: OrderedDict[str, Exception] = OrderedDict()
        self._closing = asyncio.Event()
        self._url = url

    @classmethod
    @asynccontextmanager
    async def open(
        cls, url: str, *, poll_seconds: float = POLL_SECONDS, upkeep_seconds: float = UPKEEP_SECONDS
    ) -> AsyncIterator["DurableJobs"]:
        """Open the jobs of a database, given its URL. Work that the last process left starts once it is registered.

        At the end, running work is cancelled and stays on the list. Raises `ConflictError` where this process has jobs
        open already.
        """
        if not _only_one.acquire(blocking=False):
            raise ConflictError("this process has its jobs open already: close them first")
        try:
            jobs = cls(workflows.jobs_url(url), poll_seconds=poll_seconds)
            async with jobs._seated() as seats:
                upkeep = await jobs._start(seats, upkeep_seconds)
                try:
                    yield jobs
                finally:
                    await jobs._stop(upkeep)
        finally:
            _only_one.release()

    def register(self, name: str, work: Work) -> None:
        if name in self._works:
            raise ConflictError(f"work called {name!r} is registered already")
        self._works[name] = work
        # Whoever waits for a name looks again; whoever comes later waits for the next.
        self._registered.set()
        self._registered = asyncio.Event()

    async def submit(self, name: str, argument: str, *, key: str | None = None) -> str:
        if name not in self._works:
            raise InvalidRequestError(
                f"no work called {name!r} is registered (known: {', '.join(sorted(self._works))})"
            )
        with workflows.in_our_words(self._where):
            return await asyncio.to_thread(workflows.submit, name, argument, key)

    async def wait(self, id: str) -> None:
        """Return when it is done, here or in another process. Raise what it raised, or `NotFoundError` for no such work."""
        pause = _FIRST_LOOK_SECONDS
        while True:
            with workflows.in_our_words(self._where):
                phase, failure = await asyncio.to_thread(workflows.standing, id)
            if phase == "done":
                return
            if failure is not None:
                raise self._failures.get(id) or _revived(failure)
            await asyncio.sleep(pause)
            pause = min(2 * pause, self._poll_seconds)

    @asynccontextmanager
    async def _seated(self) -> AsyncIterator[Seats | None]:
        if self._url.startswith("sqlite"):
            # It has one process: the application locks its data directory.
            yield None
            return
        with ExitStack() as stack:
            with workflows.in_our_words(self._where):
                seats = await asyncio.to_thread(stack.enter_context, Seats.open(self._url))
            yield seats

    async def _start(self, seats: Seats | None, upkeep_seconds: float) -> asyncio.Task[None]:
        executor = _executor(seats.own if seats else 1)
        with workflows.in_our_words(self._where):
            await asyncio.to_thread(
                workflows.launch, self._url, executor=executor, run=self._run_in_thread, poll_seconds=self._poll_seconds
            )
        return asyncio.create_task(self._keep_up(seats, upkeep_seconds), name="upkeep of jobs")

    async def _stop(self, upkeep: asyncio.Task[None]) -> None:
        self._closing.set()
        for task in self._running:
            task.cancel()
        await asyncio.gather(upkeep, *self._running, return_exceptions=True)
        await asyncio.to_thread(workflows.stop)

    def _run_in_thread(self, name: str, argument: str) -> str | None:
        if self._closing.is_set():
            raise _LeftForLater
        # In a context of its own: what the work submits is not a part of this workflow.
        future = Context().run(
            asyncio.run_coroutine_threadsafe, self._run(str(DBOS.workflow_id), name, argument), self._loop
        )
        try:
            return future.result()
        except FutureCancelledError:
            raise _LeftForLater from None

    async def _run(self, id: str, name: str, argument: str) -> str | None:
        # A coroutine always runs in a task.
        task = cast("asyncio.Task[str | None]", asyncio.current_task())
        if self._closing.is_set():
            # Handed out at the last moment: nobody would cancel it any more.
            raise asyncio.CancelledError
        self._running.add(task)
        try:
            await (await self._work(name))(argument)
        except asyncio.CancelledError:
            if self._closing.is_set():
                raise
            return self._failed(id, name, InvalidRequestError("the job was cancelled from within"))
        except Exception as error:  # noqa: BLE001 - the outermost loop of the work: whoever waits gets it
            return self._failed(id, name, error)
        finally:
            self._running.discard(task)
        return None

    async def _work(self, name: str) -> Work:
        """Wait for the name to be registered: what the last process left is handed out before the application is set up."""
        while name not in self._works:
            await self._registered.wait()
        return self._works[name]

    def _failed(self, id: str, name: str, error: Exception) -> str:
        logger.warning(
            "job failed",
            extra={"job": id, "work": name, "error": type(error).__name__},
            exc_info=None if isinstance(error, AikaError) else error,
        )
        self._failures[id] = error
        while len(self._failures) > _REMEMBERED_FAILURES:
            self._failures.popitem(last=False)
        return _written(error)

    async def _keep_up(self, seats: Seats | None, seconds: float) -> None:
        while not self._closing.is_set():
            try:
                # Waited for even when all is being closed: it uses what is closed next.
                await asyncio.to_thread(_upkeep, seats)
            except Exception:
                # The outermost loop: the next round tries again.
                logger.exception("upkeep of the jobs failed")
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._closing.wait()


class _LeftForLater(BaseException):
    """Ends a workflow's thread so that DBOS records no outcome, and the next process takes the work up."""


def _upkeep(seats: Seats | None) -> None:
    workflows.forget_finished()
    if seats is None:
        return
    seats.check()
    for executor in workflows.executors_with_work():
        seat = int(executor.removeprefix(_executor("")))
        with seats.left_behind(seat) as left:
            if left:
                logger.warning("taking over the jobs of a process that is gone", extra={"executor": executor})
                workflows.take_over(executor)


def _executor(seat: int | str) -> str:
    return f"aika-{seat}"


def _written(failure: Exception) -> str:
    retry_after = failure.retry_after if isinstance(failure, TransientError) else None
    return json.dumps({"type": type(failure).__name__, "message": str(failure), "retry_after": retry_after})


def _revived(text: str) -> Exception:
    """Return an aika error as it was, and anything else as a `PermanentError` that names it."""
    failure = json.loads(text)
    kind, message = getattr(errors, failure["type"], None), failure["message"]
    if isinstance(kind, type) and issubclass(kind, TransientError):
        return kind(message, retry_after=failure["retry_after"])
    if isinstance(kind, type) and issubclass(kind, AikaError):
        revived = kind.__new__(kind)
        # Some build their message from other arguments: what they said is kept, not how they came to say it.
        revived.args = (message,)
        return revived
    return PermanentError(f"{failure['type']}: {message}")
