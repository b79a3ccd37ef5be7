"""Reasons are put together by cause, so that one thing is done for many documents."""

import pytest

from aika.application.causes import by_cause, cause_of
from aika.domain.sources import UnreadableDocument


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("it has 40.2 MB, more than the 33.6 MB that max_file_bytes allows: raise max_file_bytes", "too-large"),
        ("it holds no text, only scanned images: run it through OCR first", "scanned"),
        ("it holds no text", "empty"),
        ("it is encrypted: save it without a password", "encrypted"),
        ("reading it took longer than 120 s (setting sync.parse_timeout)", "slow"),
        ("the permission to read it is missing: grant it or exclude the file", "access"),
        ("it vanished while the source was read; sync again", "changed"),
        ("it is damaged, or not a PDF: xref", "damaged"),
        ("the parser failed on it (KeyError: 'a'); please report this", "parser"),
        ("its content is kept in Git LFS, which aika does not fetch: exclude the file", "not-documents"),
    ],
)
def test_known_reasons_have_a_cause_with_a_remedy(reason: str, cause: str) -> None:
    found = cause_of(reason)

    assert found.id == cause
    assert found.remedy


def test_reasons_that_differ_in_names_and_numbers_are_one_cause() -> None:
    groups = by_cause(UnreadableDocument(f"{n}.x", f"the wheel 'w{n}' of a/{n} fell off {n} times") for n in range(3))

    assert [(len(group.documents), group.cause.title) for group in groups] == [(3, "The wheel … of … fell off … times")]


def test_what_was_left_out_whole_comes_first() -> None:
    noted = [UnreadableDocument(f"{n}.pdf", "note: page 4 holds only scanned images") for n in range(3)]
    groups = by_cause([*noted, UnreadableDocument("a.pdf", "it is damaged")])

    assert [(group.left_out, len(group.documents)) for group in groups] == [(True, 1), (False, 3)]
