"""Trains the adapter that makes the default embedder's model a reader, and measures it.

    python benchmarks/train_reader.py --collection FOLDER --explorer FOLDER --qamr FOLDER --qed FILE --minutes 40 --out FOLDER

The model is `all-MiniLM-L6-v2` with two heads: where an answer starts and ends, the first token standing for "no answer", and
whether there is one. Needs torch, which aika itself does not. Articles in `KEPT_APART` are never trained on.
"""

import argparse
import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.distributed as together
from reader_counterfactuals import WORD, counterfactual, near_miss
from reader_examples import (
    KEPT_APART,
    Example,
    Forbidden,
    explorer_texts,
    read_collection,
    read_explorer,
    read_qamr,
    read_qed,
)
from reader_model import ReaderModel, load_original, load_weights
from torch import nn
from torch.nn import functional

from aika.models.wordpiece import bert_uncased_tokenizer

MAX_TOKENS = 96
BATCH_TOKENS = 2_048
WARM_UP = 0.06
ELSEWHERE = 0.3
"""How often a passage whose answer is beyond the first window is read without it."""
ROUND = 15.0
"""Seconds after which processes average their weights."""
HEAD_WEIGHT = 1.0
"""Of the loss of the head that says whether there is an answer."""


@dataclass(frozen=True, slots=True)
class Row:
    ids: list[int]
    types: list[int]
    start: int
    end: int
    answered: bool


class Rows:
    """Makes rows of tokens of examples."""

    def __init__(self, max_tokens: int) -> None:
        self._tokenizer = bert_uncased_tokenizer()
        self._max = max_tokens

    def row(self, example: Example, chance: random.Random | None = None) -> Row | None:
        """Return the example as tokens, or nothing where its answer cannot be placed. A long passage is cut to a window."""
        question = self._tokenizer.encode(example.question, add_special_tokens=False).ids[:48]
        passage = self._tokenizer.encode(example.passage, add_special_tokens=False)
        room = self._max - len(question) - 3
        start, end = -1, -1
        if example.answered:
            inside = [n for n, (a, b) in enumerate(passage.offsets) if a < example.end and b > example.start]
            if not inside or inside[-1] - inside[0] >= 40:
                return None
            start, end = inside[0], inside[-1]
        if chance and start > room and chance.random() < ELSEWHERE:
            # The same question beside a part of the passage that has no answer.
            start, end, passage_ids = -1, -1, passage.ids[:start]
            example = replace(example, start=-1, end=-1)
        else:
            passage_ids = passage.ids
        first = self._first(example, (passage_ids, passage.offsets), room, (start, end), chance)
        cut = passage_ids[first : first + room]
        ids = [101, *question, 102, *cut, 102]
        types = [0] * (len(question) + 2) + [1] * (len(cut) + 1)
        shift = len(question) + 2 - first
        if not example.answered:
            return Row(ids, types, 0, 0, False)
        return Row(ids, types, start + shift, end + shift, True)

    def _first(
        self,
        example: Example,
        passage: tuple[Sequence[int], Sequence[tuple[int, int]]],
        room: int,
        span: tuple[int, int],
        chance: random.Random | None,
    ) -> int:
        ids, offsets = passage
        if len(ids) <= room:
            return 0
        middle = span[0] if example.answered else _nearest(example, offsets)
        wanted = chance.randint(0, room - 1) if chance else room // 2
        first = max(0, min(middle - wanted, len(ids) - room))
        return max(first, span[1] - room + 1) if example.answered else first


def _nearest(example: Example, offsets: Sequence[tuple[int, int]]) -> int:
    """Return the token in the middle of the passage's words that the question has too."""
    asked = set(WORD.findall(example.question.lower()))
    at = [m.start() for m in WORD.finditer(example.passage.lower()) if m.group() in asked]
    middle = at[len(at) // 2] if at else 0
    return next((n for n, (_, end) in enumerate(offsets) if end > middle), 0)


@dataclass(frozen=True, slots=True)
class Sources:
    collection: list[Example]
    explorer: list[Example]
    qamr: list[Example]
    qed: list[Example]


def epoch(sources: Sources, chance: random.Random, *, warming_up: bool) -> list[Example]:
    """Return a shuffled mixture. To warm up, a third are easy questions on one or two sentences."""
    single = chance.sample(sources.qamr, 2_400 if warming_up else 200)
    others = [
        *chance.sample(sources.explorer, 1_500 if warming_up else 800),
        *chance.sample(sources.qed, 400 if warming_up else 200),
    ]
    people = [*sources.collection, *others]
    answered = [example for example in people if example.answered]
    made = chance.sample(single, len(single) // 3) + chance.sample(answered, len(answered) // 2)
    everything = [*answered, *sources.qamr]
    changed = [counterfactual(example, chance, everything) for example in made]
    apart = [near_miss(example, chance, everything) for example in chance.sample(answered, len(answered) // 8)]
    mixture = [*single, *people, *(example for example in [*changed, *apart] if example is not None)]
    chance.shuffle(mixture)
    return mixture


def batches(rows: Sequence[Row], chance: random.Random) -> Iterator[list[Row]]:
    """Yield rows of like length together, so many that they have about `BATCH_TOKENS` tokens."""
    for at in range(0, len(rows), 512):
        part = sorted(rows[at : at + 512], key=lambda row: len(row.ids))
        groups, group = [], []
        for row in part:
            if group and len(row.ids) * (len(group) + 1) > BATCH_TOKENS:
                groups.append(group)
                group = []
            group.append(row)
        groups.append(group)
        chance.shuffle(groups)
        yield from groups


def tensors(batch: Sequence[Row]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    width = max(len(row.ids) for row in batch)
    ids = torch.tensor([[*row.ids, *[0] * (width - len(row.ids))] for row in batch])
    types = torch.tensor([[*row.types, *[0] * (width - len(row.ids))] for row in batch])
    mask = torch.tensor([[1] * len(row.ids) + [0] * (width - len(row.ids)) for row in batch])
    return ids, types, mask


def loss_of(model: ReaderModel, batch: Sequence[Row]) -> torch.Tensor:
    ids, types, mask = tensors(batch)
    span, verdict = model(ids, types, mask)
    allowed = (types == 1) & (mask == 1)
    allowed[:, 0] = True
    span = span.masked_fill(~allowed[:, :, None], -1e4)
    target = torch.tensor([[row.start, row.end] for row in batch])
    places = functional.cross_entropy(span[:, :, 0], target[:, 0]) + functional.cross_entropy(
        span[:, :, 1], target[:, 1]
    )
    answered = torch.tensor([float(row.answered) for row in batch])
    return places / 2 + HEAD_WEIGHT * functional.binary_cross_entropy_with_logits(verdict, answered)


@torch.no_grad()
def scored(model: ReaderModel, examples: Sequence[Example]) -> np.ndarray:
    """Return for each example: the best span's logit less that of none, the verdict's logit, and whether it is answered."""
    model.eval()
    maker = Rows(MAX_TOKENS)
    rows = [row for example in examples if (row := maker.row(example)) is not None]
    found = []
    order = sorted(range(len(rows)), key=lambda n: len(rows[n].ids))
    for at in range(0, len(order), 16):
        batch = [rows[n] for n in order[at : at + 16]]
        ids, types, mask = tensors(batch)
        span, verdict = model(ids, types, mask)
        for n, row in enumerate(batch):
            start, end = span[n, :, 0].numpy(), span[n, :, 1].numpy()
            inside = [m for m, kind in enumerate(row.types) if kind == 1][:-1]
            found.append((best_span(start, end, inside), float(verdict[n]), row.answered))
    model.train()
    return np.array(found, dtype=np.float64)


def best_span(start: np.ndarray, end: np.ndarray, inside: Sequence[int], longest: int = 30) -> float:
    if not inside:
        return 0.0
    first, last = inside[0], inside[-1] + 1
    sums = start[first:last, None] + end[None, first:last]
    ordered = np.triu(np.ones_like(sums, dtype=bool)) & ~np.triu(np.ones_like(sums, dtype=bool), longest)
    sums = np.where(ordered, sums, -1e9)
    return float(sums.max() - start[0] - end[0])


def auroc(scores: np.ndarray, answered: np.ndarray) -> float:
    order = scores.argsort(kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    positive = answered > 0
    n, m = positive.sum(), (~positive).sum()
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * m))


def rate(progress: float) -> float:
    return (
        progress / WARM_UP
        if progress < WARM_UP
        else 0.5 * (1 + math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP)))
    )


def train(model: ReaderModel, sources: Sources, kept: Sequence[Example], arguments: argparse.Namespace) -> None:
    """Train for the given minutes. Processes train on mixtures of their own and average their weights now and then."""
    chance = random.Random(arguments.seed + arguments.rank)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=arguments.rate, weight_decay=0.01)
    clock = Clock(arguments.minutes * 60)
    reported, averaged, seen, steps, running = 0.0, 0.0, 0, 0, 4.0
    model.train()
    for batch in endless(sources, chance, warming_up=arguments.start is None):
        for group in optimizer.param_groups:
            group["lr"] = arguments.rate * rate(clock.progress)
        loss = loss_of(model, batch)
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        seen, steps = seen + len(batch), steps + 1
        running = 0.98 * running + 0.02 * loss.item()
        if clock.seconds - averaged > ROUND:
            averaged = clock.seconds
            print(f"{arguments.rank}: {clock.progress:.3f} seen {seen} steps {steps} loss {running:.3f}", flush=True)
            finished = average(trained, done=clock.progress >= 1)
            if arguments.rank == 0 and (finished or clock.seconds - reported > arguments.every * 60):
                reported = clock.seconds
                report(model, kept, arguments, f"{clock.progress:.2f} {seen}")
            if finished:
                return


class Clock:
    def __init__(self, seconds: float) -> None:
        self._began, self._length = time.monotonic(), seconds

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    @property
    def progress(self) -> float:
        return min(1.0, self.seconds / self._length)


def endless(sources: Sources, chance: random.Random, *, warming_up: bool) -> Iterator[list[Row]]:
    rows = Rows(MAX_TOKENS)
    while True:
        mixture = [
            row
            for example in epoch(sources, chance, warming_up=warming_up)
            if (row := rows.row(example, chance)) is not None
        ]
        print(f"mixture of {len(mixture)}, answered {sum(row.answered for row in mixture)}", flush=True)
        yield from batches(mixture, chance)


@torch.no_grad()
def average(parameters: Sequence[nn.Parameter], *, done: bool) -> bool:
    """Give every process the mean of their weights. Return whether any is done."""
    if not together.is_initialized():
        return done
    values = torch.cat([parameter.reshape(-1) for parameter in parameters] + [torch.tensor([float(done)])])
    together.all_reduce(values)
    at = 0
    for parameter in parameters:
        size = parameter.numel()
        parameter.copy_((values[at : at + size] / together.get_world_size()).view_as(parameter))
        at += size
    return bool(values[-1] > 0)


def report(model: ReaderModel, kept: Sequence[Example], arguments: argparse.Namespace, label: str) -> None:
    found = scored(model, kept)
    span, verdict, answered = found.T
    print(
        f"== {label}: AUROC span {auroc(span, answered):.4f} verdict {auroc(verdict, answered):.4f} "
        f"both {auroc(span / 2 + verdict, answered):.4f}",
        flush=True,
    )
    np.savez(arguments.out / "weights.npz", **{name: value.detach().numpy() for name, value in model.named().items()})


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("collection", "explorer", "qamr", "qed", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--forbidden", type=Path, nargs="*", default=[], help="more corpora nothing may be taken from")
    parser.add_argument("--start", type=Path, help="weights of a run that warmed up, to go on from")
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--rate", type=float, default=2e-4, help="the highest rate of learning")
    parser.add_argument("--every", type=float, default=8, help="minutes between two reports")
    parser.add_argument("--rank", type=int, default=0)
    parser.add_argument("--processes", type=int, default=1, help="start as many commands, with ranks from 0")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    if arguments.processes > 1:
        meeting = f"file://{(arguments.out / 'meeting').absolute()}"
        together.init_process_group("gloo", meeting, rank=arguments.rank, world_size=arguments.processes)
    tuning = read_collection(arguments.collection, half="tune")
    kept = [example for example in tuning if example.group in KEPT_APART]
    texts = explorer_texts(arguments.explorer / "v2.0")
    for corpus in [arguments.collection / "corpus.jsonl", *arguments.forbidden]:
        texts += [json.loads(line)["text"] for line in corpus.read_text(encoding="utf-8").splitlines()]
    forbidden = Forbidden(texts)
    development = {page.stem for page in (arguments.explorer / "v2.0").glob("*.html")}
    sources = Sources(
        collection=[example for example in tuning if example.group not in KEPT_APART],
        explorer=[
            example
            for example in read_explorer(arguments.explorer / "1.1")
            if example.group not in development and not forbidden.holds(example.passage)
        ],
        qamr=[example for example in read_qamr(arguments.qamr) if not forbidden.holds(example.passage)],
        qed=[example for example in read_qed(arguments.qed) if not forbidden.holds(example.passage)],
    )
    print({name: len(getattr(sources, name)) for name in sources.__slots__}, "kept apart", len(kept), flush=True)
    model = ReaderModel(rounded=True)
    load_original(model)
    if arguments.start is not None:
        with np.load(arguments.start) as weights:
            load_weights(model, weights)
    train(model, sources, kept, arguments)


if __name__ == "__main__":
    main()
