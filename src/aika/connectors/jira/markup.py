"""Jira's wiki markup as Markdown."""

import re
from collections.abc import Iterator

_BLOCK = re.compile(r"\{(code|noformat)(?::([^}]*))?\}(.*?)\{\1\}", re.DOTALL)
_LANGUAGE = re.compile(r"(?:^|\|)(?:language=)?([A-Za-z+#]+)(?:$|\|)")
_HEADING = re.compile(r"^h([1-6])\.\s+(.*)$")
_LIST = re.compile(r"^([*#]+|-)\s+(.*)$")
_MACRO = re.compile(r"\{(?:color|panel|info|note|tip|warning|expand|section|column|anchor|toc|jql)(?::[^}]*)?\}")
_IMAGE = re.compile(r"![\w./:%-]+\.\w{2,5}(?:\|[^!\n]*)?!")
_NAMED_LINK = re.compile(r"\[([^\]|\n]+)\|([^\]|\n\s]+)(?:\|[^\]\n]*)?\]")
_BARE_LINK = re.compile(r"\[((?:https?|mailto):[^\]|\s]+)\]")
_MENTION = re.compile(r"\[~(?:accountid:)?([^\]]+)\]")
_MONO = re.compile(r"\{\{(.+?)\}\}")
_BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
_ESCAPED = re.compile(r"\\([{}\[\]*_!|#-])")
_DEEPEST = 6


def markdown_of(markup: str) -> str:
    """Return Markdown. What is not understood stays as it was written; pictures and colors go."""
    parts: list[str] = []
    end = 0
    text = markup.replace("\r\n", "\n")
    for block in _BLOCK.finditer(text):
        parts.append(_prose(text[end : block.start()]))
        language = _LANGUAGE.search(block[2] or "") if block[1] == "code" else None
        parts.append(f"\n```{language[1].lower() if language else ''}\n{block[3].strip(chr(10))}\n```\n")
        end = block.end()
    parts.append(_prose(text[end:]))
    return re.sub(r"\n{3,}", "\n\n", "".join(parts)).strip()


def _prose(text: str) -> str:
    # A quotation that is opened and closed on lines of its own; it may hold anything else.
    pieces = text.split("{quote}")
    written = [_lines(piece) for piece in pieces]
    quoted = ("\n" + "\n".join(f"> {line}" for line in piece.strip().split("\n")) + "\n" for piece in written[1::2])
    woven = [part for pair in zip(written[::2], [*quoted, ""], strict=False) for part in pair]
    return "".join(woven)


def _lines(text: str) -> str:
    return "\n".join(_line_by_line(text.split("\n")))


def _line_by_line(lines: list[str]) -> Iterator[str]:
    in_table = False
    for line in lines:
        stripped = line.strip()
        is_row = stripped.startswith("|") and stripped.endswith("|") and len(stripped) > 2
        if is_row and not in_table:
            yield ""
            yield from _first_row(stripped)
        elif is_row:
            yield _row(stripped)
        else:
            yield _line(line)
        in_table = is_row


def _first_row(line: str) -> Iterator[str]:
    if line.startswith("||"):
        header = _row(line.replace("||", "|"))
        yield header
    else:
        header = _row(line)
        yield re.sub(r"[^|]+", " ", header)
    yield re.sub(r"[^|]+", " --- ", header)
    if not line.startswith("||"):
        yield header


def _row(line: str) -> str:
    return f"| {' | '.join(cell.strip() for cell in _inline(line.strip('|')).split('|'))} |"


def _line(line: str) -> str:
    if heading := _HEADING.match(line):
        # Below the document's own title and the section it is in.
        return f"{'#' * min(int(heading[1]) + 2, _DEEPEST)} {_inline(heading[2])}"
    if item := _LIST.match(line):
        marker = "1." if item[1][-1] == "#" else "-"
        return f"{'   ' * (len(item[1]) - 1)}{marker} {_inline(item[2])}"
    if line.startswith("bq. "):
        return f"> {_inline(line[4:])}"
    return "---" if line.strip() == "----" else _inline(line)


def _inline(text: str) -> str:
    text = _IMAGE.sub("", _MACRO.sub("", text)).replace("\\\\", "  \n")
    text = _MENTION.sub(r"@\1", text)
    text = _BARE_LINK.sub(r"<\1>", _NAMED_LINK.sub(r"[\1](\2)", text))
    return _ESCAPED.sub(r"\1", _BOLD.sub(r"**\1**", _MONO.sub(r"`\1`", text)))
