"""What documents record of things, looked up by the things' names."""

from collections.abc import Collection

from sqlalchemy import func, select

from aika.domain.access import Scope
from aika.domain.facts import KnownProfile
from aika.domain.identifiers import DocumentId
from aika.stores.database.columns import is_uuid
from aika.stores.database.connections import Connections
from aika.stores.database.reading import readable_documents
from aika.stores.database.rows import DOCUMENT_COLUMNS, document_of, profile_of
from aika.stores.database.schema import documents, profile_keys, profiles
from aika.stores.database.scoping import admitted

_MOST_KEYS = 2_000
"""Keys in one statement: a long question has this many runs of words. SQLite allows 32,766 parameters."""


class SqlFacts:
    """Reads the profiles that the catalogue writes with its entries."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def profiles(self, keys: Collection[str], *, scope: Scope, limit: int) -> list[KnownProfile]:
        if not keys:
            return []
        longest_first = sorted(set(keys), key=lambda key: (-len(key), key))[:_MOST_KEYS]
        longest = func.max(func.length(profile_keys.c.key)).label("longest")
        async with self._connections.read() as connection:
            matching = (
                select(profile_keys.c.document, profile_keys.c.position, longest)
                .join(documents, documents.c.sequence == profile_keys.c.document)
                .where(profile_keys.c.key.in_(longest_first), *admitted(scope, dialect=connection.dialect.name))
                .group_by(profile_keys.c.document, profile_keys.c.position)
                .order_by(longest.desc(), profile_keys.c.document, profile_keys.c.position)
                .limit(limit)
                .subquery()
            )
            statement = (
                select(*DOCUMENT_COLUMNS, profiles.c.profile)
                .select_from(
                    matching.join(
                        profiles,
                        (profiles.c.document == matching.c.document) & (profiles.c.position == matching.c.position),
                    ).join(readable_documents, documents.c.sequence == matching.c.document)
                )
                .order_by(matching.c.longest.desc(), matching.c.document, matching.c.position)
            )
            return [KnownProfile(document_of(row), profile_of(row)) for row in await connection.execute(statement)]

    async def recorded(self, document: DocumentId, *, scope: Scope, limit: int) -> list[KnownProfile]:
        if not is_uuid(document):
            return []
        async with self._connections.read() as connection:
            statement = (
                select(*DOCUMENT_COLUMNS, profiles.c.profile)
                .select_from(readable_documents.join(profiles, profiles.c.document == documents.c.sequence))
                .where(documents.c.id == document, *admitted(scope, dialect=connection.dialect.name))
                .order_by(profiles.c.position)
                .limit(limit)
            )
            return [KnownProfile(document_of(row), profile_of(row)) for row in await connection.execute(statement)]
