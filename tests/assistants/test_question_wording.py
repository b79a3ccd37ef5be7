"""Questions made of headings."""

import pytest

from aika.assistants.wording import as_asked, question_defining, question_of, question_within
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
        ("0006 Integer cents", Kind.DECISION, "What did we decide about integer cents?"),
        ("The client owns the types", Kind.DECISION, "Why does the client own the types?"),
        ("Indexes hold no text", Kind.DECISION, "Why do indexes hold no text?"),
        ("JetStream replaces RabbitMQ", Kind.DECISION, "Why did JetStream replace RabbitMQ?"),
        ("GTFS is the only format", Kind.DECISION, "Why is GTFS the only format?"),
        ("PostgreSQL for every service", Kind.DECISION, "Why do we use PostgreSQL for every service?"),
        (
            "Short tokens instead of long sessions",
            Kind.DECISION,
            "Why do we use short tokens instead of long sessions?",
        ),
        ("Whether passages answer is read by a model", Kind.DECISION, None),
        ("A sync finds out when it is late", Kind.DECISION, None),
        ("PgNearLimit: a database is full", Kind.RUNBOOK, "What do I do when a database is full?"),
        ("KeyExpiring and HP-1401: signing keys", Kind.RUNBOOK, "What do I do about KeyExpiring?"),
        ("How long we keep data", Kind.PAGE, "How long do we keep data?"),
        ("How the platform works", Kind.PAGE, "How does the platform work?"),
        ("When to travel", Kind.PAGE, "When should I travel?"),
        ("Roll back your app", Kind.PAGE, "How do I roll back my app?"),
        ("Access to production", Kind.PAGE, "How do I get access to production?"),
        ("Security policy", Kind.PAGE, "What is the security policy?"),
        ("Routing System", Kind.PAGE, None),
        ("release-process.md", Kind.PAGE, None),
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
        ("Opening hours", "What are the opening hours for harbour terminals?"),
        ("Running the tests", None),
        ("How a percentage works", None),
        ("Parking", None),
        ("Why may she read this?", None),
        ("Harbour terminals", None),
        ("POST /baskets/{id}", None),
        ("Context", None),
    ],
)
def test_a_heading_becomes_a_question_that_stands_alone(heading: str, question: str | None) -> None:
    assert question_within("Harbour terminals", heading, english_words(), known=False) == question


def test_a_part_of_what_is_talked_about_needs_no_name_of_its_document() -> None:
    assert (
        question_within("Harbour terminals", "Opening hours", english_words(), known=True)
        == "What are the opening hours?"
    )


def test_of_a_decision_that_is_only_proposed_nobody_asks_why_it_was_taken() -> None:
    proposed = question_of("Split the worker", Kind.DECISION, english_words(), settled=False)

    assert proposed == "Why do we want to split the worker?"
    assert question_of("Integer cents", Kind.DECISION, english_words(), settled=False) is None


@pytest.mark.parametrize(
    ("title", "opening", "question"),
    [
        ("Slipway", "Slipway is the tool that deploys every service.", "What is Slipway?"),
        ("Pricing engine", "The **pricing engine** is a service of fares.", "What is the pricing engine?"),
        ("Slipway", "Deploys run in the evening.", None),
    ],
)
def test_what_a_document_begins_by_defining_is_what_newcomers_ask(
    title: str, opening: str, question: str | None
) -> None:
    assert question_defining(title, opening, english_words()) == question


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("when does CI switch to node 24", "When does CI switch to node 24?"),
        ("How do I roll back a release?", "How do I roll back a release?"),
        ("PRC-3001 no tariff (KRO, NOR) - its 3am", None),
        ("import one timetable by hand", None),
        ("How long do sessions last? read it is 30 days", None),
        ("why?", None),
    ],
)
def test_what_others_asked_is_suggested_where_it_reads_as_a_question(asked: str, shown: str | None) -> None:
    assert as_asked(asked) == shown
