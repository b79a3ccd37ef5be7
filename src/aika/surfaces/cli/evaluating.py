"""``aika eval``: how good retrieval and answers are, and whether they become worse."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from aika.surfaces.cli import evaluating_answers, evaluating_confidence, evaluation_collections
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
    Stages,
    Tolerance,
    WriteBaseline,
    chosen,
)

# What the commands do is imported in them: the measures' package takes half a second, which every other command would
# wait for, too.

app = typer.Typer(help="Measure how good retrieval and answers are.", no_args_is_help=True)
app.add_typer(evaluating_answers.app)
app.add_typer(evaluating_confidence.app)
app.add_typer(evaluation_collections.app)

_FAILED = 1


@app.command("retrieval")
def retrieval(  # noqa: PLR0913, PLR0917 - each is an option of the command
    collection: CollectionArgument = None,
    collection_option: CollectionOption = None,
    corpus: Corpus = None,
    qrels: Qrels = None,
    stages: Stages = False,
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
    """Measure how well the documents that answer a question are found: nDCG@10, R@10, R@100 and RR, with 95 % intervals.

    Exit status 1 means that a measure is worse than it may be.
    """
    from aika.application.measuring import Asked
    from aika.surfaces.cli import measuring

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
    asked = Asked(chosen(collection, collection_option, folder), qrels, corpus, stages)
    if not asyncio.run(measuring.retrieval(asked, ending)):
        raise typer.Exit(_FAILED)


@app.command("compare")
def compare(  # noqa: PLR0913, PLR0917 - each is an option of the command
    before: Annotated[str | None, typer.Argument(help="A run: its id, last, or last-1.")] = None,
    after: Annotated[
        str | None, typer.Argument(help="Another run. Without runs, two configurations are measured.")
    ] = None,
    collection: CollectionOption = None,
    corpus: Corpus = None,
    qrels: Qrels = None,
    changes: Changes = None,
    changes_before: Annotated[
        list[str] | None, typer.Option("--set-before", help="A setting of the first, where it is measured, too.")
    ] = None,
    systems: Annotated[
        str | None, typer.Option(help="Two systems, such as lexical,hybrid. Unset: what the runs are about.")
    ] = None,
    measure: Annotated[str | None, typer.Option(help="The measure whose topics are named. Unset: the first.")] = None,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Compare two runs, or two configurations on one collection, topic by topic, with a paired randomisation test.

    ``aika eval compare last-1 last`` compares what was recorded; ``aika eval compare --collection NAME --set
    retrieval.dense_weight=0.7`` measures the settings as they are, then with the change.
    """
    from aika.application.measuring import Asked
    from aika.surfaces.cli import comparing

    pair = None if systems is None else tuple(part.strip() for part in systems.split(","))
    if pair is not None and len(pair) != 2:
        raise typer.BadParameter("--systems takes two names with a comma between them")
    runs = tuple(name for name in (before, after) if name is not None)
    asked = (
        Asked(chosen(None, collection, folder), qrels, corpus) if len(runs) < 2 and (changes or collection) else None
    )
    wanted = comparing.Compared(
        runs=runs,
        asked=asked,
        before=tuple(changes_before or ()),
        after=tuple(changes or ()),
        systems=None if pair is None else (pair[0], pair[1]),
        measure=measure,
    )
    asyncio.run(comparing.compare(wanted, folder=folder, as_json=as_json))


@app.command("history")
def history(
    collection: Annotated[str | None, typer.Option(help="Only runs on this collection, by its name.")] = None,
    kind: Annotated[str | None, typer.Option(help="retrieval, answers or confidence.")] = None,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Print every run that was recorded here: quality over time, with what changed from run to run."""
    from aika.surfaces.cli import comparing

    comparing.history(folder, collection=collection, kind=kind, as_json=as_json)


@app.command("owners")
def owners(
    collection: Annotated[Path, typer.Option(help="A folder with corpus.jsonl and queries.jsonl with answers.")],
    corpus: Annotated[Path | None, typer.Option(help="Documents elsewhere: a .jsonl file or a folder.")] = None,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Print how many questions for owners, channels, people and standings are answered exactly, and the misses."""
    # Deferred, as above.
    from aika.surfaces.cli import measuring

    asyncio.run(measuring.owners(collection, corpus=corpus, folder=folder, as_json_lines=as_json))
