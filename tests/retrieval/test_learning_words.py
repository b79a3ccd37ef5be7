"""What is learned from documents, kept, and learned again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prepared_database import database_in
from small_library import ANALYZER, page

from aika.retrieval.lexicon.keeping import LexiconKeeper
from aika.retrieval.lexicon.learning import LexiconLearner
from aika.retrieval.lexicon.lexicon import Lexicon
from aika.retrieval.lexicon.storing import load, save
from aika.stores.database.database import Database
from aika.testing.makers import make_chunk, make_document

MMA = "Managed monitoring and alerting (MMA) pages whoever is on call."


def learned(*texts: str) -> Lexicon:
    learner = LexiconLearner(ANALYZER)
    for number, text in enumerate(texts):
        learner.add([make_chunk(text, document=make_document(f"{number}.md"))])
    return learner.learned()


def test_words_are_counted_by_chunk() -> None:
    words = learned("Payments, payments!", "the payments-worker", "PaymentsWorker").words

    assert (words["payments"], words["paymentsworker"], words["worker"]) == (2, 2, 1)


def test_spellings_of_one_meaning_are_one() -> None:
    lexicon = learned(MMA, "Managed Monitoring and Alerting (MMA)", "managed monitoring & alerting (MMA)")

    (meaning,) = lexicon.meanings
    assert (meaning.short, meaning.documents, len(meaning.witnesses)) == ("MMA", 3, 3)


def test_meanings_of_one_short_form_are_kept_apart_the_usual_one_first() -> None:
    lexicon = learned("maritime museum association (MMA)", MMA, f"{MMA} Again.")

    assert [(m.long, m.documents) for m in lexicon.meanings] == [
        ("Managed monitoring and alerting", 2),
        ("maritime museum association", 1),
    ]


def test_what_is_learned_does_not_depend_on_the_order() -> None:
    texts = ["maritime museum association (MMA)", MMA, "the payments-worker", "MMA = maritime museum association"]
    chunks = [make_chunk(text, document=make_document(f"{n}.md")) for n, text in enumerate(texts)]
    forwards, backwards = LexiconLearner(ANALYZER), LexiconLearner(ANALYZER)
    forwards.add(chunks)
    backwards.add(reversed(chunks))

    assert forwards.learned() == backwards.learned()
    assert list(forwards.learned().words) == list(backwards.learned().words)


def test_documents_that_not_everyone_may_read_teach_nothing() -> None:
    learner = LexiconLearner(ANALYZER)
    learner.add([make_chunk(MMA, document=make_document(readers=["group:sre"]))])

    assert learner.learned() == Lexicon()


def test_a_lexicon_is_read_as_it_was_saved(tmp_path: Path) -> None:
    lexicon = learned(MMA, "Größe – naïve")
    save(lexicon, tmp_path / "lexicon")

    assert load(tmp_path / "lexicon") == lexicon


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08"])
def test_a_damaged_file_is_no_lexicon(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lexicon").write_bytes(content)

    assert load(tmp_path / "lexicon") is None


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(database_in(tmp_path)) as database:
        yield database


async def test_a_changed_catalogue_is_learned_again(database: Database, tmp_path: Path) -> None:
    keeper = LexiconKeeper(database.catalogue, ANALYZER, tmp_path)
    await database.catalogue.record([page(MMA)])

    assert await keeper.step()
    assert [meaning.short for meaning in keeper.current.meanings] == ["MMA"]
    assert not await keeper.step()


async def test_removed_documents_are_gone_from_the_next_lexicon(database: Database, tmp_path: Path) -> None:
    keeper = LexiconKeeper(database.catalogue, ANALYZER, tmp_path)
    await database.catalogue.record([page(MMA), page("night ferry", "b.md")])
    await keeper.learn()
    await database.catalogue.remove([make_document("guide.md").id])

    assert await keeper.step()
    assert set(keeper.current.words) == {"night", "ferry"}
    assert keeper.current.meanings == ()


async def test_a_restart_has_the_lexicon_at_once(database: Database, tmp_path: Path) -> None:
    before = LexiconKeeper(database.catalogue, ANALYZER, tmp_path)
    await database.catalogue.record([page(MMA)])
    await before.learn()

    after = LexiconKeeper(database.catalogue, ANALYZER, tmp_path)
    await after.load()

    assert after.current == before.current
    assert not await after.step()


async def test_another_catalogue_s_lexicon_is_not_taken_up(database: Database, tmp_path: Path) -> None:
    save(Lexicon({"secret": 1}, through=7), tmp_path / "lexicon.json.gz")

    keeper = LexiconKeeper(database.catalogue, ANALYZER, tmp_path)
    await keeper.load()

    assert keeper.current == Lexicon()
