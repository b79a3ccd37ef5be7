"""What is remembered of each URL, so that an unchanged page costs a request without an answer's body."""

import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from aika.domain.errors import TransientError

_SCHEMA = "CREATE TABLE IF NOT EXISTS visits (url TEXT PRIMARY KEY, visit TEXT NOT NULL) WITHOUT ROWID"
_SELECT = "SELECT visit FROM visits WHERE url = ?"
_REPLACE = "INSERT OR REPLACE INTO visits (url, visit) VALUES (?, ?)"
_BUSY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Visit:
    """A URL as it was when it was last read."""

    url: str
    version: str
    """Of what a reader sees; empty where the URL is no document."""
    visited_at: float
    """Seconds since 1970."""
    media_type: str = ""
    title: str = ""
    etag: str | None = None
    last_modified: str | None = None
    sitemap_modified: str | None = None
    canonical: str | None = None
    """Another URL of the source's that the page says it is a copy of."""
    links: tuple[str, ...] = ()
    """Where it leads within the source."""


_visit: TypeAdapter[Visit] = TypeAdapter(Visit)


class Visits:
    """A file of visits. What it has lost is read again from the site: it is a memory, not a record."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def of(self, urls: Collection[str]) -> dict[str, Visit]:
        """Return what is remembered of the URLs."""
        with closing(self._open()) as database:
            rows = [row for url in urls for row in database.execute(_SELECT, (url,))]
        return {visit.url: visit for visit in map(_read, rows) if visit is not None}

    def keep(self, visits: Iterable[Visit]) -> None:
        rows = [(visit.url, _visit.dump_json(visit).decode()) for visit in visits]
        with closing(self._open()) as database, database:
            database.executemany(_REPLACE, rows)

    def forget_all_but(self, urls: Collection[str]) -> None:
        with closing(self._open()) as database, database:
            known = [row[0] for row in database.execute("SELECT url FROM visits")]
            database.executemany("DELETE FROM visits WHERE url = ?", [(url,) for url in known if url not in urls])

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return self._connected()
        except sqlite3.OperationalError as error:
            raise TransientError(f"the memory of visits {self._path} cannot be opened: {error}") from error
        except sqlite3.DatabaseError:
            # Not a database any more. What it knew is read again.
            self._path.unlink()
            return self._connected()

    def _connected(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=_BUSY_SECONDS)
        try:
            database.execute(_SCHEMA)
        except sqlite3.DatabaseError:
            database.close()
            raise
        return database


def _read(row: tuple[str]) -> Visit | None:
    try:
        return _visit.validate_json(row[0])
    except ValidationError:
        return None
