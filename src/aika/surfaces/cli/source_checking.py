"""What ``aika source`` does: checking and previewing, with progress."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from aika.application.checking import SourceCheck, check_source, preview
from aika.assistants.conversing import Question
from aika.domain.access import UNRESTRICTED
from aika.domain.documents import Chunk
from aika.domain.identifiers import PrincipalId
from aika.domain.sources import Source
from aika.settings import Settings
from aika.surfaces.api.chat import outcome_of
from aika.surfaces.api.views import completion_of
from aika.surfaces.cli.printing import print_completion, span

_LISTED = 10
"""Keys and problems shown of each kind."""
_EXCERPT = 400


async def check(settings: Settings, source: Source, *, sample: int) -> bool:
    """Check a source and print what was found; return whether it can be used as it is."""
    with _progress() as show:
        found = await check_source(settings, source, sample=sample, on_progress=show)
    print_check(Console(), found)
    return found.read > 0 and not found.unread


async def ask_alone(settings: Settings, source: Source, questions: Sequence[str]) -> None:
    """Answer questions from this source alone, as somebody who may read all of it."""
    console = Console()
    console.print(Text(f"reading {source.id} …", style="dim"))
    async with preview(settings, source) as aika:
        known = await aika.database.catalogue.known(source.id)
        console.print(Text(f"{len(known):,} documents. Nothing else is asked, and nothing is kept.", style="dim"))
        for text in questions:
            console.print(Text(text, style="bold"))
            question = Question(text, UNRESTRICTED, PrincipalId("local"), keep=False)
            conversation = await aika.conversing.begin(question)
            outcome = await outcome_of(aika.conversing.ask(conversation, question))
            print_completion(console, completion_of(outcome, conversation.id), explain=False)


def print_check(console: Console, found: SourceCheck) -> None:
    """Print what a check found."""
    source = found.source
    console.print(Text(f"{source.id}  ", style="bold") + Text(source.purpose or source.connector, style="dim"))
    table = Table(box=box.SIMPLE, show_header=False)
    part = "" if found.share >= 1 else f" ({found.read:,} of them read)"
    table.add_row("documents", f"{found.found:,}{part}: {_counts(found.kinds)}")
    table.add_row("chunks", f"about {found.expected_chunks:,}")
    table.add_row("owners", _counts(found.owners) or "none")
    table.add_row("readers", _readers(source, found))
    table.add_row(
        "time", f"findable in about {span(found.seconds_to_read)}, by meaning {span(found.seconds_to_embed)} later"
    )
    table.add_row("space", f"about {found.expected_bytes / 1e6:,.1f} MB")
    console.print(table)
    for title, keys in (("without an owner", found.unowned), ("that nobody may read", found.unread)):
        _print_keys(console, title, keys)
    if found.unreadable:
        console.print(Text(f"{len(found.unreadable)} problems while reading:", style="yellow"))
        for item in found.unreadable[:_LISTED]:
            console.print(Padding(Text(f"{item.key}: {item.reason}"), (0, 2)))
    for chunk in found.examples:
        console.print(_example(chunk))


def _counts(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count:,} {name}" for name, count in ordered)


def _readers(source: Source, found: SourceCheck) -> str:
    if found.unread:
        return f"{len(found.unread):,} documents have none: set 'readers' in the file"
    fallback = "" if source.readers is None else f"{', '.join(sorted(source.readers))} where the connector cannot tell"
    groups = f"{found.groups:,} groups told by the connector" if found.groups else ""
    return "; ".join(part for part in (groups, fallback) if part) or "told by the connector"


def _print_keys(console: Console, title: str, keys: Sequence[str]) -> None:
    if not keys:
        return
    console.print(Text(f"{len(keys):,} documents {title}:", style="yellow"))
    for key in keys[:_LISTED]:
        console.print(Padding(Text(key), (0, 2)))
    if len(keys) > _LISTED:
        console.print(Padding(Text(f"and {len(keys) - _LISTED:,} more", style="dim"), (0, 2)))


def _example(chunk: Chunk) -> Panel:
    path = " › ".join((chunk.document.title, *chunk.heading_path))
    text = chunk.text if len(chunk.text) <= _EXCERPT else chunk.text[:_EXCERPT] + " …"
    return Panel(Text(text), title=Text(path), title_align="left", subtitle=Text(chunk.document.key), box=box.ROUNDED)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int | None], None]]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bars: dict[str, TaskID] = {}

        def show(what: str, done: int, total: int | None) -> None:
            if what not in bars:
                bars[what] = progress.add_task(what, total=total)
            progress.update(bars[what], completed=done, total=total)

        yield show
