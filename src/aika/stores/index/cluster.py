"""The index for many processes: a Qdrant server or cluster, version 1.16 or newer.

The same engine as the embedded one with the same vectors, so rankings are the same. The cluster rebuilds its segments by
itself.
"""

from collections.abc import AsyncIterator, Awaitable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from pydantic import Field, SecretStr, model_validator

from aika import registry
from aika.domain.access import Scope
from aika.domain.conditions import ALWAYS, NEVER, AnyOf, Condition, Either, Every, Matches, Not
from aika.domain.documents import Chunk
from aika.domain.errors import ConflictError, MissingExtraError, PermanentError, TransientError
from aika.domain.identifiers import ChunkId, DocumentId
from aika.domain.queries import Candidate
from aika.protocols import Analyzer, Index, IndexPosition, Matrix, Vector
from aika.stores.index.bm25 import TermWeights, weigh_chunk, weigh_question
from aika.stores.index.filters import FINGERPRINT, KEYWORD_FIELDS, looked_up, payload_of
from aika.stores.index.generations import Generations, check_generation, check_vectors, last_of_each

try:
    from qdrant_client import AsyncQdrantClient, models
    from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse
except ImportError as error:
    raise MissingExtraError("the index engine 'qdrant'", extra="qdrant") from error

T = TypeVar("T")

_DENSE, _LEXICAL = "dense", "lexical"
_REQUEST_POINTS = 256
_TIE_SLACK = 16
_MOST_TIES = 10_000
"""If more share the last place, the engine decides which of them are cut off: reading them all takes too long."""


class QdrantEngine:
    """Keeps indexes on a Qdrant server or cluster, as one collection a generation."""

    class Options(registry.Options):
        url: str | None = Field(default=None, description="``https://qdrant.example:6333``, or ``:memory:`` for tests.")
        path: Path | None = Field(
            default=None, description="In place of a URL: a folder for the client's local mode, which is for tests."
        )
        api_key: SecretStr | None = None
        prefix: str = Field(
            default="aika",
            pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
            description="What the names of the collections begin with. Two installations on one server need two.",
        )
        shards: int = Field(default=1, ge=1, description="Over how many machines an index is spread, when it is made.")
        replicas: int = Field(default=1, ge=1, description="How many copies are kept, when it is made.")
        timeout: int = Field(default=30, ge=1, description="Seconds for one request.")

        @model_validator(mode="after")
        def _one_place(self) -> "QdrantEngine.Options":
            if (self.url is None) == (self.path is None):
                raise ValueError("name the server with 'url'")
            return self

    @classmethod
    @asynccontextmanager
    async def open(cls, options: Options, surroundings: registry.Surroundings) -> AsyncIterator["ClusterShelf"]:
        """Raises `TransientError` where the server does not answer, `PermanentError` where it refuses."""
        client = _connect(options, surroundings.base_dir)
        try:
            await _translated(client.get_collections())
            yield ClusterShelf(client, options, surroundings.analyzer)
        finally:
            await client.close()


class ClusterShelf:
    """The collections whose names begin with the prefix."""

    fingerprint = FINGERPRINT

    def __init__(self, client: AsyncQdrantClient, options: QdrantEngine.Options, analyzer: Analyzer) -> None:
        self._client = client
        self._options = options
        self._analyzer = analyzer
        self._open = Generations()

    def open(self, generation: str, *, dimensions: int) -> AbstractAsyncContextManager[Index]:
        check_generation(generation)
        return self._opened(generation, dimensions)

    async def generations(self) -> set[str]:
        named = await _translated(self._client.get_collections())
        start = self._collection("")
        return {item.name.removeprefix(start) for item in named.collections if item.name.startswith(start)}

    async def drop(self, generation: str) -> None:
        self._open.refuse(generation, to="drop")
        if generation in await self.generations():
            await _translated(self._client.delete_collection(self._collection(generation)))

    @asynccontextmanager
    async def _opened(self, generation: str, dimensions: int) -> AsyncIterator[Index]:
        with self._open.opened(generation):
            name = self._collection(generation)
            if not await _translated(self._client.collection_exists(name)):
                await self._create(name, dimensions)
            await self._check(name, dimensions)
            yield ClusterIndex(self._client, name, self._analyzer, dimensions)

    def _collection(self, generation: str) -> str:
        return f"{self._options.prefix}__{generation}"

    async def _create(self, name: str, dimensions: int) -> None:
        dense = models.VectorParams(
            # Vectors are of length 1, so the dot product is the cosine, and they are kept as they are.
            size=dimensions,
            distance=models.Distance.DOT,
            datatype=models.Datatype.FLOAT16,
        )
        await _unless_it_exists(
            self._client.create_collection(
                name,
                vectors_config={_DENSE: dense},
                sparse_vectors_config={_LEXICAL: models.SparseVectorParams(modifier=models.Modifier.IDF)},
                shard_number=self._options.shards,
                replication_factor=self._options.replicas,
                metadata=asdict(IndexPosition()),
            )
        )
        if self._options.url in (None, ":memory:"):
            return  # the client's local mode has no such indexes, and warns
        await _translated(self._client.create_payload_index(name, "document", models.PayloadSchemaType.UUID, wait=True))
        for field in KEYWORD_FIELDS:
            await _translated(
                self._client.create_payload_index(name, field.value, models.PayloadSchemaType.KEYWORD, wait=True)
            )

    async def _check(self, name: str, dimensions: int) -> None:
        config = (await _translated(self._client.get_collection(name))).config.params.vectors
        size = config[_DENSE].size if isinstance(config, dict) and _DENSE in config else None
        if size != dimensions:
            raise ConflictError(
                f"the Qdrant collection {name!r} holds vectors of {size} dimensions, not of {dimensions}: "
                "build a new generation"
            )


class ClusterIndex:
    """One collection."""

    def __init__(self, client: AsyncQdrantClient, name: str, analyzer: Analyzer, dimensions: int) -> None:
        self._client = client
        self._name = name
        self._analyzer = analyzer
        self._dimensions = dimensions

    async def replace(self, document: DocumentId, chunks: Sequence[Chunk], vectors: Matrix | None) -> None:
        await self.replace_many([(document, chunks, vectors)])

    async def replace_many(self, documents: Sequence[tuple[DocumentId, Sequence[Chunk], Matrix | None]]) -> None:
        for _, chunks, vectors in documents:
            check_vectors(chunks, vectors, self._dimensions)
        newest = last_of_each(documents)
        if not newest:
            return
        points = [
            _point(chunk, weigh_chunk(chunk, self._analyzer), None if vectors is None else vectors[i])
            for chunks, vectors in newest.values()
            for i, chunk in enumerate(chunks)
        ]
        # The tail goes before the new chunks come, and a chunk that stays is never away in between.
        await self._delete(newest, keep=[ChunkId(str(point.id)) for point in points])
        for start in range(0, len(points), _REQUEST_POINTS):
            group = points[start : start + _REQUEST_POINTS]
            await _translated(self._client.upsert(self._name, group, wait=True))

    async def remove(self, ids: Collection[DocumentId]) -> None:
        if ids:
            await self._delete(ids, keep=())

    async def search_text(self, text: str, *, k: int, scope: Scope) -> list[Candidate]:
        weights = weigh_question(text, self._analyzer)
        if not weights.indices:
            return []
        return await self._search(_sparse(weights), _LEXICAL, k, scope)

    async def search_vector(self, vector: Vector, *, k: int, scope: Scope) -> list[Candidate]:
        return await self._search(vector.tolist(), _DENSE, k, scope)

    async def count(self) -> int:
        return (await _translated(self._client.count(self._name, exact=True))).count

    async def checkpoint(self, position: IndexPosition) -> None:
        # Every write waited until the cluster had it, so there is nothing left to make durable.
        await _translated(self._client.update_collection(self._name, metadata=asdict(position)))

    async def position(self) -> IndexPosition:
        metadata = (await _translated(self._client.get_collection(self._name))).config.metadata or {}
        return IndexPosition(findable=int(metadata.get("findable", 0)), embedded=int(metadata.get("embedded", 0)))

    async def _search(
        self, query: "models.SparseVector | list[float]", using: str, k: int, scope: Scope
    ) -> list[Candidate]:
        """Ask for a little more than ``k``, and for more again while the last place is shared, so that the chunks' ids
        decide who is cut off."""
        wanted = looked_up(scope)
        if k < 1 or wanted == NEVER:
            return []
        admitted = None if wanted == ALWAYS else as_filter(wanted)
        limit = k + _TIE_SLACK
        while True:
            request = self._client.query_points(
                self._name, query=query, using=using, query_filter=admitted, limit=limit, with_payload=["document"]
            )
            found = (await _translated(request)).points
            if len(found) < limit or limit > _MOST_TIES or found[-1].score < found[k - 1].score:
                break
            limit *= 4
        candidates = [
            Candidate(ChunkId(str(point.id)), DocumentId((point.payload or {})["document"]), point.score)
            for point in found
        ]
        return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.chunk))[:k]

    async def _delete(self, documents: Collection[DocumentId], *, keep: Collection[ChunkId]) -> None:
        kept: list[models.Condition] = [models.HasIdCondition(has_id=list(keep))] if keep else []
        doomed = models.Filter(must=[_any_of("document", documents)], must_not=kept)
        await _translated(self._client.delete(self._name, models.FilterSelector(filter=doomed), wait=True))


def as_filter(condition: Condition) -> models.Filter:
    """Return the condition in the server's terms. It is not one that always or never holds."""
    match condition:
        case Every(parts):
            return models.Filter(must=[_part(part) for part in parts])
        case Either(parts):
            return models.Filter(should=[_part(part) for part in parts])
        case Not(part):
            return models.Filter(must_not=[_part(part)])
        case AnyOf():
            return models.Filter(must=[_part(condition)])
        case Matches(pattern):
            raise ValueError(f"the pattern {pattern!r} was not looked up")


def _part(condition: Condition) -> models.Condition:
    return _any_of(condition.field.value, condition.values) if isinstance(condition, AnyOf) else as_filter(condition)


def _any_of(field: str, values: Collection[str]) -> models.FieldCondition:
    return models.FieldCondition(key=field, match=models.MatchAny(any=[str(value) for value in values]))


def _sparse(weights: TermWeights) -> models.SparseVector:
    return models.SparseVector(indices=list(weights.indices), values=list(weights.values))


def _point(chunk: Chunk, weights: TermWeights, vector: Vector | None) -> models.PointStruct:
    vectors: dict[str, models.SparseVector | list[float]] = {}
    if weights.indices:
        vectors[_LEXICAL] = _sparse(weights)
    if vector is not None:
        vectors[_DENSE] = vector.tolist()
    return models.PointStruct(id=chunk.id, vector=vectors, payload=payload_of(chunk.document))


def _connect(options: QdrantEngine.Options, base_dir: Path) -> AsyncQdrantClient:
    if options.path is not None:
        return AsyncQdrantClient(path=str(base_dir / options.path))
    if options.url == ":memory:":
        return AsyncQdrantClient(":memory:")
    return AsyncQdrantClient(
        url=options.url,
        api_key=None if options.api_key is None else options.api_key.get_secret_value(),
        timeout=options.timeout,
        # It would ask the server in the constructor, blocking.
        check_compatibility=False,
    )


async def _translated(request: Awaitable[T]) -> T:
    try:
        return await request
    except UnexpectedResponse as error:
        message = f"Qdrant answered {error.status_code} {error.reason_phrase}: {error.content.decode(errors='replace')}"
        if error.status_code in (401, 403):
            raise PermanentError(f"{message}. Check the index's 'api_key'") from error
        if error.status_code == 429 or (error.status_code or 500) >= 500:
            raise TransientError(message) from error
        raise PermanentError(message) from error
    except ResponseHandlingException as error:
        raise TransientError(f"Qdrant does not answer: {error}. Check the index's 'url' and that it runs") from error


async def _unless_it_exists(request: Awaitable[bool]) -> None:
    """Create a collection that another process may be creating too."""
    try:
        await _translated(request)
    except PermanentError as error:
        if not isinstance(error.__cause__, UnexpectedResponse) or error.__cause__.status_code != 409:
            raise
