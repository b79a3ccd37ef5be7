"""How the endpoints of assistants that are being written are asked."""

from collections.abc import AsyncIterator, Callable
from uuid import uuid4

from aika.testing.leaks.asking import Asker, Told, Visit
from aika.testing.leaks.company import CanaryDocument

ASSISTANT_VISITS: dict[str, Visit] = {}


def _visits(endpoint: str) -> Callable[[Visit], Visit]:
    def remember(visit: Visit) -> Visit:
        ASSISTANT_VISITS[endpoint] = visit
        return visit

    return remember


@_visits("GET /v1/assistants/form")
async def _form(asker: Asker) -> AsyncIterator[Told]:
    yield await asker.ask("GET /v1/assistants/form")


@_visits("POST /v1/assistants/check")
async def _check(asker: Asker) -> AsyncIterator[Told]:
    for number, document in enumerate(asker.documents):
        yield await _filtered(asker, "POST /v1/assistants/check", document, number)
    for one in asker.assistants:
        yield await asker.ask("POST /v1/assistants/check", json={"yaml": f"name: {one.name}\n"}, said=one.name)
        owned = {"yaml": f"name: {one.name}\nowner: {one.person}\n"}
        yield await asker.ask("POST /v1/assistants/check", json=owned, said=f"{one.name} {one.person}")
        told, other = [
            await asker.ask("POST /v1/assistants/check", json={"yaml": "name: mine\n", "id": one_id}, said=one_id)
            for one_id in (asker.deployment.assistants[one.name], str(uuid4()))
        ]
        yield Told(told.endpoint, told.reply, told.said, other.reply, other.said)


@_visits("POST /v1/assistants/try")
async def _try(asker: Asker) -> AsyncIterator[Told]:
    for number, document in enumerate(asker.documents):
        everything = {"yaml": "purpose: All.\n", "question": document.question, "stream": bool(number % 2)}
        yield await asker.ask("POST /v1/assistants/try", json=everything, said=document.question)
        learned = f"owner: user:{document.owner}@x.invalid\ntopic:\n  questions: ['{document.question}']\n"
        body = {"yaml": learned, "question": document.question}
        yield await asker.ask("POST /v1/assistants/try", json=body, said=f"{document.question} {document.owner}")


@_visits("GET /v1/assistants/{id}/yaml")
async def _yaml(asker: Asker) -> AsyncIterator[Told]:
    for one in asker.assistants:
        here, nowhere = {"id": asker.deployment.assistants[one.name]}, {"id": str(uuid4())}
        yield await asker.compared("GET /v1/assistants/{id}/yaml", here, nowhere)


@_visits("GET /v1/opensearch/suggestions")
async def _suggested(asker: Asker) -> AsyncIterator[Told]:
    for document in asker.documents:
        yield await asker.ask("GET /v1/opensearch/suggestions?q={q}", q=document.question[:40])


async def _filtered(asker: Asker, endpoint: str, document: CanaryDocument, number: int) -> Told:
    """Ask what a filter comes to that one document passes, and one that none does."""
    replies: list[Told] = []
    for owner, tag, key in ((document.owner, document.tag, document.key), (str(uuid4()),) * 3):
        name, value = (("owners", owner), ("tags", tag), ("paths", key))[number % 3]
        body = {"yaml": f"name: mine\nknowledge:\n  {name}: ['{value}']\n"}
        replies.append(await asker.ask(endpoint, json=body, said=value))
    here, nowhere = replies
    return Told(here.endpoint, here.reply, here.said, nowhere.reply, nowhere.said, about=document)
