"""How each endpoint is asked. An endpoint that is missing here is a finding, so that a new one cannot be forgotten."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any
from uuid import uuid4

from aika.testing.leaks.asking import Asker, Told, Visit
from aika.testing.leaks.assistant_visits import ASSISTANT_VISITS
from aika.testing.leaks.company import CanaryDocument
from aika.testing.leaks.goalie_visits import GOALIE_VISITS
from aika.testing.leaks.health_visits import HEALTH_VISITS
from aika.testing.leaks.measure_visits import MEASURE_VISITS
from aika.testing.leaks.source_visits import SOURCE_VISITS
from aika.testing.leaks.speaking import PUBLIC_ASSISTANT
from aika.testing.leaks.talk_visits import TALK_VISITS

VISITS: dict[str, Visit] = {
    **HEALTH_VISITS,
    **GOALIE_VISITS,
    **MEASURE_VISITS,
    **SOURCE_VISITS,
    **ASSISTANT_VISITS,
    **TALK_VISITS,
}
"""By method and path, as the API's description has them."""


def unvisited(description: Mapping[str, Any]) -> list[str]:
    """Return the endpoints of an API's description that the suite does not visit."""
    methods = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
    there = {f"{m.upper()} {path}" for path, found in description["paths"].items() for m in found if m in methods}
    return sorted(there - VISITS.keys())


def visits(endpoint: str) -> Callable[[Visit], Visit]:
    def remember(visit: Visit) -> Visit:
        VISITS[endpoint] = visit
        return visit

    return remember


def _asked(document: CanaryDocument, **more: object) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": document.question}], **more}


@visits("POST /v1/search")
async def _search(asker: Asker) -> AsyncIterator[Told]:
    for document in asker.documents:
        for text in (document.question, document.word, document.title):
            body = {"query": text, "k": 50, "explain": True}
            yield await asker.ask("POST /v1/search", json=body, said=text)
        through = {"query": document.question, "assistant": PUBLIC_ASSISTANT, "k": 50, "explain": True}
        yield await asker.ask("POST /v1/search", json=through)
    for number, document in enumerate(asker.documents):
        yield await _narrowed_search(asker, number, document)
    source = {"query": asker.documents[0].question, "sources": [asker.deployment.source]}
    yield await asker.ask("POST /v1/search", json=source)
    async for told in asker.named("POST /v1/search", lambda wanted: {"query": "plan", "assistant": wanted}):
        yield told


async def _narrowed_search(asker: Asker, number: int, document: CanaryDocument) -> Told:
    """Search with a filter that one document passes, and with one that none does."""
    replies: list[Told] = []
    for only in (_filters(document)[number % 4], _filters(None)[number % 4]):
        body = {"query": document.question, "k": 50, "explain": True, "filter": only}
        said = " ".join(value for values in only.values() for value in values)
        replies.append(await asker.ask("POST /v1/search", json=body, said=said))
    here, nowhere = replies
    return Told(here.endpoint, here.reply, here.said, nowhere.reply, nowhere.said, only=document)


def _filters(document: CanaryDocument | None) -> list[dict[str, list[str]]]:
    """Return filters that only this document passes, or for ``None`` none at all."""
    nothing = str(uuid4())
    owner, tag, key = (nothing,) * 3 if document is None else (document.owner, document.tag, document.key)
    return [{"owners": [owner]}, {"tags": [tag]}, {"paths": [key]}, {"paths": [f"**/{key.rpartition('/')[2]}"]}]


@visits("GET /v1/search")
async def _search_by_link(asker: Asker) -> AsyncIterator[Told]:
    for document in asker.documents:
        yield await asker.ask("GET /v1/search?q={q}&k=100", q=document.question)


@visits("POST /v1/chat/complete")
async def _complete(asker: Asker) -> AsyncIterator[Told]:
    for number, document in enumerate(asker.documents):
        streamed = bool(number % 2)
        yield await asker.ask("POST /v1/chat/complete", json=_asked(document, stream=streamed, store=False))
        if streamed:
            through = _asked(document, assistant=PUBLIC_ASSISTANT, store=False)
            yield await asker.ask("POST /v1/chat/complete", json=through)
            only = _filters(document)[number % 4]
            said = " ".join(value for values in only.values() for value in values)
            narrowed = _asked(document, filter=only, store=False)
            yield await asker.ask("POST /v1/chat/complete", json=narrowed, said=said)
    async for told in asker.named(
        "POST /v1/chat/complete", lambda wanted: _asked(asker.documents[0], assistant=wanted, store=False)
    ):
        yield told
    for theirs in asker.conversations:
        told, other = [
            await asker.ask("POST /v1/chat/complete", json=_asked(asker.documents[0], conversation_id=one), said=one)
            for one in (theirs, str(uuid4()))
        ]
        yield Told(told.endpoint, told.reply, told.said, other.reply, other.said)


@visits("POST /v1/chat/completions")
async def _completions(asker: Asker) -> AsyncIterator[Told]:
    for number, document in enumerate(asker.documents):
        streamed = not number % 2
        yield await asker.ask("POST /v1/chat/completions", json=_asked(document, stream=streamed))
    async for told in asker.named(
        "POST /v1/chat/completions", lambda wanted: _asked(asker.documents[0], model=f"aika/{wanted}")
    ):
        yield told


@visits("GET /v1/assistants")
async def _assistants(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/assistants")
    yield await asker.ask("GET /v1/assistants?manageable=true")


@visits("POST /v1/assistants")
async def _assistant_made(asker: Asker) -> AsyncIterator[Told]:
    # Of these names nothing may come, so that nothing is left behind.
    for one in asker.assistants:
        yield await asker.ask("POST /v1/assistants", json={"name": one.name, "model": "none"}, said=one.name)
        owner = {"name": one.name, "owner": f"user:{one.person}"}
        yield await asker.ask("POST /v1/assistants", json=owner, said=f"{one.name} {one.person}")


@visits("GET /v1/assistants/{id}")
async def _assistant(asker: Asker) -> AsyncIterator[Told]:
    for told in _assistants_of_others(asker):
        yield await asker.compared("GET /v1/assistants/{id}", *told)


@visits("PUT /v1/assistants/{id}")
async def _assistant_changed(asker: Asker) -> AsyncIterator[Told]:
    for told in _assistants_of_others(asker):
        for match in ('"1"', '"9"'):
            yield await asker.compared("PUT /v1/assistants/{id}", *told, json={"name": "mine"}, match=match)


@visits("DELETE /v1/assistants/{id}")
async def _assistant_deleted(asker: Asker) -> AsyncIterator[Told]:
    for told in _assistants_of_others(asker):
        for match in ('"9"', '"1"'):
            yield await asker.compared("DELETE /v1/assistants/{id}", *told, match=match)


@visits("GET /v1/models")
async def _models(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/models")


@visits("GET /v1/documents/{id}")
async def _document(asker: Asker) -> AsyncIterator[Told]:
    for document in asker.documents:
        here = {"id": asker.deployment.ids[document.key]}
        yield await asker.compared("GET /v1/documents/{id}", here, {"id": str(uuid4())})


@visits("GET /v1/sources")
async def _sources(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/sources")


@visits("GET /v1/sources/{id}")
async def _source(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.compared("GET /v1/sources/{id}", {"id": asker.deployment.source}, {"id": "leak-audit-nowhere"})


@visits("POST /v1/sources/{id}/sync")
async def _sync(asker: Asker) -> AsyncIterator[Told]:
    here, nowhere = {"id": asker.deployment.source}, {"id": "leak-audit-nowhere"}
    yield await asker.compared("POST /v1/sources/{id}/sync", here, nowhere)


@visits("POST /v1/hooks/{id}")
async def _hook(asker: Asker) -> AsyncIterator[Told]:
    here, nowhere = {"id": asker.deployment.source}, {"id": "leak-audit-nowhere"}
    yield await asker.compared("POST /v1/hooks/{id}", here, nowhere, json={})


@visits("PUT /v1/sources/{id}/documents/{key}")
async def _put(asker: Asker) -> AsyncIterator[Told]:
    for told in _keys(asker):
        yield await asker.compared("PUT /v1/sources/{id}/documents/{key}", *told, json={"text": "Overwritten."})


@visits("DELETE /v1/sources/{id}/documents/{key}")
async def _delete(asker: Asker) -> AsyncIterator[Told]:
    for told in _keys(asker):
        yield await asker.compared("DELETE /v1/sources/{id}/documents/{key}", *told)


@visits("PUT /v1/sources/{id}/groups/{group}")
async def _group(asker: Asker) -> AsyncIterator[Told]:
    here = {"id": asker.deployment.source, "group": "leak-audit:x"}
    nowhere = {"id": "leak-audit-nowhere", "group": "leak-audit:x"}
    yield await asker.compared("PUT /v1/sources/{id}/groups/{group}", here, nowhere, json={"members": []})


@visits("GET /v1/rules")
async def _rules(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/rules")


@visits("POST /v1/rules/test")
async def _rules_tried(asker: Asker) -> AsyncIterator[Told]:
    for document in asker.documents:
        rise = {"name": "everything rises", "factor": 10}
        body = {"questions": [document.question], "rules": [rise]}
        yield await asker.ask("POST /v1/rules/test", json=body, said=document.question)


@visits("GET /v1/access")
async def _access(asker: Asker) -> AsyncIterator[Told]:
    for document in asker.documents:
        here, nowhere = {"document": asker.deployment.ids[document.key]}, {"document": str(uuid4())}
        yield await asker.compared("GET /v1/access?user=a@x.invalid&document={document}", here, nowhere)


@visits("GET /v1/conversations")
async def _conversations(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/conversations")


@visits("GET /v1/conversations/{id}")
async def _conversation(asker: Asker) -> AsyncIterator[Told]:
    for told in _theirs(asker.conversations):
        yield await asker.compared("GET /v1/conversations/{id}", *told)


@visits("PATCH /v1/conversations/{id}")
async def _rename(asker: Asker) -> AsyncIterator[Told]:
    for told in _theirs(asker.conversations):
        yield await asker.compared("PATCH /v1/conversations/{id}", *told, json={"title": "mine"})


@visits("DELETE /v1/conversations/{id}")
async def _drop(asker: Asker) -> AsyncIterator[Told]:
    for told in _theirs(asker.conversations):
        yield await asker.compared("DELETE /v1/conversations/{id}", *told)


@visits("POST /v1/answers/{id}/feedback")
async def _feedback(asker: Asker) -> AsyncIterator[Told]:
    for told in _theirs(asker.answers):
        yield await asker.compared("POST /v1/answers/{id}/feedback", *told, json={"rating": "helpful"})


@visits("GET /v1/keys")
async def _keys_listed(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/keys")


@visits("POST /v1/keys")
async def _key_made(asker: Asker) -> AsyncIterator[Told]:
    readers = sorted({reader for document in asker.documents for reader in document.readers})
    yield await asker.ask("POST /v1/keys", json={"name": "mine", "principals": readers}, said=" ".join(readers))


@visits("DELETE /v1/keys/{id}")
async def _key_deleted(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("DELETE /v1/keys/{id}", id=str(uuid4()))


@visits("GET /v1/me")
async def _me(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/me")


@visits("GET /v1/sign-in")
async def _sign_in(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/sign-in")


@visits("POST /v1/sign-in/key")
async def _key_entered(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("POST /v1/sign-in/key", json={"key": str(uuid4())})


@visits("POST /v1/sign-out")
async def _signed_out(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("POST /v1/sign-out")


@visits("GET /v1/sessions")
async def _sessions(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/sessions")


@visits("DELETE /v1/sessions/{id}")
async def _session_ended(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("DELETE /v1/sessions/{id}", id=str(uuid4()))


@visits("DELETE /v1/people/{email}/sessions")
async def _sessions_revoked(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("DELETE /v1/people/{email}/sessions", email="nobody@x.invalid")


@visits("GET /v1/people/sessions")
async def _everybodys_sessions(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/people/sessions")


@visits("DELETE /v1/people/sessions")
async def _everybody_signed_out(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("DELETE /v1/people/sessions")


@visits("GET /v1/confidence")
async def _confidence(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/confidence")


@visits("GET /healthz")
async def _health(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /healthz")


@visits("GET /readyz")
async def _ready(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /readyz")


def _keys(asker: Asker) -> Iterable[tuple[dict[str, str], dict[str, str]]]:
    source = asker.deployment.source
    for document in asker.documents:
        yield {"id": source, "key": document.key}, {"id": source, "key": "plans/nothing.md"}


def _assistants_of_others(asker: Asker) -> Iterable[tuple[dict[str, str], dict[str, str]]]:
    yield from _theirs(asker.deployment.assistants[one.name] for one in asker.assistants)


def _theirs(ids: Iterable[str]) -> Iterable[tuple[dict[str, str], dict[str, str]]]:
    for one in ids:
        yield {"id": one}, {"id": str(uuid4())}
