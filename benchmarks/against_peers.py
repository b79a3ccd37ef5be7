"""aika beside other engines that do the same work, in one run: tables in Markdown.

    uv venv peers && uv pip install --python peers/bin/python -r benchmarks/requirements-peers.txt
    python benchmarks/against_peers.py --peers peers/bin/python --corpus corpus.jsonl --chunks 10000 100000

Every step runs in a process of its own, one after another. Without ``--peers`` only aika is measured, without ``--corpus`` only
questions. What a step printed is kept in the folder of ``--work``, so that a run that was stopped goes on where it was.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from made_material import make_material, write_files

HERE = Path(__file__).parent
AIKA = "aika"
PEERS = ("haystack", "chromadb", "lancedb", "bm25s")
LARGEST = {"haystack": 20_000}
"""Above this many chunks an engine is left out: Haystack's store scores every chunk in Python, seconds a question."""
AGAIN_FILES = 7_000
STEP_SECONDS = 3 * 3600

Said = dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """Runs steps and remembers what they said."""

    work: Path
    peers: Path | None

    @property
    def systems(self) -> tuple[str, ...]:
        return (AIKA, *PEERS) if self.peers else (AIKA,)

    def run(self, system: str, step: str, material: Path, store: str) -> Said:
        """Return the step's result, timed from outside, ``{}`` where the system cannot do it."""
        remembered = self.work / "results" / f"{system}-{step}-{material.name}.json"
        if remembered.exists():
            return json.loads(remembered.read_text())
        program = (
            [sys.executable, "aika_measured.py"] if system == AIKA else [str(self.peers), "peer_systems.py", system]
        )
        command = [
            program[0],
            str(HERE / program[1]),
            *program[2:],
            step,
            str(material),
            str(self.work / store / system),
        ]
        load = os.getloadavg()[0]
        say(f"{time.strftime('%H:%M:%S')} {system} {step} {material.name}, load {load:.1f}")
        started = time.perf_counter()
        # Its own messages go beside the results: only the last line of its output is the result.
        with (self.work / f"{system}-{step}-{material.name}.log").open("w") as log:
            done = subprocess.run(
                command,
                env=self._environment(),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                timeout=STEP_SECONDS,
                check=False,  # one engine's failure is a gap in the tables
            )
        if done.returncode:
            say(f"  failed with status {done.returncode}; see {log.name}")
            return {}
        said: Said = {
            "process_s": time.perf_counter() - started,
            "load": load,
            **json.loads(done.stdout.splitlines()[-1]),
        }
        remembered.parent.mkdir(parents=True, exist_ok=True)
        remembered.write_text(json.dumps(said))
        return said

    def _environment(self) -> dict[str, str]:
        """Let modules be compiled once, as an installation does, and nobody report home."""
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        quiet = {"HAYSTACK_TELEMETRY_ENABLED": "False", "ANONYMIZED_TELEMETRY": "False"}
        return environment | quiet | {"PYTHONPYCACHEPREFIX": str(self.work / "pycache")}


def ask(bench: Bench, chunks: int) -> None:
    """Print how long questions take at a size, by stage for aika, and the memory while serving."""
    material = bench.work / "material" / str(chunks)
    make_material(material, chunks)
    rows, starts, built = [], [], []
    for system in bench.systems:
        if chunks > LARGEST.get(system, chunks):
            continue
        store = f"stores/{chunks}"
        build = bench.run(system, "build", material, store)
        found = bench.run(system, "search", material, store)
        begun = bench.run(system, "first", material, store)
        own, mapped = found.get("rss", (None, None))
        inside = bench.run(system, "stages", material, store)["stages"] if system == AIKA else found
        rows.append(
            (
                system,
                pair(inside.get("lexical")),
                pair(inside.get("dense")),
                pair(found.get("whole")),
                number(own, 0),
                number(mapped, 0),
            )
        )
        starts.append(
            (
                system,
                number(begun.get("first_s", begun.get("process_s")), 2),
                number(begun.get("listening_s"), 2),
                number(begun.get("busy_s"), 2),
            )
        )
        built.append((system, number(build.get("build_s"), 0), number(build and chunks / build["build_s"], 0)))
        if system == AIKA:
            print_aika(chunks, build, found, inside)
    table(
        f"Questions over {chunks:,} chunks: milliseconds, p50 / p95; memory in MB",
        ("", "lexical", "dense", "whole", "memory of its own", "mapped from files"), rows,
    )  # fmt: skip
    table("From process start, seconds", ("", "to the first result", "to listening", "processor time"), starts)
    table("Building the index from chunks and vectors", ("", "seconds", "chunks a second"), built)


def print_aika(chunks: int, build: Said, found: Said, inside: Said) -> None:
    table(
        f"aika's stages over {chunks:,} chunks, milliseconds",
        ("stage", "p50 / p95"), [(stage, pair(times)) for stage, times in inside.items()],
    )  # fmt: skip
    rows = [(name, number(build.get(name), 1)) for name in ("record_s", "follow_s", "compact_s")]
    rows += [("/v1/search a second, eight at a time", number(found.get("a_second"), 0))]
    rows += [("/v1/search, ms of processor time each", number(found.get("busy"), 1))]
    rows += [("/v1/chat/complete, p50 / p95 ms", pair(found.get("answer")))]
    table(f"aika with {chunks:,} chunks", ("", ""), rows)


def read(bench: Bench, corpus: Path, limit: int) -> None:
    """Print how long a folder takes until its files are found, one file more, and the same folder again."""
    folder, small = bench.work / "files" / str(limit), bench.work / "files" / f"again-{AGAIN_FILES}"
    for path, count in ((folder, limit), (small, AGAIN_FILES)):
        if not path.exists():
            write_files(corpus, path, count)
    count = sum(1 for _ in folder.rglob("*.md"))
    rows = []
    for system in bench.systems:
        said = bench.run(system, "files", folder, "folders")
        later = bench.run(system, "again", small, "again")
        newest = bench.run(system, "newest", small, "newest") if system == AIKA else said
        ingest = said.get("ingest_s")
        rows.append(
            (
                system, number(ingest, 1), number(ingest and count / ingest, 0),
                number(newest.get("findable_s"), 2), number(later.get("again_s"), 2), number(sum(said.get("rss", ())), 0),
            )
        )  # fmt: skip
    header = ("", "seconds", "files a second", "one file more, s", f"{AGAIN_FILES:,} unchanged again, s", "memory, MB")
    table(f"{count:,} Markdown files until all are found by words, embedding apart", header, rows)


def table(title: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    print(f"\n{title}\n\n| {' | '.join(header)} |\n|{'---|' * len(header)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    sys.stdout.flush()


def pair(times: tuple[float, float] | None) -> str:
    return f"{times[0]:.1f} / {times[1]:.1f}" if times else "–"


def number(value: float | None, digits: int) -> str:
    return f"{value:,.{digits}f}" if value else "–"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, help="Python of an environment with requirements-peers.txt")
    parser.add_argument("--chunks", type=int, nargs="*", default=[10_000])
    parser.add_argument("--corpus", type=Path, help="a corpus.jsonl whose documents become files")
    parser.add_argument("--files", type=int, default=10_000_000, help="how many of them at most")
    parser.add_argument("--work", type=Path, help="a folder for material, stores and results, which is kept")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="aika-peers-") as passing:
        bench = Bench(chosen.work or Path(passing), chosen.peers)
        bench.work.mkdir(parents=True, exist_ok=True)
        print(
            f"aika {version('aika')}, {os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}"
        )
        if chosen.corpus:
            read(bench, chosen.corpus, chosen.files)
        for chunks in chosen.chunks:
            ask(bench, chunks)


if __name__ == "__main__":
    main()
