"""Runs that were made here: quality over time."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from aika.domain.errors import ConfigurationError, NotFoundError
from aika.evaluation.runs import Record, Run, RunKind, TopicRow
from aika.files import replace_file

_RECORD = TypeAdapter(Record)
_TOPICS = TypeAdapter(tuple[TopicRow, ...])
_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]+(-\d+)?")
LAST = "last"
"""What names the newest run in place of its id; ``last-1`` is the one before."""


class RunRecords:
    """Keeps runs in a folder: a short file each for the history, and a longer one beside it with the topics.

    The files hold questions, titles and quotes. Only this user can read them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, run: Run) -> Run:
        """Keep a run and return it with the id that it is kept by: its own, with a number where two are of one second."""
        self._folder.mkdir(parents=True, exist_ok=True)
        kept = _numbered(run, self._folder)
        name = kept.record.id
        replace_file(self._folder / f"{name}.topics.json", _TOPICS.dump_json(kept.topics))
        # Last, so that a run in the history always has its topics.
        replace_file(self._folder / f"{name}.json", _RECORD.dump_json(kept.record, indent=1))
        return kept

    def listing(self, *, collection: str | None = None, kind: RunKind | None = None) -> list[Record]:
        """Return what was recorded, oldest first."""
        found = [_read(path) for path in sorted(self._folder.glob("*.json")) if _ID.fullmatch(path.stem)]
        return [
            record
            for record in sorted(found, key=lambda record: (record.started_at, record.id))
            if collection in {None, record.collection} and kind in {None, record.kind}
        ]

    def load(self, name: str, *, among: Sequence[Record] | None = None) -> Run:
        """Return the run of an id or of its beginning, or ``last``, ``last-1`` … of ``among`` (by default all).

        Raises `NotFoundError` where there is none, or several begin so.
        """
        records = self.listing() if among is None else among
        back = re.fullmatch(rf"{LAST}(?:-(\d+))?", name)
        if back is not None:
            place = int(back[1] or 0)
            if place >= len(records):
                raise NotFoundError(f"there is no run {name!r}: {len(records)} are recorded here")
            return self._with_topics(records[len(records) - 1 - place])
        found = [record for record in records if record.id == name] or [r for r in records if r.id.startswith(name)]
        if len(found) != 1:
            said = "is no run" if not found else f"is the beginning of {len(found)} runs"
            raise NotFoundError(f"{name!r} {said} recorded here: `aika eval history` lists them")
        return self._with_topics(found[0])

    def _with_topics(self, record: Record) -> Run:
        path = self._folder / f"{record.id}.topics.json"
        try:
            return Run(record, _TOPICS.validate_json(path.read_bytes()))
        except (OSError, ValidationError) as error:
            raise ConfigurationError(f"{path} cannot be read: {error}") from error


def _read(path: Path) -> Record:
    try:
        return _RECORD.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ConfigurationError(
            f"{path} is not a record of a run: {error}. Delete it, and the history goes on"
        ) from error


def _numbered(run: Run, folder: Path) -> Run:
    name, number = run.record.id, 1
    while (folder / f"{name}.json").exists():
        number += 1
        name = f"{run.record.id}-{number}"
    return run if number == 1 else replace(run, record=replace(run.record, id=name))
