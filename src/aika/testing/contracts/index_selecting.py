"""What filtered searches find: a part of `aika.testing.contracts.index.IndexContract`."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.documents import Document, Owner
from aika.domain.identifiers import SourceId, document_id
from aika.domain.selection import Selection
from aika.protocols import Index
from aika.testing.contracts.index_makers import places, put, towards
from aika.testing.makers import make_document
from aika.testing.selections import KEYS, SOURCES, documents, scopes

# Every example begins with an index emptied of the last one's documents, and each engine is a class of its own.
_refilled = settings(
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)


class SelectingContract:
    """A search finds exactly what the scope admits, and that before it ranks."""

    @pytest.fixture
    async def index(self) -> AsyncIterator[Index]:
        raise NotImplementedError("a contract's subclass gives the index")
        yield  # makes this an async generator, as the subclass's fixture is  # noqa: PT022

    @given(held=documents(), scope=scopes(resolved=True))
    @_refilled
    async def test_a_search_finds_exactly_what_the_scope_admits(
        self, index: Index, held: list[Document], scope: Scope
    ) -> None:
        await index.remove([document_id(SourceId(source), key) for source in SOURCES for key in KEYS])
        for document in held:
            await put(index, document, "alpha", degrees=(0,))

        by_words = await index.search_text("alpha", k=50, scope=scope)
        by_vector = await index.search_vector(towards(0), k=50, scope=scope)

        admitted = {document.id for document in held if scope.admits(document)}
        assert {found.document for found in by_words} == admitted
        assert {found.document for found in by_vector} == admitted

    async def test_selections_hold_before_ranking(self, index: Index) -> None:
        wanted = make_document("wanted", attributes={"tags": ("payments",)})
        (chunk,) = await put(index, wanted, "alpha beta", degrees=(80,))
        for number in range(30):
            await put(index, make_document(f"{number}"), "alpha", degrees=(0,))
        scope = UNRESTRICTED.narrowed(selection=Selection(tags=frozenset({"payments"})))

        assert places(await index.search_text("alpha", k=1, scope=scope)) == [(wanted.id, chunk.id)]
        assert places(await index.search_vector(towards(0), k=1, scope=scope)) == [(wanted.id, chunk.id)]

    async def test_a_changed_owner_and_changed_tags_hold_at_once(self, index: Index) -> None:
        ours = UNRESTRICTED.narrowed(selection=Selection(owners=frozenset({"payments"}), tags=frozenset({"api"})))
        document = make_document(attributes={"tags": "api"})
        await put(index, replace(document, owner=Owner("Payments")), "alpha", degrees=(0,))
        assert len(await index.search_text("alpha", k=5, scope=ours)) == 1

        await put(index, replace(document, owner=Owner("Search")), "alpha", degrees=(0,))

        assert await index.search_text("alpha", k=5, scope=ours) == []
        assert await index.search_vector(towards(0), k=5, scope=ours) == []

    async def test_thousands_of_documents_can_be_named(self, index: Index) -> None:
        held = [make_document(f"{number}") for number in range(3_000)]
        (chunk,) = await put(index, held[7], "alpha", degrees=(0,))
        await put(index, make_document("other"), "alpha", degrees=(0,))
        named = Selection(documents=frozenset(document.id for document in held))

        scope = UNRESTRICTED.narrowed(selection=named)
        others = UNRESTRICTED.narrowed(selection=Selection(excluding=(named,)))

        assert places(await index.search_text("alpha", k=5, scope=scope)) == [(held[7].id, chunk.id)]
        assert [found.document for found in await index.search_vector(towards(0), k=5, scope=others)] == [
            make_document("other").id
        ]
