"""What keeps a ranking from saying one thing many times."""

from dataclasses import replace
from datetime import UTC, datetime

from aika.domain.queries import Hit
from aika.retrieval.diversity import spread, without_duplicates
from aika.testing.makers import make_chunk, make_document

TEXT = "The nightly backup starts at two and copies every database to the second region before the day begins"


def hit(text: str, key: str, *, year: int | None = None, position: int = 0, score: float = 1.0) -> Hit:
    modified = None if year is None else datetime(year, 1, 1, tzinfo=UTC)
    document = replace(make_document(key), modified_at=modified)
    return Hit(make_chunk(text, document=document, position=position), score)


def keys(hits: list[Hit]) -> list[str]:
    return [hit.chunk.document.key for hit in hits]


def test_case_and_punctuation_make_no_difference() -> None:
    kept, duplicates = without_duplicates([hit(TEXT, "a"), hit(TEXT.upper() + "!", "b")], overlap=0.9)

    assert keys(kept) == ["a"]
    assert [(d.hit.chunk.document.key, d.kept) for d in duplicates] == [("b", kept[0].chunk.id)]


def test_a_copy_with_one_word_more_is_a_copy() -> None:
    longer = f"{TEXT} {TEXT[::-1]} {TEXT}"

    assert keys(without_duplicates([hit(longer, "a"), hit(longer + " today", "b")], overlap=0.9)[0]) == ["a"]


def test_pages_from_one_template_are_not_copies() -> None:
    one, other = f"{TEXT} for payments", f"The weekly backup starts at three and copies {TEXT[40:]} for tickets"

    assert keys(without_duplicates([hit(one, "a"), hit(other, "b")], overlap=0.9)[0]) == ["a", "b"]


def test_of_equal_texts_the_newer_document_s_is_kept_in_the_better_place() -> None:
    old, between, new = (
        hit(TEXT, "old", year=2020, score=0.9),
        hit("other", "x", score=0.8),
        hit(TEXT, "new", year=2026),
    )

    kept, duplicates = without_duplicates([old, between, new], overlap=0.9)

    assert keys(kept) == ["new", "x"]
    assert kept[0].score == 0.9
    assert [d.hit.chunk.document.key for d in duplicates] == ["old"]


def test_short_texts_are_copies_only_where_they_are_equal() -> None:
    assert keys(without_duplicates([hit("yes", "a"), hit("no", "b"), hit("Yes.", "c")], overlap=0.9)[0]) == ["a", "b"]


def test_more_of_one_document_comes_after_the_others() -> None:
    many = [hit(f"part {number}", "a", position=number) for number in range(4)]

    order = spread([*many, hit("other", "b")], per_document=2)

    assert [(h.chunk.document.key, h.chunk.position) for h in order] == [
        ("a", 0),
        ("a", 1),
        ("b", 0),
        ("a", 2),
        ("a", 3),
    ]
