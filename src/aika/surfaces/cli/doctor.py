"""``aika doctor``: what is wrong here, and how to mend it."""

import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from aika.application.assistant_files import folder_of_assistants
from aika.client import AsyncAikaClient
from aika.domain.access import UNRESTRICTED
from aika.domain.errors import AikaError, StoreLockedError
from aika.forms.sign_in import SignInSettings
from aika.registry import check_options
from aika.settings import SETTINGS_FILE, Settings, load_settings, load_sources, sign_in_secret
from aika.surfaces.cli.connecting import serving_url

if TYPE_CHECKING:
    from aika.application.aika import Aika

_LOW_DISK_BYTES = 1_000_000_000


class Verdict(StrEnum):
    GOOD = "good"
    WORTH_A_LOOK = "worth a look"
    WRONG = "wrong"


_MARKS = {Verdict.GOOD: "[green]✓[/green]", Verdict.WORTH_A_LOOK: "[yellow]![/yellow]", Verdict.WRONG: "[red]✗[/red]"}


@dataclass(frozen=True, slots=True)
class Finding:
    verdict: Verdict
    text: str
    remedy: str = ""


async def examine(folder: Path, console: Console) -> bool:
    """Print what was found, with remedies; return whether nothing is wrong."""
    wrong = 0
    async for finding in _findings(folder):
        console.print(f"{_MARKS[finding.verdict]} {finding.text}", highlight=False)
        if finding.remedy:
            console.print(f"    → {finding.remedy}", highlight=False, style="dim")
        wrong += finding.verdict is Verdict.WRONG
    console.print("Nothing is wrong." if not wrong else f"{wrong} to mend.")
    return not wrong


async def _findings(folder: Path) -> AsyncIterator[Finding]:
    yield Finding(Verdict.GOOD, f"Python {sys.version.split()[0]}")
    try:
        settings = load_settings(folder)
    except AikaError as error:
        yield Finding(Verdict.WRONG, str(error), f"correct it in {folder / SETTINGS_FILE}")
        return
    if (folder / SETTINGS_FILE).exists():
        yield Finding(Verdict.GOOD, f"{SETTINGS_FILE} is valid")
    else:
        yield Finding(Verdict.WORTH_A_LOOK, f"there is no {SETTINGS_FILE} here; defaults apply", "aika init")
    for finding in (*_of_sources(settings), *_of_assistants(settings), _of_disk(settings)):
        yield finding
    if settings.sign_in is not None:
        yield await look_at_provider(settings.sign_in)
    try:
        url = serving_url(settings)
    except StoreLockedError as error:
        yield Finding(Verdict.WORTH_A_LOOK, str(error))
        return
    if url is not None:
        yield await _of_server(url)
        return
    # Deferred, so that commands to a running server do not import the application.
    from aika.application.wiring import open_aika

    try:
        async with open_aika(settings) as aika:
            async for finding in _of_application(aika):
                yield finding
    except AikaError as error:
        yield Finding(Verdict.WRONG, str(error))


def _of_sources(settings: Settings) -> list[Finding]:
    sources, errors = load_sources(settings)
    found = [Finding(Verdict.WRONG, str(error), "correct the file; the other sources go on") for error in errors]
    if not sources and not errors:
        found.append(Finding(Verdict.WORTH_A_LOOK, "no sources are configured", "aika init --docs FOLDER"))
    for source in sources:
        try:
            check_options("connectors", source.connector, source.options)
            found.append(Finding(Verdict.GOOD, f"source {source.id} ({source.connector}) is valid"))
        except AikaError as error:
            found.append(Finding(Verdict.WRONG, f"source {source.id}: {error}", f"correct {source.declared_in}"))
        if source.readers is None:
            remedy = f'add "readers: [everyone]" or the groups that may read it to {source.declared_in}'
            text = f"source {source.id} names no readers: nobody can see what its connector does not open to someone"
            found.append(Finding(Verdict.WORTH_A_LOOK, text, remedy))
    return found


def _of_assistants(settings: Settings) -> list[Finding]:
    declared = folder_of_assistants(settings).look()
    found = [
        Finding(Verdict.WRONG, error, "correct the file; the other assistants go on")
        for error in declared.errors.values()
    ]
    right = sorted(entry.assistant.name for entry in declared.entries if entry.fault is None)
    return [*found, *(Finding(Verdict.GOOD, f"assistant {name} is valid") for name in right)]


async def look_at_provider(settings: SignInSettings) -> Finding:
    """Return whether people can be sent to the identity provider."""
    # Deferred, as whoever lets nobody sign in need not wait for it.
    from aika.application.aika import SystemClock
    from aika.application.sign_in.discovery import Discovery

    provider = f"the identity provider {settings.label}"
    try:
        sign_in_secret(settings)
        discovery = Discovery(settings.issuer, SystemClock())
        await discovery.metadata()
        keys = await discovery.keys(wanted=None)
    except AikaError as error:
        return Finding(Verdict.WRONG, f"{provider} cannot be used: {error}", f"correct [sign_in] in {SETTINGS_FILE}")
    if not keys:
        return Finding(Verdict.WRONG, f"{provider} publishes no key that it could sign with")
    return Finding(Verdict.GOOD, f"{provider} answers and publishes its keys")


def _of_disk(settings: Settings) -> Finding:
    place = settings.data_path
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    text = f"{free / 1e9:.1f} GB free for {settings.data_path}"
    if free < _LOW_DISK_BYTES:
        return Finding(Verdict.WRONG, text, "free some space, or set data_dir to a larger disk")
    return Finding(Verdict.GOOD, text)


async def _of_server(url: str) -> Finding:
    async with AsyncAikaClient(url, timeout=10) as client:
        readiness = await client.readiness()
    if readiness.problems:
        return Finding(Verdict.WRONG, f"the server at {url} is not ready: {'; '.join(readiness.problems)}")
    return Finding(Verdict.GOOD, f"the server at {url} is ready")


async def _of_application(aika: "Aika") -> AsyncIterator[Finding]:
    yield Finding(Verdict.GOOD, "the database opens and is up to date")
    for note in aika.generations.notes:
        yield Finding(Verdict.WORTH_A_LOOK, note)
    embedder = aika.generations.serving.embedder
    vectors = await embedder.embed(["Does the embedder work?"], role="query")
    yield Finding(Verdict.GOOD, f"the embedder works ({vectors.shape[1]} dimensions)")
    counts = await aika.database.catalogue.counts(scope=UNRESTRICTED)
    state = await aika.generations.serving.follower.state()
    chunks, indexed = sum(count.chunks for count in counts.values()), await aika.generations.serving.index.count()
    if not state.complete:
        behind = f"the index has still to follow {state.sequence - state.position.embedded:,} changes"
        yield Finding(Verdict.WORTH_A_LOOK, behind, "aika sync, or aika serve, goes on with it")
    elif chunks != indexed:
        text = f"the index holds {indexed:,} chunks, the database {chunks:,}"
        yield Finding(Verdict.WRONG, text, "aika index rebuild")
    else:
        yield Finding(Verdict.GOOD, f"the index holds all {chunks:,} chunks")
    for source in await aika.source_states(scope=UNRESTRICTED):
        report = source.last_sync
        name = source.source.id
        if report is None:
            yield Finding(Verdict.WORTH_A_LOOK, f"source {name} was never synced", f"aika sync {name}")
        elif report.message:
            yield Finding(Verdict.WORTH_A_LOOK, f"source {name}: {report.message}")
        if report is not None and report.failed:
            text = f"source {name}: {report.failed:,} documents could not be read"
            yield Finding(Verdict.WORTH_A_LOOK, text, f"aika sources {name}")
    if aika.settings.model.name is None and aika.settings.model.base_url is None:
        yield Finding(Verdict.GOOD, "no language model is configured: answers are sentences of your documents")
