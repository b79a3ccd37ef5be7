"""Telemetry of one application: opened once, asked to wrap components, flushed on close."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, ExitStack, asynccontextmanager, nullcontext
from typing import TYPE_CHECKING

from opentelemetry.metrics import MeterProvider, NoOpMeterProvider
from opentelemetry.trace import NoOpTracerProvider, TracerProvider

from aika.protocols import (
    Answerer,
    Clock,
    ConfidenceScorer,
    Conversations,
    Embedder,
    EvidenceJudge,
    Generator,
    OpenConnector,
    Ranker,
    Reranker,
    Retriever,
    Rewriter,
    Verifier,
)
from aika.telemetry.answering import (
    LiveSupport,
    TracedAnswerer,
    TracedJudge,
    TracedScorer,
    TracedVerifier,
    TracedWriter,
    Writer,
)
from aika.telemetry.exporting import destinations
from aika.telemetry.feedback import CountedConversations
from aika.telemetry.genai import ModelInstruments, NamedTextModel, TracedGenerator, TracedTextModel
from aika.telemetry.goalies import GoalieTelemetry
from aika.telemetry.names import SCOPE
from aika.telemetry.retrieving import (
    StageObserver,
    TracedEmbedder,
    TracedRanker,
    TracedReranker,
    TracedRetriever,
    TracedRewriter,
)
from aika.telemetry.slack import SlackTelemetry
from aika.telemetry.stages import Recorder
from aika.telemetry.syncing import SourceSyncer, TracedSyncer, traced_connectors
from aika.telemetry.watching import ReadStates, SourceGauges

if TYPE_CHECKING:
    from fastapi import FastAPI
    from opentelemetry.sdk.metrics.export import MetricReader
    from opentelemetry.sdk.trace.export import SpanExporter


class Telemetry:
    """Wraps components so that what they do is traced and measured. Where nothing is exported they come back as they are.

    Nothing is set globally: several applications in one process keep to themselves, but for the client of HTTP, which only
    the first one can watch.
    """

    def __init__(self, tracers: TracerProvider, meters: MeterProvider, *, version: str, capture_content: bool) -> None:
        """Use `open`."""
        self._tracers = tracers
        self._meters = meters
        self._closing = ExitStack()
        self.enabled = not (isinstance(tracers, NoOpTracerProvider) and isinstance(meters, NoOpMeterProvider))
        meter = meters.get_meter(SCOPE, version)
        self._recorder = Recorder(tracers.get_tracer(SCOPE, version), meter, capture_content=capture_content)
        self._models = ModelInstruments(meter)
        self._gauges = SourceGauges(meter)
        self.slack = SlackTelemetry(tracers.get_tracer(SCOPE, version), meter)
        self.goalies = GoalieTelemetry(tracers.get_tracer(SCOPE, version), meter)

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        *,
        version: str,
        capture_content: bool,
        service: str = "aika",
        span_exporters: "Sequence[SpanExporter]" = (),
        metric_readers: "Sequence[MetricReader]" = (),
    ) -> AsyncIterator["Telemetry"]:
        """Open what the standard ``OTEL_*`` variables ask for, and flush it at the end.

        Spans go to ``span_exporters`` and metrics to ``metric_readers`` besides. ``capture_content`` lets questions and
        answers into spans. Raises `ConfigurationError` where a variable asks for an exporter that aika does not have.
        """
        to = destinations(span_exporters, metric_readers)
        async with AsyncExitStack() as stack:
            tracers: TracerProvider = NoOpTracerProvider()
            meters: MeterProvider = NoOpMeterProvider()
            if to:
                from aika.telemetry.providers import open_providers

                tracers, meters = await stack.enter_async_context(
                    open_providers(to, service=service, version=version, capture_content=capture_content)
                )
            telemetry = cls(tracers, meters, version=version, capture_content=capture_content)
            stack.enter_context(telemetry._closing)
            yield telemetry

    # Surfaces and clients

    def instrument_app(self, app: "FastAPI") -> None:
        """Trace and measure the app's requests, those of health checks excepted. To be called before the app serves."""
        if self.enabled:
            from aika.telemetry import instrumenting

            self._closing.callback(instrumenting.instrument_app(app, self._tracers, self._meters))

    def instrument_http_clients(self) -> None:
        """Trace and measure requests that aika makes with httpx: to providers of models, to sources."""
        if self.enabled:
            from aika.telemetry import instrumenting

            self._closing.callback(instrumenting.instrument_http_clients(self._tracers, self._meters))

    def watching(self, read: ReadStates, clock: Clock) -> AbstractContextManager[None]:
        """Show how sources stand as gauges while this is open; ``read`` is asked only when metrics are collected."""
        return self._gauges.watching(read, clock) if self.enabled else nullcontext()

    # Finding evidence

    def observe(self, stage: str) -> AbstractContextManager[object]:
        """Trace a stage of the retrieval pipeline that is no component of its own."""
        return StageObserver(self._recorder)(stage) if self.enabled else nullcontext()

    def retriever(self, inner: Retriever) -> Retriever:
        return TracedRetriever(inner, self._recorder) if self.enabled else inner

    def rewriter(self, inner: Rewriter) -> Rewriter:
        return TracedRewriter(inner, self._recorder) if self.enabled else inner

    def ranker(self, inner: Ranker) -> Ranker:
        return TracedRanker(inner, self._recorder) if self.enabled else inner

    def reranker(self, inner: Reranker) -> Reranker:
        return TracedReranker(inner, self._recorder) if self.enabled else inner

    def embedder(self, inner: Embedder) -> Embedder:
        """Optional powers of the embedder are hidden: give the unwrapped one to whoever needs them."""
        return TracedEmbedder(inner, self._recorder) if self.enabled else inner

    # Answering

    def answerer(self, inner: Answerer, *, support: LiveSupport | None = None) -> Answerer:
        """With ``support``, how well answers are supported is measured for some of them."""
        return TracedAnswerer(inner, self._recorder, support) if self.enabled else inner

    def judge(self, inner: EvidenceJudge) -> EvidenceJudge:
        return TracedJudge(inner, self._recorder) if self.enabled else inner

    def writer(self, inner: Writer) -> Writer:
        return TracedWriter(inner, self._recorder) if self.enabled else inner

    def generator(self, inner: Generator) -> Generator:
        return TracedGenerator(inner, self._recorder, self._models) if self.enabled else inner

    def text_model(self, inner: NamedTextModel) -> NamedTextModel:
        return TracedTextModel(inner, self._recorder, self._models) if self.enabled else inner

    def verifier(self, inner: Verifier) -> Verifier:
        return TracedVerifier(inner, self._recorder) if self.enabled else inner

    def scorer(self, inner: ConfidenceScorer) -> ConfidenceScorer:
        return TracedScorer(inner, self._recorder) if self.enabled else inner

    def conversations(self, inner: Conversations) -> Conversations:
        return CountedConversations(inner, self._recorder) if self.enabled else inner

    # Taking documents in

    def syncer(self, inner: SourceSyncer) -> SourceSyncer:
        return TracedSyncer(inner, self._recorder) if self.enabled else inner

    def connectors(self, open_connector: OpenConnector) -> OpenConnector:
        return traced_connectors(open_connector, self._recorder) if self.enabled else open_connector
