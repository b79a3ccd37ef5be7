"""Six companies' worth of sources, declared in YAML alone, synced into one aika.

    python benchmarks/six_companies.py ../shared/data/raw [--keep FOLDER]

Prints what became of the files of each source, wall time, memory and size; then syncs again, which must find nothing to do; then
changes, moves and deletes a file and syncs once more. The originals are copied first and never touched.
"""

import argparse
import asyncio
import resource
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic

from rich.console import Console
from rich.table import Table

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.domain.access import UNRESTRICTED
from aika.domain.identifiers import SourceId
from aika.domain.sources import SyncReport
from aika.settings import load_settings


def _folder(path: str, *more: str) -> str:
    return f"connector: filesystem\nreaders: [everyone]\noptions: {{{', '.join((f'path: raw/{path}', *more))}}}\n"


def _export(path: str, team: str) -> str:
    return f"connector: slack-export\noptions: {{path: raw/{path}, team: {team}, public_channels: everyone}}\n"


DECLARATIONS = {
    "herb-documents": _folder("herb-company", "include: [docs/**, meetings/**]"),
    "herb-requests": _folder("herb-company", "include: [github-prs/**, urls/**]"),
    "herb-people": "connector: people\nreaders: [everyone]\noptions: {path: raw/herb-company/org}\n",
    "herb-slack": _export("herb-company/slack-export", "THERB"),
    "govuk-docs": _folder("govuk-company/govuk-developer-docs"),
    "govuk-rfcs": _folder("govuk-company/govuk-rfcs"),
    "kubernetes-community": _folder("kubernetes/community"),
    "kubernetes-enhancements": _folder("kubernetes/enhancements"),
    "backstage-techdocs": _folder("backstage", "site: techdocs", "include: [docs/**, beps/**, mkdocs.yml, OWNERS.md]"),
    "backstage-catalog": "connector: backstage-catalog\nreaders: [everyone]\n"
    "options: {path: raw/backstage, include: [catalog-info.yaml, packages/catalog-model/examples/**/*.yaml]}\n",
    "devchat": _export("slack-devchat-export", "TDEVCHAT"),
    "irc-ubuntu": _export("irc-ubuntu-slack-export", "TIRC"),
}
EDITED = "raw/govuk-company/govuk-rfcs"
"""Where the files are that are changed, moved and deleted."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("raw", type=Path, help="the folder with the six companies' originals")
    arguments.add_argument("--keep", type=Path, help="a new folder to work in and to keep (default: a temporary one)")
    chosen = arguments.parse_args()
    folder = chosen.keep or Path(mkdtemp(prefix="aika-companies-"))
    try:
        asyncio.run(measure(chosen.raw.resolve(), folder.resolve(), Console(width=140)))
    finally:
        if chosen.keep is None:
            shutil.rmtree(folder)


async def measure(raw: Path, folder: Path, console: Console) -> None:
    shutil.copytree(raw, folder / "raw")
    (folder / "sources").mkdir()
    for name, text in DECLARATIONS.items():
        (folder / "sources" / f"{name}.yaml").write_text(text, encoding="utf-8")
    async with open_aika(load_settings(folder)) as aika:
        if aika.source_errors:
            sys.exit("\n".join(map(str, aika.source_errors)))
        console.print(await _table(aika, "first sync", await _sync(aika, aika.sources)))
        console.print(f"kinds: {_counted(await _kinds(aika))}")
        started = monotonic()
        await _findable(aika)
        console.print(f"then {monotonic() - started:.1f} s until all of it was found by words")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        console.print(f"peak memory {peak:,.0f} MB, {_sizes(folder / '.aika')}")
        console.print(await _table(aika, "second sync: nothing to do", await _sync(aika, aika.sources)))
        said = _edit(folder / EDITED)
        reports = await _sync(aika, [SourceId("govuk-rfcs")])
        console.print(await _table(aika, f"third sync: {said}", reports))
        for state in await aika.source_states(scope=UNRESTRICTED):
            if state.last_sync is not None and state.last_sync.message:
                console.print(f"{state.source.id}: {state.last_sync.message}")
        for name in aika.sources:
            for item in (await aika.unreadable(name))[:10]:
                console.print(f"{name}: {item.key}: {item.reason}")


async def _sync(aika: Aika, names: Sequence[SourceId]) -> list[SyncReport]:
    return [await aika.sync(name) for name in names]


async def _findable(aika: Aika) -> None:
    follower = aika.generations.serving.follower
    while (await follower.state()).position.findable < await aika.database.catalogue.sequence():
        await follower.step()


async def _kinds(aika: Aika) -> Counter[str]:
    kinds: Counter[str] = Counter()
    after = ""
    while page := await aika.database.catalogue.documents(scope=UNRESTRICTED, after=after, limit=1000):
        kinds.update(document.kind.value for document in page)
        after = f"{page[-1].source}/{page[-1].key}"
    return kinds


async def _table(aika: Aika, title: str, reports: Sequence[SyncReport]) -> Table:
    table = Table(title=title, title_justify="left")
    columns = (
        "source",
        "phase",
        "seen",
        "added",
        "changed",
        "unchanged",
        "removed",
        "unreadable",
        "notes",
        "chunks",
        "s",
    )
    for column in columns:
        table.add_column(column, justify="left" if column in ("source", "phase") else "right")
    counts = await aika.database.catalogue.counts(scope=UNRESTRICTED)
    for report in reports:
        seconds = ((report.finished_at or report.started_at) - report.started_at).total_seconds()
        numbers = (report.seen, report.added, report.changed, report.unchanged, report.removed, report.failed)
        chunks = counts[report.source].chunks if report.source in counts else 0
        cells = (*numbers, report.warnings, chunks)
        table.add_row(report.source, report.phase.value, *(f"{cell:,}" for cell in cells), f"{seconds:.1f}")
    return table


def _edit(folder: Path) -> str:
    changed, moved, deleted = sorted(folder.glob("*.md"))[:3]
    changed.write_text(changed.read_text(encoding="utf-8") + "\nChanged just now.\n", encoding="utf-8")
    moved.rename(moved.with_name(f"moved-{moved.name}"))
    deleted.unlink()
    return "one file changed, one moved, one deleted"


def _counted(kinds: Counter[str]) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common())


def _sizes(folder: Path) -> str:
    parts = {
        "database": sum(path.stat().st_size for path in folder.glob("aika.db*")),
        "index": sum(path.stat().st_size for path in (folder / "index").rglob("*") if path.is_file()),
    }
    return ", ".join(f"{name} {size / 1e6:,.0f} MB" for name, size in parts.items())


if __name__ == "__main__":
    main()
