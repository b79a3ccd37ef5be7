"""The work of goalies, as part of the trace that the message began, and as a metric. Never any words."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.metrics import Meter
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from aika.telemetry import names
from aika.telemetry.stages import error_type

_TRACEPARENT = "traceparent"

_carrier = TraceContextTextMapPropagator()


class GoalieTelemetry:
    """Records what goalies do. Where nothing is exported it costs next to nothing."""

    def __init__(self, tracer: Tracer, meter: Meter) -> None:
        self._tracer = tracer
        self._cases = meter.create_counter(
            names.GOALIE_CASES, unit="{case}", description="Messages that goalies looked at, by what became of them."
        )

    def here(self) -> str:
        """Return what the trace that is under way is carried on by, empty where nothing is traced."""
        carried: dict[str, str] = {}
        _carrier.inject(carried)
        return carried.get(_TRACEPARENT, "")

    def became(self, goalie: str, state: str) -> None:
        """Count what became of a message."""
        self._cases.add(1, {names.GOALIE: goalie, names.GOALIE_STATE: state})

    @contextmanager
    def working(self, goalie: str, state: str, trace: str) -> Iterator[None]:
        """Trace the work on a case, as part of the trace that its message began."""
        context = _carrier.extract({_TRACEPARENT: trace}) if trace else None
        attributes = {names.GOALIE: goalie, names.GOALIE_STATE: state}
        with self._tracer.start_as_current_span(
            "goalie.work",
            context=context,
            kind=SpanKind.INTERNAL,
            attributes=attributes,
            # Messages of exceptions may quote people.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_attribute(names.ERROR_TYPE, error_type(error))
                span.set_status(Status(StatusCode.ERROR))
                raise
