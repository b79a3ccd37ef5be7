"""How often people's answers are seen to agree in a channel: what the goalie's agreement is compared with.

Two people who answered one question stand for answers that agree, and answers to the most similar question of somebody else for
those that do not. Neither is always so: people contradict one another, and a similar question may be the same one.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from aika.evaluation.halves import half_of
from aika.goalie.agreement import AgreementMeter, reference
from aika.goalie.history import PastQuestion
from aika.goalie.replay_records import Progress
from aika.goalie.thresholds import Share, Yardstick
from aika.protocols import Embedder, Matrix

FALSE_AGREEMENT = 0.05
"""The share of answers to the most similar other question that may pass for agreeing."""
ENOUGH = 40
"""Pairs of each half. With fewer, what was measured elsewhere says more."""
_MOST_QUESTIONS = 4_000
_LONGEST = 600
"""Characters of a question that are compared."""
_AT_ONCE = 64

Kind = Literal["same", "random", "near"]


@dataclass(frozen=True, slots=True)
class Pair:
    """What people answered to a question, and one person's answer to the same or to another question."""

    question: str
    """The question's id."""
    asked: str
    said: str
    other: str
    kind: Kind


async def pairs(questions: Sequence[PastQuestion], embedder: Embedder, *, limit: int, seed: int = 0) -> list[Pair]:
    """Return a pair of each kind for as many questions as two people or more answered, drawn by a hash of their ids."""
    usable = [question for question in questions if question.answers][-_MOST_QUESTIONS:]
    several = [at for at, question in enumerate(usable) if len(question.answers) > 1]
    several.sort(key=lambda at: _chance(seed, usable[at].id))
    if not several or len({question.message.author for question in usable}) < 2:
        return []
    vectors = await _vectors([question.text[:_LONGEST] for question in usable], embedder)
    found: list[Pair] = []
    for at in several[:limit]:
        question = usable[at]
        # One of the people against what all others said: as the goalie's answer is compared with what people said.
        last, others = question.answers[-1], question.answers[:-1]
        common = (question.id, question.text, reference(others))
        away = (at + 1 + _chance(seed, question.id) % (len(usable) - 1)) % len(usable)
        near = _nearest(at, usable, vectors)
        found += [
            Pair(*common, last.text, "same"),
            Pair(*common, usable[away].answers[-1].text, "random"),
            Pair(*common, usable[near].answers[-1].text, "near"),
        ]
    return found


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What agreement is judged by in a channel."""

    cut_off: float
    yardstick: Yardstick
    pairs: int
    """Of two people's answers, that it was made from. 0: what ships with aika is used, as the channel has too few."""


async def calibrated(
    found: Sequence[Pair],
    meter: AgreementMeter,
    *,
    progress: Progress = lambda _what, _done, _of: None,
) -> Calibrated:
    """Return the cut-off that lets one in twenty answers to similar questions pass, and how often people agree by it.

    The cut-off is chosen on the near pairs of one half; how many pass is counted on the other half.
    """
    scored: dict[tuple[Kind, str], list[float]] = {}
    wanted = [pair for pair in found if pair.kind != "random"]
    for number, pair in enumerate(wanted, start=1):
        compared = await meter.of_texts(pair.asked, pair.said, pair.other)
        if compared is not None:
            # What contradicts never agrees, wherever the cut-off is.
            score = 0.0 if compared.denied else compared.score
            scored.setdefault((pair.kind, half_of(pair.question)), []).append(score)
        progress("comparing people", number, len(wanted))
    near, others = (scored.get(("near", half), []) for half in ("tune", "held out"))
    people = [score for half in ("tune", "held out") for score in scored.get(("same", half), [])]
    if min(len(near), len(others)) < ENOUGH:
        return Calibrated(meter.model.cut_off, meter.model.yardstick, 0)
    cut_off = float(np.quantile(near, 1 - FALSE_AGREEMENT, method="higher"))
    return Calibrated(
        cut_off,
        Yardstick(people=_reaching(people, cut_off), others=_reaching(others, cut_off)),
        len(people),
    )


def _reaching(scores: Sequence[float], cut_off: float) -> Share:
    return Share(sum(score >= cut_off for score in scores), len(scores))


async def _vectors(texts: Sequence[str], embedder: Embedder) -> Matrix:
    parts = [await embedder.embed(texts[at : at + _AT_ONCE], role="query") for at in range(0, len(texts), _AT_ONCE)]
    return np.concatenate(parts)


def _nearest(at: int, usable: Sequence[PastQuestion], vectors: Matrix) -> int:
    """Return the nearest question of another asker: people who repeat themselves get the same answer."""
    order = np.argsort(-(vectors @ vectors[at]), kind="stable")
    return next(int(other) for other in order if usable[int(other)].message.author != usable[at].message.author)


def _chance(seed: int, id: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed} {id}".encode()).digest()[:8])
