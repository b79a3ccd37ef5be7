"""Jira's wiki markup as Markdown."""

import re
from collections.abc import Iterator

# Every repetition is bounded or ends at what cannot be in it, so that no text takes longer than its length.
_OPENING = re.compile(r"\{(code|noformat)(?::([^}\n]{0,200}))?\}")
_LANGUAGE = re.compile(r"(?:^|\|)(?:language=)?([A-Za-z+#]+)(?:$|\|)")
_HEADING = re.compile(r"^h([1-6])\.\s+(.*)$")
_LIST = re.compile(r"^([*#]+|-)\s+(.*)$")
_MACRO = re.compile(
    r"\{(?:color|panel|info|note|tip|warning|expand|section|column|anchor|toc|jql)(?::[^{}\n]{0,500})?\}"
)
_IMAGE = re.compile(r"![\w./:%-]{1,300}\.\w{2,5}(?:\|[^!\n]{0,300})?!")
_NAMED_LINK = re.compile(r"\[([^\[\]|\n]{1,500})\|([^\[\]|\n\s]{1,2000})(?:\|[^\[\]\n]{0,100})?\]")
_BARE_LINK = re.compile(r"\[((?:https?|mailto):[^\[\]|\s]{1,2000})\]")
_MENTION = re.compile(r"\[~(?:accountid:)?([^\[\]\n]{1,200})\]")
_MONO = re.compile(r"\{\{([^{}\n]{1,500})\}\}")
_BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
_ESCAPED = re.compile(r"\\([{}\[\]*_!|#-])")
_DEEPEST = 6


def markdown_of(markup: str) -> str:
    """Return Markdown. What is not understood stays as it was written; pictures and colors go."""
    text = markup.replace("\r\n", "\n")
    parts: list[str] = []
    written = 0
    for kind, said, start, end in _blocks(text):
        parts.append(_prose(text[written : start[0]]))
        language = _LANGUAGE.search(said) if kind == "code" else None
        code = text[start[1] : end].strip("\n")
        parts.append(f"\n```{language[1].lower() if language else ''}\n{code}\n```\n")
        written = end + len(kind) + 2
    parts.append(_prose(text[written:]))
    return re.sub(r"\n{3,}", "\n\n", "".join(parts)).strip()


def _blocks(text: str) -> Iterator[tuple[str, str, tuple[int, int], int]]:
    """Yield each block of code: its kind, what its opening says, where that stands, and where the closing begins."""
    unclosed: set[str] = set()
    place = 0
    while opening := _OPENING.search(text, place):
        kind = opening[1]
        place = opening.end()
        end = -1 if kind in unclosed else text.find(f"{{{kind}}}", place)
        if end < 0:
            unclosed.add(kind)
            continue
        yield kind, opening[2] or "", opening.span(), end
        place = end + len(kind) + 2


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
