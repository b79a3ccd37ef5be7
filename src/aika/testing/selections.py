"""Documents and selections of all sorts, for the contracts of what is filtered."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from hypothesis import strategies as st

from aika.domain.access import EVERYONE, Scope
from aika.domain.documents import AttributeValue, Document, Kind, Owner
from aika.domain.identifiers import DocumentId, PrincipalId, SourceId, document_id
from aika.domain.selection import Selection
from aika.testing.makers import make_document

SOURCES = ("wiki", "repo", "chat")
KINDS = (Kind.PAGE, Kind.CODE, Kind.DECISION)
PRINCIPALS = ("user:alice", "user:bob", "group:payments", EVERYONE)
KEYS = (
    "index.md",
    "docs/index.md",
    "docs/ops/runbooks/restart.md",
    "docs/ops/runbooks/old/restart.tar.gz",
    "docs//index.md",
    "/docs/a b.md",
    "runbooks/x.py",
    "ops/docs/1700.000100",
    "DOCS/Index.MD",
    "docs/straße*[1]?.md",
    "docs/new\nline.md",
)
_LOOKED_UP = (
    "**",
    "docs/**",
    "docs/ops/**",
    "/**",
    "**/*.md",
    "docs/**/*.md",
    "**/*.tar.gz",
    "**/runbooks/**",
    "**/docs/**/*.md",
    "**//**",
    "none/**",
)
_RESOLVED = (
    "",
    "*",
    "*.md",
    "docs/*.md",
    "docs/index.md",
    "d?cs/*",
    "**/index.md",
    "**/runbooks/*.md",
    "docs/**/old/**",
    "docs/o*/**",
    "docs**",
    "**/new*",
)
T = TypeVar("T")

_WORDS = {
    "owner": ("payments", "#payments-help", "größe"),
    "tag": ("on-call", "api", "ägypten"),
    "status": ("draft", "accepted", "superseded"),
    "audience": ("sre", "everybody"),
}


def documents() -> st.SearchStrategy[list[Document]]:
    """Return some documents, each with another key and source."""
    return st.lists(
        st.builds(
            _document,
            key=st.sampled_from(KEYS),
            source=st.sampled_from(SOURCES),
            kind=st.sampled_from(KINDS),
            readers=st.frozensets(st.sampled_from(PRINCIPALS)),
            owner=st.none()
            | st.sampled_from([Owner("Payments"), Owner("Größe ", "#PAYMENTS-help"), Owner("other", "")]),
            attributes=st.fixed_dictionaries(
                {},
                optional={
                    "tags": st.sampled_from(["API", ("api", "On-Call "), ("",), ()]),
                    "labels": st.sampled_from(["Ägypten", ("other",)]),
                    "status": st.sampled_from(["Draft", "accepted", ("accepted", "final")]),
                    "superseded_by": st.sampled_from(["", "new.md"]),
                    "audience": st.sampled_from(["SRE", ("sre", "everybody"), ""]),
                },
            ),
        ),
        unique_by=lambda document: document.id,
        max_size=25,
    )


def selections(*, resolved: bool = False) -> st.SearchStrategy[Selection]:
    """Return selections, some of which leave out others. With ``resolved`` only with patterns that indexes look up."""
    plain = _selections(st.just(()), resolved=resolved)
    return _selections(st.just(()) | st.lists(plain, max_size=2).map(tuple), resolved=resolved)


def scopes(*, resolved: bool = False) -> st.SearchStrategy[Scope]:
    return st.builds(
        Scope,
        audience=st.none()
        | st.lists(
            st.frozensets(st.sampled_from([PrincipalId(name) for name in PRINCIPALS])), min_size=1, max_size=3
        ).map(tuple),
        sources=_some(SourceId(name) for name in SOURCES),
        kinds=_some(KINDS),
        selections=st.lists(selections(resolved=resolved), max_size=2).map(tuple),
    )


def _selections(excluding: st.SearchStrategy[tuple[Selection, ...]], *, resolved: bool) -> st.SearchStrategy[Selection]:
    every_id = [document_id(SourceId(source), key) for source in SOURCES for key in KEYS]
    return st.builds(
        Selection,
        sources=_some(SourceId(name) for name in SOURCES),
        kinds=_some(KINDS),
        owners=_some(_WORDS["owner"]),
        tags=_some(_WORDS["tag"]),
        paths=_some(_LOOKED_UP if resolved else _LOOKED_UP + _RESOLVED),
        statuses=_some(_WORDS["status"]),
        audiences=_some(_WORDS["audience"]),
        documents=_some([*every_id, DocumentId("unknown")]),
        excluding=excluding,
    )


def _some(values: Iterable[T]) -> st.SearchStrategy[frozenset[T] | None]:
    """Return some of the values, or nothing to say: twice as often, or hardly a document would be left."""
    return st.none() | st.none() | st.frozensets(st.sampled_from(list(values)))


def _document(
    key: str,
    source: str,
    kind: Kind,
    readers: frozenset[str],
    owner: Owner | None,
    attributes: dict[str, AttributeValue],
) -> Document:
    made = make_document(key, source=source, kind=kind, readers=readers, attributes=attributes)
    return replace(made, owner=owner)
