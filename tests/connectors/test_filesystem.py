"""The filesystem connector: what it lists, what it leaves out, and what it says of what it cannot read."""

import os
import time
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from aika.connectors.filesystem import FilesystemConnector, FilesystemOptions
from aika.domain.errors import ConfigurationError, TransientError, UnreadableDocumentError
from aika.domain.sources import Checkpoint, Event, Failed, Found
from aika.registry import Surroundings, check_options
from aika.testing.contracts.connector import ConnectorContract, checkpoint, found, versions

_LONG_AGO = 1_700_000_000


class NoAnalyzer:
    fingerprint = "none"

    def terms(self, text: str) -> list[str]:
        raise AssertionError("connectors do not analyze text")


def surroundings(folder: Path) -> Surroundings:
    return Surroundings(base_dir=folder, data_dir=folder, analyzer=NoAnalyzer())


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files as they were long ago, so that their versions are settled."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        os.utime(file, (_LONG_AGO, _LONG_AGO))


async def events_of(folder: Path, **options: object) -> list[Event]:
    chosen = FilesystemOptions.model_validate({"path": folder, **options})
    async with FilesystemConnector.open(chosen, surroundings(folder)) as connector:
        return [event async for event in connector.read(None)]


async def keys_of(folder: Path, **options: object) -> list[str]:
    return [event.key for event in await events_of(folder, **options) if isinstance(event, Found)]


def failures(events: list[Event]) -> dict[str, str]:
    return {event.key: event.reason for event in events if isinstance(event, Failed)}


class FolderPlace:
    """A folder that a test can change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ticks = _LONG_AGO

    async def add(self, name: str, text: str) -> str:
        self._write(f"{name}.md", text)
        return f"{name}.md"

    async def change(self, key: str, text: str) -> None:
        self._write(key, text)

    async def remove(self, key: str) -> None:
        (self._folder / key).unlink()

    async def spoil(self, key: str) -> None:
        self._write(key, "x" * 2_000)

    def connect(self) -> AbstractAsyncContextManager[FilesystemConnector]:
        return FilesystemConnector.open(
            FilesystemOptions(path=self._folder, max_file_bytes=1_000), surroundings(self._folder)
        )

    def _write(self, key: str, text: str) -> None:
        self._ticks += 10
        (self._folder / key).write_text(text, "utf-8")
        os.utime(self._folder / key, (self._ticks, self._ticks))


class TestFilesystemConnectorKeepsTheContract(ConnectorContract):
    @pytest.fixture
    async def place(self, tmp_path: Path) -> FolderPlace:
        folder = tmp_path / "docs"
        folder.mkdir()
        return FolderPlace(folder)


class TestListing:
    async def test_keys_are_relative_paths_with_slashes(self, tmp_path: Path) -> None:
        write(tmp_path, {"guide.md": "a", "teams/payments/on-call.md": "b"})

        assert sorted(await keys_of(tmp_path)) == ["guide.md", "teams/payments/on-call.md"]

    async def test_listing_reads_no_contents(self, tmp_path: Path) -> None:
        write(tmp_path, {"guide.md": "a"})
        before = (tmp_path / "guide.md").stat()
        os.utime(tmp_path / "guide.md", (before.st_mtime - 100_000, before.st_mtime))

        await keys_of(tmp_path)

        assert (tmp_path / "guide.md").stat().st_atime == before.st_mtime - 100_000

    async def test_the_order_is_the_same_every_time(self, tmp_path: Path) -> None:
        write(tmp_path, {f"{folder}/{name}.md": "a" for folder in "bca" for name in "zxy"})

        keys = await keys_of(tmp_path)

        assert keys == sorted(keys)

    async def test_an_empty_file_is_neither_a_document_nor_a_failure(self, tmp_path: Path) -> None:
        write(tmp_path, {"package/__init__.py": "", "guide.md": "a"})

        events = await events_of(tmp_path)

        assert [event.key for event in events if not isinstance(event, Checkpoint)] == ["guide.md"]

    async def test_a_single_file_can_be_a_source(self, tmp_path: Path) -> None:
        write(tmp_path, {"guide.md": "a", "other.md": "b"})

        assert await keys_of(tmp_path / "guide.md") == ["guide.md"]

    async def test_a_path_is_relative_to_the_configuration(self, tmp_path: Path) -> None:
        write(tmp_path, {"docs/guide.md": "a"})
        options = FilesystemOptions(path=Path("docs"))

        async with FilesystemConnector.open(options, surroundings(tmp_path)) as connector:
            events = [event async for event in connector.read(None)]

        assert found(events, "guide.md").key == "guide.md"

    @pytest.mark.skipif(os.name != "posix", reason="only POSIX has file names that are not text")
    async def test_a_file_name_that_is_not_utf8_is_found_and_loaded(self, tmp_path: Path) -> None:
        write(tmp_path, {os.fsdecode(b"caf\xe9.md"): "alpha"})

        events = await events_of(tmp_path)

        event = found(events, "caf\\xe9.md")
        assert (await event.load()).content == b"alpha"

    async def test_a_missing_folder_is_a_configuration_error_that_names_it(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="nowhere"):
            await events_of(tmp_path / "nowhere")

    async def test_a_folder_that_disappears_is_a_failure_of_the_source_and_no_empty_listing(
        self, tmp_path: Path
    ) -> None:
        folder = tmp_path / "docs"
        folder.mkdir()
        async with FilesystemConnector.open(FilesystemOptions(path=folder), surroundings(tmp_path)) as connector:
            folder.rmdir()

            with pytest.raises(TransientError, match="docs"):
                [event async for event in connector.read(None)]


class TestVersions:
    async def test_a_file_changed_just_now_is_looked_at_again(self, tmp_path: Path) -> None:
        (tmp_path / "guide.md").write_text("alpha")

        first, second = await events_of(tmp_path), await events_of(tmp_path)

        assert versions(first) != versions(second)

    async def test_a_file_changed_just_now_settles_after_two_seconds(self, tmp_path: Path) -> None:
        (tmp_path / "guide.md").write_text("alpha")
        later = time.time_ns() + 3_000_000_000
        connector = FilesystemConnector(tmp_path, FilesystemOptions(path=tmp_path), now_ns=lambda: later)

        first = [event async for event in connector.read(None)]
        second = [event async for event in connector.read(None)]

        assert versions(first) == versions(second)


class TestLoading:
    async def test_the_time_of_change_is_the_files(self, tmp_path: Path) -> None:
        write(tmp_path, {"guide.md": "a"})

        raw = await found(await events_of(tmp_path), "guide.md").load()

        assert raw.modified_at is not None
        assert raw.modified_at.timestamp() == _LONG_AGO

    async def test_without_a_template_the_link_opens_the_file(self, tmp_path: Path) -> None:
        write(tmp_path, {"on call.md": "a"})

        raw = await found(await events_of(tmp_path), "on call.md").load()

        assert raw.url == (tmp_path / "on call.md").as_uri()

    async def test_the_template_makes_the_link(self, tmp_path: Path) -> None:
        write(tmp_path, {"docs/on call.md": "a"})

        events = await events_of(tmp_path, link_template="https://code.example/main/{path}")

        raw = await found(events, "docs/on call.md").load()
        assert raw.url == "https://code.example/main/docs/on%20call.md"

    def test_a_template_without_a_place_for_the_path_is_refused(self) -> None:
        with pytest.raises(ConfigurationError, match=r"\{path\}"):
            check_options("connectors", "filesystem", {"path": "docs", "link_template": "https://code.example/"})

    async def test_readers_are_left_to_the_configuration(self, tmp_path: Path) -> None:
        write(tmp_path, {"guide.md": "a"})

        raw = await found(await events_of(tmp_path), "guide.md").load()

        assert raw.readers is None

    async def test_a_file_that_grew_beyond_the_limit_is_refused(self, tmp_path: Path) -> None:
        write(tmp_path, {"guide.md": "a"})
        event = found(await events_of(tmp_path, max_file_bytes=10), "guide.md")
        (tmp_path / "guide.md").write_text("a" * 100)

        with pytest.raises(UnreadableDocumentError, match="max_file_bytes"):
            await event.load()


class TestFailures:
    async def test_a_file_that_is_too_large_is_named_with_its_size_and_the_setting(self, tmp_path: Path) -> None:
        write(tmp_path, {"huge.md": "x" * 3_000_000, "guide.md": "a"})

        events = await events_of(tmp_path, max_file_bytes=1_000_000)

        assert "3.0 MB" in failures(events)["huge.md"]
        assert "max_file_bytes" in failures(events)["huge.md"]
        assert checkpoint(events).complete

    async def test_a_link_to_nothing_is_a_failure(self, tmp_path: Path) -> None:
        (tmp_path / "guide.md").symlink_to("gone.md")

        assert "points to nothing" in failures(await events_of(tmp_path))["guide.md"]

    @pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may list every folder")
    async def test_a_folder_that_may_not_be_listed_is_a_failure_and_nothing_counts_as_gone(
        self, tmp_path: Path
    ) -> None:
        write(tmp_path, {"secret/plan.md": "a", "guide.md": "b"})
        (tmp_path / "secret").chmod(0)

        events = await events_of(tmp_path)
        (tmp_path / "secret").chmod(0o700)

        assert "permission" in failures(events)["secret/"]
        assert not checkpoint(events).complete

    @pytest.mark.skipif(os.name != "posix", reason="only POSIX has pipes among files")
    async def test_a_pipe_is_passed_over(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.md")

        assert await keys_of(tmp_path) == []


class TestLinks:
    async def test_links_are_not_followed_unless_asked_for(self, tmp_path: Path) -> None:
        write(tmp_path, {"outside/secret.md": "a", "docs/guide.md": "b"})
        (tmp_path / "docs/linked").symlink_to(tmp_path / "outside")

        assert await keys_of(tmp_path / "docs") == ["guide.md"]

    async def test_followed_links_bring_in_what_they_point_to(self, tmp_path: Path) -> None:
        write(tmp_path, {"outside/extra.md": "a", "docs/guide.md": "b"})
        (tmp_path / "docs/linked").symlink_to(tmp_path / "outside")

        keys = await keys_of(tmp_path / "docs", follow_symlinks=True)

        assert keys == ["guide.md", "linked/extra.md"]

    async def test_a_loop_of_links_ends(self, tmp_path: Path) -> None:
        write(tmp_path, {"teams/guide.md": "a"})
        (tmp_path / "teams/all").symlink_to(tmp_path)
        (tmp_path / "teams/self").symlink_to("self")

        events = await events_of(tmp_path, follow_symlinks=True)

        assert [event.key for event in events if isinstance(event, Found)] == ["teams/guide.md"]
        assert list(failures(events)) == ["teams/self"]

    async def test_a_document_with_two_names_is_read_under_its_real_one(self, tmp_path: Path) -> None:
        write(tmp_path, {"teams/guide.md": "a"})
        (tmp_path / "a-link.md").symlink_to(tmp_path / "teams/guide.md")

        assert await keys_of(tmp_path, follow_symlinks=True) == ["teams/guide.md"]


class TestExclusions:
    @pytest.mark.parametrize(
        "name",
        [
            ".git/config.md",
            "web/node_modules/left-pad/README.md",
            "logo.png",
            "diagram.svg",
            "backup.tar.gz",
            "package-lock.json",
            "app.min.js",
            ".env",
            ".env.production",
            "server.pem",
            "~$report.docx",
            "service/__pycache__/app.py",
        ],
    )
    async def test_what_is_never_a_document_is_left_out(self, tmp_path: Path, name: str) -> None:
        write(tmp_path, {name: "a", "guide.md": "b"})

        assert await keys_of(tmp_path) == ["guide.md"]

    @pytest.mark.parametrize("name", ["report.docx", "old.doc", "LICENSE", ".env.example", "notes", "plan.pages"])
    async def test_what_may_be_a_document_is_not_lost(self, tmp_path: Path, name: str) -> None:
        write(tmp_path, {name: "a"})

        assert await keys_of(tmp_path) == [name]

    async def test_a_chapter_called_build_is_kept(self, tmp_path: Path) -> None:
        write(tmp_path, {"build/pipelines.md": "a"})

        assert await keys_of(tmp_path) == ["build/pipelines.md"]

    async def test_build_output_beside_its_project_is_left_out(self, tmp_path: Path) -> None:
        write(tmp_path, {"package.json": "{}", "build/page.html": "a"})

        assert await keys_of(tmp_path) == ["package.json"]

    async def test_a_python_environment_is_left_out_whatever_its_name(self, tmp_path: Path) -> None:
        write(tmp_path, {"my-tools/pyvenv.cfg": "home = /usr", "my-tools/lib/readme.md": "a", "guide.md": "b"})

        assert await keys_of(tmp_path) == ["guide.md"]

    async def test_the_defaults_can_be_switched_off(self, tmp_path: Path) -> None:
        write(tmp_path, {"poetry.lock": "a"})

        assert await keys_of(tmp_path, default_excludes=False) == ["poetry.lock"]

    async def test_gitignore_is_honored_in_every_folder(self, tmp_path: Path) -> None:
        write(tmp_path, {".gitignore": "drafts/\n", "drafts/a.md": "a", "team/drafts/b.md": "b", "team/c.md": "c"})
        write(tmp_path, {"team/.gitignore": "/c.md\n", "c.md": "kept"})

        keys = await keys_of(tmp_path, include=["*.md"])

        assert keys == ["c.md"]

    async def test_the_gitignore_above_the_source_is_honored(self, tmp_path: Path) -> None:
        write(tmp_path, {".git/HEAD": "ref", ".gitignore": "docs/drafts\n", "docs/drafts/a.md": "a", "docs/b.md": "b"})

        assert await keys_of(tmp_path / "docs") == ["b.md"]

    async def test_aikaignore_has_the_last_word_over_gitignore(self, tmp_path: Path) -> None:
        write(tmp_path, {".gitignore": "*.md\n", ".aikaignore": "!guide.md\n", "guide.md": "a", "other.md": "b"})

        assert await keys_of(tmp_path, include=["*.md"]) == ["guide.md"]

    async def test_ignore_files_can_be_switched_off(self, tmp_path: Path) -> None:
        write(tmp_path, {".gitignore": "*.md\n", "guide.md": "a"})

        assert await keys_of(tmp_path, ignore_files=False, include=["*.md"]) == ["guide.md"]

    async def test_include_and_exclude_choose(self, tmp_path: Path) -> None:
        write(tmp_path, {"docs/a.md": "a", "docs/old/b.md": "b", "src/c.py": "c"})

        assert await keys_of(tmp_path, include=["docs/**"], exclude=["old/"]) == ["docs/a.md"]

    async def test_an_exclude_with_a_bang_brings_back_a_default(self, tmp_path: Path) -> None:
        write(tmp_path, {"diagram.svg": "a"})

        assert await keys_of(tmp_path, exclude=["!*.svg"]) == ["diagram.svg"]

    async def test_a_pattern_that_git_would_not_accept_is_a_configuration_error(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="exclude"):
            await events_of(tmp_path, exclude=["!"])

    async def test_a_line_of_gitignore_that_cannot_be_understood_is_skipped(self, tmp_path: Path) -> None:
        write(tmp_path, {".gitignore": "!\n/drafts\n", "drafts/a.md": "a", "b.md": "b"})

        assert await keys_of(tmp_path, include=["*.md"]) == ["b.md"]


async def test_many_files_arrive_in_batches_and_none_is_missing(tmp_path: Path) -> None:
    write(tmp_path, {f"{number % 7}/{number}.md": "a" for number in range(1_234)})

    assert len(set(await keys_of(tmp_path))) == 1_234
