"""What chunks carry so that searches are filtered before they rank, and what a scope asks of it.

The names of the payload's fields are those of `aika.domain.conditions.Field`, on every engine.
"""

from aika.domain.access import Scope
from aika.domain.conditions import (
    AnyOf,
    Condition,
    Either,
    Every,
    Field,
    Matches,
    Not,
    either,
    every,
    indexed_facets,
    negated,
    scope_condition,
)
from aika.domain.documents import Document
from aika.domain.paths import facets_of_pattern
from aika.stores.index.bm25 import FIELDS

FINGERPRINT = f"{FIELDS.fingerprint}-facets1"
"""Of every engine. Changes with what is stored of a chunk: its weights, or the fields that filters look up."""
KEYWORD_FIELDS = (Field.SOURCE, Field.KIND, Field.READERS, Field.FACETS)
"""Looked up as words. `Field.DOCUMENT` is looked up as a UUID."""


def payload_of(document: Document) -> dict[str, str | list[str]]:
    """Return what each chunk of the document carries."""
    return {
        Field.DOCUMENT.value: document.id,
        Field.SOURCE.value: document.source,
        Field.KIND.value: document.kind.value,
        Field.READERS.value: sorted(document.readers),
        Field.FACETS.value: indexed_facets(document),
    }


def looked_up(scope: Scope) -> Condition:
    """Return the scope as a condition on payloads, without `Matches`.

    Raises ``ValueError`` for a pattern that no facets say: `aika.ingestion.resolving` resolves those before.
    """
    return _looked_up(scope_condition(scope))


def _looked_up(condition: Condition) -> Condition:
    match condition:
        case AnyOf():
            return condition
        case Matches(pattern):
            return _having(pattern)
        case Every(parts):
            return every(_looked_up(part) for part in parts)
        case Either(parts):
            return either(_looked_up(part) for part in parts)
        case Not(part):
            return negated(_looked_up(part))


def _having(pattern: str) -> Condition:
    facets = facets_of_pattern(pattern)
    if facets is None:
        raise ValueError(f"an index cannot look up the pattern {pattern!r}: resolve it to documents first")
    return every(AnyOf(Field.FACETS, frozenset({facet})) for facet in facets)
