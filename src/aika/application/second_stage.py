"""Opens the second stage of retrieval, where the settings name an engine for it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from aika.domain.identifiers import SourceId
from aika.domain.sources import Source
from aika.protocols import Reranker, TextModel
from aika.registry import Surroundings, open_component
from aika.retrieval.reranking import Reranking
from aika.retrieval.stages import Stage
from aika.retrieval.titles import TitleMatch
from aika.settings import SETTINGS_FILE, Settings, with_secrets

Wrap = Callable[[Reranker], Reranker]


@asynccontextmanager
async def open_second_stage(
    settings: Settings, surroundings: Surroundings, *, model: TextModel | None, wrap: Wrap = lambda engine: engine
) -> AsyncIterator[tuple[Stage, ...]]:
    """Open what looks closer at the hits: at their names, and with the reranker, where one is named. ``wrap`` traces the engine.

    One instance serves all retrievers, so that an engine that fails is left out by all of them.
    Raises `ConfigurationError` for an unknown engine and for wrong options.
    """
    chosen, titles = settings.reranker, TitleMatch(surroundings.analyzer)
    if chosen.engine is None:
        yield (titles,)
        return
    # As a source's options are: ``${NAME}`` is an environment variable.
    named = Source(SourceId("reranker"), chosen.engine, chosen.options, declared_in=f"[reranker] of {SETTINGS_FILE}")
    place = replace(surroundings, model=model)
    async with open_component("rerankers", chosen.engine, with_secrets(named), place) as engine:
        yield (titles, Reranking(wrap(engine), depth=chosen.depth, seconds=chosen.seconds))
