"""What a person answered instead, and which passages say the same."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aika.answering.alignment import Aligner, Claim, Match
from aika.answering.citations import statements
from aika.answering.display import plain
from aika.answering.questions import read_question
from aika.health.comparing import Differing, tokens, values
from aika.health.verdicts.passages import Passage, Sentence, sentences_of
from aika.protocols import Analyzer

_BACKED = 0.55
_FEW_TERMS = 5
"""A reply shorter than this leans on the question: ``30 days`` says nothing by itself."""
_FROM_QUESTION = 0.6
"""What a word of the question counts beside one of the reply."""
_ASKED = 0.5
"""The share of the question that a passage has to have, where the reply leans on it."""
_MOST_CLAIMS = 6
_NUMBER_WORDS = "zero one two three four five six seven eight nine ten"
_NUMBERS = {word: str(value) for value, word in enumerate(_NUMBER_WORDS.split())}
_NAMES = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*)+")
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
    start: int
    end: int
    """Of the sentences that say it, as offsets into the document's text."""

    def holds(self, sentence: Sentence) -> bool:
        return sentence.document.id == self.sentence.document.id and self.start <= sentence.start < self.end


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
            own = {**{term: min(_FROM_QUESTION * weight, 0.9) for term, weight in asked.items()}, **own}
        completed.append(replace(claim, terms=tuple(own.items())))
    return completed


def stated(reply: str, question: str) -> str:
    """Return the reply as one statement that can be compared with a sentence of a document."""
    bare = _OPENING.sub("", plain(reply)).strip()
    return bare if len(bare.split()) > _FEW_TERMS else f"{question.rstrip('? ')}: {bare}"


def backings(reply: str, question: str, passages: Sequence[Passage], analyzer: Analyzer) -> list[Backing]:
    """Return the passages that say what the reply says, those that say the most of it first."""
    reading = Aligner([], analyzer)
    claims = claims_of(reply, question, reading)
    near = [passage for passage in passages if _comes_near(claims, passage, analyzer)]
    aligner = Aligner([passage.chunk for passage in near], analyzer)
    found: list[Backing] = []
    for hit, passage in enumerate(near):
        best = [match for claim in claims if (match := _match(aligner, claim, hit)) is not None]
        if best and len(best) * 2 >= len(claims):
            first = max(best, key=lambda match: (match.lexical, -match.span.start))
            start, end = passage.chunk.start + first.span.start, passage.chunk.start + first.span.end
            likeness = math.fsum(match.lexical for match in best) / len(claims)
            sentence = _sentence(passage, start, end, f"{question} {reply}", analyzer)
            found.append(Backing(sentence, likeness, start, end))
    return sorted(found, key=lambda each: (-round(each.likeness, 3), each.sentence.passage.rank or math.inf))


def _comes_near(claims: Sequence[Claim], passage: Passage, analyzer: Analyzer) -> bool:
    """Whether the passage as a whole has enough of any claim's words: sentence by sentence takes a hundred times as long."""
    terms = frozenset(analyzer.terms(passage.chunk.passage))
    return any(
        math.fsum(weight for term, weight in claim.terms if term in terms)
        >= _BACKED * math.fsum(weight for _, weight in claim.terms)
        for claim in claims
    )


def _match(aligner: Aligner, claim: Claim, hit: int) -> Match | None:
    """Return the best span that backs the claim. Its names stand there as the claim has them, word after word."""
    names = [" ".join(run.split()).lower() for run in _NAMES.findall(claim.text)]
    for match in aligner.matches(claim, hit):
        said = f"{match.span.context} {match.span.text}".lower()
        if match.lexical < _BACKED or match.objections or not all(name in said for name in names):
            continue
        if _has_values(claim, f"{match.span.context} {match.span.text}") and _has_question(claim, match):
            return match
    return None


def _has_values(claim: Claim, source: str) -> bool:
    """Whether the source has every number of the claim: of a person's ``two``, too, which in prose is often only a word."""
    known = {_NUMBERS.get(word, word) for word in (token.key for token in tokens(source))}
    stated = {_NUMBERS.get(each.key, each.key) for each in tokens(claim.text) if each.kind is Differing.NUMBER}
    return all(value in known for value in stated)


def _has_question(claim: Claim, match: Match) -> bool:
    """Whether the span is about what was asked, where the claim leans on the question."""
    lent = [(term, weight) for term, weight in claim.terms if weight < 1]
    total = math.fsum(weight for _, weight in lent)
    held = math.fsum(weight for term, weight in lent if term in match.span.terms or term in match.span.context_terms)
    return not total or held >= _ASKED * total


def _sentence(passage: Passage, start: int, end: int, said: str, analyzer: Analyzer) -> Sentence:
    """Return the one sentence of the span that has the most of what was asked and said, its values before its words."""
    stated, terms = values(said), frozenset(analyzer.terms(said))
    inside = [each for each in sentences_of(passage) if start <= each.start and each.end <= end]

    def measure(each: Sentence) -> tuple[int, int]:
        numbers = sum(character.isdigit() for value in values(each.text) & stated for character in value)
        return numbers, len(terms & frozenset(analyzer.terms(each.text)))

    return max(inside, key=measure, default=Sentence(passage, start, end))
