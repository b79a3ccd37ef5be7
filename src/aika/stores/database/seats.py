"""Seats of processes that share a PostgreSQL database: who holds one is alive, and a seat left behind can be noticed."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, NullPool, create_engine, make_url, text

from aika.domain.errors import ConflictError

# The first half of PostgreSQL's two-number advisory locks; the second is the seat. Any number that nothing else uses.
_LOCKS = 722_611_409
_MOST = 1_000


class Seats:
    """Holds one numbered seat for as long as its connection lives. Not for use by several threads at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.own = next((seat for seat in range(1, _MOST) if self._take(seat)), 0)
        if not self.own:
            raise ConflictError(f"{_MOST} processes already share this database")

    @classmethod
    @contextmanager
    def open(cls, url: str) -> Iterator["Seats"]:
        """Take the lowest free seat. It is given back at the end, or by the server when the process dies."""
        engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            yield cls(connection)

    def check(self) -> None:
        """Raise SQLAlchemy's error where the connection is gone, and the seat with it."""
        self._connection.execute(text("SELECT 1"))

    @contextmanager
    def left_behind(self, seat: int) -> Iterator[bool]:
        """Say whether nobody sits there. If so, nobody else can take the seat before the block ends."""
        free = seat != self.own and self._take(seat)
        try:
            yield free
        finally:
            if free:
                self._call("pg_advisory_unlock", seat)

    def _take(self, seat: int) -> bool:
        return self._call("pg_try_advisory_lock", seat)

    def _call(self, function: str, seat: int) -> bool:
        return bool(self._connection.scalar(text(f"SELECT {function}(:locks, :seat)"), {"locks": _LOCKS, "seat": seat}))
