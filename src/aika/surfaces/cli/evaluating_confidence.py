"""``aika eval confidence``."""

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer

from aika.surfaces.cli.evaluation_options import (
    HERE,
    AsJson,
    Changes,
    CollectionArgument,
    Corpus,
    Ending,
    FailUnder,
    Folder,
    Qrels,
    Recorded,
    ReportFile,
    chosen,
)

app = typer.Typer()
"""Its command appears under ``aika eval``."""

_FAILED = 1

Collections = Annotated[
    list[Path] | None,
    typer.Option("--collection", help="A collection. Several are also measured together.", show_default=False),
]
Limit = Annotated[
    int | None,
    typer.Option("--limit", "--sample", help="Ask only so many topics, chosen evenly by a hash of their ids.", min=1),
]
Half = Annotated[
    Literal["tune", "held-out", "all"],
    typer.Option(help="Ask one half of the topics, split by a hash of their ids: tune on one, report the other."),
]
Of = Annotated[
    Literal["topics", "rated"] | None,
    typer.Option(
        help="Against which topics can be answered, or against people's ratings of answers in rated_answers.jsonl. "
        "Unset: ratings where there are any."
    ),
]
WithModel = Annotated[
    int | None,
    typer.Option(
        help="Ask all topics without a language model, and so many with it, too: its answers, its judgement, and the number "
        "that it gives when asked.",
        min=1,
    ),
]


@app.command("confidence")
def confidence(  # noqa: PLR0913, PLR0917 - each is an option of the command
    collection: CollectionArgument = None,
    collections: Collections = None,
    corpus: Corpus = None,
    qrels: Qrels = None,
    limit: Limit = None,
    half: Half = "all",
    of: Of = None,
    with_model: WithModel = None,
    changes: Changes = None,
    fail_under: FailUnder = None,
    record: Recorded = True,
    report: ReportFile = None,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Measure the confidence: AUROC, ECE in 15 bins of equal mass, Brier, and how many questions it answers with 95 % right.

    Beside it stand each of its signals alone and what could take its place.
    """
    # Deferred, as are all commands' parts: the measures take half a second to import.
    from aika.surfaces.cli import measuring_answers, measuring_confidence

    places = tuple(collections or ())
    if collection is not None and places:
        raise typer.BadParameter("name collections as the argument or with --collection, not both")
    places = places or (chosen(collection, None, folder),)
    if len(places) > 1 and (corpus is not None or qrels is not None):
        raise typer.BadParameter("--corpus and --qrels are of one collection: name one")
    ending = Ending(
        folder=folder,
        as_json=as_json,
        changes=tuple(changes or ()),
        fail_under=tuple(fail_under or ()),
        record=record,
        report=report,
    )
    portion = measuring_answers.Portion(limit, None if half == "all" else "held out" if half == "held-out" else half)
    wanted = measuring_confidence.Wanted(places, portion, of=of, qrels=qrels, corpus=corpus, with_model=with_model)
    if not asyncio.run(measuring_confidence.confidence(wanted, ending)):
        raise typer.Exit(_FAILED)
