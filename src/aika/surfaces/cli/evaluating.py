"""``aika eval``: how good retrieval and answers are, and whether they become worse."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from aika.surfaces.cli import evaluating_answers
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

# What the commands do is imported in them: the measures' package takes half a second, which every other command would
# wait for, too.

app = typer.Typer(help="Measure how good retrieval and answers are.", no_args_is_help=True)
app.add_typer(evaluating_answers.app)

_FAILED = 1


@app.command("retrieval")
def retrieval(  # noqa: PLR0913, PLR0917 - each is an option of the command
    collection: CollectionArgument = None,
    collection_option: CollectionOption = None,
    corpus: Corpus = None,
    qrels: Qrels = None,
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
    asked = measuring.Asked(chosen(collection, collection_option, folder), qrels, corpus)
    if not asyncio.run(measuring.retrieval(asked, ending)):
        raise typer.Exit(_FAILED)


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
