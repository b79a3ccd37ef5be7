"""A retrieval's account as rows."""

from small_library import ANALYZER

from aika.domain.identifiers import ChunkId
from aika.domain.queries import Explanation, Hit, Move, Place, Retrieval
from aika.retrieval.explain import explanation_rows, matched_words
from aika.testing.makers import make_chunk, make_document


def test_hits_come_in_order_and_what_was_taken_out_last() -> None:
    hit = Hit(make_chunk("alpha", document=make_document(title="Guide")), 0.8)
    explanations = {
        ChunkId("gone"): Explanation(moves=(Move("duplicates", 2, None, "says the same as x"),)),
        hit.chunk.id: Explanation({"lexical": Place(1, 7.5)}, ("alpha",), (Move("rerank", 3, 1, "a closer look"),)),
    }

    first, last = explanation_rows(Retrieval("alpha", (hit,), explanations))

    assert (first.rank, first.title, first.score, first.places) == (1, "Guide", 0.8, (("lexical", 1, 7.5),))
    assert first.moves == ("rerank: 3 to 1, a closer look",)
    assert (last.rank, last.chunk, last.moves) == (None, "gone", ("duplicates: taken out, says the same as x",))


def test_matched_words_are_the_question_s_own() -> None:
    words = matched_words("How do Deployments fail, and why do deployments?", "It deploys the failing one", ANALYZER)

    assert words == ("Deployments", "fail")
