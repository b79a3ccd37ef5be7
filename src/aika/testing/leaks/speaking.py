"""Speaking to a deployment as somebody, and remembering what everybody was told."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from aika.testing.leaks.company import CanaryDocument, Company

PUBLIC_ASSISTANT = "leak audit of all plans"
"""It knows everything that was planted, and everyone may ask it."""
_WAIT_SECONDS = 0.1


class DeploymentError(Exception):
    """The deployment cannot be audited, or does not do what it is asked."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody was told."""

    status: int
    text: str
    """Headers and body."""
    body: Any
    """As JSON where it is JSON."""


@dataclass(slots=True)
class Deployment:
    """A running server, spoken to over HTTP only, with a source of the connector ``push`` for the canaries."""

    http: httpx.AsyncClient
    source: str
    admin_key: str | None = None
    """``None`` where the server needs none, as in the same process."""
    patience: float = 120.0
    """Seconds until what was planted must be found."""
    settle: float = 0.0
    """Seconds until every process of the deployment knows of a changed group."""
    ids: dict[str, str] = field(default_factory=dict)
    """The documents' ids by their keys, as the server gave them."""
    assistants: dict[str, str] = field(default_factory=dict)
    """The assistants' ids by their names."""
    findings: dict[str, str] = field(default_factory=dict)
    """The keys of documents by the ids of findings on them."""
    requests: int = 0
    _keys: list[str] = field(default_factory=list)
    _secrets: dict[str, str] = field(default_factory=dict)
    _company: Company | None = None

    async def send(
        self, method: str, path: str, *, json: object = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send a request with these headers alone."""
        self.requests += 1
        reply = await self.http.request(method, path, json=json, headers=dict(headers or {}))
        try:
            body = reply.json()
        except ValueError:
            body = reply.text
        head = "\n".join(f"{name}: {value}" for name, value in reply.headers.items())
        return Reply(reply.status_code, f"{head}\n\n{reply.text}", body)

    async def as_admin(self, method: str, path: str, *, json: object = None) -> Reply:
        """Send a request of the administrator's. Raises `DeploymentError` where it fails."""
        reply = await self.send(method, path, json=json, headers=_bearer(self.admin_key))
        if reply.status >= 400:
            raise DeploymentError(f"{method} {path} failed with {reply.status}: {reply.body}")
        return reply

    async def plant(self, company: Company) -> None:
        """Hand over the groups and documents, make keys, and wait until everything can be found."""
        self._company = company
        for group, members in company.groups.items():
            await self._put_group(group, members)
        for document in company.documents:
            await self._put(document)
        # People speak in two ways: through a front end that asks for them, and with a key of their own.
        self._secrets["front end"] = await self._new_key("front end", on_behalf=True)
        for person in company.people:
            self._secrets[person] = await self._new_key(f"person {person}", principals=[f"user:{person}"])
        await self._make_assistants(company)
        await self._until_findable(len(company.documents))
        for document in company.documents:
            path = f"/v1/access?user={company.people[0]}&document={self.source}/{document.key}"
            self.ids[document.key] = (await self.as_admin("GET", path)).body["document"]

    async def set_group(self, group: str, members: Collection[str]) -> None:
        """Say who is in a group, and wait until that counts everywhere."""
        await self._put_group(group, members)
        await asyncio.sleep(self.settle)

    def by_key(self, person: str) -> dict[str, str]:
        """Return the headers of a person with a key of their own."""
        return _bearer(self._secrets[person])

    def for_person(self, person: str) -> dict[str, str]:
        """Return the headers of a front end that asks for a person."""
        return {**_bearer(self._secrets["front end"]), "Aika-User": person}

    def for_channel(self, people: Collection[str]) -> dict[str, str]:
        """Return the headers of a front end that asks for a channel with these people in it."""
        return {**_bearer(self._secrets["front end"]), "Aika-Audience": ", ".join(sorted(people))}

    async def clean_up(self) -> list[str]:
        """Take everything away again; return what could not be."""
        left: list[str] = []
        company = self._company
        paths = [f"/v1/keys/{key}" for key in self._keys]
        if company is not None:
            paths += [f"/v1/sources/{self.source}/documents/{document.key}" for document in company.documents]
        paths += [f"/v1/assistants/{assistant}" for assistant in self.assistants.values()]
        for path in paths:
            reply = await self.send("DELETE", path, headers={**_bearer(self.admin_key), "If-Match": '"1"'})
            if reply.status >= 400 and reply.status != 404:
                left.append(path)
        for group in company.groups if company is not None else ():
            path = f"/v1/sources/{self.source}/groups/{group}"
            reply = await self.send("PUT", path, json={"members": []}, headers=_bearer(self.admin_key))
            if reply.status >= 400:
                left.append(path)
        return left

    async def _put_group(self, group: str, members: Collection[str]) -> None:
        await self.as_admin("PUT", f"/v1/sources/{self.source}/groups/{group}", json={"members": sorted(members)})

    async def _put(self, document: CanaryDocument) -> None:
        await self.as_admin(
            "PUT",
            f"/v1/sources/{self.source}/documents/{document.key}",
            json={
                "text": document.text,
                "title": document.title,
                "readers": sorted(document.readers),
                "authors": [document.author],
                "owner": document.owner,
                "attributes": {"tags": [document.tag]},
            },
        )

    async def _make_assistants(self, company: Company) -> None:
        """Make a private assistant of each person's, and one for everyone that knows all that was planted."""
        for one in company.assistants:
            wanted = {"name": one.name, "purpose": one.purpose, "instructions": one.instructions}
            reply = await self.send("POST", "/v1/assistants", json=wanted, headers=self.by_key(one.person))
            if reply.status != 201:
                raise DeploymentError(f"an assistant could not be made: {reply.status} {reply.body}")
            self.assistants[one.name] = reply.body["id"]
        public = {"name": PUBLIC_ASSISTANT, "knowledge": {"sources": [self.source]}, "visibility": "public"}
        self.assistants[PUBLIC_ASSISTANT] = (await self.as_admin("POST", "/v1/assistants", json=public)).body["id"]

    async def _new_key(self, name: str, *, principals: Collection[str] = (), on_behalf: bool = False) -> str:
        wanted = {"name": f"leak audit: {name}", "principals": sorted(principals), "on_behalf": on_behalf}
        made = await self.as_admin("POST", "/v1/keys", json={**wanted, "expires_in_days": 1})
        self._keys.append(made.body["id"])
        return str(made.body["secret"])

    async def _until_findable(self, documents: int) -> None:
        try:
            async with asyncio.timeout(self.patience):
                while not await self._findable(documents):  # noqa: ASYNC110 - it is another process that finds
                    await asyncio.sleep(_WAIT_SECONDS)
        except TimeoutError as error:
            raise DeploymentError(
                f"the {documents} planted documents could not be found after {self.patience:g} seconds"
            ) from error

    async def _findable(self, documents: int) -> bool:
        state = (await self.as_admin("GET", f"/v1/sources/{self.source}")).body
        return bool(state["documents"] == state["findable"] == state["embedded"] >= documents)


def _bearer(secret: str | None) -> dict[str, str]:
    return {} if secret is None else {"Authorization": f"Bearer {secret}"}
