"""Answers as messages of Slack: whatever they hold, Slack takes them, and nothing in them acts."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_world.block_kit import complaints_about_blocks

from aika.answering.courtesy import NOT_FOUND, not_found
from aika.delivery.slack_elements import Element
from aika.domain.answers import Abstention, Answer, Band, Citation, Confidence, Origin
from aika.domain.documents import Document
from aika.domain.identifiers import AnswerId, ChunkId
from aika.domain.queries import Hit
from aika.surfaces.slack.elements import plain_of
from aika.surfaces.slack.fitting import weight
from aika.surfaces.slack.rendering import LONGEST_TEXT, Rendered, answer_blocks, markdown_blocks
from aika.testing.makers import make_chunk, make_document

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
LEAVE = "https://docs.example.org/leave"


def document(title: str = "Leave", url: str | None = LEAVE, **more: object) -> Document:
    return replace(make_document(key=title, title=title), url=url, **more)  # type: ignore[arg-type] # fields by name


def citation(marker: int = 1, url: str | None = f"{LEAVE}#days", **more: object) -> Citation:
    made = Citation(marker, document(), ChunkId("c"), "25 days", 0, 7, url, ("Holidays", "How many"))
    return replace(made, **more)  # type: ignore[arg-type] # fields by name


def answer(text: str, *citations: Citation, notes: tuple[str, ...] = (), value: float = 0.82) -> Answer:
    sure = Confidence(value, Band.HIGH)
    return Answer(AnswerId("a"), "q", text, Origin.EXTRACTED, citations, sure, NOON, notes=notes)


def rendered(text: str, *citations: Citation, **more: object) -> Rendered:
    return answer_blocks(answer(text, *citations), style="band", now=NOON, **more)  # type: ignore[arg-type] # by name


def inside(part: object) -> Iterator[Element]:
    """Every object in a part of a message."""
    if isinstance(part, dict):
        yield part
        for value in part.values():
            yield from inside(value)
    elif isinstance(part, list):
        for one in part:
            yield from inside(one)


def of_type(blocks: list[Element], kind: str) -> list[Element]:
    return [part for part in inside(blocks) if part.get("type") == kind]


def texts(blocks: list[Element]) -> list[tuple[object, object]]:
    return [(part["text"], part.get("style", {})) for part in of_type(blocks, "text")]


# What it looks like


def test_formatting_becomes_that_of_slack() -> None:
    blocks = markdown_blocks("**Ask** _your_ ~~boss~~ `lead`").blocks

    assert texts(blocks) == [
        ("Ask", {"bold": True}),
        (" ", {}),
        ("your", {"italic": True}),
        (" ", {}),
        ("boss", {"strike": True}),
        (" ", {}),
        ("lead", {"code": True}),
    ]


def test_a_heading_is_bold_and_paragraphs_are_apart() -> None:
    blocks = markdown_blocks("# Leave\nTake it.\n\nSoon.").blocks

    assert texts(blocks) == [("Leave", {"bold": True}), ("\nTake it.\n\nSoon.", {})]


def test_a_fence_is_preformatted() -> None:
    (code,) = of_type(markdown_blocks("```sh\nmake <all>\n  now\n```").blocks, "rich_text_preformatted")

    assert code["elements"] == [{"type": "text", "text": "make <all>\n  now"}]


def test_a_list_continues_its_numbers_after_the_list_inside_it() -> None:
    blocks = markdown_blocks("3. one\n   - inner\n4. two").blocks

    lists = of_type(blocks, "rich_text_list")
    assert [(one["style"], one.get("indent", 0), one.get("offset", 0)) for one in lists] == [
        ("ordered", 0, 2),
        ("bullet", 1, 0),
        ("ordered", 0, 3),
    ]


def test_a_quote_keeps_its_lists_as_lines() -> None:
    (quote,) = of_type(markdown_blocks("> Say:\n> - yes\n> - no").blocks, "rich_text_quote")

    assert plain_of([quote]) == "Say:\n• yes\n• no"


def test_the_first_table_is_slacks_and_further_ones_are_drawn() -> None:
    table = "| Day | Hours |\n|---|---|\n| Monday | 8 |\n"

    blocks = markdown_blocks(f"{table}\n\n{table}").blocks

    assert len(of_type(blocks, "table")) == 1
    (drawn,) = of_type(blocks, "rich_text_preformatted")
    assert plain_of([drawn]) == "Day    | Hours\n-------+------\nMonday | 8"
    assert complaints_about_blocks(blocks) == []


def test_a_table_wider_than_slacks_is_drawn() -> None:
    row = "|" + "a|" * 21

    blocks = markdown_blocks(f"{row}\n|{'-|' * 21}\n{row}").blocks

    assert not of_type(blocks, "table")
    assert plain_of(blocks).count("a") == 42


def test_a_marker_opens_what_it_stands_for() -> None:
    blocks = rendered("25 days [1].", citation()).blocks

    assert {(link["text"], link["url"]) for link in of_type(blocks, "link")} == {("[1]", f"{LEAVE}#days")}


def test_a_footnote_names_title_heading_source_and_age() -> None:
    old = citation(document=document(modified_at=NOON - timedelta(days=95)))

    said = plain_of(rendered("25 days [1].", old).blocks)

    assert "[1] Leave — Holidays › How many · handbook · changed 3 months ago" in said


def test_citations_of_one_section_share_a_footnote() -> None:
    said = plain_of(rendered("25 days [1], of which 5 can be kept [2].", citation(), citation(marker=2)).blocks)

    assert "[1] [2] Leave — Holidays › How many" in said
    assert said.count("Leave —") == 1


@pytest.mark.parametrize(("days", "words"), [(0, "today"), (1, "yesterday"), (40, "40 days ago"), (900, "2 years ago")])
def test_ages_are_told_in_words(days: int, words: str) -> None:
    cited = citation(document=document(modified_at=NOON - timedelta(days=days)))

    assert f"changed {words}" in plain_of(rendered("[1]", cited).blocks)


@pytest.mark.parametrize(("style", "words"), [("band", "Confidence: high"), ("number", "Confidence: 82 %")])
def test_confidence_is_told_as_the_team_wants_it(style: str, words: str) -> None:
    blocks = answer_blocks(answer("Yes."), style=style, now=NOON).blocks  # type: ignore[arg-type] # one of three

    assert plain_of(blocks).endswith(words)


def test_confidence_need_not_be_told() -> None:
    assert "onfidence" not in plain_of(answer_blocks(answer("Yes."), style="none", now=NOON).blocks)


def test_notes_are_told() -> None:
    blocks = answer_blocks(answer("Yes.", notes=("It changed long ago.",)), style="none", now=NOON).blocks

    assert plain_of(blocks) == "Yes.\nIt changed long ago."


def test_an_abstention_names_what_comes_nearest_once() -> None:
    hits = tuple(Hit(replace(make_chunk(position=n), document=document()), 1.0) for n in range(3))
    outcome = Abstention(AnswerId("a"), "q", not_found(hits), "no evidence", Confidence(0.1, Band.LOW), NOON, hits)

    blocks = answer_blocks(outcome, style="band", now=NOON).blocks

    assert plain_of(blocks) == f"{NOT_FOUND}\nWhat comes nearest\n• Leave — handbook"
    assert [link["url"] for link in of_type(blocks, "link")] == [LEAVE]


# What is too long


def test_a_long_answer_is_cut_says_so_and_says_where_to_read_on() -> None:
    long = rendered("All days count. " * 2_000, citation(), read_on="https://aika.example.org/c/1")

    assert long.shortened
    assert complaints_about_blocks(long.blocks) == []
    assert ("Shortened. ", {"italic": True}) in texts(long.blocks)
    assert "https://aika.example.org/c/1" in {link["url"] for link in of_type(long.blocks, "link")}


def test_an_answer_that_fits_is_whole() -> None:
    text = "word " * 1_000

    short = rendered(text)

    assert not short.shortened
    assert text.strip() in plain_of(short.blocks)


def test_quotes_nested_too_deep_to_be_read_are_shown_as_they_were_written() -> None:
    blocks = markdown_blocks(">" * 500 + " deep").blocks

    assert "deep" in plain_of(blocks)


# What must not act

ATTACKS = [
    "<!channel> <!here> <!everyone>",
    "<@U123> <#C123> <!subteam^S1>",
    "&lt;!channel&gt; &#60;@U123&#62;",
    "<https://evil.example|the handbook>",
    "[the handbook](https://evil.example)",
    "[1](https://evil.example)",
    "[1]: https://evil.example\n\n[1]",
    "![](https://evil.example/pixel.png)",
    "<https://evil.example>",
    "https://evil.example",
    "www.evil.example",
    "<a href='https://evil.example'>leave</a>",
    "[x](javascript:alert(1)) [y](data:text/html,z)",
    f"[x]({LEAVE}@evil.example)",
    f"[x]({LEAVE}.evil.example)",
    "[x](slack://user?team=T1&id=U1)",
    "[x](mailto:all@example.org)",
    "\u202eevil\u202c \u2066x\u2069 \u200b@channel",
    "```\n<!channel>\n```",
    "> <!channel>\n\n| <@U1> |\n|---|\n| [x](https://evil.example) |",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_an_answer_mentions_or_leads_elsewhere(attack: str) -> None:
    message = rendered(f"{attack} [1]", citation(document=document(title=attack)))

    links = {link["url"] for link in of_type(message.blocks, "link")}
    assert links <= {f"{LEAVE}#days"}
    assert acting(message) == []


def acting(message: Rendered) -> list[object]:
    """What could mention, hide, or turn around."""
    kinds = {"user", "usergroup", "channel", "broadcast", "mrkdwn", "markdown", "image"}
    parts = [part for part in inside(message.blocks) if part.get("type") in kinds]
    unseen = re.findall("[\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069]", plain_of(message.blocks) + message.text)
    return [*parts, *unseen, *re.findall("[<>]|&(?!amp;|lt;|gt;)|https?://|www\\.", message.text)]


def test_the_words_for_notifications_are_escaped_and_without_addresses() -> None:
    message = markdown_blocks("Tell <!channel> & see https://evil.example/x")

    assert message.text == "Tell &lt;!channel&gt; &amp; see [link]"


def test_a_document_with_an_address_that_nobody_should_open_is_not_linked() -> None:
    blocks = rendered("Yes [1].", citation(url="javascript:alert(1)", document=document(url="file:///etc"))).blocks

    assert of_type(blocks, "link") == []
    assert "[1] Leave" in plain_of(blocks)


# Any Markdown whatever

_PIECES = st.sampled_from(
    [
        *"*_~`#>-+|[]()!<&\\\n 1.\t:",
        *("\n\n", "```\n", "~~~", "| a | b |\n|---|---|\n", "|", "- ", "  - ", "1. ", "> ", "    code\n", "---\n"),
        *(
            "[1]",
            "[2]",
            "[x](https://docs.example.org/leave)",
            "[1]: /u\n",
            "**",
            "<!channel>",
            "<@U1>",
            "&amp;",
            "word",
        ),
        *("\u202e", "\x00", "\r", "\u2028", "\ud800", "😀", "é", "<https://e.example|t>", "https://e.example"),
    ]
)
_MARKDOWN = st.one_of(st.lists(_PIECES, max_size=60).map("".join), st.text(max_size=200))
_LONG = st.tuples(_MARKDOWN, st.integers(1, 400)).map(lambda pair: pair[0] * pair[1])


@settings(max_examples=100, deadline=None)
@given(_LONG, st.text(max_size=300), st.lists(st.text(max_size=300), max_size=4))
def test_any_markdown_gives_a_message_that_slack_takes_and_that_does_nothing(
    markdown: str, title: str, headings: list[str]
) -> None:
    cited = citation(document=document(title=title), heading_path=tuple(headings))

    message = answer_blocks(answer(markdown, cited, notes=(title,)), style="number", now=NOON)

    assert complaints_about_blocks(message.blocks) == []
    assert acting(message) == []
    assert {link["url"] for link in of_type(message.blocks, "link")} <= {LEAVE, f"{LEAVE}#days"}
    assert len(message.blocks) <= 40
    assert weight(message.blocks) <= 13_000
    assert 0 < len(message.text) <= 5 * LONGEST_TEXT


_WORDS = st.lists(st.from_regex(r"[a-z]{3,12}", fullmatch=True), min_size=1, max_size=40)
_WRAPS = st.sampled_from(
    ["{}", "**{}**", "- {}", "1. {}", "> {}", "# {}", "`{}`", "~~{}~~", "| {} |\n|---|", "```\n{}\n```"]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(_WORDS, _WRAPS), max_size=12))
def test_no_word_is_lost_unless_the_message_says_that_it_was_shortened(said: list[tuple[list[str], str]]) -> None:
    markdown = "\n\n".join(wrap.format(" ".join(words)) for words, wrap in said)

    message = markdown_blocks(markdown)

    shown = re.findall(r"[a-z]{3,}", plain_of(message.blocks))
    wanted = [word for words, _ in said for word in words]
    assert shown == wanted or (message.shortened and "Shortened" in plain_of(message.blocks))
