"""Messages of a channel without threads, put together to conversations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aika.connectors.disentanglement.linking import disentangle, links
from aika.connectors.disentanglement.reading import Names, Utterance, read

NAMES = {"U1": ["ann", "Ann Lee"], "U2": ["ben"], "U3": ["cleo"], "U4": ["dan"]}


def said(*lines: tuple[str, float, str]) -> list[Utterance]:
    """Make messages from (author, minute, text)."""
    return [Utterance(author, 1_772_452_800 + 60 * minute, text) for author, minute, text in lines]


def test_an_answer_by_name_belongs_to_the_question() -> None:
    messages = said(
        ("U1", 0, "how do I restart the payment worker after a deploy?"),
        ("U3", 1, "is there a way to resize my home partition without losing data?"),
        ("U2", 2, "ann: systemctl restart payment-worker"),
        ("U4", 3, "cleo: boot a live disk and run gparted"),
        ("U1", 4, "ben: thanks, that worked"),
    )

    assert disentangle(messages, NAMES) == [[0, 2, 4], [1, 3]]


def test_a_reference_by_id_is_a_name_too() -> None:
    messages = said(
        ("U1", 0, "how do I restart the payment worker after a deploy?"),
        ("U3", 1, "is there a way to resize my home partition without losing data?"),
        ("U2", 2, "<@U1> use systemctl"),
    )

    assert links(messages, NAMES)[2] == 0


def test_a_question_long_after_the_last_message_begins_a_conversation() -> None:
    messages = said(
        ("U1", 0, "how do I restart the payment worker?"),
        ("U2", 1, "ann: systemctl restart"),
        ("U3", 900, "does anyone know why the invoices are late today?"),
    )

    assert disentangle(messages, NAMES) == [[0, 1], [2]]


def test_what_is_said_after_a_night_of_silence_begins_a_conversation() -> None:
    messages = said(
        ("U1", 0, "the build is green again"), ("U2", 1, "ann: great"), ("U3", 800, "the canteen is closed today")
    )

    assert disentangle(messages, NAMES) == [[0, 1], [2]]


def test_new_messages_move_no_older_ones() -> None:
    lines = ("ann: try again", "why does it fail?", "the disk is full", "ok")
    messages = said(*((f"U{minute * 7 % 4 + 1}", minute, lines[minute * 3 % 4]) for minute in range(60)))

    whole = links(messages, NAMES)

    assert links(messages[:40], NAMES) == whole[:40]


def test_no_messages_are_no_conversations() -> None:
    assert disentangle([], {}) == []


@given(
    st.lists(
        st.tuples(st.sampled_from(["U1", "U2", "U9", ""]), st.floats(0, 10_000), st.text(max_size=40)), max_size=20
    )
)
def test_every_message_is_in_exactly_one_conversation(lines: list[tuple[str, float, str]]) -> None:
    messages = said(*sorted(lines, key=lambda line: line[1]))

    found = disentangle(messages, NAMES)

    assert sorted(index for conversation in found for index in conversation) == list(range(len(messages)))
    assert all(conversation == sorted(conversation) for conversation in found)


@pytest.mark.parametrize(
    ("text", "addressed"),
    [
        ("ann: look", "U1"),
        ("Ann, look", "U1"),
        ("@ann look", "U1"),
        ("<@U2> look", "U2"),
        ("look at this", None),
        ("I asked cleo already", "U3"),
        ("cleo and ben know", "U3"),
    ],
)
def test_whom_a_message_speaks_to(text: str, addressed: str | None) -> None:
    assert read(Utterance("U4", 0, text), Names(NAMES)).addressed == addressed
