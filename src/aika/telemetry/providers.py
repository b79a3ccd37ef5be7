"""The SDK's providers of tracers and meters, with what exports.

Imported only where something is exported: the SDK and its exporters take longer to load than a command to run.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter

from aika.telemetry.exporting import Destinations
from aika.telemetry.privacy import WithoutContent

_CLOSE_SECONDS = 5.0
"""What is not exported by then is lost: a collector that is down must not keep a command from ending."""


@asynccontextmanager
async def open_providers(
    to: Destinations, *, service: str, version: str, capture_content: bool
) -> AsyncIterator[tuple[trace.TracerProvider, metrics.MeterProvider]]:
    """Open what makes spans and metrics; at the end, send what is left of them.

    ``OTEL_SERVICE_NAME`` and ``OTEL_RESOURCE_ATTRIBUTES`` win over the name given.
    """
    declared = OTELResourceDetector().detect().attributes or {}
    resource = Resource.create({"service.name": service, "service.version": version, **declared})
    tracers = _tracers(to, resource, capture_content=capture_content) if to.spans else None
    meters = _meters(to, resource) if to.metrics else None
    try:
        yield tracers or trace.NoOpTracerProvider(), meters or metrics.NoOpMeterProvider()
    finally:
        await asyncio.gather(*(_shut_down(provider) for provider in (tracers, meters) if provider is not None))


def _tracers(to: Destinations, resource: Resource, *, capture_content: bool) -> TracerProvider:
    def allowed(exporter: SpanExporter) -> SpanExporter:
        return exporter if capture_content else WithoutContent(exporter)

    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    for exporter in to.span_exporters:
        provider.add_span_processor(SimpleSpanProcessor(allowed(exporter)))
    if to.spans_sent:
        provider.add_span_processor(BatchSpanProcessor(allowed(OTLPSpanExporter())))
    return provider


def _meters(to: Destinations, resource: Resource) -> MeterProvider:
    readers = [*to.metric_readers]
    if to.metrics_sent:
        readers.append(PeriodicExportingMetricReader(OTLPMetricExporter()))
    return MeterProvider(metric_readers=readers, resource=resource, shutdown_on_exit=False)


async def _shut_down(provider: TracerProvider | MeterProvider) -> None:
    # In a thread of its own that nobody has to join: where the collector is down, exporting is tried for longer.
    thread = Thread(target=provider.shutdown, name="telemetry shutdown", daemon=True)
    thread.start()
    await asyncio.to_thread(thread.join, _CLOSE_SECONDS)
