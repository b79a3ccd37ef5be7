"""Qdrant Edge, one shard: every call to the engine is in this module.

The engine is blocking native code, and version 0.9 holds Python's interpreter lock in every call, so calls are kept short:
writes are cut into small operations, and what takes long (`optimize`) is never called here but by `compaction`, in a process
of its own. A shard is used by one thread at a time.

Points carry what filters need and no text. Writes go without the engine's write-ahead log: what a crash loses is written
again by following the catalogue from the last checkpoint, and the log would cost half of the write speed and 66 MB a shard.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import qdrant_edge as engine
from qdrant_edge import Point

from aika.domain.conditions import ALWAYS, AnyOf, Condition, Either, Every, Field, Matches, Not
from aika.domain.documents import Chunk
from aika.domain.errors import PermanentError
from aika.domain.identifiers import ChunkId, DocumentId
from aika.domain.queries import Candidate
from aika.protocols import Vector
from aika.stores.index.bm25 import TermWeights
from aika.stores.index.filters import KEYWORD_FIELDS, payload_of

T = TypeVar("T")

_DENSE, _LEXICAL = "dense", "lexical"
_DOCUMENT = Field.DOCUMENT.value
_OPERATION_POINTS = 200
"""Points an engine call: about 10 ms in which nothing else of the process runs."""
_FIELDS = {
    _DOCUMENT: engine.PayloadSchemaType.Uuid,
    **{field.value: engine.PayloadSchemaType.Keyword for field in KEYWORD_FIELDS},
}
_TIE_SLACK = 16
_MOST_TIES = 10_000
"""If more share the last place, the engine decides which of them are cut off: reading them all takes too long."""


class EdgeShard:
    """An open shard. Made by `create` and `load`."""

    def __init__(self, shard: engine.EdgeShard, path: Path) -> None:
        self.path = path
        self._shard = shard

    @classmethod
    def create(cls, path: Path, dimensions: int) -> "EdgeShard":
        path.mkdir()
        shard = cls(_translated(lambda: engine.EdgeShard.create(str(path), _config(dimensions)), path), path)
        for name, schema in _FIELDS.items():
            shard._update(engine.UpdateOperation.create_field_index(name, schema))
        shard.flush()
        return shard

    @classmethod
    def load(cls, path: Path, dimensions: int) -> "EdgeShard":
        return cls(_translated(lambda: engine.EdgeShard.load(str(path), _config(dimensions)), path), path)

    def upsert(self, points: Sequence[Point]) -> None:
        self._update(engine.UpdateOperation.upsert_points(list(points)))

    def delete(self, documents: Collection[DocumentId], *, keep: Collection[ChunkId] = ()) -> None:
        """Delete the documents' points but for those to keep."""
        kept: list[engine.ConditionType] = [engine.HasIdCondition(set(keep))] if keep else []
        doomed = engine.Filter(must=[_of(documents)], must_not=kept)
        self._update(engine.UpdateOperation.delete_points_by_filter(doomed))

    def points_of(self, documents: Collection[DocumentId]) -> Iterator[list[Point]]:
        """Yield the documents' points as they are stored, in groups to `upsert`."""
        offset = None
        while True:
            request = engine.ScrollRequest(
                offset=offset,
                limit=_OPERATION_POINTS,
                filter=engine.Filter(must=[_of(documents)]),
                with_payload=True,
                with_vector=True,
            )
            records, offset = self._call(partial(self._shard.scroll, request))
            if records:
                yield [Point(record.id, record.vector or {}, record.payload) for record in records]
            if offset is None:
                return

    def take_over(self, documents: Collection[DocumentId], source: "EdgeShard") -> None:
        """Make the documents' points what they are in another shard."""
        self.delete(documents)
        for points in source.points_of(documents):
            self.upsert(points)

    def search_text(self, weights: TermWeights, *, k: int, wanted: Condition) -> list[Candidate]:
        vector = engine.SparseVector(list(weights.indices), list(weights.values))
        return self._search(engine.Query.Nearest(vector, using=_LEXICAL), k, wanted)

    def search_vector(self, vector: Vector, *, k: int, wanted: Condition) -> list[Candidate]:
        return self._search(engine.Query.Nearest(vector.tolist(), using=_DENSE), k, wanted)

    def count(self) -> int:
        return self._call(lambda: self._shard.count(engine.CountRequest(exact=True)))

    def size(self) -> int:
        """Return about how many points there are, faster than `count`."""
        return self._call(self._shard.info).points_count

    def flush(self) -> None:
        self._call(self._shard.flush)

    def close(self) -> None:
        self._call(self._shard.close)

    def _search(self, query: engine.Query, k: int, wanted: Condition) -> list[Candidate]:
        """Ask for a little more than ``k``, and for more again while the last place is shared, so that the chunks' ids
        decide who is cut off."""
        admitted = None if wanted == ALWAYS else as_filter(wanted)
        limit = k + _TIE_SLACK
        found = self._query(query, admitted, limit, with_payload=True)
        tied = False
        while len(found) == limit and found[-1].score == found[k - 1].score and limit < _MOST_TIES:
            limit, tied = limit * 4, True
            # Without payloads: for ten thousand that tie, reading them would take longer than the search.
            found = self._query(query, admitted, limit, with_payload=False)
        best = sorted((-point.score, str(point.id), _document_of(point)) for point in found)[:k]
        if tied:
            document_of = self._documents_of([id_ for _, id_, _ in best])
            best = [(score, id_, document_of.get(id_, "")) for score, id_, _ in best]
        # A crash can leave a point without its payload. It is not found until it is written again, which is soon.
        return [Candidate(ChunkId(id_), DocumentId(document), -score) for score, id_, document in best if document]

    def _documents_of(self, points: list[str]) -> dict[str, str]:
        records = self._call(lambda: self._shard.retrieve(list(points), [_DOCUMENT], False))
        return {str(record.id): _document_of(record) for record in records}

    def _query(
        self, query: engine.Query, admitted: engine.Filter | None, limit: int, *, with_payload: bool
    ) -> list[engine.ScoredPoint]:
        request = engine.QueryRequest(
            limit=limit, query=query, filter=admitted, with_payload=[_DOCUMENT] if with_payload else False
        )
        return self._call(partial(self._shard.query, request))

    def _update(self, operation: engine.UpdateOperation) -> None:
        self._call(lambda: self._shard.update(operation))

    def _call(self, call: Callable[[], T]) -> T:
        return _translated(call, self.path)


def optimize(path: Path) -> None:
    """Rebuild the segments of a shard that nothing else has open. Holds the interpreter lock for minutes."""
    shard = _translated(lambda: engine.EdgeShard.load(str(path)), path)
    shard.optimize()
    shard.flush()
    shard.close()


def make_point(chunk: Chunk, weights: TermWeights, vector: Vector | None) -> Point:
    vectors: dict[str, engine.NamedVector] = {}
    if weights.indices:
        vectors[_LEXICAL] = engine.SparseVector(list(weights.indices), list(weights.values))
    if vector is not None:
        vectors[_DENSE] = vector.tolist()
    return Point(UUID(chunk.id), vectors, payload_of(chunk.document))


def operations(points: Sequence[Point]) -> Iterator[Sequence[Point]]:
    """Cut points into groups that one engine call takes."""
    for start in range(0, len(points), _OPERATION_POINTS):
        yield points[start : start + _OPERATION_POINTS]


def as_filter(condition: Condition) -> engine.Filter:
    """Return the condition in the engine's terms. It is not one that always or never holds."""
    match condition:
        case Every(parts):
            return engine.Filter(must=[_part(part) for part in parts])
        case Either(parts):
            return engine.Filter(should=[_part(part) for part in parts])
        case Not(part):
            return engine.Filter(must_not=[_part(part)])
        case AnyOf():
            return engine.Filter(must=[_part(condition)])
        case Matches(pattern):
            raise ValueError(f"the pattern {pattern!r} was not looked up")


def _part(condition: Condition) -> engine.Filter | engine.FieldCondition:
    return _any_of(condition.field.value, condition.values) if isinstance(condition, AnyOf) else as_filter(condition)


def _document_of(point: engine.ScoredPoint | engine.Record) -> str:
    """Return the point's document, or nothing where its payload was not asked for or is missing."""
    document: str = (point.payload or {}).get(_DOCUMENT, "")
    return document


def _of(documents: Collection[DocumentId]) -> engine.FieldCondition:
    return _any_of(_DOCUMENT, documents)


def _any_of(field: str, values: Collection[str]) -> engine.FieldCondition:
    return engine.FieldCondition(key=field, match=engine.MatchAny([str(value) for value in values]))


def _config(dimensions: int) -> engine.EdgeConfig:
    return engine.EdgeConfig(
        # Vectors are of length 1, so the dot product is the cosine, and they are kept as they are.
        # Half precision costs less than .001 of recall@10 and halves memory and disk.
        vectors={
            _DENSE: engine.EdgeVectorParams(
                size=dimensions, distance=engine.Distance.Dot, datatype=engine.VectorStorageDatatype.Float16
            )
        },
        sparse_vectors={_LEXICAL: engine.EdgeSparseVectorParams(modifier=engine.Modifier.Idf)},
        # Few segments, because every search visits each. Anything above the threshold (in KB) gets a graph.
        optimizers=engine.EdgeOptimizersConfig(default_segment_number=4, indexing_threshold=5_000),
        wal_enabled=False,
    )


def _translated(call: Callable[[], T], path: Path) -> T:
    try:
        return call()
    except Exception as error:  # the engine raises bare `Exception` for everything
        raise PermanentError(
            f"the index in {path} failed: {error}. If this happens again, rebuild it with 'aika index rebuild'"
        ) from error
