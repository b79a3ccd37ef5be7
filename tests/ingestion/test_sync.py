"""What a sync does to the catalogue and the index."""

import os
from pathlib import Path

import pytest
from ingestion_library import Library

from aika.domain.access import UNRESTRICTED
from aika.domain.sources import SyncPhase
from aika.ingestion.sync import SyncLimits


async def test_what_is_written_is_found(library: Library) -> None:
    library.write("deploy.md", "# Deploying\n\nRun `ferry deploy checkout` and wait for the canary.\n")

    report = await library.sync()

    assert (report.phase, report.added, report.failed) == (SyncPhase.SUCCEEDED, 1, 0)
    assert await library.find("canary") == ["deploy.md"]


async def test_a_second_sync_finds_nothing_to_do(library: Library) -> None:
    library.write("deploy.md", "# Deploying\n\nWait for the canary.\n")
    age(library.folder / "deploy.md")
    await library.sync()

    report = await library.sync()

    assert (report.added, report.changed, report.removed, report.unchanged) == (0, 0, 0, 1)


async def test_a_touched_file_is_no_change(library: Library) -> None:
    library.write("deploy.md", "# Deploying\n\nWait for the canary.\n")
    await library.sync()
    before = await library.database.catalogue.sequence()
    library.write("deploy.md", "# Deploying\n\nWait for the canary.\n")

    report = await library.sync()

    assert (report.changed, report.unchanged) == (0, 1)
    assert await library.database.catalogue.sequence() == before


async def test_an_edit_replaces_what_was_there(library: Library) -> None:
    library.write("deploy.md", "# Deploying\n\nWait for the canary.\n")
    await library.sync()
    library.write("deploy.md", "# Deploying\n\nWait for the rollout.\n")

    report = await library.sync()

    assert report.changed == 1
    assert await library.find("rollout") == ["deploy.md"]
    assert await library.find("canary") == []


async def test_a_removed_file_is_gone_from_the_answers(library: Library) -> None:
    library.write("deploy.md", "# Deploying\n\nWait for the canary.\n")
    library.write("expenses.md", "# Expenses\n\nKeep your receipts.\n")
    await library.sync()
    (library.folder / "expenses.md").unlink()

    report = await library.sync()

    assert report.removed == 1
    assert await library.find("receipts") == []


async def test_a_source_that_seems_empty_loses_nothing(library: Library) -> None:
    library.write("deploy.md", "# Deploying\n\nWait for the canary.\n")
    await library.sync()
    (library.folder / "deploy.md").unlink()

    report = await library.sync()

    assert report.phase is SyncPhase.REFUSED
    assert "--allow-removals" in report.message
    assert await library.find("canary") == ["deploy.md"]


async def test_an_emptied_source_is_emptied_when_that_is_meant(library: Library) -> None:
    library.write("deploy.md", "# Deploying\n\nWait for the canary.\n")
    await library.sync()
    (library.folder / "deploy.md").unlink()

    report = await library.sync(allow_removals=True)

    assert (report.phase, report.removed) == (SyncPhase.SUCCEEDED, 1)
    assert await library.find("canary") == []


async def test_one_bad_file_is_reported_and_the_rest_goes_on(library: Library) -> None:
    library.write("deploy.md", "# Deploying\n\nWait for the canary.\n")
    (library.folder / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing of the kind")

    report = await library.sync()

    assert (report.phase, report.added, report.failed) == (SyncPhase.SUCCEEDED, 1, 1)
    assert [item.key for item in await library.database.sync_log.unreadable(library.source.id)] == ["broken.pdf"]


async def test_a_file_that_becomes_unreadable_keeps_its_last_good_state(library: Library) -> None:
    library.write("deploy.md", "# Deploying\n\nWait for the canary.\n")
    library.write("other.md", "# Other\n\nSomething else.\n")
    await library.sync()
    (library.folder / "deploy.md").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(400))

    report = await library.sync()

    assert report.failed == 1
    assert await library.find("canary") == ["deploy.md"]


async def test_a_source_that_is_gone_fails_with_its_path_and_loses_nothing(library: Library) -> None:
    library.write("deploy.md", "# Deploying\n\nWait for the canary.\n")
    await library.sync()
    library.folder.rename(library.folder.with_name("elsewhere"))

    report = await library.sync()

    assert report.phase is SyncPhase.FAILED
    assert str(library.folder) in report.message
    assert await library.find("canary") == ["deploy.md"]


async def test_a_document_that_takes_too_long_is_only_its_own_failure(library: Library) -> None:
    library.write("deploy.md", "# Deploying\n\nWait for the canary.\n")

    report = await library.sync(limits=SyncLimits(parse_timeout=1e-9))

    assert (report.phase, report.failed) == (SyncPhase.SUCCEEDED, 1)


async def test_forgetting_a_source_leaves_nothing_of_it(library: Library) -> None:
    library.write("deploy.md", "# Deploying\n\nWait for the canary.\n")
    await library.sync()

    assert await library.syncer().forget(library.source.id) == 1
    await library.follower.catch_up()

    assert await library.find("canary") == []
    assert await library.database.catalogue.documents(scope=UNRESTRICTED) == []
    assert await library.database.sync_log.last(library.source.id) is None


def age(path: Path) -> None:
    """Make a file old enough that its time of change can be trusted."""
    moment = path.stat().st_mtime - 3600
    os.utime(path, (moment, moment))


@pytest.mark.parametrize("words", ["canary", "Deploying"])
async def test_body_and_title_are_both_searched(library: Library, words: str) -> None:
    library.write("deploy.md", "# Deploying\n\nWait for the canary.\n")

    await library.sync()

    assert await library.find(words) == ["deploy.md"]
