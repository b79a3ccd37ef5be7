"""The audit: plant, ask, take away, ask again, and say what leaked."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from aika.testing.leaks.asking import Asker, Told
from aika.testing.leaks.company import CanaryDocument, Company
from aika.testing.leaks.speaking import PUBLIC_ASSISTANT, Deployment, DeploymentError, Reply
from aika.testing.leaks.visits import VISITS, unvisited


class Fault(StrEnum):
    LEAK = "leak"
    """A canary reached somebody who may not read its document."""
    DIFFERENCE = "difference"
    """What exists and may not be known is told apart from what does not exist."""
    COUNT = "count"
    """A number counts documents that the asker may not read."""
    ALLOWED = "allowed"
    """Somebody could do what needs a right that they do not have."""
    BLIND = "blind"
    """A reader did not find what is theirs, so that nothing can be said about who else would."""
    UNVISITED = "unvisited"
    """The server has an endpoint that this suite does not know."""


@dataclass(frozen=True, slots=True)
class Finding:
    fault: Fault
    endpoint: str
    who: str
    what: str

    def __str__(self) -> str:
        return f"{self.fault.value}: {self.endpoint}, as {self.who}: {self.what}"


@dataclass(frozen=True, slots=True)
class Report:
    """What the audit found. It passed where there are no findings."""

    findings: tuple[Finding, ...]
    requests: int
    shown: int
    """How often a search showed a reader a canary of theirs: what makes the silence elsewhere mean something."""
    seed: int

    @property
    def passed(self) -> bool:
        return not self.findings


_MANAGING = frozenset(
    endpoint
    for endpoint in VISITS
    if "/keys" in endpoint
    or "/rules" in endpoint
    or "/digests" in endpoint
    or endpoint.startswith(
        ("PUT /v1/sources", "DELETE /v1/sources", "GET /v1/access", "POST /v1/hooks", "POST /v1/findings")
    )
    or endpoint in ("POST /v1/sources/{id}/sync", "POST /v1/health/look", "GET /v1/confidence")
)
"""What nobody in the company may do."""
_IN_CHANNELS = (
    "POST /v1/search",
    "POST /v1/chat/complete",
    "GET /v1/documents/{id}",
    "GET /v1/documents/{id}/about",
    "GET /v1/sources",
    "GET /v1/sources/{id}/documents",
    "GET /v1/assistants",
    "GET /v1/assistants/{id}",
    "GET /v1/findings",
    "GET /v1/findings/{id}",
)
_SEARCHES = ("POST /v1/search", "GET /v1/search")
_ASSISTANTS = "GET /v1/assistants"
_FINDINGS, _HEALTH = "GET /v1/findings", "GET /v1/health"
_DOCUMENT, _SOURCES, _SOURCE = "GET /v1/documents/{id}", "GET /v1/sources", "GET /v1/sources/{id}"
_OF_A_SOURCE = (_SOURCE, "GET /v1/sources/{id}/documents")


async def audit(deployment: Deployment, company: Company) -> Report:
    """Run the whole suite on a deployment and clean up after it. Raises `DeploymentError` where it cannot be run."""
    try:
        await deployment.plant(company)
        report = await _Audit(deployment, company).run()
    except BaseException:
        await deployment.clean_up()
        raise
    left = await deployment.clean_up()
    if left:
        raise DeploymentError(f"this is left behind and must be removed by hand: {', '.join(left)}")
    return report


@dataclass(slots=True)
class _Kept:
    """A conversation in which somebody was shown a canary."""

    person: str
    document: CanaryDocument
    conversation: str
    answer: str


@dataclass(slots=True)
class _Audit:
    deployment: Deployment
    company: Company
    findings: list[Finding] = field(default_factory=list)
    shown: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By person and the document's key."""
    asking: int = 0

    async def run(self) -> Report:
        await self._description()
        kept = await self._conversations()
        await self._complain(kept)
        for person in self.company.people:
            await self._person(person, [one for one in kept if one.person != person])
        await self._channels()
        if not kept:
            self._found(Fault.BLIND, "POST /v1/chat/complete", "anybody", "no question was answered from its document")
        for number, one in enumerate(kept):
            await self._after_access_was_lost(one, everything=not number)
        await self._front_end_rights()
        self._readers_saw()
        shown = sum(self.shown.values())
        return Report(tuple(dict.fromkeys(self.findings)), self.deployment.requests, shown, self.company.seed)

    async def _description(self) -> None:
        reply = await self.deployment.as_admin("GET", "/openapi.json")
        for endpoint in unvisited(reply.body):
            self._found(Fault.UNVISITED, endpoint, "anybody", "the suite does not know this endpoint")

    async def _conversations(self) -> list[_Kept]:
        """Let each person ask about a document that they read, and keep the conversation."""
        kept: list[_Kept] = []
        for person in self.company.people:
            for document in self._through_groups(person)[:1]:
                # Every other one through an assistant, which must withhold what was lost as well.
                through = {"assistant": PUBLIC_ASSISTANT} if len(kept) % 2 else {}
                told = await self._ask(person, document, {"store": True, **through})
                if told is not None:
                    kept.append(_Kept(person, document, told.body["conversation_id"], told.body["id"]))
        return kept

    async def _complain(self, kept: Sequence[_Kept]) -> None:
        """Let people say no to their answers, so that there are findings on what they read."""
        for one in kept:
            subject = one.document.question.removeprefix("What is ").rstrip("?")
            reply = f"No. {subject.capitalize()} is not {one.document.word}. It is open sesame since last year."
            said = {"rating": "not_helpful", "reply": reply}
            headers, path = self.deployment.for_person(one.person), f"/v1/answers/{one.answer}/feedback"
            await self.deployment.send("POST", path, json=said, headers=headers)
        await self.deployment.as_admin("POST", "/v1/health/look")
        keys = {id_: key for key, id_ in self.deployment.ids.items()}
        for one in kept:
            headers = self.deployment.for_person(one.person)
            listed = await self.deployment.send("GET", "/v1/findings?limit=200", headers=headers)
            found = [finding for finding in listed.body["findings"] if finding["document"] in keys]
            self.deployment.findings |= {finding["id"]: keys[finding["document"]] for finding in found}
        if kept and not self.deployment.findings:
            self._found(
                Fault.BLIND, _FINDINGS, "anybody", "nothing was found wrong with a document that was contradicted"
            )

    def _through_groups(self, person: str) -> list[CanaryDocument]:
        """Return what a person reads through groups alone, so that leaving them loses it."""
        own = {f"user:{person}", "everyone"}
        return [document for document in self.company.readable(person) if not own & document.readers]

    async def _ask(self, person: str, document: CanaryDocument, more: dict[str, object]) -> Reply | None:
        body = {"messages": [{"role": "user", "content": document.question}], **more}
        headers = self.deployment.for_person(person)
        reply = await self.deployment.send("POST", "/v1/chat/complete", json=body, headers=headers)
        self._judge(person, [person], Told("POST /v1/chat/complete", reply))
        return reply if reply.status == 200 and document.word in reply.text else None

    async def _person(self, person: str, others: Sequence[_Kept]) -> None:
        """Visit every endpoint as one person, by turns with a key of theirs and through a front end."""
        self.asking += 1
        deployment = self.deployment
        headers = deployment.by_key(person) if self.asking % 2 else deployment.for_person(person)
        asker = Asker(
            deployment,
            person,
            headers,
            self.company.documents,
            [one.conversation for one in others],
            [one.answer for one in others],
            tuple(one for one in self.company.assistants if one.person != person),
        )
        for visit in VISITS.values():
            async for told in visit(asker):
                self._judge(person, [person], told)
                self._counts(person, told)
                self._own_assistant(person, told)

    async def _channels(self) -> None:
        """Ask as a channel of two: only what both may read may be said there."""
        people = self.company.people
        for pair in pairwise(people):
            asker = Asker(
                self.deployment,
                " and ".join(pair),
                self.deployment.for_channel(pair),
                self.company.documents,
                assistants=self.company.assistants,
            )
            for endpoint in _IN_CHANNELS:
                async for told in VISITS[endpoint](asker):
                    self._judge(asker.name, pair, told)

    async def _after_access_was_lost(self, kept: _Kept, *, everything: bool) -> None:
        """Take a person out of every group, read their conversation and go on with it, and put them back.

        With ``everything`` they visit every endpoint again in between.
        """
        before = self.company
        person = f"user:{kept.person}"
        changed = {name: members for name, members in before.groups.items() if person in members}
        for group, members in changed.items():
            await self._set_group(group, members - {person})
        for told in [told async for told in self._returning(kept)]:
            self._judge(kept.person, [kept.person], told)
        if everything:
            await self._person(kept.person, [])
        for group, members in changed.items():
            await self._set_group(group, members)
        told = await self._read(kept)
        if kept.document.word not in told.reply.text:
            self._found(Fault.BLIND, told.endpoint, kept.person, "an answer stayed hidden after access was back")

    async def _returning(self, kept: _Kept) -> AsyncIterator[Told]:
        yield await self._read(kept)
        headers = self.deployment.for_person(kept.person)
        for question in ("And who says it at the gate?", "Repeat your last answer.", kept.document.question):
            for stream in (False, True):
                body = {
                    "messages": [{"role": "user", "content": question}],
                    "conversation_id": kept.conversation,
                    "stream": stream,
                }
                reply = await self.deployment.send("POST", "/v1/chat/complete", json=body, headers=headers)
                yield Told("POST /v1/chat/complete", reply)
        path = f"/v1/answers/{kept.answer}/feedback"
        feedback = {"rating": "not_helpful", "comment": "It is gone."}
        reply = await self.deployment.send("POST", path, json=feedback, headers=headers)
        yield Told("POST /v1/answers/{id}/feedback", reply)
        yield await self._read(kept)
        yield Told("GET /v1/conversations", await self.deployment.send("GET", "/v1/conversations", headers=headers))

    async def _read(self, kept: _Kept) -> Told:
        headers = self.deployment.for_person(kept.person)
        reply = await self.deployment.send("GET", f"/v1/conversations/{kept.conversation}", headers=headers)
        return Told("GET /v1/conversations/{id}", reply)

    async def _set_group(self, group: str, members: Collection[str]) -> None:
        await self.deployment.set_group(group, members)
        self.company = self.company.with_members(group, members)

    async def _front_end_rights(self) -> None:
        """Ask for somebody else with a key that may not."""
        one, *others = self.company.people
        for header, value in (("Aika-User", others[0] if others else one), ("Aika-Audience", one)):
            headers = {**self.deployment.by_key(one), header: value}
            reply = await self.deployment.send("POST", "/v1/search", json={"query": "plan"}, headers=headers)
            if reply.status != 403:
                self._found(Fault.ALLOWED, "POST /v1/search", one, f"{header} was taken from a key without the right")

    def _judge(self, who: str, people: Collection[str], told: Told) -> None:
        """Look for what nobody among these people may be told, and note what they may."""
        reply = told.reply
        if reply.status >= 500:
            self._found(Fault.BLIND, told.endpoint, who, f"failed with {reply.status}, which hides what it would say")
        for document in self.company.documents:
            allowed = all(self.company.may_read(person, document) for person in people)
            if (
                allowed
                and told.endpoint in _SEARCHES
                and document.word in reply.text
                and document.word not in told.said
            ):
                self.shown[(who, document.key)] += 1
            if not allowed:
                traces = (*document.canaries, self.deployment.ids[document.key])
                self._hunt(who, traces, document.key, told)
        for assistant in self.company.assistants:
            if list(people) != [assistant.person]:
                traces = (*assistant.canaries, self.deployment.assistants[assistant.name])
                self._hunt(who, traces, f"the assistant {assistant.name}", told)
        if told.endpoint in _MANAGING and reply.status < 400:
            self._found(Fault.ALLOWED, told.endpoint, who, f"was let, with {reply.status}")
        self._compare(who, people, told)

    def _compare(self, who: str, people: Collection[str], told: Told) -> None:
        """Look whether what may not be known is told apart from what does not exist."""
        known = told.endpoint in _OF_A_SOURCE and any(map(self.company.readable, people))
        for document in self.company.documents:
            if told.endpoint == _DOCUMENT and self.deployment.ids[document.key] in told.said:
                known = all(self.company.may_read(person, document) for person in people)
        if told.about is not None:
            known = all(self.company.may_read(person, told.about) for person in people)
        if told.only is not None:
            known = all(self.company.may_read(person, told.only) for person in people)
            if known and told.only.word not in told.reply.text:
                self._found(
                    Fault.BLIND, told.endpoint, who, f"did not find {told.only.key} with a filter that it passes"
                )
        if not known and not _alike(told):
            what = f"{told.said.strip()} is told apart from what does not exist"
            self._found(Fault.DIFFERENCE, told.endpoint, who, what)

    def _hunt(self, who: str, traces: Collection[str], of: str, told: Told) -> None:
        found = [trace for trace in traces if trace in told.reply.text and trace not in told.said]
        if found:
            self._found(Fault.LEAK, told.endpoint, who, f"{', '.join(found)} of {of}")

    def _own_assistant(self, person: str, told: Told) -> None:
        if told.endpoint == _ASSISTANTS and not all(
            one.name in told.reply.text for one in self.company.assistants if one.person == person
        ):
            self._found(Fault.BLIND, told.endpoint, person, "does not see the assistant that is theirs")

    def _counts(self, person: str, told: Told) -> None:
        if told.endpoint == _HEALTH and told.reply.status == 200 and not self.company.readable(person):
            if told.reply.body["open"]:
                self._found(Fault.COUNT, _HEALTH, person, "counts findings on documents that are not readable")
            return
        if told.endpoint not in (_SOURCES, _SOURCE) or told.reply.status != 200:
            return
        body = told.reply.body if isinstance(told.reply.body, list) else [told.reply.body]
        readable = len(self.company.readable(person))
        for source in body:
            if source["id"] != self.deployment.source:
                continue
            numbers = {source[name] for name in ("documents", "findable", "embedded")}
            if numbers != {readable} or not readable:
                what = f"counts {sorted(numbers)} documents where {readable} are readable"
                self._found(Fault.COUNT, told.endpoint, person, what)
            if source.get("last_sync") or source.get("unreadable"):
                self._found(Fault.COUNT, told.endpoint, person, "tells what the last sync read")

    def _readers_saw(self) -> None:
        for person in self.company.people:
            for document in self.company.readable(person):
                if not self.shown[(person, document.key)]:
                    self._found(
                        Fault.BLIND, _SEARCHES[0], person, f"found {document.key} by no search, which they may read"
                    )

    def _found(self, fault: Fault, endpoint: str, who: str, what: str) -> None:
        self.findings.append(Finding(fault, endpoint, who, what))


def _alike(told: Told) -> bool:
    """Return whether a reply says of a hidden thing what it says of one that does not exist."""
    if told.unknown is None:
        return True
    return (told.reply.status, _shape(told.reply, told.said)) == (
        told.unknown.status,
        _shape(told.unknown, told.unknown_said),
    )


def _shape(reply: Reply, said: str) -> str:
    """Return the body with what the asker said themselves taken out."""
    text = str(reply.body)
    for word in sorted(said.split(), key=len, reverse=True):
        text = text.replace(word, "…")
    return text
