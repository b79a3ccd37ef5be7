"""Real servers of the web app, each a process of its own on a synced copy of the example company."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "src" / "aika" / "surfaces" / "api" / "web" / "index.html"
COMMAND = (sys.executable, "-m", "aika.surfaces.cli.main")


@dataclass(frozen=True, slots=True)
class Deployment:
    """A running server."""

    url: str
    folder: Path
    """Where its ``aika.toml`` is."""


def run(*arguments: str, folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run an ``aika`` command to its end and return what it printed."""
    done = subprocess.run(
        [*COMMAND, *arguments, "--dir", str(folder)],
        env=_environment(environment or {}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def serving(folder: Path, environment: Mapping[str, str], *, port: int = 0) -> AbstractContextManager[Deployment]:
    """Run a server until the end of the block."""
    return serving_command(COMMAND, folder, environment, port=port)


@contextmanager
def serving_command(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], *, port: int = 0
) -> Iterator[Deployment]:
    """Run the server of an ``aika`` command until the end of the block."""
    log = (folder / "server.log").open("a")
    server = subprocess.Popen(
        [*command, "serve", "--port", str(port), "--dir", str(folder)],
        env=_environment(environment),
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    assert server.stdout is not None
    reading = threading.Thread(target=_drain, args=(server.stdout.readline,))
    try:
        found = re.search(r"http://[\w.:\[\]]+", server.stdout.readline())
        assert found, f"the server did not say where it listens: {(folder / 'server.log').read_text()}"
        reading.start()
        yield Deployment(found[0].rstrip("/"), folder)
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        if reading.ident is not None:
            reading.join()
        server.stdout.close()
        log.close()


def _drain(read: Callable[[], str]) -> None:
    """Read what the server prints, so that its pipe never fills."""
    while read():
        pass


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("AIKA_")}
    return {**ours, "COLUMNS": "200", "PYTHONUNBUFFERED": "1", **more}
