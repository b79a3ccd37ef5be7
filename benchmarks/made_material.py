"""What every system of a comparison is given: chunks with their vectors, questions, and folders of files.

Imports numpy and nothing of aika, so that peers read the same material in an environment of their own. Words follow Zipf's
law as Mandelbrot mended it and are made of syllables, so that no analyzer takes them apart. Vectors have 384 dimensions of
which 40 carry the structure, in 400 clusters, about what sentence embeddings look like; independent random vectors have no
neighbours worth finding.
"""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path

import numpy as np
import numpy.typing as npt

DIMENSIONS = 384
WORDS = 60_000
FREQUENT = 60
"""The first words of Zipf's law, which an analyzer leaves out as function words. Questions have none of them."""
CHUNKS_A_DOCUMENT = 5
QUESTIONS = 100
DEPTH, HITS = 200, 10
"""How deep each ranking is, and how many texts are returned."""
_DRAWN_AT_ONCE = 10_000

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Material:
    """A folder with ``texts.jsonl``, ``vectors.npy`` and ``questions.json``."""

    folder: Path

    def texts(self) -> Iterator[str]:
        with (self.folder / "texts.jsonl").open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)

    def vectors(self) -> Floats:
        return np.load(self.folder / "vectors.npy", mmap_mode="r")

    def questions(self) -> list[str]:
        return json.loads((self.folder / "questions.json").read_text(encoding="utf-8"))

    def question_vectors(self) -> Floats:
        return np.load(self.folder / "question_vectors.npy")

    def batches(self, size: int) -> Iterator[tuple[int, list[str], Floats]]:
        """Yield the first chunk's number, the texts and the vectors of ``size`` chunks at a time."""
        vectors, texts, first = self.vectors(), self.texts(), 0
        while some := list(islice(texts, size)):
            yield first, some, np.asarray(vectors[first : first + len(some)])
            first += len(some)


def make_material(folder: Path, chunks: int) -> Material:
    """Write the material for a number of chunks, unless it is there."""
    material = Material(folder)
    if (folder / "questions.json").exists():
        return material
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = _vocabulary()
    chances = 1.0 / (np.arange(WORDS) + 2.7) ** 1.05
    limits = np.cumsum(chances / chances.sum())
    rng = np.random.default_rng(0)
    asked = set(np.linspace(0, chunks - 1, QUESTIONS, dtype=int).tolist())
    questions: list[str] = []
    with (folder / "texts.jsonl").open("w", encoding="utf-8") as file:
        for first in range(0, chunks, _DRAWN_AT_ONCE):
            lengths = rng.integers(30, 170, min(_DRAWN_AT_ONCE, chunks - first))
            drawn = np.minimum(np.searchsorted(limits, rng.random(int(lengths.sum()))), WORDS - 1)
            for number, ranks in enumerate(np.split(drawn, np.cumsum(lengths)[:-1]), start=first):
                # As a sentence: a chunk that begins or ends inside one is widened by aika, which most chunks are not.
                file.write(json.dumps(" ".join(vocabulary[rank] for rank in ranks).capitalize() + ".") + "\n")
                if number in asked:
                    rare = ranks[ranks >= FREQUENT]
                    questions.append(" ".join(vocabulary[rank] for rank in rng.choice(rare, 6)))
    vectors = _vectors(chunks, seed=1)
    np.save(folder / "vectors.npy", vectors)
    np.save(folder / "question_vectors.npy", _vectors(QUESTIONS, seed=3))
    (folder / "questions.json").write_text(json.dumps(questions), encoding="utf-8")
    return material


def write_files(corpus: Path, folder: Path, limit: int) -> int:
    """Write documents of a ``corpus.jsonl`` as Markdown files, fifty to a folder; return how many.

    Their time of change is an hour ago, as that of most files is: what changed just now has to be read twice.
    """
    written, then = 0, time.time() - 3600
    with corpus.open(encoding="utf-8") as file:
        for written, line in enumerate(islice(file, limit), start=1):
            said = json.loads(line)
            path = folder / f"{written // 50:04d}" / f"{written:06d}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"# {said.get('title') or said['id']}\n\n{said['text']}\n", encoding="utf-8")
            os.utime(path, (then, then))
    return written


def windows(text: str, words: int = 180) -> list[str]:
    """Cut a text into pieces of so many words: how peers without a chunker of their own are given files."""
    split = text.split()
    return [" ".join(split[start : start + words]) for start in range(0, len(split), words)]


def resident_mb(pid: int | str = "self") -> tuple[float, float]:
    """Return a process's memory of its own, and mapped from files, which the system can take back."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    own, mapped = (int(status[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile"))
    return own, mapped


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used: it depends less on what else runs than time on the clock."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def percentiles(seconds: list[float]) -> tuple[float, float]:
    """Return the 50th and 95th in milliseconds."""
    p50, p95 = np.percentile(seconds, [50, 95]) * 1000
    return float(p50), float(p95)


def _vocabulary() -> list[str]:
    syllables = ["".join(pair) for pair in product("bcdfgklmnprtvz", "aiou")]
    return ["".join(parts) + "k" for parts in islice(product(syllables, repeat=3), WORDS)]


def _vectors(count: int, *, seed: int) -> Floats:
    shape = np.random.default_rng(7)
    directions = shape.standard_normal((40, DIMENSIONS)).astype(np.float32) / np.float32(np.sqrt(40))
    centres = shape.standard_normal((400, 40)).astype(np.float32)
    rng = np.random.default_rng(seed)
    latent = centres[rng.integers(0, 400, count)] + 0.6 * rng.standard_normal((count, 40), dtype=np.float32)
    vectors = latent @ directions
    vectors += 0.35 * rng.standard_normal((count, DIMENSIONS), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors
