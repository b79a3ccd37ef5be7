"""A scope as one condition that engines can look up before they rank.

`Scope.admits` and `Selection.selects` say what is meant. A condition says the same in terms that a payload or a table can
hold: every document has facets, and everything that a selection asks of a document is that it has one of some facets.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from aika.domain.access import Scope
from aika.domain.documents import Document
from aika.domain.paths import path_facets, plain
from aika.domain.selection import Selection, audiences, owner_names, statuses, tags

FOR_ALL = "audience:"
"""The facet of a document that names no audience."""


class Field(StrEnum):
    """What a document has values of."""

    DOCUMENT = "document"
    SOURCE = "source"
    KIND = "kind"
    READERS = "readers"
    FACETS = "facets"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The document has one of these values, of which there is at least one."""

    field: Field
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Matches:
    """The document's key matches the pattern."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Every:
    """All of the parts hold. Without parts it always holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of the parts holds. Without parts it never does."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


Condition = AnyOf | Matches | Every | Either | Not

ALWAYS, NEVER = Every(()), Either(())
"""Parts of another condition are never one of these."""


def scope_condition(scope: Scope) -> Condition:
    """Return what holds for exactly the documents that the scope admits."""
    return every(
        [
            _any_of(Field.SOURCE, scope.sources),
            _any_of(Field.KIND, scope.kinds),
            *(_any_of(Field.READERS, person) for person in scope.audience or ()),
            *(selection_condition(selection) for selection in scope.selections),
        ]
    )


def selection_condition(selection: Selection) -> Condition:
    """Return what holds for exactly the documents that are selected."""
    paths = ALWAYS if selection.paths is None else either(Matches(path) for path in sorted(selection.paths))
    audiences = None if selection.audiences is None else _named("audience", selection.audiences) | {FOR_ALL}
    return every(
        [
            _any_of(Field.SOURCE, selection.sources),
            _any_of(Field.KIND, selection.kinds),
            *(
                ALWAYS if words is None else _any_of(Field.FACETS, _named(name, words))
                for name, words in (
                    ("owner", selection.owners),
                    ("tag", selection.tags),
                    ("status", selection.statuses),
                )
            ),
            _any_of(Field.FACETS, audiences),
            paths,
            _any_of(Field.DOCUMENT, selection.documents),
            *(negated(selection_condition(other)) for other in selection.excluding),
        ]
    )


def facets(document: Document) -> frozenset[str]:
    """Return what a selection can ask a document for, beside its source, its kind and its key."""
    return (
        _named("owner", owner_names(document))
        | _named("tag", tags(document))
        | _named("status", statuses(document))
        | (_named("audience", audiences(document)) or {FOR_ALL})
    )


def indexed_facets(document: Document) -> list[str]:
    """Return the facets of a document with those of its key, in order: what an index keeps with its chunks."""
    return sorted(facets(document) | path_facets(document.key))


def every(parts: Iterable[Condition]) -> Condition:
    kept = [part for part in parts if part != ALWAYS]
    if NEVER in kept:
        return NEVER
    return kept[0] if len(kept) == 1 else Every(tuple(kept))


def either(parts: Iterable[Condition]) -> Condition:
    kept = [part for part in parts if part != NEVER]
    if ALWAYS in kept:
        return ALWAYS
    return kept[0] if len(kept) == 1 else Either(tuple(kept))


def negated(part: Condition) -> Condition:
    if part == NEVER:
        return ALWAYS
    return NEVER if part == ALWAYS else Not(part)


def _any_of(field: Field, values: Collection[str] | None) -> Condition:
    if values is None:
        return ALWAYS
    return AnyOf(field, frozenset(values)) if values else NEVER


def _named(name: str, words: Collection[str]) -> frozenset[str]:
    return frozenset(f"{name}:{plain(word)}" for word in words)
