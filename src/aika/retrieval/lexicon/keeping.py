"""Keeping a lexicon in step with the catalogue."""

import asyncio
import logging
import time
from pathlib import Path

from aika.domain.errors import AikaError
from aika.protocols import Analyzer, Catalogue
from aika.retrieval.lexicon.learning import LexiconLearner
from aika.retrieval.lexicon.lexicon import Lexicon
from aika.retrieval.lexicon.storing import load, save

logger = logging.getLogger(__name__)

_FILE = "lexicon.json.gz"
_DOCUMENTS_AT_ONCE = 100
_LOOK_SECONDS = 5.0
"""How often it is checked whether the catalogue has changed."""
_LEAST_PAUSE = 60.0
"""Seconds between two times of learning, however much changes."""
_PAUSE_FACTOR = 20.0
"""Pauses are this many times as long as learning took: at most a twentieth of the time is spent on it."""


class LexiconKeeper:
    """Has the lexicon that is current, empty at first, and learns a new one in the background.

    All of the catalogue is read again each time, so that nothing is left of documents that are gone, or that not everyone may
    read any more.
    """

    def __init__(self, catalogue: Catalogue, analyzer: Analyzer, folder: Path) -> None:
        self._catalogue = catalogue
        self._analyzer = analyzer
        self._path = folder / _FILE
        self.current = Lexicon()

    async def load(self) -> None:
        """Take up what an earlier process learned from the same catalogue."""
        saved = await asyncio.to_thread(load, self._path)
        # A catalogue that is behind its lexicon is another catalogue.
        if saved is not None and saved.through <= await self._catalogue.sequence():
            self.current = saved

    async def learn(self) -> None:
        """Learn from the whole catalogue and keep the result. Computes in a thread, and rests as long as it computes."""
        # Before reading: what changes meanwhile makes the lexicon old, at worst for nothing.
        through = await self._catalogue.sequence()
        learner = LexiconLearner(self._analyzer)
        after = 0
        while changes := await self._catalogue.changes(after=after, limit=_DOCUMENTS_AT_ONCE):
            after = changes[-1].sequence
            started = time.perf_counter()
            for change in changes:
                await asyncio.to_thread(learner.add, change.chunks or ())
            await asyncio.sleep(time.perf_counter() - started)
        learned = await asyncio.to_thread(learner.learned, through=through)
        self.current = learned
        await asyncio.to_thread(self._save, learned)

    async def step(self) -> bool:
        """Learn if the catalogue has changed; return whether it has."""
        if await self._catalogue.sequence() == self.current.through:
            return False
        await self.learn()
        return True

    async def run(self) -> None:
        """Look for changes until cancelled. A failure is logged, and the next look tries again."""
        while True:
            started = time.monotonic()
            pause = _LOOK_SECONDS
            try:
                if await self.step():
                    pause = max(_LEAST_PAUSE, _PAUSE_FACTOR * (time.monotonic() - started))
            except AikaError as error:
                logger.warning("the lexicon could not be learned", extra={"reason": str(error)})
                pause = _LEAST_PAUSE
            await asyncio.sleep(pause)

    def _save(self, lexicon: Lexicon) -> None:
        try:
            save(lexicon, self._path)
        except OSError as error:
            logger.warning("the lexicon could not be saved", extra={"reason": str(error)})
