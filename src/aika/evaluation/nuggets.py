"""Which facts of a good answer an answer states: nugget recall, by rules.

Nuggets, and their division into vital and okay ones, are TREC's (Voorhees, Overview of the TREC 2003 Question Answering
Track); the weights are those of the TREC 2024 RAG track (Pradeep et al., arXiv 2411.09607): an okay nugget counts half.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aika.domain.answers import Abstention, Answer
from aika.evaluation.wording import Wording, wording
from aika.protocols import Analyzer

TERMS_NEEDED = 0.75
"""The share of a nugget's terms that must occur. Numbers, channels and handles must all occur."""
OKAY_WEIGHT = 0.5

_OKAY = re.compile(r"\s*okay\s*:\s*", re.IGNORECASE)
_CONTRADICTS = re.compile(r"\bcontradict")
_TELLS_OF_CONTRADICTION = re.compile(r"\bdisagree|\bdiffer(?:ent|s)?\b|\bcontradict", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Nugget:
    """A fact that a good answer has."""

    text: str
    vital: bool = True
    """Without it the answer is wrong or incomplete; the others are welcome."""

    @property
    def weight(self) -> float:
        return 1.0 if self.vital else OKAY_WEIGHT


@dataclass(frozen=True, slots=True)
class NuggetRecall:
    """What an answer states of what it should."""

    all: float
    """By weight."""
    vital: float | None
    """``None`` where no nugget is vital."""
    lacking: tuple[str, ...]


def nugget(written: str) -> Nugget:
    """Return a nugget as collections write it: ``okay: …`` is welcome, any other is vital."""
    okay = _OKAY.match(written)
    return Nugget(written[okay.end() :], vital=False) if okay else Nugget(written)


def nugget_recall(result: Answer | Abstention, nuggets: Sequence[Nugget], analyzer: Analyzer) -> NuggetRecall:
    """Measure an answer, its notes and the titles of its sources. An abstention states nothing. Needs a nugget."""
    said = _said(result)
    shown = wording(said, analyzer)
    answered = isinstance(result, Answer)
    stated = [answered and _states(said, shown, each, analyzer) for each in nuggets]
    pairs = list(zip(nuggets, stated, strict=True))
    vital = [found for each, found in pairs if each.vital]
    return NuggetRecall(
        all=sum(each.weight for each, found in pairs if found) / sum(each.weight for each in nuggets),
        vital=sum(vital) / len(vital) if vital else None,
        lacking=tuple(each.text for each, found in pairs if not found),
    )


def _said(result: Answer | Abstention) -> str:
    if isinstance(result, Abstention):
        return ""
    titles = [f"{citation.document.title} {citation.document.key}" for citation in result.citations]
    return "\n".join((result.text, *result.notes, *titles))


def _states(said: str, shown: Wording, each: Nugget, analyzer: Analyzer) -> bool:
    if _CONTRADICTS.search(each.text):
        return bool(_TELLS_OF_CONTRADICTION.search(said))
    wanted = wording(each.text, analyzer)
    if not (wanted.numbers <= shown.numbers and wanted.signed <= shown.signed):
        return False
    if wanted.negated and not shown.negated:
        return False
    return not wanted.terms or len(wanted.terms & shown.terms) >= TERMS_NEEDED * len(wanted.terms)
