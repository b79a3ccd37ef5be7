"""Reading the literals of a JavaScript configuration without running it.

Docusaurus is configured in JavaScript or TypeScript. Almost all of what such files say is written out as literals; what is
computed is read as ``None``.
"""

import re
from collections.abc import Iterator

Literal = str | float | bool | None | list["Literal"] | dict[str, "Literal"]

_DEEPEST = 60
_SKIP = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r"""'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"|`((?:\\.|[^`\\])*)`""", re.DOTALL)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_RESOLVED = re.compile(r"require\s*\.\s*resolve\s*\(")
_TYPE = re.compile(r"\s*(?:as\s+const|satisfies\s+[\w.<>\[\]]+|as\s+[\w.<>\[\]]+)")
_WORDS: dict[str, Literal] = {"true": True, "false": False, "null": None, "undefined": None}
_CLOSERS = {"(": ")", "[": "]", "{": "}"}


class NotALiteralError(ValueError):
    """The text is not what this reader understands."""


def literal_at(text: str, position: int) -> Literal:
    """Return the value that is written at a position. Raises `NotALiteralError` where brackets do not match."""
    return _Reader(text, position).value(0)


def values_of(text: str, key: str) -> Iterator[Literal]:
    """Yield the values that are written behind ``key:`` anywhere, in order."""
    for found in re.finditer(rf"(?<![\w$.'\"-])['\"]?{re.escape(key)}['\"]?\s*:", text):
        try:
            yield literal_at(text, found.end())
        except NotALiteralError:
            continue


class _Reader:
    def __init__(self, text: str, position: int) -> None:
        self._text = text
        self._at = position

    def value(self, depth: int) -> Literal:
        if depth > _DEEPEST:
            raise NotALiteralError("nested too deeply")
        self._skip()
        following = self._text[self._at : self._at + 1]
        if following == "[":
            found: Literal = self._list(depth)
        elif following == "{":
            found = self._mapping(depth)
        else:
            found = self._plain()
        if asserted := _TYPE.match(self._text, self._at):
            self._at = asserted.end()
        self._skip()
        # What goes on is an expression, such as a sum: its value is not written down.
        if self._text[self._at : self._at + 1] not in {",", "]", "}", ")", ";", ""}:
            self._expression()
            return found if self._text[self._at : self._at + 1] == "" else None
        return found

    def _list(self, depth: int) -> list[Literal]:
        items: list[Literal] = []
        self._at += 1
        while not self._closes("]"):
            items.append(self.value(depth + 1))
            self._comma()
        return items

    def _mapping(self, depth: int) -> dict[str, Literal]:
        entries: dict[str, Literal] = {}
        self._at += 1
        while not self._closes("}"):
            key = self._key()
            self._skip()
            if key is not None and self._text[self._at : self._at + 1] == ":":
                self._at += 1
                entries[key] = self.value(depth + 1)
            else:
                self._expression()
            self._comma()
        return entries

    def _key(self) -> str | None:
        if found := _STRING.match(self._text, self._at):
            self._at = found.end()
            return _unescaped(found)
        if found := _NAME.match(self._text, self._at) or _NUMBER.match(self._text, self._at):
            self._at = found.end()
            return found[0]
        return None

    def _plain(self) -> Literal:
        if found := _STRING.match(self._text, self._at):
            self._at = found.end()
            return None if found[3] and "${" in found[3] else _unescaped(found)
        if found := _NUMBER.match(self._text, self._at):
            self._at = found.end()
            return float(found[0])
        if found := _RESOLVED.match(self._text, self._at):
            self._at = found.end()
            resolved = self.value(_DEEPEST)
            self._at += 1
            return resolved
        if (found := _NAME.match(self._text, self._at)) and found[0] in _WORDS:
            self._at = found.end()
            return _WORDS[found[0]]
        self._expression()
        return None

    def _expression(self) -> None:
        """Pass over what is computed, up to the comma or bracket that ends it."""
        open_brackets: list[str] = []
        while self._at < len(self._text):
            if found := _STRING.match(self._text, self._at):
                self._at = found.end()
                continue
            character = self._text[self._at]
            if open_brackets and character == open_brackets[-1]:
                open_brackets.pop()
            elif character in _CLOSERS:
                open_brackets.append(_CLOSERS[character])
            elif not open_brackets and character in ",]});":
                return
            self._at += 1
            self._skip()

    def _closes(self, bracket: str) -> bool:
        self._skip()
        if self._at >= len(self._text):
            raise NotALiteralError(f"there is no closing {bracket}")
        if self._text[self._at] != bracket:
            return False
        self._at += 1
        return True

    def _comma(self) -> None:
        self._skip()
        if self._text[self._at : self._at + 1] == ",":
            self._at += 1
        elif self._text[self._at : self._at + 1] not in {"]", "}"}:
            raise NotALiteralError("a comma or a closing bracket is missing")

    def _skip(self) -> None:
        found = _SKIP.match(self._text, self._at)
        self._at = found.end() if found else self._at


def _unescaped(found: re.Match[str]) -> str:
    text = next(group for group in found.groups() if group is not None)
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
