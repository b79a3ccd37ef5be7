"""Making test collections: by hand, by drafting from documents, from questions whose answers helped."""

import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.prompt import Prompt
from rich.text import Text

from aika.application.evaluation import open_settings_model
from aika.application.evaluation_inputs import deployed
from aika.application.wiring import build_intake
from aika.client import SearchRequest
from aika.client.models import HitView
from aika.domain.access import Scope
from aika.domain.documents import Document
from aika.domain.errors import ConfigurationError
from aika.evaluation.collections import FOLDER, find_collection, load_collection
from aika.evaluation.drafting import draft_topics
from aika.evaluation.editing import accept, add_topics, drop, new_collection
from aika.evaluation.harvesting import WITHHELD, harvest, personal
from aika.evaluation.model_drafting import propose
from aika.evaluation.retrieval import parse_collection
from aika.evaluation.topic_files import read_form
from aika.evaluation.topics import TestCollection
from aika.forms.collections import OriginForm, RelevantForm, State, TestTopicForm
from aika.protocols import Entry
from aika.settings import load_settings
from aika.surfaces.cli.connecting import connect
from aika.surfaces.cli.measuring import bars

_HITS_SHOWN = 8
_TEXT_SHOWN = 200
_HARVESTED_AT_MOST = 500

console = Console()


def new(name: str, *, folder: Path, description: str, sources: Sequence[str]) -> None:
    """Write an empty collection and say what to do next."""
    path = folder / FOLDER / f"{name}.yaml"
    new_collection(path, description=description, sources=sources)
    console.print(f"Wrote {path}. Next: aika eval add {name}, aika eval draft {name}, or an editor.", highlight=False)


async def add(name: Path, questions: Sequence[str], *, folder: Path) -> None:
    """Ask for questions, or take those given, and show the hits of each to choose from."""
    path = _file(name, folder)
    asked = list(questions)
    async with connect(folder) as client:
        while True:
            question = (
                asked.pop(0) if asked else ("" if questions else Prompt.ask("Question (empty to stop)", default=""))
            )
            if not question.strip():
                return
            reply = await client.search(SearchRequest(query=question, k=_HITS_SHOWN * 3))
            hits = list({(hit.document.source, hit.document.key): hit for hit in reply.hits}.values())[:_HITS_SHOWN]
            topic = _chosen(question, hits)
            if topic is not None:
                _add(path, [topic])


async def draft(name: Path, *, folder: Path, sources: Sequence[str], n: int, use_model: bool) -> None:
    """Draft topics from documents and write them as drafts."""
    path = _file(name, folder)
    settings = load_settings(folder)
    collection = load_collection(path)
    async with AsyncExitStack() as stack:
        with bars(Console(stderr=True)) as progress:
            if collection.deployed:
                there = await stack.enter_async_context(deployed(settings))
                entries = await there.entries(collection)
            else:
                entries, _ = await parse_collection(collection, build_intake(), progress=progress)
            wanted = [entry for entry in entries if not sources or entry.document.source in sources]
            _refuse_none(wanted, sources)
            model = await stack.enter_async_context(open_settings_model(settings)) if use_model else None
            more, unusable = ([], 0) if model is None else await propose(model, wanted, n=n, progress=progress)
    known = [topic.question for topic in read_form(path).topics]
    drafts = draft_topics(wanted, n=n, name=lambda document: _named(collection, document), known=known, more=more)
    added = add_topics(path, drafts)
    for topic in added:
        console.print(Text(f"  {topic.question}  ({topic.relevant[0].document})"))
    if unusable:
        console.print(f"{unusable} proposals of the language model were not usable.")
    console.print(f"Wrote {len(added)} drafts to {path}. They count when you accept them: aika eval review {path.stem}")


def review(name: Path, *, folder: Path, accept_all: bool) -> None:
    """Show every draft and let a person decide."""
    path = _file(name, folder)
    drafts = [topic for topic in read_form(path).topics if topic.state is State.DRAFT]
    if accept_all:
        accept(path, [topic.key for topic in drafts])
        console.print(f"{len(drafts)} topics count from now on.")
        return
    for number, topic in enumerate(drafts, start=1):
        _show(topic, f"{number} of {len(drafts)}")
        said = Prompt.ask("(a)ccept, (e)dit the question, (d)rop, (s)kip, (q)uit", choices=list("aedsq"), default="s")
        if said == "q":
            return
        _decide(path, topic, said)


async def take(name: Path, *, folder: Path) -> None:
    """Show every question whose answer helped, and add those that a person takes."""
    path = _file(name, folder)
    known = [topic.question for topic in read_form(path).topics]
    async with deployed(load_settings(folder)) as there:
        answers = await there.database.rated.helpful(limit=_HARVESTED_AT_MOST, withheld=WITHHELD)
        cited = {citation.document.id for answer in answers for citation in answer.citations}
        public = await there.database.catalogue.admitted(cited, scope=Scope.of(()))
        found = harvest(answers, public=public, known=known)
    console.print(f"{len(found.topics)} questions had an answer that whoever asked found helpful.")
    if found.restricted:
        console.print(
            f"{found.restricted} more were answered from documents that not everybody may read, and stay where they are."
        )
    for number, topic in enumerate(found.topics, start=1):
        _show(topic, f"{number} of {len(found.topics)}")
        for word in personal(topic.question):
            console.print(
                f"[yellow]This may tell who asked or reach somebody:[/yellow] {escape(word)}", highlight=False
            )
        said = Prompt.ask("(t)ake, (e)dit the question, (s)kip, (q)uit", choices=list("tesq"), default="s")
        if said == "q":
            return
        if said == "e":
            topic = topic.model_copy(update={"question": Prompt.ask("Question", default=topic.question)})  # noqa: PLW2901 - it replaces it
        if said in {"t", "e"}:
            _add(path, [topic])


async def check(name: Path, *, folder: Path) -> bool:
    """Say what a collection has and what is wrong with it. Return whether nothing is."""
    settings = load_settings(folder)
    place = find_collection(name, beside=settings.base_dir)
    collection = load_collection(place)
    if collection.deployed:
        async with deployed(settings) as there:
            collection = await there.prepared(collection, await there.entries(collection))
    answerable = [topic for topic in collection.topics if topic.answerable]
    unjudged = len(answerable) - len(collection.judged_topics)
    console.print(
        f"{collection.name}: {len(collection.topics)} topics, {len(collection.topics) - len(answerable)} unanswerable"
    )
    if unjudged:
        console.print(f"{unjudged} answerable topics have no relevant document: only answers are measured on them.")
    for note in collection.notes:
        console.print(Text(note))
    wrong = [note for note in collection.notes if "not there" in note or "not in the corpus" in note]
    return not wrong


def _file(name: Path, folder: Path) -> Path:
    path = find_collection(name, beside=folder)
    if path.suffix not in {".yaml", ".yml"}:
        raise ConfigurationError(f"{path} is not a YAML collection: topics are added to those only")
    return path


def _refuse_none(entries: Sequence[Entry], sources: Sequence[str]) -> None:
    if not entries:
        raise ConfigurationError(
            f"there is no document of {', '.join(sources) or 'any source'}: `aika sources` lists them"
        )


def _named(collection: TestCollection, document: Document) -> str:
    return collection.judged_document(document) if collection.deployed else document.key


def _chosen(question: str, hits: Sequence[HitView]) -> TestTopicForm | None:
    """Show hits and return the topic that a person makes of them, ``None`` where they skip it."""
    console.print(Text(f"\n{question}", style="bold"))
    for number, hit in enumerate(hits, start=1):
        console.print(Text(f" {number}. {hit.document.title}  ({hit.document.source}/{hit.document.key})"))
        console.print(Text(f"    {' '.join(hit.text.split())[:_TEXT_SHOWN]}", style="dim"))
    while True:
        said = Prompt.ask(
            "Which answer it (best first: 1,3; names as SOURCE/KEY)? (n)othing does, (s)kip", default="s"
        ).strip()
        if said == "s":
            return None
        origin = OriginForm(made="by hand")
        if said == "n":
            return TestTopicForm(question=question, answerable=False, origin=origin)
        names = [_picked(part.strip(), hits) for part in said.split(",") if part.strip()]
        if names and all(names):
            facts = Prompt.ask("Facts that a good answer has, with ; between (may be empty)", default="")
            return TestTopicForm(
                question=question,
                relevant=[RelevantForm(document=document, grade=2) for document in names],
                nuggets=[fact.strip() for fact in facts.split(";") if fact.strip()],
                origin=origin,
            )
        console.print("Write numbers of the list, or SOURCE/KEY.")


def _picked(part: str, hits: Sequence[HitView]) -> str | None:
    if part.isdigit():
        place = int(part) - 1
        return f"{hits[place].document.source}/{hits[place].document.key}" if 0 <= place < len(hits) else None
    return part if "/" in part else None


def _decide(path: Path, topic: TestTopicForm, said: str) -> None:
    if said == "a":
        accept(path, [topic.key])
    elif said == "d":
        drop(path, [topic.key])
    elif said == "e":
        question = Prompt.ask("Question", default=topic.question)
        drop(path, [topic.key])
        _add(path, [topic.model_copy(update={"question": question, "id": None, "state": State.ACCEPTED})])


def _add(path: Path, topics: Sequence[TestTopicForm]) -> None:
    added = add_topics(path, topics)
    console.print(f"Added to {path}." if added else f"{path} has that question already.", highlight=False)


def _show(topic: TestTopicForm, place: str) -> None:
    console.print(Text(f"\n{place}: {topic.question}", style="bold"))
    for relevant in topic.relevant:
        console.print(Text(f"  answered by {relevant.document or relevant.url}"))
    for nugget in topic.nuggets:
        console.print(Text(f"  a good answer has: {nugget}"))
    if topic.origin is not None:
        console.print(Text(f"  {topic.origin.made}: {topic.origin.passage or ''}", style="dim"))
    sys.stdout.flush()
