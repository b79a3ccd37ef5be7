"""HERB through the connectors: how well its artifacts are found, and what choosing sources gains.

    aika sync --dir COMPANY            # herb-company in its original form, sources of your own naming
    python benchmarks/herb_end_to_end.py COMPANY HERB

HERB (Salesforce, arXiv 2506.23139) may be used for measuring only: nothing was chosen, tuned or fitted on it. Hits are passages
of conversations, documents and data files; each is scored as the artifacts that it holds, in their order. Routing learns from
accepted answers, so it is measured on a fresh instance and as if every other question had been answered and accepted.
"""

import argparse
import asyncio
import json
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
from aika.domain.queries import Query
from aika.evaluation.collections import TestCollection, Topic, load_collection
from aika.evaluation.halves import half_of
from aika.evaluation.measures import compare, estimate, measure
from aika.retrieval.routing import Experience, SourceRouting
from aika.settings import load_settings

HITS = 100
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


async def rank(aika: Aika, topics: Sequence[Topic], known: frozenset[str]) -> dict[str, list[str]]:
    run = {}
    for number, topic in enumerate(topics, start=1):
        found = await aika.search(Query(topic.text, UNRESTRICTED), k=HITS)
        artifacts = (artifact for hit in found.hits for artifact in artifacts_of(hit.chunk, known))
        run[topic.id] = list(dict.fromkeys(artifacts))[:HITS]
        print(f"\r{number} of {len(topics)} questions", end="", flush=True)
    print()
    return run


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
    found = []
    for topic in topics:
        relevant = (places[key] for key, grade in collection.judgments[topic.id].items() if grade > 0 and key in places)
        found.append(AcceptedQuestion(topic.text, tuple(dict.fromkeys(relevant))))
    return [question for question in found if question.sources]


async def choices(
    aika: Aika, collection: TestCollection, topics: Sequence[Topic], places: dict[str, SourceId], known: Accepted
) -> str:
    """Say how often the sources that are predicted are those with relevant artifacts."""
    routing = SourceRouting(Experience(known, aika.generations.serving.embedder))
    first = complete = size = asked = 0
    for topic in topics:
        right = {places[key] for key, grade in collection.judgments[topic.id].items() if grade > 0 and key in places}
        found = await aika.search(Query(topic.text, UNRESTRICTED), k=50)
        route = await routing.route(Query(topic.text, UNRESTRICTED), found.hits)
        if not route.chosen or not right:
            continue
        asked += 1
        first += route.chosen[0] in right
        complete += right <= set(route.chosen)
        size += len(route.chosen)
    return (
        f"| {100 * first / asked:.1f} % | {100 * complete / asked:.1f} % | {size / asked:.2f} |"
        f" {asked} questions whose artifacts are in {len(set(places.values()))} sources"
    )


async def measured(company: Path, herb: Path) -> None:
    collection = load_collection(herb)
    known = frozenset(raw.key for raw in collection.documents)
    topics = list(collection.judged_topics)
    halves = {name: [topic for topic in topics if half_of(topic.id) == name] for name in ("tune", "held out")}
    settings = load_settings(company)
    async with open_aika(settings) as aika:
        places = await sources_of_artifacts(aika, known)
        print(f"{len(places):,} of {len(known):,} artifacts were read by the connectors")
        off = await rank(aika, topics, known)
        print("\n| routing | first choice right | all right sources chosen | chosen |\n|---|--:|--:|--:|")
        print("| fresh " + await choices(aika, collection, topics, places, Accepted([])))
    on: dict[str, list[str]] = {}
    for one, other in (("tune", "held out"), ("held out", "tune")):
        taught = Accepted(accepted(collection, halves[other], places))
        async with open_aika(settings) as aika:
            aika.database.accepted = taught  # type: ignore[assignment]  # stands in for ratings of people
            on |= await rank(aika, halves[one], known)
            print(f"| taught by half of the questions, asked the {one} one "
                  + await choices(aika, collection, halves[one], places, taught))  # fmt: skip
    judged = {topic.id: collection.judgments[topic.id] for topic in topics}
    values = {name: measure(run, judged) for name, run in (("off", off), ("on", on))}
    print("\n| ranking | nDCG@10 | R@10 | R@100 |\n|---|--:|--:|--:|")
    for name, by_measure in values.items():
        cells = [estimate([by_measure[m][topic.id] for topic in topics]) for m in ("nDCG@10", "R@10", "R@100")]
        print(f"| routing {name} | " + " | ".join(f"{c.value:.3f} ({c.low:.3f}–{c.high:.3f})" for c in cells) + " |")
    gap = compare(*([values[name]["nDCG@10"][topic.id] for topic in topics] for name in ("on", "off")))
    print(json.dumps({"gain": gap.difference, "low": gap.low, "high": gap.high, "p": gap.p}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("company", type=Path)
    parser.add_argument("herb", type=Path)
    given = parser.parse_args()
    asyncio.run(measured(given.company, given.herb))


if __name__ == "__main__":
    main()
