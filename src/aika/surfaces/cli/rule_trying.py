"""Gathers questions, asks them under two sets of ranking rules, and sums up."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml
from pydantic import JsonValue
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from aika.application.rule_collection import open_collection_bench
from aika.application.rule_trial import Change, Moved, proposed_rules
from aika.application.rules import all_rules, load_rules, read_rules_file
from aika.client import AsyncAikaClient
from aika.client.rule_models import RuleChangeView, RuleTestRequest
from aika.domain.errors import InvalidRequestError
from aika.domain.rules import RankingRule
from aika.evaluation.collections import Topic, load_collection
from aika.settings import load_settings, load_sources
from aika.surfaces.cli.connecting import connect

_AT_ONCE = 10
"""Questions in one request: few enough for it to end long before anybody's time is up."""
_MOST_CONVERSATIONS = 50


@dataclass(frozen=True, slots=True)
class Trial:
    """What two sets of rules do to questions."""

    questions: int
    changes: tuple[Change, ...]
    judged: int = 0
    """Questions with judgments, over which nDCG@10 is taken."""
    ndcg_before: float = 0.0
    ndcg_after: float = 0.0

    def as_json(self) -> dict[str, object]:
        return asdict(self)


async def kept_questions(folder: Path, *, file: Path | None, questions: Path | None) -> Trial:
    """Ask the server, or the application opened here, as whoever the caller is."""
    rules = None if file is None else _written(file)
    changes: list[Change] = []
    async with connect(folder) as client:
        texts = await _kept(client) if questions is None else read_questions(questions)
        if not texts:
            raise InvalidRequestError("there is no question to ask: name a file with --questions")
        with _bar() as progress:
            for start in range(0, len(texts), _AT_ONCE):
                some = texts[start : start + _AT_ONCE]
                request = RuleTestRequest(questions=some, rules=rules, file=None if file is None else file.name)
                changes += [_change(view) for view in (await client.try_rules(request)).changes]
                progress("asking", start + len(some), len(texts))
    return Trial(len(texts), tuple(changes))


async def on_collection(folder: Path, collection: Path, *, file: Path | None, questions: Path | None) -> Trial:
    """Ask a test collection's topics, or other questions of its documents. Its documents' metadata are their attributes."""
    settings = load_settings(folder)
    loaded = load_collection(collection, with_attributes=True)
    topics: Sequence[Topic] = loaded.topics
    if questions is not None:
        topics = [Topic(f"question {number}", text) for number, text in enumerate(read_questions(questions), start=1)]
    sources, _ = load_sources(settings)
    current = all_rules(load_rules(settings).rules, sources)
    before: Sequence[RankingRule] = ()
    after = current
    if file is not None:
        before, after = current, proposed_rules(current, read_rules_file(file), file=file.name)
    with _bar() as progress:
        async with open_collection_bench(settings, loaded, progress=progress) as bench:
            trial = await bench.compare(before, after, topics, progress)
    return Trial(trial.topics, trial.changes, trial.judged, trial.ndcg_before, trial.ndcg_after)


def read_questions(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequestError(f"{path} cannot be read: {error}") from error
    return list(dict.fromkeys(line.strip() for line in lines if line.strip() and not line.startswith("#")))


def _written(file: Path) -> list[dict[str, JsonValue]]:
    """Return the rules as the file has them, once it is known to be right."""
    read_rules_file(file)
    rules: list[dict[str, JsonValue]] = yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]
    return rules


async def _kept(client: AsyncAikaClient) -> list[str]:
    """Return the questions of the caller's latest conversations, as they stand alone. Nobody sees anybody else's."""
    texts: dict[str, None] = {}
    for summary in (await client.conversations()).conversations[:_MOST_CONVERSATIONS]:
        for turn in (await client.conversation(summary.id)).turns:
            texts.setdefault(turn.completion.question or turn.question)
    return [text for text in texts if text.strip()]


def _change(view: RuleChangeView) -> Change:
    moved = tuple(
        Moved(
            source=move.source,
            key=move.key,
            title=move.title,
            rank_before=move.rank_before,
            rank_after=move.rank_after,
            score_before=move.score_before,
            score_after=move.score_after,
            reasons=tuple(move.reasons),
        )
        for move in view.moved
    )
    return Change(view.question, moved, view.citation_before, view.citation_after)


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bars: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:

        def show(what: str, done: int, total: int) -> None:
            if what not in bars:
                bars[what] = progress.add_task(what, total=total)
            progress.update(bars[what], completed=done, total=total)

        yield show
