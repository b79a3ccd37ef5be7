"""Words of documents that an asker may not read are never suggested, and change nothing that the asker sees."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from prepared_database import database_in

from aika.domain.access import EVERYONE, Scope
from aika.domain.identifiers import PrincipalId
from aika.domain.queries import Query
from aika.ingestion.following import IndexFollower
from aika.protocols import Entry, Index
from aika.registry import Surroundings, open_component
from aika.retrieval.dense import DenseRanker
from aika.retrieval.hybrid import HybridRanker
from aika.retrieval.lexical import LexicalRanker, TechnicalAnalyzer
from aika.retrieval.lexicon.expanding import LexiconExpander
from aika.retrieval.lexicon.keeping import LexiconKeeper
from aika.retrieval.pipeline import HybridRetriever
from aika.retrieval.rewriting import FollowUpRewriter
from aika.stores.database.database import Database
from aika.testing.fakes import FakeEmbedder
from aika.testing.makers import make_document, make_entry

ANALYZER = TechnicalAnalyzer()
INSIDER = Scope.of([PrincipalId("group:board")])
OUTSIDER = Scope.of([PrincipalId("user:bob")])
QUESTIONS = (
    "What is Zephyrloft?",
    "what is zephyrloftt",
    "zephyrlfot acquisition",
    "zephyr loft",
    "Who runs PNB?",
    "who runs pnb",
    "Who runs project north bridge?",
    "the acquisitoin of the harbour",
)
PUBLIC = (
    ("The harbour crane lifts twelve tonnes. Ask the night ferry operations (NFO).", "crane.md"),
    ("NFO is on call. The acquisition of cranes is planned by the harbour.", "ferry.md"),
)
SECRET = "Project north bridge (PNB) is the acquisition of Zephyrloft. PNB is run by Zephyrloft's board."


@dataclass
class Deployment:
    """A catalogue, an index and a lexicon of both."""

    database: Database
    index: Index
    keeper: LexiconKeeper

    async def record(self, *entries: Entry) -> None:
        await self.database.catalogue.record(entries)
        follower = IndexFollower(self.database.catalogue, self.index, self.database.vectors, FakeEmbedder())
        await follower.catch_up()

    async def seen(self, scope: Scope) -> list[object]:
        """Return all that somebody sees of the questions, but for scores."""
        catalogue = self.database.catalogue
        expander = LexiconExpander(lambda: self.keeper.current, self.index, catalogue, ANALYZER)
        rankers = (LexicalRanker(self.index), DenseRanker(self.index, FakeEmbedder()))
        retriever = HybridRetriever(
            HybridRanker(rankers, FollowUpRewriter(ANALYZER), expander=expander), catalogue, ANALYZER
        )
        found = [await retriever.retrieve(Query(text, scope), k=5) for text in QUESTIONS]
        return [(one.query, one.notes, [hit.chunk.document.key for hit in one.hits]) for one in found]


@pytest.fixture
async def deployment(tmp_path: Path) -> AsyncIterator[Deployment]:
    async with (
        Database.open(database_in(tmp_path)) as database,
        open_component("indexes", "memory", {}, Surroundings(tmp_path, tmp_path, ANALYZER)) as shelf,
        shelf.open("test", dimensions=64) as index,
    ):
        made = Deployment(database, index, LexiconKeeper(database.catalogue, ANALYZER, tmp_path))
        await made.record(*(make_entry(text, document=make_document(key)) for text, key in PUBLIC))
        yield made


def secret(*readers: str) -> Entry:
    return make_entry(SECRET, document=make_document("secret.md", readers=readers))


async def test_a_private_document_changes_nothing_for_others(deployment: Deployment) -> None:
    await deployment.keeper.learn()
    before = await deployment.seen(OUTSIDER)

    await deployment.record(secret("group:board"))
    await deployment.keeper.learn()

    assert await deployment.seen(OUTSIDER) == before
    assert "zephyrloft" not in str(deployment.keeper.current).lower()


async def test_its_own_readers_words_are_not_corrected(deployment: Deployment) -> None:
    await deployment.record(secret("group:board"))
    await deployment.keeper.learn()

    query, notes, keys = (await deployment.seen(INSIDER))[0]

    assert (query, notes) == ("What is Zephyrloft?", ())
    assert keys[0] == "secret.md"


async def test_a_lexicon_that_is_behind_tells_nothing_of_what_became_private(deployment: Deployment) -> None:
    await deployment.keeper.learn()
    before = await deployment.seen(OUTSIDER)
    await deployment.record(secret(EVERYONE))
    await deployment.keeper.learn()
    told = await deployment.seen(OUTSIDER)

    await deployment.record(secret("group:board"))

    assert told != before, "a public document's words are learned"
    assert await deployment.seen(OUTSIDER) == before
