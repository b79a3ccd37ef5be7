"""``aika health``: findings are listed, shown and worked off from the command line, without a server."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aika.client.errors import AikaRequestError
from aika.surfaces.cli.main import app

runner = CliRunner()


@pytest.fixture
def folder(tmp_path: Path, embedder_graphs: Path) -> Path:
    """A company of one document, whose owner is known, and one question that it does not answer."""
    (tmp_path / "docs").mkdir()
    text = "---\nowner: harbour-team\n---\n# Harbour crane\n\nThe harbour crane lifts twelve tonnes.\n"
    (tmp_path / "docs" / "crane.md").write_text(text, encoding="utf-8")
    (tmp_path / "sources").mkdir()
    declared = "connector: filesystem\nreaders: [everyone]\noptions:\n  path: docs\n"
    (tmp_path / "sources" / "handbook.yaml").write_text(declared, encoding="utf-8")
    (tmp_path / "aika.toml").write_text("[confidence]\nreader = false\n", encoding="utf-8")
    (tmp_path / ".aika").mkdir()
    (tmp_path / ".aika" / "models").symlink_to(embedder_graphs)
    return tmp_path


def run(folder: Path, *arguments: str) -> str:
    done = runner.invoke(app, [*arguments, "--dir", str(folder)])
    assert done.exit_code in {0, 3}, (done.output, done.exception)
    return done.output


def test_a_gap_is_found_shown_and_dismissed(folder: Path) -> None:
    run(folder, "sync")
    run(folder, "ask", "How do I reset the crane's emergency brake?")
    assert "1 complaints were examined" in run(folder, "health", "look")

    [finding] = json.loads(run(folder, "health", "list", "--owner", "harbour-team", "--json"))["findings"]
    shown = run(folder, "health", "show", finding["id"])
    dismissed = json.loads(run(folder, "health", "dismiss", finding["id"], "--reason", "No.", "--json"))

    assert "How do I reset the crane's emergency brake?" in shown
    assert (dismissed["state"], dismissed["note"], dismissed["owner"]["name"]) == ("dismissed", "No.", "harbour-team")
    assert "There are no findings." in run(folder, "health", "list")
    assert run(folder, "health", "overview").startswith("0 findings")


def test_what_is_not_there_is_said_so(folder: Path) -> None:
    told = runner.invoke(app, ["health", "accept", "nothing", "--dir", str(folder)])

    assert isinstance(told.exception, AikaRequestError)
    assert "there is no finding" in str(told.exception)
