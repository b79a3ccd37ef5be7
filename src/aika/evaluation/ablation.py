"""What each part of retrieval adds: the whole without it, and the plainest with it alone."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from statistics import median

from aika.domain.access import Scope
from aika.domain.documents import Body, Chunk, Document
from aika.domain.identifiers import ChunkId, DocumentId
from aika.protocols import Entry, Ranker
from aika.retrieval.pipeline import HybridRetriever

_EXPANSION = "expansion"


def ablated(full: HybridRetriever) -> dict[str, Ranker]:
    """Return ``full without X`` for each part that is on, and ``fusion with X`` for each that fusion lacks."""
    ranker = full.ranker
    rows: dict[str, Ranker] = {}
    for one in ranker.rankers:
        others = [other for other in ranker.rankers if other is not one]
        rows[f"full without {one.name}"] = replace(full, ranker=replace(ranker, rankers=others))
    plain = replace(full, ranker=replace(ranker, expander=None), stages=())
    if ranker.expander is not None:
        rows[f"full without {_EXPANSION}"] = replace(full, ranker=plain.ranker)
        rows[f"fusion with {_EXPANSION}"] = replace(plain, ranker=ranker)
    for stage in full.stages:
        others_of_it = [other for other in full.stages if other is not stage]
        rows[f"full without {stage.name}"] = replace(full, stages=others_of_it)
        rows[f"fusion with {stage.name}"] = replace(plain, stages=[stage])
    return rows


def compared_with(row: str) -> str:
    """Return the system that a row of an ablation is compared with."""
    return row.split(maxsplit=1)[0]


class StageTimes:
    """Notes how long each stage takes, from question to question."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, list[float]] = defaultdict(list)

    @contextmanager
    def observe(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self._seconds[stage].append(time.perf_counter() - started)

    @property
    def milliseconds(self) -> dict[str, float]:
        """The medians."""
        return {stage: 1000 * median(seconds) for stage, seconds in self._seconds.items()}


class EntryTexts:
    """The texts of documents that are at hand, in place of a catalogue's."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = {entry.document.id: entry for entry in entries}
        self._chunks = {chunk.id: chunk for entry in entries for chunk in entry.chunks}

    async def chunks(self, ids: Sequence[ChunkId], *, scope: Scope) -> dict[ChunkId, Chunk]:
        found = [self._chunks[each] for each in ids if each in self._chunks]
        return {chunk.id: chunk for chunk in found if scope.admits(chunk.document)}

    async def neighbours(self, chunk: Chunk, *, before: int, after: int, scope: Scope) -> list[Chunk]:
        entry = self._entries.get(chunk.document.id)
        if entry is None or not scope.admits(entry.document):
            return []
        around = range(chunk.position - before, chunk.position + after + 1)
        return [other for other in entry.chunks if other.position in around]

    async def document(self, id: DocumentId, *, scope: Scope) -> tuple[Document, Body] | None:
        entry = self._entries.get(id)
        return None if entry is None or not scope.admits(entry.document) else (entry.document, entry.body)
