"""Opens what checks an answer's citations, as the settings have it."""

from aika.answering.second_opinion import SecondOpinion
from aika.answering.verification import CitationVerifier, VerificationOptions
from aika.protocols import Analyzer, Embedder, TextModel
from aika.settings import Settings


def citation_verifier(
    settings: Settings, analyzer: Analyzer, embedder: Embedder, model: TextModel | None
) -> CitationVerifier:
    """Return the verifier. The model is asked only where the settings want a second opinion."""
    opinion = SecondOpinion(model) if model is not None and settings.answers.second_opinion else None
    options = VerificationOptions(unsupported=settings.answers.unsupported)
    return CitationVerifier(analyzer, embedder, options, second_opinion=opinion)
