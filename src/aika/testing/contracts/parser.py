"""What every parser must do.

Inherit from `ParserContract` and give it two fixtures: ``parser``, and ``samples``, a few documents that it can read.
"""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aika.domain.documents import Parsed, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.protocols import Parser

# The suite is inherited, and a parser holds no state between documents.
_SHARED = (HealthCheck.function_scoped_fixture, HealthCheck.differing_executors, HealthCheck.too_slow)


def assert_sound(parsed: Parsed) -> None:
    """Assert what chunkers, indexes and databases rely on."""
    text, position = parsed.body.text, 0
    for block in parsed.body.blocks:
        assert position <= block.start < block.end <= len(text), (
            f"{block} overlaps, is empty, or is outside of the text"
        )
        assert text[block.start : block.end].strip(), f"{block} is blank"
        assert all(heading.strip() for heading in block.heading_path), f"{block} has an empty heading above it"
        position = block.end
    for words in (text, parsed.title or "", *parsed.warnings, *map(str, parsed.attributes.values())):
        words.encode("utf-8")
        assert "\x00" not in words, "databases refuse NUL"
    assert "\r" not in text, "line ends are \\n"
    wrong = [name for name in parsed.attributes if name != name.lower() or " " in name or "-" in name]
    assert not wrong, f"attributes are in lower case with underscores, not {wrong}"


def parse_or_refuse(parser: Parser, raw: RawDocument) -> Parsed | None:
    """Return what was parsed, ``None`` for a refusal. Every other exception is a failure of the parser."""
    try:
        return parser.parse(raw)
    except UnreadableDocumentError as error:
        if not str(error):
            raise AssertionError("a refusal says why") from error
        return None


class ParserContract:
    @pytest.fixture
    def parser(self) -> Parser:
        raise NotImplementedError("give the suite a fixture called parser")

    @pytest.fixture
    def samples(self) -> Sequence[RawDocument]:
        raise NotImplementedError("give the suite a fixture called samples")

    def test_suffixes_and_media_types_are_in_lower_case(self, parser: Parser) -> None:
        # A name without a dot is a whole file name, such as "dockerfile".
        assert all(suffix and suffix == suffix.lower() and "/" not in suffix for suffix in parser.suffixes)
        assert all("/" in media_type and media_type == media_type.lower() for media_type in parser.media_types)

    def test_blocks_are_in_order_apart_and_inside_the_text(
        self, parser: Parser, samples: Sequence[RawDocument]
    ) -> None:
        for raw in samples:
            parsed = parser.parse(raw)

            assert_sound(parsed)
            assert parsed.body.blocks
            assert parsed.title

    def test_the_same_document_is_parsed_the_same_way(self, parser: Parser, samples: Sequence[RawDocument]) -> None:
        for raw in samples:
            assert parser.parse(raw) == parser.parse(raw)

    def test_an_empty_document_is_parsed_or_refused(self, parser: Parser, samples: Sequence[RawDocument]) -> None:
        parsed = parse_or_refuse(parser, replace(samples[0], content=b""))

        assert parsed is None or parsed.body.blocks == ()

    @settings(suppress_health_check=_SHARED, deadline=None, max_examples=30)
    @given(data=st.data())
    def test_a_damaged_document_is_parsed_or_refused(
        self, parser: Parser, samples: Sequence[RawDocument], data: st.DataObject
    ) -> None:
        raw = data.draw(st.sampled_from(list(samples)))
        cut = data.draw(st.integers(0, len(raw.content)))
        garbage = data.draw(st.binary(max_size=20))

        parsed = parse_or_refuse(parser, replace(raw, content=raw.content[:cut] + garbage))

        if parsed is not None:
            assert_sound(parsed)

    @settings(suppress_health_check=_SHARED, deadline=None, max_examples=50)
    @given(content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
    def test_any_bytes_are_parsed_or_refused(
        self, parser: Parser, samples: Sequence[RawDocument], content: bytes
    ) -> None:
        parsed = parse_or_refuse(parser, replace(samples[0], content=content))

        if parsed is not None:
            assert_sound(parsed)
