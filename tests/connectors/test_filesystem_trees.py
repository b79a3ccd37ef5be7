"""What the filesystem connector says of files by CODEOWNERS, documentation sites and records beside them."""

import os
from collections.abc import Mapping
from pathlib import Path

from git_library import NoAnalyzer

from aika.connectors.filesystem import FilesystemConnector, FilesystemOptions
from aika.domain.documents import Owner, RawDocument
from aika.domain.sources import Event
from aika.registry import Surroundings
from aika.testing.contracts.connector import found, versions

_LONG_AGO = 1_700_000_000


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files as they were long ago, so that their versions are settled."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        os.utime(file, (_LONG_AGO, _LONG_AGO))


async def read(folder: Path, **options: object) -> tuple[list[Event], dict[str, RawDocument]]:
    chosen = FilesystemOptions.model_validate({"path": folder, **options})
    surroundings = Surroundings(base_dir=folder, data_dir=folder, analyzer=NoAnalyzer())
    async with FilesystemConnector.open(chosen, surroundings) as connector:
        events = [event async for event in connector.read(None)]
        return events, {key: await found(events, key).load() for key in versions(events)}


class TestOwners:
    async def test_codeowners_names_the_owner(self, tmp_path: Path) -> None:
        write(tmp_path, {".github/CODEOWNERS": "/docs/ @acme/docs", "docs/a.md": "a", "b.md": "b"})

        _, documents = await read(tmp_path)

        assert documents["docs/a.md"].owner == Owner("@acme/docs", None, "CODEOWNERS")
        assert documents["b.md"].owner is None

    async def test_a_folder_within_a_repository_has_the_repositorys_owners(self, tmp_path: Path) -> None:
        write(tmp_path, {".git/HEAD": "", "CODEOWNERS": "/docs/guides/ @acme/docs", "docs/guides/a.md": "a"})

        _, documents = await read(tmp_path / "docs")

        assert documents["guides/a.md"].owner == Owner("@acme/docs", None, "CODEOWNERS")

    async def test_a_single_file_has_an_owner_too(self, tmp_path: Path) -> None:
        write(tmp_path, {".git/HEAD": "", "CODEOWNERS": "*.md @acme/docs", "docs/a.md": "a"})

        _, documents = await read(tmp_path / "docs" / "a.md")

        assert documents["a.md"].owner == Owner("@acme/docs", None, "CODEOWNERS")

    async def test_only_the_files_whose_owner_changed_have_a_new_version(self, tmp_path: Path) -> None:
        write(tmp_path, {"CODEOWNERS": "*.md @a\n*.txt @t", "a.md": "a", "b.txt": "b"})
        before, _ = await read(tmp_path)
        write(tmp_path, {"CODEOWNERS": "*.md @b\n*.txt @t"})

        after, _ = await read(tmp_path)

        assert versions(after)["a.md"] != versions(before)["a.md"]
        assert versions(after)["b.txt"] == versions(before)["b.txt"]

    async def test_a_link_out_of_the_folder_says_nothing(self, tmp_path: Path) -> None:
        write(tmp_path, {"outside": "* @outside", "docs/a.md": "a", "docs/real/OWNERS": "approvers: [ann]"})
        (tmp_path / "docs" / "CODEOWNERS").symlink_to(tmp_path / "outside")
        (tmp_path / "docs" / "OWNERS").symlink_to(tmp_path / "docs" / "real" / "OWNERS")

        _, documents = await read(tmp_path / "docs")

        assert documents["a.md"].owner == Owner("ann", None, "OWNERS")

    async def test_rules_can_be_left_out(self, tmp_path: Path) -> None:
        write(tmp_path, {"CODEOWNERS": "* @a", "a.md": "a"})

        _, documents = await read(tmp_path, owners=[])

        assert documents["a.md"].owner is None


class TestSites:
    async def test_pages_link_to_the_published_site(self, tmp_path: Path) -> None:
        site = "site_url: https://docs.example.org\nrepo_url: https://github.com/acme/x\nnav: [{Guides: [{Start: start.md}]}]"
        write(tmp_path, {"mkdocs.yml": site, "docs/start.md": "# Getting going"})

        _, documents = await read(tmp_path)

        page = documents["docs/start.md"]
        assert (page.title, page.url) == ("Start", "https://docs.example.org/start/")
        assert page.attributes["section"] == ("Guides",)
        assert page.attributes["edit_url"] == "https://github.com/acme/x/edit/master/docs/start.md"

    async def test_a_template_of_links_comes_before_the_site(self, tmp_path: Path) -> None:
        write(tmp_path, {"mkdocs.yml": "site_url: https://docs.example.org", "docs/a.md": "a"})

        _, documents = await read(tmp_path, link_template="https://code.example.org/{path}")

        assert documents["docs/a.md"].url == "https://code.example.org/docs/a.md"

    async def test_a_change_of_the_navigation_gives_new_versions_to_what_it_names(self, tmp_path: Path) -> None:
        write(tmp_path, {"mkdocs.yml": "nav: [{Start: a.md}, b.md]", "docs/a.md": "a", "docs/b.md": "b"})
        before, _ = await read(tmp_path)
        write(tmp_path, {"mkdocs.yml": "nav: [{Begin: a.md}, b.md]"})

        after, _ = await read(tmp_path)

        assert versions(after)["docs/a.md"] != versions(before)["docs/a.md"]
        assert versions(after)["docs/b.md"] == versions(before)["docs/b.md"]


class TestRecords:
    async def test_the_metadata_beside_a_proposal_describes_it(self, tmp_path: Path) -> None:
        metadata = "title: X\nkep-number: 1\nowning-sig: sig-a\napprovers: ['@di']\nstatus: provisional\n"
        write(tmp_path, {"keps/1-x/kep.yaml": metadata, "keps/1-x/README.md": "# X"})

        _, documents = await read(tmp_path)

        text = documents["keps/1-x/README.md"]
        assert (text.title, text.kind, text.owner) == ("KEP-1: X", "decision", Owner("sig-a", None, "kep.yaml"))
        assert (text.attributes["approvers"], text.attributes["status"]) == (("@di",), "provisional")
