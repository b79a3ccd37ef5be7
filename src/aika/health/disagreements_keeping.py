"""Following the catalogue: what changed is compared with everything else, a few documents at a time, and never twice."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from aika.domain.errors import AikaError
from aika.domain.findings import Verdict
from aika.domain.identifiers import DocumentId
from aika.files import replace_file
from aika.health.disagreements import Disagreements
from aika.protocols import Catalogue

logger = logging.getLogger(__name__)

_FILE = "disagreements.json"
_DOCUMENTS_AT_ONCE = 20
_LOOK_SECONDS = 5.0
"""How often it is checked whether the catalogue has changed."""
_RETRY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of some changes of the catalogue."""

    documents: frozenset[DocumentId]
    """That changed or are gone. What was found before of one of them, on either side, is to be asked of `still_disagree`."""
    verdicts: tuple[Verdict, ...]
    """In what they disagree with others now."""


@dataclass(slots=True)
class DisagreementKeeper:
    """Examines what changed in the catalogue, in the background.

    How far it came is kept in a file, so that a restart goes on where the last process stopped; without the file all documents
    are examined again, which finds the same. ``take`` keeps what was found, and is called before that is noted: after a crash it
    may be called again with the same. ``horizon`` returns the change up to which documents are found by words: what comes later
    waits.
    """

    disagreements: Disagreements
    catalogue: Catalogue
    horizon: Callable[[], Awaitable[int]]
    take: Callable[[Examined], Awaitable[None]]
    folder: Path
    _through: int | None = field(default=None)

    async def step(self) -> bool:
        """Examine the next few changes; return whether there were any."""
        through = await self._where()
        horizon = await self.horizon()
        changes = await self.catalogue.changes(after=through, limit=_DOCUMENTS_AT_ONCE)
        changes = [change for change in changes if change.sequence <= horizon]
        if not changes:
            return False
        present = [(change.document, change.chunks) for change in changes if change.chunks is not None]
        verdicts = [verdict async for verdict in self.disagreements.examine(present)]
        await self.take(Examined(frozenset(change.document for change in changes), tuple(verdicts)))
        self._through = changes[-1].sequence
        await asyncio.to_thread(self._save, self._through)
        return True

    async def catch_up(self) -> None:
        """Examine all that is there."""
        while await self.step():
            pass

    async def run(self) -> None:
        """Follow until cancelled, resting as long as it works: syncs and answers come first."""
        while True:
            started = time.monotonic()
            try:
                pause = time.monotonic() - started if await self.step() else _LOOK_SECONDS
            except AikaError as error:
                logger.warning("documents could not be compared", extra={"reason": str(error)})
                pause = _RETRY_SECONDS
            await asyncio.sleep(pause)

    async def _where(self) -> int:
        if self._through is None:
            self._through = await asyncio.to_thread(self._load)
        # A catalogue that is behind is another catalogue.
        return self._through if self._through <= await self.catalogue.sequence() else 0

    def _load(self) -> int:
        try:
            return int(json.loads((self.folder / _FILE).read_text(encoding="utf-8"))["through"])
        except FileNotFoundError:
            return 0
        except (OSError, ValueError, KeyError, TypeError) as error:
            # It can always be found again, so a damaged note is no reason to stop.
            logger.warning("the record of compared documents is damaged", extra={"reason": str(error)})
            return 0

    def _save(self, through: int) -> None:
        try:
            replace_file(self.folder / _FILE, json.dumps({"through": through}))
        except OSError as error:
            logger.warning("the record of compared documents could not be saved", extra={"reason": str(error)})
