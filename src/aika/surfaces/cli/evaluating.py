"""``aika eval``: how good retrieval and answers are, and whether they become worse."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from aika.surfaces.cli import evaluating_answers

# What the commands do is imported in them: the measures' package takes half a second, which every other command would
# wait for, too.

app = typer.Typer(help="Measure how good retrieval and answers are.", no_args_is_help=True)
app.add_typer(evaluating_answers.app)

Folder = Annotated[Path, typer.Option("--dir", help="The folder of aika.toml.", envvar="AIKA_DIR")]
AsJson = Annotated[bool, typer.Option("--json", help="Print numbers for programs.")]
HERE = Path()


@app.command("retrieval")
def retrieval(
    collection: Annotated[Path, typer.Option(help="A folder with corpus.jsonl, queries.jsonl and qrels.tsv.")],
    qrels: Annotated[Path | None, typer.Option(help="Other judgments than the collection's qrels.tsv.")] = None,
    corpus: Annotated[Path | None, typer.Option(help="Documents elsewhere: a .jsonl file or a folder.")] = None,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Print nDCG@10, R@10, R@100 and RR of lexical, dense and hybrid retrieval, with 95 % intervals."""
    from aika.surfaces.cli import measuring

    measured = measuring.retrieval(collection, qrels=qrels, corpus=corpus, folder=folder, as_json_lines=as_json)
    asyncio.run(measured)


@app.command("owners")
def owners(
    collection: Annotated[Path, typer.Option(help="A folder with corpus.jsonl and queries.jsonl with answers.")],
    corpus: Annotated[Path | None, typer.Option(help="Documents elsewhere: a .jsonl file or a folder.")] = None,
    as_json: AsJson = False,
    folder: Folder = HERE,
) -> None:
    """Print how many questions for owners, channels, people and standings are answered exactly, and the misses."""
    from aika.surfaces.cli import measuring

    asyncio.run(measuring.owners(collection, corpus=corpus, folder=folder, as_json_lines=as_json))
