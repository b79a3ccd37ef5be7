"""A passage where it stands in its document."""

from aika.answering.passages import Whereabouts, locate
from aika.domain.documents import Block, BlockKind, Body

TEXT = "# Ferries\n\nFerries sail daily.\n\n## Tickets\n\nTickets cost 12 euros.\n\n## Dogs\n\nDogs sail for nothing.\n"


def body(text: str = TEXT) -> Body:
    """Return a text with a block a paragraph."""
    blocks: list[Block] = []
    at, heading = 0, ""
    for part in text.strip("\n").split("\n\n"):
        start = text.index(part, at)
        at = start + len(part)
        is_heading = part.startswith("#")
        heading = part.lstrip("# ") if is_heading else heading
        kind = BlockKind.HEADING if is_heading else BlockKind.PARAGRAPH
        blocks.append(Block(kind, start, at, (heading,), heading.lower()))
    return Body(text, tuple(blocks))


def test_a_passage_is_shown_with_whole_blocks_around_it() -> None:
    start = TEXT.index("12 euros")

    place = locate(body(), start, start + 8, quote="12 euros", around=12)

    assert place.state is Whereabouts.FOUND
    assert TEXT[slice(*place.around)] == "Tickets cost 12 euros.\n\n"
    assert place.heading_path == ("Tickets",)


def test_words_that_moved_are_found_nearest_to_where_they_were() -> None:
    changed = "New first line about 12 euros.\n\n" + TEXT
    start = TEXT.index("12 euros")

    place = locate(body(changed), start, start + 8, quote="12 euros", around=0)

    assert place.state is Whereabouts.MOVED
    assert place.start == changed.rindex("12 euros")


def test_words_that_are_gone_are_said_to_be_gone() -> None:
    place = locate(body(), 0, 9, quote="Trains", around=0)

    assert place.state is Whereabouts.CHANGED
    assert (place.start, place.end) == (0, 9)


def test_offsets_beyond_the_text_are_its_end() -> None:
    place = locate(body(), 10_000, 20_000, quote=None, around=5)

    assert (place.start, place.end) == (len(TEXT), len(TEXT))
