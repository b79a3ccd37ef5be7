"""Measures exact answers to questions for owners, channels, people and standings on a company's files as they are.

    python benchmarks/ownership.py COLLECTION FOLDER [--include '*.md' …] [--json FILE]

``COLLECTION`` is a folder with ``queries.jsonl`` whose rows have ``answers``; ``FOLDER`` holds the files that they are about. The
files are read by the filesystem connector, parsed, cut and recorded as a sync does it, and the questions are asked without a
language model. ``aika eval owners`` asks the same of a collection's ``corpus.jsonl``.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from aika.application.aika import SystemClock
from aika.application.evaluation import open_answering_system
from aika.domain.access import EVERYONE
from aika.domain.identifiers import SourceId
from aika.domain.sources import Source
from aika.evaluation.collections import Topic, load_collection
from aika.evaluation.owners import OwnersReport, evaluate_owners
from aika.evaluation.report import owners_as_json, owners_as_table
from aika.ingestion.sync import Syncer
from aika.registry import Surroundings, open_component
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.settings import load_settings


async def measure(topics: Sequence[Topic], name: str, folder: Path, include: list[str]) -> OwnersReport:
    here = Path(tempfile.mkdtemp(prefix="aika-ownership-"))
    surroundings = Surroundings(folder, here, TechnicalAnalyzer())
    source = Source(
        SourceId("files"),
        "filesystem",
        {"path": str(folder), "include": include},
        readers=frozenset({EVERYONE}),
    )
    async with open_answering_system(load_settings(here)) as system:
        database = system.database
        syncer = Syncer(
            catalogue=database.catalogue,
            directory=database.directory,
            log=database.sync_log,
            open_connector=lambda wanted: open_component("connectors", wanted.connector, wanted.options, surroundings),
            intake=system.intake,
            clock=SystemClock(),
        )
        started = time.perf_counter()
        synced = await syncer.sync(source)
        print(
            f"{synced.phase}: {synced.added} documents in {time.perf_counter() - started:.1f} s, {synced.failed} unreadable"
        )
        return await evaluate_owners(name, topics, system.answerer)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collection", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--include", action="append", default=[])
    parser.add_argument("--json", type=Path, dest="out")
    given = parser.parse_args()
    if not given.folder.is_dir():
        sys.exit(f"{given.folder} is not a folder")
    topics = load_collection(given.collection).topics
    report = asyncio.run(measure(topics, given.collection.name, given.folder.resolve(), given.include))
    Console().print(owners_as_table(report))
    if given.out is not None:
        given.out.write_text(json.dumps(owners_as_json(report), indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
