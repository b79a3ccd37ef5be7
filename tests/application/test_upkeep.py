"""Sources are declared in files that may change while aika runs, and are synced as often as they ask for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from aika.application.declarations import Changes, Declarations
from aika.application.upkeep import Upkeep
from aika.application.wiring import open_aika
from aika.connectors.filesystem import FilesystemConnector, FilesystemOptions
from aika.domain.access import UNRESTRICTED
from aika.domain.identifiers import SourceId
from aika.domain.sources import SyncPhase, SyncReport
from aika.protocols import Connector
from aika.registry import Surroundings
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.settings import load_settings
from aika.testing.clock import SetClock

HARBOUR, TOWN = SourceId("harbour"), SourceId("town")


def declare(folder: Path, name: str, text: str = "") -> None:
    path = folder / "sources" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"connector: filesystem\noptions: {{path: docs}}\nreaders: [everyone]\n{text}", encoding="utf-8")


@asynccontextmanager
async def folder_of(_: str, options: object) -> AsyncIterator[Connector]:
    surroundings = Surroundings(Path("/"), Path("/"), TechnicalAnalyzer())
    async with FilesystemConnector.open(FilesystemOptions.model_validate(options), surroundings) as connector:
        yield connector


def declarations(folder: Path, **settings: object) -> Declarations:
    made = Declarations(load_settings(folder, **settings), folder_of)
    made.reload()
    return made


@dataclass
class Kept:
    """Notes what upkeep asks for."""

    declarations: Declarations
    reports: dict[SourceId, SyncReport | None] = field(default_factory=dict)
    synced: list[SourceId] = field(default_factory=list)
    forgotten: int = 0

    async def last_syncs(self) -> dict[SourceId, SyncReport | None]:
        return self.reports

    async def submit_sync(self, id: SourceId, *, allow_removals: bool = False) -> str:
        self.synced.append(id)
        return "work"

    async def sync_overlooked(self) -> None:
        pass

    async def forget_unconfigured(self) -> dict[SourceId, int]:
        self.forgotten += 1
        return {}


def upkeep_of(kept: Kept, clock: SetClock) -> Upkeep:
    made = Upkeep(kept, clock, timedelta(minutes=5))
    made.begin()
    return made


class TestDeclarations:
    def test_a_new_file_a_changed_one_and_a_removed_one_are_seen(self, tmp_path: Path) -> None:
        declare(tmp_path, "harbour")
        declare(tmp_path, "town")
        declared = declarations(tmp_path)
        declare(tmp_path, "harbour", "purpose: Tides\n")
        (tmp_path / "sources" / "town.yaml").unlink()
        declare(tmp_path, "quay")

        assert declared.reload() == Changes(changed=(HARBOUR, SourceId("quay")), removed=(TOWN,))

    def test_a_source_whose_file_was_broken_by_an_edit_stays_as_it_was(self, tmp_path: Path) -> None:
        declare(tmp_path, "harbour", "purpose: Tides\n")
        declared = declarations(tmp_path)
        declare(tmp_path, "harbour", "purpos: Tides\n")

        assert declared.reload() == Changes()
        assert declared.sources[HARBOUR].purpose == "Tides"
        assert "purpos: is not a known setting" in str(declared.errors[0])

    def test_how_often_and_how_late_are_written_with_units(self, tmp_path: Path) -> None:
        declare(tmp_path, "harbour", "refresh: 15m\npromise: 1h\n")

        source = declarations(tmp_path).sources[HARBOUR]

        assert (source.refresh, source.promise) == (timedelta(minutes=15), timedelta(hours=1))

    @pytest.mark.parametrize("value", ["often", "15", "-1h", "1s"])
    def test_a_wrong_span_is_named(self, tmp_path: Path, value: str) -> None:
        declare(tmp_path, "harbour", f'refresh: "{value}"\n')

        (error,) = declarations(tmp_path).errors

        assert "harbour.yaml: refresh" in str(error)


class TestUpkeep:
    async def test_a_new_file_is_synced_and_a_removed_one_forgotten(self, tmp_path: Path) -> None:
        declare(tmp_path, "harbour")
        kept = Kept(declarations(tmp_path))
        upkeep = upkeep_of(kept, SetClock())
        declare(tmp_path, "town")
        await upkeep.look()
        (tmp_path / "sources" / "harbour.yaml").unlink()
        await upkeep.look()
        await upkeep.look()

        assert kept.synced == [TOWN]
        assert kept.forgotten == 1

    async def test_a_source_is_synced_as_often_as_it_asks_for(self, tmp_path: Path) -> None:
        declare(tmp_path, "harbour", "refresh: 10m\n")
        declare(tmp_path, "town")
        clock = SetClock()
        kept = Kept(declarations(tmp_path), {HARBOUR: ended(clock, SyncPhase.SUCCEEDED)})
        upkeep = upkeep_of(kept, clock)
        clock.advance(timedelta(minutes=9))
        await upkeep.look()
        before = list(kept.synced)
        clock.advance(timedelta(minutes=1))
        await upkeep.look()

        assert (before, kept.synced) == ([], [HARBOUR])

    async def test_one_that_fails_is_left_alone_longer_each_time(self, tmp_path: Path) -> None:
        declare(tmp_path, "harbour", "refresh: 10m\n")
        clock = SetClock()
        kept = Kept(declarations(tmp_path), {HARBOUR: ended(clock, SyncPhase.FAILED)})
        upkeep = upkeep_of(kept, clock)
        tried = []
        for minute in range(1, 61):
            clock.advance(timedelta(minutes=1))
            await upkeep.look()
            if kept.synced:
                tried.append(minute)
                kept.synced.clear()
                kept.reports[HARBOUR] = ended(clock, SyncPhase.FAILED)

        assert tried == [20, 60]

    async def test_one_that_runs_is_not_started_again(self, tmp_path: Path) -> None:
        declare(tmp_path, "harbour", "refresh: 10m\n")
        clock = SetClock()
        running = SyncReport(source=HARBOUR, phase=SyncPhase.RUNNING, started_at=clock.now())
        kept = Kept(declarations(tmp_path), {HARBOUR: running})
        clock.advance(timedelta(hours=1))
        await upkeep_of(kept, clock).look()

        assert kept.synced == []


async def test_removing_the_file_removes_the_knowledge(tmp_path: Path, embedder_graphs: Path) -> None:
    (tmp_path / ".aika").mkdir()
    (tmp_path / ".aika" / "models").symlink_to(embedder_graphs)
    declare(tmp_path, "harbour")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "tides.md").write_text("# Tides\n\nThe spring tide comes on Monday.\n", encoding="utf-8")
    (tmp_path / "sources" / "town.yaml").write_text("connector: push\n", encoding="utf-8")
    async with open_aika(load_settings(tmp_path)) as aika:
        await aika.sync(HARBOUR)
        before = await aika.database.catalogue.documents(scope=UNRESTRICTED)
        (tmp_path / "sources" / "harbour.yaml").unlink()
        aika.declarations.reload()
        await aika.forget_unconfigured()

        assert len(before) == 1
        assert await aika.database.catalogue.documents(scope=UNRESTRICTED) == []


def ended(clock: SetClock, phase: SyncPhase) -> SyncReport:
    return SyncReport(source=HARBOUR, phase=phase, started_at=clock.now(), finished_at=clock.now())
