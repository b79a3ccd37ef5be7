"""Spans and timings around stages, also where a stage is a stream."""

from asyncio import CancelledError
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from time import perf_counter
from types import TracebackType
from typing import TypeVar

from opentelemetry.context import Context, attach, create_key, detach, get_value, set_value
from opentelemetry.metrics import Meter
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer, set_span_in_context
from opentelemetry.util.types import AttributeValue

from aika.telemetry import names
from aika.telemetry.instruments import Instruments

T = TypeVar("T")

_WITHHELD = create_key("aika content withheld")


class Recorder:
    """Records what one application does. Wrappers share it."""

    def __init__(self, tracer: Tracer, meter: Meter, *, capture_content: bool) -> None:
        self.tracer = tracer
        self.metrics = Instruments(meter)
        self.capture_content = capture_content

    def stage(
        self,
        stage: str,
        *,
        name: str | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Mapping[str, AttributeValue] | None = None,
    ) -> "Stage":
        """Begin a stage. ``stage`` is one of a fixed few; the span may be named after more than that."""
        return Stage(self, stage, name=name or stage, kind=kind, attributes=attributes)


class Stage:
    """A stage under way: a span, and its time in ``aika.stage.duration``. Ends with `finish` or as a context manager."""

    def __init__(
        self,
        recorder: Recorder,
        stage: str,
        *,
        name: str,
        kind: SpanKind,
        attributes: Mapping[str, AttributeValue] | None,
    ) -> None:
        self._recorder = recorder
        self._stage = stage
        self._span = recorder.tracer.start_span(name, kind=kind, attributes=attributes)
        self._shows_content = recorder.capture_content and not get_value(_WITHHELD)
        self._marks: dict[str, float] = {}
        self.context: Context = set_span_in_context(self._span)
        """In which the stage's span is the current one."""
        self.settled = False
        """Whether the stage's result is there, so that being left early is no cancellation."""
        self.on_finish: Callable[[Stage, float, BaseException | None], None] | None = None
        """Called at the end with the seconds it took, for metrics besides the stage's own."""
        self._began = perf_counter()

    @property
    def seconds(self) -> float:
        """How long the stage has taken so far."""
        return perf_counter() - self._began

    def set(self, name: str, value: AttributeValue | None) -> None:
        if value is not None:
            self._span.set_attribute(name, value)

    def set_content(self, name: str, value: AttributeValue) -> None:
        """Set an attribute that holds content, where the operator allows it."""
        if self._shows_content:
            self._span.set_attribute(name, value)

    def withhold_content(self) -> None:
        """Keep content out of this stage's span and out of all that begin within it, whatever the operator allows."""
        self._shows_content = False
        self.context = set_value(_WITHHELD, True, self.context)

    def mark(self, name: str) -> float | None:
        """Set the seconds so far as an attribute; return them the first time, ``None`` later."""
        if name in self._marks:
            return None
        self._marks[name] = seconds = self.seconds
        self._span.set_attribute(name, seconds)
        return seconds

    def fail(self, error_type: str, message: str | None = None) -> None:
        """Say that the stage failed. The message may hold content and is recorded only where the operator allows it."""
        self._span.set_attribute(names.ERROR_TYPE, error_type)
        self._span.set_status(Status(StatusCode.ERROR, message if self._shows_content else None))

    def finish(self, error: BaseException | None = None) -> None:
        """End the span and record its time."""
        seconds = self.seconds
        if isinstance(error, GeneratorExit) and self.settled:
            error = None
        attributes: dict[str, AttributeValue] = {names.STAGE: self._stage}
        if error is not None:
            attributes[names.ERROR_TYPE] = error_type(error)
        if isinstance(error, GeneratorExit | CancelledError):
            # Nobody waits for the result any more, or a time limit ran out: that is for the one who set it to judge.
            self._span.set_attribute(names.CANCELLED, True)
        elif error is not None:
            self.fail(error_type(error), str(error))
        self._span.end()
        self._recorder.metrics.stage_duration.record(seconds, attributes, context=self.context)
        if self.on_finish is not None:
            self.on_finish(self, seconds, error)

    def __enter__(self) -> "Stage":
        self._token = attach(self.context)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        detach(self._token)
        self.finish(error)


async def followed(
    begin: Callable[[], Stage], source: AsyncIterator[T], note: Callable[[Stage, T], None]
) -> AsyncIterator[T]:
    """Yield what a stream yields, within a stage that begins with its first step and ends when it is exhausted or closed.

    The stage's span is current inside the source only: between steps the consumer keeps its own, and whoever closes the
    stream may do so from another task.
    """
    stage = begin()
    error: BaseException | None = None
    try:
        while True:
            token = attach(stage.context)
            try:
                item = await anext(source)
            except StopAsyncIteration:
                break
            finally:
                detach(token)
            note(stage, item)
            yield item
    except BaseException as raised:
        error = raised
        raise
    finally:
        try:
            await _close(source, stage.context)
        finally:
            stage.finish(error)


async def _close(source: AsyncIterator[T], context: Context) -> None:
    if isinstance(source, AsyncGenerator):
        token = attach(context)
        try:
            await source.aclose()
        finally:
            detach(token)


def error_type(error: BaseException) -> str:
    """Return the name of an error's class, with its module unless it is built in; one name for all ways of being cancelled."""
    if isinstance(error, GeneratorExit | CancelledError):
        return "cancelled"
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
