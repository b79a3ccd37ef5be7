"""Any selection finds exactly what it selects, through the catalogue where the index alone cannot tell."""

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from prepared_database import database_in

from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.documents import Document
from aika.domain.selection import Selection
from aika.ingestion.resolving import ResolvingIndex
from aika.protocols import Catalogue
from aika.registry import Surroundings, open_component
from aika.stores.database.database import Database
from aika.testing.contracts.index_makers import DIMENSIONS, PlainAnalyzer
from aika.testing.makers import make_document, make_entry
from aika.testing.selections import documents, scopes

ALPHA = np.eye(1, DIMENSIONS, dtype=np.float32)


@pytest.fixture
async def catalogue(tmp_path: Path) -> AsyncIterator[Catalogue]:
    async with Database.open(database_in(tmp_path)) as database:
        yield database.catalogue


@pytest.fixture
async def index(catalogue: Catalogue, tmp_path: Path) -> AsyncIterator[ResolvingIndex]:
    surroundings = Surroundings(base_dir=tmp_path, data_dir=tmp_path, analyzer=PlainAnalyzer())
    async with (
        open_component("indexes", "qdrant-edge", {}, surroundings) as shelf,
        shelf.open("only", dimensions=DIMENSIONS) as engine,
    ):
        yield ResolvingIndex(engine, catalogue)


async def keep(index: ResolvingIndex, catalogue: Catalogue, *held: Document) -> None:
    entries = [make_entry(document=document) for document in held]
    await catalogue.record(entries)
    await index.replace_many([(entry.document.id, entry.chunks, ALPHA) for entry in entries])


async def found(index: ResolvingIndex, scope: Scope) -> set[str]:
    by_words = await index.search_text("alpha", k=50, scope=scope)
    by_vector = await index.search_vector(ALPHA[0], k=50, scope=scope)
    assert {hit.document for hit in by_words} == {hit.document for hit in by_vector}
    return {hit.document for hit in by_words}


@given(held=documents(), scope=scopes())
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_search_finds_exactly_what_the_scope_admits(
    index: ResolvingIndex, catalogue: Catalogue, held: list[Document], scope: Scope
) -> None:
    before = await catalogue.ids(scope=UNRESTRICTED)
    await catalogue.remove(before)
    await index.remove(before)
    await keep(index, catalogue, *held)

    assert await found(index, scope) == {document.id for document in held if scope.admits(document)}


async def test_a_new_document_is_found_by_a_pattern_that_was_resolved_before(
    index: ResolvingIndex, catalogue: Catalogue
) -> None:
    scope = UNRESTRICTED.narrowed(selection=Selection(paths=frozenset({"docs/*.md"})))
    first, second = make_document("docs/a.md"), make_document("docs/b.md")
    await keep(index, catalogue, first, make_document("docs/deep/c.md"))
    assert await found(index, scope) == {first.id}

    await keep(index, catalogue, second)

    assert await found(index, scope) == {first.id, second.id}
