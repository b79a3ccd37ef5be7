"""Tells owners what is new about their documents while aika serves, and keeps their documents' scores."""

import asyncio
import logging
from dataclasses import dataclass

from aika.domain.errors import AikaError
from aika.health.delivery import DigestSender
from aika.health.gaps import GapFinder
from aika.health.scores_keeping import ScoreKeeper

logger = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
"""How often it is looked whether a digest is due, or a day without scores has begun."""


@dataclass(slots=True)
class Digests:
    """Tells owners what is new about their documents, and remembers each day how healthy these are."""

    sender: DigestSender
    scores: ScoreKeeper
    gaps: GapFinder
    look_seconds: float = LOOK_SECONDS

    async def look(self) -> None:
        """Do what is due now."""
        if self.sender.couriers:
            await self.sender.look()
        await self.scores.keep()

    async def run(self) -> None:
        """Look until cancelled. A failure is logged, and the next look tries again."""
        while True:
            try:
                await self.look()
            except AikaError as error:
                logger.warning("looking after digests failed, it goes on", extra={"reason": str(error)})
            await asyncio.sleep(self.look_seconds)
