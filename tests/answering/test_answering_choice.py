"""Which sentences an extractive answer chooses, and what it says of documents that are old or disagree."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from answering_evidence import ANALYZER, WordEmbedder, ask, pipeline

from aika.answering.evidence import EvidenceReader, Finding, FoundAnswer, ReadUnit
from aika.answering.extractive import ExtractiveWriter
from aika.answering.questions import QuestionKind, fits, question_kind, read_question
from aika.answering.sentences import UnitKind, minutes_between, units
from aika.answering.status import standings
from aika.answering.vectors import SentenceVectors
from aika.domain.answers import Answer
from aika.domain.documents import AttributeValue, Document, Kind, Owner
from aika.domain.queries import Hit
from aika.protocols import EmbeddingRole, Matrix
from aika.testing.makers import make_chunk, make_document


def page(text: str, key: str, *, kind: Kind = Kind.PAGE, **attributes: AttributeValue) -> Hit:
    made = make_document(key, title=key.removesuffix(".md").replace("-", " "), kind=kind)
    document = Document(
        id=made.id,
        source=made.source,
        key=key,
        title=made.title,
        kind=kind,
        attributes=attributes,
        readers=made.readers,
    )
    return Hit(make_chunk(text, document=document), 1.0)


async def answer_to(question: str, *hits: Hit, finding: Finding | None = None) -> str:
    draft = await ExtractiveWriter(EvidenceReader(ANALYZER, WordEmbedder(), finding)).draft(ask(question), hits)
    return draft.text


@dataclass(frozen=True)
class Pointing:
    """Takes the same words for the answer, wherever they first stand."""

    words: str
    answered: float

    async def find(self, question: str, units: Sequence[ReadUnit], hits: Sequence[Hit]) -> FoundAnswer | None:
        for number, hit in enumerate(hits):
            if (start := hit.chunk.text.find(self.words)) >= 0:
                return FoundAnswer(self.answered, number, start, start + len(self.words), self.words)
        return None


async def test_the_sentence_that_the_reader_takes_for_the_answer_leads() -> None:
    bank = page("A refund of a claim takes five days.", "bank.md")
    policy = page("Customers claim it within two weeks.", "policy.md")
    question = "How long does a customer have to claim a refund?"

    unsure = await answer_to(question, bank, policy, finding=Pointing("two weeks", 0.05))
    sure = await answer_to(question, bank, policy, finding=Pointing("two weeks", 0.99))

    assert unsure.startswith("A refund of a claim takes five days.")
    assert sure.startswith("Customers claim it within two weeks.")


async def test_a_number_under_the_heading_that_was_asked_for_wins_over_sentences_with_the_words() -> None:
    policy = "# Refund window\n\nClaims are accepted for 30 days after the trip.\n\n# Other\n\nThe form is short."
    other = page("Each refund is sent by the refund worker. The refund worker opens a window.", "worker.md")

    text = await answer_to("What is the refund window?", other, page(policy, "policy.md"))

    assert text.startswith("Claims are accepted for 30 days after the trip. [1]")


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("What is the deadline for claims?", "Hand it in within ten working days.", True),
        ("What is the deadline for claims?", "There are 12 forms.", False),
        ("How often does it run?", "It runs nightly, once an hour at most.", True),
        ("What is the limit for vouchers?", "Up to €50 without asking.", True),
        ("In what year was it built?", "The mill was built in 1849.", True),
    ],
)
def test_a_question_for_a_length_of_time_is_answered_by_one(question: str, text: str, *, expected: bool) -> None:
    assert fits(read_question(question, ANALYZER), text) is expected


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How do I raise the rate limit?", QuestionKind.HOW_TO),
        ("rotate the signing key", QuestionKind.HOW_TO),
        ("FATAL: too many clients already", QuestionKind.TROUBLE),
        ("What is the retention of the audit log?", QuestionKind.QUANTITY),
    ],
)
def test_what_is_asked_for_is_read_from_the_form(question: str, kind: QuestionKind) -> None:
    assert question_kind(question) is kind


async def test_the_current_page_answers_before_one_that_was_not_reviewed_for_long() -> None:
    old = page("To roll back a deployment run `winch undo orders`.", "old-way.md", last_reviewed="2024-05-01")
    new = page("To roll back a deployment run `slip back orders`.", "new-way.md", last_reviewed="2026-05-01")

    text = await answer_to("How do I roll back a deployment?", old, new)

    assert text.startswith("To roll back a deployment run `slip back orders`. [1]")
    assert "winch" not in text


async def test_a_superseded_decision_does_not_lead() -> None:
    old = page("Sessions of customers last 30 days.", "adr-4.md", status="superseded", superseded_by="ADR-9")
    new = page("Sessions of customers last 12 hours.", "adr-9.md", status="accepted")

    text = await answer_to("How long do sessions of customers last?", old, new)

    assert text.startswith("Sessions of customers last 12 hours. [1]")


def test_age_alone_takes_nothing_from_a_decision() -> None:
    old = page("a", "adr-1.md", status="accepted", date="2019-01-01").chunk.document
    new = page("b", "page.md", last_reviewed="2026-01-01").chunk.document

    assert standings([old, new]) == (1.0, 1.0)


async def test_documents_that_disagree_are_both_quoted_and_the_note_says_so() -> None:
    care = page("A claim must reach us within 14 days after the trip.", "care.md")
    payments = page("A claim must reach us within 30 days after the trip.", "payments.md")

    outcome = [
        event
        async for event in pipeline([care, payments]).answer(
            ask("Within how many days after the trip must a claim reach us?")
        )
    ][-1]

    assert isinstance(outcome, Answer)
    assert "14 days" in outcome.text
    assert "30 days" in outcome.text
    assert any("“care” and “payments” disagree: 14 days [1], 30 days [2]" in note for note in outcome.notes)


async def test_an_errors_own_line_is_followed_by_what_to_do() -> None:
    runbook = (
        "# Stalled\n\n```text\nTDE-401 feed refused: no certificate (orders)\n```\n\n"
        "The certificate of the feed has run out. Renew it with `tide renew`, then restart the import.\n"
    )

    text = await answer_to("TDE-401 feed refused: no certificate", page(runbook, "stalled.md", kind=Kind.RUNBOOK))

    assert "Renew it with `tide renew`" in text


async def test_a_command_answers_how_with_the_line_that_leads_to_it() -> None:
    text = await answer_to(
        "How do I take back a release?",
        page("In May 3 % of the releases were taken back.", "numbers.md"),
        page("# Release\n\nTo take it back:\n\n```console\nslip back orders\n```\n", "release.md"),
    )

    assert text.startswith("To take it back: [1]")
    assert "slip back orders" in text


async def test_a_reason_in_a_section_called_why_answers_why() -> None:
    adr = (
        "## Decision\n\nEvents go through Reed instead of Rabbit.\n\n## Why\n\nReed replays events of the last week.\n"
    )

    text = await answer_to("Why do we use Reed?", page(adr, "adr-7.md"))

    assert "Reed replays events of the last week." in text


async def test_a_question_in_a_chat_brings_its_replies() -> None:
    chat = "[09:02] Ana: label printer prints blank labels?\n[09:07] Bo: hold FEED for 7 seconds.\n"

    text = await answer_to("label printer prints blank labels", page(chat, "chat.json", kind=Kind.CONVERSATION))

    assert "hold FEED for 7 seconds" in text


async def test_a_question_that_nobody_answered_is_no_answer() -> None:
    chat = "[09:55] Ana: can I see alerts older than a year?\n[14:05] Bo: the office closes early on Friday.\n"

    text = await answer_to("can I see alerts older than a year?", page(chat, "chat.json", kind=Kind.CONVERSATION))

    assert "older than a year" not in text


async def test_a_document_about_something_that_happened_does_not_name_the_owner() -> None:
    made = make_document("adr/11.md", title="Tide moves from Platform to the Harbour team")
    document = Document(id=made.id, source=made.source, key=made.key, title=made.title, owner=Owner("Platform"))
    moved = Hit(make_chunk("Tide is owned by Harbour since May.", document=document), 1.0)

    text = await answer_to("who owns tide?", moved)

    assert text.startswith("Tide is owned by Harbour since May. [1]")


async def test_the_folders_of_the_file_that_names_an_owner_are_not_shown() -> None:
    made = make_document("tide", title="tide")
    owner = Owner("Harbour", found_in="/srv/aika/sources/tide.yaml")
    document = Document(id=made.id, source=made.source, key=made.key, title="tide", owner=owner)

    text = await answer_to("who owns tide?", Hit(make_chunk("It serves tides.", document=document), 1.0))

    assert "according to tide.yaml" in text
    assert "/srv" not in text


async def test_the_status_on_record_answers_what_the_status_is() -> None:
    text = await answer_to(
        "What is the status of tide lockers?", page("A wall of boxes.", "tide-lockers.md", status="draft")
    )

    assert text.startswith("**tide lockers** has the status **draft**. [1]")


async def test_the_record_is_not_quoted_unless_it_is_asked_for() -> None:
    text = "---\nstatus: draft\ntitle: tide lockers\n---\n\nTide lockers are a wall of boxes.\n"

    shown = await answer_to(
        "What are tide lockers?", page(text, "tide-lockers.md", status="draft", title="tide lockers")
    )

    assert shown == "Tide lockers are a wall of boxes. [1]"


def test_a_list_table_is_read_by_rows() -> None:
    text = ".. list-table:: Who pays\n   :header-rows: 1\n\n   * - operators\n     - who pays\n   * - same\n     - nobody\n"

    found = [" ".join(text[unit.start : unit.end].split()) for unit in units(text) if unit.kind is UnitKind.ITEM]

    assert found == ["operators - who pays", "same - nobody"]


def test_code_that_closes_on_its_line_opens_no_block() -> None:
    text = "```TDE-401 refused```\nDelete the token.\n"

    assert [unit.kind for unit in units(text)] == [UnitKind.SENTENCE]


def test_minutes_between_messages_are_zero_where_they_show_no_times() -> None:
    assert minutes_between("[09:55] Ana: a", "[14:05] Bo: b") == 250
    assert minutes_between("Ana: a", "Bo: b") == 0


async def test_sentences_are_embedded_once_and_never_behind_documents() -> None:
    class Counting(WordEmbedder):
        def __init__(self) -> None:
            self.asked: list[tuple[str, str]] = []

        async def embed(self, texts: Sequence[str], *, role: EmbeddingRole) -> Matrix:
            self.asked += [(role, text) for text in texts]
            return await super().embed(texts, role=role)

    embedder = Counting()
    vectors = SentenceVectors(embedder)
    first = await vectors.of(["tide", "reed", "tide"])
    second = await vectors.of(["reed", "ferry"])

    assert embedder.asked == [("query", "tide"), ("query", "reed"), ("query", "ferry")]
    assert np.array_equal(first[1], second[0])
