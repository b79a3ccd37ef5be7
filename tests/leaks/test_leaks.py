"""Nothing leaks, and the suite that says so can fail."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from audited import deployed, opened
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aika.application.aika import Aika
from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.answers import AnswerEvent
from aika.domain.assistants import Standing
from aika.domain.documents import Body, Document
from aika.domain.errors import AccessDeniedError
from aika.domain.identifiers import DocumentId, PrincipalId, SourceId
from aika.domain.queries import Query, Retrieval
from aika.protocols import Answerer, Count, Retriever
from aika.surfaces.api.app import create_app
from aika.testing.leaks.audit import Fault, Report, audit
from aika.testing.leaks.company import Company, generate

# One application for all of them: what each plants is gone when it is done.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def aika(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> AsyncIterator[Aika]:
    async with opened(tmp_path_factory.mktemp("company"), embedder_graphs) as aika:
        yield aika


@pytest.fixture(scope="module")
def app(aika: Aika) -> FastAPI:
    return create_app(aika)


async def audited(app: FastAPI, company: Company) -> Report:
    async with deployed(app) as deployment:
        return await audit(deployment, company)


companies = st.builds(
    generate,
    st.integers(0, 2**32),
    people=st.integers(2, 3),
    groups=st.integers(2, 4),
    documents=st.integers(1, 2),
    public=st.booleans(),
)


@given(company=companies)
@settings(
    deadline=None,
    max_examples=2,
    # An audit takes a minute: what it finds is told at once, and not made smaller.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_nothing_leaks_whoever_is_in_whatever_group(app: FastAPI, company: Company) -> None:
    report = await audited(app, company)

    assert [str(finding) for finding in report.findings] == []
    assert report.shown > 0


async def test_what_was_planted_is_gone_afterwards(aika: Aika, app: FastAPI) -> None:
    company = generate(11, people=2, groups=2, documents=0)
    await audited(app, company)

    everyone = [PrincipalId(f"user:{person}") for person in company.people]
    assert await aika.database.catalogue.counts(scope=UNRESTRICTED) == {}
    assert await aika.database.keys.listing() == []
    assert await aika.database.assistants.listing() == []
    assert await aika.database.directory.expand(everyone) == set(everyone)


async def test_retrieval_that_ignores_who_asks_is_found_wherever_it_shows(
    aika: Aika, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    answerer = AnswersAll(aika.conversing.answerer)
    monkeypatch.setattr(aika, "retriever", SeesAll(aika.retriever))
    monkeypatch.setattr(aika, "conversing", replace(aika.conversing, answerer=answerer))

    found = await faults(app)

    asking = ("POST /v1/search", "GET /v1/search", "POST /v1/chat/complete", "POST /v1/chat/completions")
    assert {(Fault.LEAK, endpoint) for endpoint in asking} <= found


async def test_documents_shown_and_counted_for_anyone_are_found(
    aika: Aika, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aika.database, "catalogue", ShowsAll(aika.database.catalogue))

    found = await faults(app)

    assert (Fault.LEAK, "GET /v1/documents/{id}") in found
    assert {(Fault.COUNT, "GET /v1/sources"), (Fault.COUNT, "GET /v1/sources/{id}")} <= found


async def test_an_old_answer_shown_after_access_was_lost_is_found(
    aika: Aika, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aika.database, "catalogue", AdmitsAll(aika.database.catalogue))

    assert (Fault.LEAK, "GET /v1/conversations/{id}") in await faults(app)


async def test_a_membership_that_is_remembered_for_too_long_is_found(
    aika: Aika, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aika.database, "directory", NeverForgets(aika.database.directory))

    assert (Fault.LEAK, "POST /v1/search") in await faults(app)


async def test_somebody_elses_assistant_shown_to_anyone_is_found(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aika.assistants.library.standing", lambda assistant, asker: Standing.PUBLIC)

    found = await faults(app)

    assert {(Fault.LEAK, "GET /v1/assistants"), (Fault.LEAK, "GET /v1/models")} <= found
    assert (Fault.DIFFERENCE, "POST /v1/chat/complete") in found


async def test_a_deployment_that_answers_nothing_does_not_pass(
    aika: Aika, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aika, "retriever", SeesNothing(aika.retriever))

    assert Fault.BLIND in {fault for fault, _ in await faults(app)}


async def test_what_exists_told_apart_from_what_does_not_is_found(
    aika: Aika, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aika.database, "catalogue", TellsApart(aika.database.catalogue))

    assert (Fault.DIFFERENCE, "GET /v1/documents/{id}") in await faults(app)


async def faults(app: FastAPI) -> set[tuple[Fault, str]]:
    """Audit with a company of two people and two documents, one of which nobody may read."""
    report = await audited(app, generate(7, people=2, groups=2, documents=0))
    return {(finding.fault, finding.endpoint) for finding in report.findings}


@dataclass
class SeesAll:
    inner: Retriever

    async def retrieve(self, query: Query, *, k: int) -> Retrieval:
        return await self.inner.retrieve(replace(query, scope=UNRESTRICTED), k=k)


@dataclass
class SeesNothing:
    inner: Retriever

    async def retrieve(self, query: Query, *, k: int) -> Retrieval:
        return replace(await self.inner.retrieve(query, k=k), hits=())


@dataclass
class AnswersAll:
    inner: Answerer

    def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
        return self.inner.answer(replace(query, scope=UNRESTRICTED))


class _Through:
    """Does what the real thing does, save what a subclass breaks."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


class ShowsAll(_Through):
    async def document(self, id: DocumentId, *, scope: Scope) -> tuple[Document, Body] | None:
        return await self.inner.document(id, scope=UNRESTRICTED)  # type: ignore[no-any-return]  # the catalogue's

    async def counts(self, *, scope: Scope, through: int | None = None) -> dict[SourceId, Count]:
        return await self.inner.counts(scope=UNRESTRICTED, through=through)  # type: ignore[no-any-return]  # the catalogue's


class TellsApart(_Through):
    async def document(self, id: DocumentId, *, scope: Scope) -> tuple[Document, Body] | None:
        found: tuple[Document, Body] | None = await self.inner.document(id, scope=scope)
        if found is None and await self.inner.admitted([id], scope=UNRESTRICTED):
            raise AccessDeniedError("you may not read this document")
        return found


class AdmitsAll(_Through):
    async def admitted(self, ids: Collection[DocumentId], *, scope: Scope) -> set[DocumentId]:
        return set(ids)


class NeverForgets(_Through):
    def __init__(self, inner: Any) -> None:
        super().__init__(inner)
        self.seen: dict[PrincipalId, frozenset[PrincipalId]] = {}

    async def expand(self, principals: Collection[PrincipalId]) -> frozenset[PrincipalId]:
        return frozenset().union(*(await self.expand_each(principals)).values())

    async def expand_each(self, principals: Collection[PrincipalId]) -> dict[PrincipalId, frozenset[PrincipalId]]:
        for principal, groups in (await self.inner.expand_each(principals)).items():
            self.seen[principal] = self.seen.get(principal, frozenset()) | groups
        return {principal: self.seen[principal] for principal in principals}
