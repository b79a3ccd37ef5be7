"""Which findings are to be looked at again, because documents changed since."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from aika.domain.findings import FindingState
from aika.domain.identifiers import DocumentId, FindingId
from aika.stores.database.columns import is_uuid
from aika.stores.database.connections import Connections
from aika.stores.database.schema import documents, finding_documents, findings, positions

_MOST_CHANGED = 2_000
_AT_ONCE = 500

_AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class ChangedFinding:
    """A finding whose documents are not as they were when it was last looked at."""

    finding: FindingId
    content: str
    """The fingerprint of what they hold now."""


class SqlFindingChanges:
    """Compares what findings were found in with the catalogue as it is, so that no change is missed."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def content(self, ids: Collection[DocumentId]) -> str:
        """Return the fingerprint of what documents hold now. One that is gone counts too."""
        wanted = sorted(id_ for id_ in ids if is_uuid(id_))
        statement = select(documents.c.id, documents.c.content_hash).where(documents.c.id.in_(wanted))
        async with self._connections.read() as connection:
            found = {row.id: row.content_hash for row in await connection.execute(statement)}
        return _fingerprint((id_, found.get(id_)) for id_ in wanted)

    async def due(self, *, through: int) -> list[ChangedFinding]:
        """Return what changed up to the catalogue's change ``through``, of findings that nobody dismissed."""
        statement = (
            select(
                findings.c.id,
                findings.c.content_seen,
                finding_documents.c.document,
                documents.c.content_hash,
                documents.c.sequence,
            )
            .join(finding_documents, finding_documents.c.finding == findings.c.id)
            .outerjoin(documents, documents.c.id == finding_documents.c.document)
            .where(findings.c.document.is_not(None), findings.c.state != FindingState.DISMISSED.value)
            .order_by(findings.c.id)
        )
        async with self._connections.read() as connection:
            rows = (await connection.execute(statement)).all()
        groups = (list(group) for _, group in groupby(rows, key=lambda row: row.id))
        return [changed for group in groups for changed in _changed(group, through)]

    async def gaps(self, *, through: int) -> list[tuple[FindingId, int]]:
        """Return the open gaps that documents changed after, up to ``through``, with the change up to which each was tried."""
        statement = (
            select(findings.c.id, findings.c.sequence_seen)
            .where(
                findings.c.document.is_(None),
                findings.c.state.in_((FindingState.OPEN.value, FindingState.ACCEPTED.value)),
                findings.c.sequence_seen < through,
            )
            .order_by(findings.c.id)
        )
        async with self._connections.read() as connection:
            return [(FindingId(row.id), row.sequence_seen) for row in await connection.execute(statement)]

    async def changed(self, *, after: int, through: int) -> frozenset[DocumentId] | None:
        """Return the documents with changes in between, ``None`` where they are very many. Removed ones are not among them."""
        statement = (
            select(documents.c.id)
            .where(documents.c.sequence > after, documents.c.sequence <= through)
            .limit(_MOST_CHANGED + 1)
        )
        async with self._connections.read() as connection:
            found = [DocumentId(id_) for id_ in await connection.scalars(statement)]
        return None if len(found) > _MOST_CHANGED else frozenset(found)

    async def tried(self, gaps: Collection[FindingId], *, through: int) -> None:
        """Note up to where gaps were tried. It is no change that people see, and raises no version."""
        ids = sorted(gaps)
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            async with self._connections.write() as connection:
                await connection.execute(update(findings).where(findings.c.id.in_(some)).values(sequence_seen=through))

    async def position(self, name: str) -> int:
        """Return how far something followed the catalogue's log, 0 at first."""
        async with self._connections.read() as connection:
            return await connection.scalar(select(positions.c.sequence).where(positions.c.name == name)) or 0

    async def move(self, name: str, sequence: int) -> None:
        async with self._connections.write() as connection:
            await connection.execute(delete(positions).where(positions.c.name == name))
            await connection.execute(insert(positions).values(name=name, sequence=sequence))


def _changed(rows: Sequence[_AnyRow], through: int) -> list[ChangedFinding]:
    """Return the finding of these rows, one a document, where it changed. What cannot be found yet is looked at later."""
    if any(row.sequence is not None and row.sequence > through for row in rows):
        return []
    content = _fingerprint(sorted(((row.document, row.content_hash) for row in rows), key=lambda one: one[0]))
    return [] if content == rows[0].content_seen else [ChangedFinding(FindingId(rows[0].id), content)]


def _fingerprint(contents: Iterable[tuple[str, str | None]]) -> str:
    written = "\n".join(f"{document} {content or ''}" for document, content in contents)
    return blake2b(written.encode(), digest_size=16).hexdigest()
