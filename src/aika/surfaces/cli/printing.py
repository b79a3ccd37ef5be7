"""How answers, hits and sources look in a terminal."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rich import box
from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from aika.client.models import (
    ChatCompletion,
    CitationView,
    DocumentSummary,
    HitView,
    Outcome,
    SearchReply,
    SourceSummary,
    SourceView,
    SyncView,
)

_QUOTE_CHARS = 240
_BANDS = {"high": "green", "medium": "yellow", "low": "red"}


def print_completion(console: Console, completion: ChatCompletion, *, explain: bool) -> None:
    """Print an answer with its footnotes, or an abstention with what comes nearest."""
    if completion.outcome is Outcome.ANSWER:
        console.print(Panel(Markdown(_escaped(completion.text)), box=box.ROUNDED, padding=(0, 1)))
        for citation in completion.citations:
            console.print(_footnote(citation))
    else:
        console.print(
            Panel(Markdown(_escaped(completion.text)), box=box.ROUNDED, padding=(0, 1), border_style="yellow")
        )
        for hit in completion.nearest:
            console.print(Padding(_titled(hit.document, hit.url), (0, 2)))
    for note in completion.notes:
        console.print(Text(f"Note: {note}", style="dim"))
    console.print(_confidence(completion))
    if explain:
        console.print(_signals(completion))


def print_search(console: Console, reply: SearchReply, *, explain: bool) -> None:
    """Print hits, best first."""
    if not reply.hits:
        console.print("Nothing was found.")
    for rank, hit in enumerate(reply.hits, start=1):
        head = Text(f"{rank}. ", style="bold") + _titled(hit.document, hit.url)
        path = " › ".join(hit.heading_path)
        console.print(Group(head, *([Text(f"   {path}", style="dim")] if path else [])))
        console.print(Padding(_shortened(hit.text), (0, 3)), style="dim")
        if explain:
            console.print(Padding(_explanation(hit), (0, 3, 1, 3)))
    for note in reply.notes:
        console.print(Text(f"Note: {note}", style="dim"))


def print_sources(console: Console, sources: Sequence[SourceSummary]) -> None:
    """Print how every source stands."""
    if not sources:
        console.print("No sources are configured. `aika init` writes a first one.")
        return
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("source", no_wrap=True)
    for column in ("owner", "documents", "last sync", "lag"):
        table.add_column(column)
    for source in sources:
        owner = "–" if source.owner is None else source.owner.name
        table.add_row(source.id, owner, _documents(source), _last_sync(source), _lag(source))
    console.print(table)


def print_source(console: Console, source: SourceView) -> None:
    """Print one source with what could not be read, and why."""
    about = " · ".join(part for part in (source.connector, source.purpose) if part)
    console.print(Text(f"{source.id}: {about}", style="dim"))
    print_sources(console, [source])
    if source.last_sync and source.last_sync.message:
        console.print(Text(source.last_sync.message, style="yellow"))
    for item in source.unreadable:
        console.print(Text(f"  {item.key}: {item.reason}"))


def sync_summary(name: str, sync: SyncView) -> str:
    """Return what a sync did, in a line."""
    parts = [f"{sync.added:,} added", f"{sync.changed:,} changed", f"{sync.removed:,} removed"]
    parts += [f"{sync.unchanged:,} unchanged", f"{sync.failed:,} unreadable"]
    seconds = ((sync.finished_at or datetime.now(UTC)) - sync.started_at).total_seconds()
    return f"{name}: {', '.join(parts)} in {seconds:.1f} s"


def _lag(source: SourceSummary) -> Text:
    """Return how far a source may be behind, against what its owners promise."""
    if source.lag_seconds is None:
        return Text("never synced" if source.connector != "push" else "–")
    promised = "" if source.promise_seconds is None else f" of {span(source.promise_seconds)}"
    return Text(f"{span(source.lag_seconds)}{promised}", style="red" if source.late else "")


def span(seconds: float) -> str:
    """Return a span in the unit that people would use."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _footnote(citation: CitationView) -> RenderableType:
    head = Text(f"[{citation.marker}] ", style="bold") + _titled(citation.document, citation.url)
    quote = Padding(Text(_shortened(citation.quote), style="italic dim"), (0, 4))
    return Group(head, quote)


def _titled(document: DocumentSummary, url: str | None) -> Text:
    about = [document.source, document.key]
    if document.owner is not None:
        contact = f", {document.owner.contact}" if document.owner.contact else ""
        about.append(f"owner {document.owner.name}{contact}")
    if document.modified_at is not None:
        about.append(f"changed {document.modified_at:%Y-%m-%d}")
    if document.status:
        about.append(document.status)
    title = Text(document.title, style=f"link {url}" if url else "")
    return title + Text(f"  ({' · '.join(about)})", style="dim")


def _confidence(completion: ChatCompletion) -> Text:
    confidence = completion.confidence
    return Text(f"Confidence {confidence.value:.0%} ({confidence.band})", style=_BANDS[confidence.band])


def _signals(completion: ChatCompletion) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title="What moved the confidence", title_justify="left")
    for column in ("signal", "value", "moved by", "in words"):
        table.add_column(column)
    for signal in completion.confidence.signals:
        table.add_row(signal.name, f"{signal.value:.2f}", f"{signal.contribution:+.2f}", signal.explanation)
    return table


def _explanation(hit: HitView) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for column in ("ranking", "rank", "score"):
        table.add_column(column)
    if hit.explanation is not None:
        for name, place in hit.explanation.places.items():
            table.add_row(name, str(place.rank), f"{place.score:.3f}")
        if hit.explanation.matched_terms:
            table.add_row("terms", "", " ".join(hit.explanation.matched_terms))
        for move in hit.explanation.moves:
            table.add_row(move.stage, f"{move.rank_before or '–'} → {move.rank_after or '–'}", move.reason)
    return table


def _last_sync(source: SourceSummary) -> str:
    sync = source.last_sync
    if sync is None:
        return "never"
    ago = (datetime.now(UTC) - (sync.finished_at or sync.started_at)).total_seconds()
    unread = f", {sync.failed:,} unreadable" if sync.failed else ""
    return f"{sync.phase} {span(ago)} ago{unread}"


def _documents(source: SourceSummary) -> str:
    """Return how many documents there are, and how many of them cannot be found yet."""
    if source.findable < source.documents:
        return f"{source.documents:,} ({source.findable:,} by words)"
    if source.embedded < source.documents:
        return f"{source.documents:,} ({source.embedded:,} by meaning)"
    return f"{source.documents:,}"


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _QUOTE_CHARS else f"{flat[:_QUOTE_CHARS]}…"


def _escaped(text: str) -> str:
    # Otherwise "[1][2]" is read as a Markdown link by reference and loses its brackets.
    return text.replace("][", "] [")
