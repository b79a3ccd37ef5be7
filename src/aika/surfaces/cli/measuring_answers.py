"""Measuring answers and the judge, with progress, ending as every measurement ends."""

import hashlib
import json
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rich.console import Console

from aika.application.evaluation import AnsweringSystem, open_answering_system, open_settings_model
from aika.application.evaluation_inputs import configuration_of, deployed, settings_with
from aika.application.measuring import Asked
from aika.domain.errors import ConfigurationError
from aika.evaluation.answer_runs import (
    agreement_as_json,
    agreement_as_table,
    answers_as_json,
    answers_as_table,
    answers_run,
)
from aika.evaluation.answering import Instruments, ask_topics
from aika.evaluation.answers import AnswersReport, report_answers
from aika.evaluation.collections import find_collection, load_collection
from aika.evaluation.halves import half_of
from aika.evaluation.judging import ModelJudge
from aika.evaluation.rated import measure_agreement, read_rated
from aika.evaluation.retrieval import parse_collection
from aika.evaluation.retrieval_runs import Circumstances
from aika.evaluation.runs import Run
from aika.evaluation.support import SupportMeter
from aika.evaluation.topics import TestCollection
from aika.protocols import Entry
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.settings import Settings
from aika.surfaces.cli.evaluation_options import Ending
from aika.surfaces.cli.measuring import bars, finish

if TYPE_CHECKING:
    from aika.models.chat import ChatModel

_Shown = Callable[[str, int, int], None]
Half = Literal["tune", "held out"]


@dataclass(frozen=True, slots=True)
class Portion:
    """Which topics are asked."""

    sample: int | None = None
    """So many, chosen by a hash of their ids; ``None`` is all."""
    half: Half | None = None

    def of(self, collection: TestCollection) -> TestCollection:
        topics = [topic for topic in collection.topics if self.half in {None, half_of(topic.id)}]
        if self.sample is not None and self.sample < len(topics):
            topics.sort(key=lambda topic: hashlib.sha256(f"sample {topic.id}".encode()).hexdigest())
            topics = topics[: self.sample]
        if len(topics) == len(collection.topics):
            return collection
        note = f"{len(topics)} of {len(collection.topics)} topics were asked"
        return replace(collection, topics=tuple(topics), notes=(*collection.notes, note))


@dataclass(frozen=True, slots=True)
class Judging:
    """Whether a language model judges, too."""

    wanted: bool = True
    at_most: int = 0
    """Answers that it judges; 0 is all."""


async def answers(asked: Asked, portion: Portion, judging: Judging, ending: Ending) -> bool:
    """Measure answers to a test collection, and end as asked. Return whether the run passed its gate."""
    settings = settings_with(ending.folder, ending.changes)
    with bars(Console(stderr=True)) as progress:
        run, report = await _measured_answers(asked, portion, judging, settings, progress)
    table = answers_as_table(report, run.record.collection)
    return finish(run, settings, ending, table=table, numbers=answers_as_json(report))


async def agreement(asked: Asked, judging: Judging, *, folder: Path, half: Half | None, as_json: bool) -> None:
    """Print how far the measures of answers, and the judge, agree with people's ratings."""
    settings = settings_with(folder, ())
    place = find_collection(asked.collection, beside=settings.base_dir)
    collection = load_collection(place, qrels=asked.qrels, corpus=asked.corpus)
    rated = [answer for answer in read_rated(place) if half in {None, half_of(answer.topic)}]
    analyzer = TechnicalAnalyzer()
    with bars(Console(stderr=True)) as progress:
        async with AsyncExitStack() as stack:
            model = await stack.enter_async_context(open_settings_model(settings)) if judging.wanted else None
            system = await stack.enter_async_context(open_answering_system(settings))
            report = await measure_agreement(
                collection,
                rated,
                {"rules": SupportMeter(analyzer, system.embedder), "rules without vectors": SupportMeter(analyzer)},
                judge=None if model is None else ModelJudge(model),
                judged=judging.at_most,
                progress=progress,
            )
    if as_json:
        sys.stdout.write(json.dumps(agreement_as_json(report), indent=2) + "\n")
    else:
        Console().print(agreement_as_table(report))


async def _measured_answers(
    asked: Asked, portion: Portion, judging: Judging, settings: Settings, progress: _Shown
) -> tuple[Run, AnswersReport]:
    started_at, started = datetime.now(UTC), time.perf_counter()
    analyzer = TechnicalAnalyzer()
    async with AsyncExitStack() as stack:
        model = await stack.enter_async_context(open_settings_model(settings))
        collection, entries, system = await _ready(asked, settings, stack, progress, model=model)
        collection = portion.of(collection)
        judge = ModelJudge(model) if model is not None and judging.wanted else None
        instruments = Instruments(analyzer, SupportMeter(analyzer, system.embedder), judge, judging.at_most)
        documents = {collection.judged_document(entry.document): entry.document for entry in entries}
        answered = await ask_topics(collection, system.answerer, instruments, documents=documents, progress=progress)
    report = report_answers(answered)
    circumstances = Circumstances(configuration_of(settings), started_at, time.perf_counter() - started)
    return answers_run(report, collection, circumstances, documents=len(entries)), report


async def _ready(
    asked: Asked, settings: Settings, stack: AsyncExitStack, progress: _Shown, *, model: "ChatModel | None"
) -> tuple[TestCollection, list[Entry], AnsweringSystem]:
    """Return the collection, the documents that it is put to, and what answers from them."""
    place = find_collection(asked.collection, beside=settings.base_dir)
    collection = load_collection(place, qrels=asked.qrels, corpus=asked.corpus)
    if not collection.topics:
        raise ConfigurationError(f"{collection.name} has no topics: there is nothing to ask")
    if collection.deployed:
        there = await stack.enter_async_context(deployed(settings))
        entries = await there.entries(collection)
        collection = await there.prepared(collection, entries)
        system = await stack.enter_async_context(open_answering_system(settings, model=model, deployed=there))
        return collection, entries, system
    system = await stack.enter_async_context(open_answering_system(settings, model=model))
    entries, unreadable = await parse_collection(collection, system.intake, progress=progress)
    await system.database.catalogue.record(entries)
    return replace(collection, notes=(*collection.notes, *unreadable)), entries, system
