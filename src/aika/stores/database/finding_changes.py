"""Which findings are to be looked at again, because documents changed since."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, or_, select, update

from aika.domain.findings import FindingState
from aika.domain.identifiers import DocumentId, FindingId
from aika.stores.database.columns import is_uuid
from aika.stores.database.connections import Connections
from aika.stores.database.schema import documents, findings

_MOST_CHANGED = 2_000
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ChangedFinding:
    """A finding whose document is not as it was when it was last looked at."""

    finding: FindingId
    content: str | None
    """The fingerprint of the document's content as it is now, ``None`` where the document is gone."""


class SqlFindingChanges:
    """Compares what findings were found in with the catalogue as it is. Keeps no position of its own: nothing is missed."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def due(self, *, through: int) -> list[ChangedFinding]:
        """Return what changed up to the catalogue's change ``through``, of findings that nobody dismissed."""
        is_now = func.coalesce(documents.c.content_hash, "")
        statement = (
            select(findings.c.id, documents.c.content_hash)
            .outerjoin(documents, documents.c.id == findings.c.document)
            .where(
                findings.c.document.is_not(None),
                findings.c.state != FindingState.DISMISSED.value,
                is_now != findings.c.content_seen,
                or_(documents.c.sequence.is_(None), documents.c.sequence <= through),
            )
            .order_by(findings.c.id)
        )
        async with self._connections.read() as connection:
            rows = await connection.execute(statement)
            return [ChangedFinding(FindingId(row.id), row.content_hash) for row in rows]

    async def content(self, document: DocumentId) -> str:
        """Return the fingerprint of a document's content, empty where it is gone."""
        if not is_uuid(document):
            return ""
        statement = select(documents.c.content_hash).where(documents.c.id == document)
        async with self._connections.read() as connection:
            return await connection.scalar(statement) or ""

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
