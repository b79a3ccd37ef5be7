"""``/v1/assistants/form``, ``check`` and ``try``: an assistant while somebody writes it, and its YAML."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from aika.application.aika import Aika
from aika.assistants.at_once import AnswersAtOnce
from aika.assistants.conversing import Question
from aika.assistants.drafting import Effect, changed_id, doubts, draft_assistant, effect_of
from aika.assistants.library import Entry
from aika.client.assistant_draft_models import (
    AssistantCheckReply,
    AssistantCheckRequest,
    AssistantFormView,
    AssistantTryEvent,
    AssistantTryReply,
    AssistantTryRequest,
    ChoosableSourceView,
    CountedView,
    DraftProblemView,
    EffectEvent,
    FilterEffectView,
    SourceEffectView,
)
from aika.client.conversation_models import CompletedEvent, DeltaEvent, FailedEvent, RetrievedEvent
from aika.client.models import Problem
from aika.domain.access import EVERYONE, Scope
from aika.domain.answers import Abstention, Answer, Retrieved, TextDelta
from aika.domain.assistants import may_edit
from aika.domain.conversations import Conversation
from aika.domain.errors import AccessDeniedError, AikaError, InvalidRequestError
from aika.domain.identifiers import AssistantId, SourceId
from aika.domain.queries import Message, Role
from aika.forms.assistant_drafts import DraftProblem, change_draft, read_draft, revise_draft, write_draft
from aika.forms.assistants import AssistantForm
from aika.surfaces.api.assistants import knowledge_view, visible_sources
from aika.surfaces.api.callers import Caller, TheAika, TheCaller
from aika.surfaces.api.chat import outcome_of
from aika.surfaces.api.problems import RESPONSES, TOO_MANY, problem_of
from aika.surfaces.api.streaming import EVENT_STREAM, STREAM_HEADERS
from aika.surfaces.api.views import completion_of, hit_view, summary_of

logger = logging.getLogger(__name__)

router = APIRouter(tags=["assistants"], responses=RESPONSES)

_YAML = "application/yaml"
_NO_MATTER = frozenset({"name", "owner", "visibility", "groups"})
"""What says whose an assistant is and what it is called: a draft is its writer's, whatever these say."""
_SHOWN = 300
"""Values of one kind that a form offers."""
_TRY_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The outcome; with `stream`, server-sent events whose data is an `AssistantTryEvent` each.",
        "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
    },
    **TOO_MANY,
}
_YAML_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {_YAML: {"schema": {"type": "string"}}}}
}


@dataclass(frozen=True, slots=True)
class _Trial:
    """A question to a draft, ready to be asked."""

    conversation: Conversation
    question: Question
    effect: FilterEffectView


@router.get("/v1/assistants/form")
async def assistant_form(aika: TheAika, caller: TheCaller) -> AssistantFormView:
    """Return what the caller can choose from: what the documents have that they may read, and whom they may share with."""
    counts = await aika.database.catalogue.counts(scope=caller.scope)
    values = await aika.database.facets.counts(scope=caller.scope)
    purposes = {name: source.purpose for name, source in aika.sources.items()}
    groups = sorted(one for one in caller.asker.shared if one != EVERYONE and one.startswith("group:"))
    return AssistantFormView(
        sources=[
            ChoosableSourceView(id=name, purpose=purposes.get(name, ""), documents=count.documents)
            for name, count in sorted(counts.items())
        ],
        kinds=_counted(values.get("kind", {})),
        owners=_counted(values.get("owner", {})),
        tags=_counted(values.get("tag", {})),
        status=_counted(values.get("status", {})),
        audience=_counted(values.get("audience", {})),
        models=sorted(aika.settings.models),
        me=caller.asker.owner,
        groups=groups,
        anyone=caller.asker.admin,
    )


@router.post("/v1/assistants/check")
async def check_assistant(request: AssistantCheckRequest, aika: TheAika, caller: TheCaller) -> AssistantCheckReply:
    """Write changes into a draft, say by line and field what is wrong with it, and what its filter comes to."""
    changed = await changed_id(aika.assistants, request.id, caller.asker)
    draft = await asyncio.to_thread(lambda: read_draft(change_draft(request.yaml, request.changes)))
    sources = await visible_sources(aika, caller)
    problems = [*draft.problems, *await doubts(draft, aika.assistants, caller.asker, sources=sources, id=changed)]
    effect = knowledge = None
    if draft.form is not None:
        selection = draft.form.knowledge.selection()
        found = await _effect(aika, caller, caller.scope.narrowed(selection=selection))
        effect, knowledge = _effect_view(found, topic=False), knowledge_view(selection, sources)
    return AssistantCheckReply(
        yaml=draft.text,
        values=draft.values,
        unreadable=list(draft.unreadable),
        problems=[_problem_view(problem) for problem in problems],
        valid=draft.form is not None and all(problem.doubt for problem in problems),
        effect=effect,
        knowledge=knowledge,
    )


@router.post("/v1/assistants/try", response_model=AssistantTryReply, responses=_TRY_RESPONSES)
async def try_assistant(request: AssistantTryRequest, aika: TheAika, caller: TheCaller) -> Any:
    """Ask a draft as if it were saved, for the caller alone. Nothing is kept, and it can be told of nobody else's."""
    with aika.under_way.at_once.place(caller.person):
        trial = await _trial(request, aika, caller)
        if request.stream:
            events = _encoded(_in_place(_events(aika, trial), aika.under_way.at_once, caller))
            return StreamingResponse(events, media_type=EVENT_STREAM, headers=STREAM_HEADERS)
        outcome = await outcome_of(aika.conversing.ask(trial.conversation, trial.question))
    return AssistantTryReply(effect=trial.effect, completion=completion_of(outcome, trial.conversation.id))


@router.get("/v1/assistants/{id}/yaml", response_class=Response, responses=_YAML_RESPONSES)
async def assistant_yaml(id: str, aika: TheAika, caller: TheCaller) -> Response:
    """Return an assistant as a file, as it would stand in `assistants/`. For those who may change it."""
    entry = await aika.assistants.entry(AssistantId(id), caller.asker)
    if not may_edit(entry.assistant, caller.asker):
        raise AccessDeniedError(
            f"how the assistant {entry.assistant.name!r} is written is shown to those who may change it"
        )
    text = await asyncio.to_thread(_file_of, entry)
    headers = {"Content-Disposition": f'attachment; filename="{_file_name(entry)}"', "Cache-Control": "no-store"}
    return Response(text, media_type=_YAML, headers=headers)


async def _trial(request: AssistantTryRequest, aika: Aika, caller: Caller) -> _Trial:
    limit = aika.settings.server.max_question_chars
    if len(request.question) > limit:
        raise InvalidRequestError(f"the question has {len(request.question):,} characters; at most {limit:,} are taken")
    assistant = draft_assistant(await _asked_form(request.yaml, aika, caller), caller.asker)
    question = Question(
        text=request.question,
        scope=caller.scope,
        owner=caller.owner,
        reads=caller.scope,
        history=tuple(Message(Role(message.role), message.content) for message in request.history),
        keep=False,
        assistant=assistant,
    )
    narrowed = await aika.conversing.narrowing.narrowed(caller.scope, assistant)
    effect = _effect_view(await _effect(aika, caller, narrowed), topic=assistant.topic is not None)
    return _Trial(await aika.conversing.begin(question), question, effect)


async def _asked_form(text: str, aika: Aika, caller: Caller) -> AssistantForm:
    """Return what a draft asks. Raises `InvalidRequestError` for one that is wrong, other than in whose it would be."""
    draft = await asyncio.to_thread(read_draft, text)
    sources = await visible_sources(aika, caller)
    problems = [*draft.problems, *await doubts(draft, aika.assistants, caller.asker, sources=sources, id=None)]
    wrong = [one for one in problems if not one.doubt and (not one.place or one.place[0] not in _NO_MATTER)]
    if wrong:
        raise InvalidRequestError("; ".join(map(_in_words, wrong)))
    return AssistantForm.model_validate({key: value for key, value in draft.values.items() if key not in _NO_MATTER})


async def _in_place(
    events: AsyncIterator[AssistantTryEvent], at_once: AnswersAtOnce, caller: Caller
) -> AsyncIterator[AssistantTryEvent]:
    """Take a place while a draft answers. A response that is never sent takes none."""
    with at_once.place_anyway(caller.person):
        async for event in events:
            yield event


async def _events(aika: Aika, trial: _Trial) -> AsyncIterator[AssistantTryEvent]:
    yield EffectEvent(effect=trial.effect)
    conversation = trial.conversation.id
    try:
        async for event in aika.conversing.ask(trial.conversation, trial.question):
            match event:
                case Retrieved(hits, asked):
                    yield RetrievedEvent(
                        conversation_id=conversation, question=asked, hits=[hit_view(hit) for hit in hits]
                    )
                case TextDelta(text, anew):
                    yield DeltaEvent(text=text, anew=anew)
                case Answer() | Abstention():
                    yield CompletedEvent(completion=completion_of(event, conversation))
    except AikaError as error:
        yield FailedEvent(problem=problem_of(error))
    except Exception:
        # The status line is already sent: the stream's last event is the only way left to say that it failed.
        logger.exception("a streamed answer of a draft failed")
        detail = "aika failed on this request. The reason is in the server's log; please report it."
        yield FailedEvent(problem=Problem(title="Internal error", status=500, detail=detail))


async def _encoded(events: AsyncIterator[AssistantTryEvent]) -> AsyncIterator[str]:
    async for event in events:
        yield f"event: {event.type}\ndata: {event.model_dump_json()}\n\n"


async def _effect(aika: Aika, caller: Caller, narrowed: Scope) -> Effect:
    return await effect_of(aika.database.catalogue, readable=caller.scope, narrowed=narrowed)


def _effect_view(effect: Effect, *, topic: bool) -> FilterEffectView:
    return FilterEffectView(
        documents=effect.documents,
        readable=effect.readable,
        sources=[
            SourceEffectView(id=SourceId(one.source), documents=one.documents, readable=one.readable)
            for one in effect.sources
        ],
        sample=[summary_of(document) for document in effect.sample],
        topic=topic,
    )


def _counted(values: Mapping[str, int]) -> list[CountedView]:
    return [CountedView(value=value, documents=count) for value, count in list(values.items())[:_SHOWN]]


def _problem_view(problem: DraftProblem) -> DraftProblemView:
    return DraftProblemView(place=list(problem.place), message=problem.message, line=problem.line, doubt=problem.doubt)


def _in_words(problem: DraftProblem) -> str:
    line = "" if problem.line is None else f"line {problem.line}: "
    place = ".".join(map(str, problem.place))
    return f"{line}{place}: {problem.message}" if place else f"{line}{problem.message}"


def _file_of(entry: Entry) -> str:
    """Return the file of one that has a file, as it is there, and of another one the file that it would be.

    Comments of what its maker wrote stay where what they are about is the same.
    """
    path = entry.assistant.declared_in
    if path is not None:
        try:
            return Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            pass  # gone or broken since: what it was is still known
    written = json.loads(entry.form.model_dump_json(exclude_unset=True))
    values = {"name": entry.assistant.name, **written}
    return write_draft(values) if entry.text is None else revise_draft(entry.text, values)


def _file_name(entry: Entry) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", entry.assistant.name.lower()).strip("-")
    return f"{plain or 'assistant'}.yaml"
