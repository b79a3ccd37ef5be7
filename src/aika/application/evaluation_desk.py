"""Runs of evaluations: what was recorded, and starting one as durable work."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aika.application.evaluation_inputs import run_records, settings_with
from aika.domain.errors import AikaError, ConfigurationError, InvalidRequestError, NotFoundError
from aika.evaluation.records import RunRecords
from aika.evaluation.runs import Record, Run, TopicRow
from aika.protocols import Clock, Jobs
from aika.settings import Settings

logger = logging.getLogger(__name__)

_JOB = "evaluation"
_CHANGEABLE = ("retrieval.", "reranker.", "answers.", "confidence.")
"""What a run may be started with another value of: nothing that writes, or reads elsewhere."""
_REMEMBERED = 20

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""
Measuring = Callable[[Path, Settings, Progress], Awaitable[Run]]
"""Measures retrieval on the collection at a place."""


@dataclass(slots=True)
class Started:
    """A run that was started here."""

    collection: str
    changes: tuple[str, ...]
    started_at: datetime
    job: str = ""
    """The durable work's id."""
    doing: str = ""
    """What is under way."""
    done: int = 0
    total: int = 0
    run: str | None = None
    """Its record's id, once there is one."""
    problem: str | None = None
    """Why it failed."""

    @property
    def ended(self) -> bool:
        return self.run is not None or self.problem is not None


@dataclass(slots=True)
class EvaluationDesk:
    """Hands out recorded runs, and starts others, one at a time."""

    settings: Settings
    jobs: Jobs
    clock: Clock
    measuring: Measuring | None = None
    """Set by who serves: what measures opens the parts of an application, which is what holds this."""
    _started: list[Started] = field(default_factory=list)

    @property
    def records(self) -> RunRecords:
        return run_records(self.settings)

    async def listing(self) -> list[Record]:
        """Return what was recorded, oldest first."""
        return await asyncio.to_thread(self.records.listing)

    async def run(self, id: str) -> Run:
        """Raise `NotFoundError` where no such run is recorded."""
        records = self.records
        return await asyncio.to_thread(lambda: records.load(id))

    async def topic(self, run: str, topic: str) -> tuple[Run, TopicRow]:
        """Raise `NotFoundError` where there is no such run, or no such topic in it."""
        found = await self.run(run)
        for row in found.topics:
            if row.id == topic:
                return found, row
        raise NotFoundError(f"the run {run!r} has no topic {topic!r}")

    def collections(self) -> list[str]:
        """Return the names of the collections beside ``aika.toml``, in ``evaluation/`` or as folders of their own."""
        return sorted(self._places())

    def started(self) -> Sequence[Started]:
        """Return the runs that were started here, the newest first."""
        return self._started[::-1]

    async def start(self, collection: str, changes: Sequence[str] = ()) -> Started:
        """Start measuring retrieval on a collection. Raises `InvalidRequestError` for what cannot be measured."""
        if collection not in self._places():
            known = ", ".join(self.collections()) or "none"
            raise InvalidRequestError(f"there is no collection {collection!r} (there are: {known})")
        self._settings(changes)
        argument = {"collection": collection, "changes": list(changes)}
        started = self._note(collection, tuple(changes))
        if started.doing:
            return started
        started.doing = "waiting"
        started.job = await self.jobs.submit(
            _JOB, json.dumps(argument), key=f"{_JOB}:{collection}:{json.dumps(list(changes))}"
        )
        return started

    def accept_work(self) -> None:
        """Take on runs, those that an earlier process left unfinished, too."""
        self.jobs.register(_JOB, self._job)

    async def _job(self, argument: str) -> None:
        said = json.loads(argument)
        changes = tuple(said["changes"])
        started = self._note(said["collection"], changes)

        def progress(doing: str, done: int, total: int) -> None:
            started.doing, started.done, started.total = doing, done, total

        try:
            place = self._places().get(started.collection)
            if place is None:
                raise InvalidRequestError(f"the collection {started.collection!r} is gone")
            if self.measuring is None:
                raise InvalidRequestError("this process does not measure: start the run in one that serves the API")
            run = await self.measuring(place, self._settings(changes), progress)
            started.run = (await asyncio.to_thread(self.records.add, run)).record.id
        except AikaError as error:
            # It is shown where the run was started; doing it again would fail again.
            logger.warning("an evaluation failed", extra={"collection": started.collection, "reason": str(error)})
            started.problem = str(error)

    def _note(self, collection: str, changes: tuple[str, ...]) -> Started:
        """Return the run that is under way of this kind, or a new one."""
        for one in self._started:
            if not one.ended and (one.collection, one.changes) == (collection, changes):
                return one
        self._started = [*self._started[-_REMEMBERED + 1 :], Started(collection, changes, self.clock.now())]
        return self._started[-1]

    def _settings(self, changes: Sequence[str]) -> Settings:
        if not changes:
            return self.settings
        for change in changes:
            if not change.strip().startswith(_CHANGEABLE):
                parts = ", ".join(part.rstrip(".") for part in _CHANGEABLE)
                raise InvalidRequestError(f"{change!r}: a run can be started with other settings of {parts} only")
        try:
            changed = settings_with(self.settings.base_dir, changes)
        except ConfigurationError as error:
            raise InvalidRequestError(str(error)) from error
        return self.settings.model_copy(
            update={name: getattr(changed, name) for name in ("retrieval", "reranker", "answers", "confidence")}
        )

    def _places(self) -> dict[str, Path]:
        base = self.settings.base_dir
        folder = base / "evaluation"
        files = [path for end in ("*.yaml", "*.yml", "*.jsonl") for path in folder.glob(end)]
        folders = [path.parent for place in (base, folder) for path in place.glob("*/queries.jsonl")]
        folders += [path.parent for place in (base, folder) for path in place.glob("*/collection.yaml")]
        return {path.name if path.is_dir() else path.stem: path for path in sorted({*files, *folders})}
