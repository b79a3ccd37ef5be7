"""What a ``rich_text`` block may hold. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block"""

from slack_world.checks import Shape, anything, boolean, integer, many, one_of, string, typed, url

_STYLE = Shape(optional=dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
_MENTION_STYLE = Shape(
    optional=dict.fromkeys(
        ("bold", "italic", "strike", "highlight", "client_highlight", "unlink", "underline"), boolean
    )
)

_TEXT = Shape({"text": string(1)}, {"style": _STYLE})
_LINK = Shape({"url": url()}, {"text": string(), "unsafe": boolean, "style": _STYLE})
RICH_TEXT_ELEMENTS = {
    "text": _TEXT,
    "link": _LINK,
    "user": Shape({"user_id": string(1)}, {"style": _MENTION_STYLE}),
    "usergroup": Shape({"usergroup_id": string(1)}, {"style": _MENTION_STYLE}),
    "channel": Shape({"channel_id": string(1)}, {"style": _MENTION_STYLE}),
    "emoji": Shape({"name": string(1)}, {"unicode": string(), "skin_tone": integer(1, 6), "style": anything}),
    "broadcast": Shape({"range": one_of("here", "channel", "everyone")}),
    "color": Shape({"value": string(7, 7)}),
    "date": Shape(
        {"timestamp": integer(0), "format": string(1)}, {"url": url(), "fallback": string(), "style": _STYLE}
    ),
}
_ELEMENTS = many(typed(RICH_TEXT_ELEMENTS, "an element of rich text"), 0)
_SECTION = Shape({"elements": _ELEMENTS})
_BORDER = integer(0, 1)
RICH_TEXT_PARTS = {
    "rich_text_section": _SECTION,
    "rich_text_list": Shape(
        {
            "style": one_of("bullet", "ordered"),
            "elements": many(typed({"rich_text_section": _SECTION}, "an entry of a list")),
        },
        {"indent": integer(0, 8), "offset": integer(0), "border": _BORDER},
    ),
    "rich_text_preformatted": Shape(
        {"elements": many(typed({"text": _TEXT, "link": _LINK}, "an element of preformatted text"))},
        {"border": _BORDER, "language": string(1)},
    ),
    "rich_text_quote": Shape({"elements": _ELEMENTS}, {"border": _BORDER}),
}
RICH_TEXT = Shape({"elements": many(typed(RICH_TEXT_PARTS, "an element of rich text"))}, {"block_id": string(1, 255)})
