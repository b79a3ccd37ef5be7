"""Conversations as the Slack connectors hand them over."""

import json

import pytest

from aika.domain.documents import BlockKind, Kind, Parsed, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.parsers.slack_conversation import SlackConversationParser
from aika.protocols import Parser
from aika.testing.contracts.parser import ParserContract

NOON = 1_772_452_800  # 2 March 2026, 12:00 UTC
MEDIA_TYPE = "application/vnd.aika.slack-conversation+json"


def message(text: str, minute: int = 0, *, user: str = "U1", **more: object) -> dict[str, object]:
    return {"user": user, "text": text, "ts": f"{NOON + 60 * minute}.000100", **more}


def raw(*messages: dict[str, object]) -> RawDocument:
    content = {
        "channel": "payments",
        "users": {"U1": "Ann Lee", "U2": "Ben Ray"},
        "channels": {"C2": "ops"},
        "messages": list(messages),
    }
    return RawDocument(key="C1/1", path="payments/1.json", content=json.dumps(content).encode(), media_type=MEDIA_TYPE)


def parsed(*messages: dict[str, object]) -> Parsed:
    return SlackConversationParser().parse(raw(*messages))


def title(*messages: dict[str, object]) -> str:
    return str(parsed(*messages).title)


class TestSlackConversationKeepsTheContract(ParserContract):
    @pytest.fixture
    def parser(self) -> Parser:
        return SlackConversationParser()

    @pytest.fixture
    def samples(self) -> list[RawDocument]:
        return [raw(message("Is <@U2> there?\r\nAsk &lt;him&gt;"), message("yes", 1, user="U2"))]


def test_each_message_is_a_line_with_name_and_time_and_the_day_is_told_where_it_begins() -> None:
    document = parsed(message("Who can deploy?"), message("I can", 5, user="U2"), message("Thanks", 24 * 60))

    assert document.kind is Kind.CONVERSATION
    assert document.body.text.splitlines() == [
        "[2026-03-02 12:00] Ann Lee: Who can deploy?",
        "[12:05] Ben Ray: I can",
        "[2026-03-03 12:00] Ann Lee: Thanks",
    ]
    assert {block.kind for block in document.body.blocks} == {BlockKind.MESSAGE}
    assert document.body.blocks[0].anchor == "p1772452800000100"


def test_names_stand_for_ids_also_without_brackets() -> None:
    text = parsed(message("<@U2> and @U1, see <#C2|old-name> and <https://wiki.example/x|the guide> <!here>")).body.text

    assert text.endswith("@Ben Ray and @Ann Lee, see #ops and the guide (https://wiki.example/x) @here")


def test_the_title_is_the_question_it_begins_with() -> None:
    assert (
        title(message("Hi all, I moved teams. Which dashboard shows refunds per country?"), message("The blue one", 1))
        == "#payments: Which dashboard shows refunds per country?"
    )


def test_a_request_for_attention_is_no_title() -> None:
    assert (
        title(message("Refunds fail with error 402 since yesterday evening. Could you look?"))
        == "#payments: Refunds fail with error 402 since yesterday evening."
    )


def test_the_answer_of_another_person_is_no_title() -> None:
    assert title(message("refunds broken"), message("Which country did you try exactly?", 1, user="U2")) == (
        "#payments: refunds broken"
    )


def test_reactions_are_counted_over_the_conversation() -> None:
    thumbs = [{"name": "+1", "count": 2}]

    document = parsed(message("Ship it?", reactions=thumbs), message("Yes", 1, reactions=thumbs))

    assert document.attributes["reactions"] == ("+1 4",)


def test_text_of_files_and_of_blocks_is_told() -> None:
    log = message("The log", files=[{"title": "deploy.log", "preview": "exit code 137"}])
    rich = {
        "type": "rich_text",
        "elements": [{"type": "text", "text": "Out of memory says"}, {"type": "user", "user_id": "U2"}],
    }

    text = parsed(log, message("", 1, blocks=[rich])).body.text

    assert "[file: deploy.log]\nexit code 137" in text
    assert text.endswith("Ann Lee: Out of memory says @Ben Ray")


def test_a_conversation_that_says_nothing_is_refused() -> None:
    with pytest.raises(UnreadableDocumentError, match="none of its messages"):
        parsed(message(""))
