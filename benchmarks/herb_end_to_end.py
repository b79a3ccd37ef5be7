"""HERB through the connectors: how well its artifacts are found, and what choosing sources gains.

    aika sync --dir COMPANY            # herb-company in its original form, sources of your own naming
    python benchmarks/herb_end_to_end.py COMPANY HERB

HERB (Salesforce, arXiv 2506.23139) may be used for measuring only: nothing was chosen, tuned or fitted on it. Hits are passages
of conversations, documents and data files; each is scored as the artifacts that it holds, in their order. Routing learns from
accepted answers, so it is measured on a fresh instance, and taught by the other half of the
questions as if their answers had been accepted.
"""

import argparse
import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.domain.access import UNRESTRICTED
from aika.domain.conversations import AcceptedQuestion
from aika.domain.documents import Chunk
from aika.domain.identifiers import SourceId
from aika.domain.queries import Hit, Query
from aika.evaluation.collections import TestCollection, Topic, load_collection
from aika.evaluation.halves import half_of
from aika.evaluation.measures import compare, estimate, measure
from aika.retrieval.routing import Experience, SourceRouting
from aika.settings import load_settings

HITS = 50
_DATA_ID = re.compile(r'"?\bid"?: "?([A-Za-z0-9_.~%-]{8,})')


@dataclass(frozen=True)
class Accepted:
    """The questions of one half, as if their answers had been accepted."""

    questions: Sequence[AcceptedQuestion]

    async def newest(self, limit: int) -> Sequence[AcceptedQuestion]:
        return self.questions[:limit]


def artifacts_of(chunk: Chunk, known: frozenset[str]) -> list[str]:
    """Return the artifacts that a passage holds: messages, records of a data file, or its document."""
    attributes = chunk.document.attributes
    messages = attributes.get("message_ids")
    if messages:
        return list(messages) if isinstance(messages, tuple) else [messages]
    named = attributes.get("id")
    if isinstance(named, str) and named in known:
        return [named]
    stem = chunk.document.key.rpartition("/")[2].partition(".")[0]
    if stem in known:
        return [stem]
    return [found for found in _DATA_ID.findall(chunk.text) if found in known]


async def found(aika: Aika, topics: Sequence[Topic]) -> dict[str, Sequence[Hit]]:
    """Search as an asker would, on an instance without experience."""
    hits = {}
    for number, topic in enumerate(topics, start=1):
        hits[topic.id] = (await aika.search(Query(topic.text, UNRESTRICTED), k=HITS)).hits
        print(f"\r{number} of {len(topics)} questions", end="", flush=True)
    print()
    return hits


def artifacts(hits: Sequence[Hit], known: frozenset[str]) -> list[str]:
    return list(dict.fromkeys(artifact for hit in hits for artifact in artifacts_of(hit.chunk, known)))[:HITS]


async def sources_of_artifacts(aika: Aika, known: frozenset[str]) -> dict[str, SourceId]:
    """Return the source that each artifact was read from."""
    places: dict[str, SourceId] = {}
    after = 0
    while changes := await aika.database.catalogue.changes(after=after, limit=500):
        for change in changes:
            for chunk in change.chunks or ():
                places.update(dict.fromkeys(artifacts_of(chunk, known), chunk.document.source))
        after = changes[-1].sequence
    return places


def accepted(
    collection: TestCollection, topics: Sequence[Topic], places: dict[str, SourceId]
) -> list[AcceptedQuestion]:
    questions = []
    for topic in topics:
        relevant = (places[key] for key, grade in collection.judgments[topic.id].items() if grade > 0 and key in places)
        questions.append(AcceptedQuestion(topic.text, tuple(dict.fromkeys(relevant))))
    return [question for question in questions if question.sources]


@dataclass
class Choices:
    """How often the sources that are predicted are those with relevant artifacts."""

    asked: int = 0
    first: int = 0
    complete: int = 0
    size: int = 0

    def add(self, chosen: Sequence[SourceId], right: set[SourceId]) -> None:
        self.asked += 1
        self.first += chosen[0] in right
        self.complete += right <= set(chosen)
        self.size += len(chosen)

    def row(self) -> str:
        shares = " | ".join(f"{100 * number / self.asked:.1f} %" for number in (self.first, self.complete))
        return f"{self.asked} | {shares} | {self.size / self.asked:.2f} |"


async def measured(company: Path, herb: Path) -> None:
    collection = load_collection(herb)
    known = frozenset(raw.key for raw in collection.documents)
    topics = list(collection.judged_topics)
    async with open_aika(load_settings(company)) as aika:
        places = await sources_of_artifacts(aika, known)
        print(f"{len(places):,} of {len(known):,} artifacts were read by the connectors")
        hits = await found(aika, topics)
        embedder = aika.generations.serving.embedder
        runs: dict[str, dict[str, list[str]]] = {"off": {}, "fresh": {}, "taught": {}}
        said = {"fresh": Choices(), "taught": Choices()}
        for half in ("tune", "held out"):
            own = [topic for topic in topics if half_of(topic.id) == half]
            others = [topic for topic in topics if half_of(topic.id) != half]
            for name, taught in (("fresh", []), ("taught", accepted(collection, others, places))):
                routing = SourceRouting(Experience(Accepted(taught), embedder))
                for topic in own:
                    query, of_topic = Query(topic.text, UNRESTRICTED), hits[topic.id]
                    right = {
                        places[k] for k, grade in collection.judgments[topic.id].items() if grade > 0 and k in places
                    }
                    if of_topic and right:
                        said[name].add((await routing.route(query, of_topic)).chosen, right)
                    runs["off"][topic.id] = artifacts(of_topic, known)
                    runs[name][topic.id] = artifacts((await routing.reorder(query, of_topic)).hits, known)
    report(collection, topics, runs, said)


def report(
    collection: TestCollection,
    topics: Sequence[Topic],
    runs: dict[str, dict[str, list[str]]],
    said: dict[str, Choices],
) -> None:
    print("\n| routing | questions | first choice right | all right sources chosen | chosen |\n|---|--:|--:|--:|--:|")
    for name, choices in said.items():
        print(f"| {name} | {choices.row()}")
    judged = {topic.id: collection.judgments[topic.id] for topic in topics}
    values = {name: measure(run, judged) for name, run in runs.items()}
    print("\n| routing | nDCG@10 | R@10 | R@100 |\n|---|--:|--:|--:|")
    for name, by_measure in values.items():
        cells = [estimate([by_measure[m][topic.id] for topic in topics]) for m in ("nDCG@10", "R@10", "R@100")]
        print(f"| {name} | " + " | ".join(f"{c.value:.3f} ({c.low:.3f}–{c.high:.3f})" for c in cells) + " |")
    gap = compare(*([values[name]["nDCG@10"][topic.id] for topic in topics] for name in ("taught", "off")))
    print(f"\ntaught against off: {gap.difference:+.4f} nDCG@10 ({gap.low:+.4f} to {gap.high:+.4f}, p = {gap.p:.3f})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("company", type=Path)
    parser.add_argument("herb", type=Path)
    given = parser.parse_args()
    asyncio.run(measured(given.company, given.herb))


if __name__ == "__main__":
    main()
