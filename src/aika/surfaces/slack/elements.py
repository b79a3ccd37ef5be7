"""Parts of messages and views whose words may be anybody's: cleaned, and within Slack's limits.

Nothing here is markup. Texts are ``rich_text`` or ``plain_text``, in which ``<!channel>`` is eleven characters and no more.
https://docs.slack.dev/reference/block-kit
"""

import re
from collections.abc import Sequence
from typing import Literal

from aika.answering.display import visible
from aika.delivery.slack_elements import LONGEST_HEADER, Element, rich, section, text

LONGEST_BUTTON = 75
LONGEST_CONTEXT = 2_000
MOST_CONTEXTS = 10
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u2028\u2029\ud800-\udfff\ufff9-\ufffb\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029|\x85|\x0b|\x0c")
Style = Literal["primary", "danger"]


def cleaned(written: str) -> str:
    """Return a text without characters that cannot be seen, that turn what is read around, or that JSON cannot carry."""
    return _CONTROLS.sub("", visible(_LINE_ENDS.sub("\n", written)))


def line(written: str, longest: int) -> str:
    """Return a text cleaned, on one line, and shortened where it is too long."""
    return shortened(" ".join(cleaned(written).split()), longest)


def shortened(written: str, longest: int) -> str:
    """Return a text of at most ``longest`` characters, with an ellipsis where something is missing."""
    return written if len(written) <= longest else written[: max(0, longest - 1)].rstrip() + "…"


def plain_text(written: str, longest: int) -> Element:
    """Return a text object on one line, which is not markup. Never empty: Slack takes no empty text."""
    return {"type": "plain_text", "text": line(written, longest) or "…", "emoji": False}


def header(written: str) -> Element:
    return {"type": "header", "text": plain_text(written, LONGEST_HEADER)}


def paragraph(written: str, **style: bool) -> Element:
    """Return a block with a text as it is, on as many lines as it has."""
    return rich([section(text(cleaned(written), **style))])


def context(*written: str) -> Element:
    """Return small print: at most ten texts, each on one line."""
    texts = [plain_text(one, LONGEST_CONTEXT) for one in written[:MOST_CONTEXTS]]
    return {"type": "context", "elements": texts}


def divider() -> Element:
    return {"type": "divider"}


def button(written: str, action: str, *, value: str = "", style: Style | None = None, label: str = "") -> Element:
    """Return a button. ``action`` names it among the message's; ``value`` comes back (at most 2,000 characters).

    ``label`` is what screen readers say in the place of the text. Raises ``ValueError`` for a value that is too long.
    """
    if len(value) > 2_000:
        raise ValueError(f"the value of the button {action!r} has more than 2,000 characters")
    made: Element = {"type": "button", "text": plain_text(written, LONGEST_BUTTON), "action_id": action}
    if value:
        made["value"] = value
    if style is not None:
        made["style"] = style
    if label:
        made["accessibility_label"] = line(label, LONGEST_BUTTON)
    return made


def actions(*buttons: Element, block_id: str | None = None) -> Element:
    made: Element = {"type": "actions", "elements": list(buttons)}
    return made if block_id is None else {**made, "block_id": block_id}


def plain_of(blocks: Sequence[Element]) -> str:
    """Return what the blocks say, without what can be pressed: for notifications and screen readers. It is not escaped."""
    return "\n".join(said for said in (_said(block).strip("\n") for block in blocks) if said.strip())


def _said(part: object) -> str:  # noqa: PLR0911 - one return for each kind of part
    match part:
        case {"type": "actions" | "context_actions" | "divider"}:
            return ""
        case {"type": "rich_text_list", "elements": [*items], **how}:
            return _said_list(how, items)
        case {"type": "table", "rows": [*rows]}:
            return "\n".join(" | ".join(_said(cell) for cell in row) for row in rows)
        case {"type": "rich_text" | "context", "elements": [*parts]}:
            return "\n".join(_said(one) for one in parts)
        case {"elements": [*parts]}:
            return "".join(_said(one) for one in parts)
        case {"text": str(written)}:
            return written
        case {"text": inner}:
            return _said(inner)
    return ""


def _said_list(how: dict[object, object], items: Sequence[object]) -> str:
    first, indent = int(str(how.get("offset", 0))) + 1, "  " * int(str(how.get("indent", 0)))
    marks = (f"{number}." if how.get("style") == "ordered" else "•" for number in range(first, first + len(items)))
    return "\n".join(f"{indent}{mark} {_said(item)}" for mark, item in zip(marks, items, strict=True))
