"""Which questions ask for a recorded fact, and which only look like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aika.domain.facts import Relation
from aika.facts.questions import asked_for


@pytest.mark.parametrize(
    ("question", "relation", "subject"),
    [
        ("Who owns the ferry-timetable repository?", Relation.OWNER, "ferry-timetable repository"),
        ("which team is responsible for the Ferry Timetable?", Relation.OWNER, "Ferry Timetable"),
        ("Hi! Can you tell me who looks after quay-lights now?", Relation.OWNER, "quay-lights"),
        ("Which Slack channel owns the docs page “Sail at dusk”?", Relation.OWNER, 'docs page "Sail at dusk"'),
        ("Which Slack channel should I contact about quay-lights?", Relation.CONTACT, "quay-lights"),
        ("What channel should I use for questions about quay-lights?", Relation.CONTACT, "quay-lights"),
        ("How do I reach the team behind quay-lights?", Relation.CONTACT, "quay-lights"),
        ("what's the mailing list of the Night Watch", Relation.CONTACT, "Night Watch"),
        ("Where do alerts for quay-lights go?", Relation.ALERTS, "quay-lights"),
        ("where are ferry-timetable alerts sent", Relation.ALERTS, "ferry-timetable"),
        ("What is the status of RFC 7?", Relation.STATUS, "RFC 7"),
        ("Who approved RFC-7 (Sail at dusk)?", Relation.APPROVER, "RFC-7 (Sail at dusk)"),
        ("By whom was RFC 7 reviewed?", Relation.REVIEWER, "RFC 7"),
        ("Who are the authors of RFC 7?", Relation.AUTHOR, "RFC 7"),
        ("Who chairs the Night Watch?", Relation.ROLE, "Night Watch"),
        ("Who are the Night Watch's tech leads?", Relation.ROLE, "Night Watch"),
        ("What does quay-lights depend on?", Relation.DEPENDS_ON, "quay-lights"),
        ("What replaced Lampyris?", Relation.SUCCESSOR, "Lampyris"),
    ],
)
def test_a_question_for_a_fact_has_a_relation_and_a_subject(question: str, relation: Relation, subject: str) -> None:
    asked = asked_for(question)

    assert asked is not None
    assert (asked.relation, asked.subject) == (relation, subject)


@pytest.mark.parametrize(
    "question",
    [
        "How do I become an owner of quay-lights?",
        "What do chairs of crews do?",
        "Who should review my change in general?",
        "Who maintains a repository?",
        "Who owns our data?",
        "Who owns this?",
        "Who are the chairs?",
        "What is the point of owners?",
        "Why does the Night Watch own quay-lights?",
        "How many approvers does a proposal need?",
        "What is the best way of finding an owner?",
        "quay-lights",
        "",
        "who owns " + "x" * 5_000,
    ],
)
def test_a_question_that_looks_like_one_asks_for_none(question: str) -> None:
    assert asked_for(question) is None


def test_a_role_is_asked_for_by_its_words() -> None:
    asked = asked_for("Who are the technical leads of the Night Watch?")

    assert asked is not None
    assert asked.role == ("tech", "lead")


@given(st.text(max_size=200))
def test_any_text_can_be_asked(text: str) -> None:
    asked_for(text)


def test_a_long_question_costs_no_time() -> None:
    asked_for("where do alerts for " + "a to " * 70 + "go to to to")
