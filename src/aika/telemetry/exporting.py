"""Where telemetry goes, as the standard ``OTEL_*`` variables say.

https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/. The exporters, the sampler and the
processors read the rest of these variables themselves.
"""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from aika.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricReader
    from opentelemetry.sdk.trace.export import SpanExporter

logger = logging.getLogger(__name__)

Signal = Literal["TRACES", "METRICS"]

_PROTOCOL = "http/protobuf"


@dataclass(frozen=True, slots=True)
class Destinations:
    """Where spans and metrics go. False where nobody asked for any."""

    spans_sent: bool = False
    """Over OTLP."""
    metrics_sent: bool = False
    span_exporters: "Sequence[SpanExporter]" = ()
    metric_readers: "Sequence[MetricReader]" = ()

    def __bool__(self) -> bool:
        return self.spans or self.metrics

    @property
    def spans(self) -> bool:
        return self.spans_sent or bool(self.span_exporters)

    @property
    def metrics(self) -> bool:
        return self.metrics_sent or bool(self.metric_readers)


def destinations(
    span_exporters: "Sequence[SpanExporter]" = (), metric_readers: "Sequence[MetricReader]" = ()
) -> Destinations:
    """Return where the variables send spans and metrics, besides the given places; nowhere where they disable the SDK.

    Raises `ConfigurationError` for an exporter other than ``otlp`` and ``none``.
    """
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return Destinations()
    return Destinations(_is_sent("TRACES"), _is_sent("METRICS"), span_exporters, metric_readers)


def _is_sent(signal: Signal) -> bool:
    chosen = os.environ.get(f"OTEL_{signal}_EXPORTER", "").strip().lower()
    if chosen not in ("", "otlp", "none"):
        raise ConfigurationError(f"OTEL_{signal}_EXPORTER is {chosen!r}; aika knows 'otlp' and 'none'")
    addressed = any(
        os.environ.get(name) for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")
    )
    sent = chosen == "otlp" or (addressed and chosen != "none")
    protocol = os.environ.get(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL") or os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
    if sent and protocol not in (None, "", _PROTOCOL):
        logger.warning(
            "telemetry is sent as http/protobuf, whatever is asked for: the address must be of a port that takes it",
            extra={"signal": signal.lower(), "asked_for": protocol},
        )
    return sent
