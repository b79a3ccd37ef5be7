"""Replays a goalie on the past of its channel, with knowledge of choice."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from aika.application.aika import SystemClock
from aika.application.channel_history import ExportedChannel
from aika.application.evaluation_inputs import configuration_of
from aika.application.goalie_asking import (
    PastAsking,
    asking_of_deployment,
    asking_of_documents,
    documents_of_folder,
    documents_of_past,
    middle_of,
)
from aika.application.goalie_replays import keep_replay
from aika.domain.access import EVERYONE, Scope
from aika.domain.goalies import Goalie, Listeners
from aika.goalie.agreement import AgreementMeter, shipped_model
from aika.goalie.likeness import Likeness, Rarity, sample_of
from aika.goalie.questions import QuestionJudge
from aika.goalie.replay import Past, Replay, ReplayOptions, ReplayResult
from aika.goalie.replay_kept import ReplayAbout, kept_of
from aika.goalie.replay_records import Progress, RecordsInFile
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.settings import Settings

CURRENT, OLDER = "current", "older"
_MOST_TEXTS = 20_000
ANYBODY = Listeners(Scope.of(()), (frozenset({EVERYONE}),))
"""Who reads only what everyone in the company may."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be replayed."""

    goalie: Goalie
    channel: ExportedChannel
    knowledge: str = CURRENT
    """``current``: what is synced, ``older``: the older half of the channel, else a folder of documents."""
    days: int | None = None
    """Only the last days of the channel; ``None``: all of it."""
    limit: int | None = None
    seed: int = 0
    listeners: Listeners = ANYBODY
    """Who reads the channel."""
    fresh: bool = False
    """Whether what an earlier run found is forgotten."""


async def replay(settings: Settings, wanted: Wanted, *, progress: Progress) -> ReplayResult:
    """Ask the questions of a channel's past again. Raises `ConfigurationError` where there is nothing to ask of.

    What was found is kept in the data directory, so that the same replay goes on where it was stopped; and what it comes to,
    without anybody's words, so that thresholds can be chosen on it in the web app.
    """
    since = _since(wanted)
    analyzer = TechnicalAnalyzer()
    texts = [message.text for message in wanted.channel.messages]
    async with _opened(settings, wanted, since, progress) as (asking, scope):
        likeness = Likeness(analyzer, asking.embedder, Rarity(analyzer, sample_of(texts, _MOST_TEXTS)))
        running = Replay(
            QuestionJudge(),
            asking.ask,
            AgreementMeter(likeness, shipped_model()),
            scope,
            RecordsInFile(_records(settings, wanted, asking, scope)),
            asking.newer,
        )
        past = Past(wanted.channel.messages, wanted.channel.threads)
        options = ReplayOptions(since=since, limit=wanted.limit, seed=wanted.seed)
        result = await running.run(wanted.goalie, past, options, progress=progress)
    about = ReplayAbout(wanted.channel.name, wanted.knowledge, wanted.days, wanted.limit, SystemClock().now())
    keep_replay(settings, kept_of(result, about))
    return result


@asynccontextmanager
async def _opened(
    settings: Settings, wanted: Wanted, since: datetime | None, progress: Progress
) -> AsyncIterator[tuple[PastAsking, Scope]]:
    if wanted.knowledge == CURRENT:
        opening = asking_of_deployment(settings, wanted.goalie, wanted.listeners, progress=progress)
        async with opening as (asking, scope):
            yield asking, scope
        return
    if wanted.knowledge == OLDER:
        documents = documents_of_past(wanted.channel, before=since or middle_of(wanted.channel))
    else:
        documents = documents_of_folder(Path(wanted.knowledge))
    async with asking_of_documents(settings, documents, progress=progress) as asking:
        # A filter of the goalie's file is made for the deployment's sources, which these documents are none of.
        yield asking, asking.scope


def _since(wanted: Wanted) -> datetime | None:
    """Return from when on questions are asked. Where the older half is the knowledge, that is all that may be known."""
    middle = middle_of(wanted.channel) if wanted.knowledge == OLDER else None
    if wanted.days is None:
        return middle
    last = max(message.written_at for message in wanted.channel.messages)
    begin = last - timedelta(days=wanted.days)
    return begin if middle is None else max(begin, middle)


def _records(settings: Settings, wanted: Wanted, asking: PastAsking, scope: Scope) -> Path:
    """Return where this very replay keeps what it found: another knowledge, goalie or configuration has another place."""
    goalie = replace(wanted.goalie, medium=0.0, high=1.0)  # thresholds change what is counted, not what is asked
    said = (
        goalie,
        wanted.channel.id,
        wanted.knowledge,
        asking.documents,
        scope,
        configuration_of(settings).fingerprint,
    )
    digest = hashlib.blake2b(json.dumps(_plain(said)).encode(), digest_size=8).hexdigest()
    place = settings.data_path / "goalie" / "replays" / f"{wanted.goalie.id}-{digest}.jsonl"
    if wanted.fresh:
        place.unlink(missing_ok=True)
    return place


def _plain(value: object) -> object:
    """Return a value as JSON has it, equal for equal values: sets have no order of their own."""
    if is_dataclass(value) and not isinstance(value, type):
        return [_plain(getattr(value, each.name)) for each in fields(value)]
    if isinstance(value, Mapping):
        return sorted(([_plain(key), _plain(inner)] for key, inner in value.items()), key=str)
    if isinstance(value, frozenset | set):
        return sorted((_plain(inner) for inner in value), key=str)
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, int | float | str | None) else str(value)
