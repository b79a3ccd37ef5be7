"""Prints how well conversations are found in a channel without threads, beside baselines and the published figures.

    python benchmarks/disentanglement.py --export EXPORT --gold THREADS_JSONL [--automatic EXPORT2 CONVERSATIONS_JSONL]

Measures are those of Kummerfeld et al. (ACL 2019): variation of information (scaled and turned, so that 100 is best),
one-to-one overlap, and precision, recall and F1 of exactly matched conversations of two messages and more. As there, the
messages before the annotated part are context: no link between two of them counts. ``thread_ts`` is never read.
"""

import argparse
import json
import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

from aika.connectors.disentanglement.linking import links
from aika.connectors.disentanglement.reading import Utterance

ANNOTATED_FROM = 1000
"""Lines of a stream before this one are context."""
PAUSE = 300.0
"""Seconds of silence at which the baseline "time gap" cuts."""
PUBLISHED = (
    ("Elsner and Charniak 2008", 82.1, 51.4, 12.1, 21.5, 15.5),
    ("Lowe et al. 2017", 80.6, 53.7, 10.8, 7.6, 8.9),
    ("Kummerfeld 2019, linear", 88.9, 69.5, 19.3, 24.9, 21.8),
    ("Kummerfeld 2019, feedforward", 91.3, 75.6, 34.6, 38.0, 36.2),
    ("Kummerfeld 2019, ten voting", 91.5, 76.0, 36.3, 39.7, 38.0),
)
"""Table 4 of the paper: on its own test set of ten other streams, fitted on 153."""

Names = dict[str, list[str]]
Clusters = list[frozenset[int]]


@dataclass(frozen=True, slots=True)
class Stream:
    """A stretch of a channel, with the conversations that people marked in its last part."""

    name: str
    messages: list[Utterance]
    lines: list[int]
    gold: Clusters
    """By line."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Percent."""

    information: float
    one_to_one: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def load_names(export: Path) -> Names:
    users = json.loads((export / "users.json").read_text(encoding="utf-8"))
    return {
        user["id"]: [user["name"], user["profile"].get("display_name", ""), user["profile"].get("real_name", "")]
        for user in users
    }


def load_streams(export: Path, gold: Path) -> list[Stream]:
    """Return the streams of an export whose time stamps end in a stream's line numbers."""
    threads: dict[str, list[frozenset[int]]] = defaultdict(list)
    for line in gold.open(encoding="utf-8"):
        row = json.loads(line)
        threads[row["stream"]].append(frozenset(row["lines"]))
    days = {path.stem: path for path in sorted(export.glob("*/*.json"))}
    streams = []
    for name, marked in sorted(threads.items()):
        wanted = {line for thread in marked for line in thread}
        others = {other[:10] for other in threads} - {name[:10]}
        messages = [
            item for day in _days_of(name[:10], days, others) for item in json.loads(day.read_text(encoding="utf-8"))
        ]
        messages.sort(key=_line)
        lines = [_line(item) for item in messages]
        if wanted <= set(lines):
            streams.append(Stream(name, [_utterance(item) for item in messages], lines, marked))
    return streams


def _days_of(first: str, days: dict[str, Path], others: set[str]) -> Iterator[Path]:
    """Yield a stream's days: its first, and the next one where that begins no other stream: it went on behind midnight."""
    ordered = sorted(days)
    if first not in days:
        return
    yield days[first]
    following = ordered[ordered.index(first) + 1 :][:1]
    seconds = 24 * 3600
    for day in following:
        if day not in others and _seconds(day) - _seconds(first) == seconds:
            yield days[day]


def _seconds(day: str) -> float:
    return time.mktime(time.strptime(f"{day} UTC", "%Y-%m-%d %Z"))


def _line(item: dict[str, str]) -> int:
    return int(item["ts"].split(".")[1])


def _utterance(item: dict[str, str]) -> Utterance:
    return Utterance(item["user"], float(item["ts"].split(".")[0]), item["text"])


def quality(pairs: Sequence[tuple[Clusters, Clusters]]) -> Quality:
    """Return the measures over all streams taken together, given gold and found clusters of each."""
    gold = [(number, cluster) for number, (marked, _) in enumerate(pairs) for cluster in marked]
    found = [(number, cluster) for number, (_, made) in enumerate(pairs) for cluster in made]
    return _quality(gold, found)


def _quality(gold: list[tuple[int, frozenset[int]]], found: list[tuple[int, frozenset[int]]]) -> Quality:
    total = sum(len(cluster) for _, cluster in gold)
    shared = np.zeros((len(gold), len(found)))
    for row, (stream, marked) in enumerate(gold):
        for column, (other, made) in enumerate(found):
            if stream == other:
                shared[row, column] = len(marked & made)
    rows, columns = linear_sum_assignment(-shared)
    exact = sum(1 for item in gold if len(item[1]) > 1 and item in set(found))
    marked_count = sum(len(cluster) > 1 for _, cluster in gold)
    found_count = sum(len(cluster) > 1 for _, cluster in found)
    return Quality(
        information=100 * (1 - _variation(shared, total) / math.log2(total)),
        one_to_one=100 * float(shared[rows, columns].sum()) / total,
        precision=100 * exact / found_count if found_count else 0.0,
        recall=100 * exact / marked_count,
    )


def _variation(shared: np.ndarray, total: int) -> float:
    joint = shared[shared > 0] / total
    together = -float((joint * np.log2(joint)).sum())
    sides = [shared.sum(axis=axis) / total for axis in (0, 1)]
    alone = [-float((side[side > 0] * np.log2(side[side > 0])).sum()) for side in sides]
    return 2 * together - sum(alone)


def clusters(stream: Stream, parents: Sequence[int | None]) -> Clusters:
    """Return what the links make of the annotated messages, the links of context left out."""
    begin: list[int] = []
    made: dict[int, set[int]] = defaultdict(set)
    for index, parent in enumerate(parents):
        counts = parent is not None and stream.lines[index] >= ANNOTATED_FROM
        begin.append(begin[parent] if counts and parent is not None else index)
        made[begin[index]].add(stream.lines[index])
    wanted = frozenset(line for thread in stream.gold for line in thread)
    return [frozenset(cluster & wanted) for cluster in made.values() if cluster & wanted]


def alone(stream: Stream, names: Names) -> list[int | None]:
    return [None] * len(stream.messages)


def together(stream: Stream, names: Names) -> list[int | None]:
    return [None, *range(len(stream.messages) - 1)]


def pauses(stream: Stream, names: Names) -> list[int | None]:
    times = [message.at for message in stream.messages]
    return [index - 1 if index and times[index] - times[index - 1] < PAUSE else None for index in range(len(times))]


def fitted(stream: Stream, names: Names) -> list[int | None]:
    return links(stream.messages, names)


SYSTEMS: dict[str, Callable[[Stream, Names], list[int | None]]] = {
    "every message alone": alone,
    "all one": together,
    f"time gap of {PAUSE / 60:g} minutes": pauses,
    "aika": fitted,
}


def held_out(streams: Sequence[Stream]) -> tuple[list[Stream], list[Stream]]:
    """Return the streams to fit on and those to report on: every other one, in the order of time."""
    return list(streams[0::2]), list(streams[1::2])


def report(streams: Sequence[Stream], names: Names) -> None:
    messages = sum(len(thread) for stream in streams for thread in stream.gold)
    threads = sum(len(stream.gold) for stream in streams)
    print(f"{len(streams)} held-out streams, {messages} annotated messages, {threads} conversations\n")
    print("| system | VI | 1-1 | P | R | F1 | messages/s of processor time |\n|---|--:|--:|--:|--:|--:|--:|")
    for name, system in SYSTEMS.items():
        started = time.process_time()
        pairs = [(stream.gold, clusters(stream, system(stream, names))) for stream in streams]
        rate = sum(len(stream.messages) for stream in streams) / (time.process_time() - started)
        print(f"| {name} | {_row(quality(pairs))} | {f'{rate:,.0f}' if name == 'aika' else ''} |")
    for name, *figures in PUBLISHED:
        print(f"| *{name}* | {' | '.join(f'{figure:.1f}' for figure in figures)} | |")
    print(
        "\nPublished figures are on another test set: ten streams of the same channel, models fitted on 153 streams.\n"
    )


def _row(result: Quality) -> str:
    numbers = (result.information, result.one_to_one, result.precision, result.recall, result.f1)
    return " | ".join(f"{number:.1f}" for number in numbers)


def report_agreement(export: Path, labels: Path) -> None:
    """Print how far another automatic disentanglement agrees. It is no measure of quality: both err."""
    marked: dict[str, list[frozenset[str]]] = defaultdict(list)
    for line in labels.open(encoding="utf-8"):
        row = json.loads(line)
        marked[row["channel"]].append(frozenset(row["ts"]))
    names = load_names(export)
    print(
        "| channel | system | messages | conversations | automatic ones | VI | 1-1 | F1 |\n|---|---|--:|--:|--:|--:|--:|--:|"
    )
    for channel, theirs in sorted(marked.items()):
        items = [
            item for day in sorted((export / channel).glob("*.json")) for item in json.loads(day.read_text("utf-8"))
        ]
        items.sort(key=lambda item: float(item["ts"]))
        number = {item["ts"]: index for index, item in enumerate(items)}
        gold = [frozenset(number[ts] for ts in thread if ts in number) for thread in theirs]
        messages = [Utterance(item.get("user", ""), float(item["ts"]), item["text"]) for item in items]
        stream = Stream(channel, messages, [index + ANNOTATED_FROM for index in range(len(items))], [])
        for name in (f"time gap of {PAUSE / 60:g} minutes", "aika"):
            ours = _unlimited(SYSTEMS[name](stream, names), {index for thread in gold for index in thread})
            result = quality([([thread for thread in gold if thread], ours)])
            figures = f"{result.information:.1f} | {result.one_to_one:.1f} | {result.f1:.1f}"
            print(f"| {channel} | {name} | {len(items)} | {len(ours)} | {len(theirs)} | {figures} |")


def _unlimited(parents: Sequence[int | None], wanted: set[int]) -> Clusters:
    begin: list[int] = []
    made: dict[int, set[int]] = defaultdict(set)
    for index, parent in enumerate(parents):
        begin.append(index if parent is None else begin[parent])
        if index in wanted:
            made[begin[index]].add(index)
    return [frozenset(cluster) for cluster in made.values()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--export", type=Path, required=True)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--automatic", type=Path, nargs=2)
    arguments = parser.parse_args()
    _, streams = held_out(load_streams(arguments.export, arguments.gold))
    report(streams, load_names(arguments.export))
    if arguments.automatic:
        report_agreement(*arguments.automatic)


if __name__ == "__main__":
    main()
