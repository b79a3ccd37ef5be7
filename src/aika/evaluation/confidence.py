"""How good the confidence is, whatever it is made of: on topics that can and cannot be answered, and on rated answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from aika.domain.access import UNRESTRICTED
from aika.domain.answers import Abstention, Answer, Draft, Origin
from aika.domain.documents import Chunk
from aika.domain.errors import ConfigurationError
from aika.domain.identifiers import DocumentId
from aika.domain.queries import Hit, Query
from aika.evaluation.answering import SYSTEM, AnsweredTopic, ask
from aika.evaluation.calibration import Calibration, calibration
from aika.evaluation.collections import TestCollection, Topic
from aika.evaluation.correctness import held
from aika.evaluation.rated import ACCEPTABLE, RatedAnswer
from aika.evaluation.runs import SystemOutcome, Told, TopicRow, latency
from aika.evaluation.slices import slices_of
from aika.protocols import Answerer, ConfidenceScorer, Entry, Verifier

Progress = Callable[[str, int, int], None]

ANSWERABLE = "the collection answers the question"
HELPS = "the answer holds what was expected"
FAITHFUL = "people rate the answer as faithful (a median of 3 or more)"


@dataclass(frozen=True, slots=True)
class ConfidenceReport:
    """How good a confidence is, against one idea of right and, where it can be told, another."""

    collection: str
    right: str
    """What counts as right."""
    calibration: Calibration
    also: Mapping[str, Calibration]
    """By what counts as right."""
    outcome: SystemOutcome
    rows: tuple[TopicRow, ...]
    notes: tuple[str, ...] = ()


async def confidence_of_topics(
    collection: TestCollection, answerer: Answerer, *, progress: Progress | None = None
) -> ConfidenceReport:
    """Ask every topic, retrieval included, and compare the confidence with whether the topic can be answered."""
    if not collection.topics:
        raise ConfigurationError(f"{collection.name} has no topics: there is nothing to ask")
    asked = []
    for number, topic in enumerate(collection.topics, start=1):
        result, seconds = await ask(topic, answerer, over=collection.over)
        asked.append(_asked(topic, result, seconds))
        if progress is not None:
            progress("asking", number, len(collection.topics))
    confidences = [each.values["confidence"] for each in asked]
    found = calibration(confidences, [each.topic.answerable for each in asked])
    also = {}
    if any("correct" in each.values for each in asked):
        known = [each for each in asked if "correct" in each.values or not each.topic.answerable]
        helped = [each.values.get("correct", 0.0) > 0 for each in known]
        also[HELPS] = calibration([each.values["confidence"] for each in known], helped)
    return _report(collection.name, ANSWERABLE, found, also, asked)


async def confidence_of_rated(
    collection: TestCollection,
    rated: Sequence[RatedAnswer],
    entries: Sequence[Entry],
    *,
    verifier: Verifier,
    scorer: ConfidenceScorer,
    progress: Progress | None = None,
) -> ConfidenceReport:
    """Verify and score answers that others wrote from the passages that are judged relevant, and compare with their raters."""
    topics = {topic.id: topic for topic in collection.topics}
    chunks = _by_judged_id(collection, entries)
    known = [answer for answer in rated if answer.topic in topics]
    scored = []
    for number, answer in enumerate(known, start=1):
        topic = topics[answer.topic]
        shown = [judged for judged, grade in collection.judgments.get(topic.id, {}).items() if grade > 0]
        evidence = tuple(Hit(chunk, 1.0) for judged in shown for chunk in chunks.get(judged, ()))
        query = Query(topic.text, UNRESTRICTED, history=topic.history)
        draft = Draft(query, answer.text, Origin.GENERATED, evidence)
        confidence = await scorer.score(query, await verifier.verify(draft))
        scored.append(_rated(topic, answer, confidence.value))
        if progress is not None:
            progress("scoring", number, len(known))
    if not scored:
        raise ConfigurationError(f"none of the rated answers belongs to a topic of {collection.name}")
    values = [each.values["confidence"] for each in scored]
    right = [each.values["acceptable"] > 0 for each in scored]
    return _report(collection.name, FAITHFUL, calibration(values, right), {}, scored)


def _asked(topic: Topic, result: Answer | Abstention, seconds: float) -> AnsweredTopic:
    abstained = isinstance(result, Abstention)
    values = {"confidence": result.confidence.value, "answerable": float(topic.answerable)}
    values["answered" if topic.answerable else "abstained"] = float(abstained is not topic.answerable)
    if topic.answers and topic.answerable:
        values["correct"] = float(not abstained and held(result.text, topic.answers))
    told = Told(result.text, abstained, result.confidence.value)
    row = TopicRow(
        id=topic.id,
        text=topic.text,
        slices=slices_of(topic),
        values={SYSTEM: values},
        told={SYSTEM: told},
        expected=topic.answers,
        milliseconds={SYSTEM: 1000 * seconds},
    )
    return AnsweredTopic(topic, result, seconds, values, row)


@dataclass(frozen=True, slots=True)
class _Scored:
    values: Mapping[str, float]
    row: TopicRow
    seconds: float = 0.0


def _rated(topic: Topic, answer: RatedAnswer, confidence: float) -> _Scored:
    median = answer.median("faithfulness")
    values = {"confidence": confidence, "acceptable": float(median >= ACCEPTABLE), "faithfulness": median}
    row = TopicRow(
        id=f"{topic.id} {answer.writer}".strip(),
        text=topic.text,
        slices={**slices_of(topic), "writer": (answer.writer or "unknown",)},
        values={SYSTEM: values},
        told={SYSTEM: Told(answer.text, confidence=confidence)},
        expected=topic.answers,
    )
    return _Scored(values, row)


def _by_judged_id(collection: TestCollection, entries: Sequence[Entry]) -> dict[str, list[Chunk]]:
    found: dict[str, list[Chunk]] = {}
    seen: set[DocumentId] = set()
    for entry in entries:
        if entry.document.id not in seen:
            seen.add(entry.document.id)
            found.setdefault(collection.judged_document(entry.document), []).extend(entry.chunks)
    return found


def _report(
    name: str,
    right: str,
    found: Calibration,
    also: Mapping[str, Calibration],
    each: Sequence[AnsweredTopic] | Sequence[_Scored],
) -> ConfidenceReport:
    seconds = [one.seconds for one in each if one.seconds]
    notes = ("every question is of one kind: there is no AUROC",) if "auroc" not in found.measures else ()
    outcome = SystemOutcome(dict(found.measures), latency(seconds))
    return ConfidenceReport(name, right, found, dict(also), outcome, tuple(one.row for one in each), notes)
