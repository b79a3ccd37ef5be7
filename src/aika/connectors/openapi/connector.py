"""The connector `openapi`: descriptions of APIs in OpenAPI 3 and Swagger 2, one document a group of operations.

Addresses are asked with the validators of their last answer, so that a description that did not change is not sent again.
"""

import asyncio
import hashlib
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlsplit

from pathspec import GitIgnoreSpec
from pydantic import BaseModel, Field, NonNegativeInt, PositiveInt, SecretStr, ValidationError, model_validator

from aika.connectors.openapi.splitting import Part, read_description, split
from aika.domain.documents import Kind, RawDocument
from aika.domain.errors import ConfigurationError, PermanentError, TransientError, UnreadableDocumentError
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Found
from aika.http import HttpClient, HttpOptions, Response, host_of, open_http
from aika.registry import Options, Surroundings

_SUFFIXES = (".json", ".yaml", ".yml")


class OpenapiOptions(Options):
    """Where descriptions are. At least one of ``path`` and ``urls`` is needed."""

    path: Path | None = Field(
        default=None,
        description="A folder with descriptions, or one file. Relative to the configuration file's folder.",
    )
    include: tuple[str, ...] = Field(
        default=("*openapi*", "*swagger*", "*.oas.yaml", "*.oas.yml", "*.oas.json"),
        description="Patterns as in .gitignore of the descriptions in the folder, which end in .json, .yaml or .yml.",
    )
    exclude: tuple[str, ...] = Field(
        default=("node_modules/", ".git/"), description="Patterns as in .gitignore of what to leave out."
    )
    urls: tuple[str, ...] = Field(
        default=(), description="Addresses of descriptions, such as https://orders.acme.example/openapi.json."
    )
    token: SecretStr | None = Field(default=None, description="Sent to the addresses as Authorization: Bearer.")
    headers: dict[str, SecretStr] = Field(
        default={},
        description="Further headers for the addresses, such as an API key. Redirects are then not followed.",
    )
    link_template: str | None = Field(
        default=None,
        description="A URL of the rendered reference for links, with {group} and {key} where needed, such as "
        "https://orders.acme.example/docs#/{group}. The default is the description itself.",
    )
    whole_up_to: NonNegativeInt = Field(
        default=8, description="A description with at most this many operations stays one document."
    )
    max_file_bytes: PositiveInt = Field(default=20_000_000, description="Larger descriptions are reported, not read.")

    @model_validator(mode="after")
    def _has_a_place(self) -> "OpenapiOptions":
        if self.path is None and not self.urls:
            raise ValueError("give path (a folder or file), urls, or both")
        return self

    @property
    def sent(self) -> dict[str, str]:
        token = {"Authorization": f"Bearer {self.token.get_secret_value()}"} if self.token else {}
        return {**token, **{name: value.get_secret_value() for name, value in self.headers.items()}}


class _Remembered(BaseModel):
    """An address's last answer: its validators, and the documents that were made of it."""

    etag: str = ""
    last_modified: str = ""
    documents: dict[str, str] = {}
    """Versions by key."""


class _Memory(BaseModel):
    """What a cursor holds."""

    settings: str = ""
    """Of the options that decide what becomes of a description."""
    specs: dict[str, _Remembered] = {}


@dataclass(frozen=True, slots=True)
class _Spec:
    """A description that can be read."""

    key: str
    link: str
    read: Callable[[_Remembered], Awaitable["_Content | None"]]
    """Returns ``None`` where nothing changed since."""
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class _Content:
    content: bytes
    modified_at: datetime | None
    etag: str = ""
    last_modified: str = ""


class OpenapiConnector:
    """Reads descriptions of APIs. Every run lists all their documents; what is unchanged is not fetched."""

    Options = OpenapiOptions

    def __init__(self, options: OpenapiOptions, root: Path | None, http: HttpClient) -> None:
        self._options = options
        self._root = root
        self._http = http
        said = (options.whole_up_to, options.link_template)
        self._settings = hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()

    @classmethod
    @asynccontextmanager
    async def open(cls, options: OpenapiOptions, surroundings: Surroundings) -> AsyncIterator["OpenapiConnector"]:
        root = None if options.path is None else surroundings.base_dir / options.path.expanduser()
        if root is not None and not await asyncio.to_thread(root.exists):
            raise ConfigurationError(f"there is no folder or file {root}: correct the source's path")
        hosts = frozenset(host_of(url) for url in options.urls)
        limits = HttpOptions(allowed_hosts=hosts, headers=options.sent, max_bytes=options.max_file_bytes)
        async with open_http(limits) as http:
            yield cls(options, root, http)

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield every group of operations, then a complete `Checkpoint`.

        Raises what the first description failed with where none can be read.
        """
        before = _memory(since, self._settings)
        after = _Memory(settings=self._settings)
        failures: list[PermanentError | TransientError] = []
        for spec in [*await asyncio.to_thread(lambda: list(self._files())), *self._addresses()]:
            known = before.specs.get(spec.key, _Remembered())
            try:
                events, after.specs[spec.key] = await self._documents(spec, known)
            except (PermanentError, TransientError) as error:
                failures.append(error)
                after.specs[spec.key] = known
                events = [Failed(key, str(error)) for key in {spec.key: None, **known.documents}]
            for event in events:
                yield event
        if failures and len(failures) == len(after.specs) and self._root is None:
            raise failures[0]
        yield Checkpoint(Cursor(after.model_dump_json()), complete=True)

    async def _documents(self, spec: _Spec, known: _Remembered) -> tuple[list[Event], _Remembered]:
        read = await spec.read(known)
        if read is None:
            unchanged: list[Event] = [
                Found(key, version, partial(self._load, spec, key)) for key, version in known.documents.items()
            ]
            return unchanged, known
        documents = await asyncio.to_thread(lambda: list(self._parts(spec, read)))
        versions = {raw.key: _version(raw) for raw in documents}
        again = _Remembered(etag=read.etag, last_modified=read.last_modified, documents=versions)
        # Files are read again, since they can change or vanish before they are loaded; an answer was read whole.
        return [
            Found(
                raw.key, versions[raw.key], partial(self._load, spec, raw.key) if spec.is_file else partial(_given, raw)
            )
            for raw in documents
        ], again

    async def _load(self, spec: _Spec, key: str) -> RawDocument:
        read = await spec.read(_Remembered())
        documents = [] if read is None else await asyncio.to_thread(lambda: list(self._parts(spec, read)))
        for raw in documents:
            if raw.key == key:
                return raw
        raise UnreadableDocumentError("it vanished from the description while it was read; sync again")

    def _parts(self, spec: _Spec, read: _Content) -> Iterator[RawDocument]:
        is_json = read.content.lstrip()[:1] == b"{"
        try:
            description = read_description(read.content)
            parts = split(description, read.content, whole_up_to=self._options.whole_up_to, is_json=is_json)
        except ValueError as error:
            raise UnreadableDocumentError(f"{spec.key} cannot be read: {error}") from error
        for part in parts:
            yield self._document(spec, part, read.modified_at)

    def _document(self, spec: _Spec, part: Part, modified_at: datetime | None) -> RawDocument:
        key = f"{spec.key}#{part.group}" if part.group else spec.key
        link = spec.link
        if self._options.link_template is not None:
            group = quote(part.group, safe="")
            link = self._options.link_template.replace("{group}", group).replace("{key}", quote(spec.key, safe="/"))
        return RawDocument(
            key=key,
            content=part.content,
            path=f"{Path(urlsplit(spec.key).path).stem or 'openapi'}{'.json' if part.is_json else '.yaml'}",
            media_type="application/json" if part.is_json else "application/yaml",
            title=part.title or None,
            url=link,
            kind=Kind.API,
            modified_at=modified_at,
            attributes={"operations": part.operations, **({"tag": part.group} if part.group else {})},
        )

    def _addresses(self) -> Iterator[_Spec]:
        taken: Counter[str] = Counter()
        for url in self._options.urls:
            # What a query holds can be a secret; the rest names the description.
            shown = urlsplit(url)._replace(query="", fragment="")
            public = shown._replace(netloc=shown.netloc.rpartition("@")[2]).geturl()
            taken[public] += 1
            # Two that differ in their queries alone are told apart by their order.
            key = public if taken[public] == 1 else f"{public} ({taken[public]})"
            yield _Spec(key, public, partial(self._fetched, url))

    async def _fetched(self, url: str, known: _Remembered) -> _Content | None:
        conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        try:
            response = await self._http.get(
                url,
                headers={name: value for name, value in conditions.items() if value},
                follow=not self._options.headers,
            )
        except ConfigurationError as error:
            raise ConfigurationError(f"{error} The options token and headers say what is sent.") from error
        if response.status == 304 and known.documents:
            return None
        if response.status != 200:
            raise PermanentError(f"{_public(response)} answered {response.status}: write its new address into urls")
        headers = {name.lower(): value for name, value in response.headers.items()}
        validators = {"etag": headers.get("etag", ""), "last_modified": headers.get("last-modified", "")}
        return _Content(response.content, _date(validators["last_modified"]), **validators)

    def _files(self) -> Iterator[_Spec]:
        if self._root is None:
            return
        folder = self._root if self._root.is_dir() else self._root.parent
        for path in [self._root] if self._root.is_file() else _walked(folder, self._options):
            key = os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", errors="backslashreplace")
            yield _Spec(key, path.resolve().as_uri(), partial(self._read_file, path), is_file=True)

    async def _read_file(self, path: Path, _: _Remembered) -> _Content:
        return await asyncio.to_thread(_content, path, self._options.max_file_bytes)


async def _given(raw: RawDocument) -> RawDocument:
    return raw


def _walked(folder: Path, options: OpenapiOptions) -> Iterator[Path]:
    wanted, unwanted = GitIgnoreSpec.from_lines(options.include), GitIgnoreSpec.from_lines(options.exclude)
    for found, folders, files in os.walk(folder, onerror=_cannot_list):
        here = Path(found).relative_to(folder)
        folders[:] = sorted(name for name in folders if not unwanted.match_file(f"{(here / name).as_posix()}/"))
        for name in sorted(files):
            key = (here / name).as_posix()
            if key.endswith(_SUFFIXES) and wanted.match_file(key) and not unwanted.match_file(key):
                yield folder / key


def _cannot_list(error: OSError) -> None:
    # What a folder holds is then unknown, and must not be taken for gone.
    raise PermanentError(f"{error.filename} cannot be listed ({error.strerror}): grant access or exclude it") from error


def _content(path: Path, limit: int) -> _Content:
    try:
        with path.open("rb") as stream:
            modified = os.fstat(stream.fileno()).st_mtime
            content = stream.read(limit + 1)
    except FileNotFoundError as error:
        raise UnreadableDocumentError("it vanished while the source was read; sync again") from error
    except OSError as error:
        raise UnreadableDocumentError(f"it cannot be read: {error.strerror}") from error
    if len(content) > limit:
        raise UnreadableDocumentError(f"it is larger than the {limit:,} bytes that max_file_bytes allows")
    return _Content(content, datetime.fromtimestamp(modified, UTC))


def _memory(since: Cursor | None, settings: str) -> _Memory:
    try:
        memory = _Memory() if since is None else _Memory.model_validate_json(since)
    except ValidationError:
        return _Memory()
    return memory if memory.settings == settings else _Memory()


def _version(raw: RawDocument) -> str:
    said = (raw.title, raw.url, tuple(raw.attributes.items()))
    return hashlib.blake2b(raw.content + repr(said).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None


def _public(response: Response) -> str:
    return urlsplit(response.url)._replace(query="", fragment="").geturl()
