"""From a question to hits with an account of how they came about."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

import pytest
from small_library import SmallLibrary, ask, of_document, page

from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.errors import InvalidRequestError, TransientError
from aika.domain.identifiers import PrincipalId
from aika.domain.queries import Hit, Query
from aika.retrieval.hybrid import RetrievalOptions
from aika.retrieval.reranking import Reranking
from aika.testing.makers import make_document

LONG = "The payments worker retries a failed charge three times, and then puts it aside for a person to look at. "


class Reversing:
    """Puts the last first."""

    async def rerank(self, query: Query, hits: Sequence[Hit], *, k: int) -> list[Hit]:
        return list(reversed(hits))[:k]


class Unable:
    async def rerank(self, query: Query, hits: Sequence[Hit], *, k: int) -> list[Hit]:
        raise TransientError("no model")


class NeverDone:
    async def rerank(self, query: Query, hits: Sequence[Hit], *, k: int) -> list[Hit]:
        await asyncio.Event().wait()
        return []


async def test_the_best_hit_comes_first_with_its_text(library: SmallLibrary) -> None:
    await library.add(page("restart the payments worker", "a.md"), page("book a meeting room", "b.md"))

    retrieval = await library.retriever().retrieve(ask("restart payments"), k=1)

    assert [hit.chunk.text for hit in retrieval.hits] == ["restart the payments worker"]
    assert retrieval.query == "restart payments"


async def test_every_hit_is_explained(library: SmallLibrary) -> None:
    await library.add(page("restart the payments worker", "a.md"), page("payments are late", "b.md"))

    retrieval = await library.retriever().retrieve(ask("Restarting payments?"), k=2)

    first = retrieval.explanations[retrieval.hits[0].chunk.id]
    assert first.places.keys() == {"lexical", "dense", "fused"}
    assert first.places["fused"].rank == 1
    assert first.matched_terms == ("Restarting", "payments")


async def test_what_the_scope_does_not_admit_is_not_hinted_at(library: SmallLibrary) -> None:
    secret = make_document("secret.md", readers=["group:board"])
    await library.add(of_document(secret, "the merger with Initech"), page("the merger of two branches", "git.md"))

    retrieval = await library.retriever().retrieve(
        ask("merger Initech", scope=Scope.of([PrincipalId("user:alice")])), k=5
    )

    assert [hit.chunk.document.key for hit in retrieval.hits] == ["git.md"]
    assert retrieval.explanations.keys() == {hit.chunk.id for hit in retrieval.hits}


async def test_a_document_that_the_catalogue_lost_vanishes(library: SmallLibrary) -> None:
    entry = page("restart the payments worker")
    await library.add(entry)
    await library.database.catalogue.remove([entry.document.id])

    assert (await library.retriever().retrieve(ask("payments"), k=5)).hits == ()


async def test_nothing_indexed_is_nothing_found(library: SmallLibrary) -> None:
    retrieval = await library.retriever().retrieve(ask("payments"), k=5)

    assert (retrieval.hits, retrieval.explanations, retrieval.notes) == ((), {}, ())


async def test_a_number_of_hits_below_one_is_refused(library: SmallLibrary) -> None:
    with pytest.raises(InvalidRequestError, match="at least 1"):
        await library.retriever().retrieve(ask("payments"), k=0)


async def test_a_copy_gives_its_place_to_the_next(library: SmallLibrary) -> None:
    await library.add(page(LONG, "a.md"), page(LONG, "copy.md"), page("payments are late on Sundays", "b.md"))

    retrieval = await library.retriever().retrieve(ask("payments worker retries"), k=2)

    removed = [e for e in retrieval.explanations.values() if e.moves and e.moves[-1].rank_after is None]
    assert [hit.chunk.text for hit in retrieval.hits] == [LONG, "payments are late on Sundays"]
    assert [move.stage for e in removed for move in e.moves] == ["duplicates"]


async def test_one_document_does_not_take_all_places(library: SmallLibrary) -> None:
    long_one = page("", "a.md", parts=[f"{LONG} Case {word} of payments." for word in ("one", "two", "three", "four")])
    await library.add(long_one, page("payments are late", "b.md"))
    options = RetrievalOptions(per_document=2, duplicate_overlap=1.0)

    retrieval = await library.retriever(options=options).retrieve(ask("payments worker retries a failed charge"), k=3)

    assert sorted(hit.chunk.document.key for hit in retrieval.hits) == ["a.md", "a.md", "b.md"]


async def test_a_fragment_is_widened_to_what_is_around_it(library: SmallLibrary) -> None:
    entry = page("", parts=["To restart the worker, run this as the deploy user:", "```\nslipway restart\n```"])
    await library.add(entry)

    retrieval = await library.retriever().retrieve(ask("slipway"), k=5)

    assert [hit.chunk.text for hit in retrieval.hits] == [entry.body.text]


async def test_passages_are_spans_of_their_documents_and_do_not_contain_one_another(library: SmallLibrary) -> None:
    parts = [f"payments step {number}: " + "do it " * (7 * number) for number in range(9)]
    await library.add(page("", parts=parts), page("other payments", "b.md"))

    hits = (await library.retriever().retrieve(ask("payments step"), k=10)).hits

    for hit in hits:
        found = await library.database.catalogue.document(hit.chunk.document.id, scope=UNRESTRICTED)
        assert found is not None
        assert found[1].text[hit.chunk.start : hit.chunk.end] == hit.chunk.text
    spans = sorted((hit.chunk.document.id, hit.chunk.start, -hit.chunk.end) for hit in hits)
    assert all(one[0] != other[0] or -one[2] < -other[2] for one, other in pairwise(spans))


async def test_a_reranker_s_order_holds_and_is_explained(library: SmallLibrary) -> None:
    await library.add(page("restart the payments worker", "a.md"), page("payments are late", "b.md"))

    retrieval = await library.retriever(stages=[Reranking(Reversing())]).retrieve(
        ask("restart the payments worker"), k=2
    )

    moves = retrieval.explanations[retrieval.hits[0].chunk.id].moves
    assert retrieval.hits[0].chunk.document.key == "b.md"
    assert [(move.stage, move.rank_before, move.rank_after) for move in moves] == [("rerank", 2, 1)]


@pytest.mark.parametrize(("reranker", "trouble"), [(Unable(), "was unavailable"), (NeverDone(), "took too long")])
async def test_without_a_reranker_in_time_the_first_order_holds(
    library: SmallLibrary, reranker: Unable | NeverDone, trouble: str
) -> None:
    await library.add(page("restart the payments worker", "a.md"), page("payments are late", "b.md"))
    stage = Reranking(reranker, seconds=0.05)

    retrieval = await library.retriever(stages=[stage]).retrieve(ask("restart payments"), k=2)

    assert retrieval.hits[0].chunk.document.key == "a.md"
    assert retrieval.notes == (f"The reranker {trouble}; the first ranking stands.",)


async def test_the_same_question_gives_the_same_retrieval(library: SmallLibrary) -> None:
    await library.add(*(page(f"payments note {number}", f"{number}.md") for number in range(20)))

    first = await library.retriever().retrieve(ask("payments note"), k=5)
    second = await library.retriever().retrieve(ask("payments note"), k=5)

    assert first == second
