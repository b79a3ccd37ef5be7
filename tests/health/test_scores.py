"""Scores of documents, owners and sources: what they lose, and that every part of it is named."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from digest_material import PAYMENTS, broken, make_finding, opened_copy, recorded

from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.documents import Document, Owner
from aika.domain.findings import Finding, FindingKind
from aika.domain.identifiers import SourceId
from aika.domain.scores import DocumentScore
from aika.domain.sources import Source
from aika.health.scores import MOST_FOR_FINDINGS, Standing, score_documents, score_owners, score_sources
from aika.health.scores_keeping import ScoreKeeper
from aika.stores.database.database import Database
from aika.testing.clock import SetClock
from aika.testing.makers import make_document

TODAY = date(2026, 11, 2)
LIMITS = replace(make_document("limits.md", title="Limits"), owner=PAYMENTS)


def standing(*findings: Finding, ratings: int = 0) -> Standing:
    return Standing(findings, {LIMITS.id: ratings} if ratings else {}, TODAY)


def score_of(document: Document, *findings: Finding, ratings: int = 0) -> DocumentScore:
    [score] = score_documents([document], standing(*findings, ratings=ratings))
    return score


def asked_by(people: int, kind: FindingKind = FindingKind.OUTDATED) -> Finding:
    return make_finding(f"{kind}-{people}", LIMITS, kind=kind, questions=[broken(asker=f"{n}") for n in range(people)])


class TestDocuments:
    def test_a_document_that_nothing_speaks_against_has_100(self) -> None:
        score = score_of(LIMITS)

        assert (score.score, score.parts, score.owner) == (100, (), "payments team")

    def test_the_parts_make_up_the_score(self) -> None:
        document = replace(LIMITS, attributes={"last_reviewed": "2024-01-01"})

        score = score_of(document, asked_by(1), asked_by(1, FindingKind.UNSUPPORTED), ratings=-2)

        assert {part.name: part.points for part in score.parts} == {
            "outdated": -25,
            "unsupported": -10,
            "not reviewed": -10,
            "not helpful": -6,
        }
        assert score.score == pytest.approx(100 + sum(part.points for part in score.parts))

    def test_every_part_is_explained(self) -> None:
        [part] = score_of(LIMITS, asked_by(2)).parts

        assert part.explanation == "1 open finding: it says what no longer holds; 2 people asked"

    def test_more_people_cost_more(self) -> None:
        scores = [score_of(LIMITS, asked_by(people)).score for people in (1, 2, 8)]

        assert scores == sorted(scores, reverse=True)
        assert len(set(scores)) == 3

    def test_findings_alone_cost_only_so_much(self) -> None:
        score = score_of(LIMITS, *(asked_by(people) for people in range(20)))

        assert score.score == pytest.approx(100 - MOST_FOR_FINDINGS)

    def test_a_document_that_was_replaced_says_so(self) -> None:
        [part] = score_of(replace(LIMITS, attributes={"superseded_by": "limits-2.md"})).parts

        assert (part.name, part.explanation) == (
            "replaced",
            "its own record says that it no longer stands: limits-2.md",
        )

    def test_age_alone_costs_nothing(self) -> None:
        assert score_of(replace(LIMITS, attributes={})).score == 100

    def test_helpful_answers_cannot_hide_a_finding(self) -> None:
        assert score_of(LIMITS, asked_by(1), ratings=50).score == score_of(LIMITS, asked_by(1)).score

    def test_the_worst_come_first(self) -> None:
        good, bad = make_document("a.md"), make_document("b.md")

        scores = score_documents([good, bad], standing(make_finding("x", bad)))

        assert [score.document.key for score in scores] == ["b.md", "a.md"]


class TestGroups:
    def test_an_owner_has_the_mean_of_their_documents(self) -> None:
        other = replace(make_document("other.md"), owner=PAYMENTS)
        now = standing(asked_by(1))

        [owner] = score_owners(score_documents([LIMITS, other], now), now)

        assert (owner.name, owner.score, owner.documents, owner.findings) == ("payments team", 87.5, 2, 1)
        [part] = owner.parts
        assert (part.name, part.points) == ("outdated", -12.5)
        assert part.explanation == "1 document, the worst of them “Limits”"

    def test_a_missing_document_counts_as_one_with_0(self) -> None:
        now = standing(make_finding("gap", gap=True, questions=[broken()]))

        [owner] = score_owners(score_documents([LIMITS], now), now)

        assert (owner.score, owner.gaps) == (50, 1)
        assert [(part.name, part.points) for part in owner.parts] == [("missing documents", -50)]

    def test_documents_without_an_owner_are_a_group_of_their_own(self) -> None:
        now = standing()

        owners = score_owners(score_documents([LIMITS, make_document("free.md")], now), now)

        assert {owner.name for owner in owners} == {"", "payments team"}

    def test_the_owner_of_a_source_owns_what_has_none(self) -> None:
        handbook = Source(id=SourceId("handbook"), connector="push", options={}, owner=Owner("docs team"))
        now = replace(standing(), sources={handbook.id: handbook})

        [score] = score_documents([make_document("free.md")], now)

        assert score.owner == "docs team"

    def test_sources_are_scored_alike(self) -> None:
        now = standing(asked_by(1))

        [source] = score_sources(score_documents([LIMITS], now), now)

        assert (source.name, source.score) == ("handbook", 75)


def keeper_of(database: Database, clock: SetClock) -> ScoreKeeper:
    return ScoreKeeper(database.catalogue, database.findings, database.opinions, database.scores, dict, clock)


class TestKeeping:
    async def test_scores_are_made_from_what_may_be_read_alone(self, empty_database: Path, tmp_path: Path) -> None:
        secret = make_document("secret.md", title="Secret", readers=["group:board"])
        async with opened_copy(empty_database, tmp_path) as database:
            await recorded(database, LIMITS, secret)
            await database.findings.add(make_finding("a", LIMITS, [secret]))
            await database.findings.add(make_finding("b", secret))
            keeper = keeper_of(database, SetClock())

            anybody = await keeper.scores(scope=Scope.of([]))
            everything = await keeper.scores(scope=UNRESTRICTED)

        assert [(score.document.key, score.score) for score in anybody.documents] == [("limits.md", 100)]
        assert [(score.document.key, score.findings) for score in everything.documents] == [
            ("limits.md", 1),
            ("secret.md", 1),
        ]

    async def test_a_day_is_kept_once(self, empty_database: Path, tmp_path: Path) -> None:
        async with opened_copy(empty_database, tmp_path) as database:
            await recorded(database, LIMITS)
            await database.findings.add(make_finding("a", LIMITS))
            keeper = keeper_of(database, SetClock())

            assert await keeper.keep()
            assert not await keeper.keep()
            history = await keeper.since(TODAY, level="owner")

        assert [(day.name, day.score, day.documents, day.findings) for day in history] == [("payments team", 75, 1, 1)]
