"""The loop to the owners of documents, on a real instance: a question fails, its owner mends the document, and it passes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from aika.application.aika import Aika
from aika.application.health import Wanted
from aika.application.wiring import open_aika
from aika.assistants.conversing import Question
from aika.domain.access import Scope
from aika.domain.answers import Abstention, Answer, Feedback, Rating
from aika.domain.findings import Finding, FindingKind, FindingState
from aika.domain.identifiers import PrincipalId, SourceId
from aika.health.findings_access import Viewer
from aika.settings import Settings, load_settings

ADA, BEN = PrincipalId("user:ada@example.org"), PrincipalId("user:ben@example.org")
EVERYTHING = Wanted()
ADMIN = Viewer(Scope.of([]), (frozenset({PrincipalId("local")}),), admin=True)
OWNER = Viewer(Scope.of([]), (frozenset({PrincipalId("group:harbour-team")}),))
ANYBODY = Viewer(Scope.of([]), (frozenset({ADA}),))
DOCUMENTS = {
    "crane.md": "---\nowner: harbour-team\n---\n# Harbour crane\n\nThe harbour crane lifts twelve tonnes. It is inspected on "
    "Mondays by the night shift.\n",
    "ferry.md": "---\nowner: ferry-team\n---\n# Night ferry\n\nThe night ferry leaves for Turku at 21:30 from pier four.\n",
}
BRAKE = "How do I reset the crane's emergency brake?"


@pytest.fixture
def settings(tmp_path: Path, embedder_graphs: Path) -> Settings:
    docs = tmp_path / "docs"
    docs.mkdir()
    for name, text in DOCUMENTS.items():
        (docs / name).write_text(text, encoding="utf-8")
    (tmp_path / ".aika").mkdir()
    (tmp_path / ".aika" / "models").symlink_to(embedder_graphs)
    handbook = {"connector": "filesystem", "options": {"path": "docs"}, "readers": ["everyone"]}
    return load_settings(tmp_path, sources={"handbook": handbook})


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Aika]:
    """The application with the folder synced as it is now."""
    async with open_aika(settings) as aika:
        await synced(aika)
        yield aika


async def synced(aika: Aika) -> None:
    await aika.sync(SourceId("handbook"))
    await aika.generations.catch_up()


async def asked(aika: Aika, text: str, *, who: PrincipalId = ADA) -> Answer | Abstention:
    question = Question(text, Scope.of([who]), who)
    events = [event async for event in aika.conversing.ask(await aika.conversing.begin(question), question)]
    outcome = events[-1]
    assert isinstance(outcome, Answer | Abstention)
    return outcome


async def rated_down(aika: Aika, outcome: Answer | Abstention, *, reply: str = "", who: PrincipalId = ADA) -> None:
    said = Feedback(outcome.id, Rating.NOT_HELPFUL, reply=reply)
    await aika.database.conversations.give_feedback(said, owner=who)


async def seen(aika: Aika, viewer: Viewer = ADMIN) -> list[Finding]:
    return await aika.health.listing(viewer, EVERYTHING, limit=50)


async def test_a_gap_reaches_the_owner_of_the_nearest_document_and_closes_when_it_is_filled(settings: Settings) -> None:
    async with running(settings) as aika:
        assert isinstance(await asked(aika, BRAKE), Abstention)
        assert isinstance(await asked(aika, BRAKE, who=BEN), Abstention)
        await aika.health.look()
        [gap] = await seen(aika, OWNER)
        assert (gap.kind, gap.state, gap.people) == (FindingKind.NO_DOCUMENT, FindingState.OPEN, 2)
        assert await seen(aika, ANYBODY) == []

    crane = settings.base_dir / "docs" / "crane.md"
    crane.write_text(
        DOCUMENTS["crane.md"]
        + "\n## Emergency brake\n\nTo reset the crane's emergency brake, turn the red key to the left.\n",
        encoding="utf-8",
    )
    async with running(settings) as aika:
        await aika.health.look()
        [gap] = await seen(aika, OWNER)
        assert (gap.state, gap.note) == (FindingState.RESOLVED, "“Harbour crane” answers it now.")
        assert isinstance(await asked(aika, BRAKE), Answer)


async def test_a_wrong_document_is_told_once_and_closed_by_its_next_sync(settings: Settings) -> None:
    question = "When does the night ferry leave for Turku?"
    async with running(settings) as aika:
        outcome = await asked(aika, question)
        assert isinstance(outcome, Answer), outcome
        await rated_down(aika, outcome, reply="No. The night ferry leaves for Turku at 22:15 now.")
        await aika.health.look()
        await aika.health.look()
        [finding] = await seen(aika)
        assert finding.owner is not None
        assert finding.owner.name == "ferry-team"
    ferry = settings.base_dir / "docs" / "ferry.md"
    ferry.write_text(DOCUMENTS["ferry.md"].replace("21:30", "22:15"), encoding="utf-8")
    async with running(settings) as aika:
        await aika.health.look()
        [finding] = await seen(aika)
        assert finding.state is FindingState.RESOLVED
