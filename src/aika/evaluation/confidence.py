"""How good the confidence is, whatever it is made of: on topics that can and cannot be answered, and on rated answers."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from aika.answering.streaming import closing
from aika.domain.access import UNRESTRICTED
from aika.domain.answers import Abstention, Answer, Confidence, Draft, Origin, Retrieved
from aika.domain.errors import AikaError, ConfigurationError
from aika.domain.queries import Hit, Query
from aika.domain.selection import EVERYTHING, Selection
from aika.evaluation.alone import Alone, Scored, alone
from aika.evaluation.answering import SYSTEM
from aika.evaluation.calibration import Calibration, calibration
from aika.evaluation.collections import TestCollection, Topic
from aika.evaluation.correctness import held
from aika.evaluation.rated import ACCEPTABLE
from aika.evaluation.rated_files import RatedAnswer
from aika.evaluation.rivals import Case, Rival
from aika.evaluation.runs import SystemOutcome, Told, TopicRow, latency
from aika.evaluation.shown import ShownPassages
from aika.evaluation.slices import slices_of
from aika.protocols import Answerer, ConfidenceScorer, Entry, Rewriter, Verifier

Progress = Callable[[str, int, int], None]

ANSWERABLE = "the collection answers the question"
HELPS = "the answer holds what was expected"
FAITHFUL = "people rate the answer as faithful (a median of 3 or more)"
UNION = "union"
"""What several collections together are called, and the dimension that tells their rows apart."""
RIGHT = "right"
"""The value of a row that says whether it was right."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One question, or one rated answer, with the confidence that it got."""

    row: TopicRow
    confidence: Confidence
    right: bool
    helped: bool | None = None
    """Whether the answer holds what was expected; ``None`` where that is unknown."""
    rivals: Mapping[str, float] = field(default_factory=dict)
    """By name: other numbers in the confidence's place. One that was not asked for is missing."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Beside:
    """Another number in the confidence's place, with the confidence over the same questions."""

    other: Calibration
    confidence: Calibration


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
    signals: tuple[Alone, ...]
    """Each signal alone, the best first."""
    beside: Mapping[str, Beside]
    """By name: what could stand in the confidence's place."""
    judged: tuple[Judged, ...]
    notes: tuple[str, ...] = ()
    parts: tuple["ConfidenceReport", ...] = ()
    """The collections of a union."""

    @property
    def rows(self) -> tuple[TopicRow, ...]:
        return tuple(each.row for each in self.judged)


async def confidence_of_topics(
    collection: TestCollection,
    answerer: Answerer,
    *,
    rivals: Sequence[Rival] = (),
    progress: Progress | None = None,
) -> ConfidenceReport:
    """Ask every topic, retrieval included, and compare the confidence with whether the topic can be answered.

    Where all topics are of one kind, right means that the answer holds what was expected, if the collection tells that.
    """
    if not collection.topics:
        raise ConfigurationError(f"{collection.name} has no topics: there is nothing to ask")
    asked = []
    for number, topic in enumerate(collection.topics, start=1):
        asked.append(await _asked(topic, answerer, collection.over, rivals))
        if progress is not None:
            progress("asking", number, len(collection.topics))
    one_kind = len({each.right for each in asked}) == 1
    if one_kind and len({each.helped for each in asked} - {None}) == len({True, False}):
        known = [replace(each, right=each.helped) for each in asked if each.helped is not None]
        note = "every topic can be answered: right means that the answer holds what was expected"
        return report(collection.name, HELPS, known, notes=(note,))
    return report(collection.name, ANSWERABLE, asked)


async def confidence_of_rated(  # noqa: PLR0913 - the parts of the path after retrieval
    collection: TestCollection,
    rated: Sequence[RatedAnswer],
    entries: Sequence[Entry],
    *,
    verifier: Verifier,
    scorer: ConfidenceScorer,
    rewriter: Rewriter | None = None,
    rivals: Sequence[Rival] = (),
    progress: Progress | None = None,
) -> ConfidenceReport:
    """Verify and score answers that others wrote, from the passages that they were shown, and compare with their raters."""
    topics = {topic.id: topic for topic in collection.topics}
    shown = ShownPassages(collection, entries)
    known = [answer for answer in rated if answer.topic in topics]
    scored, unknown = [], 0
    for number, answer in enumerate(known, start=1):
        topic = topics[answer.topic]
        evidence = shown.of(topic, answer)
        unknown += not evidence
        query = Query(topic.text, UNRESTRICTED, history=topic.history)
        if rewriter is not None and topic.history:
            query = replace(query, text=await rewriter.rewrite(query))
        draft = Draft(query, answer.text, Origin.GENERATED, evidence)
        confidence = await scorer.score(query, await verifier.verify(draft))
        case = Case(topic.id, query, evidence, draft)
        scored.append(_rated(topic, answer, confidence, await _numbers(rivals, case)))
        if progress is not None:
            progress("scoring", number, len(known))
    if not scored:
        raise ConfigurationError(f"none of the rated answers belongs to a topic of {collection.name}")
    notes = (f"{unknown} answers were scored without a passage: none is known",) if unknown else ()
    return report(collection.name, FAITHFUL, scored, notes=notes)


def report(name: str, right: str, judged: Sequence[Judged], *, notes: Sequence[str] = ()) -> ConfidenceReport:
    """Measure what was judged. Raises ``ValueError`` where nothing was."""
    found = _calibration(judged)
    known = [each for each in judged if each.helped is not None]
    also = {}
    if right == ANSWERABLE and known:
        also[HELPS] = calibration([e.confidence.value for e in known], [e.helped is True for e in known])
    said = [*notes]
    if "auroc" not in found.measures:
        said.append("every question is of one kind: there is no AUROC")
    return ConfidenceReport(
        collection=name,
        right=right,
        calibration=found,
        also=also,
        outcome=SystemOutcome(dict(found.measures), latency([each.seconds for each in judged if each.seconds])),
        signals=alone([_scored(each) for each in judged]),
        beside=_beside(judged),
        judged=tuple(judged),
        notes=tuple(said),
    )


def union(reports: Sequence[ConfidenceReport]) -> ConfidenceReport:
    """Return the report of all collections' questions together, each with what counts as right in its own."""
    judged = [_of_collection(each, part.collection) for part in reports for each in part.judged]
    named = dict.fromkeys(part.right for part in reports)
    together = report(" + ".join(part.collection for part in reports), ", or ".join(named), judged)
    notes = tuple(f"{part.collection}: {note}" for part in reports for note in part.notes)
    return replace(together, notes=(*together.notes, *notes), parts=tuple(reports))


async def _asked(topic: Topic, answerer: Answerer, over: Selection, rivals: Sequence[Rival]) -> Judged:
    query = Query(topic.text, topic.scope.narrowed(selection=over or EVERYTHING), history=topic.history)
    hits: tuple[Hit, ...] = ()
    result: Answer | Abstention | None = None
    started = time.perf_counter()
    async with closing(answerer.answer(query)) as events:
        async for event in events:
            if isinstance(event, Retrieved):
                hits, query = event.hits, replace(query, text=event.question)
            elif isinstance(event, Answer | Abstention):
                result = event
                break
    seconds = time.perf_counter() - started
    if result is None:
        raise AikaError(f"the question {topic.id} came to no end")
    numbers = await _numbers(rivals, Case(topic.id, query, hits))
    return _judged_topic(topic, result, numbers, seconds)


def _judged_topic(topic: Topic, result: Answer | Abstention, rivals: Mapping[str, float], seconds: float) -> Judged:
    abstained = isinstance(result, Abstention)
    values = {"confidence": result.confidence.value, "answerable": float(topic.answerable), **rivals}
    values["answered" if topic.answerable else "abstained"] = float(abstained is not topic.answerable)
    helped = None if topic.answerable else False
    if topic.answers and topic.answerable:
        helped = not abstained and held(result.text, topic.answers)
        values["correct"] = float(helped)
    values[RIGHT] = float(topic.answerable)
    row = TopicRow(
        id=topic.id,
        text=topic.text,
        slices=slices_of(topic),
        values={SYSTEM: values},
        told={SYSTEM: Told(result.text, abstained, result.confidence.value)},
        expected=topic.answers,
        milliseconds={SYSTEM: 1000 * seconds},
    )
    return Judged(row, result.confidence, topic.answerable, helped, rivals, seconds)


def _rated(topic: Topic, answer: RatedAnswer, confidence: Confidence, rivals: Mapping[str, float]) -> Judged:
    median = answer.median("faithfulness")
    right = median >= ACCEPTABLE
    values = {"confidence": confidence.value, "acceptable": float(right), "faithfulness": median, **rivals}
    row = TopicRow(
        id=f"{topic.id} {answer.writer}".strip(),
        text=topic.text,
        slices={**slices_of(topic), "writer": (answer.writer or "unknown",)},
        values={SYSTEM: {**values, RIGHT: float(right)}},
        told={SYSTEM: Told(answer.text, confidence=confidence.value)},
        expected=topic.answers,
    )
    return Judged(row, confidence, right, rivals=rivals)


def _of_collection(judged: Judged, name: str) -> Judged:
    """Return it as a part of a union, where ids of several collections must not meet."""
    row = judged.row
    return replace(judged, row=replace(row, id=f"{name} {row.id}", slices={UNION: (name,), **row.slices}))


async def _numbers(rivals: Sequence[Rival], case: Case) -> dict[str, float]:
    found: dict[str, float] = {}
    for rival in rivals:
        found |= await rival.numbers(case)
    return found


def _beside(judged: Sequence[Judged]) -> dict[str, Beside]:
    found = {}
    for name in dict.fromkeys(name for each in judged for name in each.rivals):
        known = [each for each in judged if name in each.rivals]
        other = calibration([each.rivals[name] for each in known], [each.right for each in known])
        found[name] = Beside(other, _calibration(known))
    return found


def _calibration(judged: Sequence[Judged]) -> Calibration:
    return calibration([each.confidence.value for each in judged], [each.right for each in judged])


def _scored(judged: Judged) -> Scored:
    signals = judged.confidence.signals
    return Scored(
        judged.confidence.value,
        judged.right,
        {signal.name: signal.value for signal in signals},
        {signal.name: signal.contribution for signal in signals},
    )
