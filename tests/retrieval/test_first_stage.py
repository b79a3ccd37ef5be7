"""The first stage: rankings by words and by vectors, together."""

import asyncio

import pytest
from small_library import BrokenRanker, SmallLibrary, ask, page

from aika.domain.access import Scope
from aika.domain.errors import TransientError
from aika.domain.identifiers import PrincipalId, SourceId
from aika.domain.queries import Candidate, Query
from aika.retrieval.hybrid import RetrievalOptions
from aika.retrieval.lexical import LexicalRanker


class Asleep:
    """Never answers."""

    name = "dense"

    async def rank(self, query: Query, *, k: int) -> list[Candidate]:
        await asyncio.Event().wait()
        return []


async def test_both_rankings_are_fused(library: SmallLibrary) -> None:
    await library.add(page("restart the payments worker", "a.md"), page("book a meeting room", "b.md"))

    stage = await library.ranker().first_stage(ask("restart payments worker"), depth=5)

    assert stage.rankings.keys() == {"lexical", "dense"}
    assert stage.fused[0].chunk == stage.rankings["lexical"][0].chunk
    assert stage.notes == ()


@pytest.mark.parametrize("error", [TransientError("down"), RuntimeError("a bug")])
async def test_a_failing_ranking_is_left_out_with_a_note(library: SmallLibrary, error: Exception) -> None:
    await library.add(page("restart the payments worker"))

    stage = await library.ranker(LexicalRanker(library.index), BrokenRanker(error)).first_stage(ask("restart"), depth=5)

    assert len(stage.fused) == 1
    assert stage.notes == ("The dense ranking was unavailable; the others were used.",)


async def test_a_ranking_that_takes_too_long_is_left_out(library: SmallLibrary) -> None:
    await library.add(page("restart the payments worker"))
    impatient = RetrievalOptions(ranking_seconds=0.05)

    stage = await library.ranker(LexicalRanker(library.index), Asleep(), options=impatient).first_stage(
        ask("restart"), depth=5
    )

    assert len(stage.fused) == 1
    assert "unavailable" in stage.notes[0]


async def test_when_every_ranking_fails_so_does_the_question(library: SmallLibrary) -> None:
    with pytest.raises(TransientError, match="down"):
        await library.ranker(BrokenRanker(TransientError("down"))).rank(ask("restart"), k=5)


async def test_every_ranking_is_asked_with_the_question_s_scope(library: SmallLibrary) -> None:
    await library.add(page("restart the payments worker"))
    elsewhere = Scope.of([PrincipalId("user:alice")]).narrowed(sources=[SourceId("other")])

    assert await library.ranker().rank(ask("restart", scope=elsewhere), k=5) == []


async def test_a_follow_up_is_ranked_as_the_question_that_stands_alone(library: SmallLibrary) -> None:
    await library.add(page("payments worker", "a.md"), page("meeting room", "b.md"))

    stage = await library.ranker().first_stage(ask("Who owns it?", after=["Where does payments run?"]), depth=5)

    assert "payments" in stage.query.text
    assert stage.query.history == ()
    assert stage.notes == (f"The question was read as: {stage.query.text}",)
