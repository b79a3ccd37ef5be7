"""A source's file is checked and tried before anything of it is indexed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aika.application.checking import check_source
from aika.application.source_schema import source_schema
from aika.domain.errors import ConfigurationError
from aika.settings import Settings, load_settings, read_source_file
from aika.surfaces.cli.main import app

TIDES = "---\nowner: Harbour\n---\n# Tides\n\nThe spring tide comes on Monday at 6:40.\n"


@pytest.fixture
def file(tmp_path: Path, embedder_graphs: Path) -> Path:
    (tmp_path / ".aika").mkdir()
    (tmp_path / ".aika" / "models").symlink_to(embedder_graphs)
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "tides.md").write_text(TIDES, encoding="utf-8")
    (docs / "berths.md").write_text("# Berths\n\nBerth 7 is for pilots.\n", encoding="utf-8")
    (docs / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    return declared(tmp_path, "readers: [everyone]\n")


def declared(folder: Path, more: str) -> Path:
    path = folder / "harbour.yaml"
    path.write_text(f"connector: filesystem\noptions: {{path: docs}}\n{more}", encoding="utf-8")
    return path


def settings_of(folder: Path) -> Settings:
    return load_settings(folder)


class TestCheck:
    async def test_it_tells_documents_owners_and_problems(self, tmp_path: Path, file: Path) -> None:
        found = await check_source(settings_of(tmp_path), read_source_file(file))

        assert (found.found, found.read, dict(found.owners)) == (3, 2, {"front matter": 1})
        assert found.unowned == ["berths.md"]
        assert [item.key for item in found.unreadable] == ["broken.pdf"]
        assert found.expected_chunks >= 2
        assert found.seconds_to_embed > 0

    async def test_it_tells_what_nobody_may_read(self, tmp_path: Path, file: Path) -> None:
        found = await check_source(settings_of(tmp_path), read_source_file(declared(tmp_path, "")))

        assert found.unread == ["berths.md", "tides.md"]

    async def test_a_sample_stands_for_the_whole(self, tmp_path: Path, file: Path) -> None:
        for number in range(40):
            (tmp_path / "docs" / f"note{number}.md").write_text(f"# Note {number}\n\nA pilot came.\n", encoding="utf-8")

        found = await check_source(settings_of(tmp_path), read_source_file(file), sample=10)

        assert (found.found, found.read) == (43, 10)
        assert 35 <= found.expected_chunks <= 60

    async def test_it_keeps_nothing(self, tmp_path: Path, file: Path) -> None:
        await check_source(settings_of(tmp_path), read_source_file(file))

        assert not (tmp_path / ".aika" / "aika.db").exists()

    async def test_a_place_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="there is no folder"):
            await check_source(settings_of(tmp_path), read_source_file(declared(tmp_path, "")))


class TestCommands:
    def test_check_prints_what_it_found(self, tmp_path: Path, file: Path) -> None:
        result = CliRunner().invoke(app, ["source", "check", str(file), "--dir", str(tmp_path)])

        assert result.exit_code == 0
        assert "1 front matter" in result.output
        assert "broken.pdf" in result.output

    def test_check_fails_where_nobody_may_read(self, tmp_path: Path, file: Path) -> None:
        result = CliRunner().invoke(app, ["source", "check", str(declared(tmp_path, "")), "--dir", str(tmp_path)])

        assert result.exit_code == 1
        assert "set 'readers' in the file" in result.output

    def test_preview_answers_from_this_source_alone(self, tmp_path: Path, file: Path) -> None:
        question = "When does the spring tide come?"
        result = CliRunner().invoke(app, ["source", "preview", str(file), "--ask", question, "--dir", str(tmp_path)])

        assert result.exit_code == 0
        assert "Monday at 6:40" in result.output
        assert not (tmp_path / ".aika" / "aika.db").exists()


def test_the_schema_knows_every_connectors_options() -> None:
    schema = source_schema()

    assert {"filesystem", "push"} <= set(schema["properties"]["connector"]["enum"])
    assert "path" in schema["$defs"]["filesystem"]["properties"]
    assert "discovery" not in json.dumps(schema["properties"])
