"""What a rated answer was written from, as evidence."""

from collections.abc import Iterator, Sequence

from aika.domain.documents import Chunk, Document
from aika.domain.identifiers import DocumentId, SourceId, document_id
from aika.domain.queries import Hit
from aika.evaluation.collections import TestCollection, Topic
from aika.evaluation.rated_files import Context, RatedAnswer, contexts_of
from aika.protocols import Entry

_SOURCE = SourceId("collection")


class ShownPassages:
    """Looks up what the writers of rated answers were shown: the first of these that is known.

    The documents that are judged relevant to the topic; the contexts beside the answer; the contexts in the topic's metadata.
    """

    def __init__(self, collection: TestCollection, entries: Sequence[Entry]) -> None:
        self._collection = collection
        self._chunks = _by_judged_id(collection, entries)

    def of(self, topic: Topic, answer: RatedAnswer) -> tuple[Hit, ...]:
        """Return them as evidence, in the order in which they were shown; empty where nothing is known."""
        grades = self._collection.judgments.get(topic.id, {})
        judged = [Context(id=name) for name, grade in grades.items() if grade > 0]
        for contexts in (judged, answer.contexts, contexts_of(topic.metadata)):
            chunks = [chunk for number, context in enumerate(contexts) for chunk in self._of(topic, number, context)]
            if chunks:
                return tuple(Hit(chunk, 1.0) for chunk in chunks)
        return ()

    def _of(self, topic: Topic, number: int, context: Context) -> Iterator[Chunk]:
        known = self._chunks.get(context.id, ())
        yield from known
        # What names a document and is none of the collection's is no passage either.
        if not known and context.text and (context.text != context.id or " " in context.text):
            key = f"{topic.id} {number}"
            document = Document(document_id(_SOURCE, key), _SOURCE, key, context.title)
            yield Chunk(document, 0, 0, len(context.text), context.text)


def _by_judged_id(collection: TestCollection, entries: Sequence[Entry]) -> dict[str, list[Chunk]]:
    found: dict[str, list[Chunk]] = {}
    seen: set[DocumentId] = set()
    for entry in entries:
        if entry.document.id not in seen:
            seen.add(entry.document.id)
            found.setdefault(collection.judged_document(entry.document), []).extend(entry.chunks)
    return found
