"""Puts the usual stages together."""

from collections.abc import Mapping

from aika.answering.confidence import CalibratedJudge, CalibratedScorer
from aika.answering.evidence import EvidenceReader
from aika.answering.extractive import ExtractiveWriter
from aika.answering.generation import ChosenWriter, GeneratedWriter
from aika.answering.pipeline import Stages, Stating
from aika.answering.verification import CitationVerifier
from aika.protocols import Analyzer, Embedder, Generator, Retriever


def usual_stages(  # noqa: PLR0913 - each is a part that can be another one
    retriever: Retriever,
    *,
    analyzer: Analyzer,
    embedder: Embedder | None,
    generator: Generator | None = None,
    general_questions: bool = False,
    stating: Stating | None = None,
    named: Mapping[str, Generator] | None = None,
) -> Stages:
    """Return the stages: with a generator it writes and extracts stand in for it, without one the answers are extracts.

    ``named`` are the generators that assistants may name to write for them. Judge, writer and scorer share one reader, so
    that evidence is embedded once. General questions need a generator.
    """
    reader = EvidenceReader(analyzer, embedder)
    extracts = ExtractiveWriter(reader)
    written = GeneratedWriter(generator) if generator is not None else None
    others = {name: GeneratedWriter(other) for name, other in (named or {}).items()}
    general = None if written is None or not general_questions else ChosenWriter(written, others)
    return Stages(
        retriever=retriever,
        judge=CalibratedJudge(reader),
        writer=ChosenWriter(written or extracts, others),
        verifier=CitationVerifier(analyzer, embedder),
        scorer=CalibratedScorer(reader),
        fallback=extracts if written is not None or others else None,
        general=general,
        stating=stating,
    )
