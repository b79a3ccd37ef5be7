"""What ``make run`` does: real documents in, one cited answer out, then the server."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from aika.client import AikaClientError, AsyncAikaClient, ChatCompletionRequest
from aika.domain.errors import AikaError
from aika.settings import Settings, SourceSettings, load_settings
from aika.surfaces.api.serving import serve
from aika.surfaces.cli.printing import print_completion
from aika.surfaces.cli.progress import SyncWatch
from aika.telemetry.logging import set_up_logging

_COMPANY_QUESTION = "Why did we replace RabbitMQ?"
_DOCS_QUESTION = "What is this about?"


def main() -> None:
    """Sync the examples or the user's folder, ask a question, and serve."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--docs", type=Path, help="A folder of your own documents instead of the examples.")
    options.add_argument("--question", help="What to ask first.")
    options.add_argument("--port", type=int, default=8400)
    options.add_argument("--once", action="store_true", help="Stop after the first answer.")
    given = options.parse_args()
    set_up_logging(level="warning", capture_content=False)
    console = Console()
    question = given.question or (_DOCS_QUESTION if given.docs else _COMPANY_QUESTION)
    try:
        asyncio.run(_run(_settings(given.docs, given.port), question, console=console, once=given.once))
    except (AikaError, AikaClientError) as error:
        Console(stderr=True).print(f"[red]Error:[/red] {error}", highlight=False)
        sys.exit(1)


async def _run(settings: Settings, question: str, *, console: Console, once: bool) -> None:
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = asyncio.create_task(serve(settings, on_ready=ready.set_result, sync=True))
    waiting: list[asyncio.Future[Any]] = [server, ready]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if not ready.done():
        await server
        return
    url = ready.result()
    async with AsyncAikaClient(url) as client:
        await SyncWatch(client, console, [source.id for source in await client.sources()]).follow()
        console.rule()
        console.print(f"[bold]{question}[/bold]")
        print_completion(
            console, await client.complete_chat(ChatCompletionRequest.from_user_prompt(question)), explain=False
        )
    console.rule()
    if once:
        server.cancel()
        await asyncio.wait([server])
        return
    console.print(f"Ask on [bold]{url}[/bold] (stop with Ctrl+C), or in another terminal:")
    console.print(f"  {_command(settings)}", highlight=False)
    await server


def _command(settings: Settings) -> str:
    """Return how the terminal asks what is served here."""
    if settings.base_dir.name == "examples":
        return '.venv/bin/aika ask --dir examples "…"'
    return f'AIKA_DATA_DIR={settings.data_dir} .venv/bin/aika ask "…"'


def _settings(docs: Path | None, port: int) -> Settings:
    here = Path.cwd()
    if docs is None:
        return load_settings(here / "examples", server={"port": port})
    path = docs.expanduser().resolve()
    source = SourceSettings(
        connector="filesystem",
        options={"path": str(path)},
        purpose=f"Documents in {path.name}",
        readers=["everyone"],
    )
    data_dir = Path(".aika") / f"docs-{path.name}"
    return load_settings(here, sources={"docs": source}, data_dir=data_dir, server={"port": port})


if __name__ == "__main__":
    main()
