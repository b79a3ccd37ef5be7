"""How quoted Markdown is shown: readable, without links that lead elsewhere, and without markup that a page could execute."""

import re
import unicodedata

# Zero-width, direction and tag characters: they hide text from people and show it to machines.
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f\ufe00-\ufe0d]"
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_QUOTE_PREFIX = re.compile(r"(?m)^[ \t]*(?:>[ \t]?)+")
_IMAGE = re.compile(r"!\[([^\]]*)\](?:\([^)\n]*\)|\[[^\]\n]*\])")
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])+)\](?:\([^)\n]*\)|\[[^\]\n]*\])(?:\{[^}\n]*\})?")
_FOOTNOTE = re.compile(r"\[\^[^\]]+\]")
_ATTRIBUTES = re.compile(r"\{[#.:][^}\n]*\}")
_URL = re.compile(r"(?<![`(\[<\w])<?(https?://[^\s<>`)\]]*[^\s<>`)\].,;:!?'\"])>?")
_ELEMENT_WORDS = """
a abbr address applet area article aside audio b base bdi bdo blockquote body br button canvas caption center cite code col
data dd del details dfn dialog div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5
h6 head header hr html i iframe image img input ins kbd label legend li link main map mark marquee math menu meta nav noscript
object ol optgroup option output p param picture pre progress q s samp script section select slot small source span strike
strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr
"""
_ELEMENTS = frozenset(_ELEMENT_WORDS.split())
_TAG = re.compile(r"</?([a-zA-Z][\w:-]*)((?:\s|/)[^<>]*)?/?>")
_CODE_SPAN = re.compile(r"(`+)(?!`)(?:(?!\1).)+\1(?!`)", re.DOTALL)


def visible(text: str) -> str:
    """Return the text as a person sees it: composed characters, and none that are invisible."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFC", text))


def inline(text: str) -> str:
    """Return a sentence, list item or message on one line: links become their text, images vanish, code spans stay.

    Addresses stay readable as code, where they cannot be followed by accident. A citation marker of the document's own
    is dropped, because it would look like ours.
    """
    text = _QUOTE_PREFIX.sub("", visible(text))
    kept: list[str] = []
    at = 0
    for match in _CODE_SPAN.finditer(text):
        kept += [_prose(text[at : match.start()]), match.group()]
        at = match.end()
    kept.append(_prose(text[at:]))
    return " ".join("".join(kept).split())


def without_tags(text: str) -> str:
    """Return the text without HTML elements. ``<cluster-name>`` is a placeholder to be read, and is escaped."""

    def replaced(match: re.Match[str]) -> str:
        if match[1].lower() in _ELEMENTS or match[2]:
            return "\n" if match[1].lower() in ("br", "p", "div", "li", "tr") else ""
        return f"\\{match.group()}"

    return _TAG.sub(replaced, text)


def plain(text: str) -> str:
    """Return the words alone, for models of similarity: no emphasis, no code marks, no table lines."""
    shown = inline(text)
    shown = re.sub(r"(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|`+", "", shown)
    return " ".join(re.sub(r"^\s*#{1,6}\s+|\s*\|\s*|\\(?=<)", " ", shown).split())


def _prose(text: str) -> str:
    text = _COMMENT.sub(" ", text)
    text = _IMAGE.sub("", text)
    text = _LINK.sub(lambda match: match.group(1), text)
    text = _FOOTNOTE.sub("", text)
    text = _ATTRIBUTES.sub("", text)
    text = _URL.sub(lambda match: f"`{match.group(1)}`", text)
    text = without_tags(text)
    return re.sub(r"\s?\[\d{1,3}\](?!\()", "", text)


def cells(row: str) -> list[str]:
    """Return the cells of a table's row. A bar in a code span or behind a backslash is text."""
    shielded = _CODE_SPAN.sub(lambda match: match.group().replace("|", "\x00"), row.strip().replace("\\|", "\x00"))
    return [cell.replace("\x00", "|").strip() for cell in shielded.strip("|").split("|")]


def code_block(text: str) -> str:
    """Return a quoted code block as a fenced one."""
    lines = visible(text).split("\n")
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    body = "\n".join(line[indent:] for line in lines).strip("\n")
    if body.startswith(("```", "~~~")):
        return body
    return f"```\n{body}\n```"
