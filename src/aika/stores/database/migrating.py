"""Brings a database to the tables of this version of aika."""

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text

from aika.domain.errors import ConfigurationError
from aika.stores.database.connections import Connections

# Any number that nothing else in the database takes a lock by.
_LOCK = 7_226_114_095


async def migrate(connections: Connections) -> None:
    """Create or upgrade the tables, in one transaction. Processes that start together wait for one another.

    Raises `ConfigurationError` where a newer version of aika has been here.
    """
    async with connections.migrate() as connection:
        await connection.run_sync(_migrate, connections.where)


def migration_config(connection: Connection) -> Config:
    """Return Alembic's configuration for a connection: its commands work with it, ``revision`` for instance."""
    config = Config()
    config.set_main_option("script_location", "aika.stores.database:migrations")
    config.attributes["connection"] = connection
    return config


def _migrate(connection: Connection, where: str) -> None:
    if connection.dialect.name == "postgresql":
        # SQLite's write transactions exclude one another already.
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    try:
        command.upgrade(migration_config(connection), "head")
    except CommandError as error:
        raise ConfigurationError(
            f"{where} was written by a newer version of aika ({error}): upgrade aika, or restore an older backup"
        ) from error
