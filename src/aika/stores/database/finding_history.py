"""What became of findings, step by step, in SQL."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from aika.domain.findings import Finding, FindingEvent, FindingState, Happening
from aika.domain.identifiers import FindingId
from aika.stores.database.connections import Connections
from aika.stores.database.schema_findings import finding_events as events

_AT_ONCE = 500


class SqlFindingHistory:
    """Reads what `SqlFindings` notes with every change."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def of(self, findings: Collection[FindingId]) -> dict[FindingId, list[FindingEvent]]:
        """Return what happened to each of the findings, in order. What is not there has no history."""
        ids = sorted(findings)
        found: defaultdict[FindingId, list[FindingEvent]] = defaultdict(list)
        async with self._connections.read() as connection:
            for start in range(0, len(ids), _AT_ONCE):
                some = ids[start : start + _AT_ONCE]
                statement = select(events).where(events.c.finding.in_(some)).order_by(events.c.finding, events.c.number)
                for row in await connection.execute(statement):
                    event = FindingEvent(row.at, Happening(row.what), row.by, row.assignee, row.note)
                    found[FindingId(row.finding)].append(event)
        return dict(found)


async def note_event(connection: AsyncConnection, id: str, event: FindingEvent) -> None:
    """Note what happened to a finding, in the transaction in which it does."""
    last = await connection.scalar(select(func.max(events.c.number)).where(events.c.finding == id))
    await connection.execute(
        insert(events).values(
            finding=id,
            number=(last or 0) + 1,
            at=event.at,
            what=event.what.value,
            by=event.by,
            assignee=event.assignee,
            note=event.note,
        )
    )


def happened(before: Finding, after: Finding, *, by: str) -> FindingEvent | None:
    """Return what a change of a finding is, ``None`` for one that its owners need not be told of."""
    at = after.changed_at
    if after.state is not before.state:
        what = {
            FindingState.OPEN: Happening.REOPENED,
            FindingState.ACCEPTED: Happening.ACCEPTED,
            FindingState.DISMISSED: Happening.DISMISSED,
            FindingState.RESOLVED: Happening.RESOLVED,
        }[after.state]
        note = after.note if after.state in {FindingState.DISMISSED, FindingState.RESOLVED} else ""
        return FindingEvent(at, what, by, after.assignee, note)
    if after.assignee != before.assignee:
        return FindingEvent(at, Happening.ASSIGNED, by, after.assignee)
    return None
