"""What a language model wrote, made safe to render: no raw HTML, no links or images but to cited documents."""

import re
from collections.abc import Collection

from aika.answering.citations import literals
from aika.answering.display import visible, without_tags

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ACTIVE = re.compile(r"<(script|style|iframe|object|template|svg|math)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
# A tag that never ends swallows what follows in some renderers.
_OPEN_TAG = re.compile(r"<(?=/?[a-zA-Z!?][^<>]*\Z)")
_IMAGE = re.compile(r"!\[([^\]]*)\]\s?(?:\(\s*<?([^)\s>]*)>?[^)]*\)|\[[^\]]*\])")
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(\s*<?([^)\s>]*)>?[^)]*\)")
_REFERENCE_LINK = re.compile(r"(?<!!)\[([^\[\]]+)\]\[([^\]]*)\]")
_DEFINITION = re.compile(r"(?m)^ {0,3}\[[^\]]+\]:[^\n]*\n?")
_AUTOLINK = re.compile(r"<((?:[a-zA-Z][a-zA-Z0-9+.-]{1,31}:|[\w.+-]+@)[^\s<>]*)>")
_BARE = re.compile(
    r"(?<![\w(\[/@.`])((?:https?|ftp|file|data|javascript|vbscript):\S+|www\.[\w.-]+\.\w+\S*)", re.IGNORECASE
)
_MATH_REACHES_OUT = re.compile(r"\\(?:href|url|includegraphics|html\w*|def|gdef|newcommand|require)\b")
_HELD = re.compile("\x02(\\d+)\x03")


def sanitised(text: str, allowed: Collection[str]) -> str:
    """Return Markdown without raw HTML, whose links and images lead only to ``allowed`` addresses.

    Links elsewhere become their text and bare addresses code. Code and formulas stay as they are. Fragments are not compared.
    """
    known = {_page(url) for url in allowed}
    text = visible(text).replace("\x02", "").replace("\x03", "")
    text, held = _hold(text)
    text = _ACTIVE.sub("", _COMMENT.sub("", text))
    text = _IMAGE.sub(lambda match: match.group() if _page(match[2] or "") in known else match[1], text)
    text = _LINK.sub(lambda match: match.group() if _page(match[2]) in known else match[1], text)
    text = _REFERENCE_LINK.sub(
        lambda match: match.group() if match[2].isdigit() else match[1], _DEFINITION.sub("", text)
    )
    text = _AUTOLINK.sub(lambda match: match[1] if _page(match[1]) in known else f"`{match[1]}`", text)
    text = without_tags(text)
    text = _OPEN_TAG.sub(r"\\<", text)
    text = _outside_links(text, known)
    return _HELD.sub(lambda match: held[int(match[1])], text)


def _hold(text: str) -> tuple[str, list[str]]:
    """Put code and formulas aside."""
    held: list[str] = []
    parts: list[str] = []
    at = 0
    for start, end in literals(text):
        literal = text[start:end]
        if not literal.startswith(("`", "~")) and _MATH_REACHES_OUT.search(literal):
            literal = f"`{literal.replace('`', '')}`"
        parts += [text[at:start], f"\x02{len(held)}\x03"]
        held.append(literal)
        at = end
    return "".join(parts) + text[at:], held


def _outside_links(text: str, known: Collection[str]) -> str:
    """Turn bare addresses into code, except inside the links that were kept."""
    parts: list[str] = []
    at = 0
    for kept in _LINK.finditer(text):
        parts += [_bare_as_code(text[at : kept.start()], known), kept.group()]
        at = kept.end()
    return "".join(parts) + _bare_as_code(text[at:], known)


def _bare_as_code(text: str, known: Collection[str]) -> str:
    def shown(match: re.Match[str]) -> str:
        address = match[1].rstrip(".,;:!?'\")]*_")
        rest = match[1][len(address) :]
        return match.group() if _page(address) in known else f"`{address}`{rest}"

    return _BARE.sub(shown, text)


def _page(url: str) -> str:
    return url.split("#", 1)[0].rstrip("/")
