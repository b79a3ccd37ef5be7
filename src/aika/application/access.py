"""Why a person may read a document, or may not: for administrators."""

from dataclasses import dataclass

from aika.application.aika import Aika
from aika.domain.access import EVERYONE, GUESTS, Scope
from aika.domain.documents import Document
from aika.domain.identifiers import DocumentId, PrincipalId, SourceId, document_id


@dataclass(frozen=True, slots=True)
class Access:
    """One person and one document."""

    person: PrincipalId
    document: Document
    principals: frozenset[PrincipalId]
    """Everything that the person is."""
    chain: tuple[PrincipalId, ...]
    """From the person to the reader that lets them in; empty where none does."""
    reason: str

    @property
    def may_read(self) -> bool:
        return bool(self.chain)


async def explain_access(aika: Aika, person: PrincipalId, document: str, *, scope: Scope) -> Access:
    """Return what lets a person read a document, given by its id or as ``SOURCE/KEY``, or what keeps them from it.

    Raises `NotFoundError` for a document that the scope does not have.
    """
    source, separator, key = document.partition("/")
    wanted = document_id(SourceId(source), key) if separator else DocumentId(document)
    found, _ = await aika.document(wanted, scope=scope)
    principals = await aika.database.directory.expand([person]) | {EVERYONE, GUESTS}
    chain = await _shortest_chain(aika, person, found.readers & principals)
    return Access(person, found, principals, chain, _reason(person, found, chain))


async def _shortest_chain(aika: Aika, person: PrincipalId, readers: frozenset[PrincipalId]) -> tuple[PrincipalId, ...]:
    for all_have in (EVERYONE, GUESTS):
        if all_have in readers:
            return (person, all_have)
    chains = [tuple(await aika.database.directory.chain(person, reader)) for reader in sorted(readers)]
    return min(chains, key=len, default=())


def _reason(person: PrincipalId, document: Document, chain: tuple[PrincipalId, ...]) -> str:
    if chain[-1:] == (EVERYONE,):
        return "Everyone may read it."
    if chain[-1:] == (GUESTS,):
        return "Everyone may read it, guests and people of other organisations included."
    if len(chain) == 1:
        return f"Its readers name {person} in person."
    if chain:
        return f"{person} is in {', which is in '.join(chain[1:])}, which may read it."
    if not document.readers:
        return (
            f"Nobody may read it: neither the source nor the file of {document.source!r} says who may. "
            "Set 'readers' there."
        )
    return f"{person} is none of its readers and in none of the groups among them."
