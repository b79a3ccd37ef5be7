"""How rankings become one."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from aika.domain.identifiers import ChunkId, DocumentId
from aika.domain.queries import Candidate
from aika.retrieval.fusion import best_of_each_document, fuse

HALF = {"lexical": 0.5, "dense": 0.5}


def ranking(*scored: tuple[str, float]) -> list[Candidate]:
    return [Candidate(ChunkId(chunk), DocumentId(chunk[0]), score) for chunk, score in scored]


def order(candidates: Sequence[Candidate]) -> list[str]:
    return [candidate.chunk for candidate in candidates]


def test_scales_do_not_matter() -> None:
    lexical = ranking(("a", 30.0), ("b", 20.0), ("c", 10.0))
    dense = ranking(("b", 0.75), ("a", 0.5), ("c", 0.25))

    fused = fuse({"lexical": lexical, "dense": dense}, HALF, depth=10)

    assert [(c.chunk, c.score) for c in fused] == [("a", 0.75), ("b", 0.75), ("c", 0.0)]


def test_found_by_both_is_better_than_found_by_one() -> None:
    lexical = ranking(("a", 3.0), ("b", 2.9), ("z", 0.1))
    dense = ranking(("c", 0.9), ("b", 0.85), ("z", 0.1))

    assert order(fuse({"lexical": lexical, "dense": dense}, HALF, depth=10))[0] == "b"


def test_what_only_one_ranking_has_is_kept() -> None:
    fused = fuse({"lexical": ranking(("a", 2.0)), "dense": ranking(("b", 0.4))}, HALF, depth=10)

    assert order(fused) == ["a", "b"]


def test_an_absent_ranking_leaves_its_weight_to_the_others() -> None:
    fused = fuse({"lexical": ranking(("a", 2.0), ("b", 1.0))}, HALF, depth=10)

    assert [candidate.score for candidate in fused] == [1.0, 0.0]


def test_an_empty_ranking_is_no_ranking() -> None:
    fused = fuse({"lexical": [], "dense": ranking(("a", 0.9), ("b", 0.1))}, HALF, depth=10)

    assert [candidate.score for candidate in fused] == [1.0, 0.0]


def test_nothing_found_is_nothing_fused() -> None:
    assert fuse({"lexical": [], "dense": []}, HALF, depth=10) == []
    assert fuse({}, HALF, depth=10) == []


def test_a_ranking_without_weight_counts_nothing() -> None:
    fused = fuse(
        {"lexical": ranking(("a", 1.0)), "dense": ranking(("b", 1.0))}, {"lexical": 1.0, "dense": 0.0}, depth=10
    )

    assert order(fused) == ["a"]


def test_a_longer_ranking_does_not_change_the_first_places() -> None:
    lexical = ranking(*((f"{number:03}", 100.0 - number) for number in range(50)))
    dense = ranking(*((f"{number:03}", 1 / (1 + number)) for number in range(49, -1, -1)))
    dense.sort(key=lambda candidate: -candidate.score)

    short = fuse({"lexical": lexical[:10], "dense": dense[:10]}, HALF, depth=10)
    long = fuse({"lexical": lexical, "dense": dense}, HALF, depth=10)

    assert [(c.chunk, c.score) for c in long[: len(short)]] == [(c.chunk, c.score) for c in short]


def test_a_document_stands_where_its_best_chunk_stands() -> None:
    assert order(best_of_each_document(ranking(("a1", 3), ("b1", 2), ("a2", 1), ("c1", 0)))) == ["a1", "b1", "c1"]


scores = st.dictionaries(
    st.sampled_from("abcdefgh"), st.floats(min_value=-5, max_value=50, allow_nan=False), max_size=8
)


@given(scores, scores)
def test_fused_scores_fall_from_at_most_one_to_zero_and_miss_nobody(
    lexical: dict[str, float], dense: dict[str, float]
) -> None:
    both = {
        name: sorted(ranking(*found.items()), key=lambda candidate: -candidate.score)
        for name, found in (("lexical", lexical), ("dense", dense))
    }

    fused = fuse(both, HALF, depth=10)

    values = [candidate.score for candidate in fused]
    assert values == sorted(values, reverse=True)
    assert all(0 <= value <= 1 + 1e-9 for value in values)
    assert set(order(fused)) == lexical.keys() | dense.keys()
