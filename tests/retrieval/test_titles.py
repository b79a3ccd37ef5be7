"""Documents whose names have the question's words come first."""

import pytest
from small_library import ANALYZER, ask

from aika.domain.queries import Hit
from aika.retrieval.titles import TitleMatch
from aika.testing.makers import make_chunk, make_document


def hit(key: str, score: float, title: str = "") -> Hit:
    return Hit(make_chunk(document=make_document(key, title=title)), score)


async def reordered(question: str, *hits: Hit) -> list[str]:
    done = await TitleMatch(ANALYZER).reorder(ask(question), hits)
    return [found.chunk.document.key for found in done.hits]


async def test_a_title_with_the_question_s_words_comes_first() -> None:
    hits = hit("a.md", 0.8, "Deployments"), hit("b.md", 0.75, "Rotating database credentials")

    assert await reordered("How do I rotate the database credentials?", *hits) == ["b.md", "a.md"]


async def test_a_path_says_as_much_as_a_title() -> None:
    hits = hit("docs/deployments.md", 0.8), hit("runbooks/rotate-credentials.md", 0.75)

    assert (await reordered("rotate credentials", *hits))[0] == "runbooks/rotate-credentials.md"


async def test_what_all_names_share_changes_nothing() -> None:
    hits = hit("service/a.md", 0.8, "Service notes"), hit("service/b.md", 0.79, "Service notes")

    assert await reordered("Which service is it?", *hits) == ["service/a.md", "service/b.md"]


async def test_a_name_alone_does_not_beat_a_much_better_text() -> None:
    hits = hit("a.md", 1.0, "Notes"), hit("b.md", 0.5, "Credentials")

    assert await reordered("rotate credentials", *hits) == ["a.md", "b.md"]


@pytest.mark.parametrize("question", ["?", "the and of", "x" * 5_000])
async def test_a_question_without_words_of_names_keeps_the_order(question: str) -> None:
    hits = hit("a.md", 0.8, "Notes"), hit("b.md", 0.7, "Credentials")

    assert await reordered(question, *hits) == ["a.md", "b.md"]


async def test_scores_stay_between_0_and_1() -> None:
    done = await TitleMatch(ANALYZER).reorder(ask("credentials"), [hit("a.md", 1.0, "Credentials"), hit("b.md", 0.0)])

    assert [round(found.score, 3) for found in done.hits] == [1.0, 0.0]
