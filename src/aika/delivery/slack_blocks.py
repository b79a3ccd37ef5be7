"""A digest as Slack's blocks.

Texts are elements of ``rich_text``, where no character formats, mentions or links anything. The announcement, which is
markup, holds no word of a document and is escaped.
"""

from aika.delivery.slack_elements import (
    LONGEST_HEADER,
    MOST_BLOCKS,
    Element,
    escaped,
    link,
    listed,
    quote,
    rich,
    section,
    text,
)
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


def announcement_of(digest: Digest) -> str:
    """Return the line for notifications."""
    return escaped(subject_of(digest))


def blocks_of(digest: Digest) -> list[Element]:
    """Return the message."""
    header = {"type": "plain_text", "text": plain(subject_of(digest), LONGEST_HEADER), "emoji": False}
    ending = "\n".join(ending_of(digest))
    return [
        {"type": "header", "text": header},
        *(rich(_entry(entry)) for entry in digest.entries[: MOST_BLOCKS - 2]),
        rich([section(text(ending))]),
    ]


def _entry(entry: DigestEntry) -> list[Element]:
    title, url = plain(entry.title, 300), link_of(entry.url)
    named = text(title, bold=True) if url is None else link(title, url, bold=True)
    said = [line for line in (plain(entry.reason), _sentence(cost_of(entry))) if line]
    parts = [section(named, text("\n" + "\n".join(said)))]
    if entry.quote:
        parts.append(quote(text(plain(entry.quote))))
    if questions := questions_of(entry):
        parts.append(listed([section(text(question)) for question in questions]))
    if entry.suggestion is not None:
        if entry.suggestion.before:
            parts += [section(text("Instead of:")), quote(text(edit_of(entry.suggestion.before)))]
        parts += [section(text("Suggested:")), quote(text(edit_of(entry.suggestion.after)))]
    for mention in entry.mentions:
        other, title = link_of(mention.url), plain(mention.title, 200)
        parts.append(section(text("See also: "), text(title) if other is None else link(title, other)))
    parts.append(section(text(show_command(entry), code=True)))
    return parts


def _sentence(words: str) -> str:
    return f"{words}." if words else ""
