"""Which unanswered questions belong together, what a gap is called, and who could write what is missing."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from aika.domain.access import UNRESTRICTED
from aika.domain.documents import Document, Owner
from aika.domain.findings import BrokenQuestion, Cause, Finding, FindingKind, FindingState
from aika.domain.identifiers import FindingId
from aika.domain.queries import Hit
from aika.health.gaps import GapFinder, likely_writer, nearest_documents
from aika.models.minilm import MiniLmEmbedder
from aika.models.wordpiece import english_word_ranks
from aika.registry import Surroundings
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.fakes import FakeEmbedder
from aika.testing.makers import make_chunk, make_document

WHEN = datetime(2026, 11, 2, tzinfo=UTC)

RESET = "How do I reset my VPN password?"
FORGOTTEN = "I forgot my password for the VPN, how can I reset it?"
LEAVE = "How many vacation days do I get?"


def asked(text: str, *, said: str = "") -> BrokenQuestion:
    return BrokenQuestion(text, WHEN, Cause.UNANSWERED, asker="", scope=UNRESTRICTED, said=said)


def gap(id: str, *texts: str) -> Finding:
    return Finding(
        id=FindingId(id),
        key=id,
        kind=FindingKind.NO_DOCUMENT,
        state=FindingState.OPEN,
        title=texts[0],
        reason="",
        source=None,
        document=None,
        owner=None,
        exhibits=(),
        questions=tuple(asked(text) for text in texts),
        suggestion=None,
        created_at=WHEN,
        changed_at=WHEN,
    )


def owned(key: str, owner: str | None) -> Document:
    return replace(make_document(key), owner=None if owner is None else Owner(owner))


def finder_of(embedder: FakeEmbedder | None = None) -> GapFinder:
    return GapFinder(embedder or FakeEmbedder(), TechnicalAnalyzer(), english_word_ranks)


@pytest_asyncio.fixture
async def finder(embedder_graphs: Path) -> AsyncIterator[GapFinder]:
    """With the default embedder."""
    folder = embedder_graphs.parent
    surroundings = Surroundings(folder, folder, TechnicalAnalyzer())
    async with MiniLmEmbedder.open(MiniLmEmbedder.Options(threads=1), surroundings) as embedder:
        yield GapFinder(embedder, TechnicalAnalyzer(), english_word_ranks)


def texts_of(questions: Sequence[str], members: Sequence[int]) -> list[str]:
    return [questions[member] for member in members]


class TestJoining:
    async def test_the_same_question_in_other_words_joins_its_gap(self) -> None:
        gaps = [gap("a", RESET), gap("b", LEAVE)]

        joined = await finder_of().joined(FORGOTTEN, gaps)

        assert joined is gaps[0]

    async def test_another_question_opens_a_gap_of_its_own(self) -> None:
        assert await finder_of().joined("Who approves travel expenses?", [gap("a", RESET), gap("b", LEAVE)]) is None

    async def test_the_same_question_of_another_thing_does_not_join(self) -> None:
        gaps = [gap("a", "Where do alerts for asset-manager go?"), gap("b", "Where do alerts for router-api go?")]

        assert await finder_of().joined("Where do alerts for authenticating-proxy go?", gaps) is None

    async def test_a_question_that_is_asked_again_word_for_word_joins(self) -> None:
        gaps = [gap("a", RESET)]

        assert await finder_of().joined("how do i reset my vpn password", gaps) is gaps[0]

    async def test_a_gap_without_questions_is_never_joined(self) -> None:
        assert await finder_of().joined(RESET, [replace(gap("a", RESET), questions=())]) is None

    async def test_a_question_without_a_word_joins_nothing(self) -> None:
        assert await finder_of().joined("???", [gap("a", RESET)]) is None


class TestClustering:
    QUESTIONS = (
        "Who owns billing-api?",
        RESET,
        "Who owns pricing-api?",
        FORGOTTEN,
        "Which team is the owner of billing-api?",
        LEAVE,
    )

    async def test_what_one_document_would_answer_is_put_together(self) -> None:
        clusters = await finder_of().clusters([asked(text) for text in self.QUESTIONS])

        assert sorted(cluster.members for cluster in clusters) == [(0, 4), (1, 3), (2,), (5,)]

    async def test_the_order_of_asking_does_not_matter(self) -> None:
        turned = self.QUESTIONS[::-1]

        one = await finder_of().clusters([asked(text) for text in self.QUESTIONS])
        other = await finder_of().clusters([asked(text) for text in turned])

        groups = [sorted(sorted(texts_of(self.QUESTIONS, cluster.members)) for cluster in one)]
        assert groups == [sorted(sorted(texts_of(turned, cluster.members)) for cluster in other)]
        assert [cluster.name for cluster in one] == [cluster.name for cluster in other]

    async def test_a_thing_that_many_ask_about_stays_one_gap(self) -> None:
        many = [f"{RESET[:-1]}{'?' * number}" for number in range(1, 4)] + [
            "reset VPN password",
            "VPN password reset, please",
            "resetting my VPN password",
            "How to reset a VPN password",
        ]

        clusters = await finder_of().clusters([asked(text) for text in many])

        assert [cluster.members for cluster in clusters] == [tuple(range(len(many)))]

    async def test_of_very_many_questions_the_newest_are_looked_at(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("aika.health.gaps._MOST_CLUSTERED", 2)

        clusters = await finder_of().clusters([asked(text) for text in self.QUESTIONS])

        assert sorted(member for cluster in clusters for member in cluster.members) == [4, 5]

    async def test_nothing_has_no_gaps(self) -> None:
        assert await finder_of().clusters([]) == []

    async def test_questions_that_are_near_in_meaning_stay_apart_when_they_name_other_things(
        self, finder: GapFinder
    ) -> None:
        questions = [f"Where do alerts for {name} go?" for name in ("asset-manager", "router-api", "bouncer-v2")]

        clusters = await finder.clusters([asked(text) for text in questions])

        assert len(clusters) == 3


class TestNaming:
    async def test_a_gap_is_called_by_its_most_central_question(self) -> None:
        questions = [asked("Password of the guest network printer?"), asked(RESET), asked(FORGOTTEN), asked(RESET)]

        assert await finder_of().name(questions) == RESET

    async def test_a_follow_up_shows_the_words_of_its_asker(self) -> None:
        question = asked("How do I reset the password of the Falcon vault?", said="How do I reset that?")

        assert await finder_of().name([question]) == "How do I reset that?"

    async def test_a_long_question_is_shortened(self) -> None:
        name = await finder_of().name([asked("why " * 100)])

        assert len(name) <= 120
        assert name.endswith("…")


class TestWriters:
    def test_the_owner_of_most_of_the_nearest_documents_could_write_it(self) -> None:
        documents = [owned("a", "payments"), owned("b", "search"), owned("c", "search"), owned("d", "search")]

        assert likely_writer(documents) == Owner("search")

    def test_the_nearest_document_counts_most(self) -> None:
        assert likely_writer([owned("a", "payments"), owned("b", "search")]) == Owner("payments")

    def test_nobody_is_named_where_nothing_near_has_an_owner(self) -> None:
        assert likely_writer([owned("a", None)]) is None

    def test_a_document_is_near_once_however_many_of_its_chunks_are(self) -> None:
        one, other = make_document("a"), make_document("b")
        hits = [Hit(make_chunk(document=document, position=at), 1.0) for at, document in enumerate([one, one, other])]

        assert nearest_documents(hits) == (one, other)
