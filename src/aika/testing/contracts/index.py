"""What every index must do.

Inherit from `IndexContract` and give it a ``shelf`` fixture: an open shelf without generations, made with a `PlainAnalyzer`.
"""

from dataclasses import replace

import numpy as np
import pytest

from aika.domain.access import EVERYONE, GUESTS, UNRESTRICTED, Scope
from aika.domain.documents import Kind
from aika.domain.identifiers import PrincipalId, SourceId
from aika.protocols import Index, IndexPosition
from aika.testing.contracts.index_makers import chunks_of, ids, places, pointing, put, towards
from aika.testing.contracts.index_selecting import SelectingContract
from aika.testing.contracts.index_shelf import ShelfContract
from aika.testing.makers import make_chunk, make_document

ALICE, BOB = PrincipalId("user:alice"), PrincipalId("user:bob")


class IndexContract(ShelfContract, SelectingContract):
    """The behaviour of `aika.protocols.Index`, and of the shelf it comes from."""

    # Finding

    async def test_a_chunk_is_found_by_its_words(self, index: Index) -> None:
        wanted, _ = await put(index, make_document(), "reset the payment gateway", "holiday calendar")

        assert places(await index.search_text("payment", k=5, scope=UNRESTRICTED)) == ids(wanted)

    async def test_more_matching_words_rank_higher(self, index: Index) -> None:
        one, both, _ = await put(
            index, make_document(), "payment terms of suppliers", "payment gateway of suppliers", "unrelated words here"
        )

        assert places(await index.search_text("payment gateway", k=5, scope=UNRESTRICTED)) == ids(both, one)

    async def test_a_rare_word_tells_more_than_a_common_one(self, index: Index) -> None:
        common, rare, *_ = await put(index, make_document(), "team alpha", "team omega", "alpha xx", "alpha yy")

        assert places(await index.search_text("alpha omega", k=1, scope=UNRESTRICTED)) == ids(rare)
        assert places(await index.search_text("omega team", k=2, scope=UNRESTRICTED)) == ids(rare, common)

    async def test_a_short_chunk_ranks_above_a_long_one_with_the_same_word(self, index: Index) -> None:
        long, short = await put(index, make_document(), "gateway " + "filler " * 300, "gateway")

        assert places(await index.search_text("gateway", k=5, scope=UNRESTRICTED)) == ids(short, long)

    async def test_a_title_is_found_and_counts_more_than_the_body(self, index: Index) -> None:
        (in_body,) = await put(index, make_document("a", title="Suppliers"), "gateway" + " filler" * 99)
        (in_title,) = await put(index, make_document("b", title="Gateway"), "filler" + " filler" * 99)

        assert places(await index.search_text("gateway", k=5, scope=UNRESTRICTED)) == ids(in_title, in_body)

    async def test_headings_keys_and_attributes_are_found(self, index: Index) -> None:
        document = make_document("runbooks/failover", attributes={"tags": ("oncall", "database"), "status": "accepted"})
        chunk = replace(make_chunk("body", document=document), heading_path=("Rollback",))
        await index.replace(document.id, [chunk], None)

        for word in ("failover", "oncall", "accepted", "rollback"):
            assert places(await index.search_text(word, k=5, scope=UNRESTRICTED)) == ids(chunk)

    async def test_vectors_rank_by_their_angle(self, index: Index) -> None:
        far, near, nearest = await put(index, make_document(), "a", "b", "c", degrees=(120, 40, 10))

        assert places(await index.search_vector(towards(0), k=5, scope=UNRESTRICTED)) == ids(nearest, near, far)

    async def test_scores_do_not_rise_along_a_ranking(self, index: Index) -> None:
        await put(index, make_document(), "gateway", "gateway two", "gateway two three", degrees=(0, 20, 40))

        by_words = [hit.score for hit in await index.search_text("gateway", k=5, scope=UNRESTRICTED)]
        by_vectors = [hit.score for hit in await index.search_vector(towards(0), k=5, scope=UNRESTRICTED)]

        assert by_words == sorted(by_words, reverse=True)
        assert by_vectors == sorted(by_vectors, reverse=True)

    async def test_k_bounds_the_ranking(self, index: Index) -> None:
        await put(index, make_document(), *["gateway"] * 5, degrees=range(5))

        assert len(await index.search_text("gateway", k=3, scope=UNRESTRICTED)) == 3
        assert len(await index.search_vector(towards(0), k=3, scope=UNRESTRICTED)) == 3

    async def test_k_may_be_larger_than_the_index(self, index: Index) -> None:
        await put(index, make_document(), "gateway", "gateway", degrees=(0, 1))

        assert len(await index.search_text("gateway", k=1000, scope=UNRESTRICTED)) == 2
        assert len(await index.search_vector(towards(0), k=1000, scope=UNRESTRICTED)) == 2

    async def test_ties_break_on_the_chunk_id(self, index: Index) -> None:
        chunks = [
            chunk
            for number in range(40)
            for chunk in await put(index, make_document(f"{number:02}"), "gateway", degrees=(30,))
        ]
        first = ids(*sorted(chunks, key=lambda chunk: chunk.id))[:7]

        assert places(await index.search_text("gateway", k=7, scope=UNRESTRICTED)) == first
        assert places(await index.search_vector(towards(0), k=7, scope=UNRESTRICTED)) == first

    async def test_unknown_words_find_nothing(self, index: Index) -> None:
        await put(index, make_document(), "gateway")

        assert await index.search_text("zebra", k=5, scope=UNRESTRICTED) == []

    @pytest.mark.parametrize("text", ["", "   ", "?!"])
    async def test_a_question_without_words_finds_nothing(self, index: Index, text: str) -> None:
        await put(index, make_document(), "gateway")

        assert await index.search_text(text, k=5, scope=UNRESTRICTED) == []

    async def test_an_empty_index_finds_nothing(self, index: Index) -> None:
        assert await index.search_text("gateway", k=5, scope=UNRESTRICTED) == []
        assert await index.search_vector(towards(0), k=5, scope=UNRESTRICTED) == []
        assert await index.count() == 0

    # Replacing and removing

    async def test_a_document_that_shrank_leaves_no_tail(self, index: Index) -> None:
        document = make_document()
        await put(index, document, "alpha", "omega", degrees=(0, 90))

        await put(index, document, "alpha", degrees=(0,))

        assert await index.search_text("omega", k=5, scope=UNRESTRICTED) == []
        assert len(await index.search_vector(towards(90), k=5, scope=UNRESTRICTED)) == 1
        assert await index.count() == 1

    async def test_a_replaced_chunk_is_found_by_its_new_words_only(self, index: Index) -> None:
        document = make_document()
        await put(index, document, "alpha", degrees=(0,))

        (chunk,) = await put(index, document, "omega", degrees=(90,))

        assert await index.search_text("alpha", k=5, scope=UNRESTRICTED) == []
        assert places(await index.search_text("omega", k=5, scope=UNRESTRICTED)) == ids(chunk)
        (hit,) = await index.search_vector(towards(90), k=5, scope=UNRESTRICTED)
        assert hit.score == pytest.approx(1, abs=1e-3)

    async def test_replacing_twice_changes_nothing(self, index: Index) -> None:
        document = make_document()
        await put(index, document, "alpha one", "alpha", degrees=(0, 90))
        before = await index.search_text("alpha", k=5, scope=UNRESTRICTED)

        await put(index, document, "alpha one", "alpha", degrees=(0, 90))

        assert places(await index.search_text("alpha", k=5, scope=UNRESTRICTED)) == places(before)
        assert await index.count() == 2

    async def test_replacing_with_no_chunks_removes_the_document(self, index: Index) -> None:
        document = make_document()
        await put(index, document, "alpha")

        await index.replace(document.id, [], None)

        assert await index.count() == 0

    async def test_replacing_leaves_other_documents_alone(self, index: Index) -> None:
        (other,) = await put(index, make_document("other"), "alpha")
        await put(index, make_document(), "alpha", "alpha")

        await put(index, make_document(), "omega")

        assert places(await index.search_text("alpha", k=5, scope=UNRESTRICTED)) == ids(other)

    async def test_many_documents_are_replaced_at_once(self, index: Index) -> None:
        documents = [make_document(f"{number}") for number in range(30)]
        await put(index, documents[0], "old", "old", "old")

        await index.replace_many(
            [(d.id, chunks_of(d, f"number{i}", "shared"), pointing(i, 90)) for i, d in enumerate(documents)]
        )

        assert await index.count() == 60
        assert await index.search_text("old", k=5, scope=UNRESTRICTED) == []
        assert [hit.document for hit in await index.search_text("number7", k=5, scope=UNRESTRICTED)] == [
            documents[7].id
        ]

    async def test_of_a_document_named_twice_at_once_the_last_version_stays(self, index: Index) -> None:
        document = make_document()

        await index.replace_many(
            [
                (document.id, chunks_of(document, "alpha", "alpha"), None),
                (document.id, chunks_of(document, "omega"), None),
            ]
        )

        assert await index.count() == 1
        assert len(await index.search_text("omega", k=5, scope=UNRESTRICTED)) == 1

    async def test_replacing_nothing_and_removing_nothing_is_no_error(self, index: Index) -> None:
        await index.replace_many([])
        await index.remove([])

        assert await index.count() == 0

    async def test_a_removed_document_is_not_found(self, index: Index) -> None:
        document, (kept,) = make_document(), await put(index, make_document("kept"), "alpha", degrees=(0,))
        await put(index, document, "alpha", "alpha", degrees=(0, 1))

        await index.remove([document.id])

        assert places(await index.search_text("alpha", k=5, scope=UNRESTRICTED)) == ids(kept)
        assert places(await index.search_vector(towards(0), k=5, scope=UNRESTRICTED)) == ids(kept)
        assert await index.count() == 1

    async def test_removing_an_unknown_document_is_no_error(self, index: Index) -> None:
        await put(index, make_document(), "alpha")

        await index.remove([make_document("unknown").id])

        assert await index.count() == 1

    async def test_without_vectors_a_document_is_found_by_words_alone(self, index: Index) -> None:
        await put(index, make_document(), "alpha")

        assert len(await index.search_text("alpha", k=5, scope=UNRESTRICTED)) == 1
        assert await index.search_vector(towards(0), k=5, scope=UNRESTRICTED) == []

    async def test_vectors_may_come_later(self, index: Index) -> None:
        document = make_document()
        await put(index, document, "alpha")

        (chunk,) = await put(index, document, "alpha", degrees=(0,))

        assert places(await index.search_vector(towards(0), k=5, scope=UNRESTRICTED)) == ids(chunk)

    async def test_a_change_without_vectors_takes_the_old_vectors_away(self, index: Index) -> None:
        document = make_document()
        await put(index, document, "alpha", degrees=(0,))

        await put(index, document, "omega")

        assert await index.search_vector(towards(0), k=5, scope=UNRESTRICTED) == []

    async def test_vectors_of_other_dimensions_are_refused(self, index: Index) -> None:
        document = make_document()

        with pytest.raises(ValueError, match="vectors of shape"):
            await index.replace(document.id, chunks_of(document, "alpha"), np.ones((1, 3), dtype=np.float32))

    # Scope

    async def test_a_chunk_without_readers_is_found_by_nobody(self, index: Index) -> None:
        await put(index, make_document(readers=()), "alpha", degrees=(0,))

        assert await index.search_text("alpha", k=5, scope=Scope.of([ALICE])) == []
        assert await index.search_vector(towards(0), k=5, scope=Scope.of([ALICE])) == []

    async def test_readers_find_what_they_may_read(self, index: Index) -> None:
        (hers,) = await put(index, make_document("hers", readers=(ALICE,)), "alpha", degrees=(0,))
        await put(index, make_document("his", readers=(BOB,)), "alpha", degrees=(0,))

        assert places(await index.search_text("alpha", k=5, scope=Scope.of([ALICE]))) == ids(hers)
        assert places(await index.search_vector(towards(0), k=5, scope=Scope.of([ALICE]))) == ids(hers)

    async def test_everyone_finds_what_everyone_may_read(self, index: Index) -> None:
        await put(index, make_document(readers=(EVERYONE,)), "alpha")

        assert len(await index.search_text("alpha", k=5, scope=Scope.of([]))) == 1

    async def test_a_channel_finds_only_what_every_member_may_read(self, index: Index) -> None:
        group = PrincipalId("group:payments")
        (both,) = await put(index, make_document("both", readers=(ALICE, group)), "alpha", degrees=(0,))
        await put(index, make_document("hers", readers=(ALICE,)), "alpha", degrees=(0,))
        await put(index, make_document("his", readers=(BOB,)), "alpha", degrees=(0,))
        channel = Scope.of_all([{ALICE}, {BOB, group}])

        assert places(await index.search_text("alpha", k=5, scope=channel)) == ids(both)
        assert places(await index.search_vector(towards(0), k=5, scope=channel)) == ids(both)

    async def test_a_channel_with_a_guest_finds_what_the_guest_may_read_too(self, index: Index) -> None:
        (named,) = await put(index, make_document("named", readers=(EVERYONE, BOB)), "alpha", degrees=(0,))
        (open_to_all,) = await put(index, make_document("open", readers=(GUESTS,)), "alpha", degrees=(10,))
        await put(index, make_document("company", readers=(EVERYONE,)), "alpha", degrees=(0,))
        channel, company = Scope.of_audience([{ALICE, EVERYONE}, {BOB}]), Scope.of([ALICE])

        found = places(await index.search_vector(towards(0), k=5, scope=channel))
        found_by_words = places(await index.search_text("alpha", k=5, scope=channel))

        assert found == ids(named, open_to_all)
        assert set(found_by_words) == set(ids(named, open_to_all))
        assert len(await index.search_text("alpha", k=5, scope=company)) == 3

    async def test_access_is_checked_before_ranking(self, index: Index) -> None:
        (readable,) = await put(index, make_document("readable", readers=(ALICE,)), "alpha beta", degrees=(80,))
        for number in range(30):
            await put(index, make_document(f"{number}", readers=(BOB,)), "alpha", degrees=(0,))

        assert places(await index.search_text("alpha", k=1, scope=Scope.of([ALICE]))) == ids(readable)
        assert places(await index.search_vector(towards(0), k=1, scope=Scope.of([ALICE]))) == ids(readable)

    async def test_narrowed_readers_hold_at_once(self, index: Index) -> None:
        await put(index, make_document(readers=(EVERYONE,)), "alpha")

        await put(index, make_document(readers=(BOB,)), "alpha")

        assert await index.search_text("alpha", k=5, scope=Scope.of([ALICE])) == []

    async def test_sources_and_kinds_narrow_a_search(self, index: Index) -> None:
        (page,) = await put(index, make_document(source="wiki"), "alpha", degrees=(0,))
        (code,) = await put(index, make_document(source="repo", kind=Kind.CODE), "alpha", degrees=(0,))
        only_wiki = UNRESTRICTED.narrowed(sources=[SourceId("wiki")])
        only_code = UNRESTRICTED.narrowed(kinds=[Kind.CODE])

        assert places(await index.search_text("alpha", k=5, scope=only_wiki)) == ids(page)
        assert places(await index.search_vector(towards(0), k=5, scope=only_code)) == ids(code)
        assert await index.search_text("alpha", k=5, scope=only_wiki.narrowed(kinds=[Kind.CODE])) == []

    async def test_no_sources_and_no_kinds_find_nothing(self, index: Index) -> None:
        await put(index, make_document(), "alpha", degrees=(0,))

        for scope in (UNRESTRICTED.narrowed(sources=[]), UNRESTRICTED.narrowed(kinds=[])):
            assert await index.search_text("alpha", k=5, scope=scope) == []
            assert await index.search_vector(towards(0), k=5, scope=scope) == []

    # Remembering

    async def test_a_new_index_is_at_the_beginning(self, index: Index) -> None:
        assert await index.position() == IndexPosition(0, 0)

    async def test_a_checkpoint_is_remembered(self, index: Index) -> None:
        await put(index, make_document(), "alpha")

        await index.checkpoint(IndexPosition(findable=7, embedded=3))
        await index.checkpoint(IndexPosition(findable=9, embedded=4))

        assert await index.position() == IndexPosition(findable=9, embedded=4)

    # Text of all sorts

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "\x00\x01\x1f control \x7f",
            "emoji 🦆🏳️‍🌈 👩‍👩‍👧",
            "w" * 100_000,
            "' OR 1=1; -- \" \\ %s {} $(id)",
            "עברית العربية 中文 ไทย",
            "a\ud800b",
        ],
        ids=["empty", "control", "emoji", "one-long-word", "quotes", "scripts", "lone-surrogate"],
    )
    async def test_hostile_text_is_indexed_and_searched(self, index: Index, text: str) -> None:
        document = make_document()
        chunks = await put(index, document, text, "marker", degrees=(0, 90))

        await index.search_text(text, k=5, scope=UNRESTRICTED)

        assert places(await index.search_text("marker", k=5, scope=UNRESTRICTED)) == ids(chunks[1])
        assert places(await index.search_vector(towards(0), k=1, scope=UNRESTRICTED)) == ids(chunks[0])

    async def test_a_very_long_chunk_and_question_work(self, index: Index) -> None:
        words = " ".join(f"word{number}" for number in range(20_000))
        (chunk,) = await put(index, make_document(), words)

        assert places(await index.search_text(words, k=5, scope=UNRESTRICTED)) == ids(chunk)

    async def test_hostile_names_of_readers_and_sources_match_exactly(self, index: Index) -> None:
        reader, source = PrincipalId("gro\x00up:'💥\""), "sou rce/\\*"
        (chunk,) = await put(index, make_document("a", source=source, readers=(reader,)), "alpha")
        await put(index, make_document("b", source=source, readers=("group:💥",)), "alpha")
        scope = Scope.of([reader]).narrowed(sources=[SourceId(source)])

        assert places(await index.search_text("alpha", k=5, scope=scope)) == ids(chunk)
