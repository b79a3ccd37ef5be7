"""Files of sources are written whole or not at all, and only where they are aika's to write."""

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from aika.application.declarations import Declarations
from aika.application.source_files import Home, SourceFiles
from aika.domain.errors import ConflictError
from aika.domain.identifiers import SourceId
from aika.domain.sources import Source
from aika.protocols import Connector
from aika.settings import load_settings

DISCOVERY = {"harbor": {"connector": "git", "options": {"url": "https://git.example/harbor/docs"}}}
PUSH = {"connector": "push", "readers": ["everyone"]}


def nowhere(_name: str, _options: object) -> AbstractAsyncContextManager[Connector]:
    raise AssertionError("nothing is discovered here")


@pytest.fixture
def files(tmp_path: Path) -> SourceFiles:
    settings = load_settings(tmp_path, sources={"fixed": {**PUSH, "refresh": "90s"}}, discovery=DISCOVERY)
    return SourceFiles(Declarations(settings, nowhere))


async def declared(files: SourceFiles, name: str) -> Source:
    files.declarations.reload()
    return files.declarations.sources[SourceId(name)]


async def test_a_new_file_is_written_as_people_would_and_read_again(files: SourceFiles) -> None:
    path = await files.create("notes", PUSH)
    read = await files.read(await declared(files, "notes"))

    assert path.read_text() == "connector: push\nreaders: [everyone]\n"
    assert (read.home, read.place, read.content, read.remedy) == (Home.FILE, "sources/notes.yaml", PUSH, "")


async def test_a_file_keeps_who_may_open_it(files: SourceFiles) -> None:
    path = await files.create("notes", PUSH)
    path.chmod(0o640)
    source = await declared(files, "notes")

    await files.change(source, await files.read(source), {**PUSH, "purpose": "Notes"})

    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in path.parent.iterdir()] == ["notes.yaml"]


async def test_a_file_that_somebody_changed_meanwhile_stays_as_it_is(files: SourceFiles) -> None:
    path = await files.create("notes", PUSH)
    source = await declared(files, "notes")
    read = await files.read(source)
    path.write_text("connector: push\n")

    with pytest.raises(ConflictError, match="changed meanwhile"):
        await files.change(source, read, {**PUSH, "purpose": "Notes"})
    with pytest.raises(ConflictError, match="changed meanwhile"):
        await files.remove(source, read)

    assert path.read_text() == "connector: push\n"


async def test_a_folder_that_cannot_be_written_is_said_with_what_to_do(files: SourceFiles) -> None:
    files.folder.write_text("a file where the folder should be")

    with pytest.raises(ConflictError, match="put the file there by hand"):
        await files.create("notes", PUSH)


async def test_spans_of_the_settings_file_are_shown_as_they_are_written(files: SourceFiles) -> None:
    read = await files.read(await declared(files, "fixed"))

    assert (read.home, read.content["refresh"]) == (Home.SETTINGS, "90s")
    assert "[sources.fixed]" in read.remedy


async def test_one_of_a_repository_says_which_and_is_not_changed(files: SourceFiles) -> None:
    folder = files.declarations.folder / "harbor"
    folder.mkdir(parents=True)
    (folder / "tides.yaml").write_text("connector: web\noptions: {start: ['https://tides.example/']}\n")
    source = await declared(files, "tides")
    read = await files.read(source)

    assert (read.home, read.place) == (Home.DISCOVERED, "aika-sources/tides.yaml")
    assert "https://git.example/harbor/docs" in read.remedy
    with pytest.raises(ConflictError, match="Its team declares it"):
        await files.change(source, replace(read, content={}), PUSH)
