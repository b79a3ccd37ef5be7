"""How good answers are: every topic asked through the whole path, and the answers measured one by one."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aika.answering.streaming import closing
from aika.domain.answers import Abstention, Answer, Citation
from aika.domain.documents import Document
from aika.domain.errors import AikaError, ConfigurationError
from aika.domain.queries import Query
from aika.domain.selection import EVERYTHING, Selection
from aika.evaluation.collections import TestCollection, Topic
from aika.evaluation.correctness import held, token_f1, token_recall
from aika.evaluation.judging import Grades, ModelJudge
from aika.evaluation.nuggets import NuggetRecall, nugget, nugget_recall
from aika.evaluation.runs import Found, Told, TopicRow
from aika.evaluation.slices import slices_of
from aika.evaluation.support import Citing, SupportMeter, citing, sentences
from aika.protocols import Analyzer, Answerer

Progress = Callable[[str, int, int], None]

SYSTEM = "answers"
"""What the run calls the system that it is about."""
_SHOWN_QUOTE = 400


@dataclass(frozen=True, slots=True)
class Instruments:
    """What answers are measured with."""

    analyzer: Analyzer
    meter: SupportMeter
    judge: ModelJudge | None = None
    """``None``: rules alone."""
    judged: int = 0
    """How many answers the judge sees at most; 0 is all of them."""


@dataclass(frozen=True, slots=True)
class AnsweredTopic:
    """A topic with what came of it."""

    topic: Topic
    result: Answer | Abstention
    seconds: float
    values: Mapping[str, float]
    """The measures that apply."""
    row: TopicRow


@dataclass(slots=True)
class _Measured:
    """What is gathered of one answer."""

    values: dict[str, float] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


async def ask_topics(
    collection: TestCollection,
    answerer: Answerer,
    instruments: Instruments,
    *,
    documents: Mapping[str, Document] | None = None,
    progress: Progress | None = None,
) -> list[AnsweredTopic]:
    """Ask every topic as whoever it is asked by, and measure what came of it.

    ``documents`` are the collection's by judged id, for slices by source and kind. Raises `ConfigurationError` where there
    is no topic.
    """
    if not collection.topics:
        raise ConfigurationError(f"{collection.name} has no topics: there is nothing to ask")
    found: list[AnsweredTopic] = []
    judged = 0
    for number, topic in enumerate(collection.topics, start=1):
        result, seconds = await ask(topic, answerer, over=collection.over)
        with_judge = isinstance(result, Answer) and (not instruments.judged or judged < instruments.judged)
        measured, cited = await _measured(collection, topic, result, instruments, with_judge=with_judge)
        judged += with_judge
        row = _row(collection, topic, result, measured, cited, documents or {}, seconds)
        found.append(AnsweredTopic(topic, result, seconds, measured.values, row))
        if progress is not None:
            progress("asking", number, len(collection.topics))
    return found


async def ask(topic: Topic, answerer: Answerer, *, over: Selection = EVERYTHING) -> tuple[Answer | Abstention, float]:
    """Ask one topic as whoever asks it, of the documents selected; return what came of it and the seconds that it took."""
    query = Query(topic.text, topic.scope.narrowed(selection=over), history=topic.history)
    started = time.perf_counter()
    async with closing(answerer.answer(query)) as events:
        async for event in events:
            if isinstance(event, Answer | Abstention):
                return event, time.perf_counter() - started
    raise AikaError(f"the question {topic.id} came to no end")


async def _measured(
    collection: TestCollection,
    topic: Topic,
    result: Answer | Abstention,
    instruments: Instruments,
    *,
    with_judge: bool,
) -> tuple[_Measured, Citing | None]:
    measured = _Measured()
    values = measured.values
    values["answerable"] = float(topic.answerable)
    values["confidence"] = result.confidence.value
    if not topic.answerable:
        values["abstained"] = float(isinstance(result, Abstention))
        if isinstance(result, Answer):
            measured.remarks.append("answered, although nothing in the collection answers")
    else:
        values["answered"] = float(isinstance(result, Answer))
        _completeness(topic, result, instruments.analyzer, measured)
        _correctness(topic, result, measured)
    cited = None
    if isinstance(result, Answer):
        values["words"] = float(len(result.text.split()))
        values["citations"] = float(len(result.citations))
        cited = await _support(result, instruments.meter, measured)
        if topic.answerable:
            _judged_citations(collection, topic, result, values)
        if with_judge and instruments.judge is not None:
            await _graded(result, instruments.judge, measured)
    return measured, cited


def expected_nuggets(topic: Topic) -> list[str]:
    """Return the nuggets as the collection writes them, in its own field or in the metadata."""
    written = topic.nuggets or topic.metadata.get("nuggets")
    return [str(each) for each in written] if isinstance(written, list | tuple) else []


def _completeness(topic: Topic, result: Answer | Abstention, analyzer: Analyzer, measured: _Measured) -> None:
    written = expected_nuggets(topic)
    reference = topic.metadata.get("answer")
    if written:
        recall: NuggetRecall = nugget_recall(result, [nugget(each) for each in written], analyzer)
        measured.values["nugget recall"] = measured.values["completeness"] = recall.all
        if recall.vital is not None:
            measured.values["vital nugget recall"] = recall.vital
        if isinstance(result, Answer):
            measured.remarks += [f"does not state: {lacking}" for lacking in recall.lacking]
    elif isinstance(reference, str) and reference.strip():
        text = result.text if isinstance(result, Answer) else ""
        measured.values["completeness"] = token_recall(text, [reference])


def _correctness(topic: Topic, result: Answer | Abstention, measured: _Measured) -> None:
    if not topic.answers:
        return
    text = result.text if isinstance(result, Answer) else ""
    measured.values["correct"] = float(held(text, topic.answers))
    measured.values["answer F1"] = token_f1(text, topic.answers)
    if text and not measured.values["correct"]:
        measured.remarks.append(f"does not hold the expected answer: {topic.answers[0]}")


async def _support(result: Answer, meter: SupportMeter, measured: _Measured) -> Citing:
    cited = await citing(result, meter)
    values = measured.values
    stated = sentences(result.text)
    if cited.mean is not None and cited.recall is not None:
        values["sentence support"] = cited.mean
        values["citation recall"] = cited.recall
    if cited.precision is not None:
        values["citation precision"] = cited.precision
    passages = [hit.chunk.passage for hit in result.evidence]
    if stated and passages:
        against = await meter.supports([(each.text, passages) for each in stated], question=result.question)
        values["faithfulness"] = sum(each.value for each in against) / len(against)
    for sentence, support in zip(stated, cited.supports, strict=True):
        if not support.holds:
            measured.remarks.append(f"what it cites does not support: {_short(sentence.text)}")
    return cited


def _judged_citations(collection: TestCollection, topic: Topic, result: Answer, values: dict[str, float]) -> None:
    relevant = {judged for judged, grade in collection.judgments.get(topic.id, {}).items() if grade > 0}
    if not relevant or not result.citations:
        return
    cited = [collection.judged_document(citation.document) for citation in result.citations]
    values["cited relevant"] = sum(each in relevant for each in cited) / len(cited)
    values["relevant cited"] = len(relevant & set(cited)) / len(relevant)
    values["first citation relevant"] = float(cited[0] in relevant)


async def _graded(result: Answer, judge: ModelJudge, measured: _Measured) -> None:
    passages = [hit.chunk.passage for hit in result.evidence] or [citation.quote for citation in result.citations]
    grades: Grades | None = await judge.grade(result.question, result.text, passages)
    if grades is None:
        measured.remarks.append("the judge gave no grades")
        return
    measured.values["judged faithfulness"] = float(grades.faithfulness)
    measured.values["judged completeness"] = float(grades.completeness)


def _row(  # noqa: PLR0913, PLR0917 - the parts of a row
    collection: TestCollection,
    topic: Topic,
    result: Answer | Abstention,
    measured: _Measured,
    cited: Citing | None,
    documents: Mapping[str, Document],
    seconds: float,
) -> TopicRow:
    grades = collection.judgments.get(topic.id, {})
    relevant = [judged for judged, grade in sorted(grades.items()) if grade > 0]
    hits = result.evidence if isinstance(result, Answer) else result.nearest
    seen = {collection.judged_document(hit.chunk.document) for hit in hits}
    citations = result.citations if isinstance(result, Answer) else ()
    seen |= {collection.judged_document(citation.document) for citation in citations}
    supports = _by_marker(result, cited)
    told = Told(
        text=result.text,
        abstained=isinstance(result, Abstention),
        confidence=result.confidence.value,
        remarks=tuple(measured.remarks),
    )
    return TopicRow(
        id=topic.id,
        text=topic.text,
        slices=slices_of(topic, [documents[judged] for judged in relevant if judged in documents]),
        values={SYSTEM: measured.values},
        rankings={SYSTEM: tuple(_found(collection, each, grades, supports) for each in citations)},
        missed=tuple(judged for judged in relevant if judged not in seen),
        told={SYSTEM: told},
        expected=tuple(expected_nuggets(topic)) or topic.answers,
        milliseconds={SYSTEM: 1000 * seconds},
    )


def _by_marker(result: Answer | Abstention, cited: Citing | None) -> dict[int, tuple[float, str]]:
    """Return for each marker the support of the sentence that carries it, the weakest of several, and that sentence."""
    found: dict[int, tuple[float, str]] = {}
    if cited is None:
        return found
    for sentence, support in zip(sentences(result.text), cited.supports, strict=True):
        for marker in sentence.markers:
            if marker not in found or support.value < found[marker][0]:
                found[marker] = (support.value, sentence.text)
    return found


def _found(
    collection: TestCollection,
    citation: Citation,
    grades: Mapping[str, int],
    supports: Mapping[int, tuple[float, str]],
) -> Found:
    judged = collection.judged_document(citation.document)
    support = supports.get(citation.marker)
    return Found(
        document=judged,
        title=citation.document.title,
        url=citation.url,
        grade=grades.get(judged),
        reason="" if support is None else f"for: {_short(support[1])}",
        quote=citation.quote[:_SHOWN_QUOTE],
        support=None if support is None else support[0],
    )


def _short(text: str, length: int = 120) -> str:
    line = re.sub(r"\s+", " ", text).strip()
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"
