"""Measuring the confidence on one collection or several, with progress, ending as every measurement ends."""

import hashlib
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rich.console import Console

from aika.application.evaluation import AnsweringSystem, open_answering_system, open_settings_model
from aika.application.evaluation_inputs import configuration_of, deployed, run_records, settings_with
from aika.domain.errors import ConfigurationError
from aika.evaluation.collections import find_collection, load_collection
from aika.evaluation.confidence import ConfidenceReport, confidence_of_rated, confidence_of_topics, union
from aika.evaluation.confidence_runs import confidence_as_json, confidence_as_table, confidence_run
from aika.evaluation.rated_files import RATED, RatedAnswer, read_rated
from aika.evaluation.retrieval import parse_collection
from aika.evaluation.retrieval_runs import Circumstances
from aika.evaluation.rivals import AskedNumber, Rival, TopCosine, WithModel
from aika.evaluation.topics import TestCollection
from aika.protocols import Entry
from aika.settings import Settings
from aika.surfaces.cli.evaluation_options import Ending
from aika.surfaces.cli.measuring import bars, finish
from aika.surfaces.cli.measuring_answers import Portion
from aika.surfaces.cli.reporting import report_of

if TYPE_CHECKING:
    from aika.models.chat import ChatModel

_Shown = Callable[[str, int, int], None]
Of = Literal["topics", "rated"]

JUDGEMENTS = frozenset({"judgement"})
"""The signals that a language model's own judgement is."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the confidence is measured on."""

    collections: tuple[Path, ...]
    portion: Portion
    of: Of | None = None
    """``None``: rated answers where a collection has them, else its topics."""
    qrels: Path | None = None
    corpus: Path | None = None
    with_model: int | None = None
    """So many topics are also asked with the language model; ``None`` asks all as the settings say."""


async def confidence(wanted: Wanted, ending: Ending) -> bool:
    """Measure the confidence, and end as asked. Return whether the run passed its gate."""
    # What the model is asked for is its judgement, too, whether or not the settings want it of every answer.
    asked = () if wanted.with_model is None else ("confidence.model_judgement=true",)
    settings = settings_with(ending.folder, (*asked, *ending.changes))
    started_at, started = datetime.now(UTC), time.perf_counter()
    measured: list[tuple[ConfidenceReport, TestCollection]] = []
    with bars(Console(stderr=True)) as progress:
        for place in wanted.collections:
            began_at, began = datetime.now(UTC), time.perf_counter()
            found, collection = await _measured(place, wanted, settings, progress)
            measured.append((found, collection))
            if len(wanted.collections) > 1 and ending.record:
                circumstances = Circumstances(configuration_of(settings), began_at, time.perf_counter() - began)
                run = run_records(settings).add(confidence_run(found, [collection], circumstances))
                report_of(run, settings, None)
    if len(measured) > 1:
        # After its parts, so that the history has what they come to last.
        started_at = datetime.now(UTC)
    circumstances = Circumstances(configuration_of(settings), started_at, time.perf_counter() - started)
    report = measured[0][0] if len(measured) == 1 else union([found for found, _ in measured])
    run = confidence_run(report, [collection for _, collection in measured], circumstances)
    return finish(run, settings, ending, table=confidence_as_table(report), numbers=confidence_as_json(report))


async def _measured(
    place: Path, wanted: Wanted, settings: Settings, progress: _Shown
) -> tuple[ConfidenceReport, TestCollection]:
    place = find_collection(place, beside=settings.base_dir)
    collection = load_collection(place, qrels=wanted.qrels, corpus=wanted.corpus, lenient=True)
    rated, notes = _rated(place, collection, wanted.of)
    by_people = rated is not None
    collection = wanted.portion.of(replace(collection, notes=(*collection.notes, *notes)))
    if not collection.topics:
        raise ConfigurationError(f"{collection.name} has no topics: there is nothing to ask")
    async with AsyncExitStack() as stack:
        model = await _model(wanted, settings, stack, by_people=by_people)
        entries, collection, system = await _ready(collection, settings, stack, progress, model)
        rivals = _rivals(wanted, system, model, collection)
        # With a sample for the model, everything else is what aika says without it.
        alone = wanted.with_model is not None
        if rated is not None:
            stages = system.extracting_stages
            report = await confidence_of_rated(
                collection,
                rated,
                entries,
                verifier=stages.verifier,
                scorer=stages.scorer,
                rewriter=system.rewriter,
                rivals=rivals,
                progress=progress,
            )
        else:
            answerer = system.extracting if alone else system.answerer
            report = await confidence_of_topics(collection, answerer, rivals=rivals, progress=progress)
    return replace(report, notes=(*report.notes, *collection.notes)), collection


def _rated(place: Path, collection: TestCollection, of: Of | None) -> tuple[list[RatedAnswer] | None, tuple[str, ...]]:
    """Return the rated answers to score, ``None`` to ask the topics, and what is to be said of that choice."""
    if of == "topics" or (of is None and not (place / RATED).is_file()):
        return None, ()
    rated = read_rated(place)
    if of == "rated":
        return rated, ()
    known = {topic.id for topic in collection.topics}
    if not any(answer.topic in known for answer in rated):
        return None, (f"the topics were asked: no answer in {RATED} belongs to one of them",)
    note = f"the answers that people rated were scored ({RATED}); --of topics asks the questions in their place"
    return rated, (note,)


async def _model(wanted: Wanted, settings: Settings, stack: AsyncExitStack, *, by_people: bool) -> "ChatModel | None":
    if wanted.with_model is None and by_people:
        return None
    model = await stack.enter_async_context(open_settings_model(settings))
    if wanted.with_model is not None and model is None:
        raise ConfigurationError("--with-model needs a language model: name one in aika.toml under [model]")
    return model


def _rivals(
    wanted: Wanted, system: AnsweringSystem, model: "ChatModel | None", collection: TestCollection
) -> list[Rival]:
    rivals: list[Rival] = [TopCosine(system.embedder, system.vectors)]
    if wanted.with_model is None or model is None:
        return rivals
    ids = sorted(topic.id for topic in collection.topics)
    ids.sort(key=lambda topic: hashlib.sha256(f"model {topic}".encode()).hexdigest())
    sample = frozenset(ids[: wanted.with_model])
    stages = system.stages
    with_model = WithModel(system.answerer, stages.verifier, stages.scorer, judgements=JUDGEMENTS, topics=sample)
    return [*rivals, with_model, AskedNumber(model, topics=sample)]


async def _ready(
    collection: TestCollection,
    settings: Settings,
    stack: AsyncExitStack,
    progress: _Shown,
    model: "ChatModel | None",
) -> tuple[list[Entry], TestCollection, AnsweringSystem]:
    """Return the documents that the collection is put to, the collection with what is known of them, and what answers."""
    if collection.deployed:
        there = await stack.enter_async_context(deployed(settings))
        entries = await there.entries(collection)
        collection = await there.prepared(collection, entries)
        system = await stack.enter_async_context(
            open_answering_system(settings, model=model, deployed=there, progress=progress)
        )
        return entries, collection, system
    system = await stack.enter_async_context(open_answering_system(settings, model=model, progress=progress))
    entries, unreadable = await parse_collection(collection, system.intake, progress=progress)
    await system.database.catalogue.record(entries)
    return entries, replace(collection, notes=(*collection.notes, *unreadable)), system
