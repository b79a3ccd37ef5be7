"""Documents that could not be read for a passing reason, so that a cursor does not pass over them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aika.domain.documents import RawDocument
from aika.domain.errors import TransientError


@dataclass(slots=True)
class Owed:
    """Notes what could not be loaded in one run.

    A sync that starts from a cursor looks only at what has changed since. A document whose loading failed has not, and would
    wait for the next full listing. A connector yields a `Checkpoint` at its old place, which has everything loaded, and then
    asks here whether it may move on.
    """

    keys: set[str] = field(default_factory=set)

    def noting(self, key: str, load: Callable[[], Awaitable[RawDocument]]) -> Callable[[], Awaitable[RawDocument]]:
        """Return the load, with its passing failures noted."""

        async def noted() -> RawDocument:
            try:
                raw = await load()
            except TransientError:
                self.keys.add(key)
                raise
            self.keys.discard(key)
            return raw

        return noted
