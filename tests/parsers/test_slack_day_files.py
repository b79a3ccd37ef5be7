"""Day files of a Slack workspace export."""

import json

import pytest

from aika.domain.documents import BlockKind, Kind, Parsed, RawDocument
from aika.parsers.structured_data import StructuredDataParser
from aika.protocols import Parser
from aika.testing.contracts.parser import ParserContract

NOON = 1_772_452_800  # 2 March 2026, 12:00 UTC


def message(text: str, minute: int, *, user: str = "U1", **more: object) -> dict[str, object]:
    return {"type": "message", "user": user, "text": text, "ts": f"{NOON + 60 * minute}.000100", **more}


def parsed(messages: list[dict[str, object]], path: str = "payments/2026-03-02.json") -> Parsed:
    return StructuredDataParser().parse(RawDocument(key=path, path=path, content=json.dumps(messages).encode()))


def shown(document: Parsed) -> list[str]:
    return [document.body.text[block.start : block.end] for block in document.body.blocks]


class TestSlackExportKeepsTheContract(ParserContract):
    @pytest.fixture
    def parser(self) -> Parser:
        return StructuredDataParser()

    @pytest.fixture
    def samples(self) -> list[RawDocument]:
        day = [message("Is <@U2> there?\r\nAsk &lt;him&gt;", 0), message("yes", 1, thread_ts=f"{NOON}.000100")]
        return [RawDocument(key="a", path="general/2026-03-02.json", content=json.dumps(day).encode())]


def test_a_day_is_a_conversation_called_after_channel_and_date() -> None:
    document = parsed([message("Hello", 3)])

    assert document.kind is Kind.CONVERSATION
    assert document.title == "#payments, 2026-03-02"
    assert document.attributes["channel"] == "payments"
    assert document.attributes["date"] == "2026-03-02"


def test_a_message_shows_time_and_name() -> None:
    document = parsed([message("Hello", 3, user_profile={"real_name": "Ann Lee", "display_name": "ann"})])

    assert shown(document) == ["[12:03] Ann Lee: Hello"]
    assert document.body.blocks[0].kind is BlockKind.MESSAGE
    assert document.body.blocks[0].anchor == "p1772452980000100"


def test_a_person_without_a_profile_is_shown_by_id() -> None:
    assert shown(parsed([message("Hello", 0, user="U77")])) == ["[12:00] U77: Hello"]


def test_a_thread_stands_together_under_its_first_words() -> None:
    first = message("Who can deploy on Fridays?", 0, thread_ts=f"{NOON}.000100")
    other = message("Lunch?", 1)
    reply = message("Only the release manager.", 2, thread_ts=f"{NOON}.000100")

    document = parsed([first, other, reply])

    assert [text.split(": ")[1] for text in shown(document)] == [
        "Who can deploy on Fridays?",
        "Only the release manager.",
        "Lunch?",
    ]
    assert [block.heading_path for block in document.body.blocks] == [
        ("Who can deploy on Fridays?",),
        ("Who can deploy on Fridays?",),
        (),
    ]


def test_references_are_resolved_where_the_file_knows_the_names() -> None:
    known = message("I do", 0, user="U2", user_profile={"real_name": "Ben Ray"})
    asks = message("<@U2> or <@U3>: see <https://wiki.example/x|the guide> in <#C1|ops> &amp; <!here>", 1)

    text = shown(parsed([known, asks]))[1]

    assert text.endswith("@Ben Ray or @U3: see the guide (https://wiki.example/x) in #ops & @here")


def test_files_and_attachments_are_told() -> None:
    alert = message("", 0, attachments=[{"title": "Disk full", "text": "on db-1", "fallback": "Disk full"}])
    upload = message("The plan", 1, files=[{"title": "plan.pdf"}])

    document = parsed([alert, upload])

    assert shown(document) == ["[12:00] U1: Disk full\non db-1", "[12:01] U1: The plan\n[file: plan.pdf]"]


def test_comings_and_goings_are_left_out() -> None:
    document = parsed([message("<@U2> has joined", 0, subtype="channel_join"), message("Hello", 1)])

    assert len(document.body.blocks) == 1


def test_a_day_of_nothing_else_still_says_so() -> None:
    document = parsed([message("<@U2> has joined the channel", 0, subtype="channel_join")])

    assert shown(document) == ["[12:00] U1: @U2 has joined the channel"]


def test_a_list_of_something_else_is_data() -> None:
    document = parsed([{"id": "C1", "name": "payments"}], "channels.json")

    assert document.kind is Kind.DATA
