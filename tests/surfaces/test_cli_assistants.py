"""``aika assistant``: a file is checked and tried before it counts."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aika.domain.errors import ConfigurationError
from aika.settings import Settings
from aika.surfaces.cli.main import app

runner = CliRunner()


@pytest.fixture
def folder(settings: Settings) -> Path:
    """A company with an assistant that is not declared yet."""
    base = settings.base_dir
    declared = "".join(
        f'[sources.{name}]\nconnector = "filesystem"\nreaders = ["everyone"]\noptions = {{ path = "{path}" }}\n'
        for name, path in (("handbook", "docs"), ("board", "secret"))
    )
    (base / "aika.toml").write_text(declared, encoding="utf-8")
    (base / "refunds.yaml").write_text("purpose: Refunds.\nknowledge:\n  paths: [refunds.md]\n", encoding="utf-8")
    return base


def test_a_right_file_is_told_what_it_comes_to(folder: Path) -> None:
    told = runner.invoke(app, ["assistant", "check", str(folder / "refunds.yaml"), "--dir", str(folder)])

    assert told.exit_code == 0
    assert "Refunds." in told.output
    assert '{"paths": ["refunds.md"]}' in told.output


@pytest.mark.parametrize(
    ("text", "reason"),
    [("colour: red\n", "colour: is not a known field"), ("model: careful\n", "not among [models] of aika.toml")],
)
def test_a_wrong_file_is_told_why(folder: Path, text: str, reason: str) -> None:
    (folder / "wrong.yaml").write_text(text, encoding="utf-8")

    told = runner.invoke(app, ["assistant", "check", str(folder / "wrong.yaml"), "--dir", str(folder)])

    assert isinstance(told.exception, ConfigurationError)
    assert reason in str(told.exception)


def test_a_source_that_is_not_declared_is_pointed_out(folder: Path) -> None:
    (folder / "old.yaml").write_text("knowledge:\n  sources: [handbook, wiki]\n", encoding="utf-8")

    told = runner.invoke(app, ["assistant", "check", str(folder / "old.yaml"), "--dir", str(folder)])

    assert "no source 'wiki'" in told.output
    assert "'handbook'" not in told.output


def test_trying_a_file_asks_within_its_knowledge_and_keeps_nothing(folder: Path) -> None:
    here = ["--dir", str(folder)]
    assert runner.invoke(app, ["sync", *here]).exit_code == 0

    question = "How do I roll back the checkout service?"
    tried = runner.invoke(app, ["assistant", "try", str(folder / "refunds.yaml"), "--ask", question, "--json", *here])
    listed = runner.invoke(app, ["assistant", "list", "--all", "--json", *here])

    assert tried.exit_code == 0, tried.output
    assert "ferry rollback" not in tried.output
    assert json.loads(listed.output) == []


def test_the_schema_is_printed_for_editors() -> None:
    printed = json.loads(runner.invoke(app, ["assistant", "schema"]).output)

    assert "knowledge" in printed["properties"]
