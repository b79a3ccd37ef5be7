"""Where telemetry goes, as the standard ``OTEL_*`` variables say.

https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/. The exporters, the sampler and the
processors read the rest of these variables themselves.
"""

import logging
import os
from typing import Literal

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace.export import SpanExporter

from aika.domain.errors import ConfigurationError

logger = logging.getLogger(__name__)

Signal = Literal["TRACES", "METRICS"]

_PROTOCOL = "http/protobuf"


def is_disabled() -> bool:
    """Return whether ``OTEL_SDK_DISABLED`` says that nothing is recorded at all."""
    return os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"


def exported_spans() -> SpanExporter | None:
    """Return what sends spans over OTLP, or ``None`` where no address is set.

    Raises `ConfigurationError` for an ``OTEL_TRACES_EXPORTER`` other than ``otlp`` and ``none``.
    """
    return OTLPSpanExporter() if _is_exported("TRACES") else None


def exported_metrics() -> MetricReader | None:
    """Return what sends metrics over OTLP every minute, or as ``OTEL_METRIC_EXPORT_INTERVAL`` says.

    Raises `ConfigurationError` for an ``OTEL_METRICS_EXPORTER`` other than ``otlp`` and ``none``.
    """
    return PeriodicExportingMetricReader(OTLPMetricExporter()) if _is_exported("METRICS") else None


def resource(*, service: str, version: str) -> Resource:
    """Return what this process is called. ``OTEL_SERVICE_NAME`` and ``OTEL_RESOURCE_ATTRIBUTES`` win."""
    declared = OTELResourceDetector().detect().attributes or {}
    return Resource.create({"service.name": service, "service.version": version, **declared})


def _is_exported(signal: Signal) -> bool:
    chosen = os.environ.get(f"OTEL_{signal}_EXPORTER", "").strip().lower()
    if chosen not in ("", "otlp", "none"):
        raise ConfigurationError(f"OTEL_{signal}_EXPORTER is {chosen!r}; aika knows 'otlp' and 'none'")
    addressed = any(
        os.environ.get(name) for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")
    )
    exported = chosen == "otlp" or (addressed and chosen != "none")
    protocol = os.environ.get(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL") or os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
    if exported and protocol not in (None, "", _PROTOCOL):
        logger.warning(
            "telemetry is sent as http/protobuf, whatever is asked for: the address must be of a port that takes it",
            extra={"signal": signal.lower(), "asked_for": protocol},
        )
    return exported
