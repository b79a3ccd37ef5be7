"""Rules move documents up and down, and every hit says why."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from small_library import ANALYZER, SmallLibrary, ask, of_document

from aika.domain.assistants import Assistant
from aika.domain.documents import Document, Kind
from aika.domain.errors import TransientError
from aika.domain.identifiers import AssistantId, DocumentId, PrincipalId, SourceId
from aika.domain.queries import Hit, Query
from aika.domain.rules import Decay, RankingRule, RuleLevel
from aika.domain.selection import Selection
from aika.retrieval.reranking import Reranking
from aika.retrieval.rules import Opinions, Rules
from aika.retrieval.stages import Reordered
from aika.testing.clock import SetClock
from aika.testing.makers import make_chunk, make_document

NOW = datetime(2026, 11, 1, tzinfo=UTC)
OLD_SINKS = RankingRule("superseded decisions sink", Selection(statuses=frozenset({"superseded"})), 0.5)
CHAT_SINKS = RankingRule("chat sinks", Selection(kinds=frozenset({Kind.CONVERSATION})), 0.6)

OLD = make_document("rfc-017-drafts.md", title="Simpler draft stack", attributes={"status": "superseded"})
NEW = make_document("rfc-160-drafts.md", title="Drafts on one platform")
CHAT = make_document("c1", kind=Kind.CONVERSATION)


class Said:
    """Remembers how many more people found a document helpful than not."""

    def __init__(self, counts: Mapping[DocumentId, int]) -> None:
        self.counts = counts

    async def helpful(self, documents: Collection[DocumentId]) -> Mapping[DocumentId, int]:
        return self.counts


class Speechless:
    async def helpful(self, documents: Collection[DocumentId]) -> Mapping[DocumentId, int]:
        raise TransientError("the database is away")


class PrefersTheOld:
    async def rerank(self, query: Query, hits: Sequence[Hit], *, k: int) -> list[Hit]:
        return sorted(hits, key=lambda hit: hit.chunk.document.id != OLD.id)[:k]


def ranking(*documents: Document) -> list[Hit]:
    """Return a hit of each document, the first with the score 1 and each next with 0.1 less."""
    return [Hit(make_chunk(document=document), 1 - place / 10) for place, document in enumerate(documents)]


async def apply(
    rules: Sequence[RankingRule],
    hits: Sequence[Hit],
    question: str | Query = "how do drafts work",
    opinions: Opinions | None = None,
) -> Reordered:
    stage = Rules(lambda: rules, ANALYZER, SetClock(NOW), opinions or Said({}))
    return await stage.reorder(ask(question) if isinstance(question, str) else question, hits)


def keys(done: Reordered) -> list[str]:
    return [hit.chunk.document.key for hit in done.hits]


def why(done: Reordered, document: Document) -> str | None:
    return done.reasons.get(make_chunk(document=document).id)


async def test_a_demoted_document_sinks_and_says_which_rule_did_it() -> None:
    done = await apply([OLD_SINKS], ranking(OLD, NEW))

    assert [(hit.chunk.document.key, hit.score) for hit in done.hits] == [(NEW.key, 0.9), (OLD.key, 0.5)]
    assert why(done, OLD) == "demoted by 'superseded decisions sink' (×0.5)"
    assert why(done, NEW) is None


async def test_factors_multiply_and_the_product_is_told() -> None:
    old_chat = replace(CHAT, attributes={"status": "superseded"})

    done = await apply([OLD_SINKS, CHAT_SINKS], ranking(old_chat))

    assert done.hits[0].score == pytest.approx(0.3)
    assert why(done, old_chat) == (
        "demoted by 'superseded decisions sink' (×0.5); demoted by 'chat sinks' (×0.6); ×0.3 in all"
    )


async def test_rules_that_select_nothing_leave_the_ranking_as_it_came() -> None:
    out_of_order = list(reversed(ranking(CHAT, NEW)))

    done = await apply([OLD_SINKS], out_of_order)

    assert done.hits == out_of_order


async def test_equal_scores_keep_their_order() -> None:
    hits = [Hit(make_chunk(document=document), 0.5) for document in (NEW, CHAT, OLD)]

    done = await apply([replace(CHAT_SINKS, factor=0.999)], hits)

    assert keys(done) == [NEW.key, OLD.key, CHAT.key]


async def test_a_demotion_lowers_a_score_below_zero_too() -> None:
    hits = [Hit(make_chunk(document=OLD), -1.0)]

    assert (await apply([OLD_SINKS], hits)).hits[0].score == -2.0


async def test_the_age_that_demoted_a_document_is_told() -> None:
    aged = replace(NEW, modified_at=NOW - timedelta(days=180))

    done = await apply([RankingRule("old sinks", decay=Decay(timedelta(days=180)))], ranking(aged))

    assert why(done, aged) == "demoted by 'old sinks' (×0.75, 180 days old)"


class TestWhatAQuestionAsksForByName:
    @pytest.mark.parametrize(
        "question",
        [
            "What did RFC 17 say?",
            "Was rfc-017 ever built?",
            'What is the status of the RFC "Simpler draft stack"?',
            "who wrote the simpler draft stack proposal",
            "Is there a superseded decision on drafts?",
        ],
    )
    async def test_is_not_demoted(self, question: str) -> None:
        done = await apply([OLD_SINKS], ranking(OLD, NEW), question)

        assert keys(done) == [OLD.key, NEW.key]
        assert str(why(done, OLD)).startswith("not demoted by 'superseded decisions sink': the question ")

    @pytest.mark.parametrize("question", ["Do we have a simpler draft stack?", "What did RFC 170 say?", "drafts"])
    async def test_is_more_than_its_topic(self, question: str) -> None:
        done = await apply([OLD_SINKS], ranking(OLD, NEW), question)

        assert keys(done) == [NEW.key, OLD.key]

    async def test_is_boosted_all_the_same(self) -> None:
        done = await apply([replace(OLD_SINKS, factor=2.0)], ranking(OLD), "What did RFC 17 say?")

        assert done.hits[0].score == 2.0

    async def test_can_be_known_by_its_record(self) -> None:
        decision = make_document("decisions/0007.md", attributes={"status": "superseded", "record": "ADR-7"})

        assert keys(await apply([OLD_SINKS], ranking(decision, NEW), "What did ADR 7 decide?")) == [
            decision.key,
            NEW.key,
        ]


class TestASourcesOwnRules:
    @pytest.mark.parametrize(("factor", "score"), [(1.5, 1.5), (0.2, 0.1)])
    async def test_stay_within_their_bounds_together(self, factor: float, score: float) -> None:
        own = [RankingRule(f"rule {n}", factor=factor, level=RuleLevel.SOURCE) for n in range(5)]

        done = await apply(own, ranking(NEW))

        assert done.hits[0].score == pytest.approx(score)

    async def test_do_not_bound_what_the_company_says(self) -> None:
        own = RankingRule("ours", factor=1.5, level=RuleLevel.SOURCE)

        done = await apply([own, RankingRule("all", factor=3.0)], ranking(NEW))

        assert done.hits[0].score == 4.5


class TestAnAssistantsRules:
    def asked(self, *rules: RankingRule) -> Query:
        assistant = Assistant(AssistantId("a"), "History", PrincipalId("user:ann@example.org"), rules=rules)
        return replace(ask("how do drafts work"), assistant=assistant)

    async def test_hold_beside_the_company_s(self) -> None:
        own = RankingRule("pages rise", Selection(kinds=frozenset({Kind.PAGE})), 3.0, level=RuleLevel.ASSISTANT)

        done = await apply([OLD_SINKS], ranking(NEW, OLD), self.asked(own))

        assert [hit.score for hit in done.hits] == pytest.approx([3.0, 1.35])

    async def test_replace_those_of_the_company_that_have_the_same_name(self) -> None:
        own = RankingRule("Superseded decisions sink", factor=1.0, level=RuleLevel.ASSISTANT)

        done = await apply([OLD_SINKS], ranking(OLD, NEW), self.asked(own))

        assert keys(done) == [OLD.key, NEW.key]

    async def test_do_not_replace_a_source_s(self) -> None:
        of_source = replace(OLD_SINKS, level=RuleLevel.SOURCE)
        own = RankingRule(OLD_SINKS.name, level=RuleLevel.ASSISTANT)

        assert keys(await apply([of_source], ranking(OLD, NEW), self.asked(own))) == [NEW.key, OLD.key]


class TestWhatPeopleFoundHelpful:
    RISES = RankingRule("what helped rises", factor=1.2, min_helpful=3)

    @pytest.mark.parametrize(("net", "first"), [(3, NEW.key), (2, CHAT.key), (-4, CHAT.key)])
    async def test_rises_from_the_number_of_people_that_the_rule_names(self, net: int, first: str) -> None:
        done = await apply([self.RISES], ranking(CHAT, NEW), opinions=Said({NEW.id: net}))

        assert keys(done)[0] == first

    async def test_is_left_out_with_a_note_where_nobody_can_say(self) -> None:
        done = await apply([self.RISES, OLD_SINKS], ranking(OLD, NEW), opinions=Speechless())

        assert keys(done) == [NEW.key, OLD.key]
        assert done.notes == ("What people found helpful could not be looked up; rules that count it were left out.",)


async def test_a_rule_for_a_source_holds_for_no_other(library: SmallLibrary) -> None:
    wiki, code = make_document("a.md", source="wiki"), make_document("b.md", source="code")
    rule = RankingRule("the wiki sinks", Selection(sources=frozenset({SourceId("wiki")})), 0.1)
    unlike = of_document(make_document("c.md", source="code"), "book a room and a worker")
    await library.add(of_document(wiki, "restart the worker"), of_document(code, "restart the worker by hand"), unlike)
    retriever = library.retriever(stages=[Rules(lambda: [rule], ANALYZER, SetClock(NOW))])

    retrieval = await retriever.retrieve(ask("restart the worker"), k=3)

    second = retrieval.hits[1]
    assert [hit.chunk.document.key for hit in retrieval.hits] == ["b.md", "a.md", "c.md"]
    moves = [move for move in retrieval.explanations[second.chunk.id].moves if move.stage == "rules"]
    assert [move.reason for move in moves] == ["demoted by 'the wiki sinks' (×0.1)"]


async def test_a_rule_holds_against_a_reranker_before_it() -> None:
    reranked = await Reranking(PrefersTheOld()).reorder(ask("how do drafts work"), ranking(NEW, OLD, CHAT))

    done = await apply([OLD_SINKS], reranked.hits)

    assert [hit.chunk.document.key for hit in reranked.hits] == [OLD.key, NEW.key, CHAT.key]
    assert keys(done) == [NEW.key, CHAT.key, OLD.key]
