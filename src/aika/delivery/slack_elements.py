"""Slack's ``rich_text``, element by element.

Slack shows the texts of these elements as they are: only what is a ``link`` element is one, and no character formats,
mentions or links anything. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from collections.abc import Iterable

Element = dict[str, object]
"""A part of a message, as Slack's JSON has it."""

MOST_BLOCKS = 50
LONGEST_HEADER = 150
"""Characters. Slack refuses a message with more."""


def escaped(text: str) -> str:
    """Return a text as Slack's markup writes it: https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rich(elements: Iterable[Element]) -> Element:
    """Return a block of sections, lists, quotes and preformatted texts."""
    return {"type": "rich_text", "elements": list(elements)}


def section(*elements: Element) -> Element:
    return {"type": "rich_text_section", "elements": list(elements)}


def quote(*elements: Element) -> Element:
    return {"type": "rich_text_quote", "elements": list(elements) or [text("")]}


def preformatted(written: str) -> Element:
    return {"type": "rich_text_preformatted", "elements": [text(written)]}


def listed(items: Iterable[Element], *, ordered: bool = False, indent: int = 0, offset: int = 0) -> Element:
    """Return a list of sections. ``offset`` is how many numbers come before its first one."""
    element: Element = {
        "type": "rich_text_list",
        "style": "ordered" if ordered else "bullet",
        "elements": list(items),
    }
    return element | ({"indent": indent} if indent else {}) | ({"offset": offset} if ordered and offset else {})


def text(written: str, **style: bool) -> Element:
    # Slack takes no empty text.
    element: Element = {"type": "text", "text": written or " "}
    return {**element, "style": dict(style)} if style else element


def link(written: str, url: str, **style: bool) -> Element:
    """Return a link. The address must be one that `aika.delivery.wording.link_of` lets through."""
    element: Element = {"type": "link", "url": url, "text": written}
    return {**element, "style": dict(style)} if style else element
