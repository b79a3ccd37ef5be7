"""What Block Kit allows, as Slack documents it: blocks of messages, views and attachments.

https://docs.slack.dev/reference/block-kit
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from slack_world.block_elements import (
    ACTION_ELEMENTS,
    CONTEXT_ACTION_ELEMENTS,
    IMAGE_ELEMENT,
    INPUT_ELEMENTS,
    SECTION_ELEMENTS,
    SLACK_FILE,
    TEXT_KINDS,
    plain,
    text,
)
from slack_world.checks import (
    Check,
    Rule,
    Shape,
    Spot,
    any_of,
    anything,
    boolean,
    exactly_one_of,
    integer,
    many,
    one_of,
    string,
    typed,
    url,
)
from slack_world.rich_text import RICH_TEXT, RICH_TEXT_PARTS

MOST_BLOCKS = 50
MOST_BLOCKS_OF_VIEW = 100
MOST_MARKDOWN = 12_000
"""Characters of all markdown blocks of a message together."""
MOST_TABLE = 10_000
"""Characters of all cells of a message's table together."""

_BLOCK_ID = string(1, 255)


def _block(
    required: Mapping[str, Check], optional: Mapping[str, Check] | None = None, rules: tuple[Rule, ...] = ()
) -> Shape:
    return Shape(required, {"block_id": _BLOCK_ID, **(optional or {})}, rules)


_RAW_TEXT = Shape({"text": string(1)})
_RAW_NUMBER = Shape({"value": anything}, {"text": string(1)})
_CELL = typed({"raw_text": _RAW_TEXT, "raw_number": _RAW_NUMBER, "rich_text": RICH_TEXT}, "a cell of a table")
_COLUMN = Shape(optional={"align": one_of("left", "center", "right"), "is_wrapped": boolean})
_TASK_SOURCE = typed({"url": Shape({"url": url(), "text": string(1)})}, "a source of a task")
_TASK = {
    "task_id": string(1, 255),
    "title": string(1, 256),
}
_TASK_MORE = {
    "details": typed({"rich_text": RICH_TEXT}, "a text of a task"),
    "output": typed({"rich_text": RICH_TEXT}, "a text of a task"),
    "sources": many(_TASK_SOURCE, 0),
    "status": one_of("pending", "in_progress", "complete", "error"),
}

BLOCKS: dict[str, Shape] = {
    "actions": _block({"elements": many(typed(ACTION_ELEMENTS, "an element of an actions block"), 1, 25)}),
    "context": _block(
        {"elements": many(typed({**TEXT_KINDS, "image": IMAGE_ELEMENT}, "an element of a context block"), 1, 10)}
    ),
    "context_actions": _block(
        {"elements": many(typed(CONTEXT_ACTION_ELEMENTS, "an element of a context_actions block"), 1, 5)}
    ),
    "divider": _block({}),
    "header": _block({"text": plain(150)}, {"level": integer(1, 4)}),
    "image": _block(
        {"alt_text": string(1, 2000)},
        {"image_url": url(), "slack_file": SLACK_FILE, "title": plain(2000)},
        (exactly_one_of("image_url", "slack_file"),),
    ),
    "input": _block(
        {"label": plain(2000), "element": typed(INPUT_ELEMENTS, "the element of an input block")},
        {"dispatch_action": boolean, "hint": plain(2000), "optional": boolean},
    ),
    "markdown": Shape({"text": string(1, MOST_MARKDOWN)}),
    "plan": _block(
        {"title": string(1, 256)}, {"tasks": many(typed({"task_card": Shape(_TASK, _TASK_MORE)}, "a task"))}
    ),
    "rich_text": _block({"elements": many(typed(RICH_TEXT_PARTS, "an element of a rich_text block"))}),
    "section": _block(
        {},
        {
            "text": text(3000),
            "fields": many(text(2000), 1, 10),
            "accessory": typed(SECTION_ELEMENTS, "the accessory of a section"),
            "expand": boolean,
        },
        (any_of("text", "fields"),),
    ),
    "table": _block(
        {"rows": many(many(_CELL, 1, 20), 1, 100)},
        {"column_settings": many(lambda value, spot: None if value is None else _COLUMN(value, spot), 0, 20)},
    ),
    "task_card": _block(_TASK, _TASK_MORE),
}
"""By their type. What Slack sends but apps cannot (``file``, ``call``) is not among them."""

_ANY_BLOCK = typed(BLOCKS, "a block")
_ONLY_IN_MESSAGES = frozenset({"markdown", "table", "context_actions", "plan", "task_card"})
_VIEW = {"private_metadata": string(0, 3000), "callback_id": string(0, 255), "external_id": string(0, 255)}
_VIEW_BLOCKS = many(_ANY_BLOCK, 0, MOST_BLOCKS_OF_VIEW)
VIEWS: dict[str, Shape] = {
    "modal": Shape(
        {"title": plain(24), "blocks": many(_ANY_BLOCK, 1, MOST_BLOCKS_OF_VIEW)},
        {
            **_VIEW,
            "close": plain(24),
            "submit": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    "home": Shape({"blocks": _VIEW_BLOCKS}, _VIEW),
}
_ATTACHMENT = Shape(
    optional={
        **dict.fromkeys(
            ("fallback", "color", "pretext", "author_name", "title", "text", "footer", "callback_id"), string()
        ),
        **dict.fromkeys(("author_link", "author_icon", "title_link", "image_url", "thumb_url", "footer_icon"), url()),
        "ts": anything,
        "mrkdwn_in": many(one_of("text", "pretext", "fields"), 0),
        "fields": many(Shape({"title": string(), "value": string()}, {"short": boolean}), 0),
        "blocks": many(_ANY_BLOCK, 0, MOST_BLOCKS),
    }
)


def complaints_about_blocks(blocks: object, pointer: str = "/blocks") -> list[str]:
    """Return what Slack would say against the blocks of a message. Empty: it takes them."""
    spot = Spot(pointer, [])
    many(_ANY_BLOCK, 0, MOST_BLOCKS)(blocks, spot)
    if not spot.complaints:
        _whole(_objects(blocks), spot)
        _sizes(_objects(blocks), spot)
    return spot.complaints


def complaints_about_attachments(attachments: object) -> list[str]:
    """Return what Slack would say against a message's attachments."""
    spot = Spot("/attachments", [])
    many(_ATTACHMENT, 0, 100)(attachments, spot)
    return spot.complaints


def complaints_about_view(view: object) -> list[str]:
    """Return what Slack would say against a modal or a Home tab."""
    spot = Spot("/view", [])
    typed(VIEWS, "a view")(view, spot)
    if spot.complaints or not isinstance(view, dict):
        return spot.complaints
    blocks = _objects(view["blocks"])
    _whole(blocks, spot.at("blocks"))
    for index, block in enumerate(blocks):
        if block["type"] in _ONLY_IN_MESSAGES:
            spot.at("blocks").at(index).complain(f"unsupported type: {block['type']} (in a {view['type']})")
    inputs = any(block["type"] == "input" for block in blocks)
    if view["type"] == "modal" and inputs and "submit" not in view:
        spot.complain("missing required field: submit (a modal with an input block needs it)")
    if sum(element.get("focus_on_load") is True for element in elements_of(blocks)) > 1:
        spot.complain("only one element may have focus_on_load")
    return spot.complaints


def elements_of(blocks: Sequence[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
    """Yield what people can use: buttons, menus, inputs."""
    for block in blocks:
        if block["type"] in {"actions", "context_actions"}:
            yield from _objects(block["elements"])
        for name in ("accessory", "element"):
            element = block.get(name)
            if isinstance(element, dict):
                yield element


def _whole(blocks: Sequence[Mapping[str, object]], spot: Spot) -> None:
    """Check what must be unique."""
    for block_id, times in Counter(str(block["block_id"]) for block in blocks if "block_id" in block).items():
        if times > 1:
            spot.complain(f"block_id already exists: {block_id}")
    for index, block in enumerate(blocks):
        named = Counter(str(element["action_id"]) for element in elements_of([block]) if "action_id" in element)
        for action_id, times in named.items():
            if times > 1:
                spot.at(index).complain(f"`action_id` already exists: {action_id}")


def _sizes(blocks: Sequence[Mapping[str, object]], spot: Spot) -> None:
    """Check what a message may hold in all."""
    markdown = sum(len(str(block["text"])) for block in blocks if block["type"] == "markdown")
    if markdown > MOST_MARKDOWN:
        spot.complain(f"markdown blocks must be less than {MOST_MARKDOWN + 1} characters in all")
    tables = [block for block in blocks if block["type"] == "table"]
    if len(tables) > 1:
        spot.complain("only one table is allowed")
    if sum(_text_length(table["rows"]) for table in tables) > MOST_TABLE:
        spot.complain(f"a table must be less than {MOST_TABLE + 1} characters")


def _text_length(value: object) -> int:
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(_text_length(entry) for entry in value.values() if isinstance(entry, (dict, list)))
    if isinstance(value, list):
        return sum(_text_length(entry) for entry in value)
    return 0


def _objects(value: object) -> list[Mapping[str, object]]:
    assert isinstance(value, list)
    return [entry for entry in value if isinstance(entry, dict)]
