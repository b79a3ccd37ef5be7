"""The tutorial's connector is the example's, short, and passes the contract as a package of its own."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "connector"
TUTORIAL = ROOT / "docs" / "tutorials" / "write-a-connector.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL)


def without_blank_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def test_the_tutorials_code_is_the_examples_and_all_of_it() -> None:
    *module, test = blocks("py")

    assert without_blank_lines("".join(module)) == without_blank_lines(
        (EXAMPLE / "aika_mediawiki.py").read_text("utf-8")
    )
    assert test == (EXAMPLE / "test_aika_mediawiki.py").read_text("utf-8")
    assert blocks("toml") == [(EXAMPLE / "pyproject.toml").read_text("utf-8")]


def test_the_connector_is_shorter_than_a_hundred_lines_and_the_tutorial_counts_them() -> None:
    lines = len((EXAMPLE / "aika_mediawiki.py").read_text("utf-8").splitlines())

    assert lines < 100
    assert f"with {lines} lines of Python" in TUTORIAL.read_text("utf-8")


def test_the_example_passes_the_contract_as_an_installed_package(tmp_path: Path) -> None:
    install(tmp_path)
    paths = os.pathsep.join((str(tmp_path), str(EXAMPLE)))

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "pyproject.toml", "."],
        cwd=EXAMPLE,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert " passed" in run.stdout


def install(folder: Path) -> None:
    """Write what an installer leaves of a package: its name and its entry points. Building it would need the network."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))["project"]
    record = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    record.mkdir()
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {place}\n" for name, place in entries.items())
        for group, entries in project["entry-points"].items()
    ]
    (record / "entry_points.txt").write_text("\n".join(lines))


def test_the_table_of_connectors_misses_none_of_ours() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    told = yaml.safe_load((ROOT / "docs" / "connectors.yaml").read_text("utf-8"))

    missing = set(project["entry-points"]["aika.connectors"]) - set(told)
    assert missing == set(), "say in docs/connectors.yaml what they read, then: make docs"
