"""What a test collection is: documents, topics, and judgments of which document answers which topic."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from pydantic import JsonValue

from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.documents import Document, RawDocument
from aika.domain.errors import ConfigurationError
from aika.domain.identifiers import PrincipalId
from aika.domain.queries import Message
from aika.domain.selection import EVERYTHING, Selection
from aika.evaluation.runs import fingerprint


@dataclass(frozen=True, slots=True)
class Topic:
    """An information need to test with."""

    id: str
    text: str
    answerable: bool = True
    history: tuple[Message, ...] = ()
    metadata: Mapping[str, JsonValue] = field(default_factory=dict)
    answers: tuple[str, ...] = ()
    """What a right answer names, where the collection tells it: all of them, spellings of one thing counted once."""
    nuggets: tuple[str, ...] = ()
    """Facts that a good answer has, each in a few words."""
    slices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What the collection itself groups topics by, such as ``tag`` or ``slice``."""
    asked_as: tuple[PrincipalId, ...] | None = None
    """Who asks. ``None`` sees everything."""
    stated: bool = True
    """Whether the collection itself says whether it can be answered."""

    @property
    def scope(self) -> Scope:
        """What whoever asks may see."""
        return UNRESTRICTED if self.asked_as is None else Scope.of(self.asked_as)


@dataclass(frozen=True, slots=True)
class Reference:
    """A document as a topic names it, to be looked up among the documents that are searched."""

    name: str
    """A key, ``source/key``, or an address."""
    source: str | None = None
    grade: int = 1


@dataclass(frozen=True, slots=True)
class TestCollection:
    """Documents with topics and judgments."""

    __test__: ClassVar[bool] = False  # pytest collects classes with this name otherwise

    name: str
    documents: tuple[RawDocument, ...]
    """Their keys are the collection's document ids. Empty where it is put to the documents of a deployment."""
    topics: tuple[Topic, ...]
    judgments: Mapping[str, Mapping[str, int]]
    """By topic, then by judged id: 0 is not relevant."""
    judged_as: Mapping[str, str] = field(default_factory=dict)
    """The judged id of each document whose judged id is not its own, such as the conversation of a message."""
    notes: tuple[str, ...] = ()
    """What a reader of the numbers should know: judged ids that no document has."""
    deployed: bool = False
    """Whether it is put to the documents that a deployment has synced. Then a judged id is ``source/key``."""
    over: Selection = EVERYTHING
    """Of the deployment's documents, those that are searched."""
    references: Mapping[str, tuple[Reference, ...]] = field(default_factory=dict)
    """By topic, what is relevant as topics name it: judgments once `resolved` has found it."""

    @property
    def judged_topics(self) -> tuple[Topic, ...]:
        """The answerable ones with a relevant document: those that retrieval is measured over."""
        return tuple(
            topic
            for topic in self.topics
            if topic.answerable and any(grade > 0 for grade in self.judgments.get(topic.id, {}).values())
        )

    @property
    def digest(self) -> str:
        """Equal where topics and judgments are. Documents are not part of it: they change, and quality with them."""
        topics = [
            (t.id, t.text, t.answerable, [(m.role, m.text) for m in t.history], t.answers, t.nuggets, t.asked_as)
            for t in self.topics
        ]
        named = {topic: [(r.name, r.source, r.grade) for r in found] for topic, found in self.references.items()}
        judged = {topic: dict(grades) for topic, grades in self.judgments.items()}
        return fingerprint([topics, named or judged])

    def judged_id(self, key: str) -> str:
        return self.judged_as.get(key, key)

    def judged_document(self, document: Document) -> str:
        return f"{document.source}/{document.key}" if self.deployed else self.judged_id(document.key)


@dataclass(frozen=True, slots=True)
class Locatable:
    """What a document is found by."""

    id: str
    """Its judged id."""
    key: str
    url: str | None = None
    source: str | None = None


def resolved(collection: TestCollection, documents: Iterable[Locatable]) -> TestCollection:
    """Return the collection with its references as judgments. What no document is stays by its name, with a note.

    Raises `ConfigurationError` where a name fits documents of several sources.
    """
    if not collection.references:
        return collection
    places = _Places(documents)
    judgments: dict[str, dict[str, int]] = {topic: dict(grades) for topic, grades in collection.judgments.items()}
    absent: list[str] = []
    for topic, references in collection.references.items():
        for reference in references:
            found = places.find(reference, topic)
            absent += [f"{reference.name} of {topic}"] if found is None and reference.grade > 0 else []
            judgments.setdefault(topic, {})[found or reference.name] = reference.grade
    notes = [*collection.notes]
    if absent:
        shown = ", ".join(absent[:3]) + (" …" if len(absent) > 3 else "")
        notes.append(f"{len(absent)} relevant documents are not there and count as not found: {shown}")
    return replace(collection, judgments=judgments, notes=tuple(notes))


class _Places:
    def __init__(self, documents: Iterable[Locatable]) -> None:
        self._by_name: dict[str, set[str]] = {}
        for document in documents:
            names = {document.id, document.key}
            names |= {_address(document.url)} if document.url else set()
            names |= {f"{document.source}/{document.key}"} if document.source else set()
            for name in names:
                self._by_name.setdefault(name, set()).add(document.id)

    def find(self, reference: Reference, topic: str) -> str | None:
        """Return the judged id of what is named, ``None`` where nothing is."""
        name = _address(reference.name) if "://" in reference.name else reference.name
        if reference.source is not None:
            exact = self._by_name.get(f"{reference.source}/{name}")
            return next(iter(exact)) if exact else self._only(name, topic, reference.source)
        return self._only(name, topic, None)

    def _only(self, name: str, topic: str, source: str | None) -> str | None:
        found = self._by_name.get(name, set())
        if source is not None:
            # A folder of files has no sources: there the key alone tells.
            found = {one for one in found if one == name or one.startswith(f"{source}/")}
        if len(found) > 1:
            raise ConfigurationError(
                f"topic {topic}: {name!r} is in several sources ({', '.join(sorted(found))}): name one with 'source'"
            )
        return next(iter(found), None)


def _address(url: str) -> str:
    return url.split("#", 1)[0].rstrip("/")


def judgment_notes(collection: TestCollection, known: Iterable[str]) -> Iterator[str]:
    """Yield what a reader of numbers should know of judgments: those of documents that are not there, and topics with none."""
    wanted = {name for grades in collection.judgments.values() for name, grade in grades.items() if grade > 0}
    absent = wanted - set(known)
    if absent:
        yield f"{len(absent)} judged ids are not in the corpus, such as {min(absent)!r}; they count as not found"
    unjudged = sum(1 for topic in collection.topics if topic.answerable and topic.id not in collection.judgments)
    if unjudged:
        yield f"{unjudged} answerable topics have no judgments and are left out"


def repeated(values: Iterable[str]) -> list[str]:
    """Return what is there more than once."""
    return [value for value, count in Counter(values).items() if count > 1]
