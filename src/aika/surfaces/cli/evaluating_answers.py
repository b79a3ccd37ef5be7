"""``aika eval answers``, ``agreement`` and ``report``."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aika.surfaces.cli.evaluation_options import (
    HERE,
    AsJson,
    BaselineFile,
    Changes,
    CollectionArgument,
    CollectionOption,
    Corpus,
    Ending,
    FailBelowLast,
    FailUnder,
    Folder,
    Qrels,
    Recorded,
    ReportFile,
    Tolerance,
    WriteBaseline,
    chosen,
)

if TYPE_CHECKING:
    from aika.surfaces.cli.measuring_answers import Portion

app = typer.Typer()
"""Its commands appear under ``aika eval``."""

_FAILED = 1

Sample = Annotated[int | None, typer.Option(help="Ask only so many topics, chosen by a hash of their ids.", min=1)]
Half = Annotated[
    Literal["tune", "held-out"] | None,
    typer.Option(help="Ask one half of the topics, split by a hash of their ids: tune on one, report the other."),
]
Judge = Annotated[bool, typer.Option("--judge/--no-judge", help="Let the language model of the settings judge, too.")]
JudgeSample = Annotated[int, typer.Option(help="Answers that the language model judges at most. 0: all.", min=0)]


@app.command("answers")
def answers(  # noqa: PLR0913, PLR0917 - each is an option of the command
    collection: CollectionArgument = None,
    collection_option: CollectionOption = None,
    corpus: Corpus = None,
    qrels: Qrels = None,
    sample: Sample = None,
    half: Half = None,
    judge: Judge = True,
    judge_sample: JudgeSample = 0,
    changes: Changes = None,
    fail_under: FailUnder = None,
    baseline: BaselineFile = None,
    tolerance: Tolerance = 0.02,
    fail_below_last: FailBelowLast = None,
    write_baseline: WriteBaseline = None,
    record: Recorded = True,
    report: ReportFile = None,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Measure answers: facts stated, sentences supported, citations, abstentions, confidence, with 95 % intervals.

    Exit status 1 means that a measure is worse than it may be.
    """
    # Deferred, as are all commands' parts: the measures take half a second to import.
    from aika.application.measuring import Asked
    from aika.surfaces.cli import measuring_answers

    ending = Ending(
        folder=folder,
        as_json=as_json,
        changes=tuple(changes or ()),
        fail_under=tuple(fail_under or ()),
        baseline=baseline,
        tolerance=tolerance,
        fail_below_last=fail_below_last,
        write_baseline=write_baseline,
        record=record,
        report=report,
    )
    asked = Asked(chosen(collection, collection_option, folder), qrels, corpus)
    judging = measuring_answers.Judging(judge, judge_sample)
    if not asyncio.run(measuring_answers.answers(asked, _portion(sample, half), judging, ending)):
        raise typer.Exit(_FAILED)


@app.command("agreement")
def agreement(  # noqa: PLR0913, PLR0917 - each is an option of the command
    collection: CollectionArgument = None,
    collection_option: CollectionOption = None,
    half: Half = None,
    judge: Judge = True,
    judge_sample: JudgeSample = 30,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Print how far the measures of answers, and the judge, agree with people who rated answers (rated_answers.jsonl)."""
    from aika.application.measuring import Asked
    from aika.surfaces.cli import measuring_answers

    asked = Asked(chosen(collection, collection_option, folder))
    judging = measuring_answers.Judging(judge, judge_sample)
    asyncio.run(
        measuring_answers.agreement(asked, judging, folder=folder, half=_portion(None, half).half, as_json=as_json)
    )


@app.command("report")
def report(
    run: Annotated[str, typer.Argument(help="A run's id or its beginning, as `aika eval history` lists it.")] = "last",
    out: Annotated[Path | None, typer.Option("--out", help="Where the page goes. Unset: beside the records.")] = None,
    against: Annotated[str | None, typer.Option(help="The run to compare with. Unset: the one before.")] = None,
    folder: Folder = HERE,
) -> None:
    """Write a recorded run as one HTML page: measures, plots, slices, what changed, and every question."""
    from aika.surfaces.cli import reporting

    reporting.report(run, against=against, out=out, folder=folder)


def _portion(sample: int | None, half: Literal["tune", "held-out"] | None) -> "Portion":
    from aika.surfaces.cli import measuring_answers

    return measuring_answers.Portion(sample, "held out" if half == "held-out" else half)
