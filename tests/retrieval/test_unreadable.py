"""What retrieval tells of documents that the asker may not read: nothing."""

from dataclasses import replace

from small_library import SmallLibrary, ask, of_document

from aika.domain.access import Scope
from aika.domain.documents import Document
from aika.domain.identifiers import PrincipalId
from aika.testing.makers import make_document

ALICE = Scope.of([PrincipalId("user:alice@example.org")])


def document(key: str, *readers: str) -> Document:
    return make_document(key, title=key, readers=readers)


async def test_places_are_counted_among_what_may_be_read(library: SmallLibrary) -> None:
    better = [of_document(document(f"{n}", "user:bob@example.org"), "The harbour crane crane crane.") for n in range(5)]
    await library.add(*better, of_document(document("alice", "user:alice@example.org"), "The crane lifts a load."))

    found = await library.retriever().retrieve(ask("harbour crane", scope=ALICE), k=5)

    assert [hit.chunk.document.key for hit in found.hits] == ["alice"]
    assert set(found.explanations) == {hit.chunk.id for hit in found.hits}
    places = found.explanations[found.hits[0].chunk.id].places
    assert {name: place.rank for name, place in places.items()} == {"lexical": 1, "dense": 1, "fused": 1}


async def test_readers_that_the_index_has_yet_to_follow_leave_no_gap(library: SmallLibrary) -> None:
    lost = of_document(document("lost", "user:alice@example.org"), "The harbour crane crane crane.")
    kept = of_document(document("kept", "user:alice@example.org"), "The crane lifts a load.")
    await library.add(lost, kept)
    # Recorded, and not followed by the index.
    await library.database.catalogue.record([replace(lost, document=document("lost", "user:bob@example.org"))])

    found = await library.retriever().retrieve(ask("harbour crane", scope=ALICE), k=5)

    places = found.explanations[found.hits[0].chunk.id].places
    assert [hit.chunk.document.key for hit in found.hits] == ["kept"]
    assert set(found.explanations) == {found.hits[0].chunk.id}
    assert {place.rank for place in places.values()} == {1}


async def test_the_same_is_found_whether_or_not_something_hidden_matches(library: SmallLibrary) -> None:
    await library.add(
        of_document(document("kept", "user:alice@example.org"), "The crane lifts a load."),
        of_document(document("other", "user:alice@example.org"), "Refunds take thirty days."),
    )
    before = await library.retriever().retrieve(ask("crane", scope=ALICE), k=5)
    await library.add(of_document(document("hidden", "user:bob@example.org"), "Another crane, and Nightjar."))

    after = await library.retriever().retrieve(ask("crane", scope=ALICE), k=5)
    named = await library.retriever().retrieve(ask("Nightjar", scope=ALICE), k=5)
    made_up = await library.retriever().retrieve(ask("Nightjay", scope=ALICE), k=5)

    assert [hit.chunk.id for hit in after.hits] == [hit.chunk.id for hit in before.hits]
    assert {hit.chunk.id for hit in named.hits} == {hit.chunk.id for hit in made_up.hits}
