"""Which owner was told of which findings, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from aika.domain.digests import DigestRecord, DigestState, Medium, Recipient
from aika.domain.errors import ConflictError
from aika.domain.findings import FindingState
from aika.domain.identifiers import FindingId
from aika.stores.database.connections import Connections
from aika.stores.database.schema import digests, findings, told_findings

_NOT_TOLD = frozenset({DigestState.WAITING, DigestState.FAILED})


class SqlDigestLog:
    """Keeps digests by owner and occasion."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def claim(self, record: DigestRecord) -> bool:
        try:
            async with self._connections.write() as connection:
                if not await _taken(connection, record):
                    return False
                owner = _known_by(record.owner)
                told = [{"owner": owner, "finding": finding, "digest": record.id} for finding in record.findings]
                if told:
                    await connection.execute(insert(told_findings), told)
        except ConflictError:
            # Another process was faster, or one of the findings is on its way to the owner already.
            return False
        return True

    async def settle(self, id: str, state: DigestState, *, reason: str = "", retry_at: datetime | None = None) -> None:
        changed = {"state": state.value, "reason": reason, "retry_at": retry_at}
        async with self._connections.write() as connection:
            await connection.execute(update(digests).where(digests.c.id == id).values(**changed))
            if state in _NOT_TOLD:
                await connection.execute(delete(told_findings).where(told_findings.c.digest == id))

    async def told(self, owner: str) -> set[FindingId]:
        statement = select(told_findings.c.finding).where(told_findings.c.owner == _known_by(owner))
        async with self._connections.read() as connection:
            return {FindingId(finding) for finding in await connection.scalars(statement)}

    async def forget_resolved(self) -> None:
        resolved = select(findings.c.id).where(findings.c.state == FindingState.RESOLVED.value)
        async with self._connections.write() as connection:
            await connection.execute(delete(told_findings).where(told_findings.c.finding.in_(resolved)))

    async def of_owner(self, owner: str, *, occasion: datetime) -> DigestRecord | None:
        statement = select(digests).where(digests.c.owner == _known_by(owner), digests.c.occasion == occasion)
        async with self._connections.read() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else _record(row)

    async def in_state(self, state: DigestState) -> list[DigestRecord]:
        statement = select(digests).where(digests.c.state == state.value).order_by(digests.c.begun_at, digests.c.id)
        async with self._connections.read() as connection:
            return [_record(row) for row in await connection.execute(statement)]

    async def last(self, owner: str) -> DigestRecord | None:
        statement = (
            select(digests)
            .where(digests.c.owner == _known_by(owner))
            .order_by(digests.c.begun_at.desc(), digests.c.id)
            .limit(1)
        )
        async with self._connections.read() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else _record(row)


async def _taken(connection: AsyncConnection, record: DigestRecord) -> bool:
    """Take the place of the owner's digest of this occasion, where it is free or its time has come again."""
    owner = _known_by(record.owner)
    there = select(digests).where(digests.c.owner == owner, digests.c.occasion == record.occasion).with_for_update()
    row = (await connection.execute(there)).one_or_none()
    tries = record.tries
    if row is not None:
        waits = row.state == DigestState.WAITING and (row.retry_at is None or row.retry_at <= record.begun_at)
        if not waits:
            return False
        tries = row.tries + 1
        await connection.execute(delete(digests).where(digests.c.id == row.id))
    await connection.execute(insert(digests).values(**_row(record), owner=owner, tries=tries))
    return True


def _known_by(owner: str) -> str:
    return " ".join(owner.split()).casefold()


def _row(record: DigestRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "occasion": record.occasion,
        "medium": record.recipient.medium.value,
        "address": record.recipient.address,
        "state": DigestState.SENDING.value,
        "begun_at": record.begun_at,
        "retry_at": None,
        "reason": "",
        "findings": list(record.findings),
    }


def _record(row: Row[*tuple[Any, ...]]) -> DigestRecord:
    found: Sequence[str] = row.findings
    return DigestRecord(
        id=row.id,
        owner=row.owner,
        occasion=row.occasion,
        recipient=Recipient(Medium(row.medium), row.address),
        state=DigestState(row.state),
        findings=tuple(FindingId(finding) for finding in found),
        begun_at=row.begun_at,
        tries=row.tries,
        retry_at=row.retry_at,
        reason=row.reason,
    )
