"""Links each message to what it replies to, by a log-linear model over candidates, and reads conversations off the links.

The model is that of mention ranking with latent antecedents (Durrett and Klein, EMNLP 2013), used for messages: all earlier
messages and "a new conversation" compete. What the features look at follows Elsner and Charniak (ACL 2008) and Kummerfeld
et al. (ACL 2019). Weights are fitted by ``benchmarks/disentanglement.py`` and ship with their record.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from aika.connectors.disentanglement.features import Candidates, History
from aika.connectors.disentanglement.reading import Names, Reading, Utterance, read

Weights = Mapping[str, float]


def disentangle(
    messages: Sequence[Utterance], names: Mapping[str, Iterable[str]], *, weights: Weights | None = None
) -> list[list[int]]:
    """Return the conversations of a channel as indexes of its messages, each in order, ordered by their beginnings.

    ``messages`` are in the order they were written. ``names`` are all names that people go by, by their ids. A pure
    function that looks back only: messages added at the end join or begin conversations and move no older message.
    """
    conversations: dict[int, list[int]] = {}
    begin: list[int] = []
    for index, parent in enumerate(links(messages, names, weights=weights)):
        begin.append(index if parent is None else begin[parent])
        conversations.setdefault(begin[index], []).append(index)
    return list(conversations.values())


def links(
    messages: Sequence[Utterance], names: Mapping[str, Iterable[str]], *, weights: Weights | None = None
) -> list[int | None]:
    """Return for each message the index of the one it replies to; ``None`` where it begins a conversation."""
    known = Names(names)
    history = History()
    parents: list[int | None] = []
    chosen = fitted_weights() if weights is None else weights
    for message in messages:
        reading = read(message, known)
        parent = best_parent(history, reading, chosen)
        history.add(reading, parent)
        parents.append(parent)
    return parents


def best_parent(history: History, reading: Reading, weights: Weights) -> int | None:
    """Return the most probable parent of the next message. Of equals the latest one.

    To add up the probabilities of a conversation's messages instead was tried: more conversations were right to the last
    message, and fewer messages in the right one.
    """
    candidates = Candidates(history, reading)
    best, parent = _score(candidates.new(), weights), None
    for position in range(len(candidates.indexes) - 1, -1, -1):
        score = _score(candidates.pair(position), weights)
        if score > best:
            best, parent = score, candidates.indexes[position]
    return parent


@cache
def fitted_weights() -> Weights:
    """Return the weights that ship with aika."""
    text = files("aika.connectors.disentanglement").joinpath("weights.json").read_text(encoding="utf-8")
    loaded: dict[str, float] = json.loads(text)["weights"]
    return loaded


def _score(names: Iterable[str], weights: Weights) -> float:
    get = weights.get
    return sum(get(name, 0.0) for name in names)
