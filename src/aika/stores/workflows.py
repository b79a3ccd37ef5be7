"""What the jobs need of DBOS, called from threads: its own functions block."""

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from dbos import DBOS, DBOSPortableJSONSerializer
from dbos import error as dbos_error
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from aika.domain.errors import ConfigurationError, NotFoundError, PermanentError, TransientError
from aika.stores.database.failures import translated

Phase = Literal["open", "done", "failed"]

QUEUE = "aika"
WORKFLOW = "aika.job"
_APPLICATION = "aika"
# Work of any version of aika can be taken up by any other: it starts from its beginning.
_APPLICATION_VERSION = "1"
_SCHEMA = "aika_jobs"
_MOST_ATTEMPTS = 100
"""Work whose process ended this often is given up: it may be what ends it."""
_KEPT = timedelta(days=7)
"""How long finished work can still be waited for."""
_FORGOTTEN_AT_ONCE = 500


def jobs_url(database_url: str) -> str:
    """Return where the jobs of a database are kept.

    With PostgreSQL in a schema of their own; with SQLite in a file beside it, so that neither waits for the other's writes.
    """
    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise ConfigurationError(
            "the database's URL is not one: expected sqlite:///file or postgresql://user:password@host/name"
        ) from error
    if url.get_backend_name() != "sqlite":
        return url.set(drivername="postgresql").render_as_string(hide_password=False)
    if not url.database or url.database == ":memory:":
        raise ConfigurationError("SQLite needs a file: use a URL such as sqlite:///data/aika.sqlite")
    path = Path(url.database)
    return f"sqlite:///{path.with_name(f'{path.stem}.jobs{path.suffix}')}"


def launch(url: str, *, executor: str, run: Callable[[str, str], str | None], poll_seconds: float) -> None:
    """Start DBOS: it takes up what this executor left, and calls ``run`` in a thread with a name and an argument."""
    if url.startswith("sqlite"):
        _prepare_file(Path(str(make_url(url).database)))
    # DBOS writes to the console unless its logger has a handler. Its warnings go where ours go.
    dbos_logger = logging.getLogger("dbos")
    if not dbos_logger.handlers:
        dbos_logger.addHandler(logging.NullHandler())

    @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=_MOST_ATTEMPTS)
    def job(name: str, argument: str) -> str | None:
        return run(name, argument)

    DBOS(
        config={
            "name": _APPLICATION,
            "system_database_url": url,
            "dbos_system_schema": _SCHEMA,
            "sys_db_pool_size": 5,
            "application_version": _APPLICATION_VERSION,
            "executor_id": executor,
            "log_level": "WARNING",
            "enable_otlp": False,
            # Its default is pickle, which would run what anyone who can write to the database puts there.
            "serializer": DBOSPortableJSONSerializer(),
            "notification_listener_polling_interval_sec": poll_seconds,
        }
    )
    try:
        DBOS.launch()
        DBOS.register_queue(QUEUE, polling_interval_sec=poll_seconds, on_conflict="always_update")
    except BaseException:
        stop()
        raise


def stop() -> None:
    DBOS.destroy(destroy_registry=True)


def submit(name: str, argument: str, key: str | None) -> str:
    if key is None:
        handle = DBOS.enqueue_workflow_with_options(
            {"workflow_name": WORKFLOW, "queue_name": QUEUE, "app_version": _APPLICATION_VERSION}, name, argument
        )
    else:
        handle = DBOS.enqueue_workflow_with_options(
            {
                "workflow_name": WORKFLOW,
                "queue_name": QUEUE,
                "app_version": _APPLICATION_VERSION,
                "deduplication_id": key,
                "duplication_policy": "return-existing",
            },
            name,
            argument,
        )
    return str(handle.get_workflow_id())


def standing(job: str) -> tuple[Phase, str | None]:
    """Return how work stands, with what went wrong as `run` returned it. Raises `NotFoundError`."""
    status = DBOS.get_workflow_status(job)
    if status is None:
        raise NotFoundError(f"there is no job {job!r}, or it was done more than {_KEPT.days} days ago")
    match status.status:
        case "SUCCESS":
            failure = None if status.output is None else str(status.output)
            return ("done" if failure is None else "failed"), failure
        case "ENQUEUED" | "DELAYED" | "PENDING":
            return "open", None
        case "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
            raise PermanentError(f"the job {job!r} was given up: its process ended {_MOST_ATTEMPTS} times")
        case _:
            raise PermanentError(f"the job {job!r} ended as {status.status.lower()}: {status.error}")


def executors_with_work() -> set[str]:
    """Return the executors that have begun work which is not done."""
    pending = DBOS.list_workflows(status="PENDING", queue_name=QUEUE, load_input=False, load_output=False)
    return {status.executor_id for status in pending if status.executor_id}


def take_over(executor: str) -> None:
    """Hand out anew what an executor was doing. It must be dead."""
    DBOS._recover_pending_workflows([executor])


def forget_finished() -> None:
    """Drop the record of work that ended long ago."""
    before = (datetime.now(UTC) - _KEPT).isoformat()
    while finished := DBOS.list_workflows(
        queue_name=QUEUE,
        status=["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
        completed_before=before,
        limit=_FORGOTTEN_AT_ONCE,
        load_input=False,
        load_output=False,
    ):
        DBOS.delete_workflows([status.workflow_id for status in finished])


@contextmanager
def in_our_words(where: str) -> Iterator[None]:
    """Raise what DBOS and the database raise as `AikaError`."""
    try:
        with translated(where):
            yield
    except dbos_error.DBOSException as error:
        raise TransientError(f"the job engine on {where} refused: {error}") from error


def _prepare_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise ConfigurationError(f"the database {path} cannot be opened: {error.strerror}") from error
    connection = sqlite3.connect(path)
    # Remembered in the file. Those who look for work then never wait for those who write.
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
