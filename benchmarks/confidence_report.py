"""Prints how good the confidence is as Markdown: measures, signals alone, baselines, and what each threshold comes to.

    python benchmarks/confidence_report.py --data FOLDER --dir RUNS [--herb-limit N] [--with-model N] [--only SET …]
    python benchmarks/confidence_report.py --dir RUNS --from-files

The models are fitted on the tuning halves of two collections: reported are their other halves, alone and together, and all of a
collection that nothing was fitted or chosen on. Each part is what `aika eval confidence --json` prints; it is kept in RUNS, so
that the tables can be printed again without measuring. With --with-model the settings in RUNS have to name a language model.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FITTED = ("squad2-articles-a", "mtrag-human-rated")
TRANSFER = "herb"
SETS = ("held-out", "transfer")
MEASURES = ("auroc", "ece", "brier", "coverage_at_95")
HEADS = ("AUROC", "ECE", "Brier", "coverage at 95 % right")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="The folder of the collections.")
    parser.add_argument(
        "--dir", type=Path, required=True, help="Where vectors and results are kept: a folder of aika.toml."
    )
    parser.add_argument("--herb-limit", type=int, help="Questions of the transfer collection. Unset: all.")
    parser.add_argument(
        "--with-model", type=int, help="Questions that a language model is also asked, of each collection."
    )
    parser.add_argument("--only", choices=SETS, nargs="*", default=SETS)
    parser.add_argument("--from-files", action="store_true", help="Measure nothing, print what was measured before.")
    options = parser.parse_args()
    if not options.from_files:
        if options.data is None:
            parser.error("--data is needed to measure")
        for name in options.only:
            measure(name, options)
    for name in SETS:
        kept = options.dir / f"confidence-{name}.json"
        if kept.exists():
            sys.stdout.write("\n".join(tables(json.loads(kept.read_text(encoding="utf-8")))) + "\n")


def measure(name: str, options: argparse.Namespace) -> None:
    names, half = (FITTED, "held-out") if name == "held-out" else ((TRANSFER,), "all")
    command = [sys.executable, "-m", "aika.surfaces.cli.main", "eval", "confidence", "--json", "--no-record"]
    command += ["--dir", str(options.dir), "--half", half]
    for collection in names:
        command += ["--collection", str(options.data / collection)]
    if name == "transfer" and options.herb_limit:
        command += ["--limit", str(options.herb_limit)]
    if options.with_model:
        command += ["--with-model", str(options.with_model)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    (options.dir / f"confidence-{name}.json").write_bytes(done.stdout)


def tables(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of one measurement: of a union, its parts beside it."""
    parts = {**found.get("collections", {}), found["collection"]: found}
    yield f"## {found['collection']}\n"
    yield from _measures(parts)
    for name, part in parts.items():
        yield f"### {name}: each signal alone\n"
        yield from _signals(part)
        yield f"### {name}: what could stand in its place\n"
        yield from _baselines(part)
        yield f"### {name}: at threshold t, aika answers p % of the questions with q % right\n"
        yield from _thresholds(part)


def _measures(parts: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield from _head("collection", "n", "right", *HEADS)
    for name, part in parts.items():
        share = f"{part['positives'] / part['n']:.1%}"
        yield _row(name, part["n"], share, *(_estimate(part[measure]) for measure in MEASURES))
    yield ""


def _signals(part: Mapping[str, Any]) -> Iterator[str]:
    yield from _head("signal", "n", "alone", "all together", "gain")
    for name, one in part["signals"].items():
        said = f"{name} (against)" if one["against"] else name
        gain = one["gain"]
        gained = f"{gain['value']:+.3f} ({gain['low']:+.3f} to {gain['high']:+.3f})"
        yield _row(said, one["n"], _estimate(one["auroc"]), f"{one['together']['value']:.3f}", gained)
    yield f"\n{part['signals_in_words']}\n"


def _baselines(part: Mapping[str, Any]) -> Iterator[str]:
    yield from _head("", "n", *HEADS)
    for name, one in part["baselines"].items():
        for label, measures in ((name, one), ("the confidence, over the same", one["confidence"])):
            cells = (_estimate(measures[measure]) if measure in measures else "" for measure in MEASURES)
            yield _row(label, one["n"], *cells)
    yield ""


def _thresholds(part: Mapping[str, Any]) -> Iterator[str]:
    yield from _head("t", "p", "q")
    for threshold, one in part["thresholds"].items():
        answered = f"{one['answered']:.1%} ({one['answered_low']:.1%} to {one['answered_high']:.1%})"
        right = f"{one['right']:.1%} ({one['right_low']:.1%} to {one['right_high']:.1%})" if "right" in one else ""
        yield _row(threshold, answered, right)
    reached = part["coverage_at_95"]
    yield f"\nWith 95 % right, {reached['value']:.1%} are answered ({reached['low']:.1%} to {reached['high']:.1%}).\n"


def _head(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield f"|{'---|' * len(names)}"


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _estimate(found: Mapping[str, float | None]) -> str:
    if found["value"] is None:
        return ""
    return f"{found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f})"


if __name__ == "__main__":
    main()
