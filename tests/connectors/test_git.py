"""The git connector on a repository of this machine: what it lists, what changed, who owns it, where links lead."""

import json
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from git_library import ALICE, BOB, NoAnalyzer, Work

from aika.connectors.git.connector import GitConnector
from aika.connectors.git.options import GitOptions
from aika.domain.documents import Owner, RawDocument
from aika.domain.errors import ConfigurationError, UnreadableDocumentError
from aika.domain.sources import Checkpoint, Cursor, Event, Found, Removed
from aika.registry import Surroundings, check_options
from aika.testing.contracts.connector import ConnectorContract, checkpoint, found, versions


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    work = Work(tmp_path / "docs")
    yield work
    work.close()


def connecting(work: Work, **options: object) -> AbstractAsyncContextManager[GitConnector]:
    folder = work.folder.parent
    chosen = GitOptions.model_validate({"path": work.folder, **options})
    return GitConnector.open(chosen, Surroundings(base_dir=folder, data_dir=folder / "data", analyzer=NoAnalyzer()))


async def events_of(work: Work, since: Cursor | None = None, **options: object) -> list[Event]:
    async with connecting(work, **options) as connector:
        return [event async for event in connector.read(since)]


async def cursor_of(work: Work, **options: object) -> Cursor:
    return checkpoint(await events_of(work, None, **options)).cursor


async def document(work: Work, key: str, **options: object) -> RawDocument:
    async with connecting(work, **options) as connector:
        events = [event async for event in connector.read(None)]
        return await found(events, key).load()


def keys(events: list[Event]) -> list[str]:
    return [event.key for event in events if isinstance(event, Found)]


class RepositoryPlace:
    """A repository that a test commits to."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def add(self, name: str, text: str) -> str:
        self._work.commit({f"{name}.md": text})
        return f"{name}.md"

    async def change(self, key: str, text: str) -> None:
        self._work.commit({key: text})

    async def remove(self, key: str) -> None:
        self._work.commit(removed=[key])

    async def spoil(self, key: str) -> None:
        self._work.commit({key: "x" * 2_000})

    def connect(self) -> AbstractAsyncContextManager[GitConnector]:
        return connecting(self._work, max_file_bytes=1_000)


class TestGitConnectorKeepsTheContract(ConnectorContract):
    @pytest.fixture
    async def place(self, work: Work) -> RepositoryPlace:
        return RepositoryPlace(work)


class TestListing:
    async def test_what_is_committed_is_read_and_what_lies_beside_it_is_not(self, work: Work) -> None:
        work.commit({"guide.md": "committed"})
        (work.folder / "guide.md").write_text("edited", "utf-8")
        (work.folder / "draft.md").write_text("new", "utf-8")

        assert keys(await events_of(work)) == ["guide.md"]
        assert (await document(work, "guide.md")).content == b"committed"

    async def test_include_and_exclude_choose_files(self, work: Work) -> None:
        work.commit({"docs/a.md": "a", "docs/drafts/b.md": "b", "src/c.py": "c"})

        events = await events_of(work, include=["docs/**"], exclude=["drafts/"])

        assert keys(events) == ["docs/a.md"]

    async def test_what_is_never_a_document_is_left_out(self, work: Work) -> None:
        work.commit({"logo.png": b"\x89PNG", "uv.lock": "x", "node_modules/a.md": "a", "empty.md": "", "guide.md": "a"})

        assert keys(await events_of(work)) == ["guide.md"]

    async def test_an_ignore_file_in_the_repository_is_honored(self, work: Work) -> None:
        work.commit({".aikaignore": "private/\n", "private/a.md": "a", "b.md": "b"})

        assert "private/a.md" not in keys(await events_of(work))

    async def test_a_file_in_lfs_is_its_own_failure(self, work: Work) -> None:
        work.commit({"big.md": "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"})

        with pytest.raises(UnreadableDocumentError, match="LFS"):
            await document(work, "big.md")

    async def test_a_branch_and_a_commit_can_be_read(self, work: Work) -> None:
        first = work.commit({"guide.md": "first"})
        work.commit({"guide.md": "second"})
        work.branch("release/1", first)

        assert (await document(work, "guide.md", ref="release/1")).content == b"first"
        assert (await document(work, "guide.md", ref=first)).content == b"first"

    async def test_a_reference_that_is_not_there_is_named(self, work: Work) -> None:
        work.commit({"guide.md": "a"})

        with pytest.raises(ConfigurationError, match="no branch, tag or commit 'nowhere'"):
            await events_of(work, ref="nowhere")

    async def test_a_folder_inside_a_repository_is_refused_with_the_way_out(self, work: Work) -> None:
        work.commit({"docs/guide.md": "a"})

        with pytest.raises(ConfigurationError, match="include"):
            await events_of(work, path=work.folder / "docs")

    async def test_a_folder_without_a_repository_is_refused(self, work: Work, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="no Git repository"):
            await events_of(work, path=tmp_path)


class TestChanges:
    async def test_a_second_run_finds_only_what_changed(self, work: Work) -> None:
        work.commit({"docs/a.md": "a", "docs/b.md": "b", "c.md": "c"})
        cursor = await cursor_of(work)
        work.commit({"docs/b.md": "beta"})

        events = await events_of(work, cursor)

        assert keys(events) == ["docs/b.md"]
        assert not checkpoint(events).complete

    async def test_nothing_new_is_only_a_checkpoint(self, work: Work) -> None:
        work.commit({"a.md": "a"})
        cursor = await cursor_of(work)

        events = await events_of(work, cursor)

        assert events == [Checkpoint(cursor)]

    async def test_a_removed_and_a_moved_file_are_told(self, work: Work) -> None:
        work.commit({"a.md": "a", "b.md": "b", "c.md": "c"})
        cursor = await cursor_of(work)
        work.commit({"moved/b.md": "b"}, removed=["a.md", "b.md"])

        events = await events_of(work, cursor)

        assert keys(events) == ["moved/b.md"]
        assert [event.key for event in events if isinstance(event, Removed)] == ["a.md", "b.md"]

    async def test_a_file_that_became_a_folder_is_removed_and_its_files_found(self, work: Work) -> None:
        work.commit({"guide": "a"})
        cursor = await cursor_of(work)
        work.commit(removed=["guide"])
        work.commit({"guide/index.md": "a"})

        events = await events_of(work, cursor)

        assert keys(events) == ["guide/index.md"]
        assert Removed("guide") in events

    async def test_both_ways_to_a_state_give_the_same_versions(self, work: Work) -> None:
        work.commit({"a.md": "a", "b.md": "b"})
        cursor = await cursor_of(work)
        work.commit({"a.md": "alpha"}, author=BOB)
        partly = await events_of(work, cursor)

        whole = await events_of(work)

        assert versions(partly).items() <= versions(whole).items()

    async def test_a_change_of_the_options_lists_everything(self, work: Work) -> None:
        work.commit({"a.md": "a", "b.txt": "b"})
        cursor = await cursor_of(work, include=["*.md"])

        events = await events_of(work, cursor)

        assert keys(events) == ["a.md", "b.txt"]
        assert checkpoint(events).complete

    async def test_everything_is_listed_again_after_a_while(self, work: Work) -> None:
        work.commit({"a.md": "a"})
        cursor = await cursor_of(work)

        events = await events_of(work, cursor, full_every=timedelta(0))

        assert keys(events) == ["a.md"]
        assert checkpoint(events).complete

    async def test_a_rewritten_history_is_read_from_the_start(self, work: Work) -> None:
        work.commit({"a.md": "a"})
        position = json.loads(await cursor_of(work))

        events = await events_of(work, Cursor(json.dumps({**position, "commit": "0" * 40})))

        assert checkpoint(events).complete

    async def test_an_ignored_folder_that_is_no_longer_ignored_is_found(self, work: Work) -> None:
        work.commit({".aikaignore": "private/\n", "private/a.md": "a"})
        cursor = await cursor_of(work)
        work.commit({".aikaignore": "# nothing\n"})

        assert "private/a.md" in keys(await events_of(work, cursor))

    async def test_a_new_build_file_hides_the_output_beside_it(self, work: Work) -> None:
        work.commit({"site/build/page.md": "a"})
        cursor = await cursor_of(work)
        work.commit({"site/package.json": "{}"})

        assert Removed("site/build/page.md") in await events_of(work, cursor)


class TestAuthors:
    async def test_the_last_author_and_the_date_are_each_files_own(self, work: Work) -> None:
        work.commit({"a.md": "a", "b.md": "b"}, author=ALICE)
        work.commit({"b.md": "beta"}, author=BOB)

        first, second = await document(work, "a.md"), await document(work, "b.md")

        assert first.authors == ("Alice Example",)
        assert second.authors == ("Bob Example", "Alice Example")
        assert first.modified_at == datetime.fromtimestamp(1_700_086_400, UTC)
        assert second.modified_at == first.modified_at + timedelta(days=1)

    async def test_what_is_remembered_grows_with_new_commits(self, work: Work) -> None:
        work.commit({"a.md": "a"}, author=ALICE)
        await events_of(work)
        work.commit({"a.md": "alpha"}, author=BOB)

        assert (await document(work, "a.md")).authors == ("Bob Example", "Alice Example")

    async def test_a_damaged_memory_is_made_again(self, work: Work) -> None:
        work.commit({"a.md": "a"})
        await events_of(work)
        for memory in (work.folder.parent / "data").rglob("*.history.json"):
            memory.write_text("{", "utf-8")

        assert (await document(work, "a.md")).authors == ("Alice Example",)

    async def test_programs_are_no_authors(self, work: Work) -> None:
        work.commit({"a.md": "a"}, author=ALICE)
        work.commit({"a.md": "b"}, author="dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>")

        assert (await document(work, "a.md")).authors == ("Alice Example",)

    async def test_beyond_the_limit_of_commits_nothing_is_claimed(self, work: Work) -> None:
        work.commit({"a.md": "a"})
        work.commit({"b.md": "b"})

        old = await document(work, "a.md", history=1)

        assert (old.authors, old.modified_at, old.owner) == ((), None, None)


class TestOwners:
    async def test_the_last_author_owns_what_nobody_else_does_and_is_marked(self, work: Work) -> None:
        work.commit({"a.md": "a"}, author=BOB)

        assert (await document(work, "a.md")).owner == Owner("Bob Example", "bob@example.org", "last author")

    async def test_the_guess_can_be_switched_off(self, work: Work) -> None:
        work.commit({"a.md": "a"})

        assert (await document(work, "a.md", owners=["codeowners"])).owner is None

    async def test_an_address_that_nobody_reads_is_no_contact(self, work: Work) -> None:
        work.commit({"a.md": "a"}, author="Octo <1+octo@users.noreply.github.com>")

        assert (await document(work, "a.md")).owner == Owner("Octo", None, "last author")

    async def test_a_change_of_codeowners_changes_the_versions_of_whose_owner_changed(self, work: Work) -> None:
        work.commit({"CODEOWNERS": "/docs/ @acme/docs\n/src/ @acme/core\n", "docs/a.md": "a", "src/b.md": "b"})
        before = await events_of(work)
        work.commit({"CODEOWNERS": "/docs/ @acme/writers\n/src/ @acme/core\n"})

        after = await events_of(work, checkpoint(before).cursor)

        assert versions(after)["docs/a.md"] != versions(before)["docs/a.md"]
        assert versions(after)["src/b.md"] == versions(before)["src/b.md"]
        assert (await document(work, "docs/a.md")).owner == Owner("@acme/writers", None, "CODEOWNERS")


class TestLinks:
    @pytest.mark.parametrize(
        ("remote", "view", "edit"),
        [
            (
                "https://github.com/acme/docs.git",
                "https://github.com/acme/docs/blob/main/a%20b.md",
                "https://github.com/acme/docs/edit/main/a%20b.md",
            ),
            (
                "git@gitlab.example.org:group/sub/docs.git",
                "https://gitlab.example.org/group/sub/docs/-/blob/main/a%20b.md",
                "https://gitlab.example.org/group/sub/docs/-/edit/main/a%20b.md",
            ),
            (
                "ssh://git@bitbucket.org/acme/docs.git",
                "https://bitbucket.org/acme/docs/src/main/a%20b.md",
                "https://bitbucket.org/acme/docs/src/main/a%20b.md?mode=edit&at=main",
            ),
            (
                "https://github.com/acme/docs.wiki.git",
                "https://github.com/acme/docs/wiki/a%20b",
                "https://github.com/acme/docs/wiki/a%20b/_edit",
            ),
            (
                "https://codeberg.org/acme/docs",
                "https://codeberg.org/acme/docs/src/branch/main/a%20b.md",
                "https://codeberg.org/acme/docs/_edit/main/a%20b.md",
            ),
        ],
    )
    async def test_links_have_the_form_of_the_host(self, work: Work, remote: str, view: str, edit: str) -> None:
        work.commit({"a b.md": "a"})
        config = work.repository.get_config()
        config.set((b"remote", b"origin"), b"url", remote.encode())
        config.write_to_path()

        raw = await document(work, "a b.md")

        assert (raw.url, raw.attributes["edit_url"]) == (view, edit)

    async def test_a_template_comes_first(self, work: Work) -> None:
        work.commit({"a.md": "a"})

        raw = await document(work, "a.md", link_template="https://code.example.org/{ref}/{path}")

        assert raw.url == "https://code.example.org/main/a.md"

    async def test_without_a_host_there_is_no_link(self, work: Work) -> None:
        work.commit({"a.md": "a"})

        assert (await document(work, "a.md")).url is None

    async def test_a_published_page_links_to_the_site_and_keeps_the_link_to_its_source(self, work: Work) -> None:
        work.commit({"mkdocs.yml": "site_url: https://docs.example.org/\n", "docs/guide.md": "# Guide\n"})

        raw = await document(work, "docs/guide.md", link_template=None, hosting="github")

        assert raw.url == "https://docs.example.org/guide/"


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "problem"),
        [
            ({}, "either url or path"),
            ({"url": "https://a.example/x", "path": "."}, "either url or path"),
            ({"url": "https://user:hunter2@a.example/x"}, "option token"),
            ({"url": "https://hunter2@a.example/x"}, "option token"),
            ({"url": "/srv/repository"}, "option path"),
            ({"url": "file:///srv/repository"}, "must begin with one of"),
            ({"url": "--upload-pack=x:y"}, "option path"),
            ({"url": "git@a.example:x", "token": "t"}, "https addresses"),
            ({"path": ".", "link_template": "https://a.example"}, "path"),
        ],
    )
    def test_wrong_options_are_refused_with_the_reason(self, options: dict[str, object], problem: str) -> None:
        with pytest.raises(ConfigurationError, match=problem) as refused:
            check_options("connectors", "git", options)

        assert "hunter2" not in str(refused.value)
