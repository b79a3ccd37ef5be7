"""The connector `people`: people and teams from CSV and JSON files, or from an identity provider by SCIM.

Each person and each team is a document. Teams are groups of readers, and each account (``github:login``) is a group of the one
person it belongs to, which is how readers that other sources name by account become people.
"""

import asyncio
import hashlib
import logging
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pathspec import GitIgnoreSpec
from pydantic import Field, PositiveInt, SecretStr, field_validator, model_validator

from aika.connectors.people.fields import USUAL_NAMES, Fields, plain_name
from aika.connectors.people.organization import SCIM, Organization, Person, Team
from aika.connectors.people.reading import Row, rows_of_csv, rows_of_json
from aika.connectors.people.rendering import (
    person_attributes,
    person_text,
    team_attributes,
    team_text,
    team_title,
)
from aika.connectors.people.scim import ScimDirectory
from aika.connectors.places import Memory
from aika.domain.documents import Kind, RawDocument
from aika.domain.errors import ConfigurationError, PermanentError, TransientError, UnreadableDocumentError
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Found
from aika.http import HttpOptions, host_of, open_http
from aika.registry import Options, Surroundings

logger = logging.getLogger(__name__)

_TABLES = (".csv", ".tsv")
_TEAM_FILES = frozenset({"teams", "groups", "squads", "departments"})
"""Names of files whose rows are teams."""


class PeopleOptions(Options):
    """Files, or an identity provider. One of ``path`` and ``url`` is needed."""

    path: Path | None = Field(
        default=None,
        description="A folder with CSV and JSON files, or one file. Relative to the configuration file's folder.",
    )
    include: tuple[str, ...] = Field(
        default=("*.csv", "*.tsv", "*.json"), description="Patterns as in .gitignore of the files to read."
    )
    exclude: tuple[str, ...] = Field(default=(), description="Patterns as in .gitignore of files to leave out.")
    max_file_bytes: PositiveInt = Field(default=50_000_000, description="Larger files are reported, not read.")
    url: str | None = Field(
        default=None,
        description="The SCIM 2.0 address that ends before /Users, such as https://id.acme.example/scim/v2.",
    )
    token: SecretStr | None = Field(default=None, description="A SCIM token that may read users and groups.")
    fields: dict[str, str] = Field(
        default={},
        description="Columns by field, where they do not have usual names, such as {role: Funktion}. "
        f"Fields: {', '.join(USUAL_NAMES)}.",
    )
    show: tuple[str, ...] = Field(
        default=(),
        description="Further columns to show as they are. Columns that are neither known nor named here are not read.",
    )
    link_template: str | None = Field(
        default=None,
        description="A URL of people's pages with {id}, {email} or {name}, such as https://people.acme.example/{id}.",
    )
    inactive: Literal["leave out", "show"] = Field(
        default="leave out", description="What becomes of the pages of people who left. They are in no team either way."
    )
    child_groups: bool = Field(
        default=True, description="Whether members of the teams below a team may read what that team may read."
    )

    @field_validator("fields")
    @classmethod
    def _are_fields(cls, fields: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(fields.keys() - USUAL_NAMES.keys()):
            raise ValueError(f"no such field: {', '.join(unknown)} (fields: {', '.join(USUAL_NAMES)})")
        return fields

    @model_validator(mode="after")
    def _has_one_place(self) -> "PeopleOptions":
        if (self.path is None) == (self.url is None):
            raise ValueError("give either path (files) or url (SCIM)")
        return self


class _Memory(Memory):
    """What a cursor holds: the people and teams of each file, so that a file that breaks takes none of them away."""

    files: Mapping[str, list[str]] = {}


@dataclass(frozen=True, slots=True)
class _File:
    key: str
    path: Path
    state: tuple[int, int]
    """Modification time and size, as they were when it was read."""

    def check(self) -> None:
        try:
            status = self.path.stat()
        except OSError as error:
            raise UnreadableDocumentError(f"{self.key} vanished while the source was read; sync again") from error
        if (status.st_mtime_ns, status.st_size) != self.state:
            raise TransientError(f"{self.key} changed while the source was read; sync again")


@dataclass(slots=True)
class _Reading:
    """What one run found."""

    organization: Organization = field(default_factory=Organization)
    files: dict[str, _File] = field(default_factory=dict)
    by_file: dict[str, list[str]] = field(default_factory=dict)
    failures: list[Failed] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    """Columns that are not read."""


class PeopleConnector:
    """Reads people and teams. Every run lists all of them; only pages whose text is new are taken in."""

    Options = PeopleOptions

    def __init__(self, options: PeopleOptions, root: Path | None, scim: ScimDirectory | None) -> None:
        self._options = options
        self._root = root
        self._scim = scim
        self._fields = _fields(options)

    @classmethod
    @asynccontextmanager
    async def open(cls, options: PeopleOptions, surroundings: Surroundings) -> AsyncIterator["PeopleConnector"]:
        async with AsyncExitStack() as stack:
            root = scim = None
            if options.path is not None:
                root = surroundings.base_dir / options.path.expanduser()
                if not await asyncio.to_thread(root.exists):
                    raise ConfigurationError(f"there is no folder or file {root}: correct the source's path")
            if options.url is not None:
                headers = {"Authorization": f"Bearer {options.token.get_secret_value()}"} if options.token else {}
                limits = HttpOptions(allowed_hosts=frozenset({host_of(options.url)}), headers=headers)
                http = await stack.enter_async_context(open_http(limits))
                scim = ScimDirectory(http, options.url, _fields(options))
            yield cls(options, root, scim)

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield teams and accounts as groups, then a document a person and a team, then a complete `Checkpoint`."""
        reading = _Reading()
        if self._root is not None:
            await asyncio.to_thread(self._read_files, self._root, _Memory.of(since), reading)
        elif self._scim is not None:
            number = 0
            async for record in self._scim.records():
                number += 1
                reading.organization.take(record, origin=SCIM, number=number)
        if reading.unread:
            logger.info("columns are not read", extra={"columns": ", ".join(sorted(reading.unread))})
        for event in await asyncio.to_thread(lambda: list(self._events(reading))):
            yield event

    def _events(self, reading: _Reading) -> Iterator[Event]:
        organization = reading.organization
        organization.connect()
        yield from organization.groups(child_groups=self._options.child_groups)
        yield from (*reading.failures, *organization.failures)
        for raw, origins in self._documents(organization):
            files = [reading.files[origin] for origin in sorted(origins) if origin in reading.files]
            shown = replace(raw, url=raw.url or next((file.path.resolve().as_uri() for file in files), None))
            yield Found(raw.key, _version(shown), partial(asyncio.to_thread, _checked, shown, files))
        yield Checkpoint(Cursor(_Memory(files=reading.by_file).model_dump_json()), complete=True)

    def _documents(self, organization: Organization) -> Iterator[tuple[RawDocument, set[str]]]:
        for person in organization.people.values():
            if person.is_active or self._options.inactive == "show":
                yield self._person(person, organization), person.origins
        for team in organization.teams.values():
            if team.values or team.members:
                yield _team(team, organization), team.origins

    def _person(self, person: Person, organization: Organization) -> RawDocument:
        return RawDocument(
            key=person.key,
            content=person_text(person, organization).encode("utf-8", errors="replace"),
            path=f"{person.key.replace(':', '/')}.md",
            media_type="text/markdown",
            title=organization.shown(person.key),
            url=self._link(person),
            kind=Kind.PERSON,
            attributes=person_attributes(person, organization),
        )

    def _link(self, person: Person) -> str | None:
        link = self._options.link_template
        if link is None:
            return person.first("url") or None
        values = {"id": person.first("id"), "email": person.email, "name": person.name}
        for name, value in values.items():
            link = link.replace(f"{{{name}}}", quote(value, safe="@"))
        return link

    def _read_files(self, root: Path, memory: _Memory, reading: _Reading) -> None:
        folder = root if root.is_dir() else root.parent
        for path in [root] if root.is_file() else _walked(folder, self._options):
            key = os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", errors="backslashreplace")
            try:
                status = path.stat()
                reading.files[key] = _File(key, path, (status.st_mtime_ns, status.st_size))
                rows = list(self._rows(path))
            except (OSError, ValueError) as error:
                reading.failures.append(Failed(key, f"it cannot be read: {getattr(error, 'strerror', None) or error}"))
                known = list(memory.files.get(key, ()))
                reading.failures.extend(Failed(document, f"its file {key} cannot be read") for document in known)
                reading.by_file[key] = known
                continue
            self._take(rows, key, path, reading)

    def _take(self, rows: list[Row], key: str, path: Path, reading: _Reading) -> None:
        of_teams = path.stem.lower() in _TEAM_FILES
        taken: dict[str, None] = {}
        reading.unread |= {
            name for name in {name for row in rows for name in row.values} if not self._fields.knows(name)
        }
        for row in rows:
            record = self._fields.record(row.values, is_team=row.is_team or of_teams)
            if document := reading.organization.take(record, origin=key, number=row.number):
                taken[document] = None
        reading.by_file[key] = list(taken)

    def _rows(self, path: Path) -> Iterator[Row]:
        with path.open("rb") as stream:
            content = stream.read(self._options.max_file_bytes + 1)
        if len(content) > self._options.max_file_bytes:
            raise ValueError(f"it is larger than the {self._options.max_file_bytes:,} bytes that max_file_bytes allows")
        text = _decoded(content)
        yield from rows_of_csv(text) if path.suffix.lower() in _TABLES else rows_of_json(text, self._fields)


def _fields(options: PeopleOptions) -> Fields:
    return Fields(options.fields, frozenset(map(plain_name, options.show)))


def _team(team: Team, organization: Organization) -> RawDocument:
    return RawDocument(
        key=team.key,
        content=team_text(team, organization).encode("utf-8", errors="replace"),
        path=f"{team.key.replace(':', '/')}.md",
        media_type="text/markdown",
        title=team_title(team),
        url=team.first("url") or None,
        kind=Kind.PERSON,
        attributes=team_attributes(team, organization),
    )


def _walked(folder: Path, options: PeopleOptions) -> Iterator[Path]:
    wanted, unwanted = GitIgnoreSpec.from_lines(options.include), GitIgnoreSpec.from_lines(options.exclude)
    for found, folders, files in os.walk(folder, onerror=_cannot_list):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            key = (Path(found) / name).relative_to(folder).as_posix()
            if wanted.match_file(key) and not unwanted.match_file(key):
                yield folder / key


def _cannot_list(error: OSError) -> None:
    # Who is in the folder is then unknown, and nobody must be taken for gone.
    raise PermanentError(f"{error.filename} cannot be listed ({error.strerror}): grant access") from error


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What spreadsheet programs on Windows write.
        return content.decode("cp1252", errors="replace")


def _checked(raw: RawDocument, files: list[_File]) -> RawDocument:
    for file in files:
        file.check()
    return raw


def _version(raw: RawDocument) -> str:
    said = (raw.title, raw.url, sorted(raw.attributes.items()))
    return hashlib.blake2b(raw.content + repr(said).encode("utf-8", "replace"), digest_size=16).hexdigest()
