"""Rows of people and teams in CSV and JSON files, whatever the shape: tables, maps by id, and trees of who reports to whom."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from aika.connectors.people.fields import Fields, Record, plain_name

_DEPTH = 50
_GROUPS = frozenset({"teams", "groups", "squads", "departments", "subteams"})
"""Keys under which a record holds groups below it, and not people who report to it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row, with the manager or the team above it where the file's shape says so."""

    values: Mapping[str, object]
    number: int
    is_team: bool = False
    """Whether the shape says that it is about a team."""


def rows_of_csv(text: str) -> Iterator[Row]:
    """Yield the rows of a table with a header. Raises ``ValueError`` where it has none."""
    sample = text[:8_000]
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(sample, delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    reader = csv.DictReader(io.StringIO(text), dialect=dialect)
    try:
        if not reader.fieldnames:
            raise ValueError("it has no header")
        for number, row in enumerate(reader, 1):
            yield Row({str(key): value for key, value in row.items() if key}, number)
    except csv.Error as error:
        raise ValueError(f"it is no table: {error}") from error


def rows_of_json(text: str, fields: Fields) -> Iterator[Row]:
    """Yield each record in a JSON file, those inside others too. Raises ``ValueError`` where it is not JSON."""
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    for number, (values, is_team) in enumerate(_Tree(fields).records(value, _Where(), 0), 1):
        yield Row(values, number, is_team)


@dataclass(frozen=True, slots=True)
class _Where:
    """What a record's place in the file says of it."""

    manager: str = ""
    parent: str = ""
    is_team: bool = False

    def said_of(self, value: Mapping[str, object]) -> tuple[dict[str, object], bool]:
        said = {key: text for key, text in (("manager", self.manager), ("parent", self.parent)) if text}
        return {**said, **value}, self.is_team


_Found = Iterator[tuple[dict[str, object], bool]]


class _Tree:
    def __init__(self, fields: Fields) -> None:
        self._fields = fields

    def records(self, value: object, where: _Where, depth: int) -> _Found:
        """Yield the records below a value, each with whether its place is one of teams."""
        if depth > _DEPTH:
            raise ValueError("it is nested too deeply")
        if isinstance(value, list):
            for item in value:
                yield from self.records(item, where, depth + 1)
        elif isinstance(value, dict):
            record = self._fields.record(value)
            if record.first("name") or record.first("email") or record.first("first_name"):
                yield from self._record(value, record, where, depth)
            elif value and not any(isinstance(item, dict | list) for item in value.values()):
                # It has no name: what is wrong with it is said where records are taken in.
                yield where.said_of(value)
            else:
                yield from self._container(value, where, depth)

    def _container(self, value: Mapping[str, object], where: _Where, depth: int) -> _Found:
        """A map by id, by team, or by what sort of record is in a list."""
        for key, item in value.items():
            inside = replace(where, is_team=where.is_team or plain_name(key) in _GROUPS)
            if isinstance(item, dict) and not inside.is_team and not self._fields.record(item).first("id"):
                yield from self.records({"id": key, **item}, inside, depth + 1)
            else:
                yield from self.records(item, inside, depth + 1)

    def _record(self, value: Mapping[str, object], record: Record, where: _Where, depth: int) -> _Found:
        below = {key: item for key, item in value.items() if _is_records(item)}
        own = {key: item for key, item in value.items() if key not in below}
        reference = _reference(record)
        members = [key for key in below if plain_name(key) == "members"]
        if members:
            inside = (inner for key in members for inner in _mappings(below[key]))
            own["members"] = [_reference(self._fields.record(inner)) for inner in inside]
        yield where.said_of(own)
        is_team = where.is_team or bool(members)
        for key, item in below.items():
            yield from self.records(item, _below(plain_name(key), reference, is_team=is_team), depth + 1)


def _below(key: str, reference: str, *, is_team: bool) -> _Where:
    if key in _GROUPS:
        return _Where(parent=reference if is_team else "", is_team=True)
    return _Where() if is_team else _Where(manager=reference)


def _reference(record: Record) -> str:
    return record.first("id") or record.first("email") or record.first("name")


def _is_records(value: object) -> bool:
    # Values can be mappings too: ``[{"value": "ann@acme.example", "primary": true}]``.
    inside = _mappings(value)
    return bool(inside) and not all("value" in item for item in inside)


def _mappings(value: object) -> list[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
