"""Answers that people rated: how far a measure, a judge or the confidence agrees with them."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from aika.domain.errors import AikaError
from aika.evaluation.agreement import Agreement, agreement, kappa, krippendorff
from aika.evaluation.collections import TestCollection, Topic
from aika.evaluation.correctness import token_recall
from aika.evaluation.judging import ModelJudge
from aika.evaluation.rated_files import QUALITIES, RATED, RatedAnswer, read_rated
from aika.evaluation.support import SupportMeter, sentences

__all__ = ["ACCEPTABLE", "RATED", "RatedAnswer", "RatersReport", "measure_agreement", "passages_of", "read_rated"]

logger = logging.getLogger(__name__)

ACCEPTABLE = 3.0
"""Of the scale from 1 to 4: a median vote from here on is a faithful, or a complete, answer."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class RatersReport:
    """How far people agree with one another, and the measures with them."""

    collection: str
    n: int
    people: Mapping[str, Mapping[str, float]]
    """By quality: Krippendorff's ``alpha``, and the mean quadratic ``kappa`` of one person with the median of the others."""
    agreements: Mapping[str, Mapping[str, Agreement]]
    """By quality, then by who scored: ``rules``, ``rules without vectors``, ``judge``."""
    notes: tuple[str, ...] = ()


def passages_of(collection: TestCollection, topic: Topic) -> list[str]:
    """Return the texts that an answer to the topic was written from: those that are judged relevant, in the corpus's order."""
    shown = {judged for judged, grade in collection.judgments.get(topic.id, {}).items() if grade > 0}
    return [
        f"{document.title}\n\n{document.content.decode('utf-8', 'replace')}"
        if document.title
        else document.content.decode("utf-8", "replace")
        for document in collection.documents
        if collection.judged_id(document.key) in shown
    ]


@dataclass(slots=True)
class _Scores:
    """What one scorer says, with the people's medians of the same answers."""

    scores: list[float] = field(default_factory=list)
    medians: list[float] = field(default_factory=list)


async def measure_agreement(
    collection: TestCollection,
    rated: Sequence[RatedAnswer],
    meters: Mapping[str, SupportMeter],
    *,
    judge: ModelJudge | None = None,
    judged: int = 0,
    progress: Progress | None = None,
) -> RatersReport:
    """Score every rated answer and compare. ``judged`` limits the judge to so many answers, taken evenly; 0 is all."""
    topics = {topic.id: topic for topic in collection.topics}
    known = [answer for answer in rated if answer.topic in topics]
    gathered: dict[str, dict[str, _Scores]] = {quality: {} for quality in QUALITIES}
    every = max(1, len(known) // judged) if judged else 1
    failed = 0
    for number, answer in enumerate(known):
        topic = topics[answer.topic]
        passages = passages_of(collection, topic)
        await _by_rules(answer, topic, passages, meters, gathered)
        if judge is not None and number % every == 0:
            failed += not await _by_judge(answer, topic, passages, judge, gathered)
        if progress is not None:
            progress("comparing with people", number + 1, len(known))
    notes = [f"{failed} of the judge's replies held no grades, or failed"] if failed else []
    unknown = len(rated) - len(known)
    notes += [f"{unknown} rated answers belong to no topic and are left out"] if unknown else []
    return RatersReport(
        collection=collection.name,
        n=len(known),
        people={quality: _people(known, quality) for quality in QUALITIES},
        agreements={quality: _agreements(by_scorer) for quality, by_scorer in gathered.items()},
        notes=tuple(notes),
    )


async def faithfulness(answer: str, question: str, passages: Sequence[str], meter: SupportMeter) -> float:
    """Return the mean support of an answer's sentences by the passages; 1 for an answer that states nothing."""
    stated = [(each.text, passages) for each in sentences(answer)]
    found = await meter.supports(stated, question=question)
    return sum(each.value for each in found) / len(found) if found else 1.0


async def _by_rules(
    answer: RatedAnswer,
    topic: Topic,
    passages: Sequence[str],
    meters: Mapping[str, SupportMeter],
    gathered: Mapping[str, dict[str, _Scores]],
) -> None:
    asked = "\n".join([*(message.text for message in topic.history), topic.text])
    for name, meter in meters.items():
        _note(gathered, "faithfulness", name, answer, await faithfulness(answer.text, asked, passages, meter))
    if topic.answers and "completeness" in answer.votes:
        _note(gathered, "completeness", "rules", answer, token_recall(answer.text, topic.answers))


async def _by_judge(
    answer: RatedAnswer,
    topic: Topic,
    passages: Sequence[str],
    judge: ModelJudge,
    gathered: Mapping[str, dict[str, _Scores]],
) -> bool:
    try:
        grades = await judge.grade(topic.text, answer.text, passages)
    except AikaError as error:
        logger.warning("the judge failed", extra={"topic": topic.id, "error": type(error).__name__})
        return False
    if grades is None:
        return False
    _note(gathered, "faithfulness", "judge", answer, float(grades.faithfulness))
    _note(gathered, "completeness", "judge", answer, float(grades.completeness))
    return True


def _note(
    gathered: Mapping[str, dict[str, _Scores]], quality: str, scorer: str, answer: RatedAnswer, score: float
) -> None:
    if quality not in answer.votes:
        return
    scores = gathered[quality].setdefault(scorer, _Scores())
    scores.scores.append(score)
    scores.medians.append(answer.median(quality))


def _agreements(by_scorer: Mapping[str, _Scores]) -> dict[str, Agreement]:
    return {
        name: agreement(each.scores, each.medians, acceptable=ACCEPTABLE, same_scale=name == "judge")
        for name, each in by_scorer.items()
    }


def _people(rated: Sequence[RatedAnswer], quality: str) -> dict[str, float]:
    votes = [answer.votes[quality] for answer in rated if len(answer.votes.get(quality, ())) > 1]
    if not votes:
        return {}
    width = max(len(row) for row in votes)
    table = np.full((len(votes), width), np.nan)
    for place, row in enumerate(votes):
        table[place, : len(row)] = row
    complete = table[~np.isnan(table).any(axis=1)]
    one_by_one = [
        kappa(complete[:, rater], np.median(np.delete(complete, rater, axis=1), axis=1))
        for rater in range(width if width > 1 and len(complete) else 0)
    ]
    found = {"alpha": krippendorff(table)}
    if one_by_one:
        found["kappa"] = float(np.mean(one_by_one))
    return found
