"""Documents and their chunks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aika.domain.identifiers import ChunkId, DocumentId, PrincipalId, SourceId, chunk_id

AttributeValue = str | tuple[str, ...]


class Kind(StrEnum):
    """What sort of thing a document is, for filters and for words in the answer."""

    PAGE = "page"
    DECISION = "decision"
    RUNBOOK = "runbook"
    CODE = "code"
    CONVERSATION = "conversation"
    CATALOG = "catalog"
    PERSON = "person"
    API = "api"
    NOTEBOOK = "notebook"
    SLIDES = "slides"
    SHEET = "sheet"
    DATA = "data"
    ISSUE = "issue"


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    CODE = "code"
    SYMBOL = "symbol"
    MESSAGE = "message"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Block:
    """A span of a document's text that belongs together. Tables and code are cut only where they alone are too long."""

    kind: BlockKind
    start: int
    end: int
    """Character offsets into the body's text; ``end`` is exclusive."""
    heading_path: tuple[str, ...] = ()
    """The headings above the block, outermost first, the document's title excluded."""
    anchor: str | None = None
    """The fragment that opens a link at this block: a heading's slug, ``page=3``, ``L10-L24``."""


@dataclass(frozen=True, slots=True)
class Body:
    """The stored text of a document and its structure. Blocks are in order and do not overlap."""

    text: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for a document."""

    name: str
    contact: str | None = None
    """How to reach them: a Slack channel (``#payments``), an e-mail address or a link."""
    found_in: str | None = None
    """What says so, such as ``CODEOWNERS`` or ``front matter``."""


@dataclass(frozen=True, slots=True)
class Document:
    """One thing of the source's, without its text."""

    id: DocumentId
    source: SourceId
    key: str
    """The source's own name for it, unique within the source: a path, an issue number, a channel and time."""
    title: str
    kind: Kind = Kind.PAGE
    url: str | None = None
    media_type: str | None = None
    readers: frozenset[PrincipalId] = frozenset()
    """Who may read it. Empty means nobody."""
    owner: Owner | None = None
    authors: tuple[str, ...] = ()
    created_at: datetime | None = None
    modified_at: datetime | None = None
    """When the content last changed at its source, in UTC."""
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    """Front matter and the like: ``status``, ``superseded_by``, ``tags``. Keys are lower case with underscores."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """The unit that is retrieved and cited: a span of a document's text."""

    document: Document
    position: int
    """From 0, in reading order."""
    start: int
    end: int
    """Character offsets into the document's text; ``end`` is exclusive."""
    text: str
    """Exactly the document's text between the offsets."""
    heading_path: tuple[str, ...] = ()
    anchor: str | None = None

    @property
    def id(self) -> ChunkId:
        return chunk_id(self.document.id, self.position)

    @property
    def url(self) -> str | None:
        """A link that opens the document at this chunk, where the source's links allow it."""
        if self.document.url is None or self.anchor is None:
            return self.document.url
        return f"{self.document.url.split('#', 1)[0]}#{self.anchor}"

    @property
    def passage(self) -> str:
        """The text with the document's title and the headings above it: what is embedded and shown to a model."""
        path = " > ".join(dict.fromkeys((self.document.title, *self.heading_path)))
        return f"{path}\n{self.text}" if path else self.text


@dataclass(frozen=True, slots=True)
class RawDocument:
    """What a connector read, before it is parsed."""

    key: str
    content: bytes
    path: str
    """A file-like name whose suffix helps to choose the parser."""
    media_type: str | None = None
    title: str | None = None
    url: str | None = None
    kind: Kind | None = None
    """``None`` leaves it to the parser."""
    readers: frozenset[PrincipalId] | None = None
    """``None`` means that the connector cannot know: the source's configuration decides."""
    owner: Owner | None = None
    authors: tuple[str, ...] = ()
    created_at: datetime | None = None
    modified_at: datetime | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser made of a raw document."""

    body: Body
    title: str | None = None
    kind: Kind | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    """What was lost on the way, such as ``page 4 holds only a scanned image``. Shown in the source's report."""
