"""Small invented evidence, and an embedder whose similarity is shared words."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import numpy as np
import pytest

from aika.answering.assembly import usual_stages
from aika.answering.evidence import EvidenceReader
from aika.answering.pipeline import AnswerOptions, AnswerPipeline
from aika.domain.access import UNRESTRICTED
from aika.domain.answers import Usage
from aika.domain.queries import Hit, Query, Retrieval
from aika.protocols import EmbeddingRole, Generator, Matrix
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.clock import SetClock

ANALYZER = TechnicalAnalyzer()
TODAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class WordEmbedder:
    """Embeds a text as its terms, hashed into a few hundred dimensions: texts are alike when they share words."""

    fingerprint = "words-1"
    dimensions = 256

    async def embed(self, texts: Sequence[str], *, role: EmbeddingRole) -> Matrix:
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for number, text in enumerate(texts):
            for term in ANALYZER.terms(text) or ["-"]:
                vectors[number, sum(map(ord, term)) * 31 % self.dimensions] += 1.0
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class FixedRetriever:
    """Returns the same hits for every question."""

    def __init__(self, hits: Sequence[Hit], notes: tuple[str, ...] = ()) -> None:
        self.hits = tuple(hits)
        self.notes = notes

    async def retrieve(self, query: Query, *, k: int) -> Retrieval:
        return Retrieval(query.text, self.hits[:k], notes=self.notes)


class WritingGenerator:
    """Writes a text given in advance, in small pieces."""

    model = "test:writer"

    def __init__(self, text: str, error: Exception | None = None) -> None:
        self.text = text
        self.error = error
        self.closed = False
        self.asked: list[tuple[Query, Sequence[Hit]]] = []

    async def generate(self, query: Query, evidence: Sequence[Hit]) -> AsyncIterator[str | Usage]:
        self.asked.append((query, evidence))
        try:
            for start in range(0, len(self.text), 7):
                yield self.text[start : start + 7]
            if self.error is not None:
                raise self.error
            yield Usage(self.model, input_tokens=100, output_tokens=20)
        finally:
            self.closed = True


def ask(text: str) -> Query:
    return Query(text, UNRESTRICTED)


def pipeline(
    hits: Sequence[Hit],
    *,
    generator: Generator | None = None,
    general: bool = False,
    options: AnswerOptions | None = None,
    notes: tuple[str, ...] = (),
) -> AnswerPipeline:
    stages = usual_stages(
        FixedRetriever(hits, notes),
        analyzer=ANALYZER,
        embedder=WordEmbedder(),
        generator=generator,
        general_questions=general,
    )
    return AnswerPipeline(stages, analyzer=ANALYZER, clock=SetClock(TODAY), options=options)


@pytest.fixture
def reader() -> EvidenceReader:
    return EvidenceReader(ANALYZER, WordEmbedder())
