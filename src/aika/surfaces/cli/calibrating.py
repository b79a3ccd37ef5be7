"""``aika calibrate``: refit the confidence to what people said of answers."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from aika.answering.logistic import INSTALLED
from aika.domain.identifiers import PrincipalId
from aika.settings import load_settings

if TYPE_CHECKING:
    from aika.application.calibrating import Recalibration
    from aika.evaluation.calibration import Calibration
    from aika.evaluation.recalibrating import Refit

_NAMES = {"extracted": "answers that quote", "generated": "answers that a language model wrote"}
_MEASURES = ("auroc", "ece", "brier", "coverage_at_95")


def calibrate(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come of it, and change nothing.")] = False,
    shipped: Annotated[
        bool, typer.Option("--back-to-shipped", help="Use the models that ship with aika again.")
    ] = False,
    leave_out: Annotated[
        list[str] | None,
        typer.Option(help="Leave out what they rated: key:ID, or user:ADDRESS. Can be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print numbers for programs.")] = False,
    folder: Annotated[Path, typer.Option("--dir", help="The folder of aika.toml.", envvar="AIKA_DIR")] = Path(),
) -> None:
    """Refit the confidence to what people said of the answers here.

    With few ratings it stays near what ships. Nothing is changed where the result is no better on ratings that it was not fitted
    to. A running server takes it up.
    """
    # Deferred, as are all commands' parts: the measures take half a second to import.
    from aika.application import calibrating

    console, settings = Console(stderr=as_json), load_settings(folder)
    if shipped:
        had_own = (settings.data_path / INSTALLED).exists() if dry_run else calibrating.back_to_shipped(settings)
        _print_shipped(console, had_own=had_own, dry_run=dry_run)
        return
    people = [PrincipalId(name) for name in leave_out or ()]
    found = asyncio.run(calibrating.recalibrate(settings, now=datetime.now(UTC), leaving_out=people))
    written = None
    if found.models is not None and not dry_run:
        written = calibrating.install(settings, found.models)
    if as_json:
        sys.stdout.write(json.dumps(_as_json(found, written), indent=2) + "\n")
        return
    for origin, refit in found.refits.items():
        _print(console, _NAMES[origin.value], refit)
    if found.left_out:
        console.print(f"{found.left_out} ratings were left out: of tests and bots, or tagged so.")
    _print_outcome(console, found, written)


def _print_shipped(console: Console, *, had_own: bool, dry_run: bool) -> None:
    if not had_own:
        console.print("The models that ship with aika are in use already.")
    elif dry_run:
        console.print("The models that ship with aika would be used again.")
    else:
        console.print("The models that ship with aika are in use again. Those before are kept beside them.")


def _print(console: Console, name: str, refit: "Refit") -> None:
    said = f"{refit.helpful} helpful, {refit.n - refit.helpful} not, by {refit.people} people"
    console.print(f"[bold]{name[0].upper()}{name[1:]}[/bold]: {refit.n} ratings ({said})", highlight=False)
    if refit.n and refit.weight < refit.n:
        console.print(f"  They count for {refit.weight:.0f}: single people rated very many.", highlight=False)
    if refit.lacking is not None:
        console.print(
            f"  Too few to learn from: {refit.lacking.helpful} more helpful ones and {refit.lacking.unhelpful} more of the other "
            "kind are needed.",
            highlight=False,
        )
        return
    table = Table("measure", "as shipped", "refitted, on held-out ratings")
    for measure in _MEASURES:
        table.add_row(measure, _cell(refit.shipped, measure), _cell(refit.refitted, measure))
    console.print(table)
    if refit.gain is not None:
        gain = refit.gain
        console.print(
            f"  Log loss of a rating falls by {gain.value:+.4f} ({gain.low:+.4f} to {gain.high:+.4f}).", highlight=False
        )
    if refit.model is None:
        console.print("  No better than what ships: that stays.")


def _print_outcome(console: Console, found: "Recalibration", written: Path | None) -> None:
    if found.models is None:
        console.print("Nothing was changed.")
    elif written is None:
        console.print("Better than what ships. Without --dry-run it would be used from now on.")
    else:
        console.print(f"Wrote {written}. A running server takes it up.", highlight=False, soft_wrap=True)


def _cell(found: "Calibration | None", measure: str) -> str:
    value = None if found is None else found.measures.get(measure)
    return "" if value is None else f"{value.value:.3f} ({value.low:.3f} to {value.high:.3f})"


def _as_json(found: "Recalibration", written: Path | None) -> dict[str, object]:
    return {
        "models": {origin.value: _refit_as_json(refit) for origin, refit in found.refits.items()},
        "left_out": found.left_out,
        "better": found.models is not None,
        "written": "" if written is None else str(written),
    }


def _refit_as_json(refit: "Refit") -> dict[str, object]:
    lacking = refit.lacking
    gain = refit.gain
    return {
        "ratings": refit.n,
        "helpful": refit.helpful,
        "people": refit.people,
        "weight": refit.weight,
        "lacking": None if lacking is None else {"helpful": lacking.helpful, "not_helpful": lacking.unhelpful},
        "before": _measures(refit.shipped),
        "after": _measures(refit.refitted),
        "gain": None if gain is None else {"value": gain.value, "low": gain.low, "high": gain.high},
        "better": refit.model is not None,
    }


def _measures(found: "Calibration | None") -> dict[str, object]:
    if found is None:
        return {}
    return {name: {"value": e.value, "low": e.low, "high": e.high} for name, e in found.measures.items()}
