"""How well aika ranks, beside other retrieval libraries on the same documents, questions and embedder: a table in Markdown.

    uv venv peers && uv pip install --python peers/bin/python -r benchmarks/requirements-peers.txt
    python benchmarks/quality_against_peers.py DATA --peers peers/bin/python --work bench SET SET/qrels.other.tsv …

Every library ranks pieces cut as its documentation says, gets the vectors of aika's default embedder for them, and is measured
by its documents, a document standing where its best piece stands. Measured on the held-out halves of the questions: what aika
chose, it chose on the others. ``--peers NAME=PYTHON`` names the environment of one library that needs its own. What was
computed is kept in ``--work``, and deleting a file repeats that step.
"""

# ruff: noqa: ASYNC221, ASYNC240 -- nothing else runs in this process while it waits

import argparse
import asyncio
import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aika.application.evaluation import open_retrieval_system
from aika.evaluation.collections import TestCollection, load_collection
from aika.evaluation.halves import half_of
from aika.evaluation.measures import Estimate, compare, estimate, measure
from aika.evaluation.retrieval import RetrievalSystem, evaluate_retrieval
from aika.ingestion.following import digest
from aika.settings import load_settings

HERE = Path(__file__).parent
PEERS = ("bm25s", "chromadb", "haystack", "llamaindex-rrf", "llamaindex-relative", "txtai")
MEASURES = ("nDCG@10", "R@10", "R@100")
MEASURED_ONLY = frozenset({"herb"})
"""Sets on which nothing was ever chosen: all their questions are reported."""
TOO_SLOW = {("haystack", "herb")}
"""Haystack's in-memory store scores every piece in Python: many seconds for a question over 39,000 documents."""


@dataclass(frozen=True)
class Asked:
    """One set with one file of judgments."""

    name: str
    collection: TestCollection
    folder: Path

    @property
    def topics(self) -> list[Any]:
        reported = self.collection.name in MEASURED_ONLY
        return [topic for topic in self.collection.judged_topics if reported or half_of(topic.id) == "held out"]


async def vectors_of(
    texts: Sequence[str], system: RetrievalSystem, *, role: str, whole: Mapping[str, str] | None = None
) -> Any:
    """Return one vector a text. Those of documents are kept between runs; ``whole`` has documents by their words."""
    if role == "query":
        return np.concatenate([await system.embedder.embed([text], role="query") for text in texts])
    # The embedder sees words, not the spaces between them: pieces that differ in those only share a vector.
    plain = {text: " ".join(text.split()) for text in texts}
    whole = whole or {}
    as_written = {text: digest(whole.get(plain[text], text)) for text in texts}
    kept = await load(system, as_written.values())
    known = {text: kept[key] for text, key in as_written.items() if key in kept}
    missing = {digest(plain[text]): plain[text] for text in texts if text not in known}
    found = await load(system, missing)
    wanted = sorted(missing.keys() - found.keys(), key=lambda key: (len(missing[key]), key))
    for start in range(0, len(wanted), 64):
        keys = wanted[start : start + 64]
        matrix = await system.embedder.embed([missing[key] for key in keys], role="document")
        fresh = dict(zip(keys, matrix, strict=True))
        await system.vectors.save(system.embedder.fingerprint, fresh)
        found |= fresh
        print(f"\r  {start + len(keys):,} of {len(wanted):,} embedded", end="", flush=True)
    print()
    return np.stack([known[text] if text in known else found[digest(plain[text])] for text in texts])


async def load(system: RetrievalSystem, digests: Iterable[bytes]) -> dict[bytes, Any]:
    return dict(await system.vectors.load(system.embedder.fingerprint, list(dict.fromkeys(digests))))


async def peer_run(name: str, python: str, asked: Asked, folder: Path, system: RetrievalSystem) -> dict[str, Any]:
    """Return the library's rankings of the set's documents."""
    file = folder / f"{name}.run.json"
    if not file.exists():
        step = [python, str(HERE / "peer_rankings.py")]
        if not (folder / f"{name}.vectors.npy").exists():
            subprocess.run([*step, "split", name, str(folder)], check=True)
            pieces = json.loads((folder / f"{name}.pieces.json").read_text())
            texts = [] if name == "bm25s" else [text for _, text in pieces]
            whole = {" ".join(text.split()): text for _, text in json.loads((folder / "documents.json").read_text())}
            matrix = (
                await vectors_of(texts, system, role="document", whole=whole) if texts else np.zeros((len(pieces), 1))
            )
            np.save(folder / f"{name}.vectors.npy", matrix)
        subprocess.run([*step, "rank", name, str(folder)], check=True)
    said: dict[str, Any] = json.loads(file.read_text())
    return said


async def prepare(asked: Asked, folder: Path, system: RetrievalSystem) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "questions.npy").exists():
        return
    texts = [(raw.key, f"{raw.title or ''}\n{raw.content.decode()}".strip()) for raw in asked.collection.documents]
    (folder / "documents.json").write_text(json.dumps(texts))
    topics = asked.topics
    (folder / "questions.json").write_text(json.dumps([(topic.id, topic.text) for topic in topics]))
    np.save(folder / "questions.npy", await vectors_of([topic.text for topic in topics], system, role="query"))


def rows_of(asked: Asked, runs: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, dict[str, dict[str, float]]]:
    """Return each library's measures by topic."""
    found = {}
    for name, run in runs.items():
        judged = {
            topic.id: list(dict.fromkeys(asked.collection.judged_id(key) for key in run[topic.id]))[:100]
            for topic in asked.topics
            if topic.id in run
        }
        found[name] = measure(judged, asked.collection.judgments)
    return found


def cell(value: Estimate) -> str:
    return f"{value.value:.3f} ({value.low:.3f}–{value.high:.3f})"


def report(
    asked: Asked, by_topic: Mapping[str, Mapping[str, Mapping[str, float]]], milliseconds: Mapping[str, float]
) -> None:
    ids = [topic.id for topic in asked.topics]
    print(f"\n### {asked.name}: {len(ids)} questions, {len(asked.collection.documents):,} documents\n")
    print("| system | " + " | ".join(MEASURES) + " | ms |\n|---|" + "--:|" * (len(MEASURES) + 1))
    for name, values in by_topic.items():
        cells = [cell(estimate([values[m][key] for key in ids])) for m in MEASURES]
        print(f"| {name} | {' | '.join(cells)} | {milliseconds[name]:.0f} |")
    ours = "aika"
    peers = [name for name in by_topic if name in PEERS]
    means = {name: np.mean([by_topic[name]["nDCG@10"][key] for key in ids]) for name in peers}
    if peers:
        best = max(means, key=lambda name: means[name])
        one, other = ([by_topic[name]["nDCG@10"][key] for key in ids] for name in (ours, best))
        gap = compare(one, other)
        print(
            f"\naika against {best}: {gap.difference:+.3f} nDCG@10 ({gap.low:+.3f} to {gap.high:+.3f}, p = {gap.p:.4f})"
        )


async def one_set(asked: Asked, peers: Mapping[str, str], given: argparse.Namespace) -> dict[str, float]:
    """Print the set's table; return each system's mean nDCG@10."""
    settings = load_settings(given.dir)
    runs: dict[str, Mapping[str, Sequence[str]]] = {}
    milliseconds: dict[str, float] = {}
    folder = given.work / asked.collection.name
    async with open_retrieval_system(settings) as system:
        await prepare(asked, folder, system)
        for name, python in peers.items():
            if Path(python).exists() and (name, asked.collection.name) not in TOO_SLOW:
                said = await peer_run(name, python, asked, folder, system)
                runs[name], milliseconds[name] = said["run"], said["milliseconds"]
        ours = await evaluate_retrieval(asked.collection, system)
    by_topic: dict[str, Any] = rows_of(asked, runs)
    for name, report_of in ours.systems.items():
        by_topic[f"aika {name}"] = report_of.by_topic
        milliseconds[f"aika {name}"] = report_of.milliseconds
    last = list(ours.systems)[-1] if "full" not in ours.systems else "full"
    by_topic["aika"], milliseconds["aika"] = by_topic.pop(f"aika {last}"), milliseconds.pop(f"aika {last}")
    report(asked, by_topic, milliseconds)
    ids = [topic.id for topic in asked.topics]
    return {name: float(np.mean([values["nDCG@10"][key] for key in ids])) for name, values in by_topic.items()}


def summarise(means: Mapping[str, Mapping[str, float]]) -> None:
    names = list(dict.fromkeys(name for values in means.values() for name in values))
    print("\n### nDCG@10\n\n| system | " + " | ".join(means) + " | mean |\n|---|" + "--:|" * (len(means) + 1))
    averages = {}
    for name in names:
        values = [of_set.get(name, float("nan")) for of_set in means.values()]
        averages[name] = float(np.mean(values))
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in values) + f" | {averages[name]:.3f} |")
    best = max((name for name in names if name in PEERS), key=lambda name: averages[name], default=None)
    if best:
        print(
            f"\naika's mean is {100 * (averages['aika'] / averages[best] - 1):+.1f} % against that of the best peer, {best}."
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder with the sets")
    parser.add_argument("sets", nargs="+", help="SET, or SET/FILE for another file of judgments")
    parser.add_argument("--peers", nargs="+", default=[], help="PYTHON for all, then NAME=PYTHON for one")
    parser.add_argument("--work", type=Path, default=Path("bench"))
    parser.add_argument("--dir", type=Path, default=Path("bench"), help="with aika.toml and the kept vectors")
    given = parser.parse_args()
    for_all = next((value for value in given.peers if "=" not in value), None)
    named = dict(value.split("=", 1) for value in given.peers if "=" in value)
    peers = {name: named.get(name, for_all) for name in PEERS if named.get(name, for_all)}
    means = {}
    for wanted in given.sets:
        name, _, qrels = wanted.partition("/")
        collection = load_collection(given.data / name, qrels=Path(qrels) if qrels else None)
        asked = Asked(wanted, collection, given.data / name)
        means[wanted] = asyncio.run(one_set(asked, peers, given))
    summarise(means)


if __name__ == "__main__":
    main()
