"""What plain text becomes, and how bytes become text."""

from collections.abc import Sequence

import pytest

from aika.domain.documents import BlockKind, Parsed, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.parsers.plaintext import PlainTextParser
from aika.protocols import Parser
from aika.testing.contracts.parser import ParserContract


def parse(content: bytes, *, media_type: str | None = None) -> Parsed:
    return PlainTextParser().parse(
        RawDocument(key="n", content=content, path="notes/team-notes.txt", media_type=media_type)
    )


class TestPlainTextParserContract(ParserContract):
    @pytest.fixture
    def parser(self) -> Parser:
        return PlainTextParser()

    @pytest.fixture
    def samples(self) -> Sequence[RawDocument]:
        log = b"2024-01-01 10:00:00 INFO started\n" * 5
        return [RawDocument("a", b"One.\n\nTwo\nlines.\n", "a.txt"), RawDocument("b", log, "b.log")]


def test_blank_lines_part_paragraphs() -> None:
    parsed = parse(b"One\nline.\n \n\n  Two.\n")

    assert [parsed.body.text[block.start : block.end] for block in parsed.body.blocks] == ["One\nline.", "  Two."]
    assert parsed.title == "Team notes"


def test_a_logs_lines_are_records() -> None:
    parsed = parse(
        b"[2024-01-01 10:00:00] started\n  at place\n[2024-01-01 10:00:01] stopped\n[2024-01-01 10:00:02] x\n"
    )

    assert [block.kind for block in parsed.body.blocks] == [BlockKind.RECORD]


@pytest.mark.parametrize(
    "content",
    [
        "naïve – 日本".encode(),
        "naïve – 日本".encode("utf-8-sig"),
        "naïve – 日本".encode("utf-16"),
        "naïve – 日本".encode("utf-32"),
    ],
    ids=["UTF-8", "UTF-8 with mark", "UTF-16", "UTF-32"],
)
def test_unicode_is_read_with_and_without_a_mark(content: bytes) -> None:
    assert parse(content).body.text == "naïve – 日本"


def test_utf_16_without_a_mark_is_recognized() -> None:
    assert parse("Plain words in UTF-16".encode("utf-16-le")).body.text == "Plain words in UTF-16"


def test_latin_1_is_read_with_a_warning() -> None:
    parsed = parse("Grüße".encode("latin-1"))

    assert parsed.body.text == "Grüße"
    assert "Latin-1" in parsed.warnings[0]


def test_a_declared_charset_is_believed() -> None:
    assert parse("Привет".encode("koi8-r"), media_type="text/plain; charset=koi8-r").body.text == "Привет"


def test_a_broken_byte_in_utf_8_does_not_make_it_latin_1() -> None:
    parsed = parse("Grüße aus Köln".encode() + b"\xff")

    assert parsed.body.text == "Grüße aus Köln\ufffd"
    assert parsed.warnings == ("1 places are not valid UTF-8 and were replaced",)


def test_binary_data_is_refused_with_what_to_do() -> None:
    with pytest.raises(
        UnreadableDocumentError, match="looks like binary data, not plain text: correct the file's name"
    ):
        parse(bytes(range(32)) * 10)


def test_a_git_lfs_pointer_is_not_the_document() -> None:
    with pytest.raises(UnreadableDocumentError, match="Git LFS pointer"):
        parse(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n")
