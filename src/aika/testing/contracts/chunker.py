"""What every chunker must do.

Inherit from `ChunkerContract` and give it a ``chunker`` fixture.
"""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aika.domain.documents import Block, BlockKind, Body, Chunk
from aika.protocols import Chunker
from aika.testing.makers import make_document

WHOLE = 2_000
"""A table or piece of code of up to so many characters is never cut."""
LARGEST = 3_200
"""No chunk is longer."""
BRIDGED = 100
"""Text outside of all blocks that is longer than this is in no chunk."""

_SHARED = (HealthCheck.function_scoped_fixture, HealthCheck.differing_executors, HealthCheck.too_slow)
_UNCUT = frozenset({BlockKind.TABLE, BlockKind.CODE})
_WORDS = st.lists(
    st.sampled_from(["alpha", "Beta.", "gamma delta", "épsilon", "x", "`code`", "12", "end."]), min_size=1, max_size=6
)
_HIDDEN = "<!-- " + "hidden words " * 12 + "-->"


@st.composite
def bodies(draw: st.DrawFn) -> Body:
    """Bodies of all kinds of blocks, with headings above them and hidden text between some."""
    parts: list[str] = []
    blocks: list[Block] = []
    length = 0
    path: tuple[str, ...] = ()
    for _ in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(list(BlockKind)))
        if draw(st.integers(0, 5)) == 0:
            parts.append(f"{_HIDDEN}\n\n")
            length += len(parts[-1])
        words = draw(_WORDS)
        if kind is BlockKind.HEADING:
            depth = draw(st.integers(0, min(2, len(path))))
            path = path[:depth]
            text = "#" * (depth + 1) + " " + words[0]
        else:
            separator = "\n" if kind in _UNCUT else draw(st.sampled_from([" ", "\n", "\n  "]))
            text = separator.join(words * draw(st.sampled_from([1, 1, 5, 40, 150])))
        blocks.append(Block(kind, length, length + len(text), path, f"a{len(blocks)}"))
        if kind is BlockKind.HEADING:
            path = (*path, words[0])
        parts.append(text + "\n\n")
        length += len(parts[-1])
    return Body("".join(parts), tuple(blocks))


def split(chunker: Chunker, body: Body) -> list[Chunk]:
    return chunker.split(make_document(title="A title"), body)


class ChunkerContract:
    @pytest.fixture
    def chunker(self) -> Chunker:
        raise NotImplementedError("give the suite a fixture called chunker")

    def test_an_empty_body_has_no_chunks(self, chunker: Chunker) -> None:
        assert split(chunker, Body("", ())) == []

    def test_a_short_document_is_one_chunk(self, chunker: Chunker) -> None:
        chunks = split(chunker, Body("A short note.", (Block(BlockKind.PARAGRAPH, 0, 13),)))

        assert [chunk.text for chunk in chunks] == ["A short note."]

    @settings(suppress_health_check=_SHARED, deadline=None, max_examples=60)
    @given(body=bodies())
    def test_chunks_are_exact_spans_in_reading_order(self, chunker: Chunker, body: Body) -> None:
        chunks = split(chunker, body)

        assert [chunk.position for chunk in chunks] == list(range(len(chunks)))
        end = 0
        for chunk in chunks:
            assert end <= chunk.start < chunk.end <= len(body.text)
            assert chunk.text == body.text[chunk.start : chunk.end]
            assert 0 < len(chunk.text.strip()) <= len(chunk.text) <= LARGEST
            end = chunk.end

    @settings(suppress_health_check=_SHARED, deadline=None, max_examples=60)
    @given(body=bodies())
    def test_every_block_is_covered_and_hidden_text_is_not(self, chunker: Chunker, body: Body) -> None:
        chunks = split(chunker, body)

        for position, block in enumerate(body.blocks):
            assert not _left_out(chunks, block, body.text) or _may_be_left_out(body, position)
        assert not any(_HIDDEN in chunk.text for chunk in chunks)

    @settings(suppress_health_check=_SHARED, deadline=None, max_examples=60)
    @given(body=bodies())
    def test_a_table_or_code_is_cut_only_where_it_is_too_long(self, chunker: Chunker, body: Body) -> None:
        chunks = split(chunker, body)

        for block in body.blocks:
            if block.kind in _UNCUT and block.end - block.start <= WHOLE:
                assert _holders(chunks, block) == 1

    @settings(suppress_health_check=_SHARED, deadline=None, max_examples=20)
    @given(body=bodies())
    def test_the_same_document_is_cut_the_same_way(self, chunker: Chunker, body: Body) -> None:
        assert split(chunker, body) == split(chunker, body)

    def test_the_fingerprint_stays(self, chunker: Chunker) -> None:
        assert chunker.fingerprint
        assert chunker.fingerprint == type(chunker)().fingerprint


def _left_out(chunks: Sequence[Chunk], block: Block, text: str) -> str:
    """Return what of the block is in no chunk."""
    outside, position = "", block.start
    for chunk in chunks:
        if chunk.end > block.start and chunk.start < block.end:
            outside += text[position : max(position, chunk.start)]
            position = max(position, chunk.end)
    return (outside + text[position : block.end]).strip()


def _may_be_left_out(body: Body, position: int) -> bool:
    """A heading that hidden text keeps apart from what it is about is told by the title or the heading path."""
    block = body.blocks[position]
    content = next((after for after in body.blocks[position + 1 :] if after.kind is not BlockKind.HEADING), None)
    end = len(body.text) if content is None else content.start
    return block.kind is BlockKind.HEADING and _HIDDEN in body.text[block.end : end]


def _holders(chunks: Sequence[Chunk], block: Block) -> int:
    return sum(chunk.start < block.end and block.start < chunk.end for chunk in chunks)
