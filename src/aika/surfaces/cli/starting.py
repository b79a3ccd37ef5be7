"""Beginning: a first configuration, and an index from the beginning."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress

from aika.domain.errors import ConfigurationError
from aika.settings import SETTINGS_FILE, Settings

if TYPE_CHECKING:
    from aika.application.aika import Aika

_SETTINGS = """\
# aika's settings. Everything has a default; `aika doctor` checks what is here.
# Every setting can also come from the environment: AIKA_SERVER__PORT=9000.

[server]
# host = "127.0.0.1"    # any other address needs API keys: aika keys create NAME
# port = 8400

[model]
# Without a language model, answers are sentences of your documents. With one, they are written from them:
# name = "openai:gpt-5-mini"        # or "anthropic:…", "ollama:…"; the key comes from OPENAI_API_KEY
# name = "gguf:/models/some.gguf"   # a local model, with: pip install 'aika[local-model]'
"""

_SOURCE = """\
# yaml-language-server: $schema=http://127.0.0.1:8400/schemas/source.json
# One source. The file's name is the source's name. Try it first: aika source check {file}
connector: filesystem
purpose: {purpose}
# Who may read these documents: "everyone" or groups such as "group:payments".
readers: [everyone]
# owner: platform-team
# contact: "#platform"
options:
  path: {path}
"""


def initialise(folder: Path, docs: Path | None) -> list[str]:
    """Write a first configuration and return what to say about it. Nothing that exists is overwritten.

    Raises `ConfigurationError` where ``docs`` is not there.
    """
    if docs is not None and not docs.exists():
        raise ConfigurationError(f"{docs} does not exist; --docs takes a folder of documents")
    said = []
    settings = folder / SETTINGS_FILE
    sources = folder / "sources"
    sources.mkdir(parents=True, exist_ok=True)
    said.append(_write(settings, _SETTINGS))
    path = docs.resolve() if docs is not None else Path("docs")
    source = sources / "docs.yaml"
    said.append(_write(source, _SOURCE.format(file=source, purpose=f"Documents in {path.name}", path=path)))
    if docs is None:
        said.append(f"Put documents into {folder / 'docs'}, or change 'path' in {source}.")
    said.append('Next: aika sync, then: aika ask "…", or: aika serve')
    return said


async def rebuild_index(settings: Settings, console: Console) -> None:
    """Drop the index and build it again from the database."""
    # Deferred, so that commands to a running server do not import the application.
    from aika.application.wiring import open_aika

    async with open_aika(settings, fresh_index=True) as aika:
        with Progress(console=console, transient=True) as progress:
            bar = progress.add_task("building the index", total=await aika.database.catalogue.sequence())
            await _follow(aika, lambda done: progress.update(bar, completed=done))
        console.print(f"The index holds {await aika.generations.serving.index.count():,} chunks.")


async def _follow(aika: "Aika", show: Callable[[int], None]) -> None:
    follower = aika.generations.serving.follower
    while await follower.step():
        show((await follower.state()).position.embedded)
    await aika.generations.catch_up()


def _write(path: Path, text: str) -> str:
    if path.exists():
        return f"{path} exists already and stays as it is."
    path.write_text(text, encoding="utf-8")
    return f"Wrote {path}."
