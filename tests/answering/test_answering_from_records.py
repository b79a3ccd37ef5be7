"""Questions that a record answers exactly: the words, the citation, the confidence, and everything that falls through."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from answering_evidence import ANALYZER, TODAY, FixedRetriever, WordEmbedder, WritingGenerator
from prepared_database import database_in

from aika.answering.assembly import usual_stages
from aika.answering.pipeline import AnswerPipeline
from aika.answering.stating import FactStatement
from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.answers import Abstention, Answer, AnswerEvent, Band, Origin, Retrieved, TextDelta
from aika.domain.documents import Document
from aika.domain.facts import Fact, Profile, Relation
from aika.domain.queries import Message, Query, Retrieval, Role
from aika.facts.finding import FactFinder
from aika.protocols import Entry
from aika.stores.database.database import Database
from aika.testing.clock import SetClock
from aika.testing.makers import make_document, make_entry

TEXT = "name: ferry-timetable\nteam: Harbour\nslack: harbour\n"
OWNER = Fact(Relation.OWNER, "team", ("Harbour",), 22, 35)
CHANNEL = Fact(Relation.CONTACT, "slack", ("#harbour",), 36, 50)
FERRY = Profile(("ferry-timetable",), facts=(OWNER, CHANNEL))


def recorded(*profiles: Profile, document: Document | None = None, text: str = TEXT) -> Entry:
    return replace(make_entry(text, document=document or make_document("services.yaml")), profiles=profiles)


class CountingRetriever(FixedRetriever):
    """Finds nothing, and counts how often it was asked."""

    def __init__(self, rewritten: str | None = None) -> None:
        super().__init__([])
        self.asked = 0
        self.rewritten = rewritten

    async def retrieve(self, query: Query, *, k: int) -> Retrieval:
        self.asked += 1
        return replace(await super().retrieve(query, k=k), query=self.rewritten or query.text)


@asynccontextmanager
async def answering(
    entries: Sequence[Entry], folder: Path, retriever: CountingRetriever, generator: WritingGenerator | None = None
) -> AsyncIterator[AnswerPipeline]:
    async with Database.open(database_in(folder)) as database:
        await database.catalogue.record(entries)
        stating = FactStatement(FactFinder(database.facts, database.catalogue), database.catalogue)
        stages = usual_stages(
            retriever, analyzer=ANALYZER, embedder=WordEmbedder(), generator=generator, stating=stating
        )
        yield AnswerPipeline(stages, analyzer=ANALYZER, clock=SetClock(TODAY))


@pytest.fixture
def retriever() -> CountingRetriever:
    return CountingRetriever()


@pytest.fixture
async def pipeline(tmp_path: Path, retriever: CountingRetriever) -> AsyncIterator[AnswerPipeline]:
    async with answering([recorded(FERRY)], tmp_path, retriever) as opened:
        yield opened


async def events(pipeline: AnswerPipeline, question: str, scope: Scope = UNRESTRICTED) -> list[AnswerEvent]:
    return [event async for event in pipeline.answer(Query(question, scope))]


async def answered(pipeline: AnswerPipeline, question: str) -> Answer:
    last = (await events(pipeline, question))[-1]
    assert isinstance(last, Answer), last
    return last


async def test_the_answer_names_the_owner_and_how_to_reach_it(pipeline: AnswerPipeline) -> None:
    answer = await answered(pipeline, "Who owns the Ferry Timetable?")

    assert answer.text == "`ferry-timetable` is owned by `Harbour`. [1]\n\nContact: `#harbour` [2]"
    assert answer.origin is Origin.EXTRACTED


async def test_each_citation_quotes_the_line_that_says_so(pipeline: AnswerPipeline) -> None:
    answer = await answered(pipeline, "Who owns the Ferry Timetable?")

    assert [citation.quote for citation in answer.citations] == ["team: Harbour", "slack: harbour"]
    assert [TEXT[citation.start : citation.end] for citation in answer.citations] == ["team: Harbour", "slack: harbour"]
    assert all(citation.support == 1.0 for citation in answer.citations)


async def test_an_exact_record_gives_high_confidence(pipeline: AnswerPipeline) -> None:
    answer = await answered(pipeline, "Who owns ferry-timetable?")

    assert answer.confidence.band is Band.HIGH


async def test_a_record_answers_without_a_search(pipeline: AnswerPipeline, retriever: CountingRetriever) -> None:
    found = await events(pipeline, "Who owns ferry-timetable?")

    assert retriever.asked == 0
    assert [type(event) for event in found] == [Retrieved, TextDelta, Answer]


async def test_a_record_answers_before_a_language_model(tmp_path: Path, retriever: CountingRetriever) -> None:
    generator = WritingGenerator("Somebody else owns it.")
    async with answering([recorded(FERRY)], tmp_path, retriever, generator) as pipeline:
        answer = await answered(pipeline, "Who owns ferry-timetable?")

    assert "Harbour" in answer.text
    assert generator.asked == []


@pytest.mark.parametrize("question", ["Who owns the submarine?", "How do I become an owner of ferry-timetable?"])
async def test_everything_else_is_searched_for(
    pipeline: AnswerPipeline, retriever: CountingRetriever, question: str
) -> None:
    last = (await events(pipeline, question))[-1]

    assert isinstance(last, Abstention)
    assert retriever.asked == 1


async def test_who_may_not_read_the_record_gets_no_word_of_it(
    pipeline: AnswerPipeline, retriever: CountingRetriever
) -> None:
    found = await events(pipeline, "Who owns ferry-timetable?", UNRESTRICTED.narrowed(sources=[]))

    assert isinstance(found[-1], Abstention)
    assert "Harbour" not in str(found)


async def test_a_follow_up_is_answered_after_it_was_rewritten(tmp_path: Path) -> None:
    retriever = CountingRetriever(rewritten="Who owns ferry-timetable?")
    async with answering([recorded(FERRY)], tmp_path, retriever) as pipeline:
        query = Query("And who owns it?", UNRESTRICTED, history=(Message(Role.USER, "What is ferry-timetable?"),))
        found = [event async for event in pipeline.answer(query)]

    last = found[-1]
    assert isinstance(last, Answer)
    assert "Harbour" in last.text
    assert sum(isinstance(event, Retrieved) for event in found) == 1


async def test_one_person_in_a_role_is_named_in_the_singular(tmp_path: Path, retriever: CountingRetriever) -> None:
    decided = Profile(("RFC 7",), facts=(Fact(Relation.APPROVER, "approvers", ("@ada",), 0, 4),))
    async with answering([recorded(decided)], tmp_path, retriever) as pipeline:
        answer = await answered(pipeline, "Who approved RFC 7?")

    assert answer.text == "The approver of **RFC 7** is `@ada`. [1]"


async def test_a_way_to_reach_somebody_is_told_once(tmp_path: Path, retriever: CountingRetriever) -> None:
    ways = tuple(
        Fact(Relation.CONTACT, label, ("#harbour",), start, start + 4)
        for label, start in (("slack", 0), ("channel", 9))
    )
    async with answering([recorded(Profile(("Harbour",), facts=ways))], tmp_path, retriever) as pipeline:
        answer = await answered(pipeline, "How do I reach Harbour?")

    assert answer.text.count("#harbour") == 1


async def test_an_undecided_person_is_told_as_such(tmp_path: Path, retriever: CountingRetriever) -> None:
    undecided = Profile(("RFC 7",), facts=(Fact(Relation.APPROVER, "approvers", ("TBD",), 0, 4),))
    async with answering([recorded(undecided)], tmp_path, retriever) as pipeline:
        answer = await answered(pipeline, "Who approved RFC 7?")

    assert answer.text == "The record of **RFC 7** says only `TBD` for the approvers. [1]"


async def test_people_are_listed_in_the_records_order(tmp_path: Path, retriever: CountingRetriever) -> None:
    people = Fact(Relation.ROLE, "leadership tech_leads", ("Ada Byron", "Lin Zhao", "@oskar"), 0, 4)
    async with answering([recorded(Profile(("Night Watch",), facts=(people,)))], tmp_path, retriever) as pipeline:
        answer = await answered(pipeline, "Who are the tech leads of the Night Watch?")

    assert answer.text == "The tech leads of **Night Watch** are **Ada Byron**, **Lin Zhao** and `@oskar`. [1]"


async def test_another_record_that_says_otherwise_is_a_note(tmp_path: Path, retriever: CountingRetriever) -> None:
    other = recorded(
        Profile(("ferry-timetable",), facts=(replace(OWNER, values=("Lamps",)),)),
        document=replace(make_document("old.yaml", title="Old list"), attributes={"status": "deprecated"}),
    )
    async with answering([recorded(FERRY), other], tmp_path, retriever) as pipeline:
        answer = await answered(pipeline, "Who owns ferry-timetable?")

    assert "Lamps" not in answer.text
    assert answer.notes[0] == "“Old list” records something else: Lamps."
    # So that the answer, note and all, is for those alone who may read both.
    assert {hit.chunk.document.title for hit in answer.evidence} >= {"Old list"}


async def test_a_value_cannot_bring_markup_along(tmp_path: Path, retriever: CountingRetriever) -> None:
    evil = Fact(Relation.OWNER, "team", ("<img src=x> [click](https://evil.example) ` *b*",), 22, 35)
    async with answering([recorded(Profile(("ferry",), facts=(evil,)))], tmp_path, retriever) as pipeline:
        answer = await answered(pipeline, "Who owns ferry?")

    assert "<img" not in answer.text
    assert "](" not in answer.text
