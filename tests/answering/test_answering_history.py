"""What earlier answers from a source, and to a kind of question, say of the next one."""

from collections.abc import Sequence

import pytest
from answering_evidence import ask

from aika.answering.history import HistorySignals
from aika.domain.answers import Citation, Draft, Experience, Origin
from aika.domain.documents import Document
from aika.domain.identifiers import ChunkId, DocumentId, SourceId

WIKI, CHAT = SourceId("wiki"), SourceId("chat")


class Remembered:
    def __init__(self, *rated: Experience) -> None:
        self._rated = rated

    async def rated(self, limit: int) -> Sequence[Experience]:
        return self._rated[:limit]


def draft_citing(*sources: SourceId) -> Draft:
    documents = [Document(DocumentId(source), source, "page", "Page") for source in sources]
    citations = [Citation(1, document, ChunkId("c"), "q", 0, 1, None) for document in documents]
    return Draft(ask("Who owns it?"), "Team Blue. [1]", Origin.EXTRACTED, (), tuple(citations))


def rated(question: str, source: SourceId, helpful: int, unhelpful: int) -> Experience:
    return Experience(question, (source,), helpful, unhelpful)


async def test_a_source_whose_answers_helped_less_lowers_and_says_so() -> None:
    history = HistorySignals(Remembered(rated("Who?", WIKI, 40, 0), rated("Who?", CHAT, 2, 18)))

    found = await history.of(ask("Who owns it?"), draft_citing(CHAT))

    assert found["history_source"].value < 0.3
    assert found["history_source"].words == (
        "Answers from “chat” were rated helpful 2 of 20 times; all answers, 70% of the time."
    )


async def test_a_source_like_all_others_says_nothing_either_way() -> None:
    history = HistorySignals(Remembered(rated("Who?", WIKI, 8, 2), rated("Who?", CHAT, 8, 2)))

    found = await history.of(ask("Who owns it?"), draft_citing(WIKI))

    assert found["history_source"].value == pytest.approx(0.5)


async def test_the_worst_source_of_an_answer_counts() -> None:
    history = HistorySignals(Remembered(rated("Who?", WIKI, 40, 0), rated("Who?", CHAT, 2, 18)))

    both = await history.of(ask("Who owns it?"), draft_citing(WIKI, CHAT))
    alone = await history.of(ask("Who owns it?"), draft_citing(CHAT))

    assert both["history_source"] == alone["history_source"]


async def test_a_kind_of_question_is_compared_with_all_questions() -> None:
    history = HistorySignals(Remembered(rated("Who owns it?", WIKI, 30, 0), rated("Why is it so?", WIKI, 0, 30)))

    who = await history.of(ask("Who owns it?"), draft_citing(WIKI))
    why = await history.of(ask("Why is that?"), draft_citing(WIKI))

    assert why["history_kind"].value < 0.5 < who["history_kind"].value


async def test_a_few_ratings_are_not_told() -> None:
    history = HistorySignals(Remembered(rated("Who owns it?", WIKI, 0, 4)))

    assert await history.of(ask("Who owns it?"), draft_citing(WIKI)) == {}
