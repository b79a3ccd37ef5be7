"""Fits the two models of ``aika/answering/confidence.json`` and reports how good they are on data they were not fitted on.

    python benchmarks/fit_confidence.py --data PATH_TO_SQUAD2 [--transfer GOVUK HERB …] [--write]

Fitted on one half of the questions (by a hash of their ids), reported on the other. Three kinds of questions, half of the
weight on the first: answerable; unanswerable but written to look answerable; and answerable ones asked after their whole
article was taken away, so that nothing in the collection answers. Needs scikit-learn, which aika itself does not.
"""

import argparse
import asyncio
import hashlib
import json
import re
import string
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from aika.answering.evidence import EvidenceReader
from aika.answering.extractive import ExtractiveWriter
from aika.answering.signals import draft_signals, evidence_signals
from aika.domain.access import UNRESTRICTED
from aika.domain.documents import Chunk, Document
from aika.domain.identifiers import ChunkId, SourceId, document_id
from aika.domain.queries import Hit, Query
from aika.models.minilm import MiniLmEmbedder
from aika.protocols import Embedder, EmbeddingRole, Matrix
from aika.registry import Surroundings
from aika.retrieval.dense import DenseRanker
from aika.retrieval.fusion import fuse
from aika.retrieval.lexical import LexicalRanker, TechnicalAnalyzer
from aika.stores.index.memory import MemoryIndex

EVIDENCE = 6
SAMPLE = 80
"""Questions of each kind, where nothing is fitted."""
DEPTH = 200
WEIGHTS = {"answerable": 0.5, "lookalike": 0.25, "removed": 0.25}
# Which way each signal may move the probability. A fitted coefficient of the other sign is noise or a trap, and is left out.
SIGNS = {"exact_missing": -1, "names_missing": -1, "citations_removed": -1, "superseded": -1}
# What an encyclopedia never shows, and so cannot be fitted: codes and versions that nothing in the collection has, quotes without
# full support, documents that are marked as replaced. Coefficient and reference; the reference leaves the intercept in place.
BY_HAND = {
    "evidence": {"exact_missing": (-1.5, 0.0)},
    "answer": {
        "exact_missing": (-1.5, 0.0),
        "support": (1.0, 1.0),
        "citations_removed": (-1.0, 0.0),
        "superseded": (-0.8, 0.0),
    },
}


@dataclass(frozen=True, slots=True)
class Row:
    """One question, asked of the collection."""

    query: str
    kind: str
    fitted_on: bool
    evidence: Mapping[str, float]
    answer: Mapping[str, float]
    found: bool
    """Whether the evidence holds an answer."""
    helped: bool
    """Whether the extractive answer has one."""


class RememberingEmbedder:
    """Embeds each text once: the same sentences come back for many questions."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[tuple[str, str], np.ndarray] = {}
        self.fingerprint, self.dimensions = embedder.fingerprint, embedder.dimensions

    async def embed(self, texts: Sequence[str], *, role: EmbeddingRole) -> Matrix:
        new = [text for text in dict.fromkeys(texts) if (role, text) not in self._known]
        if new:
            for text, vector in zip(new, await self._embedder.embed(new, role="query"), strict=True):
                self._known[role, text] = vector
        return np.array([self._known[role, text] for text in texts], dtype=np.float32)


class Collection:
    """Documents with both rankings over them."""

    def __init__(self, chunks: Sequence[Chunk], embedder: RememberingEmbedder, *, dense: bool) -> None:
        self.analyzer = TechnicalAnalyzer()
        self.chunks = {chunk.id: chunk for chunk in chunks}
        self.embedder = embedder
        self.dense = dense
        self.index = MemoryIndex(self.analyzer, embedder.dimensions)
        self.reader = EvidenceReader(self.analyzer, embedder)
        self.writer = ExtractiveWriter(self.reader)

    async def fill(self) -> None:
        by_document: dict[str, list[Chunk]] = {}
        for chunk in self.chunks.values():
            by_document.setdefault(chunk.document.id, []).append(chunk)
        for chunks in by_document.values():
            vectors = await self.embedder.embed([c.passage for c in chunks], role="document") if self.dense else None
            await self.index.replace(chunks[0].document.id, chunks, vectors)

    async def hits(self, text: str, *, without: str | None = None) -> list[Hit]:
        query = Query(text, UNRESTRICTED)
        rankings = {"lexical": await LexicalRanker(self.index).rank(query, k=DEPTH)}
        if self.dense:
            rankings["dense"] = await DenseRanker(self.index, self.embedder).rank(query, k=DEPTH)
        fused = fuse(rankings, {"lexical": 0.5, "dense": 0.5}, depth=DEPTH)
        found = [Hit(self.chunks[ChunkId(candidate.chunk)], candidate.score) for candidate in fused]
        return [hit for hit in found if without is None or hit.chunk.document.title != without][:EVIDENCE]

    async def row(
        self,
        text: str,
        kind: str,
        *,
        key: str = "",
        gold: str = "",
        answers: Sequence[str] = (),
        without: str | None = None,
    ) -> Row:
        hits = await self.hits(text, without=without)
        reading = await self.reader.read(text, hits)
        draft = await self.writer.draft(Query(text, UNRESTRICTED), hits)
        before = evidence_signals(reading)
        return Row(
            query=text,
            kind=kind,
            fitted_on=hashlib.sha256((key or text).encode()).digest()[0] % 2 == 0,
            evidence=before,
            answer={**before, **draft_signals(reading, draft, self.analyzer)},
            found=kind == "answerable" and any(hit.chunk.document.key == gold for hit in hits),
            helped=kind == "answerable" and any(_squad(answer) in _squad(draft.text) for answer in answers),
        )


def _squad(text: str) -> str:
    """Normalize as the SQuAD evaluation does: no case, punctuation, articles."""
    bare = "".join(character for character in text.lower() if character not in string.punctuation)
    without_articles = re.sub(r"\b(a|an|the)\b", " ", bare).split()
    return f" {' '.join(without_articles)} "


async def squad_rows(folder: Path, embedder: RememberingEmbedder, limit: int | None) -> list[Row]:
    collection = Collection(list(_paragraphs(folder)), embedder, dense=True)
    await collection.fill()
    queries = [json.loads(line) for line in (folder / "queries.jsonl").open(encoding="utf-8")]
    queries.sort(key=lambda query: hashlib.sha256(query["id"].encode()).hexdigest())
    titles = {chunk.document.key: chunk.document.title for chunk in collection.chunks.values()}
    rows: list[Row] = []
    for number, query in enumerate(queries[:limit]):
        gold = query["metadata"]["paragraph_doc"]
        kind = "answerable" if query["answerable"] else "lookalike"
        answers = query.get("answers") or ()
        rows.append(await collection.row(query["text"], kind, key=query["id"], gold=gold, answers=answers))
        if query["answerable"]:
            rows.append(await collection.row(query["text"], "removed", key=query["id"], without=titles[gold]))
        _progress(number + 1, len(queries[:limit]), "questions of squad2")
    return rows


def _paragraphs(folder: Path) -> Iterable[Chunk]:
    for line in (folder / "corpus.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        for position, text in enumerate(_pieces(row["text"])):
            document = Document(
                id=document_id(SourceId("benchmark"), row["id"]),
                source=SourceId("benchmark"),
                key=row["id"],
                title=row.get("title") or "",
            )
            yield Chunk(document, position, 0, len(text), text)


def _pieces(text: str, length: int = 1_200) -> list[str]:
    pieces, current = [], ""
    for part in text.split("\n\n"):
        if current and len(current) + len(part) > length:
            pieces.append(current)
            current = ""
        current += ("\n\n" if current else "") + part
    return [*pieces, current[: 4 * length]] if current.strip() else pieces


def matrix(rows: Sequence[Row], names: Sequence[str], which: str) -> np.ndarray:
    return np.array([[getattr(row, which)[name] for name in names] for row in rows])


def weights(rows: Sequence[Row]) -> np.ndarray:
    """Weigh the kinds as `WEIGHTS` says, whatever their numbers."""
    counts = {kind: sum(row.kind == kind for row in rows) for kind in WEIGHTS}
    return np.array([WEIGHTS[row.kind] / max(1, counts[row.kind]) for row in rows]) * len(rows)


def fit(rows: Sequence[Row], which: str, labels: np.ndarray) -> dict[str, object]:
    """Fit, leaving out signals whose coefficient has the wrong sign, until all are right."""
    names = [name for name in getattr(rows[0], which) if name not in BY_HAND[which]]
    while True:
        model = LogisticRegression(C=1.0, max_iter=2_000)
        model.fit(matrix(rows, names, which), labels, sample_weight=weights(rows))
        wrong = [
            name for name, weight in zip(names, model.coef_[0], strict=True) if weight * SIGNS.get(name, 1) <= 0.02
        ]
        if not wrong:
            break
        names = [name for name in names if name not in wrong]
    means = np.average(matrix(rows, names, which), axis=0, weights=weights(rows))
    coefficients = {name: round(float(weight), 4) for name, weight in zip(names, model.coef_[0], strict=True)}
    references = {name: round(float(mean), 4) for name, mean in zip(names, means, strict=True)}
    intercept = float(model.intercept_[0])
    intercept -= sum(weight * reference for weight, reference in BY_HAND[which].values())
    coefficients |= {name: weight for name, (weight, _) in BY_HAND[which].items()}
    references |= {name: reference for name, (_, reference) in BY_HAND[which].items()}
    return {"intercept": round(intercept, 4), "coefficients": coefficients, "references": references}


def probabilities(model: Mapping[str, object], rows: Sequence[Row], which: str) -> np.ndarray:
    names = list(model["coefficients"])
    logits = model["intercept"] + matrix(rows, names, which) @ np.array([model["coefficients"][n] for n in names])
    return 1 / (1 + np.exp(-logits))


def ece(labels: np.ndarray, values: np.ndarray, weight: np.ndarray, bins: int = 10) -> float:
    """Return the expected calibration error over bins of equal width."""
    place = np.minimum((values * bins).astype(int), bins - 1)
    total = 0.0
    for number in range(bins):
        here = place == number
        if here.any():
            gap = np.average(labels[here], weights=weight[here]) - np.average(values[here], weights=weight[here])
            total += abs(gap) * weight[here].sum() / weight.sum()
    return float(total)


def measures(rows: Sequence[Row], labels: np.ndarray, values: np.ndarray) -> dict[str, str]:
    """Return each measure with its 95 % interval from 500 bootstrap samples."""
    weight = weights(rows)
    kinds = np.array([row.kind for row in rows])

    def all_of(pick: np.ndarray) -> dict[str, float]:
        truth, v, w, k = labels[pick], values[pick], weight[pick], kinds[pick]
        lookalike, removed = k != "removed", k != "lookalike"
        return {
            "auroc": roc_auc_score(truth, v, sample_weight=w),
            "auroc_lookalike": roc_auc_score(truth[lookalike], v[lookalike]),
            "auroc_removed": roc_auc_score(truth[removed], v[removed]),
            "ece": ece(truth, v, w),
            "brier": float(np.average((truth - v) ** 2, weights=w)),
        }

    random = np.random.default_rng(7)
    samples = [all_of(random.integers(0, len(rows), len(rows))) for _ in range(500)]
    point = all_of(np.arange(len(rows)))
    return {
        name: f"{value:.3f} [{np.quantile([s[name] for s in samples], 0.025):.3f}, "
        f"{np.quantile([s[name] for s in samples], 0.975):.3f}]"
        for name, value in point.items()
    }


async def transfer(
    folder: Path, models: Mapping[str, Mapping[str, object]], strangers: Sequence[str], embedder: RememberingEmbedder
) -> dict[str, object]:
    """Ask a collection its own questions and a stranger's. Nothing is fitted."""
    chunks = list(_paragraphs(folder))
    collection = Collection(chunks, embedder, dense=len(chunks) < 6_000)
    await collection.fill()
    queries = [json.loads(line) for line in (folder / "queries.jsonl").open(encoding="utf-8")]
    queries.sort(key=lambda query: hashlib.sha256(query["id"].encode()).hexdigest())
    asked = {
        "answerable": [query["text"] for query in queries if query.get("answerable", True)][:SAMPLE],
        "unanswerable": [query["text"] for query in queries if not query.get("answerable", True)][:SAMPLE],
        "strangers": list(strangers),
    }
    report: dict[str, object] = {"chunks": len(chunks), "dense": collection.dense}
    values: dict[str, np.ndarray] = {}
    for kind, texts in asked.items():
        rows = [await collection.row(text, kind) for text in texts]
        if not rows:
            continue
        values[kind] = probabilities(models["evidence"], rows, "evidence")
        answers = probabilities(models["answer"], rows, "answer")
        report[kind] = {
            "n": len(rows),
            "evidence_quartiles": [round(float(x), 3) for x in np.quantile(values[kind], (0.25, 0.5, 0.75))],
            "answer_quartiles": [round(float(x), 3) for x in np.quantile(answers, (0.25, 0.5, 0.75))],
            "answered_at_.25_.3": round(float(np.mean((values[kind] >= 0.25) & (answers >= 0.3))), 3),
        }
        _progress(1, 1, f"{kind} of {folder.name}")
    labels = np.concatenate([np.ones(len(values["answerable"])), np.zeros(len(values["strangers"]))])
    both = np.concatenate([values["answerable"], values["strangers"]])
    report["auroc_strangers"] = round(float(roc_auc_score(labels, both)), 3)
    return report


def _write(models: Mapping[str, object]) -> None:
    target = Path(str(files("aika.answering") / "confidence.json"))
    target.write_text(json.dumps(models, indent=2) + "\n", encoding="utf-8")


def _progress(done: int, of: int, what: str) -> None:
    if done == of or done % 250 == 0:
        print(f"{done}/{of} {what}", file=sys.stderr, flush=True)


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument(
        "--data", type=Path, required=True, help="folder with corpus.jsonl and queries.jsonl of SQuAD 2"
    )
    options.add_argument("--transfer", type=Path, nargs="*", default=[], help="folders that nothing is fitted on")
    options.add_argument("--limit", type=int, default=None, help="questions, for a quick look")
    options.add_argument("--models", type=Path, default=Path(tempfile.gettempdir()) / "aika-benchmarks")
    options.add_argument("--write", action="store_true", help="write confidence.json")
    chosen = options.parse_args()
    surroundings = Surroundings(base_dir=chosen.models, data_dir=chosen.models, analyzer=TechnicalAnalyzer())
    async with MiniLmEmbedder.open(MiniLmEmbedder.Options(), surroundings) as opened:
        embedder = RememberingEmbedder(opened)
        rows = await squad_rows(chosen.data, embedder, chosen.limit)
        fitting, held_out = [r for r in rows if r.fitted_on], [r for r in rows if not r.fitted_on]
        models: dict[str, dict[str, object]] = {}
        report: dict[str, object] = {}
        for which, label in (("evidence", "found"), ("answer", "helped")):
            models[which] = fit(fitting, which, np.array([getattr(row, label) for row in fitting]))
            labels = np.array([float(getattr(row, label)) for row in held_out])
            report[which] = measures(held_out, labels, probabilities(models[which], held_out, which))
        strangers = [row.query for row in held_out if row.kind == "answerable"][:SAMPLE]
        moved = {folder.name: await transfer(folder, models, strangers, embedder) for folder in chosen.transfer}
    written = {
        "about": "Logistic models of whether evidence holds an answer, and whether an extractive answer has it. "
        "Fitted by benchmarks/fit_confidence.py.",
        "date": datetime.now(UTC).date().isoformat(),
        "data": "SQuAD 2.0 development set, 18 articles; half of the questions by hash; hybrid retrieval, 6 passages",
        "mix": WEIGHTS,
        "n_fitted": len(fitting),
        "n_held_out": len(held_out),
        "set_by_hand": {which: sorted(by_hand) for which, by_hand in BY_HAND.items()},
        "held_out": report,
        "transfer": moved,
        "models": models,
    }
    print(json.dumps(written, indent=2))
    if chosen.write:
        _write(written)


if __name__ == "__main__":
    asyncio.run(main())
