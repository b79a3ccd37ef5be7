"""Fits the models of ``aika/answering/confidence.json`` and reports how good they are on what they were not fitted on.

Every question of a collection is asked through the whole path, as it is served; answers that people rated are verified and
scored with the passages that their writers were shown. A collection of questions teaches the models of the evidence and of
extracts whether it can be answered; rated answers teach the model of generated text whether people found it faithful.

    python benchmarks/fit_confidence.py --data FOLDER gather COLLECTION… --rows FILE
    python benchmarks/fit_confidence.py fit --rows FILE [--reader-unseen ARTICLE…] [--write]

Only the tuning half of each collection is fitted. Questions of an article that the reader was trained on would make it look
better than it is: name the articles that it has not seen with ``--reader-unseen``, and those alone teach what it is worth.
"""

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import numpy as np
from confidence_rows import Row, load, rows_of, save

from aika.answering.fitting import SIGNS, Example, FittingOptions, fit
from aika.answering.logistic import ConfidenceModels, LogisticModel, written
from aika.evaluation.calibration import auroc, brier, coverage_at, expected_calibration_error

OPTIONS = FittingOptions(spread=2.0, intercept_spread=10.0)
READER = ("answer_found", "answer_agrees")
FOLDS = 6
LEAST = 0.02
"""A coefficient below this says nothing."""

# What no collection here tells, or tells too rarely: the log-odds that a signal of 1 is worth, and where it usually stands.
BY_HAND: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "evidence": {"exact_missing": (-1.5, 0.0)},
    "extracted": {
        "exact_missing": (-1.5, 0.0),
        "superseded": (-0.8, 0.0),
        "age": (-0.3, 0.2),
        "contradicted": (-0.6, 0.0),
        "history_source": (3.0, 0.5),
        "history_kind": (2.0, 0.5),
        "judgement": (2.0, 0.75),
    },
    "generated": {
        "exact_missing": (-1.0, 0.0),
        "superseded": (-0.8, 0.0),
        "age": (-0.3, 0.2),
        "contradicted": (-0.6, 0.0),
        "citations_removed": (-0.5, 0.0),
        "history_source": (3.0, 0.5),
        "history_kind": (2.0, 0.5),
        "judgement": (2.0, 0.75),
        "says_nothing": (-2.0, 0.0),
    },
}
CHOSEN: Mapping[str, Sequence[str]] = {
    "evidence": (
        "answer_found",
        "sentence_coverage",
        "sentence_similarity",
        "passage_similarity",
        "uniqueness",
        "agreement",
        "names_missing",
        "denied",
        "fitting",
        "clarity",
    ),
    "extracted": (
        "answer_found",
        "answer_agrees",
        "answer_coverage",
        "answer_similarity",
        "sentence_coverage",
        "sentence_similarity",
        "passage_similarity",
        "uniqueness",
        "agreement",
        "names_missing",
        "denied",
        "fitting",
        "clarity",
        "confirmed",
    ),
    "generated": ("bound", "support"),
}


def prior(which: str) -> LogisticModel:
    """Return what is known before anything is fitted: which signals there are."""
    return LogisticModel(0.0, dict.fromkeys(CHOSEN[which], 0.0), dict.fromkeys(CHOSEN[which], 0.5))


def examples(rows: Sequence[Row], unseen: Sequence[str]) -> list[Example]:
    """Return the rows as examples, without the reader's signals where the reader may know the article."""
    known = {row.collection for row in rows if row.group in unseen}
    found = []
    for row in rows:
        told = row.collection not in known or row.group in unseen
        signals = {name: value for name, value in row.signals.items() if told or name not in READER}
        found.append(Example(signals, row.right))
    return found


def fitted(rows: Sequence[Row], which: str, unseen: Sequence[str]) -> LogisticModel:
    """Fit a model. What the reader is worth comes from the articles that it has not seen; all else comes from all."""
    return _completed(fit(examples(rows, unseen), prior(which), OPTIONS), which)


def _completed(model: LogisticModel, which: str) -> LogisticModel:
    """Leave out what a fit made worthless, and add what was set by hand: as usual, it moves nothing."""
    kept = [name for name, weight in model.coefficients.items() if abs(weight) >= LEAST]
    by_hand = BY_HAND[which]
    return LogisticModel(
        model.intercept - sum(weight * usual for weight, usual in by_hand.values()),
        {name: model.coefficients[name] for name in kept} | {name: weight for name, (weight, _) in by_hand.items()},
        {name: model.references[name] for name in kept} | {name: usual for name, (_, usual) in by_hand.items()},
    )


def cross_validated(rows: Sequence[Row], which: str, unseen: Sequence[str]) -> np.ndarray:
    """Return what models say that were fitted to other articles, or conversations."""
    groups = sorted({row.group for row in rows})
    told = np.zeros(len(rows))
    for fold in range(FOLDS):
        apart = set(groups[fold::FOLDS])
        model = fitted([row for row in rows if row.group not in apart], which, [u for u in unseen if u not in apart])
        for place, row in enumerate(rows):
            if row.group in apart:
                told[place] = model.probability(row.signals)
    return told


def measures(told: np.ndarray, rows: Sequence[Row]) -> dict[str, float]:
    right = np.array([float(row.right) for row in rows])
    return {
        "n": float(len(rows)),
        "auroc": auroc(told, right),
        "ece": expected_calibration_error(told, right),
        "brier": brier(told, right),
        "coverage_at_95": coverage_at(told, right),
    }


def best_alone(rows: Sequence[Row]) -> tuple[str, float]:
    """Return the signal that is best by itself."""
    right = np.array([float(row.right) for row in rows])
    names = {name for row in rows for name in row.signals}
    alone = {}
    for name in names:
        values = np.array([row.signals.get(name, np.nan) for row in rows])
        values = np.where(np.isnan(values), np.nanmean(values), values)
        alone[name] = auroc(SIGNS.get(name, 1) * values, right)
    best = max(alone, key=lambda name: alone[name])
    return best, alone[best]


def report(models: ConfidenceModels, rows: Sequence[Row], min_sufficiency: float) -> dict[str, object]:
    """Return the measures of each collection, and of all of them together, with the best signal alone."""
    told = np.array([_told(models, row, min_sufficiency) for row in rows])
    names = list(dict.fromkeys(row.collection for row in rows))
    found: dict[str, object] = {}
    for name in [*names, *(["together"] if len(names) > 1 else [])]:
        here = np.array([name in ("together", row.collection) for row in rows])
        some = [row for row, is_here in zip(rows, here, strict=True) if is_here]
        values = {key: round(value, 3) for key, value in measures(told[here], some).items()}
        if name != "together":
            alone, value = best_alone(some)
            values |= {"best_alone": f"{alone} {value:.3f}"}  # type: ignore[dict-item]  # a report, not a measure
        found[name] = values
    return found


def _told(models: ConfidenceModels, row: Row, min_sufficiency: float) -> float:
    """Return what is told of a row: of evidence that does not suffice, no draft is written."""
    if row.origin == "generated":
        return models.generated.probability(row.signals)
    evidence = models.evidence.probability(row.signals)
    return evidence if evidence < min_sufficiency else models.extracted.probability(row.signals)


def fit_all(rows: Sequence[Row], unseen: Sequence[str], min_sufficiency: float) -> ConfidenceModels:
    asked = [row for row in rows if row.origin == "extracted"]
    # Without a passage there is nothing to weigh: the confidence of such an answer is a rule.
    rated = [row for row in rows if row.origin == "generated" and "bound" in row.signals]
    tuned = {which: [r for r in some if r.half == "tune"] for which, some in (("asked", asked), ("rated", rated))}
    fits = {
        "evidence": fitted(tuned["asked"], "evidence", unseen),
        "extracted": fitted(tuned["asked"], "extracted", unseen),
        "generated": fitted(tuned["rated"], "generated", ()),
    }
    held_out = [row for row in rows if row.half != "tune"]
    about: dict[str, object] = {
        "about": "Logistic models of whether evidence holds an answer, whether quoted sentences answer, and whether a written "
        "answer is faithful. Fitted by benchmarks/fit_confidence.py.",
        "date": datetime.now(UTC).date().isoformat(),
        "data": "SQuAD 2.0 development set, 18 articles, asked through the whole path with its own mix of answerable and "
        "unanswerable questions; 477 answers of MTRAG rated by three people, faithful from a median of 3 of 4 on. Half of "
        "the topics by hash.",
        "reader": f"What it is worth is fitted on articles that it was not trained on: {', '.join(unseen) or 'all'}.",
        "n_fitted": {name: len(some) for name, some in tuned.items()},
        "set_by_hand": {which: dict(by_hand) for which, by_hand in BY_HAND.items()},
        "set_by_hand_because": "No collection has superseded, contradicted or old documents, earlier ratings, or a model's "
        "judgement often enough to fit them.",
    }
    models = ConfidenceModels(fits["evidence"], fits["extracted"], fits["generated"], about)
    tables = {"cross_validated": _validated(tuned, unseen), "held_out": report(models, held_out, min_sufficiency)}
    return replace(models, about={**about, **tables})


def _validated(tuned: Mapping[str, Sequence[Row]], unseen: Sequence[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for which in ("evidence", "extracted", "generated"):
        some = tuned["rated" if which == "generated" else "asked"]
        if some:
            told = cross_validated(some, which, () if which == "generated" else unseen)
            # Of the other articles the reader knows the answers: they say nothing of how good the model is.
            new = [which == "generated" or not unseen or row.group in unseen for row in some]
            counted = [row for row, is_new in zip(some, new, strict=True) if is_new]
            found[which] = {key: round(value, 3) for key, value in measures(told[np.array(new)], counted).items()}
    return found


async def gather(chosen: argparse.Namespace) -> None:
    rows: list[Row] = []
    for folder in chosen.collections:
        rows += await rows_of(folder, chosen.data, half=chosen.half, limit=chosen.limit)
    save(rows, chosen.rows)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument(
        "--data", type=Path, default=Path(), help="folder with aika.toml, whose data directory is used"
    )
    actions = options.add_subparsers(dest="action", required=True)
    gathering = actions.add_parser("gather", help="ask, and keep every question's signals")
    gathering.add_argument("collections", type=Path, nargs="+")
    gathering.add_argument("--rows", type=Path, required=True)
    gathering.add_argument("--half", choices=("tune", "held out"))
    gathering.add_argument("--limit", type=int, help="questions of each collection, for a quick look")
    fitting = actions.add_parser("fit", help="fit and report")
    fitting.add_argument("--rows", type=Path, nargs="+", required=True)
    fitting.add_argument("--reader-unseen", nargs="*", default=[])
    fitting.add_argument("--min-sufficiency", type=float, default=0.2)
    fitting.add_argument("--write", action="store_true", help="write confidence.json")
    chosen = options.parse_args()
    if chosen.action == "gather":
        asyncio.run(gather(chosen))
        return
    rows = [row for path in chosen.rows for row in load(path)]
    models = fit_all(rows, chosen.reader_unseen, chosen.min_sufficiency)
    text = written(models)
    print(text)
    if chosen.write:
        Path(str(files("aika.answering") / "confidence.json")).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
