"""Fits ``aika/goalie/questions.json``: how sure each signal makes aika that a message is a question for the channel.

    python benchmarks/fit_goalie_questions.py [--data ../shared/data] [--write]

Fitted on the tuning halves only. Which message of an opening holds the question is not marked: it is taken to be the one that the
model finds likeliest, and the model is fitted again, until that changes little. Signals keep the sign that they must have, and
stay near weights that were chosen by hand, so that what two kinds of chat happen to share does not pass for a law. What those
chats cannot show (a company's announcements, lunch, somebody near to the documents) keeps the weight that was chosen.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from goalie_question_material import Labelled, devchat, irc_ubuntu

from aika.answering.fitting import Example, FittingOptions, fit
from aika.answering.logistic import LogisticModel
from aika.goalie.bursts import moment_of
from aika.goalie.questions import moment_signals

SHIPPED = Path(__file__).parents[1] / "src/aika/goalie/questions.json"
ROUNDS = 5
SPREAD = 0.5
"""How far a weight may be expected from the one chosen by hand."""
BY_HAND: Mapping[str, float] = {
    "mark": 1.2,
    "mark_last": 0.8,
    "starts": 0.9,
    "asks_how": 1.2,
    "asks_anyone": 1.4,
    "help": 0.8,
    "failure": 0.5,
    "own": 0.4,
    "own_state": 0.5,
    "greets": 0.4,
    "trouble": 0.6,
    "fresh": 0.8,
    "quiet": 0.4,
    "code": 0.2,
    "length": 1.5,
    "asks_back": -1.2,
    "answers": -1.0,
    "refers": -0.7,
    "thanks": -1.5,
    "solved": -1.5,
    "laughs": -0.8,
    "link": -0.3,
    "only_link": -2.0,
    "short": -1.0,
    "shouts": -0.4,
    "addressed": -2.0,
    "names": -1.8,
    "spoken_to": -1.0,
    "in_talk": -0.7,
    "talks_to": -0.8,
    "just_asked": -0.4,
    "goes_on": 0.0,
}
KEPT: Mapping[str, float] = {
    "requests": 2.0,
    "tells": -1.2,
    "announces": -1.5,
    "reports": -1.5,
    "social": -3.0,
    "gathers": -3.0,
    "nearness": 2.0,
}
"""What the sets do not show: that an opening which only tells something is no question, what people need of each other in a
company, and what they tell one another."""
RAISED = 1.0
"""Added to the log-odds. In these chats nothing is threaded, so that most messages continue something. In a channel with threads,
what stands outside of them begins something."""
REFERENCES: Mapping[str, float] = {"nearness": 0.5}
INTERCEPT = -3.2


@dataclass(frozen=True, slots=True)
class Set:
    """A set with what one of its messages counts."""

    name: str
    messages: Sequence[Labelled]
    weight: float


def load(data: Path) -> list[Set]:
    """Return the sets that are fitted on. Where a program found the conversations, a message counts less."""
    return [Set("irc-ubuntu", irc_ubuntu(data), 1.0), Set("devchat", devchat(data), 0.15)]


def fitted(sets: Sequence[Set], half: str = "tune") -> LogisticModel:
    """Return the model that is fitted to one half of the sets."""
    chosen = {**BY_HAND, **KEPT}
    prior = LogisticModel(INTERCEPT, BY_HAND, {})
    rows = [
        (one, moment_signals(moment_of(one.message, one.before)), part.weight)
        for part in sets
        for one in part.messages
        if one.half == half and one.counts
    ]
    signs = {name: (weight > 0) - (weight < 0) for name, weight in BY_HAND.items()}
    model = prior
    for _ in range(ROUNDS):
        model = fit(_examples(rows, model), prior, FittingOptions(spread=SPREAD, signs=signs))
    weights = {name: model.coefficients.get(name, weight) for name, weight in chosen.items()}
    references = {**dict.fromkeys(chosen, 0.0), **model.references, **REFERENCES}
    # A signal that nobody measured counts as its reference, and must not move anything.
    unmeasured = sum(KEPT[name] * usual for name, usual in REFERENCES.items())
    return LogisticModel(model.intercept + RAISED - unmeasured, weights, references)


def _examples(rows: Sequence[tuple[Labelled, Mapping[str, float], float]], model: LogisticModel) -> list[Example]:
    openings: dict[str, list[tuple[float, Mapping[str, float], float]]] = defaultdict(list)
    examples = []
    for one, signals, weight in rows:
        if one.opening is None:
            examples.append(_example(signals, right=False, weight=weight))
        else:
            openings[one.opening].append((model.probability(signals), signals, weight))
    for members in openings.values():
        _, signals, weight = max(members, key=lambda each: each[0])
        examples.append(_example(signals, right=True, weight=weight))
    return examples


def _example(signals: Mapping[str, float], *, right: bool, weight: float) -> Example:
    # What keeps its weight is left out, so that the others do not make up for it.
    return Example({name: value for name, value in signals.items() if name in BY_HAND}, right, weight)


def written(model: LogisticModel, sets: Sequence[Set]) -> str:
    counts = {part.name: sum(one.half == "tune" for one in part.messages) for part in sets}
    content = {
        "about": "A logistic model of whether a message is a question for its channel. By benchmarks/fit_goalie_questions.py.",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "data": "Half of the conversations, by hash, of two sets of public support chat: openings that somebody took up, "
        "against everything else. Numbers only; no text.",
        "n_fitted": counts,
        "set_by_hand": {**KEPT, "added to the intercept": RAISED},
        "intercept": round(model.intercept, 3),
        "coefficients": {name: round(weight, 3) for name, weight in model.coefficients.items()},
        "references": {name: round(value, 3) for name, value in model.references.items()},
    }
    return json.dumps(content, indent=2) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    sets = load(arguments.data)
    text = written(fitted(sets), sets)
    print(text)
    if arguments.write:
        SHIPPED.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
