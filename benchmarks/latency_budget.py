"""How long a question waits with every stage on, and with a reranker that hangs: ``/v1/search`` and each stage by itself.

    python benchmarks/latency_budget.py 100000 500000 --work bench

The material is made up (`made_material.py`) and built once for each size, as `aika_measured.py` builds it. Each variant is served
by a process of its own with default settings. *first* is the first round of the questions, when no passage was looked at before;
*again* the second round of the same ones. The engine that hangs is an API that takes requests and never answers.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
from aika_measured import ASKER, served, settings_of
from made_material import HITS, Material, make_material, percentiles
from rich.console import Console
from rich.table import Table

from aika.application.wiring import open_aika
from aika.domain.queries import Query
from aika.settings import load_settings

SECONDS = 1.5
"""What a reranker may take by default."""
PATIENT = 60
"""For the engine that computes: on a busy machine its first look at passages may take longer than the default allows."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chunks", nargs="+", type=int)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--variants", nargs="+", default=list(variants(0)), choices=list(variants(0)))
    chosen = parser.parse_args()
    for chunks in chosen.chunks:
        material, store = chosen.work / f"material-{chunks}", chosen.work / f"store-{chunks}"
        made = make_material(material, chunks)
        if not (store / ".aika" / "index" / "serving.json").exists():
            built = [sys.executable, str(Path(__file__).with_name("aika_measured.py")), "build"]
            subprocess.run([*built, str(material), str(store)], check=True)
        asyncio.run(report(made, store, made.questions()[: chosen.questions], chosen.variants))


async def report(material: Material, store: Path, questions: list[str], names: list[str]) -> None:
    chunks, console = len(material.vectors()), Console(width=130)
    whole = Table(title=f"/v1/search, {chunks:,} chunks: ms, p50 / p95 / longest")
    for column in ("second stage", "first", "again", "left out", "load"):
        whole.add_column(column, justify="left" if column == "second stage" else "right")
    stages = Table(title=f"stages, {chunks:,} chunks: ms, p50 / p95")
    stages.add_column("stage")
    by_variant: list[dict[str, str]] = []
    async with hanging() as port:
        for name, lines in variants(port).items():
            if name not in names:
                continue
            (store / "aika.toml").write_text(lines, encoding="utf-8")
            row = (name, *await over_http(store, questions), f"{os.getloadavg()[0]:.0f}")
            whole.add_row(*row)
            # At once as well: with many chunks on a busy machine the rest may take long.
            print(" | ".join(row), flush=True)
            by_variant.append(await by_stage(store, questions))
            print(name, by_variant[-1], flush=True)
            stages.add_column(name, justify="right")
    (store / "aika.toml").unlink()
    for stage in dict.fromkeys(stage for measured in by_variant for stage in measured):
        stages.add_row(stage, *(measured.get(stage, "") for measured in by_variant))
    console.print(whole)
    console.print(stages)


def variants(port: int) -> dict[str, str]:
    api = f'engine = "api"\nseconds = {SECONDS}\noptions = {{ shape = "tei", base_url = "http://127.0.0.1:{port}" }}'
    return {
        "none": "",
        "late interaction": f'[reranker]\nengine = "late-interaction"\nseconds = {PATIENT}\n',
        "an API that hangs": f"[reranker]\n{api}\n",
    }


async def over_http(store: Path, questions: list[str]) -> tuple[str, str, str]:
    """Return the times of both rounds, and in how many replies of both the second stage was left out."""
    async with served(store) as (client, _):
        await ready(client)
        rounds, left_out = [], 0
        for _ in range(2):
            taken = []
            for text in questions:
                started = time.perf_counter()
                reply = await client.post("/v1/search", json={"query": text, "k": HITS})
                taken.append(time.perf_counter() - started)
                notes = reply.raise_for_status().json().get("notes", [])
                left_out += any("reranker" in note for note in notes)
            rounds.append(shown([*percentiles(taken), 1000 * max(taken)]))
    return rounds[0], rounds[1], f"{left_out} of {2 * len(questions)}"


async def by_stage(store: Path, questions: list[str]) -> dict[str, str]:
    """Return each stage's times in this process, in the second round."""
    taken: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def observe(stage: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        taken[stage].append(time.perf_counter() - started)

    declared = load_settings(store)
    settings = settings_of(store).model_copy(update={"reranker": declared.reranker})
    async with open_aika(settings) as aika:
        await aika.search(Query(questions[0], ASKER), k=HITS)
        # The retriever that the application built at its first question: its stages have no other way to be timed.
        [retriever] = aika.retriever._retrievers.values()  # type: ignore[attr-defined]
        retriever.ranker.observe = observe
        for _ in range(2):
            taken.clear()
            for text in questions:
                with observe("all of it"):
                    await aika.search(Query(text, ASKER), k=HITS)
    return {stage: shown(percentiles(times)) for stage, times in taken.items()}


@asynccontextmanager
async def hanging() -> AsyncIterator[int]:
    """Listen, take what is sent, and never answer."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65_536):
            pass
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def ready(client: httpx.AsyncClient) -> None:
    while (await client.get("/readyz")).status_code != 200:  # noqa: ASYNC110 - it happens in another process
        await asyncio.sleep(0.1)


def shown(milliseconds: tuple[float, ...] | list[float]) -> str:
    return " / ".join(f"{value:.0f}" if value >= 10 else f"{value:.1f}" for value in milliseconds)


if __name__ == "__main__":
    main()
