"""What an evaluation is run with: settings that may differ for one run, and the documents that a deployment has."""

import json
import platform
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import BaseModel, SecretStr

from aika.application.evaluation_vectors import Layered
from aika.application.revision import revision_of
from aika.domain.access import UNRESTRICTED
from aika.domain.documents import Chunk
from aika.domain.errors import ConfigurationError
from aika.domain.identifiers import DocumentId
from aika.evaluation.records import RunRecords
from aika.evaluation.runs import Configuration, fingerprint
from aika.evaluation.topics import Locatable, TestCollection, resolved
from aika.protocols import Entry, VectorStore
from aika.settings import Settings, load_settings
from aika.stores.database.database import Database

_UNRELATED = {"base_dir", "data_dir", "sources_dir", "server", "database", "sync", "telemetry", "sources", "discovery"}
"""Settings that do not bear on quality."""
_SECRET = re.compile(r"key|token|secret|password|url", re.IGNORECASE)
_PACKAGES = ("aika", "onnxruntime", "tokenizers", "qdrant-edge-py")
_PAGE = 1_000


def settings_with(folder: Path, changes: Sequence[str]) -> Settings:
    """Read a folder's settings with some of them changed: ``retrieval.dense_weight=0.7``. Raises `ConfigurationError`."""
    overrides: dict[str, object] = {}
    for change in changes:
        name, separator, value = change.partition("=")
        *path, last = name.strip().split(".")
        if not separator or not last:
            raise ConfigurationError(
                f"{change!r} is no setting: write its name and value, such as retrieval.dense_weight=0.7"
            )
        table: dict[str, object] = overrides
        for step in path:
            inner = table.setdefault(step, {})
            if not isinstance(inner, dict):
                raise ConfigurationError(f"{change!r} sets a part of what another --set sets as a whole")
            table = inner
        table[last] = _value(value)
    return load_settings(folder, **overrides)


def configuration_of(settings: Settings) -> Configuration:
    """Return what a run is recorded with: the settings that bear on quality, without secrets and addresses."""
    shown = dict(sorted(_flat(settings, "")))
    versions = {"python": platform.python_version(), **dict(_versions())}
    return Configuration(fingerprint([shown, versions]), shown, versions, revision_of(settings.base_dir))


def run_records(settings: Settings) -> RunRecords:
    """Return where this folder's runs are kept."""
    return RunRecords(settings.data_path / "evaluation" / "runs")


@asynccontextmanager
async def deployed(settings: Settings) -> AsyncIterator["Deployed"]:
    """Open what this deployment has synced, for reading. A server may be running beside it.

    Raises `ConfigurationError` where nothing was synced yet.
    """
    url = settings.database.url
    place = settings.data_path / "aika.db"
    if url is None and not place.exists():
        raise ConfigurationError(
            f"the collection has no documents of its own, and nothing is synced in {settings.data_path}: run `aika sync`, or "
            "name documents with --corpus"
        )
    async with Database.open(f"sqlite:///{place}" if url is None else url.get_secret_value()) as database:
        yield Deployed(database)


class Deployed:
    """The documents of a deployment, as an evaluation takes them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def entries(self, collection: TestCollection) -> list[Entry]:
        """Return the documents that a collection is put to. Raises `ConfigurationError` where there are none."""
        chunks = await self._chunks()
        found: list[Entry] = []
        after = ""
        while page := await self.database.catalogue.documents(scope=UNRESTRICTED, after=after, limit=_PAGE):
            after = f"{page[-1].source}/{page[-1].key}"
            for document in page:
                if document.id not in chunks or not collection.over.selects(document):
                    continue
                stored = await self.database.catalogue.document(document.id, scope=UNRESTRICTED)
                if stored is not None:
                    # What the catalogue knows of versions plays no part in ranking.
                    found.append(Entry(stored[0], stored[1], chunks[document.id], "", "", ""))
        if not found:
            raise ConfigurationError(
                f"none of the deployment's documents is one that {collection.name} is put to: run `aika sync`, or look at 'over'"
            )
        return found

    async def prepared(self, collection: TestCollection, entries: Sequence[Entry]) -> TestCollection:
        """Return the collection with its references found, and with whoever asks in all their groups."""
        documents = [entry.document for entry in entries]
        known = [Locatable(f"{d.source}/{d.key}", d.key, d.url, d.source) for d in documents]
        directory = self.database.directory
        topics = [
            topic if topic.asked_as is None else replace(topic, asked_as=tuple(await directory.expand(topic.asked_as)))
            for topic in collection.topics
        ]
        return replace(resolved(collection, known), topics=tuple(topics))

    def vectors(self, own: VectorStore) -> VectorStore:
        """Return the vectors that the deployment has computed, and ``own`` for those that only an evaluation needs."""
        return Layered(own, self.database.vectors)

    async def _chunks(self) -> Mapping[DocumentId, tuple[Chunk, ...]]:
        found: dict[DocumentId, tuple[Chunk, ...]] = {}
        after = 0
        while changes := await self.database.catalogue.changes(after=after, limit=_PAGE):
            after = changes[-1].sequence
            found |= {change.document: change.chunks for change in changes if change.chunks}
        return found


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _flat(value: object, name: str) -> Iterator[tuple[str, str]]:
    if value is None or isinstance(value, SecretStr):
        return
    if isinstance(value, BaseModel):
        fields = {field: getattr(value, field) for field in type(value).model_fields}
        value = {key: found for key, found in fields.items() if name or key not in _UNRELATED}
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not _SECRET.search(str(key)):
                yield from _flat(inner, f"{name}.{key}" if name else str(key))
        return
    yield name, json.dumps(value, default=str)


def _versions() -> Iterator[tuple[str, str]]:
    for package in _PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue
