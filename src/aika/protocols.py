"""Every extension point of aika.

A component is opened as an async context manager by its class method ``open`` and is never half open. Batching, retries,
caching and tracing wrap components; no protocol has a parameter for them. What waits is ``async``; what computes is a plain
function that its caller runs in a thread. Each storage protocol has a published contract suite in `aika.testing`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from aika.domain.access import Scope
from aika.domain.answers import Abstention, Answer, AnswerEvent, Confidence, Draft, Feedback, Usage
from aika.domain.assistants import Topic
from aika.domain.conversations import Conversation, Turn
from aika.domain.digests import Digest, DigestRecord, DigestState, Medium
from aika.domain.documents import Body, Chunk, Document, Parsed, RawDocument
from aika.domain.facts import KnownProfile, Profile
from aika.domain.findings import Complaint, Finding, FindingKind, FindingState, Verdict
from aika.domain.identifiers import (
    AnswerId,
    ApiKeyId,
    AssistantId,
    ChunkId,
    ConversationId,
    DocumentId,
    FindingId,
    PrincipalId,
    SourceId,
)
from aika.domain.queries import Candidate, Hit, Query, Retrieval
from aika.domain.reading import ReadPassage
from aika.domain.selection import Region
from aika.domain.sources import Cursor, Event, Notification, Source, SyncReport, UnreadableDocument

Matrix = npt.NDArray[np.float32]
"""Row vectors, shape ``(texts, dimensions)``, each of length 1."""
Vector = npt.NDArray[np.float32]
"""One row vector of length 1, shape ``(dimensions,)``."""
EmbeddingRole = Literal["query", "document"]


# Documents in


class Connector(Protocol):
    """Reads one configured place."""

    def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield what the source has, from ``since`` on, or all of it where that is ``None`` or no longer known.

        Ends with a `Checkpoint`. Raises `TransientError` or `PermanentError` when the source as a whole cannot be read.
        """
        ...


@runtime_checkable
class Notified(Protocol):
    """An optional power of a connector: being told what has changed."""

    def notice(self, notification: Notification) -> AsyncIterator[Event]:
        """Yield what a notification says: `Found`, `Removed`, `Failed` and `Members`, never a `Checkpoint`.

        Nothing is yielded for what does not concern this source. Raises `AuthenticationError` before anything else where the
        signature is missing, wrong or too old, and `InvalidRequestError` for a body that makes no sense.
        """
        ...


class Parser(Protocol):
    """Turns the bytes of one document into text and structure. A pure function; may take long."""

    suffixes: Collection[str]
    """Lower case, with the dot. Matched against the path."""
    media_types: Collection[str]

    def parse(self, raw: RawDocument) -> Parsed:
        """Raise `UnreadableDocumentError`, with the reason, where the content cannot be read."""
        ...


class Chunker(Protocol):
    """Cuts a document into the units that are retrieved and cited. A pure function."""

    fingerprint: str
    """Changes when the same document would be cut differently."""

    def split(self, document: Document, body: Body) -> list[Chunk]:
        """Return chunks in reading order, each exactly a span of the body's text."""
        ...


# Models


class Embedder(Protocol):
    """Maps texts to vectors whose dot product is their similarity. Thread-safe; computes, and may take long."""

    fingerprint: str
    """Changes when the same text would get a different vector. An index holds vectors of one fingerprint."""
    dimensions: int

    async def embed(self, texts: Sequence[str], *, role: EmbeddingRole) -> Matrix:
        """Return one unit vector a text, in order."""
        ...


class Generator(Protocol):
    """Writes a draft's text from numbered evidence, or from its own knowledge where the evidence is empty."""

    model: str
    """As the operator named it, such as ``openai:gpt-…``."""

    def generate(self, query: Query, evidence: Sequence[Hit]) -> AsyncIterator["str | Usage"]:
        """Yield pieces of Markdown with markers ``[n]`` of the evidence, 1-based, and last a `Usage`."""
        ...


class Reader(Protocol):
    """Reads a question and passages together, and tells which of them answer it. Computes, and may take long."""

    fingerprint: str
    """Changes when the same pair would be judged differently."""

    async def read(self, question: str, passages: Sequence[str]) -> list[ReadPassage]:
        """Return one judgment a passage, in order. A long passage is read in windows, and the best one counts."""
        ...


class TextModel(Protocol):
    """Completes an instruction with a short text: rewriting, judging, naming."""

    async def complete(self, instructions: str, text: str, *, max_tokens: int) -> str: ...


class Analyzer(Protocol):
    """Turns text into the terms that lexical search matches. A pure function."""

    fingerprint: str
    """Changes when the same text would give different terms."""

    def terms(self, text: str) -> list[str]:
        """Return the terms in order, repeats kept."""
        ...


# The path of a question


class Rewriter(Protocol):
    """Turns a follow-up into a question that stands alone."""

    async def rewrite(self, query: Query) -> str: ...


class Ranker(Protocol):
    """Makes one first-stage ranking."""

    name: str
    """As `Explanation.places` calls it: ``lexical``, ``dense``."""

    async def rank(self, query: Query, *, k: int) -> list[Candidate]: ...


class Reranker(Protocol):
    """The second stage: reorders hits by a closer look at each."""

    async def rerank(self, query: Query, hits: Sequence[Hit], *, k: int) -> list[Hit]: ...


class Retriever(Protocol):
    """Finds evidence: the whole of rewriting, ranking, fusion, rules, reranking and context."""

    async def retrieve(self, query: Query, *, k: int) -> Retrieval: ...


class Topics(Protocol):
    """Finds what a topic's examples have in common, and which documents share it."""

    async def region(self, topic: Topic, *, scope: Scope) -> Region:
        """Return which documents belong to the topic: ``query_scope.narrowed(selection=region.selection)``.

        ``scope`` is what the topic's author may read: the region is learned from nothing else. Which documents belong is
        said of all, so that an asker who may read other documents than the author finds those of the topic among them.
        Follows the catalogue: to be asked again for each question, which is cheap while nothing changed.

        Raises `InvalidRequestError` where no example is left to learn from, or the topic names none: a region is never
        silently everything.
        """
        ...


class EvidenceJudge(Protocol):
    """Decides from question and evidence alone, whatever is written, whether the evidence can answer."""

    async def sufficiency(self, query: Query, hits: Sequence[Hit]) -> Confidence:
        """Return the probability that the evidence holds an answer, with what raised and lowered it."""
        ...


class Verifier(Protocol):
    """Checks a draft's citations against their passages."""

    async def verify(self, draft: Draft) -> Draft:
        """Return the draft with every citation bound to the exact span that supports it, and the others removed and counted."""
        ...


class ConfidenceScorer(Protocol):
    async def score(self, query: Query, draft: Draft) -> Confidence: ...


class Answerer(Protocol):
    """The whole path from a question to an answer."""

    def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
        """Yield `Retrieved`, then `TextDelta`s, then exactly one `Answer` or `Abstention`."""
        ...


# Storage. Two engines behind each, held to one contract suite.


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as the catalogue records it: all that is needed to find, show and cite it."""

    document: Document
    body: Body
    chunks: tuple[Chunk, ...]
    version: str
    """The connector's version of the content."""
    pipeline: str
    """The fingerprint of the parser and chunker that made it."""
    content_hash: str
    """Of the raw bytes and all metadata, so that a new version with equal content changes nothing."""
    profiles: tuple[Profile, ...] = ()
    """What the document records of itself and of what it lists, for questions that a record answers exactly."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalogue knows of a document without loading it."""

    document: DocumentId
    version: str
    pipeline: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Change:
    """An entry in the catalogue's log: the document as it is now, or that it is gone."""

    sequence: int
    document: DocumentId
    chunks: tuple[Chunk, ...] | None
    """``None`` means the document was removed."""


@dataclass(frozen=True, slots=True)
class Count:
    documents: int
    chunks: int


class Catalogue(Protocol):
    """The truth about documents. Every change gets the next number of one sequence; indexes follow that log.

    Writes are atomic and durable when they return.
    """

    async def record(self, entries: Sequence[Entry]) -> None:
        """Add or replace documents, each with these as its only chunks."""
        ...

    async def touch(self, versions: Mapping[DocumentId, str]) -> None:
        """Note new versions of documents whose content is the same. Not a change: indexes need not follow."""
        ...

    async def remove(self, ids: Collection[DocumentId]) -> int:
        """Remove documents and their text; return how many there were. Unknown ids are no error."""
        ...

    async def known(self, source: SourceId) -> dict[str, Known]:
        """Return what is known of a source's documents, by key."""
        ...

    async def document(self, id: DocumentId, *, scope: Scope) -> tuple[Document, Body] | None:
        """Return ``None`` alike for what does not exist and what the scope does not admit."""
        ...

    async def documents(
        self, *, scope: Scope, source: SourceId | None = None, after: str = "", limit: int = 100
    ) -> list[Document]:
        """Return documents ordered by source and key, those whose ``source/key`` is greater than ``after``."""
        ...

    async def chunks(self, ids: Sequence[ChunkId], *, scope: Scope) -> dict[ChunkId, Chunk]:
        """Return those that exist and are admitted."""
        ...

    async def neighbours(self, chunk: Chunk, *, before: int, after: int, scope: Scope) -> list[Chunk]:
        """Return the chunks around one, itself included, in reading order."""
        ...

    async def changes(self, *, after: int, limit: int) -> list[Change]:
        """Return the log from ``after`` (exclusive), oldest first. Of a document changed twice only the last change is kept."""
        ...

    async def forget_removals(self, *, through: int) -> None:
        """Drop log entries of removed documents up to ``through``, once every index has applied them."""
        ...

    async def sequence(self) -> int:
        """Return the number of the newest change, 0 where there is none."""
        ...

    async def admitted(self, ids: Collection[DocumentId], *, scope: Scope) -> set[DocumentId]:
        """Return those that exist and that the scope admits."""
        ...

    async def ids(self, *, scope: Scope) -> set[DocumentId]:
        """Return all that exist and that the scope admits."""
        ...

    async def naming(self, principals: Collection[PrincipalId]) -> set[PrincipalId]:
        """Return those that documents name as readers. The others admit nothing, and make a large scope slow."""
        ...

    async def counts(self, *, scope: Scope, through: int | None = None) -> dict[SourceId, Count]:
        """Count admitted documents by source, those with a change number up to ``through`` only where given."""
        ...

    async def sources(self) -> set[SourceId]:
        """Return the sources that have documents or sync records."""
        ...


class FactStore(Protocol):
    """What documents record of things, by the things' names. Written and removed with the catalogue's entries."""

    async def profiles(self, keys: Collection[str], *, scope: Scope, limit: int) -> list[KnownProfile]:
        """Return the profiles that have one of the keys, those that share the longest key with it first.

        A profile is seen by those who may read its document. Keys are those of `aika.domain.facts.name_key`.
        """
        ...

    async def recorded(self, document: DocumentId, *, scope: Scope, limit: int) -> list[KnownProfile]:
        """Return the profiles of one document, in its order."""
        ...


class SyncLog(Protocol):
    """The history of syncs, and how far each source was read."""

    async def cursor(self, source: SourceId) -> Cursor | None: ...

    async def save_cursor(self, source: SourceId, cursor: Cursor | None) -> None: ...

    async def begin(self, report: SyncReport) -> None:
        """Record that a sync runs. A sync of the source that was left running is replaced."""
        ...

    async def update(self, report: SyncReport, unreadable: Sequence[UnreadableDocument]) -> None:
        """Record progress or the outcome; ``unreadable`` is added to what was recorded of this sync before."""
        ...

    async def last(self, source: SourceId) -> SyncReport | None: ...

    async def last_success(self, source: SourceId) -> datetime | None: ...

    async def unreadable(self, source: SourceId) -> list[UnreadableDocument]:
        """Return what the last sync could not read."""
        ...

    async def forget(self, source: SourceId) -> None:
        """Drop everything about a source that is no longer configured."""
        ...


class Directory(Protocol):
    """Who belongs to which group, as the sources tell. A group that no source knows has no members."""

    async def record(self, source: SourceId, groups: Mapping[PrincipalId, Collection[PrincipalId]]) -> None:
        """Make these the only members of each group that this source knows. No members forgets the group."""
        ...

    async def join(self, source: SourceId, member: PrincipalId, groups: Collection[PrincipalId]) -> None:
        """Make these the only groups of this source's that somebody is in. No groups makes them leave all."""
        ...

    async def keep_only(self, source: SourceId, groups: Collection[PrincipalId]) -> None:
        """Forget this source's other groups."""
        ...

    async def forget(self, source: SourceId) -> None:
        """Forget all groups of a source."""
        ...

    async def expand(self, principals: Collection[PrincipalId]) -> frozenset[PrincipalId]:
        """Return these principals with every group they are in, directly or through other groups."""
        ...

    async def expand_each(self, principals: Collection[PrincipalId]) -> dict[PrincipalId, frozenset[PrincipalId]]:
        """Return each of them with every group it is in. For a channel, whose members are asked for one by one."""
        ...

    async def people(self, group: PrincipalId) -> frozenset[PrincipalId]:
        """Return the members of a group that are no groups themselves, through all groups in it."""
        ...

    async def chain(self, principal: PrincipalId, group: PrincipalId) -> list[PrincipalId]:
        """Return a shortest way from one to a group it is in, both ends included; empty where it is not in it."""
        ...


class VectorStore(Protocol):
    """Vectors by text, so that nothing is embedded twice: not after a restart, and not when an index is rebuilt."""

    async def load(self, fingerprint: str, digests: Sequence[bytes]) -> dict[bytes, Vector]:
        """Return the known ones. A digest is the 16-byte BLAKE2b of the embedded text."""
        ...

    async def save(self, fingerprint: str, vectors: Mapping[bytes, Vector]) -> None: ...

    async def keep_only(self, fingerprint: str) -> int:
        """Drop the vectors of other embedders; return how many."""
        ...


class Conversations(Protocol):
    """Conversations, answers and what people said of them. A conversation is seen only by its owner."""

    async def start(self, conversation: Conversation) -> None: ...

    async def add(self, id: ConversationId, turn: Turn) -> None:
        """Raise `NotFoundError` where there is no such conversation."""
        ...

    async def get(self, id: ConversationId, *, owner: PrincipalId) -> Conversation | None: ...

    async def listing(
        self, *, owner: PrincipalId, limit: int = 50, before: datetime | None = None
    ) -> list[Conversation]:
        """Return the newest first, without their turns."""
        ...

    async def rename(self, id: ConversationId, title: str, *, owner: PrincipalId) -> None: ...

    async def delete(self, id: ConversationId, *, owner: PrincipalId) -> None: ...

    async def outcome(self, id: AnswerId, *, owner: PrincipalId) -> Answer | Abstention | None: ...

    async def take_back(self, id: AnswerId, *, owner: PrincipalId) -> None:
        """Delete a turn with what was said of it: its question is gone. Nothing happens where there is none such."""
        ...

    async def give_feedback(self, feedback: Feedback, *, owner: PrincipalId, by: PrincipalId | None = None) -> None:
        """Record it, in place of what this person said of the answer before. Raise `NotFoundError` for no such answer.

        ``by`` is who says it, where an answer was given to several people; ``None`` is the owner. What was said before the one
        that is kept changes nothing.
        """
        ...

    async def feedback(self, id: AnswerId) -> list[Feedback]: ...


class Adjudicator(Protocol):
    """Says why an answer was bad."""

    async def judge(self, complaint: Complaint) -> Verdict | None:
        """Return ``None`` where nothing speaks against the answer or the documents. Reads nothing that the asker may not."""
        ...


class Findings(Protocol):
    """What is wrong with documents, and what they lack."""

    async def add(self, finding: Finding) -> Finding:
        """Record it, or its new questions with the finding that has its key, and return that one as it is now.

        A dismissed finding stays dismissed. A resolved one opens again.
        """
        ...

    async def get(self, id: FindingId) -> Finding | None: ...

    async def listing(
        self,
        *,
        states: Collection[FindingState] | None = None,
        kinds: Collection[FindingKind] | None = None,
        documents: Collection[DocumentId] | None = None,
        source: SourceId | None = None,
        limit: int = 1_000,
        offset: int = 0,
    ) -> list[Finding]:
        """Return those that cost the most people first, then the newest first."""
        ...

    async def change(self, finding: Finding, *, by: str = "") -> Finding:
        """Store what was changed of it, and return it in its new version. Of its questions, only whether they pass.

        ``by`` is the principal of whoever changes it; empty for aika itself. It stays in the finding's history.
        Raises `ConflictError` where somebody else changed it since it was read, and `NotFoundError` where it is not there.
        """
        ...


class Courier(Protocol):
    """Brings digests to their owners."""

    medium: Medium

    async def deliver(self, digest: Digest) -> None:
        """Return when it was accepted for delivery.

        Raises `TransientError` and `PermanentError` only where it surely was not, and `UncertainDeliveryError` where nobody
        knows.
        """
        ...


class DigestLog(Protocol):
    """Which owner was told of which findings, and when. Owners are known by name, whatever its case."""

    async def claim(self, record: DigestRecord) -> bool:
        """Record that this digest is being sent, durably, and its findings as told; return whether that is the caller's to do.

        It is not where the owner's digest of the occasion was claimed before, unless that one waits and ``begun_at`` is past
        its time, and where one of the findings is in another digest to the owner.
        """
        ...

    async def settle(self, id: str, state: DigestState, *, reason: str = "", retry_at: datetime | None = None) -> None:
        """Record how it went. What was not sent is not told: its findings are new again."""
        ...

    async def told(self, owner: str) -> set[FindingId]:
        """Return the findings that the owner was told of."""
        ...

    async def forget_resolved(self) -> None:
        """Make findings that are resolved new to everybody: they are news when they come back."""
        ...

    async def of_owner(self, owner: str, *, occasion: datetime) -> DigestRecord | None: ...

    async def in_state(self, state: DigestState) -> list[DigestRecord]:
        """Return the digests that stand so, oldest first."""
        ...

    async def last(self, owner: str) -> DigestRecord | None:
        """Return the digest that was begun last."""
        ...


@dataclass(frozen=True, slots=True)
class AssistantRecord:
    """An assistant that was made through the API, as its makers wrote it."""

    id: AssistantId
    owner: PrincipalId
    definition: str
    """The form as JSON. It is kept as it was written, so that nothing is lost between two edits."""
    version: int
    """From 1; every change adds 1."""
    created_at: datetime
    changed_at: datetime
    text: str | None = None
    """The YAML that its maker last wrote, for its comments. What it says else, the definition may have changed since."""


class AssistantStore(Protocol):
    """Assistants that were made through the API. Who may see which is not the store's business."""

    async def add(self, record: AssistantRecord) -> None:
        """Raise `ConflictError` where the id is taken."""
        ...

    async def find(self, id: AssistantId) -> AssistantRecord | None: ...

    async def listing(self) -> list[AssistantRecord]:
        """Return all, oldest first."""
        ...

    async def replace(self, record: AssistantRecord) -> None:
        """Put it in the place of the version before it, all but the time when that was made.

        Raise `ConflictError` where another version is there, and `NotFoundError` where none is.
        """
        ...

    async def delete(self, id: AssistantId, *, version: int) -> None:
        """Raise `ConflictError` where another version is there, and `NotFoundError` where none is."""
        ...


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret."""

    id: ApiKeyId
    name: str
    principals: frozenset[PrincipalId]
    sources: frozenset[SourceId] | None
    """``None`` is all sources; the empty set is none."""
    admin: bool
    """May sync sources and manage keys."""
    created_at: datetime
    expires_at: datetime | None = None
    on_behalf: bool = False
    """May ask for any person and for any channel: for a front end that knows who is in front of it."""


class ApiKeys(Protocol):
    """API keys, of which only hashes are kept."""

    async def add(self, key: ApiKey, *, secret_hash: bytes) -> None: ...

    async def find(self, secret_hash: bytes) -> ApiKey | None: ...

    async def listing(self) -> list[ApiKey]: ...

    async def delete(self, id: ApiKeyId) -> None: ...


@dataclass(frozen=True, slots=True)
class IndexPosition:
    """How far an index has followed the catalogue's log, as change numbers."""

    findable: int = 0
    """Through here, documents are found by words."""
    embedded: int = 0
    """Through here, documents are found by vectors too. At most ``findable``."""


class Index(Protocol):
    """Finds chunks by words and by vectors. Derived from the catalogue, and rebuildable from it.

    Filters by scope before it ranks. Ties are broken by chunk id.
    """

    async def replace(self, document: DocumentId, chunks: Sequence[Chunk], vectors: Matrix | None) -> None:
        """Make these the document's only chunks. Without vectors they are found by words alone."""
        ...

    async def replace_many(self, documents: Sequence[tuple[DocumentId, Sequence[Chunk], Matrix | None]]) -> None:
        """The same for several documents at once, which is faster."""
        ...

    async def remove(self, ids: Collection[DocumentId]) -> None: ...

    async def search_text(self, text: str, *, k: int, scope: Scope) -> list[Candidate]: ...

    async def search_vector(self, vector: Vector, *, k: int, scope: Scope) -> list[Candidate]: ...

    async def count(self) -> int:
        """Return the number of chunks."""
        ...

    async def checkpoint(self, position: IndexPosition) -> None:
        """Make everything written so far durable, then remember how far the index has followed the catalogue."""
        ...

    async def position(self) -> IndexPosition:
        """Return what the last `checkpoint` remembered, zeros for a new index. After a crash, writes that came later may be
        there or not; following the log again from here puts them right."""
        ...


@runtime_checkable
class Compactable(Protocol):
    """An optional power of an index: serving faster after its segments were rebuilt."""

    async def compaction_due(self) -> bool:
        """Return whether enough was written since the last time to be worth it."""
        ...

    async def compact(self) -> None:
        """Rebuild beside the serving index and switch. Searches and writes go on meanwhile."""
        ...


class IndexShelf(Protocol):
    """Where an engine keeps its indexes, one a generation: a changed embedder or analyzer builds a new one beside the old."""

    fingerprint: str
    """Changes when the same chunk would be indexed differently."""

    def open(self, generation: str, *, dimensions: int) -> AbstractAsyncContextManager[Index]:
        """Open the generation, creating it where it does not exist."""
        ...

    async def generations(self) -> set[str]: ...

    async def drop(self, generation: str) -> None:
        """Delete a generation that is not open."""
        ...


class Jobs(Protocol):
    """Durable work: what was accepted is done once, in this process or the next."""

    def register(self, name: str, work: Callable[[str], Awaitable[None]]) -> None:
        """Name what ``submit`` can start. ``work`` must be safe to repeat: it starts again when its process dies."""
        ...

    async def submit(self, name: str, argument: str, *, key: str | None = None) -> str:
        """Accept work and return its id. While work of the same ``key`` waits or runs, return that one's id instead."""
        ...

    async def wait(self, id: str) -> None:
        """Return when it is done. Raise what it raised."""
        ...


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the time in UTC."""
        ...


OpenConnector = Callable[[Source], AbstractAsyncContextManager[Connector]]
"""Opens the connector of a source. The application provides it, so that ingestion knows no registry."""
