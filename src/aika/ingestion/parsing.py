"""From a raw document to an entry of the catalogue: choose the parser, parse, assemble, cut."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from aika.domain.documents import AttributeValue, Chunk, Document, Kind, Owner, Parsed, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.domain.facts import Profile
from aika.domain.identifiers import document_id
from aika.domain.sources import Source
from aika.facts.documents import FINGERPRINT, profiles_of
from aika.ingestion.decisions import decision_attributes
from aika.ingestion.owners import approval_of_changes, own_approval, owner_of
from aika.protocols import Chunker, Entry, Parser

_OWNER_ATTRIBUTES = ("owner", "owners", "owner_team", "owning_team", "owned_by", "owning_sig", "team")
_OWNER_CONTACT_ATTRIBUTES = ("owner_slack", "slack_channel", "contact")
"""These name an owner even where nothing else does; a person's page may say `slack` or `email` of that person."""
_CONTACT_ATTRIBUTES = ("owner_slack", "slack_channel", "slack", "contact", "email")


@dataclass(frozen=True, slots=True)
class ParserSet:
    """Chooses a document's parser by what the source says it is, then by its name."""

    parsers: Collection[Parser]
    fallback: Parser
    """For names that no parser knows. It refuses what is not text."""

    def choose(self, raw: RawDocument) -> Parser:
        if raw.media_type is not None:
            for parser in self.parsers:
                if raw.media_type in parser.media_types:
                    return parser
        path = PurePosixPath(raw.path.lower())
        # The longest suffix wins, so that "openapi.json.md" is Markdown and "Dockerfile" can be a suffix of its own.
        known = {suffix: parser for parser in self.parsers for suffix in parser.suffixes}
        return known.get(path.suffix) or known.get(path.name) or self.fallback


@dataclass(frozen=True, slots=True)
class ChunkerSet:
    """Chooses the chunker by a document's kind."""

    default: Chunker
    by_kind: Mapping[Kind, Chunker]

    def choose(self, kind: Kind) -> Chunker:
        return self.by_kind.get(kind, self.default)

    @property
    def fingerprint(self) -> str:
        return ",".join(sorted({chunker.fingerprint for chunker in (self.default, *self.by_kind.values())}))


@dataclass(frozen=True, slots=True)
class Intake:
    """Turns raw documents into entries. A plain computation; run it in a thread."""

    parsers: ParserSet
    chunkers: ChunkerSet

    def pipeline(self, source: Source) -> str:
        """Return what, besides a document's content, decides its entry: when this changes, documents are read again."""
        said = (
            self.chunkers.fingerprint,
            tuple(sorted(type(parser).__name__ for parser in self.parsers.parsers)),
            None if source.readers is None else sorted(source.readers),
            source.owner,
            source.connector,
            sorted(source.options.items()),
            FINGERPRINT,
        )
        return _digest(repr(said))

    def take(self, source: Source, raw: RawDocument, *, version: str) -> tuple[Entry, tuple[str, ...]]:
        """Return the entry and the warnings. Raises `UnreadableDocumentError` with the reason."""
        parsed = self._parse(raw)
        document = _assemble(source, raw, parsed)
        chunks = self.chunkers.choose(document.kind).split(document, parsed.body)
        if not chunks:
            raise UnreadableDocumentError("it holds no text")
        profiles, doubts = _recorded(document, parsed, chunks)
        entry = Entry(
            document=document,
            body=parsed.body,
            chunks=tuple(chunks),
            version=version,
            pipeline=self.pipeline(source),
            content_hash=content_hash(raw),
            profiles=profiles,
        )
        return entry, (*parsed.warnings, *doubts)

    def _parse(self, raw: RawDocument) -> Parsed:
        try:
            return self.parsers.choose(raw).parse(raw)
        except UnreadableDocumentError:
            raise
        except Exception as error:
            # A parser's bug, or a library's, is one document's failure and not the sync's.
            raise UnreadableDocumentError(
                f"the parser failed on it ({type(error).__name__}: {error}); please report this"
            ) from error


def _recorded(
    document: Document, parsed: Parsed, chunks: Sequence[Chunk]
) -> tuple[tuple[Profile, ...], tuple[str, ...]]:
    """Return what the document records, and a warning where that could not be read: it can be found all the same."""
    try:
        return profiles_of(document, parsed.body, chunks), ()
    except Exception as error:  # noqa: BLE001 a bug here must cost no document
        return (), (f"what it records was left out ({type(error).__name__}: {error}); please report this",)


def content_hash(raw: RawDocument) -> str:
    """Return a hash of everything that a raw document says, its content and its metadata."""
    said = (
        raw.media_type,
        raw.title,
        raw.url,
        raw.kind,
        None if raw.readers is None else sorted(raw.readers),
        raw.owner,
        raw.authors,
        sorted(raw.attributes.items()),
    )
    return hashlib.blake2b(raw.content, digest_size=16, person=b"aika-document").hexdigest() + _digest(repr(said))


def _assemble(source: Source, raw: RawDocument, parsed: Parsed) -> Document:
    kind = raw.kind or parsed.kind or Kind.PAGE
    attributes = _attributes(raw, parsed, kind)
    return Document(
        id=document_id(source.id, raw.key),
        source=source.id,
        key=raw.key,
        title=raw.title or parsed.title or PurePosixPath(raw.path).name,
        kind=kind,
        url=raw.url,
        media_type=raw.media_type,
        readers=raw.readers if raw.readers is not None else source.readers or frozenset(),
        owner=owner_of(owner_from(attributes), source=raw.owner, whole=source.owner),
        authors=_authors(raw, kind, attributes),
        created_at=raw.created_at or _date(attributes, "created", "date", "creation_date"),
        modified_at=_date(attributes, "last_updated", "last_reviewed_on", "last_reviewed", "updated", "date")
        or raw.modified_at,
        attributes=attributes,
    )


def _attributes(raw: RawDocument, parsed: Parsed, kind: Kind) -> dict[str, AttributeValue]:
    if kind is not Kind.DECISION:
        return {**parsed.attributes, **raw.attributes, **own_approval(raw.owner, parsed.attributes)}
    said = raw.attributes if raw.kind is Kind.DECISION else approval_of_changes(raw.owner, raw.attributes)
    return decision_attributes(raw.path, parsed.body, {**parsed.attributes, **said})


def _authors(raw: RawDocument, kind: Kind, attributes: Mapping[str, AttributeValue]) -> tuple[str, ...]:
    """Return who wrote it. Of a decision that is who the record names, not who changed the file."""
    named = _listed(attributes, "authors", "author")
    return (named or raw.authors) if kind is Kind.DECISION else (raw.authors or named)


def owner_from(attributes: Mapping[str, AttributeValue]) -> Owner | None:
    """Return the owner that front matter names, with the channel or address where it names one."""
    names = _listed(attributes, *_OWNER_ATTRIBUTES)
    contacts = _listed(attributes, *(_CONTACT_ATTRIBUTES if names else _OWNER_CONTACT_ATTRIBUTES))
    if not names and not contacts:
        return None
    contact = contacts[0] if contacts else None
    found_in = ", ".join(_listed(attributes, "recorded_in")) or "front matter"
    return Owner(name=", ".join(names) or str(contact), contact=contact, found_in=found_in)


def _listed(attributes: Mapping[str, AttributeValue], *names: str) -> tuple[str, ...]:
    for name in names:
        value = attributes.get(name)
        if value:
            return (value,) if isinstance(value, str) else value
    return ()


def _date(attributes: Mapping[str, AttributeValue], *names: str) -> datetime | None:
    for text in (value for name in names for value in _listed(attributes, name)):
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            continue
        # A date without a zone is taken as UTC: half a day more or less matters to nobody here.
        return found.replace(tzinfo=found.tzinfo or UTC)
    return None


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
