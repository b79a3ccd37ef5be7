"""The example company's documents contradict one another in three places, and nowhere else."""

from pathlib import Path

import pytest
from prepared_database import database_in

from aika.application.wiring import build_intake
from aika.domain.access import EVERYONE
from aika.domain.documents import RawDocument
from aika.domain.findings import FindingKind, Verdict
from aika.domain.identifiers import SourceId
from aika.domain.sources import Source
from aika.health.disagreements import Disagreements
from aika.protocols import Entry
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.stores.database.database import Database
from aika.stores.index.memory import MemoryIndex

COMPANY = Path(__file__).parents[2] / "examples" / "company"
SUFFIXES = {".md", ".xlsx"}


def entries() -> list[Entry]:
    """Return the company's pages and sheets, read as a sync reads them."""
    source = Source(SourceId("company"), "filesystem", {}, readers=frozenset({EVERYONE}))
    intake = build_intake()
    paths = sorted(path for path in COMPANY.rglob("*") if path.suffix in SUFFIXES)
    raws = [
        RawDocument(key=(key := str(path.relative_to(COMPANY))), content=path.read_bytes(), path=key) for path in paths
    ]
    return [intake.take(source, raw, version="1")[0] for raw in raws]


@pytest.fixture
async def found(tmp_path: Path) -> list[Verdict]:
    analyzer = TechnicalAnalyzer()
    index = MemoryIndex(analyzer, 4)
    recorded = entries()
    await index.replace_many([(entry.document.id, entry.chunks, None) for entry in recorded])
    async with Database.open(database_in(tmp_path)) as database:
        await database.catalogue.record(recorded)
        disagreements = Disagreements(database.catalogue, database.facts, lambda: index, analyzer)
        changed = [(entry.document.id, entry.chunks) for entry in recorded]
        return [verdict async for verdict in disagreements.examine(changed)]


async def test_the_known_contradictions_of_the_example_company_are_found_and_no_others(found: list[Verdict]) -> None:
    pairs = {
        frozenset((exhibit.document.key, exhibit.note) for exhibit in verdict.exhibits): verdict.kind
        for verdict in found
    }

    handbook, rota = "handbook/on-call.md", "office/oncall-rota.xlsx"
    assert pairs == {
        frozenset(
            {("handbook/customer-refunds.md", "says 14 days"), ("techdocs/payments/docs/refunds.md", "says 30 days")}
        ): FindingKind.CONFLICTING,
        frozenset({(handbook, "says €35"), (rota, "says 40")}): FindingKind.CONFLICTING,
        frozenset({(handbook, "says €90"), (rota, "says 110")}): FindingKind.CONFLICTING,
    }
