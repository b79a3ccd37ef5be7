"""Gathers the signals of every question of a collection, as they are served, with what came of each."""

import json
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from aika.answering.fitting import SIGNS
from aika.answering.logistic import ConfidenceModels, LogisticModel
from aika.answering.pipeline import AnswerOptions, AnswerPipeline
from aika.application.aika import SystemClock
from aika.application.evaluation import AnsweringSystem, open_answering_system
from aika.application.evaluation_inputs import settings_with
from aika.evaluation.collections import TestCollection, load_collection
from aika.evaluation.confidence import Judged, confidence_of_rated, confidence_of_topics
from aika.evaluation.halves import half_of
from aika.evaluation.rated_files import RATED, read_rated
from aika.evaluation.retrieval import parse_collection
from aika.evaluation.topics import Topic
from aika.retrieval.lexical import TechnicalAnalyzer

# Every signal, and none of them moves anything: what comes out has all signals, and nothing is held back for a low confidence.
_UNMOVED = LogisticModel(0.0, dict.fromkeys(SIGNS, 0.0), {})
BLANK = ConfidenceModels(_UNMOVED, _UNMOVED, _UNMOVED, {})


@dataclass(frozen=True, slots=True)
class Row:
    """A question, or a rated answer, with its signals and what came of it."""

    collection: str
    id: str
    group: str
    """The article or conversation that it belongs to: what is fitted is chosen by how it does on other groups."""
    half: str
    origin: str
    right: bool
    signals: dict[str, float]


async def rows_of(folder: Path, data: Path, *, half: str | None = None, limit: int | None = None) -> list[Row]:
    """Return the rows of a collection, asked through the whole path, or of its rated answers where it has any."""
    collection = load_collection(folder)
    topics = [topic for topic in collection.topics if half in (None, half_of(topic.id))]
    collection = replace(collection, topics=tuple(topics[:limit]))
    rated = (folder / RATED).is_file()
    async with _opened(data) as system:
        entries, _ = await parse_collection(collection, system.intake)
        await system.database.catalogue.record(entries)
        if rated:
            stages = system.stages
            report = await confidence_of_rated(
                collection,
                read_rated(folder),
                entries,
                verifier=stages.verifier,
                scorer=stages.scorer,
                rewriter=system.rewriter,
                progress=_told,
            )
        else:
            report = await confidence_of_topics(collection, system.answerer, progress=_told)
    origin = "generated" if rated else "extracted"
    return [_row(collection, judged, origin) for judged in report.judged]


def save(rows: Iterable[Row], path: Path) -> None:
    path.write_text("".join(f"{json.dumps(asdict(row))}\n" for row in rows), encoding="utf-8")


def load(path: Path) -> list[Row]:
    return [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


@asynccontextmanager
async def _opened(data: Path) -> AsyncIterator[AnsweringSystem]:
    settings = settings_with(data, ())
    async with open_answering_system(settings, models=BLANK) as system:
        options = AnswerOptions(evidence=settings.retrieval.evidence, min_sufficiency=0.0, min_confidence=0.0)
        answerer = AnswerPipeline(system.stages, analyzer=TechnicalAnalyzer(), clock=SystemClock(), options=options)
        yield replace(system, answerer=answerer)


def _row(collection: TestCollection, judged: Judged, origin: str) -> Row:
    topics = {topic.id: topic for topic in collection.topics}
    name = judged.row.id if judged.row.id in topics else judged.row.id.rsplit(" ", 1)[0]
    return Row(
        collection=collection.name,
        id=judged.row.id,
        group=_group(topics[name]),
        half=half_of(name),
        origin=origin,
        right=judged.right,
        signals={signal.name: signal.value for signal in judged.confidence.signals},
    )


def _group(topic: Topic) -> str:
    """Return the article that a question is about, or the conversation that it is a turn of."""
    article = topic.metadata.get("article")
    return article if isinstance(article, str) else topic.id.split("<::>")[0]


def _told(what: str, done: int, of: int) -> None:
    if done == of or done % 250 == 0:
        print(f"{done}/{of} {what}", file=sys.stderr, flush=True)
