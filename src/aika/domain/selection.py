"""Which documents are meant: the filter that assistants, ranking rules and callers share."""

from dataclasses import dataclass
from functools import lru_cache

from aika.domain.documents import AttributeValue, Document, Kind
from aika.domain.identifiers import DocumentId, SourceId
from aika.domain.paths import matches, plain

SUPERSEDED = "superseded"
"""The status of a document that names what replaced it, whatever else it says of itself."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which documents are meant. Everything that is given must hold; of several values of one thing, one must.

    ``None`` leaves a thing open, and an empty set selects nothing. Words are compared without regard to case.
    """

    sources: frozenset[SourceId] | None = None
    kinds: frozenset[Kind] | None = None
    owners: frozenset[str] | None = None
    """Names or contacts of owners: ``payments``, ``#payments-help``. Lower case."""
    tags: frozenset[str] | None = None
    """Lower case."""
    paths: frozenset[str] | None = None
    """Patterns over the document's key: ``docs/**``, ``**/runbooks/*.md``. ``*`` stays within a folder."""
    statuses: frozenset[str] | None = None
    """``draft``, ``accepted``, ``superseded`` and whatever else documents say of themselves. Lower case."""
    audiences: frozenset[str] | None = None
    """For whom a document says that it is written. Lower case. One that names no audience is for all."""
    documents: frozenset[DocumentId] | None = None
    """These very documents: what a `Region` came to when it was asked."""
    excluding: tuple["Selection", ...] = ()
    """What is left out again."""

    def selects(self, document: Document) -> bool:
        return (
            (self.sources is None or document.source in self.sources)
            and (self.kinds is None or document.kind in self.kinds)
            and (self.owners is None or not self.owners.isdisjoint(owner_names(document)))
            and (self.tags is None or not self.tags.isdisjoint(tags(document)))
            and (self.paths is None or any(matches(path, document.key) for path in self.paths))
            and (self.statuses is None or not self.statuses.isdisjoint(statuses(document)))
            and (self.audiences is None or not (found := audiences(document)) or not self.audiences.isdisjoint(found))
            and (self.documents is None or document.id in self.documents)
            and not any(other.selects(document) for other in self.excluding)
        )


EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class Region:
    """The documents that a topic's examples are like, as they are now."""

    selection: Selection
    """Narrows a scope. It names documents and grants nothing: whoever asks still reads only what they may."""
    missing: tuple[DocumentId, ...] = ()
    """Examples that are gone, have no vectors yet, or may not be read by whom the topic is learned for: alike, so that
    nobody learns which. The region was learned from the others."""


def owner_names(document: Document) -> frozenset[str]:
    """Return what a document's owner is called: the name and the contact, in lower case."""
    owner = document.owner
    return frozenset() if owner is None else _words((owner.name, owner.contact or ""))


def tags(document: Document) -> frozenset[str]:
    return _words(document.attributes.get("tags")) | _words(document.attributes.get("labels"))


def statuses(document: Document) -> frozenset[str]:
    """Return what a document says of its standing, with `SUPERSEDED` where it names what replaced it."""
    said = _words(document.attributes.get("status"))
    return said | {SUPERSEDED} if document.attributes.get("superseded_by") else said


def audiences(document: Document) -> frozenset[str]:
    return _words(document.attributes.get("audience"))


@lru_cache(maxsize=10_000)  # few values, asked for again with every rule and every hit
def _words(value: AttributeValue | None) -> frozenset[str]:
    if value is None:
        return frozenset()
    values = (value,) if isinstance(value, str) else value
    return frozenset(plain(word.strip().casefold()) for word in values if word.strip())
