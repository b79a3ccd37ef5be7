"""What Slack sends, as one trace from its reception to what is posted, and as metrics. Never its text."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.context import Context
from opentelemetry.metrics import Meter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from aika.telemetry import names
from aika.telemetry.stages import error_type

# Slack awaits an acknowledgement for 3 seconds.
_ACKNOWLEDGEMENT_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0)
_WAITING_SECONDS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)
_TRACEPARENT = "traceparent"

_carrier = TraceContextTextMapPropagator()


class SlackTelemetry:
    """Records what the Slack app does. Where nothing is exported it costs next to nothing."""

    def __init__(self, tracer: Tracer, meter: Meter) -> None:
        self._tracer = tracer
        self._received = meter.create_counter(
            names.SLACK_RECEIVED, unit="{event}", description="What Slack sent and somebody handles."
        )
        self._handled = meter.create_counter(
            names.SLACK_HANDLED, unit="{event}", description="Times that something was worked on, by what became of it."
        )
        self._waited = meter.create_histogram(
            names.SLACK_WAITED,
            unit="s",
            description="Time from the reception until the work on it began.",
            explicit_bucket_boundaries_advisory=_WAITING_SECONDS,
        )
        self._acknowledgement = meter.create_histogram(
            names.SLACK_ACKNOWLEDGEMENT,
            unit="s",
            description="Time until Slack had its acknowledgement.",
            explicit_bucket_boundaries_advisory=_ACKNOWLEDGEMENT_SECONDS,
        )
        self._backlog = meter.create_gauge(
            names.SLACK_BACKLOG, unit="{event}", description="What Slack sent that waits, or that was given up."
        )
        self._oldest = meter.create_gauge(
            names.SLACK_OLDEST, unit="s", description="How long the event waits that waits longest."
        )

    def standing(self, *, waiting: int, dead: int, oldest: float) -> None:
        """Say how the inbox stands. ``oldest`` is in seconds."""
        self._backlog.set(waiting, {names.SLACK_RESULT: "waiting"})
        self._backlog.set(dead, {names.SLACK_RESULT: "dead"})
        self._oldest.set(oldest)

    @contextmanager
    def receiving(self, kind: str, team: str) -> Iterator[str]:
        """Trace a reception. Yields what the trace is carried on by, empty where nothing is traced."""
        with self._span("slack.receive", SpanKind.SERVER, kind, team, None):
            carried: dict[str, str] = {}
            _carrier.inject(carried)
            yield carried.get(_TRACEPARENT, "")

    def received(self, kind: str, *, new: bool) -> None:
        """Count a delivery."""
        self._received.add(1, {names.SLACK_KIND: _sort(kind), names.SLACK_AGAIN: not new})

    def acknowledged(self, kind: str, seconds: float) -> None:
        self._acknowledgement.record(seconds, {names.SLACK_KIND: _sort(kind)})

    @contextmanager
    def handling(self, kind: str, team: str, trace: str, waited: float) -> Iterator["Handling"]:
        """Trace the work on something, as part of its reception's trace. ``waited`` is in seconds."""
        self._waited.record(max(waited, 0.0), {names.SLACK_KIND: _sort(kind)})
        context = _carrier.extract({_TRACEPARENT: trace}) if trace else None
        handling = Handling()
        with self._span("slack.handle", SpanKind.CONSUMER, kind, team, context) as span:
            try:
                yield handling
            finally:
                span.set_attribute(names.SLACK_RESULT, handling.result)
                self._handled.add(1, {names.SLACK_KIND: _sort(kind), names.SLACK_RESULT: handling.result})

    @contextmanager
    def posting(self, method: str, channel: str) -> Iterator[None]:
        """Trace a call of Slack's that people see the result of."""
        attributes = {names.SLACK_METHOD: method, names.SLACK_CHANNEL: channel}
        with self._tracer.start_as_current_span(
            f"slack.{method}", kind=SpanKind.CLIENT, attributes=attributes, record_exception=False
        ):
            yield

    @contextmanager
    def _span(self, name: str, span_kind: SpanKind, kind: str, team: str, context: Context | None) -> Iterator[Span]:
        attributes = {names.SLACK_KIND: kind, names.SLACK_TEAM: team}
        with self._tracer.start_as_current_span(
            name,
            context=context,
            kind=span_kind,
            attributes=attributes,
            # Messages of exceptions may quote people.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except BaseException as error:
                span.set_attribute(names.ERROR_TYPE, error_type(error))
                span.set_status(Status(StatusCode.ERROR))
                raise


class Handling:
    """What became of the work on something."""

    def __init__(self) -> None:
        self.result = "interrupted"


def _sort(kind: str) -> str:
    """Return the part of a kind that has few values: ids of actions may name what they are about."""
    return kind.split(":", 1)[0]
