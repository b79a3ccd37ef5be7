"""Who asks, who may read, and what one request may see."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from aika.domain.documents import Kind
from aika.domain.identifiers import PrincipalId, SourceId

T = TypeVar("T")

EVERYONE = PrincipalId("everyone")
"""The principal that every asker has. A document is public inside the company when its readers name it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What one request may see. Every search takes one, and there is no default.

    Built with `Scope.of` for one asker, `Scope.of_all` for a channel, and `UNRESTRICTED` for maintenance and evaluation.
    """

    audience: tuple[frozenset[PrincipalId], ...] | None
    """The principals of each person who will see the result: every one of them must be a reader. ``None`` restricts
    nothing and is for maintenance only; it is never derived from a request."""
    sources: frozenset[SourceId] | None = None
    """``None`` is all sources; the empty set is none."""
    kinds: frozenset[Kind] | None = None
    """``None`` is all kinds; the empty set is none."""

    def __post_init__(self) -> None:
        if self.audience is not None and not self.audience:
            raise ValueError(
                "a scope needs at least one person in its audience: an empty audience would admit everything"
            )

    @classmethod
    def of(cls, principals: Iterable[PrincipalId]) -> "Scope":
        """Return what one asker with these principals may see. `EVERYONE` is added."""
        return cls(audience=(frozenset(principals) | {EVERYONE},))

    @classmethod
    def of_all(cls, members: Iterable[Collection[PrincipalId]]) -> "Scope":
        """Return what *every* member may see: the scope of a channel. Raises ``ValueError`` when there are no members."""
        people = {frozenset(member) | {EVERYONE} for member in members}
        return cls(audience=tuple(sorted(_least(people), key=sorted)))

    def narrowed(
        self, *, sources: Collection[SourceId] | None = None, kinds: Collection[Kind] | None = None
    ) -> "Scope":
        """Return this scope restricted further. It never becomes wider."""
        return replace(self, sources=_intersection(self.sources, sources), kinds=_intersection(self.kinds, kinds))

    def admits(self, *, source: SourceId, kind: Kind, readers: Collection[PrincipalId]) -> bool:
        """Return whether a document of this source, kind and readers may be seen."""
        if self.sources is not None and source not in self.sources:
            return False
        if self.kinds is not None and kind not in self.kinds:
            return False
        if self.audience is None:
            return True
        return all(not person.isdisjoint(readers) for person in self.audience)


UNRESTRICTED = Scope(audience=None)
"""Sees everything. Only for maintenance, evaluation and tests."""


def _least(people: Collection[frozenset[PrincipalId]]) -> list[frozenset[PrincipalId]]:
    """Return those who are not all that another is, and more: whatever admits that other one admits them."""
    least: list[frozenset[PrincipalId]] = []
    for person in sorted(people, key=len):
        if not any(other <= person for other in least):
            least.append(person)
    return least


def _intersection(own: frozenset[T] | None, other: Collection[T] | None) -> frozenset[T] | None:
    if other is None:
        return own
    return frozenset(other) if own is None else own & frozenset(other)
