"""How well unanswered questions are put together into gaps, and how the numbers of `aika.health.gaps` are fitted.

    python benchmarks/gap_joining.py DATA [--fit]

DATA holds test collections in BEIR's layout. Questions of which relevant documents are the same belong to one gap; in
encyclopedic articles (``metadata.article``) also those of one article are counted, in brackets. ``gap_questions.txt`` has
made-up questions that say the same in other words. Fitted and chosen on tuning halves, reported on the others.
"""

import argparse
import asyncio
import hashlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from aika.domain.access import UNRESTRICTED
from aika.domain.findings import BrokenQuestion, Cause, Finding, FindingKind, FindingState
from aika.domain.identifiers import FindingId
from aika.evaluation.halves import half_of
from aika.health import gaps as joining
from aika.health.gaps import GapFinder
from aika.models.minilm import MiniLmEmbedder
from aika.models.wordpiece import english_word_ranks
from aika.registry import Surroundings
from aika.retrieval.lexical import TechnicalAnalyzer

SETS = ("kubernetes-org", "govuk", "squad2-articles-a", "irc-ubuntu", "gitter-devchat-a")
FITTED = ("kubernetes-org", "govuk", "squad2-articles-a", "made up")
ARTICLES = 3
"""Of the encyclopedia, every third article: pairs grow with the square."""
THRESHOLDS = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5)
WHEN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    """A question with what it is about."""

    text: str
    topic: str
    wider: str


def read_collection(folder: Path, half: str) -> list[Asked]:
    relevant: dict[str, str] = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        query, document, score = line.split("\t")
        if float(score) > 0:
            relevant[query] = min(document, relevant.get(query, document))
    found = []
    for line in (folder / "queries.jsonl").read_text("utf-8").splitlines():
        query = json.loads(line)
        topic = query["metadata"].get("paragraph_doc") or relevant.get(query["id"])
        if topic and half_of(query["id"]) == half:
            found.append(Asked(query["text"], topic, query["metadata"].get("article") or topic))
    articles = sorted({asked.wider for asked in found})
    if folder.name.startswith("squad"):
        kept = set(articles[::ARTICLES])
        found = [asked for asked in found if asked.wider in kept]
    return found


def read_made_up(half: str) -> list[Asked]:
    text = (Path(__file__).parent / "gap_questions.txt").read_text("utf-8")
    groups = [group.splitlines() for group in text.split("\n\n")]
    found = []
    for number, group in enumerate(groups):
        # Neighbors look alike: they are in the same half.
        if half_of(str(number // 2)) == half:
            found += [Asked(line, str(number), str(number)) for line in group if not line.startswith("#")]
    return found


def same(values: Sequence[str]) -> np.ndarray:
    array = np.array(values)
    return array[:, None] == array


def b_cubed(groups: Sequence[Sequence[int]], topics: Sequence[str]) -> tuple[float, float]:
    """Bagga and Baldwin, 1998: over questions, the share of its gap that is of its topic, and of its topic in its gap."""
    sizes = {topic: topics.count(topic) for topic in set(topics)}
    precision = recall = 0.0
    for group in groups:
        for member in group:
            hits = sum(topics[other] == topics[member] for other in group)
            precision += hits / len(group)
            recall += hits / sizes[topics[member]]
    return precision / len(topics), recall / len(topics)


def broken(texts: Sequence[str]) -> tuple[BrokenQuestion, ...]:
    return tuple(BrokenQuestion(text, WHEN, Cause.UNANSWERED, asker="", scope=UNRESTRICTED) for text in texts)


def gap(number: int, questions: Sequence[str]) -> Finding:
    return Finding(
        id=FindingId(f"{number:06}"),
        key=str(number),
        kind=FindingKind.NO_DOCUMENT,
        state=FindingState.OPEN,
        title="",
        reason="",
        source=None,
        document=None,
        owner=None,
        exhibits=(),
        questions=broken(questions),
        suggestion=None,
        created_at=WHEN,
        changed_at=WHEN,
    )


async def one_by_one(finder: GapFinder, asked: Sequence[Asked]) -> list[list[int]]:
    """Return the gaps as they come about when questions arrive in an order that nothing explains."""
    order = sorted(range(len(asked)), key=lambda at: hashlib.sha256(asked[at].text.encode()).digest())
    found: list[Finding] = []
    members: dict[str, list[int]] = {}
    for at in order:
        joined = await finder.joined(asked[at].text, found)
        if joined is None:
            joined = gap(len(found), ())
            found.append(joined)
            members[joined.id] = []
        texts = [question.text for question in joined.questions] + [asked[at].text]
        found[int(joined.id)] = gap(int(joined.id), texts)
        members[joined.id].append(at)
    return list(members.values())


async def report(finder: GapFinder, name: str, half: str, asked: Sequence[Asked]) -> None:
    topics, wider = [one.topic for one in asked], [one.wider for one in asked]
    upper = np.triu_indices(len(asked), 1)
    truth, loosely = same(topics)[upper], same(wider)[upper]
    ways = {"together": [cluster.members for cluster in await finder.clusters(broken([one.text for one in asked]))]}
    if len(asked) <= 500:
        ways["one by one"] = await one_by_one(finder, asked)
    for way, groups in ways.items():
        labels = np.empty(len(asked), dtype=int)
        for number, group in enumerate(groups):
            labels[list(group)] = number
        joined = (labels[:, None] == labels)[upper]
        hits, wide = (joined & truth).sum(), (joined & loosely).sum()
        precision, recall = b_cubed(groups, topics)
        loose, _ = b_cubed(groups, wider)
        print(
            f"{name:18} {half:8} {way:10} {len(asked):5} questions {len(groups):5} gaps  pairs joined {joined.sum():5} "
            f"precision {hits / max(1, joined.sum()):.2f} ({wide / max(1, joined.sum()):.2f}) "
            f"recall {hits / max(1, truth.sum()):.2f}  B3 precision {precision:.3f} ({loose:.3f}) recall {recall:.3f}"
        )


async def fit(finder: GapFinder, sets: dict[str, list[Asked]]) -> None:
    from sklearn.linear_model import LogisticRegression

    rows, labels, weights = [], [], []
    for asked in sets.values():
        texts = [one.text for one in asked]
        vectors = await finder._vectors.of(texts)
        terms = [finder._terms(text) for text in texts]
        by_terms = joining._agreement(terms, finder._rarities(terms))
        upper = np.triu_indices(len(asked), 1)
        truth = same([one.topic for one in asked])[upper]
        # Other paragraphs of the same article: nobody can say whether one page would do.
        told = truth | ~same([one.wider for one in asked])[upper]
        rows.append(np.stack([(vectors @ vectors.T)[upper], by_terms[upper]], axis=1)[told])
        truth = truth[told]
        labels.append(truth)
        weights.append(np.where(truth, 0.1 / truth.sum(), 0.9 / (~truth).sum()) * 1e5)
    model = LogisticRegression(C=100, max_iter=1000)
    model.fit(np.concatenate(rows), np.concatenate(labels), sample_weight=np.concatenate(weights))
    print("by vector, by terms:", model.coef_.round(2), "at rest:", model.intercept_.round(2))


async def thresholds(finder: GapFinder, sets: dict[str, list[Asked]]) -> None:
    for name, asked in sets.items():
        texts = [one.text for one in asked]
        vectors = await finder._vectors.of(texts)
        for least in THRESHOLDS:
            joining.JOINED_FROM = least
            groups, _ = finder._grouped(texts, vectors)
            precision, recall = b_cubed(groups, [one.topic for one in asked])
            loose, _ = b_cubed(groups, [one.wider for one in asked])
            print(f"{name:18} from {least:4.1f}: B3 precision {precision:.3f} ({loose:.3f}) recall {recall:.3f}")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--fit", action="store_true", help="fit on the tuning halves, and try thresholds on them")
    options = parser.parse_args()
    analyzer = TechnicalAnalyzer()
    with tempfile.TemporaryDirectory() as folder:
        surroundings = Surroundings(Path(folder), Path(folder), analyzer)
        async with MiniLmEmbedder.open(MiniLmEmbedder.Options(), surroundings) as embedder:
            finder = GapFinder(embedder, analyzer, english_word_ranks)
            halves = ("tune",) if options.fit else ("tune", "held out")
            for half in halves:
                sets = {name: read_collection(options.data / name, half) for name in SETS}
                sets["made up"] = read_made_up(half)
                if options.fit:
                    fitted = {name: sets[name] for name in FITTED}
                    await fit(finder, fitted)
                    await thresholds(finder, sets)
                    return
                for name, asked in sets.items():
                    await report(finder, name, half, asked)


if __name__ == "__main__":
    asyncio.run(main())
