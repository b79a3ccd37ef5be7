"""Opens what confidences are made of."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.resources import files

from aika.answering.assembly import Judging
from aika.answering.confidence import MoreSignals
from aika.answering.followed_models import FollowedModels
from aika.answering.history import History, HistorySignals
from aika.answering.judgement import ModelJudgement
from aika.models.reader import ADAPTER, PassageReader
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
    """Open the reader, where the settings want one, and read the models: the installation's own where it has been fitted.

    Without ``history`` earlier answers say nothing. ``model`` is asked where the settings want that.
    """
    async with AsyncExitStack() as stack:
        reader = None
        if settings.confidence.reader and (files("aika.models") / ADAPTER).is_file():
            reader = await stack.enter_async_context(PassageReader.open(PassageReader.Options(), surroundings))
        more: list[MoreSignals] = [] if history is None else [HistorySignals(history)]
        if model is not None and settings.confidence.model_judgement:
            more.append(ModelJudgement(model))
        yield Judging(models=FollowedModels(settings.data_path), reader=reader, clock=clock, more=tuple(more))
