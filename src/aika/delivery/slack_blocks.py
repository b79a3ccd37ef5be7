"""A digest as Slack's blocks.

Texts are elements of ``rich_text``, which Slack shows as they are: only what is a ``link`` element is one, and no character
formats, mentions or links anything. The announcement, which is markup, holds no word of a document and is escaped.
https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from aika.delivery.wording import (
    cost_of,
    edit_of,
    ending_of,
    link_of,
    plain,
    questions_of,
    show_command,
    subject_of,
)
from aika.domain.digests import Digest, DigestEntry

MOST_BLOCKS = 50
LONGEST_HEADER = 150
"""Characters. Slack refuses a message with more."""

Element = dict[str, object]


def announcement_of(digest: Digest) -> str:
    """Return the line for notifications."""
    return escaped(subject_of(digest))


def blocks_of(digest: Digest) -> list[Element]:
    """Return the message."""
    header = {"type": "plain_text", "text": plain(subject_of(digest), LONGEST_HEADER), "emoji": False}
    ending = "\n".join(ending_of(digest))
    return [
        {"type": "header", "text": header},
        *(_rich(_entry(entry)) for entry in digest.entries[: MOST_BLOCKS - 2]),
        _rich([_section(_text(ending))]),
    ]


def escaped(text: str) -> str:
    """Return a text as Slack's markup writes it: https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _entry(entry: DigestEntry) -> list[Element]:
    title, url = plain(entry.title, 300), link_of(entry.url)
    named = _text(title, bold=True) if url is None else _link(title, url, bold=True)
    said = [line for line in (plain(entry.reason), _sentence(cost_of(entry))) if line]
    parts = [_section(named, _text("\n" + "\n".join(said)))]
    if entry.quote:
        parts.append(_quote(plain(entry.quote)))
    if questions := questions_of(entry):
        parts.append(_list([_section(_text(question)) for question in questions]))
    if entry.suggestion is not None:
        if entry.suggestion.before:
            parts += [_section(_text("Instead of:")), _quote(edit_of(entry.suggestion.before))]
        parts += [_section(_text("Suggested:")), _quote(edit_of(entry.suggestion.after))]
    for mention in entry.mentions:
        other, title = link_of(mention.url), plain(mention.title, 200)
        parts.append(_section(_text("See also: "), _text(title) if other is None else _link(title, other)))
    parts.append(_section(_text(show_command(entry), code=True)))
    return parts


def _sentence(text: str) -> str:
    return f"{text}." if text else ""


def _rich(elements: list[Element]) -> Element:
    return {"type": "rich_text", "elements": elements}


def _section(*elements: Element) -> Element:
    return {"type": "rich_text_section", "elements": list(elements)}


def _quote(text: str) -> Element:
    return {"type": "rich_text_quote", "elements": [_text(text or " ")]}


def _list(items: list[Element]) -> Element:
    return {"type": "rich_text_list", "style": "bullet", "elements": items}


def _text(text: str, **style: bool) -> Element:
    element: Element = {"type": "text", "text": text}
    return {**element, "style": dict(style)} if style else element


def _link(text: str, url: str, **style: bool) -> Element:
    element: Element = {"type": "link", "url": url, "text": text}
    return {**element, "style": dict(style)} if style else element
