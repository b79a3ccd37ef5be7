"""Instrumentations of the libraries that carry requests.

Imported only where something is exported.
"""

import os
from collections.abc import Callable

from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import TracerProvider

# Without this the instrumentations use names and units that were replaced in 2023. They read it once a process.
os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
# An operator may ask for headers of requests; keys are not to be among them.
os.environ.setdefault(
    "OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SANITIZE_FIELDS", "authorization,cookie,set-cookie,.*key.*,.*token.*"
)

_PROBES = r"^https?://[^/]+/(?:healthz|readyz)$"
"""Asked every few seconds by whatever runs the server, and never of interest."""
_RETURNS = r"^https?://[^/]+/slack/oauth/callback$"
"""Its address has a code in it that stands for a person's consent: also where content may be in traces, that may not."""


def instrument_app(app: FastAPI, tracers: TracerProvider, meters: MeterProvider) -> Callable[[], object]:
    """Trace and measure an app's requests; return what ends it."""
    FastAPIInstrumentor.instrument_app(
        app,
        tracer_provider=tracers,
        meter_provider=meters,
        excluded_urls=f"{_PROBES},{_RETURNS}",
        # One span for every piece of a streamed answer says nothing that the request's span does not.
        exclude_spans=["receive", "send"],
    )
    return lambda: FastAPIInstrumentor.uninstrument_app(app)


def instrument_http_clients(tracers: TracerProvider, meters: MeterProvider) -> Callable[[], object]:
    """Trace and measure requests made with httpx, unless they already are; return what ends it."""
    instrumentor = HTTPXClientInstrumentor()
    if instrumentor.is_instrumented_by_opentelemetry:
        return lambda: None
    instrumentor.instrument(tracer_provider=tracers, meter_provider=meters)
    stop: Callable[[], object] = instrumentor.uninstrument
    return stop
