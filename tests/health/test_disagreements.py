"""Documents that say otherwise than others are found by what they state."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prepared_database import database_in

from aika.domain.access import EVERYONE
from aika.domain.documents import AttributeValue, Chunk, Kind
from aika.domain.findings import FindingKind, Verdict
from aika.domain.identifiers import DocumentId, PrincipalId
from aika.health.disagreements import Disagreements
from aika.protocols import Entry, Index
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.stores.database.database import Database
from aika.stores.index.memory import MemoryIndex
from aika.testing.makers import make_document, make_entry


def page(
    key: str,
    title: str,
    text: str,
    *,
    kind: Kind = Kind.PAGE,
    readers: Collection[str] = (EVERYONE,),
    day: int | None = None,
    **attributes: AttributeValue,
) -> Entry:
    """Return a page. ``day`` is the day of its last change."""
    document = make_document(key, title=title, kind=kind, readers=readers, attributes=attributes)
    changed = None if day is None else datetime(2026, 6, day, tzinfo=UTC)
    return make_entry(text, document=replace(document, modified_at=changed))


@dataclass(frozen=True, slots=True)
class Company:
    """Documents that are recorded and found by words."""

    database: Database
    index: Index
    disagreements: Disagreements

    async def write(self, *entries: Entry) -> None:
        await self.database.catalogue.record(entries)
        for entry in entries:
            await self.index.replace(entry.document.id, entry.chunks, None)

    async def examined(self, *entries: Entry) -> list[Verdict]:
        await self.write(*entries)
        return [verdict async for verdict in self.disagreements.examine(said(entries))]


def said(entries: Sequence[Entry]) -> list[tuple[DocumentId, tuple[Chunk, ...]]]:
    return [(entry.document.id, entry.chunks) for entry in entries]


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Company]:
    analyzer = TechnicalAnalyzer()
    index = MemoryIndex(analyzer, 4)
    async with Database.open(database_in(tmp_path)) as database:
        yield Company(database, index, Disagreements(database.catalogue, database.facts, lambda: index, analyzer))


REFUNDS = "Customers can ask for a refund within 14 days after the purchase."
OTHER_REFUNDS = "A refund can be asked for within 30 days after the purchase."


async def test_two_pages_that_give_different_limits_disagree(company: Company) -> None:
    found = await company.examined(
        page("care.md", "Refunds in customer care", REFUNDS, day=1), page("pay.md", "Refunds", OTHER_REFUNDS, day=2)
    )

    assert [(verdict.kind, verdict.document and verdict.document.key) for verdict in found] == [
        (FindingKind.CONFLICTING, "care.md")
    ]
    assert [exhibit.quote for exhibit in found[0].exhibits] == [REFUNDS, OTHER_REFUNDS]


async def test_the_verdict_is_the_same_whichever_page_changed(company: Company) -> None:
    care = page("care.md", "Refunds in customer care", REFUNDS, day=1)
    pay = page("pay.md", "Refunds", OTHER_REFUNDS, day=2)
    await company.write(care, pay)

    of_care = [verdict async for verdict in company.disagreements.examine([(care.document.id, care.chunks)])]
    of_pay = [verdict async for verdict in company.disagreements.examine([(pay.document.id, pay.chunks)])]

    assert of_care == of_pay
    assert len(of_care) == 1


async def test_conversations_are_not_compared(company: Company) -> None:
    chat = page("1.json", "Refunds", f"Ann: {OTHER_REFUNDS}", kind=Kind.CONVERSATION)

    assert await company.examined(page("refunds.md", "Refunds", REFUNDS), chat) == []


async def test_what_many_things_have_each_of_their_own_is_no_disagreement(company: Company) -> None:
    pages = [
        page(f"{name}.md", f"{name.title()}", f"The support team of ours answers mails within {days} days.")
        for days, name in enumerate(("orders", "parcels", "tickets", "harbours"), start=2)
    ]

    assert await company.examined(*pages) == []


async def test_a_replaced_page_is_outdated_and_gets_a_suggestion(company: Company) -> None:
    found = await company.examined(
        page("rules.md", "Refunds", REFUNDS, status="deprecated"), page("new.md", "Refunds in care", OTHER_REFUNDS)
    )

    assert [verdict.kind for verdict in found] == [FindingKind.OUTDATED]
    assert found[0].document is not None
    assert found[0].document.key == "rules.md"
    assert found[0].suggestion is not None
    assert found[0].suggestion.after == REFUNDS.replace("14", "30")


async def test_nothing_of_what_the_other_page_says_stands_in_reason_or_suggestion(company: Company) -> None:
    (found,) = await company.examined(
        page("rules.md", "Refunds", REFUNDS, status="deprecated"),
        page("new.md", "Refunds in care", OTHER_REFUNDS, readers=[PrincipalId("care")]),
    )

    assert "30" not in f"{found.reason} {found.subject} {found.exhibits[0].note}"
    assert found.suggestion is None
    assert "30 days" in found.exhibits[1].note


async def test_quotes_are_the_documents_own_text(company: Company) -> None:
    text = f"# Refunds\n\nSome words before it.\n\n- {REFUNDS}\n"
    other = page("pay.md", "Refunds of payments", f"Intro.\n\n**{OTHER_REFUNDS}** More.")
    (found,) = await company.examined(page("care.md", "Refunds", text), other)

    texts = {"care.md": text, "pay.md": other.body.text}
    for exhibit in found.exhibits:
        assert texts[exhibit.document.key][exhibit.start : exhibit.end] == exhibit.quote


async def test_documents_no_longer_disagree_once_one_of_them_is_mended(company: Company) -> None:
    care, pay = page("care.md", "Refunds in customer care", REFUNDS), page("pay.md", "Refunds", OTHER_REFUNDS)
    (found,) = await company.examined(care, pay)

    assert await company.disagreements.still_disagree(found)

    await company.write(page("care.md", "Refunds in customer care", REFUNDS.replace("14", "30")))
    assert not await company.disagreements.still_disagree(found)


async def test_documents_still_disagree_after_other_words_for_the_same(company: Company) -> None:
    care, pay = page("care.md", "Refunds in customer care", REFUNDS), page("pay.md", "Refunds", OTHER_REFUNDS)
    (found,) = await company.examined(care, pay)

    await company.write(page("care.md", "Refunds in customer care", f"Please note. {REFUNDS.replace('can', 'may')}"))

    assert await company.disagreements.still_disagree(found)


async def test_documents_do_not_disagree_with_one_that_is_gone(company: Company) -> None:
    care, pay = page("care.md", "Refunds in customer care", REFUNDS), page("pay.md", "Refunds", OTHER_REFUNDS)
    (found,) = await company.examined(care, pay)

    await company.database.catalogue.remove([pay.document.id])

    assert not await company.disagreements.still_disagree(found)
