"""Documents that other programs hand over through the API.

``PUT`` and ``DELETE /v1/sources/{id}/documents/{key}`` change such a source; there is nothing to read.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aika.domain.sources import Checkpoint, Cursor, Event
from aika.registry import Options, Surroundings


class PushOptions(Options):
    """Nothing to set: the documents bring what there is to say about them."""


class PushConnector:
    """Reads nothing: what was handed over stays until it is replaced or deleted."""

    Options = PushOptions

    @classmethod
    @asynccontextmanager
    async def open(cls, options: PushOptions, surroundings: Surroundings) -> AsyncIterator["PushConnector"]:
        yield cls()

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield no documents. The listing is not complete, so that nothing is removed."""
        yield Checkpoint(Cursor("pushed"), complete=False)
