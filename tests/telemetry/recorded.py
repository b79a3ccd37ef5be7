"""What was recorded, in a form that assertions can be made of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


@dataclass(slots=True)
class Recorded:
    """The spans and metrics of one telemetry."""

    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    reader: InMemoryMetricReader = field(default_factory=InMemoryMetricReader)

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        return self.exporter.get_finished_spans()

    def span(self, name: str) -> ReadableSpan:
        """Return the only span of this name."""
        (found,) = [span for span in self.spans if span.name == name]
        return found

    def tree(self) -> list[str]:
        """Return the path of every span from its root, as ``answer/retrieve/rank``."""
        by_id = {span.context.span_id: span for span in self.spans}

        def path(span: ReadableSpan) -> str:
            parent = by_id.get(span.parent.span_id) if span.parent else None
            return span.name if parent is None else f"{path(parent)}/{span.name}"

        return sorted(path(span) for span in self.spans)

    def values(self, metric: str) -> dict[str, float]:
        """Return a metric's value by its attributes' values, the number of measurements for a histogram."""
        found = {}
        for name, attributes, value in self._points():
            if name == metric:
                found[" ".join(str(part) for part in attributes.values())] = value
        return found

    def everything(self) -> str:
        """Return all that would be exported, as one text to search."""
        spans = "\n".join(span.to_json() for span in self.spans)
        metrics = self.reader.get_metrics_data()
        return spans + (metrics.to_json() if metrics is not None else "")

    def _points(self) -> Iterator[tuple[str, dict[str, object], float]]:
        data = self.reader.get_metrics_data()
        for resource in data.resource_metrics if data is not None else ():
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    for point in metric.data.data_points:
                        value = point.count if hasattr(point, "count") else point.value
                        yield metric.name, dict(point.attributes or {}), value
