"""How documents are cut, beyond what every chunker must do."""

import pytest

from aika.chunkers.sections import SectionChunker
from aika.chunkers.symbols import SymbolChunker
from aika.chunkers.threads import ThreadChunker
from aika.domain.documents import Block, BlockKind, Body, Chunk
from aika.protocols import Chunker
from aika.testing.contracts.chunker import ChunkerContract
from aika.testing.makers import make_document


class TestSectionChunkerContract(ChunkerContract):
    @pytest.fixture
    def chunker(self) -> Chunker:
        return SectionChunker()


class TestSymbolChunkerContract(ChunkerContract):
    @pytest.fixture
    def chunker(self) -> Chunker:
        return SymbolChunker()


class TestThreadChunkerContract(ChunkerContract):
    @pytest.fixture
    def chunker(self) -> Chunker:
        return ThreadChunker()


class Page:
    """Builds a body block by block."""

    def __init__(self) -> None:
        self.text = ""
        self.blocks: list[Block] = []
        self._path: tuple[str, ...] = ()
        self._anchor: str | None = None

    def heading(self, level: int, words: str) -> "Page":
        self._path, self._anchor = self._path[: level - 1], words.lower()
        self._add(BlockKind.HEADING, f"{'#' * (level + 1)} {words}")
        self._path = (*self._path, words)
        return self

    def add(self, kind: BlockKind, text: str, *, anchor: str | None = None) -> "Page":
        self._add(kind, text, anchor)
        return self

    def hidden(self, text: str) -> "Page":
        self.text += f"{text}\n\n"
        return self

    def _add(self, kind: BlockKind, text: str, anchor: str | None = None) -> None:
        start = len(self.text)
        self.blocks.append(Block(kind, start, start + len(text), self._path, anchor or self._anchor))
        self.text += f"{text}\n\n"

    def split(self, chunker: Chunker | None = None, *, title: str = "Guide") -> list[Chunk]:
        return (chunker or SectionChunker()).split(make_document(title=title), Body(self.text, tuple(self.blocks)))


def prose(characters: int) -> str:
    sentence = "The service answers within two hundred milliseconds on most days. "
    return (sentence * (characters // len(sentence) + 1))[:characters].rstrip() + "."


def test_sections_that_can_stand_alone_do_not_share_a_chunk() -> None:
    page = Page().heading(1, "Deploy").add(BlockKind.PARAGRAPH, prose(400))
    page.heading(1, "Restore").add(BlockKind.PARAGRAPH, prose(400))

    assert [chunk.heading_path for chunk in page.split()] == [("Deploy",), ("Restore",)]


def test_small_sections_share_a_chunk_whose_path_is_what_they_have_in_common() -> None:
    page = Page().heading(1, "Operations").heading(2, "Deploy").add(BlockKind.PARAGRAPH, "Run make deploy.")
    page.heading(2, "Restore").add(BlockKind.PARAGRAPH, "Run make restore.")

    (chunk,) = page.split()

    assert chunk.heading_path == ("Operations",)
    assert chunk.anchor == "operations"


def test_a_heading_stays_with_what_follows_it() -> None:
    page = Page().add(BlockKind.PARAGRAPH, prose(1150)).heading(1, "Limits").add(BlockKind.PARAGRAPH, prose(1150))

    before, after = page.split()

    assert "Limits" not in before.text
    assert after.text.startswith("## Limits")


def test_a_long_section_is_cut_evenly() -> None:
    page = Page().heading(1, "Deploy")
    for _ in range(7):
        page.add(BlockKind.PARAGRAPH, prose(200))

    lengths = [len(chunk.text) for chunk in page.split()]

    assert len(lengths) == 2
    assert min(lengths) > 500


def test_a_long_paragraph_is_cut_at_the_ends_of_sentences() -> None:
    chunks = Page().add(BlockKind.PARAGRAPH, prose(4000)).split()

    assert len(chunks) == 4
    assert all(chunk.text.endswith(".") for chunk in chunks)
    assert all(chunk.text.startswith("The service") for chunk in chunks)


def test_an_abbreviation_ends_no_sentence() -> None:
    words = "We ask e.g. Alice and Bob and others who know about it, i.e. Carol who wrote the thing " * 30

    chunks = Page().add(BlockKind.PARAGRAPH, words.strip()).split()

    assert not any(chunk.text.endswith(("e.g.", "i.e.")) for chunk in chunks)


def test_a_list_is_kept_with_the_words_that_introduce_it() -> None:
    page = Page().add(BlockKind.PARAGRAPH, prose(500)).add(BlockKind.PARAGRAPH, prose(300))
    page.add(BlockKind.PARAGRAPH, "Before a deploy, check the following:").add(BlockKind.LIST, "- check\n" * 80)

    *_, last = page.split()

    assert "check the following:\n\n- check" in last.text


def test_a_table_too_long_for_one_chunk_is_cut_between_rows() -> None:
    rows = "\n".join(f"| service-{number} | team {number} | #{number} |" for number in range(150))

    chunks = Page().add(BlockKind.TABLE, rows).split()

    assert len(chunks) > 2
    assert all(line.count("|") == 4 for chunk in chunks for line in chunk.text.split("\n"))


def test_code_is_cut_before_an_outer_line() -> None:
    function = "def name():\n" + "    work = 1\n" * 30 + "    return work\n\n"

    chunks = Page().add(BlockKind.CODE, (function * 10).rstrip()).split()

    assert all(chunk.text.startswith("def name()") for chunk in chunks)


def test_a_line_without_blanks_is_cut_all_the_same() -> None:
    chunks = Page().add(BlockKind.PARAGRAPH, "x" * 5000).split()

    assert "".join(chunk.text for chunk in chunks) == "x" * 5000


def test_hidden_text_is_in_no_chunk() -> None:
    page = (
        Page()
        .add(BlockKind.PARAGRAPH, prose(100))
        .hidden(f"<!-- {prose(100)} -->")
        .add(BlockKind.PARAGRAPH, prose(100))
    )

    assert [len(chunk.text) for chunk in page.split()] == [101, 101]


def test_a_short_marker_keeps_nothing_apart() -> None:
    page = Page().add(BlockKind.PARAGRAPH, "One.").hidden("<!-- toc -->").add(BlockKind.PARAGRAPH, "Two.")

    assert len(page.split()) == 1


def test_a_heading_that_a_template_keeps_from_its_text_is_no_chunk() -> None:
    page = Page().heading(1, "Risks").hidden(f"<!-- {prose(300)} -->").add(BlockKind.PARAGRAPH, "None are known.")

    (chunk,) = page.split()

    assert chunk.text == "None are known."
    assert chunk.heading_path == ("Risks",)


def test_messages_of_one_thread_stay_together_and_threads_apart() -> None:
    page = (
        Page()
        .heading(1, "Broken build")
        .add(BlockKind.MESSAGE, f"ann: {prose(700)}")
        .add(BlockKind.MESSAGE, f"bob: {prose(700)}")
    )
    page.heading(1, "Lunch").add(BlockKind.MESSAGE, f"cid: {prose(700)}")

    chunks = page.split(ThreadChunker())

    assert [chunk.heading_path for chunk in chunks] == [("Broken build",), ("Lunch",)]


def test_the_anchor_of_code_is_exactly_the_lines_of_the_chunk() -> None:
    page = Page().add(BlockKind.SYMBOL, "def a():\n    return 1", anchor="L1-L2")
    page.add(BlockKind.SYMBOL, "def b():\n    return 2", anchor="L4-L5")

    (chunk,) = page.split(SymbolChunker())

    assert chunk.anchor == "L1-L5"


def test_a_long_symbol_is_cut_and_each_piece_knows_its_lines() -> None:
    source = "\n".join(f"value_{number} = compute({number})" for number in range(200))

    chunks = Page().add(BlockKind.SYMBOL, source, anchor="L1-L200").split(SymbolChunker())

    assert chunks[0].anchor == f"L1-L{chunks[0].text.count(chr(10)) + 1}"
    assert chunks[-1].anchor is not None
    assert chunks[-1].anchor.endswith("-L200")


@pytest.mark.parametrize("text", ["a\n\n" * 20_000, "a" * 500_000, "\n".join(" " * 50 + "a" for _ in range(10_000))])
def test_a_hostile_block_is_cut(text: str) -> None:
    chunks = Page().add(BlockKind.CODE, text.rstrip()).split()

    assert max(len(chunk.text) for chunk in chunks) <= 2400
