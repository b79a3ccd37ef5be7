"""How sources stand, as gauges that are read when metrics are collected."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from time import monotonic

from opentelemetry.metrics import CallbackOptions, Meter, Observation

from aika.domain.errors import AikaError
from aika.domain.sources import SourceState
from aika.protocols import Clock
from aika.telemetry import names
from aika.telemetry.stages import error_type

logger = logging.getLogger(__name__)

ReadStates = Callable[[], Awaitable[Sequence[SourceState]]]

_READ_SECONDS = 5.0
"""Metrics that cannot be read in this time are left out once."""
_SHARED_SECONDS = 1.0
"""The gauges of one collection share one reading."""


class SourceGauges:
    """Gauges of documents and of the time since the last sync, by source. They show nothing unless something is watched."""

    def __init__(self, meter: Meter) -> None:
        self._watched: _Watched | None = None
        gauges = (
            (names.SOURCE_DOCUMENTS, "{document}", "Documents that are in the catalogue.", _documents),
            (names.NOT_FINDABLE, "{document}", "Documents that cannot be found by words yet.", _not_findable),
            (names.NOT_EMBEDDED, "{document}", "Documents that cannot be found by meaning yet.", _not_embedded),
            (names.SYNC_AGE, "s", "Time since the last sync that succeeded.", _sync_age),
        )
        for name, unit, description, value in gauges:
            meter.create_observable_gauge(name, [self._callback(value)], unit=unit, description=description)

    @contextmanager
    def watching(self, read: ReadStates, clock: Clock) -> Iterator[None]:
        """Show what ``read`` returns, while this is open. It runs in the event loop that this is called in."""
        self._watched = _Watched(read, clock, asyncio.get_running_loop())
        try:
            yield
        finally:
            self._watched = None

    def _callback(
        self, value: Callable[[SourceState, datetime], float | None]
    ) -> Callable[[CallbackOptions], Iterable[Observation]]:
        def observe(_: CallbackOptions) -> Iterable[Observation]:
            watched = self._watched
            if watched is None:
                return []
            now = watched.clock.now()
            found = ((state, value(state, now)) for state in watched.states())
            return [Observation(seen, {names.SOURCE: state.source.id}) for state, seen in found if seen is not None]

        return observe


class _Watched:
    """Reads from the collecting thread what only the event loop can read."""

    def __init__(self, read: ReadStates, clock: Clock, loop: asyncio.AbstractEventLoop) -> None:
        self.clock = clock
        self._read = read
        self._loop = loop
        self._lock = Lock()
        self._states: Sequence[SourceState] = ()
        self._read_at: float | None = None

    def states(self) -> Sequence[SourceState]:
        with self._lock:
            if self._read_at is None or monotonic() - self._read_at > _SHARED_SECONDS:
                self._states = self._fresh()
                self._read_at = monotonic()
            return self._states

    def _fresh(self) -> Sequence[SourceState]:
        if self._loop.is_closed() or _is_current(self._loop):
            # Waiting here for the loop would wait for ever.
            return ()
        reading = asyncio.run_coroutine_threadsafe(self._awaited(), self._loop)
        try:
            return reading.result(_READ_SECONDS)
        except (AikaError, TimeoutError) as error:
            reading.cancel()
            logger.warning("the state of the sources cannot be measured now", extra={"error": error_type(error)})
            return ()

    async def _awaited(self) -> Sequence[SourceState]:
        return await self._read()


def _is_current(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


def _documents(state: SourceState, _: datetime) -> float:
    return state.documents


def _not_findable(state: SourceState, _: datetime) -> float:
    return state.documents - state.findable


def _not_embedded(state: SourceState, _: datetime) -> float:
    return state.documents - state.embedded


def _sync_age(state: SourceState, now: datetime) -> float | None:
    return None if state.last_success_at is None else (now - state.last_success_at).total_seconds()
