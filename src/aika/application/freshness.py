"""Saying so when an answer stands on a source that is not as current as its owners promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from aika.application.declarations import Declarations
from aika.domain.queries import Hit
from aika.protocols import Clock, SyncLog

_LOOKED_AT = 10
"""Hits at the head of the ranking: what stands lower is hardly cited."""


@dataclass(frozen=True, slots=True)
class LateSources:
    """Knows which sources lag behind their promise."""

    declarations: Declarations
    log: SyncLog
    clock: Clock

    async def notes(self, hits: Sequence[Hit]) -> list[str]:
        """Return a sentence for each late source among the best hits."""
        notes = []
        for name in dict.fromkeys(hit.chunk.document.source for hit in hits[:_LOOKED_AT]):
            source = self.declarations.sources.get(name)
            if source is None or source.promise is None:
                continue
            success = await self.log.last_success(name)
            lag = None if success is None else self.clock.now() - success
            if lag is None or lag > source.promise:
                since = "never read to its end" if lag is None else f"last read {in_words(lag)} ago"
                notes.append(f"The source {name} was {since}; its owners promise {in_words(source.promise)}.")
        return notes


def in_words(span: timedelta) -> str:
    """Return a span in the largest unit that fits it at least twice, such as ``3 days`` or ``90 minutes``."""
    for unit, size in (("days", timedelta(days=1)), ("hours", timedelta(hours=1)), ("minutes", timedelta(minutes=1))):
        if span >= 2 * size:
            return f"{span / size:.0f} {unit}"
    return f"{span.total_seconds():.0f} seconds"
