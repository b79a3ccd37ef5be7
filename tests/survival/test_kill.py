"""aika is killed without warning, again and again. Afterwards nothing is lost, doubled or stale."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from aika.application.wiring import open_aika
from aika.domain.access import UNRESTRICTED
from aika.settings import load_settings

KILLS = 20
"""Half of them while syncing, half while serving and syncing."""
FILES = 60
LONGEST = 4.0
"""Seconds until a process is killed at the latest: after its start, within its sync, or when it has gone idle."""


@dataclass(slots=True)
class Place:
    """A folder of documents that changes, and what it holds at the moment."""

    base: Path
    chance: random.Random
    versions: dict[str, int] = field(default_factory=dict)
    counter: int = 0

    def write(self, key: str) -> None:
        self.counter += 1
        self.versions[key] = self.counter
        text = (
            f"# Note {key}\n\nThe word of this note is {self.word(key)}.\n\n## More\n\nThis is text {self.counter}.\n"
        )
        (self.base / "docs" / key).write_text(text, encoding="utf-8")

    def change_some(self) -> None:
        """Edit, add and delete files."""
        for key in self.chance.sample(sorted(self.versions), 6):
            self.write(key)
        removed = self.chance.choice(sorted(self.versions))
        del self.versions[removed]
        (self.base / "docs" / removed).unlink()
        self.write(f"new-{self.counter}.md")

    def word(self, key: str) -> str:
        """Return a word that only this version of this file has."""
        return f"zq{self.versions[key]}x"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "docs").mkdir()
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "notes.yaml").write_text(
        "connector: filesystem\nreaders: [everyone]\noptions:\n  path: docs\n", encoding="utf-8"
    )
    seed = random.SystemRandom().randrange(10_000)
    print(f"seed {seed}")  # noqa: T201 - pytest shows it when the test fails, so that it can be run again
    made = Place(tmp_path, random.Random(seed))  # noqa: S311 - not for secrets
    for number in range(FILES):
        made.write(f"note-{number}.md")
    return made


async def test_killed_at_twenty_moments_of_syncing_and_serving(place: Place) -> None:
    for number in range(KILLS):
        place.change_some()
        run_and_kill(place, ["sync"] if number % 2 else ["serve", "--port", "0", "--sync"])

    finished = await asyncio.create_subprocess_exec(*aika(place, ["sync"]), stderr=asyncio.subprocess.PIPE)
    _, complaints = await finished.communicate()

    assert finished.returncode == 0, complaints.decode()
    assert await differences(place) == []


async def differences(place: Place) -> list[str]:
    """Return what differs between the folder and what aika knows of it, in words."""
    found: list[str] = []
    async with open_aika(load_settings(place.base)) as opened:
        documents = await opened.database.catalogue.documents(scope=UNRESTRICTED, limit=10_000)
        keys = sorted(document.key for document in documents)
        if keys != sorted(place.versions):
            found.append(f"documents {keys} instead of {sorted(place.versions)}")
        serving = opened.generations.serving
        chunks = sum(count.chunks for count in (await opened.database.catalogue.counts(scope=UNRESTRICTED)).values())
        if chunks != await serving.index.count():
            found.append(f"{await serving.index.count()} chunks in the index instead of {chunks}")
        for word in (f"zq{number}x" for number in range(1, place.counter + 1)):
            hits = await serving.index.search_text(word, k=10, scope=UNRESTRICTED)
            expected = [key for key in place.versions if place.word(key) == word]
            texts = await opened.database.catalogue.chunks([hit.chunk for hit in hits], scope=UNRESTRICTED)
            actual = [texts[hit.chunk].document.key for hit in hits if hit.chunk in texts]
            if actual != expected:
                found.append(f"{word} finds {actual} instead of {expected}")
            [vector] = await serving.embedder.embed([f"The word of this note is {word}."], role="query")
            dense = await serving.index.search_vector(vector, k=chunks + 10, scope=UNRESTRICTED)
            if len({hit.chunk for hit in dense}) != chunks:
                found.append(f"{len(dense)} chunks with vectors instead of {chunks}")
                break
    return found


def run_and_kill(place: Place, command: list[str]) -> None:
    """Start aika and kill it at a random moment, with everything that it started."""
    process = subprocess.Popen(
        aika(place, command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    time.sleep(place.chance.uniform(0.3, LONGEST))
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)


def aika(place: Place, command: list[str]) -> list[str]:
    return [sys.executable, "-m", "aika.surfaces.cli.main", *command, "--dir", str(place.base)]
