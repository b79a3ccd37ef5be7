"""Puts the usual stages together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aika.answering.answer_finding import AnswerFinder
from aika.answering.confidence import CalibratedJudge, CalibratedScorer, MoreSignals
from aika.answering.evidence import EvidenceReader
from aika.answering.extractive import ExtractiveWriter
from aika.answering.generation import ChosenWriter, GeneratedWriter
from aika.answering.logistic import Models, load_models
from aika.answering.pipeline import Stages, Stating
from aika.answering.verification import CitationVerifier
from aika.protocols import Analyzer, Clock, Embedder, Generator, Reader, Retriever, Verifier


@dataclass(frozen=True, slots=True)
class Judging:
    """What the confidence is made of beside the evidence and the draft. Each part may be missing."""

    models: Models | None = None
    """``None``: the shipped ones."""
    reader: Reader | None = None
    """Reads the passages for the answer itself."""
    clock: Clock | None = None
    """Tells how old documents are."""
    more: Sequence[MoreSignals] = ()
    """What is known from elsewhere: from earlier answers, from a language model."""


def usual_stages(  # noqa: PLR0913 - each is a part that can be another one
    retriever: Retriever,
    *,
    analyzer: Analyzer,
    embedder: Embedder | None,
    generator: Generator | None = None,
    general_questions: bool = False,
    stating: Stating | None = None,
    named: Mapping[str, Generator] | None = None,
    judging: Judging | None = None,
    verifier: Verifier | None = None,
) -> Stages:
    """Return the stages: with a generator it writes and extracts stand in for it, without one the answers are extracts.

    ``named`` are the generators that assistants may name to write for them. Judge, writer and scorer share one reader, so
    that evidence is embedded once. ``judging`` is what confidences are made of. Without a ``verifier`` citations are
    checked by rules, and what they do not back is dropped. General questions need a generator.
    """
    judged = judging or Judging()
    finder = None if judged.reader is None else AnswerFinder(judged.reader)
    reader = EvidenceReader(analyzer, embedder, finder)
    models = judged.models or load_models()
    extracts = ExtractiveWriter(reader)
    written = GeneratedWriter(generator) if generator is not None else None
    others = {name: GeneratedWriter(other) for name, other in (named or {}).items()}
    general = None if written is None or not general_questions else ChosenWriter(written, others)
    return Stages(
        retriever=retriever,
        judge=CalibratedJudge(reader, models),
        writer=ChosenWriter(written or extracts, others),
        verifier=verifier or CitationVerifier(analyzer, embedder),
        scorer=CalibratedScorer(reader, models, clock=judged.clock, more=judged.more),
        fallback=extracts if written is not None or others else None,
        general=general,
        stating=stating,
        judged_beside=written is not None,
    )
