"""What tests of several areas share."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

# A loaded machine is no reason to fail: no example has a time limit, and none is too slow to make.
settings.register_profile("aika", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("aika")

ROOT = Path(__file__).parents[1]
AIKA = (sys.executable, "-m", "aika.surfaces.cli.main")

pytest_plugins = ["emulated.emulators", "spreading"]


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes share among which the tests of this run are spread."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def embedder_graphs(run_folder: Path) -> Path:
    """A folder for the embedder's graphs, which are built once for all tests."""
    folder = run_folder / "embedder" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def synced_examples(run_folder: Path, embedder_graphs: Path) -> Path:
    """A folder with the example company, synced once for all tests. Who serves it serves a copy of it.

    The environment variable ``AIKA_SYNCED_EXAMPLES`` may name one that was synced before, which spares the time while tests
    are written.
    """
    before = os.environ.get("AIKA_SYNCED_EXAMPLES")
    if before is not None:
        return Path(before)
    base = run_folder / "synced"
    with FileLock(run_folder / "synced.lock"):
        if not base.exists():
            made = run_folder / "syncing"
            # What another process left that could not sync them.
            shutil.rmtree(made, ignore_errors=True)
            _sync_examples(made, embedder_graphs)
            made.rename(base)
    return base


def _sync_examples(base: Path, embedder_graphs: Path) -> None:
    shutil.copytree(ROOT / "examples", base / "examples", ignore=shutil.ignore_patterns(".aika"))
    shutil.copytree(ROOT / "docs", base / "docs")
    (base / "examples" / ".aika").mkdir()
    (base / "examples" / ".aika" / "models").symlink_to(embedder_graphs)
    synced = subprocess.run(
        [*AIKA, "sync", "--dir", str(base / "examples")],
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert synced.returncode == 0, synced.stderr


@pytest.fixture(scope="session")
def example_server(tmp_path_factory: pytest.TempPathFactory, synced_examples: Path) -> Iterator[str]:
    """The address of a real server with the example company synced."""
    base = tmp_path_factory.mktemp("example-server") / "served"
    shutil.copytree(synced_examples, base, symlinks=True)
    server = subprocess.Popen(
        [*AIKA, "serve", "--port", "0", "--dir", str(base / "examples")],
        env={**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    found = re.search(r"http://\S+", server.stdout.readline())
    assert found, "the server did not say where it listens"
    yield found[0]
    server.terminate()
    server.wait(timeout=30)
    server.stdout.close()
