"""Answers from passages that are in no index: compared fairly, cited like others, and kept nowhere."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from answering_evidence import ANALYZER, TODAY, FixedRetriever, WordEmbedder, WritingGenerator

from aika.answering.assembly import usual_stages
from aika.answering.pipeline import AnswerPipeline
from aika.domain.access import EVERYONE, UNRESTRICTED, Scope
from aika.domain.answers import Abstention, Answer, AnswerEvent
from aika.domain.documents import Kind
from aika.domain.errors import TransientError
from aika.domain.identifiers import PrincipalId
from aika.domain.queries import Handed, Hit, Message, Query, Retrieval, Role
from aika.protocols import EmbeddingRole, Generator, Matrix
from aika.retrieval.handing import HandingRetriever
from aika.testing.clock import SetClock
from aika.testing.makers import make_chunk, make_document

ANNA = PrincipalId("user:anna@example.org")
BEN = PrincipalId("user:ben@example.org")
HERS = Scope.of({ANNA})
QUESTION = "How long are backups of the order database kept?"
BACKUPS = "Backups of the order database are kept for 35 days. They are encrypted with the vault key."
KEYS = "Keys to the office are handed out by Maja Holm in Tampere."
SAID = "[2026-10-30 10:00] Ben: Backups of the order database are kept for 90 days since the audit."
PERMALINK = "https://example.slack.com/archives/G1/p1700000000000100"


def page(text: str, key: str) -> Hit:
    document = make_document(key, title=key.removesuffix(".md").title())
    return Hit(make_chunk(text, document=replace(document, modified_at=TODAY - timedelta(days=10))), 1.0)


def message(text: str = SAID, *, reader: PrincipalId = ANNA, ts: str = "1700000000.000100") -> Hit:
    document = make_document(ts, source="slack-personal", title="#orders", kind=Kind.CONVERSATION, readers=[reader])
    return Hit(make_chunk(text, document=replace(document, url=PERMALINK, modified_at=TODAY)), 1.0)


class Hands:
    """Hands over the same passages for every question, and remembers what it was asked."""

    def __init__(self, *hits: Hit, notes: tuple[str, ...] = ()) -> None:
        self.handed = Handed(hits, notes)
        self.asked: list[str] = []

    async def __call__(self, question: str) -> Handed:
        self.asked.append(question)
        return self.handed


def retriever(*found: Hit) -> HandingRetriever:
    return HandingRetriever(FixedRetriever(found), WordEmbedder(), ANALYZER)


def query(hands: Hands, *, scope: Scope = HERS, text: str = QUESTION) -> Query:
    return Query(text, scope, handing=hands, private=True)


def keys(retrieval: Retrieval) -> list[str]:
    return [hit.chunk.document.key for hit in retrieval.hits]


async def outcome(asked: Query, *found: Hit, generator: Generator | None = None) -> Answer | Abstention:
    stages = usual_stages(retriever(*found), analyzer=ANALYZER, embedder=WordEmbedder(), generator=generator)
    pipeline = AnswerPipeline(stages, analyzer=ANALYZER, clock=SetClock(TODAY))
    events: list[AnswerEvent] = [event async for event in pipeline.answer(asked)]
    last = events[-1]
    assert isinstance(last, Answer | Abstention)
    return last


async def test_a_passage_that_is_nearer_comes_before_the_pages() -> None:
    found = await retriever(page(KEYS, "keys.md")).retrieve(query(Hands(message())), k=6)

    assert keys(found) == ["1700000000.000100", "keys.md"]
    assert found.private


async def test_a_passage_that_is_further_away_comes_after_the_pages() -> None:
    aside = message("[10:00] Ben: the order database was slow today, how long does it take for you")

    found = await retriever(page(BACKUPS, "backups.md")).retrieve(query(Hands(aside)), k=6)

    assert keys(found) == ["backups.md", "1700000000.000100"]


async def test_what_has_nothing_to_do_with_the_question_is_left_out_and_makes_nothing_private() -> None:
    lunch = message("[10:00] Ben: pizza or sushi today?")

    found = await retriever(page(BACKUPS, "backups.md")).retrieve(query(Hands(lunch)), k=6)

    assert keys(found) == ["backups.md"]
    assert not found.private


async def test_the_order_of_the_ranking_stands() -> None:
    pages = [page(KEYS, "first.md"), page(BACKUPS, "second.md"), page(KEYS, "third.md")]

    found = await retriever(*pages).retrieve(query(Hands(message())), k=6)

    assert [key for key in keys(found) if key.endswith(".md")] == ["first.md", "second.md", "third.md"]


async def test_messages_take_at_most_half_of_the_evidence() -> None:
    pages = [page(BACKUPS, f"page{number}.md") for number in range(6)]
    messages = [message(SAID + f" {number}", ts=f"1700000000.00010{number}") for number in range(9)]

    found = await retriever(*pages).retrieve(query(Hands(*messages)), k=6)

    assert len(found.hits) == 6
    assert sum(key.endswith(".md") for key in keys(found)) >= 3


async def test_scores_still_fall_down_the_ranking() -> None:
    pages = [replace(page(BACKUPS, "a.md"), score=0.8), replace(page(KEYS, "b.md"), score=0.3)]

    found = await retriever(*pages).retrieve(query(Hands(message())), k=6)

    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)


async def test_a_message_that_was_found_as_a_page_too_is_not_taken_twice() -> None:
    indexed = message(reader=EVERYONE)

    found = await retriever(indexed).retrieve(query(Hands(message())), k=6)

    assert len(found.hits) == 1
    assert not found.private


async def test_a_passage_that_another_person_may_read_is_left_out() -> None:
    found = await retriever(page(BACKUPS, "backups.md")).retrieve(query(Hands(message(reader=BEN))), k=6)

    assert keys(found) == ["backups.md"]


@pytest.mark.parametrize("scope", [UNRESTRICTED, Scope.of_all([{ANNA}, {BEN}])], ids=["nobody's", "two people's"])
async def test_where_more_than_the_asker_may_see_the_answer_nothing_is_taken(scope: Scope) -> None:
    found = await retriever(page(BACKUPS, "backups.md")).retrieve(query(Hands(message()), scope=scope), k=6)

    assert keys(found) == ["backups.md"]


async def test_the_limits_of_an_assistant_do_not_hide_what_is_the_askers_own() -> None:
    narrowed = HERS.narrowed(sources=[], kinds=[Kind.PAGE])

    found = await retriever().retrieve(query(Hands(message()), scope=narrowed), k=6)

    assert keys(found) == ["1700000000.000100"]


async def test_the_lookup_and_the_search_run_at_the_same_time() -> None:
    looked = asyncio.Event()

    async def hands(_: str) -> Handed:
        looked.set()
        return Handed()

    class Waiting(FixedRetriever):
        async def retrieve(self, query: Query, *, k: int) -> Retrieval:
            async with asyncio.timeout(30):
                await looked.wait()
            return await super().retrieve(query, k=k)

    asked = Query(QUESTION, HERS, handing=hands, private=True)
    found = await HandingRetriever(Waiting([page(BACKUPS, "a.md")]), None, ANALYZER).retrieve(asked, k=6)

    assert keys(found) == ["a.md"]


async def test_a_follow_up_is_looked_up_as_it_stands_alone() -> None:
    class Rewriting(FixedRetriever):
        async def retrieve(self, query: Query, *, k: int) -> Retrieval:
            return replace(await super().retrieve(query, k=k), query=QUESTION)

    hands = Hands()
    asked = replace(query(hands, text="And how long?"), history=(Message(Role.USER, "Are there backups?"),))
    await HandingRetriever(Rewriting([]), None, ANALYZER).retrieve(asked, k=6)

    assert hands.asked == [QUESTION]


async def test_without_vectors_words_decide() -> None:
    class Broken(WordEmbedder):
        async def embed(self, texts: Sequence[str], *, role: EmbeddingRole) -> Matrix:
            raise TransientError("the embedder is down")

    found = await HandingRetriever(FixedRetriever([page(KEYS, "keys.md")]), Broken(), ANALYZER).retrieve(
        query(Hands(message())), k=6
    )

    assert keys(found)[0] == "1700000000.000100"


async def test_a_handed_passage_is_quoted_and_cited_with_its_permalink() -> None:
    answer = await outcome(query(Hands(message())), page(KEYS, "keys.md"))

    assert isinstance(answer, Answer)
    assert answer.private
    assert "90 days" in answer.text
    assert answer.citations[0].url == PERMALINK
    assert answer.citations[0].quote == SAID[answer.citations[0].start : answer.citations[0].end]


async def test_what_a_model_writes_is_verified_against_a_handed_passage() -> None:
    generator = WritingGenerator(
        "Backups of the order database are kept for 90 days [1]. They are shipped to the moon every night [1]."
    )

    answer = await outcome(query(Hands(message())), page(KEYS, "keys.md"), generator=generator)

    assert isinstance(answer, Answer)
    assert "90 days" in answer.text
    assert "moon" not in answer.text


async def test_an_answer_that_saw_a_passage_is_private_even_where_it_cites_a_page() -> None:
    aside = message("[10:00] Ben: the order database was slow today, how long does it take for you")
    generator = WritingGenerator("Backups of the order database are kept for 35 days [1].")

    answer = await outcome(query(Hands(aside)), page(BACKUPS, "backups.md"), generator=generator)

    assert isinstance(answer, Answer)
    assert [citation.document.key for citation in answer.citations] == ["backups.md"]
    assert answer.private


async def test_an_answer_without_passages_is_not_private_and_says_what_was_missing() -> None:
    hands = Hands(notes=("Your own Slack messages could not be searched.",))

    answer = await outcome(query(hands), page(BACKUPS, "backups.md"))

    assert not answer.private
    assert "Your own Slack messages could not be searched." in answer.notes
