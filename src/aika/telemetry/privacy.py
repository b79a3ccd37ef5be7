"""What instrumentations of other libraries record, without the content in it.

aika's own spans hold content only where the operator allows it. Those of HTTP and its kind know no such choice: addresses
carry questions (``/v1/search?q=…``) and point at documents, and the messages of exceptions quote what could not be handled.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Status
from opentelemetry.util.types import AttributeValue

from aika.telemetry.names import SCOPE

_LEFT_OUT = frozenset({"url.query", "exception.message", "exception.stacktrace"})
_ADDRESSES = frozenset({"url.full", "http.url"})
_TARGET = "http.target"


class WithoutContent(SpanExporter):
    """Hands spans on to another exporter, those of other instrumentation scopes without queries, addresses and messages."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._inner.export([_without_content(span) for span in spans])

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)


def _without_content(span: ReadableSpan) -> ReadableSpan:
    if span.instrumentation_scope is not None and span.instrumentation_scope.name == SCOPE:
        return span
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_harmless(span.attributes or {}),
        events=[Event(event.name, _harmless(event.attributes or {}), event.timestamp) for event in span.events],
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _harmless(attributes: Mapping[str, AttributeValue]) -> dict[str, AttributeValue]:
    return {name: _reduced(name, value) for name, value in attributes.items() if name not in _LEFT_OUT}


def _reduced(name: str, value: AttributeValue) -> AttributeValue:
    if not isinstance(value, str):
        return value
    if name in _ADDRESSES:
        parts = urlsplit(value)
        return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "", "", ""))
    return value.partition("?")[0] if name == _TARGET else value
