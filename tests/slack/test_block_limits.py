"""Each limit that Slack documents for blocks, views and attachments: what just fits is taken, one more is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_world.block_kit import complaints_about_attachments, complaints_about_blocks, complaints_about_view

Json = dict[str, Any]
Made = Callable[[int], Any]


def plain(length: int = 1) -> Json:
    return {"type": "plain_text", "text": "x" * length}


def mrkdwn(length: int = 1) -> Json:
    return {"type": "mrkdwn", "text": "x" * length}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def section(**more: Any) -> Json:
    return {"type": "section", **more}


def options(number: int, **more: Any) -> list[Json]:
    return [{"text": plain(), "value": f"v{index}", **more} for index in range(number)]


def select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "a", "options": options(1), **more}


def input_block(**more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": {"type": "plain_text_input"}, **more}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def feedback(**more: Any) -> Json:
    bad = {"text": plain(), "value": "bad"}
    return {
        "type": "feedback_buttons",
        "positive_button": {"text": plain(), "value": "good", **more},
        "negative_button": bad,
    }


def table(rows: int = 1, columns: int = 1, length: int = 1) -> Json:
    cell = {"type": "raw_text", "text": "x" * length}
    return {"type": "table", "rows": [[cell] * columns] * rows}


LIMITS: dict[str, tuple[int, Made]] = {
    "blocks of a message": (50, lambda n: [{"type": "divider"}] * n),
    "characters of a section": (3000, lambda n: [section(text=mrkdwn(n))]),
    "fields of a section": (10, lambda n: [section(fields=[mrkdwn()] * n)]),
    "characters of a field": (2000, lambda n: [section(fields=[mrkdwn(n)])]),
    "characters of a header": (150, lambda n: [{"type": "header", "text": plain(n)}]),
    "elements of a context": (10, lambda n: [{"type": "context", "elements": [mrkdwn()] * n}]),
    "characters in a context": (3000, lambda n: [{"type": "context", "elements": [mrkdwn(n)]}]),
    "elements of actions": (25, lambda n: [actions(*[button(action_id=f"a{index}") for index in range(n)])]),
    "characters of a button": (75, lambda n: [actions(button(text=plain(n)))]),
    "characters of a button's value": (2000, lambda n: [actions(button(value="x" * n))]),
    "characters of a button's link": (3000, lambda n: [actions(button(url="https://a.example/".ljust(n, "x")))]),
    "characters of an action_id": (255, lambda n: [actions(button(action_id="x" * n))]),
    "characters of a block_id": (255, lambda n: [{"type": "divider", "block_id": "x" * n}]),
    "characters of an accessibility label": (75, lambda n: [actions(button(accessibility_label="x" * n))]),
    "options of a menu": (100, lambda n: [actions(select(options=options(n)))]),
    "characters of an option": (75, lambda n: [actions(select(options=options(1, text=plain(n))))]),
    "characters of an option's value": (150, lambda n: [actions(select(options=options(1, value="x" * n)))]),
    "characters of an option's description": (
        75,
        lambda n: [actions(select(options=options(1, description=plain(n))))],
    ),
    "characters of a placeholder": (150, lambda n: [actions(select(placeholder=plain(n)))]),
    "options of checkboxes": (10, lambda n: [actions({"type": "checkboxes", "options": options(n)})]),
    "options of radio buttons": (10, lambda n: [actions({"type": "radio_buttons", "options": options(n)})]),
    "options of an overflow menu": (5, lambda n: [actions({"type": "overflow", "options": options(n)})]),
    "characters of markdown": (12_000, lambda n: [{"type": "markdown", "text": "x" * n}]),
    "characters of all markdown": (
        12_000,
        lambda n: [{"type": "markdown", "text": "x" * (n - 1)}, {"type": "markdown", "text": "x"}],
    ),
    "rows of a table": (100, lambda n: [table(n)]),
    "columns of a table": (20, lambda n: [table(1, n)]),
    "characters of a table": (10_000, lambda n: [table(1, 1, n)]),
    "tables of a message": (1, lambda n: [table()] * n),
    "characters of an image's alternative": (
        2000,
        lambda n: [{"type": "image", "image_url": "https://a.example/b.png", "alt_text": "x" * n}],
    ),
    "elements of context actions": (5, lambda n: [{"type": "context_actions", "elements": [feedback()] * n}]),
    "characters of a feedback button": (
        75,
        lambda n: [{"type": "context_actions", "elements": [feedback(text=plain(n))]}],
    ),
    "characters of a confirmation's title": (
        100,
        lambda n: [actions(button(confirm={"title": plain(n), "text": plain(), "confirm": plain(), "deny": plain()}))],
    ),
    "characters of a confirmation": (
        300,
        lambda n: [actions(button(confirm={"title": plain(), "text": plain(n), "confirm": plain(), "deny": plain()}))],
    ),
    "characters of a confirmation's button": (
        30,
        lambda n: [actions(button(confirm={"title": plain(), "text": plain(), "confirm": plain(n), "deny": plain()}))],
    ),
}

VIEW_LIMITS: dict[str, tuple[int, Callable[[int], Json]]] = {
    "characters of a title": (24, lambda n: {"title": plain(n)}),
    "characters of the submit button": (24, lambda n: {"submit": plain(n)}),
    "characters of the close button": (24, lambda n: {"close": plain(n)}),
    "characters of private metadata": (3000, lambda n: {"private_metadata": "x" * n}),
    "characters of a callback_id": (255, lambda n: {"callback_id": "x" * n}),
    "characters of an external_id": (255, lambda n: {"external_id": "x" * n}),
    "blocks": (100, lambda n: {"blocks": [{"type": "divider"}] * n}),
    "characters of a label": (2000, lambda n: {"blocks": [input_block(label=plain(n))]}),
    "characters of a hint": (2000, lambda n: {"blocks": [input_block(hint=plain(n))]}),
    "characters of a filled-in text": (
        3000,
        lambda n: {"blocks": [input_block(element={"type": "plain_text_input", "initial_value": "x" * n})]},
    ),
    "characters that may be asked for": (
        3000,
        lambda n: {"blocks": [input_block(element={"type": "plain_text_input", "max_length": n})]},
    ),
}

REFUSED: dict[str, tuple[list[Json], str]] = {
    "an unknown block": ([{"type": "heading"}], "unsupported type"),
    "an unknown field": ([{"type": "divider", "color": "red"}], "invalid additional property: color"),
    "markup in a header": ([{"type": "header", "text": mrkdwn()}], "unsupported type: mrkdwn"),
    "markup on a button": ([actions(button(text=mrkdwn()))], "unsupported type: mrkdwn"),
    "an empty text": ([section(text=mrkdwn(0))], "must be more than 0 characters"),
    "a section without a text": ([section()], "missing required field"),
    "no elements": ([actions()], "no less than 1 items allowed"),
    "two blocks of one id": ([{"type": "divider", "block_id": "b"}] * 2, "block_id already exists"),
    "two buttons of one id": ([actions(button(action_id="a"), button(action_id="a"))], "`action_id` already exists"),
    "an unknown style": ([actions(button(style="warning"))], "must be one of: primary, danger"),
    "a link without a host": ([actions(button(url="https://"))], "Invalid URL"),
    "a link without a scheme": ([rich({"type": "link", "url": "example.org"})], "Invalid URL"),
    "empty rich text": ([rich({"type": "text", "text": ""})], "must be more than 0 characters"),
    "an unknown rich text element": ([rich({"type": "image"})], "unsupported type: image"),
    "a list in a section of rich text": ([rich({"type": "rich_text_list"})], "unsupported type"),
    "a mention of nobody": ([rich({"type": "user"})], "missing required field: user_id"),
    "an unknown broadcast": ([rich({"type": "broadcast", "range": "all"})], "must be one of"),
    "text in a list itself": (
        [{"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": [plain()]}]}],
        "unsupported type",
    ),
    "an emoji switch on markup": ([section(text={**mrkdwn(), "emoji": True})], "invalid additional property: emoji"),
    "an image of two kinds": (
        [{"type": "image", "alt_text": "x", "image_url": "https://a.example/b", "slack_file": {"id": "F1"}}],
        "exactly one of",
    ),
    "an image without an alternative": ([{"type": "image", "image_url": "https://a.example/b"}], "alt_text"),
    "a button among context": ([{"type": "context", "elements": [button()]}], "unsupported type: button"),
    "a button among context actions": (
        [{"type": "context_actions", "elements": [button()]}],
        "unsupported type: button",
    ),
    "a text input outside of an input block": ([actions({"type": "plain_text_input"})], "unsupported type"),
    "a menu with options and groups": (
        [actions({**select(), "option_groups": [{"label": plain(), "options": options(1)}]})],
        "exactly one of",
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_message_holds_so_much_and_no_more(name: str) -> None:
    most, made = LIMITS[name]

    assert complaints_about_blocks(made(most)) == []
    assert complaints_about_blocks(made(most + 1)) != []


@pytest.mark.parametrize("name", VIEW_LIMITS)
def test_a_modal_holds_so_much_and_no_more(name: str) -> None:
    most, made = VIEW_LIMITS[name]
    modal = {"type": "modal", "title": plain(), "submit": plain(), "blocks": [{"type": "divider"}]}

    assert complaints_about_view({**modal, **made(most)}) == []
    assert complaints_about_view({**modal, **made(most + 1)}) != []


@pytest.mark.parametrize("name", REFUSED)
def test_what_slack_does_not_know_is_refused_in_its_words(name: str) -> None:
    blocks, words = REFUSED[name]

    assert any(words in complaint for complaint in complaints_about_blocks(blocks))


def test_a_complaint_points_at_the_place() -> None:
    (complaint,) = complaints_about_blocks([{"type": "divider"}, actions(button(), button(text=plain(76)))])

    assert complaint == "[ERROR] must be less than 76 characters [json-pointer:/blocks/1/elements/1/text/text]"


def test_a_modal_with_something_to_fill_in_needs_a_submit_button() -> None:
    modal = {"type": "modal", "title": plain(), "blocks": [input_block()]}

    assert any("submit" in complaint for complaint in complaints_about_view(modal))
    assert complaints_about_view({**modal, "submit": plain()}) == []


@pytest.mark.parametrize("block", [{"type": "markdown", "text": "x"}, table()], ids=["markdown", "table"])
def test_some_blocks_are_for_messages_only(block: Json) -> None:
    assert complaints_about_view({"type": "home", "blocks": [block]}) != []


def test_a_home_tab_has_no_title() -> None:
    assert complaints_about_view({"type": "home", "title": plain(), "blocks": []}) != []


def test_blocks_of_an_attachment_are_checked_too() -> None:
    assert complaints_about_attachments([{"color": "#ff0000", "blocks": [section(text=mrkdwn(3001))]}]) != []
    assert complaints_about_attachments([{"colour": "#ff0000"}]) != []


def test_all_kinds_of_rich_text_are_taken() -> None:
    elements = [
        {"type": "text", "text": "x", "style": {"bold": True, "code": True}},
        {"type": "link", "url": "https://a.example/b?c=d#e", "text": "b"},
        {"type": "user", "user_id": "U1"},
        {"type": "usergroup", "usergroup_id": "S1"},
        {"type": "channel", "channel_id": "C1"},
        {"type": "emoji", "name": "tada"},
        {"type": "broadcast", "range": "here"},
        {"type": "color", "value": "#ff0000"},
        {"type": "date", "timestamp": 1_700_000_000, "format": "{date}", "fallback": "a day"},
    ]
    parts = [
        {"type": "rich_text_section", "elements": elements},
        {"type": "rich_text_quote", "elements": elements},
        {"type": "rich_text_preformatted", "elements": elements[:2], "border": 1},
        {
            "type": "rich_text_list",
            "style": "ordered",
            "elements": [{"type": "rich_text_section", "elements": elements}],
        },
    ]

    assert complaints_about_blocks([{"type": "rich_text", "elements": parts}]) == []
