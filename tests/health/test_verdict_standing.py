"""Which of two documents holds where they disagree."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aika.domain.documents import Document
from aika.health.verdicts.passages import may_tell
from aika.health.verdicts.standing import precedence, withdrawn
from aika.testing.makers import make_document

SPRING, LAST_YEAR = datetime(2025, 4, 1, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC)


def page(
    key: str, *, title: str = "Vault", changed: datetime = SPRING, said: Mapping[str, str] | None = None
) -> Document:
    return replace(make_document(key, title=title, attributes=said), modified_at=changed)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (page("a.md", said={"status": "superseded"}), page("b.md")),
        (page("a.md", said={"superseded_by": "RFC 12"}), page("rfc-012-vault.md")),
        (page("a.md"), page("b.md", said={"supersedes": "a.md, Vault"})),
        (page("archive/vault.md"), page("vault.md")),
        (page("a.md", title="Vault (old)"), page("b.md")),
        (page("a.md", said={"last_reviewed_on": "2022-01-10"}), page("b.md", said={"last_reviewed_on": "2025-01-10"})),
        (page("adr-0004.md"), page("adr-0011.md")),
        (page("a.md", title="Vault v1.9"), page("b.md", title="Vault v1.10")),
        (page("vault-2019.md"), page("vault-2024.md")),
        (page("a.md", changed=LAST_YEAR), page("b.md")),
    ],
)
def test_the_older_document_is_told_by_its_record_place_review_name_or_last_change(
    older: Document, newer: Document
) -> None:
    for pair in ((older, newer), (newer, older)):
        found = precedence(*pair)

        assert found is not None
        assert (found.older.key, found.newer.key) == (older.key, newer.key)


def test_what_a_record_says_comes_before_the_dates() -> None:
    touched = page("a.md", said={"status": "superseded"})
    stands = page("b.md", changed=LAST_YEAR)

    found = precedence(touched, stands)

    assert found is not None
    assert found.older == touched


def test_an_edit_some_days_later_tells_nothing() -> None:
    assert precedence(page("a.md", changed=datetime(2025, 3, 20, tzinfo=UTC)), page("b.md")) is None


@pytest.mark.parametrize("title", ["Deprecated APIs and how to leave them", "Retired applications", "The old harbour"])
def test_a_page_about_what_is_old_is_not_withdrawn(title: str) -> None:
    assert withdrawn(page("a.md", title=title)) is None


def test_a_document_is_named_only_to_those_who_may_read_it() -> None:
    public, secret = make_document("a.md"), make_document("b.md", readers=["user:ada"])

    assert may_tell(secret, [public])
    assert not may_tell(public, [secret])
