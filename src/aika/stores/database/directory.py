"""Groups and their members in SQL."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import Column, delete, insert, select

from aika.domain.identifiers import PrincipalId, SourceId
from aika.stores.database.connections import Connections
from aika.stores.database.schema import memberships

_PORTION = 500
"""Names in one statement: SQLite's oldest limit is 999."""


class SqlDirectory:
    """Keeps who belongs to which group."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def record(self, source: SourceId, groups: Mapping[PrincipalId, Collection[PrincipalId]]) -> None:
        """Make these the only members of each group that this source knows. No members forgets the group."""
        rows = [
            {"source": source, "group": group, "member": member}
            for group, members in sorted(groups.items())
            for member in sorted(set(members))
        ]
        async with self._connections.write() as connection:
            for some in _portions(sorted(groups)):
                await connection.execute(
                    delete(memberships).where(memberships.c.source == source, memberships.c.group.in_(some))
                )
            if rows:
                await connection.execute(insert(memberships), rows)

    async def join(self, source: SourceId, member: PrincipalId, groups: Collection[PrincipalId]) -> None:
        """Make these the only groups of this source's that somebody is in. No groups makes them leave all."""
        rows = [{"source": source, "group": group, "member": member} for group in sorted(set(groups))]
        async with self._connections.write() as connection:
            await connection.execute(
                delete(memberships).where(memberships.c.source == source, memberships.c.member == member)
            )
            if rows:
                await connection.execute(insert(memberships), rows)

    async def keep_only(self, source: SourceId, groups: Collection[PrincipalId]) -> None:
        """Forget this source's other groups."""
        async with self._connections.write() as connection:
            known = await connection.scalars(
                select(memberships.c.group).where(memberships.c.source == source).distinct()
            )
            for some in _portions(sorted(set(known) - set(groups))):
                await connection.execute(
                    delete(memberships).where(memberships.c.source == source, memberships.c.group.in_(some))
                )

    async def forget(self, source: SourceId) -> None:
        """Forget all groups of a source."""
        async with self._connections.write() as connection:
            await connection.execute(delete(memberships).where(memberships.c.source == source))

    async def expand(self, principals: Collection[PrincipalId]) -> frozenset[PrincipalId]:
        """Return these principals with every group they are in, directly or through other groups."""
        return await self._closure(principals, start=memberships.c.member, end=memberships.c.group)

    async def expand_each(self, principals: Collection[PrincipalId]) -> dict[PrincipalId, frozenset[PrincipalId]]:
        """Return each of them with every group it is in."""
        groups_of: dict[str, set[str]] = {}
        new: set[str] = set(principals)
        async with self._connections.read() as connection:
            while new:
                groups_of.update({name: set() for name in new})
                for some in _portions(sorted(new)):
                    for row in await connection.execute(
                        select(memberships.c.member, memberships.c.group).where(memberships.c.member.in_(some))
                    ):
                        groups_of[row.member].add(row.group)
                new = set().union(*(groups_of[name] for name in new)) - groups_of.keys()
        return {principal: _above(principal, groups_of) for principal in principals}

    async def people(self, group: PrincipalId) -> frozenset[PrincipalId]:
        """Return the members of a group that are no groups themselves, through all groups in it."""
        below = await self._closure([group], start=memberships.c.group, end=memberships.c.member)
        async with self._connections.read() as connection:
            groups: set[str] = {group}
            for some in _portions(sorted(below)):
                groups.update(
                    await connection.scalars(
                        select(memberships.c.group).where(memberships.c.group.in_(some)).distinct()
                    )
                )
        return frozenset(PrincipalId(one) for one in below - groups)

    async def chain(self, principal: PrincipalId, group: PrincipalId) -> list[PrincipalId]:
        """Return a shortest way from one to a group it is in, both ends included; empty where it is not in it."""
        below: dict[str, str | None] = {principal: None}
        new: list[str] = [principal]
        async with self._connections.read() as connection:
            while new and group not in below:
                found: dict[str, str] = {}
                for some in _portions(sorted(new)):
                    rows = await connection.execute(
                        select(memberships.c.member, memberships.c.group)
                        .where(memberships.c.member.in_(some))
                        .order_by(memberships.c.member, memberships.c.group)
                    )
                    for row in rows:
                        found.setdefault(row.group, row.member)
                new = [name for name in found if name not in below]
                below.update({name: found[name] for name in new})
        way: list[PrincipalId] = []
        step: str | None = group if group in below else None
        while step is not None:
            way.append(PrincipalId(step))
            step = below[step]
        return way[::-1]

    async def _closure(
        self, principals: Collection[PrincipalId], *, start: Column[str], end: Column[str]
    ) -> frozenset[PrincipalId]:
        # Level by level: groups may contain one another in a circle, and a chain is rarely longer than three.
        reached: set[str] = set(principals)
        new = reached
        async with self._connections.read() as connection:
            while new:
                found: set[str] = set()
                for some in _portions(sorted(new)):
                    found.update(await connection.scalars(select(end).where(start.in_(some)).distinct()))
                new = found - reached
                reached |= new
        return frozenset(PrincipalId(one) for one in reached)


def _above(principal: PrincipalId, groups_of: Mapping[str, set[str]]) -> frozenset[PrincipalId]:
    reached: set[str] = {principal}
    new = reached
    while new:
        new = set().union(*(groups_of[name] for name in new)) - reached
        reached = reached | new
    return frozenset(PrincipalId(one) for one in reached)


def _portions(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _PORTION):
        yield names[start : start + _PORTION]
