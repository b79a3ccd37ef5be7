"""Puts the usual stages together."""

from aika.answering.confidence import CalibratedJudge, CalibratedScorer
from aika.answering.evidence import EvidenceReader
from aika.answering.extractive import ExtractiveWriter
from aika.answering.generation import GeneratedWriter
from aika.answering.pipeline import Stages, Stating
from aika.answering.verification import CitationVerifier
from aika.protocols import Analyzer, Embedder, Generator, Retriever


def usual_stages(
    retriever: Retriever,
    *,
    analyzer: Analyzer,
    embedder: Embedder | None,
    generator: Generator | None = None,
    general_questions: bool = False,
    stating: Stating | None = None,
) -> Stages:
    """Return the stages: with a generator it writes and extracts stand in for it, without one the answers are extracts.

    Judge, writer and scorer share one reader, so that evidence is embedded once. General questions need a generator.
    """
    reader = EvidenceReader(analyzer, embedder)
    extracts = ExtractiveWriter(reader)
    written = GeneratedWriter(generator) if generator is not None else None
    return Stages(
        retriever=retriever,
        judge=CalibratedJudge(reader),
        writer=written or extracts,
        verifier=CitationVerifier(analyzer, embedder),
        scorer=CalibratedScorer(reader),
        fallback=extracts if written is not None else None,
        general=written if general_questions else None,
        stating=stating,
    )
