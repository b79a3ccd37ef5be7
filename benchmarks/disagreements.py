"""Measures the disagreements that are found between documents: planted ones, those that are there, and what finding them costs.

    python benchmarks/disagreements.py planted FOLDER … [--half tune|'held out'] [--show]
    python benchmarks/disagreements.py harmless FOLDER …
    python benchmarks/disagreements.py real FOLDER … [--show]

``planted`` copies a folder of files, takes statements of real documents, and writes each with another value into another one:
word for word or in other words, below a heading that names what it is about or at the end of another section. Some are written
with the value that they have, and must not be found. ``harmless`` compares statements with sentences made from them that have
another value and another condition, name or tense, below the same title. ``real`` looks at the folder as it is. All read the
folder with the filesystem connector, parse, cut, record and index it as a sync does it. Nothing of the documents is kept.
"""

import argparse
import asyncio
import hashlib
import random
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from planted_disagreements import Plant, harmless, planted

from aika.application.aika import SystemClock
from aika.application.wiring import build_intake
from aika.domain.access import EVERYONE
from aika.domain.documents import Chunk
from aika.domain.findings import Verdict
from aika.domain.identifiers import SourceId, document_id
from aika.domain.sources import Source
from aika.evaluation.halves import half_of
from aika.health.disagreements import Disagreements
from aika.health.disagreements_matching import Matcher
from aika.health.statements import statements_of
from aika.ingestion.sync import Syncer
from aika.protocols import Change
from aika.registry import Surroundings, open_component
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.stores.database.database import Database

_BATCH = 100
_MOST_PLANTS = 120


@dataclass(frozen=True, slots=True)
class Opened:
    """A folder's documents, recorded and found by words."""

    disagreements: Disagreements
    database: Database
    changes: Sequence[Change]


@asynccontextmanager
async def opened(folder: Path, include: Sequence[str] = ()) -> AsyncIterator[Opened]:
    with tempfile.TemporaryDirectory(prefix="aika-disagreements-") as scratch:
        here = Path(scratch)
        surroundings = Surroundings(folder, here, TechnicalAnalyzer())
        source = Source(
            SourceId(folder.name),
            "filesystem",
            {"path": str(folder), "include": list(include)},
            readers=frozenset({EVERYONE}),
        )
        async with (
            Database.open(f"sqlite:///{here / 'aika.db'}") as database,
            open_component("indexes", "qdrant-edge", {}, surroundings) as shelf,
            shelf.open("words", dimensions=384) as index,
        ):
            syncer = Syncer(
                catalogue=database.catalogue,
                directory=database.directory,
                log=database.sync_log,
                open_connector=lambda wanted: open_component(
                    "connectors", wanted.connector, wanted.options, surroundings
                ),
                intake=build_intake(),
                clock=SystemClock(),
            )
            await syncer.sync(source)
            changes = await database.catalogue.changes(after=0, limit=1_000_000)
            for start in range(0, len(changes), _BATCH):
                some = changes[start : start + _BATCH]
                await index.replace_many([(change.document, change.chunks or (), None) for change in some])
            found = Disagreements(database.catalogue, database.facts, lambda: index, surroundings.analyzer)
            yield Opened(found, database, changes)


async def examined(here: Opened, changes: Sequence[Change]) -> tuple[list[Verdict], float]:
    """Return what is found, and the milliseconds of a processor that each document took."""
    started = time.process_time()
    found = [
        verdict
        async for verdict in here.disagreements.examine([(change.document, change.chunks or ()) for change in changes])
    ]
    return found, (time.process_time() - started) * 1000 / max(1, len(changes))


async def real(folder: Path, *, show: bool) -> None:
    async with opened(folder) as here:
        found, cost = await examined(here, here.changes)
    print(
        f"{folder.name}: {len(found)} found in {len(here.changes)} documents, {cost:.1f} ms of a processor a document"
    )
    if show:
        for number, verdict in enumerate(found, start=1):
            print(f"[{number}] {verdict.kind.value} {verdict.subject}")
            for exhibit in verdict.exhibits:
                print(
                    f"    {exhibit.document.key} | {exhibit.document.title} | {exhibit.note} | {' '.join(exhibit.quote.split())}"
                )


async def look_alikes(folder: Path, half: str) -> None:
    """Print how many sentences that contradict nothing are taken for a disagreement."""
    analyzer = TechnicalAnalyzer()
    matcher = Matcher(analyzer)
    wrong: Counter[str] = Counter()
    total: Counter[str] = Counter()
    async with opened(folder) as here:
        texts = [change.chunks for change in here.changes if change.chunks]
    statements = [
        statement
        for chunks in texts
        if half_of(chunks[0].document.key) == half
        for statement in statements_of(chunks, analyzer)
    ]
    for why, statement, text in harmless(statements, random.Random(0)):
        key = f"elsewhere/{statement.document.id}.md"
        document = replace(statement.document, id=document_id(statement.document.source, key), key=key)
        chunk = Chunk(document, 0, 0, len(text), text, statement.heading_path)
        total[why] += 1
        wrong[why] += any(matcher.difference(statement, other) for other in statements_of([chunk], analyzer))
    for why, count in sorted(total.items()):
        print(f"{folder.name}: {why:18} {wrong[why]:4} wrong of {count:5}")


async def measure(folder: Path, half: str, *, show: bool) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """Return how many were found and how many were planted, by sort and by form."""
    hits: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory(prefix="aika-planted-") as scratch:
        copy = Path(scratch) / folder.name
        shutil.copytree(folder, copy)
        async with opened(folder) as before:
            seed = int.from_bytes(hashlib.sha256(folder.name.encode()).digest()[:4], "big")
            changes = [
                change for change in before.changes if change.chunks and half_of(change.chunks[0].document.key) == half
            ]
            plants = await planted(changes, before.database, copy, random.Random(seed), most=_MOST_PLANTS)
        async with opened(copy) as after:
            hosts = {plant.host for plant in plants}
            touched = [change for change in after.changes if change.chunks and change.chunks[0].document.key in hosts]
            found, cost = await examined(after, touched)
    pairs: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in found:
        for exhibit in verdict.exhibits:
            pairs[exhibit.document.key].append(verdict)
    for plant in plants:
        caught = any(_is_of(verdict, plant) for verdict in pairs[plant.host])
        for key in ((plant.sort, plant.form), ("all" if plant.differs else "same value", plant.form)):
            total[key] += 1
            hits[key] += caught
        if show and caught != plant.differs:
            print(
                f"{'missed' if plant.differs else 'wrong'} {plant.sort} {plant.form}: {plant.original!r} / {plant.text!r}"
            )
            print(f"      {plant.key} -> {plant.host}")
    print(f"{folder.name}: {len(plants)} planted, {cost:.1f} ms of a processor a document")
    return hits, total


def _is_of(verdict: Verdict, plant: Plant) -> bool:
    keys = {exhibit.document.key for exhibit in verdict.exhibits}
    return keys == {plant.host, plant.key}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("planted", "harmless", "real"))
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--half", choices=("tune", "held out"), default="held out")
    parser.add_argument("--show", action="store_true", help="print what was found, or what was missed")
    given = parser.parse_args()
    for folder in given.folders:
        if not folder.is_dir():
            sys.exit(f"{folder} is not a folder")
    if given.what != "planted":
        for folder in given.folders:
            one = folder.resolve()
            asyncio.run(real(one, show=given.show) if given.what == "real" else look_alikes(one, given.half))
        return
    hits: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    for folder in given.folders:
        some_hits, some = asyncio.run(measure(folder.resolve(), given.half, show=given.show))
        hits += some_hits
        total += some
    for key in sorted(total):
        print(f"{key[0]:12} {key[1]:22} {hits[key]:4} of {total[key]:4}")


if __name__ == "__main__":
    main()
