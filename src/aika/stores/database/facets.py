"""What the documents that somebody may read can be told apart by."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import func, select

from aika.domain.access import Scope
from aika.stores.database.connections import Connections
from aika.stores.database.schema import document_facets, documents
from aika.stores.database.scoping import admitted

_MOST = 1_000
"""Values, the most frequent ones: nobody chooses from more."""


class SqlFacets:
    """Counts documents by owner, tag, status and audience, and by kind."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def counts(self, *, scope: Scope) -> Mapping[str, Mapping[str, int]]:
        """Return how many admitted documents have which value, by what it is a value of, the most frequent first."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        number = func.count()
        async with self._connections.read() as connection:
            conditions = admitted(scope, dialect=connection.dialect.name)
            joined = document_facets.join(documents, documents.c.sequence == document_facets.c.document)
            facets = (
                select(document_facets.c.facet, number)
                .select_from(joined)
                .where(*conditions)
                .group_by(document_facets.c.facet)
                .order_by(number.desc(), document_facets.c.facet)
                .limit(_MOST)
            )
            for facet, count in await connection.execute(facets):
                name, _, value = str(facet).partition(":")
                if value:
                    found[name][value] = int(count)
            kinds = select(documents.c.kind, number).where(*conditions).group_by(documents.c.kind)
            for kind, count in await connection.execute(kinds.order_by(number.desc(), documents.c.kind)):
                found["kind"][str(kind)] = int(count)
        return found
