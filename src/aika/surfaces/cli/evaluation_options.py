"""The options that every measuring command of ``aika eval`` has, and what they ask for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

# Nothing heavy is imported here: every command of aika reads this module.

HERE = Path()

Folder = Annotated[Path, typer.Option("--dir", help="The folder of aika.toml.", envvar="AIKA_DIR")]
AsJson = Annotated[bool, typer.Option("--json", help="Print numbers for programs.")]
CollectionArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="COLLECTION",
        help="A folder, a file, or the NAME of evaluation/NAME.yaml beside aika.toml. None: the only one there.",
    ),
]
CollectionOption = Annotated[
    Path | None, typer.Option("--collection", help="The same as the argument.", show_default=False)
]
Corpus = Annotated[
    Path | None, typer.Option(help="Documents in place of the collection's own: a .jsonl file or a folder.")
]
Qrels = Annotated[Path | None, typer.Option(help="Other judgments than the collection's qrels.tsv.")]
Stages = Annotated[
    bool, typer.Option("--stages", help="Also leave each part of retrieval out, and add each alone: what does it gain?")
]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", help="A setting for this run: retrieval.dense_weight=0.7. Can be repeated."),
]
FailUnder = Annotated[
    list[str] | None,
    typer.Option(help="Fail where a measure does not reach this: nDCG@10=0.8, or lexical:R@10=0.7. Can be repeated."),
]
BaselineFile = Annotated[
    Path | None, typer.Option("--baseline", help="Fail where a measure is worse than in this file of a repository.")
]
Tolerance = Annotated[float, typer.Option(help="How much worse than the baseline still passes.", min=0)]
FailBelowLast = Annotated[
    float | None,
    typer.Option(help="Fail where a measure is worse by more than this than in the last recorded run.", min=0),
]
WriteBaseline = Annotated[
    Path | None, typer.Option(help="Write what this run reached to a file: the baseline of later runs.")
]
Recorded = Annotated[bool, typer.Option("--record/--no-record", help="Keep the run for `aika eval history`.")]
ReportFile = Annotated[
    Path | None, typer.Option("--report", help="Where the HTML report goes. Unset: beside the record.")
]


@dataclass(frozen=True, slots=True)
class Ending:
    """What is done with a finished run."""

    folder: Path
    as_json: bool = False
    changes: tuple[str, ...] = ()
    fail_under: tuple[str, ...] = ()
    baseline: Path | None = None
    tolerance: float = 0.02
    fail_below_last: float | None = None
    write_baseline: Path | None = None
    record: bool = True
    report: Path | None = None


def chosen(argument: Path | None, option: Path | None, folder: Path) -> Path:
    """Return which collection is meant: by argument, by option, or the only one beside ``aika.toml``."""
    if argument is not None and option is not None:
        raise typer.BadParameter("name one collection, as the argument or with --collection")
    given = argument or option
    if given is not None:
        return given
    there = sorted((folder / "evaluation").glob("*.y*ml"))
    if len(there) != 1:
        known = ", ".join(path.stem for path in there) or "none; `aika eval new NAME` makes one"
        raise typer.BadParameter(f"which collection? In {folder / 'evaluation'} there are: {known}")
    return there[0]
