"""What a database's exceptions mean to aika."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from aika.domain.errors import AikaError, ConfigurationError, ConflictError, PermanentError, TransientError

# https://www.sqlite.org/rescode.html; the low byte of an extended code is the primary one.
_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}
_SQLITE_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_SQLITE_UNWRITABLE = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}

# https://www.postgresql.org/docs/current/errcodes-appendix.html; the first two characters are the class.
_POSTGRES_DISK_FULL = "53100"
_POSTGRES_CONFIGURATION = {"28", "3D", "3F", "42"}
_POSTGRES_PERMANENT = {"22", "58", "XX"}


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Raise the library's exceptions as `AikaError`. ``where`` names the database to a person, without its password."""
    try:
        yield
    except PoolTimeoutError as error:
        raise TransientError(f"all connections to {where} are in use: try again, or give it more processes") from error
    except DBAPIError as error:
        raise _meaning(error, where) from error
    except SQLAlchemyError as error:
        raise PermanentError(f"{where} refused a request: {error}") from error


def _meaning(error: DBAPIError, where: str) -> AikaError:
    cause = error.orig
    if isinstance(error, IntegrityError):
        return ConflictError(f"{where} already holds something with the same id: {cause}")
    if isinstance(cause, sqlite3.Error):
        return _meaning_of_sqlite(cause, where)
    state = getattr(cause, "sqlstate", None) or ""
    if state == _POSTGRES_DISK_FULL:
        return PermanentError(f"the disk of {where} is full: free space or enlarge it, then try again")
    if state[:2] in _POSTGRES_CONFIGURATION:
        return ConfigurationError(f"{where} refused the request: {cause}. Check the database's name, user and rights")
    if state[:2] in _POSTGRES_PERMANENT:
        return PermanentError(f"{where} cannot do this: {cause}")
    return TransientError(f"{where} is not available: {cause}")


def _meaning_of_sqlite(cause: sqlite3.Error, where: str) -> AikaError:
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return PermanentError(f"the disk that holds {where} is full: free space on it, then try again")
    if code in _SQLITE_BUSY:
        return TransientError(f"{where} is locked by another process: {cause}")
    if code in _SQLITE_DAMAGED:
        return PermanentError(
            f"{where} is damaged or is not a database: {cause}. Restore it from a backup, or move it away and sync again"
        )
    if code in _SQLITE_UNWRITABLE:
        return ConfigurationError(f"{where} cannot be opened for writing: {cause}. Check the path and its permissions")
    if code == sqlite3.SQLITE_IOERR:
        return PermanentError(f"reading or writing {where} failed: {cause}. Check the disk and the space left on it")
    return PermanentError(f"{where} refused a request: {cause}")
