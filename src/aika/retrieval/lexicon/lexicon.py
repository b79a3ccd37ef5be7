"""What is known of the words of a deployment's documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aika.domain.identifiers import DocumentId


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a short form stands for, as documents say."""

    short: str
    """As written: ``MMA``."""
    long: str
    """In its most frequent spelling."""
    documents: int
    """How many say so."""
    witnesses: tuple[DocumentId, ...]
    """Some of them. Only who may read one of them is to be told."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words and short forms, learned from documents that everyone may read and from no others."""

    words: Mapping[str, int] = field(default_factory=dict)
    """In how many chunks each word is, in lower case. Names with hyphens or underscores are in it as one word too."""
    meanings: tuple[Meaning, ...] = ()
    """By short form; of one short form, what most documents say comes first."""
    ordinary: frozenset[str] = frozenset()
    """Short forms, in lower case, that documents mostly write in small letters: ordinary words beside."""
    through: int = 0
    """The number of the catalogue's change up to which it was learned."""
