"""Opens what confidences are made of."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aika.answering.assembly import Judging
from aika.answering.confidence import MoreSignals
from aika.answering.history import History, HistorySignals
from aika.answering.judgement import ModelJudgement
from aika.answering.logistic import load_models
from aika.protocols import Clock, TextModel
from aika.registry import Surroundings
from aika.settings import Settings


@asynccontextmanager
async def open_judging(
    settings: Settings,
    surroundings: Surroundings,
    *,
    clock: Clock,
    history: History | None = None,
    model: TextModel | None = None,
) -> AsyncIterator[Judging]:
    """Read the models: the installation's own where it has been fitted.

    Without ``history`` earlier answers say nothing. ``model`` is asked where the settings want that.
    """
    more: list[MoreSignals] = [] if history is None else [HistorySignals(history)]
    if model is not None and settings.confidence.model_judgement:
        more.append(ModelJudgement(model))
    yield Judging(models=load_models(settings.data_path), clock=clock, more=tuple(more))
