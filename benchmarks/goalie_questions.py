"""Prints how well questions for a channel are told from what else is written there, beside two baselines.

    python benchmarks/goalie_questions.py [--data ../shared/data] [--sample SET COUNT]

On the halves of real support chats that nothing was fitted on; nothing of gitter was. How the labels came about, and what they
do not know, stands in ``goalie_question_material.py``. Intervals are Wilson's, 95 %.

Precision: of the messages taken, the share that belongs to an opening. Messages that began a conversation which nobody joined are
left out of it and counted apart: most of them are questions, and no label says which. Recall: of the openings, the share of which
a message was taken.

"As it is used" is the default threshold, and what an author adds to a question of theirs is no second one. It then counts as
found where it is in the opening, and as nothing for the precision.

``--sample`` prints messages that are taken, drawn by chance, for somebody to read.
"""

import argparse
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from goalie_question_material import Labelled, devchat, gitter, irc_ubuntu

from aika.domain.goalies import Goalie
from aika.domain.identifiers import GoalieId
from aika.goalie.question_signals import text_signals
from aika.goalie.questions import ASKED_ALREADY, QuestionJudge

SETS: dict[str, Callable[[Path], list[Labelled]]] = {"irc-ubuntu": irc_ubuntu, "devchat": devchat, "gitter": gitter}
GOALIE = Goalie(GoalieId("measured"), "measured")
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a system that takes some messages."""

    taken: int
    right: int
    unanswered: int
    found: int
    openings: int

    @property
    def row(self) -> str:
        precision, recall = _interval(self.right, self.taken), _interval(self.found, self.openings)
        return f"{precision} | {recall} | {_f1(self):.2f} | {self.taken} | {self.unanswered}"


def measure(messages: Sequence[Labelled], taken: Sequence[bool]) -> Measured:
    openings = {one.opening for one in messages if one.opening is not None}
    chosen = [one for one, yes in zip(messages, taken, strict=True) if yes]
    counted = [one for one in chosen if one.counts]
    return Measured(
        taken=len(counted),
        right=sum(one.opening is not None for one in counted),
        unanswered=len(chosen) - len(counted),
        found=len({one.opening for one in counted if one.opening is not None}),
        openings=len(openings),
    )


def _f1(measured: Measured) -> float:
    precision = measured.right / measured.taken if measured.taken else 0.0
    recall = measured.found / measured.openings if measured.openings else 0.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _interval(part: int, whole: int) -> str:
    if not whole:
        return "–"
    z = 1.96
    share = part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    spread = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole**2)) / (1 + z * z / whole)
    return f"{share:.2f} ({middle - spread:.2f}–{middle + spread:.2f})"


def report(name: str, messages: Sequence[Labelled]) -> None:
    judge = QuestionJudge()
    began = time.process_time()
    judged = [judge.judge(GOALIE, one.message, (), before=one.before) for one in messages]
    each = (time.process_time() - began) / len(messages)
    signals = [text_signals(one.message.text) for one in messages]
    openings = len({one.opening for one in messages if one.opening})
    unanswered = sum(one.unanswered for one in messages)
    print(f"\n## {name}: {len(messages)} messages, {openings} openings, {unanswered} that nobody joined\n")
    print("| system | precision | recall | F1 | taken | of those nobody joined |\n|---|---|---|---|---|---|")
    for baseline, signal in (("a ? anywhere", "mark"), ("begins with a question word", "starts")):
        print(f"| {baseline} | {measure(messages, [one[signal] > 0 for one in signals]).row} |")
    for threshold in THRESHOLDS:
        print(
            f"| aika from {threshold:g} | {measure(messages, [one.probability >= threshold for one in judged]).row} |"
        )
    taken = [one.is_question for one in judged]
    asked = [one.is_question or one.reason == ASKED_ALREADY for one in judged]
    used = replace(measure(messages, taken), found=measure(messages, asked).found)
    print(f"| aika as it is used | {used.row} |")
    print(f"\nA judgment took {each * 1e6:.0f} µs of the processor.")


def sample(messages: Sequence[Labelled], count: int) -> None:
    judge = QuestionJudge()
    taken = [one for one in messages if judge.judge(GOALIE, one.message, (), before=one.before).is_question]
    for one in random.Random(7).sample(taken, min(count, len(taken))):
        label = "opening" if one.opening else "nobody joined" if one.unanswered else "other"
        print(f"[{label}] {' / '.join(one.message.text.split(chr(10)))[:300]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--sample", nargs=2, metavar=("SET", "COUNT"))
    arguments = parser.parse_args()
    if arguments.sample:
        name, count = arguments.sample
        sample([one for one in SETS[name](arguments.data) if one.half == "held out"], int(count))
        return
    for name, load in SETS.items():
        report(name, [one for one in load(arguments.data) if one.half == "held out"])


if __name__ == "__main__":
    main()
