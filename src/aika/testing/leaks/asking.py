"""Asking as somebody, and what is told in reply."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aika.testing.leaks.company import CanaryAssistant, CanaryDocument
from aika.testing.leaks.speaking import Deployment, Reply


@dataclass(frozen=True, slots=True)
class Told:
    """A reply, and what the asker had said themselves: who says a word is told nothing by hearing it."""

    endpoint: str
    reply: Reply
    said: str = ""
    unknown: Reply | None = None
    """What is said of a thing that does not exist, where the request was for one that the asker may not know."""
    unknown_said: str = ""
    only: CanaryDocument | None = None
    """The document that a search was narrowed to: found by those who may read it, and not there for the others."""
    about: CanaryDocument | None = None
    """The document that was asked about: not there for those who may not read it."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who visits endpoints."""

    deployment: Deployment
    name: str
    headers: Mapping[str, str]
    documents: tuple[CanaryDocument, ...]
    """All there are, readable or not."""
    conversations: list[str] = field(default_factory=list)
    """Other people's, and answers in them."""
    answers: list[str] = field(default_factory=list)
    assistants: tuple[CanaryAssistant, ...] = ()
    """Other people's."""

    async def ask(
        self, endpoint: str, *, json: object = None, said: str = "", match: str | None = None, **place: str
    ) -> Told:
        """Send a request; ``match`` is the version of what it changes."""
        headers = self.headers if match is None else {**self.headers, "If-Match": match}
        method, _, path = endpoint.partition(" ")
        for name, value in place.items():
            path = path.replace("{" + name + "}", value)
        query = path.partition("?")[2]
        reply = await self.deployment.send(method, path, json=json, headers=headers)
        return Told(endpoint.partition("?")[0], reply, f"{said} {query} {' '.join(place.values())}")

    async def compared(self, endpoint: str, here: Mapping[str, str], nowhere: Mapping[str, str], **more: Any) -> Told:
        """Ask for a thing that the asker may not know, and for one that does not exist."""
        about = more.pop("about", None)
        told = await self.ask(endpoint, **here, **more)
        other = await self.ask(endpoint, **nowhere, **more)
        return Told(told.endpoint, told.reply, told.said, other.reply, other.said, about=about)

    async def named(self, endpoint: str, body: Callable[[str], object]) -> AsyncIterator[Told]:
        """Ask for other people's assistants by name and by id, and for one that does not exist."""
        for assistant in self.assistants:
            for wanted in (assistant.name, self.deployment.assistants[assistant.name]):
                told = await self.ask(endpoint, json=body(wanted), said=wanted)
                other = await self.ask(endpoint, json=body(nobody := str(uuid4())), said=nobody)
                yield Told(told.endpoint, told.reply, told.said, other.reply, other.said)


Visit = Callable[[Asker], AsyncIterator[Told]]
