"""Who asks, who may read, and what one request may see."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from aika.domain.documents import Document, Kind
from aika.domain.identifiers import PrincipalId, SourceId
from aika.domain.selection import EVERYTHING, Selection

T = TypeVar("T")

EVERYONE = PrincipalId("everyone")
"""The principal that everybody in the company has. A document is public inside the company when its readers name it."""

GUESTS = PrincipalId("guests")
"""The principal that whoever may ask at all has, also guests and people of other organisations, who do not have `EVERYONE`.
A document is public beyond the company when its readers name it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What one request may see. Every search takes one, and there is no default.

    Built with `Scope.of` for one asker of the company, `Scope.of_all` for several, `Scope.of_audience` where not all of them
    need be of the company, and `UNRESTRICTED` for maintenance and evaluation.
    """

    audience: tuple[frozenset[PrincipalId], ...] | None
    """The principals of each person who will see the result: every one of them must be a reader. ``None`` restricts
    nothing and is for maintenance only; it is never derived from a request."""
    sources: frozenset[SourceId] | None = None
    """``None`` is all sources; the empty set is none."""
    kinds: frozenset[Kind] | None = None
    """``None`` is all kinds; the empty set is none."""
    selections: tuple[Selection, ...] = ()
    """Every one of them must select what is seen: the filter of an assistant, and that of the caller."""

    def __post_init__(self) -> None:
        if self.audience is not None and not self.audience:
            raise ValueError(
                "a scope needs at least one person in its audience: an empty audience would admit everything"
            )

    @classmethod
    def of(cls, principals: Iterable[PrincipalId]) -> "Scope":
        """Return what one asker with these principals may see. `EVERYONE` and `GUESTS` are added."""
        return cls(audience=(frozenset(principals) | {EVERYONE, GUESTS},))

    @classmethod
    def of_all(cls, members: Iterable[Collection[PrincipalId]]) -> "Scope":
        """Return what *every* one of these people of the company may see. `EVERYONE` and `GUESTS` are added to each.

        Raises ``ValueError`` when there are none.
        """
        return cls.of_audience(frozenset(member) | {EVERYONE} for member in members)

    @classmethod
    def of_audience(cls, members: Iterable[Collection[PrincipalId]]) -> "Scope":
        """Return what *every* member may see, whoever they are: the scope of a channel.

        Only `GUESTS` is added: who is of the company has `EVERYONE` among their principals. Raises ``ValueError`` when there
        are no members.
        """
        people = {frozenset(member) | {GUESTS} for member in members}
        return cls(audience=tuple(sorted(_least(people), key=sorted)))

    def narrowed(
        self,
        *,
        sources: Collection[SourceId] | None = None,
        kinds: Collection[Kind] | None = None,
        selection: Selection = EVERYTHING,
    ) -> "Scope":
        """Return this scope restricted further. It never becomes wider."""
        new = selection != EVERYTHING and selection not in self.selections
        return replace(
            self,
            sources=_intersection(self.sources, sources),
            kinds=_intersection(self.kinds, kinds),
            selections=(*self.selections, selection) if new else self.selections,
        )

    def admits(self, document: Document) -> bool:
        """Return whether the document may be seen."""
        if self.sources is not None and document.source not in self.sources:
            return False
        if self.kinds is not None and document.kind not in self.kinds:
            return False
        if not all(person & document.readers for person in self.audience or ()):
            return False
        return all(selection.selects(document) for selection in self.selections)


UNRESTRICTED = Scope(audience=None)
"""Sees everything. Only for maintenance, evaluation and tests."""


def _least(people: Collection[frozenset[PrincipalId]]) -> list[frozenset[PrincipalId]]:
    """Return those who are not all that another is, and more: whatever admits that other one admits them."""
    # Whoever is part of a person has all their principals among that person's, the rarest of them too. Looked up by it, few
    # are compared: a channel of thousands would otherwise take seconds.
    often = Counter(principal for person in people for principal in person)
    least: list[frozenset[PrincipalId]] = []
    by_rarest: defaultdict[PrincipalId, list[frozenset[PrincipalId]]] = defaultdict(list)
    for person in sorted(people, key=len):
        if any(other <= person for principal in person for other in by_rarest.get(principal, ())):
            continue
        least.append(person)
        by_rarest[min(person, key=lambda principal: (often[principal], principal))].append(person)
    return least


def _intersection(own: frozenset[T] | None, other: Collection[T] | None) -> frozenset[T] | None:
    if other is None:
        return own
    return frozenset(other) if own is None else own & frozenset(other)
