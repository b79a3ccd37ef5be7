"""Slack's own markup, ``mrkdwn``, as HTML. https://docs.slack.dev/messaging/formatting-message-text"""

import html
import re
from collections.abc import Callable, Mapping

_ANGLES = re.compile(r"<([^<>]+)>")
_CODE = re.compile(r"```(.+?)```|`([^`\n]+)`", re.DOTALL)
_STYLES = (
    (re.compile(r"(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?![\w*])"), "strong"),
    (re.compile(r"(?<![\w_])_(\S(?:[^_\n]*\S)?)_(?![\w_])"), "em"),
    (re.compile(r"(?<![\w~])~(\S(?:[^~\n]*\S)?)~(?![\w~])"), "s"),
)
_QUOTE = re.compile(r"^&gt; ?(.*)$", re.MULTILINE)


class Names:
    """What people and channels are called."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def of(self, id: str) -> str:
        return self._names.get(id, id)


def mrkdwn_html(text: str, names: Names) -> str:
    """Return what people see of a text. What it holds of HTML is shown, not done."""
    kept: list[str] = []

    def keep(shown: str) -> str:
        kept.append(shown)
        return f"\x00{len(kept) - 1}\x00"

    text = _CODE.sub(lambda found: keep(_code(found)), text)
    text = _ANGLES.sub(lambda found: keep(_reference(found[1], names)), text)
    text = html.escape(html.unescape(text), quote=False)
    for pattern, tag in _STYLES:
        text = pattern.sub(rf"<{tag}>\1</{tag}>", text)
    text = _QUOTE.sub(r"<blockquote>\1</blockquote>", text).replace("</blockquote>\n", "</blockquote>")
    return _restored(text.replace("\n", "<br>"), kept)


def _restored(text: str, kept: list[str]) -> str:
    put: Callable[[re.Match[str]], str] = lambda found: kept[int(found[1])]  # noqa: E731  # used twice
    while "\x00" in text:
        text = re.sub(r"\x00(\d+)\x00", put, text)
    return text


def _code(found: re.Match[str]) -> str:
    inner = html.escape(html.unescape(found[1] or found[2]), quote=False)
    return f"<pre>{inner.strip()}</pre>" if found[1] else f"<code>{inner}</code>"


def _reference(inner: str, names: Names) -> str:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return f'<span class="mention">@{html.escape(names.of(target[1:]))}</span>'
    if target.startswith("#"):
        return f'<span class="mention">#{html.escape(label or names.of(target[1:]))}</span>'
    if target.startswith("!date"):
        return html.escape(label)
    if target.startswith("!"):
        return f'<span class="mention loud">@{html.escape(label or target[1:])}</span>'
    return f'<a href="{html.escape(target)}">{html.escape(label or target)}</a>'
