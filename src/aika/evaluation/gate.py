"""The gate: whether a run is good enough to go on, by floors and by what was reached before."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from aika.domain.errors import ConfigurationError
from aika.evaluation.runs import Run, RunKind
from aika.files import replace_file
from aika.forms.yaml_files import in_words

LOWER_IS_BETTER = frozenset({"ECE", "Brier", "ece", "brier"})
_COUNTS = frozenset({"citations", "words"})
"""What is neither better nor worse when it grows."""
_DIGITS = 4
_SLACK = 0.5 * 10**-_DIGITS
"""What writing to so many digits may hide."""
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Floor:
    """What a measure has to reach; a measure of errors must not exceed it."""

    measure: str
    value: float
    system: str | None = None
    """``None`` is the one that the run is about."""


class Baseline(BaseModel):
    """What was reached, as a file in a repository that the next run is held to.

    Whoever reviews a change to it sees quality move. A measure that is deleted from it is not held any more.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    collection: str
    kind: RunKind
    system: str
    digest: str
    measures: dict[str, float]
    topics: dict[str, dict[str, float]] = {}
    """By topic, then by measure: so that a collection may grow, and that the topics which fell can be named."""


def read_floor(text: str) -> Floor:
    """Return what ``nDCG@10=0.8`` or ``lexical:nDCG@10=0.7`` means. Raises `ConfigurationError`."""
    name, separator, value = text.rpartition("=")
    system, _, measure = name.rpartition(":")
    try:
        if not separator or not measure.strip():
            raise ValueError
        return Floor(measure.strip(), float(value), system.strip() or None)
    except ValueError as error:
        raise ConfigurationError(f"{text!r} is no floor: write a measure and a number, such as nDCG@10=0.8") from error


def below_floors(run: Run, floors: Sequence[Floor]) -> list[str]:
    """Return a sentence for each floor that was not reached. Raises `ConfigurationError` for what was not measured."""
    sentences = []
    for floor in floors:
        system = floor.system or run.record.system
        measures = run.record.systems[system].measures if system in run.record.systems else {}
        if floor.measure not in measures:
            known = ", ".join(measures) or f"systems: {', '.join(run.record.systems)}"
            raise ConfigurationError(f"{floor.measure!r} of {system} was not measured (measured: {known})")
        value = measures[floor.measure].value
        if _worse(floor.measure, floor.value, value) > 0:
            side = "above" if floor.measure in LOWER_IS_BETTER else "below"
            sentences.append(
                f"{floor.measure} of {system} is {value:.3f}, {side} the {floor.value:.3f} that is asked for"
            )
    return sentences


def baseline_of(run: Run) -> Baseline:
    """Return what a run reached, of the system that it is about."""
    record = run.record
    names = [name for name in record.systems[record.system].measures if name not in _COUNTS]
    by_topic = {
        row.id: {
            name: round(value, _DIGITS) for name, value in row.values.get(record.system, {}).items() if name in names
        }
        for row in run.topics
    }
    return Baseline(
        collection=record.collection,
        kind=record.kind,
        system=record.system,
        digest=record.digest,
        measures={name: round(record.systems[record.system].measures[name].value, _DIGITS) for name in names},
        topics={topic: values for topic, values in by_topic.items() if values},
    )


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a file with one line a topic, so that a difference between two shows which topics moved."""
    head = baseline.model_dump(mode="json", exclude={"topics"})
    lines = [f"  {json.dumps(name)}: {json.dumps(value)}," for name, value in head.items()]
    topics = [f"    {json.dumps(t)}: {json.dumps(values)}" for t, values in sorted(baseline.topics.items())]
    written = ",\n".join(topics)
    text = "\n".join(["{", *lines, '  "topics": {', *([written] if topics else []), "  }", "}"]) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text)
    # As other files of a repository: everybody may read it.
    path.chmod(0o644)


def read_baseline(path: Path) -> Baseline:
    """Raises `ConfigurationError` where there is none, or none that can be read."""
    try:
        return Baseline.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error}. Write it with --write-baseline {path}") from error
    except ValidationError as error:
        said = "; ".join(in_words(p["loc"], p["msg"]) for p in error.errors(include_url=False, include_input=False))
        raise ConfigurationError(
            f"{path} is no baseline: {said}. Write it anew with --write-baseline {path}"
        ) from error


def below_baseline(run: Run, baseline: Baseline, *, tolerance: float, called: str) -> list[str]:
    """Return a sentence for each measure that is worse than the baseline by more than ``tolerance``.

    Means are compared over the topics that both have. Raises `ConfigurationError` where the baseline is of something else.
    """
    record = run.record
    if (baseline.collection, baseline.kind) != (record.collection, record.kind):
        raise ConfigurationError(
            f"{called} is of {baseline.kind} on {baseline.collection}, and this run is of {record.kind} on {record.collection}"
        )
    if baseline.system not in record.systems:
        raise ConfigurationError(f"{called} holds {baseline.system} to what it reached, and the run did not measure it")
    sentences = []
    for measure, reached in baseline.measures.items():
        before = {topic: values[measure] for topic, values in baseline.topics.items() if measure in values}
        now = run.values(measure, system=baseline.system)
        shared = sorted(before.keys() & now.keys())
        old, new = _means(before, now, shared) if shared else (reached, _reached(run, baseline.system, measure))
        if new is None or _worse(measure, old, new) > tolerance + _SLACK:
            sentences.append(_fell(measure, baseline.system, (old, new), tolerance, called, before, now))
    return sentences


def _means(before: Mapping[str, float], now: Mapping[str, float], shared: Sequence[str]) -> tuple[float, float]:
    return sum(before[t] for t in shared) / len(shared), sum(now[t] for t in shared) / len(shared)


def _reached(run: Run, system: str, measure: str) -> float | None:
    found = run.record.systems[system].measures.get(measure)
    return None if found is None else found.value


def _worse(measure: str, before: float, now: float) -> float:
    """Return by how much the second is worse; negative where it is better."""
    return now - before if measure in LOWER_IS_BETTER else before - now


def _fell(  # noqa: PLR0913, PLR0917 - the parts of one sentence
    measure: str,
    system: str,
    values: tuple[float, float | None],
    tolerance: float,
    called: str,
    before: Mapping[str, float],
    now: Mapping[str, float],
) -> str:
    old, new = values
    if new is None:
        return f"{measure} of {system} was not measured, and {called} has it"
    shared = before.keys() & now.keys()
    fallen = sorted(
        (t for t in shared if _worse(measure, before[t], now[t]) > 0),
        key=lambda t: (-_worse(measure, before[t], now[t]), t),
    )
    sentence = (
        f"{measure} of {system} is {new:.3f}, worse by {_worse(measure, old, new):.3f} than the {old:.3f} of {called} "
        f"({tolerance:g} would pass)"
    )
    if not fallen:
        return sentence
    named = ", ".join(f"{topic} ({before[topic]:.2f} to {now[topic]:.2f})" for topic in fallen[:_NAMED])
    return f"{sentence}; {len(fallen)} topics fell, most: {named}"
