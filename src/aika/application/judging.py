"""Opens what confidences are made of."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.resources import files

from aika.answering.assembly import Judging
from aika.answering.confidence import MoreSignals
from aika.answering.followed_models import FollowedModels
from aika.answering.history import History, HistorySignals
from aika.answering.judgement import ModelJudgement
from aika.domain.reading import ReadPassage
from aika.models.reader import ADAPTER, PassageReader, reader_fingerprint
from aika.protocols import Clock, TextModel
from aika.registry import Surroundings
from aika.settings import Settings


class ReaderOnDemand:
    """Opens the reader at its first use, or when it is told to be ready.

    The first start of an installation builds the reader's graphs, which takes seconds: a sync needs none of them.
    """

    def __init__(self, stack: AsyncExitStack, surroundings: Surroundings) -> None:
        self.fingerprint = reader_fingerprint()
        self._stack = stack
        self._surroundings = surroundings
        self._opened: PassageReader | None = None
        self._opening = asyncio.Lock()

    async def read(self, question: str, passages: Sequence[str]) -> list[ReadPassage]:
        return await (await self.ready()).read(question, passages)

    async def ready(self) -> PassageReader:
        """Return the reader, opened. Raises `PermanentError` where its graphs cannot be run here."""
        async with self._opening:
            if self._opened is None:
                opening = PassageReader.open(PassageReader.Options(), self._surroundings)
                self._opened = await self._stack.enter_async_context(opening)
            return self._opened


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
            reader = ReaderOnDemand(stack, surroundings)
        more: list[MoreSignals] = [] if history is None else [HistorySignals(history)]
        if model is not None and settings.confidence.model_judgement:
            more.append(ModelJudgement(model))
        yield Judging(models=FollowedModels(settings.data_path), reader=reader, clock=clock, more=tuple(more))
