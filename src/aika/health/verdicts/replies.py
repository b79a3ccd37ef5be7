"""What a person answered instead, and which passages say the same."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aika.answering.alignment import Aligner, Claim
from aika.answering.citations import statements
from aika.answering.display import plain
from aika.answering.questions import read_question
from aika.health.comparing import values
from aika.health.verdicts.passages import Passage, Sentence, sentences_of
from aika.protocols import Analyzer

_BACKED = 0.55
_FEW_TERMS = 5
"""A reply shorter than this leans on the question: ``30 days`` says nothing by itself."""
_FROM_QUESTION = 0.6
"""What a word of the question counts beside one of the reply."""
_MOST_CLAIMS = 6
_OPENING = re.compile(
    r"^\W*(?:(?:no|nope|hi|hey|sorry|actually|well|yes|thanks|correction|not quite|that(?:'s| is) (?:wrong|outdated|not right|"
    r"no longer true|not true)|(?:in fact|as far as i know|afaik|fyi))\b[\s,.:;!–—-]*)+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Backing:
    """A passage that says what a person said."""

    sentence: Sentence
    likeness: float
    """0..1: the share of the person's words that it has."""


def claims_of(reply: str, question: str, aligner: Aligner) -> list[Claim]:
    """Return what the reply states, completed with the question's words where it leans on them."""
    bare = _OPENING.sub("", plain(reply)).strip()
    found = [statement.text for statement in statements(bare) if statement.claims] or [bare]
    read = [aligner.claim(text) for text in found[:_MOST_CLAIMS]]
    asked = read_question(question, aligner.analyzer).weights
    completed: list[Claim] = []
    for claim in read:
        if not claim.terms:
            continue
        own = dict(claim.terms)
        if len(own) < _FEW_TERMS:
            own = {**{term: weight * _FROM_QUESTION for term, weight in asked.items()}, **own}
        completed.append(replace(claim, terms=tuple(own.items())))
    return completed


def stated(reply: str, question: str) -> str:
    """Return the reply as one statement that can be compared with a sentence of a document."""
    bare = _OPENING.sub("", plain(reply)).strip()
    return bare if len(bare.split()) > _FEW_TERMS else f"{question.rstrip('? ')}: {bare}"


def backings(reply: str, question: str, passages: Sequence[Passage], analyzer: Analyzer) -> list[Backing]:
    """Return the passages that say what the reply says, those that say the most of it first."""
    aligner = Aligner([passage.chunk for passage in passages], analyzer)
    claims = claims_of(reply, question, aligner)
    found: list[Backing] = []
    for hit, passage in enumerate(passages):
        best: list[tuple[float, int, int]] = []
        for claim in claims:
            match = next(
                (each for each in aligner.matches(claim, hit) if each.lexical >= _BACKED and not each.objections), None
            )
            if match is not None:
                best.append((match.lexical, match.span.start, match.span.end))
        if best and len(best) * 2 >= len(claims):
            _, start, end = max(best)
            likeness = math.fsum(each[0] for each in best) / len(claims)
            found.append(Backing(_sentence(passage, start, end, reply), likeness))
    return sorted(found, key=lambda each: (-round(each.likeness, 3), each.sentence.passage.rank or math.inf))


def _sentence(passage: Passage, start: int, end: int, reply: str) -> Sentence:
    """Return the one sentence of the span that has the most of the reply's values."""
    start, end = passage.chunk.start + start, passage.chunk.start + end
    said = values(reply)
    inside = [each for each in sentences_of(passage) if start <= each.start and each.end <= end]
    return max(inside, key=lambda each: len(values(each.text) & said), default=Sentence(passage, start, end))
