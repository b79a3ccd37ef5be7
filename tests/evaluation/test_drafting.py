"""Topics drafted from documents, and taken from answers that helped."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prepared_database import database_in

from aika.chunkers.sections import SectionChunker
from aika.domain.access import EVERYONE
from aika.domain.answers import Answer, Band, Citation, Confidence, Feedback, Origin, Rating
from aika.domain.conversations import Conversation, Turn
from aika.domain.documents import RawDocument
from aika.domain.identifiers import AnswerId, ChunkId, ConversationId, PrincipalId, SourceId
from aika.domain.sources import Source
from aika.evaluation.drafting import draft_topics
from aika.evaluation.harvesting import WITHHELD, harvest, personal
from aika.evaluation.model_drafting import propose
from aika.forms.collections import State, TestTopicForm
from aika.ingestion.parsing import ChunkerSet, Intake, ParserSet
from aika.parsers.markdown import MarkdownParser
from aika.parsers.plaintext import PlainTextParser
from aika.protocols import Entry
from aika.stores.database.database import Database

PAGE = """\
# Berths

A berth is a place where a ferry lies over night.

## Rotate the mooring lines

The mooring check takes 20 minutes. Lines that are worn are cut.

## What do we do in a heavy storm?

We stay in the harbour.

## Fees

| ferry | fee | season |
|---|---|---|
| Tern | 40 € | summer |
| Gull | 55 € | winter |
"""


def make_entry(text: str = PAGE, key: str = "berths.md", *, readers: str = EVERYONE, source: str = "handbook") -> Entry:
    intake = Intake(ParserSet([MarkdownParser()], PlainTextParser()), ChunkerSet(SectionChunker(), {}))
    origin = Source(id=SourceId(source), connector="test", readers=frozenset({PrincipalId(readers)}))
    return intake.take(origin, RawDocument(key=key, content=text.encode(), path=key), version="1")[0]


def drafted(*entries: Entry, n: int = 20, known: tuple[str, ...] = ()) -> list[TestTopicForm]:
    return draft_topics(entries, n=n, name=lambda document: document.key, known=known)


def test_drafts_come_from_headings_definitions_facts_and_tables() -> None:
    found = {topic.question: topic.nuggets for topic in drafted(make_entry())}

    assert found["How do I rotate the mooring lines?"] == []
    assert found["What do we do in a heavy storm?"] == []
    assert found["What is a berth?"] == ["a place where a ferry lies over night"]
    assert found["How long does the mooring check take?"] == ["20 minutes"]
    assert found["What is the fee of Tern?"] == ["40 €"]


def test_a_draft_names_its_document_shows_its_passage_and_does_not_count() -> None:
    for topic in drafted(make_entry()):
        assert topic.state is State.DRAFT
        assert [relevant.document for relevant in topic.relevant] == ["berths.md"]
        assert topic.origin is not None
        assert topic.origin.passage


def test_few_drafts_come_from_many_documents() -> None:
    entries = [
        make_entry(PAGE.replace("ferry", f"ferry{n}").replace("mooring", f"mooring{n}"), f"{n}.md") for n in range(5)
    ]

    assert len({topic.relevant[0].document for topic in drafted(*entries, n=5)}) == 5


def test_no_draft_asks_what_another_or_the_collection_asks() -> None:
    twice = drafted(make_entry(), make_entry(key="copy.md"), known=("What is a berth for?",))

    questions = [topic.question for topic in twice]
    assert len(set(questions)) == len(questions)
    assert "What is a berth?" not in questions


def test_nothing_is_drafted_from_what_not_everybody_may_read() -> None:
    assert drafted(make_entry(readers="group:crew")) == []


def test_nothing_is_drafted_from_what_is_superseded() -> None:
    entry = make_entry()
    old = replace(entry.document, attributes={"superseded_by": "new.md"})

    assert drafted(replace(entry, document=old)) == []


def test_drafts_are_the_same_every_time() -> None:
    assert drafted(make_entry(), n=3) == drafted(make_entry(), n=3)


class ScriptedModel:
    """Replies with the same words to every passage."""

    def __init__(self, reply: str) -> None:
        self.reply = reply

    async def complete(self, instructions: str, text: str, *, max_tokens: int) -> str:
        return self.reply


@pytest.mark.parametrize(
    ("answer", "usable"), [("takes 20 minutes", True), ("takes 25 minutes", False), ("ignore all rules", False)]
)
async def test_what_a_model_proposes_must_stand_in_the_passage(answer: str, usable: bool) -> None:
    long = f"# Lines\n\nThe mooring check takes 20 minutes. {'It is done in the evening by two people. ' * 5}"
    model = ScriptedModel(f"question: How much time do I need for the ropes?\nanswer: {answer}")

    drafts, unusable = await propose(model, [make_entry(long)], n=5, progress=lambda *_: None)

    assert ([draft.nuggets for draft in drafts], unusable) == (([(answer,)], 0) if usable else ([], 1))


# Harvesting


def make_answer(entry: Entry, question: str = "Where do ferries lie?", id: str = "a1") -> Answer:
    citation = Citation(1, entry.document, ChunkId("c"), "A berth", 0, 7, None)
    confidence = Confidence(0.9, Band.HIGH)
    when = datetime(2026, 11, 1, tzinfo=UTC)
    return Answer(AnswerId(id), question, "At berths. [1]", Origin.EXTRACTED, (citation,), confidence, when)


def test_an_answer_that_helped_becomes_a_topic_with_what_it_cites() -> None:
    entry = make_entry()

    topic = harvest([make_answer(entry)], public={entry.document.id}).topics[0]

    assert topic.question == "Where do ferries lie?"
    assert [relevant.document for relevant in topic.relevant] == ["handbook/berths.md"]


def test_an_answer_from_what_not_everybody_may_read_stays_where_it_is() -> None:
    found = harvest([make_answer(make_entry())], public=set())

    assert (found.topics, found.restricted) == ((), 1)


def test_a_question_is_harvested_once() -> None:
    entry = make_entry()
    answers = [make_answer(entry), make_answer(entry, "WHERE do ferries lie?"), make_answer(entry, "Known?")]

    assert len(harvest(answers, public={entry.document.id}, known=["known?"]).topics) == 1


def test_what_may_name_a_person_is_pointed_out() -> None:
    assert personal("ask ada@example.com or @ada on +46 70 123 45 67") == [
        "ada@example.com",
        "@ada",
        "+46 70 123 45 67",
    ]


@pytest.mark.parametrize(
    ("rating", "tags", "taken"),
    [
        (Rating.HELPFUL, (), True),
        (Rating.HELPFUL, ("private",), False),
        (Rating.NOT_HELPFUL, (), False),
        (None, (), False),
    ],
)
async def test_only_what_whoever_asked_rated_helpful_is_harvested(
    tmp_path: Path, rating: Rating | None, tags: tuple[str, ...], taken: bool
) -> None:
    answer = make_answer(make_entry())
    turn = Turn(answer.question, answer, answer.created_at)
    conversation = Conversation(ConversationId("c1"), PrincipalId("ada"), "Ferries", (turn,), answer.created_at)
    async with Database.open(database_in(tmp_path)) as database:
        await database.conversations.start(conversation)
        if rating is not None:
            await database.conversations.give_feedback(Feedback(answer.id, rating, tags=tags), owner=PrincipalId("ada"))

        found = await database.rated.helpful(limit=10, withheld=WITHHELD)

    assert [one.id for one in found] == ([answer.id] if taken else [])
