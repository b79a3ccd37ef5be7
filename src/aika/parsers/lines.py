"""Line numbers to character offsets."""

from bisect import bisect_right


class Lines:
    """The lines of a text, split at ``\\n`` alone, as the block parsers count them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0]
        position = text.find("\n")
        while position != -1:
            self._starts.append(position + 1)
            position = text.find("\n", position + 1)

    def __len__(self) -> int:
        return len(self._starts)

    def start(self, line: int) -> int:
        """Return the offset of a line's first character, the text's length for lines past the end."""
        return self._starts[line] if line < len(self._starts) else len(self.text)

    def end(self, line: int) -> int:
        """Return the offset behind a line's last character, its line end excluded."""
        return self._starts[line + 1] - 1 if line + 1 < len(self._starts) else len(self.text)

    def __getitem__(self, line: int) -> str:
        return self.text[self.start(line) : self.end(line)]

    def at(self, offset: int) -> int:
        """Return the number of the line that holds the offset."""
        return bisect_right(self._starts, offset) - 1

    def span(self, first: int, end: int) -> tuple[int, int] | None:
        """Return the offsets of the lines from ``first`` up to ``end`` (exclusive), blank lines at both ends left out.

        ``None`` where all of them are blank.
        """
        last = min(end, len(self)) - 1
        while first <= last and self.is_blank(first):
            first += 1
        while last >= first and self.is_blank(last):
            last -= 1
        return (self.start(first), self.end(last)) if first <= last else None

    def is_blank(self, line: int) -> bool:
        return not self[line].strip()


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the span without the blank lines at both ends, the first line's indentation kept; ``None`` where it is blank."""
    while start < end:
        newline = text.find("\n", start, end)
        if newline == -1 or text[start:newline].strip():
            break
        start = newline + 1
    last = start + len(text[start:end].rstrip())
    return (start, last) if start < last else None
