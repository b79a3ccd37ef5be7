"""Questions made of headings."""

import pytest

from aika.assistants.wording import question_of, question_within
from aika.domain.documents import Kind
from aika.models.wordpiece import english_words


@pytest.mark.parametrize(
    ("title", "kind", "question"),
    [
        ("Deploying to production", Kind.PAGE, "How do I deploy to production?"),
        ("How to ask for a refund", Kind.PAGE, "How do I ask for a refund?"),
        ("Who is on call at night?", Kind.PAGE, "Who is on call at night?"),
        ("RefundQueueStuck: refunds do not leave", Kind.RUNBOOK, "What do I do when refunds do not leave?"),
        ("ADR-0012: Use PostgreSQL for orders", Kind.DECISION, "Why did we decide to use PostgreSQL for orders?"),
        ("0006 Integer cents", Kind.DECISION, "Why “Integer cents”?"),
        ("checkout", Kind.CATALOG, "Who owns checkout?"),
        ("Overview", Kind.PAGE, None),
        ("Test collections", Kind.PAGE, None),
        ("techdocs/checkout/catalog-info.yaml", Kind.CATALOG, None),
    ],
)
def test_a_title_becomes_the_question_that_people_ask(title: str, kind: Kind, question: str | None) -> None:
    assert question_of(title, kind, english_words()) == question


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Rotating the signing keys", "How do I rotate the signing keys?"),
        ("Opening hours", "What does “Harbour terminals” say about opening hours?"),
        ("Why may she read this?", None),
        ("Harbour terminals", None),
        ("POST /baskets/{id}", None),
        ("Context", None),
    ],
)
def test_a_heading_becomes_a_question_that_stands_alone(heading: str, question: str | None) -> None:
    assert question_within("Harbour terminals", heading, english_words(), known=False) == question
