"""A directory that remembers for a moment who is in which groups."""

import time
from collections.abc import Callable, Collection, Mapping

from aika.domain.identifiers import PrincipalId, SourceId
from aika.protocols import Directory

REMEMBERED_SECONDS = 2.0
"""How long a change made by another process may go unnoticed. A page makes its requests within less."""
_MOST = 2_000
"""Entries kept at most: an expired one is only dropped when it is asked for again."""


class RememberedDirectory:
    """Looks a principal's groups up once for several requests that come together.

    What is written through it counts at once; what another process writes counts after ``seconds``.
    """

    def __init__(
        self,
        inner: Directory,
        *,
        seconds: float = REMEMBERED_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inner = inner
        self._seconds = seconds
        self._monotonic = monotonic
        self._known: dict[frozenset[PrincipalId], tuple[float, frozenset[PrincipalId]]] = {}
        self._writes = 0

    async def record(self, source: SourceId, groups: Mapping[PrincipalId, Collection[PrincipalId]]) -> None:
        """Make these the only members of each group that this source knows. No members forgets the group."""
        try:
            await self._inner.record(source, groups)
        finally:
            self._forget()

    async def join(self, source: SourceId, member: PrincipalId, groups: Collection[PrincipalId]) -> None:
        """Make these the only groups of this source's that somebody is in. No groups makes them leave all."""
        try:
            await self._inner.join(source, member, groups)
        finally:
            self._forget()

    async def keep_only(self, source: SourceId, groups: Collection[PrincipalId]) -> None:
        """Forget this source's other groups."""
        try:
            await self._inner.keep_only(source, groups)
        finally:
            self._forget()

    async def forget(self, source: SourceId) -> None:
        """Forget all groups of a source."""
        try:
            await self._inner.forget(source)
        finally:
            self._forget()

    async def expand(self, principals: Collection[PrincipalId]) -> frozenset[PrincipalId]:
        """Return these principals with every group they are in, directly or through other groups."""
        asked = frozenset(principals)
        known = self._known.get(asked)
        if known is not None and self._monotonic() - known[0] < self._seconds:
            return known[1]
        begun, writes = self._monotonic(), self._writes
        expanded = await self._inner.expand(asked)
        # What was read while something was written may be what was there before.
        if writes == self._writes:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[asked] = (begun, expanded)
        return expanded

    async def expand_each(self, principals: Collection[PrincipalId]) -> dict[PrincipalId, frozenset[PrincipalId]]:
        """Return each of them with every group it is in. Not remembered: channels are large and differ."""
        return await self._inner.expand_each(principals)

    async def people(self, group: PrincipalId) -> frozenset[PrincipalId]:
        """Return the members of a group that are no groups themselves, through all groups in it."""
        return await self._inner.people(group)

    async def chain(self, principal: PrincipalId, group: PrincipalId) -> list[PrincipalId]:
        """Return a shortest way from one to a group it is in, both ends included; empty where it is not in it."""
        return await self._inner.chain(principal, group)

    def _forget(self) -> None:
        self._writes += 1
        self._known.clear()
