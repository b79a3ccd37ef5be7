"""A question meets documents that use other words for the same."""

import pytest
from small_library import ANALYZER, SmallLibrary, ask, of_document, page

from aika.domain.access import Scope
from aika.domain.identifiers import DocumentId, PrincipalId
from aika.domain.queries import Query
from aika.protocols import Entry
from aika.retrieval.lexicon.expanding import Expansion, LexiconExpander
from aika.retrieval.lexicon.learning import LexiconLearner
from aika.testing.makers import make_document

MMA = "Managed monitoring and alerting (MMA) pages whoever is on call."
READER = Scope.of([PrincipalId("user:ada")])


async def expander(library: SmallLibrary, *entries: Entry) -> LexiconExpander:
    """Return what has learned from the entries, which are in the library too."""
    await library.add(*entries)
    learner = LexiconLearner(ANALYZER)
    for entry in entries:
        learner.add(entry.chunks)
    lexicon = learner.learned()
    return LexiconExpander(
        lambda: lexicon, library.index, library.database.catalogue, ANALYZER, english=lambda: {"hello", "meeting"}
    )


async def test_a_short_form_is_also_read_as_what_it_stands_for(library: SmallLibrary) -> None:
    expand = (
        await expander(library, page(MMA), page("Managed monitoring and alerting is paid by each team.", "b.md"))
    ).expand

    expansion = await expand(ask("Who pays for MMA?", scope=READER))

    assert expansion.question == "Who pays for MMA?"
    assert expansion.wording == "Who pays for MMA? Managed monitoring and alerting"
    assert expansion.notes == ("MMA was also read as Managed monitoring and alerting.",)


@pytest.mark.parametrize("asked", ["who pays for mma", "Who pays for MMAs?"])
async def test_a_short_form_is_known_however_it_is_written(library: SmallLibrary, asked: str) -> None:
    expand = (await expander(library, page(MMA))).expand

    assert (await expand(ask(asked))).added == ("Managed monitoring and alerting",)


async def test_a_long_form_is_also_read_as_what_is_short_for_it(library: SmallLibrary) -> None:
    expand = (await expander(library, page(MMA), page("MMA is paid by each team.", "b.md"))).expand

    expansion = await expand(ask("Who pays for managed monitoring and alerting?"))

    assert expansion.added == ("MMA",)
    assert expansion.notes == ("Managed monitoring and alerting was also read as MMA.",)


async def test_a_short_form_with_two_meanings_is_read_as_both(library: SmallLibrary) -> None:
    other = page("The maritime museum association (MMA) meets on Mondays.", "museum.md")
    expand = (await expander(library, page(MMA), other)).expand

    expansion = await expand(ask("When does MMA meet?"))

    assert set(expansion.added) == {"Managed monitoring and alerting", "maritime museum association"}
    assert " or " in expansion.notes[0]


async def test_a_question_that_says_both_is_left_alone(library: SmallLibrary) -> None:
    expand = (await expander(library, page(MMA))).expand

    expansion = await expand(ask("Is MMA managed monitoring and alerting?"))

    assert expansion == Expansion("Is MMA managed monitoring and alerting?", "Is MMA managed monitoring and alerting?")


async def test_a_form_that_documents_hardly_use_is_not_looked_for(library: SmallLibrary) -> None:
    pages = [page(f"Ask SIG number {n} about it.", f"{n}.md") for n in range(9)]
    expand = (await expander(library, page("A special interest group (SIG) owns code.", "sig.md"), *pages)).expand

    assert (await expand(ask("Which SIG owns number 3?"))).added == ()


async def test_an_ordinary_word_is_no_short_form(library: SmallLibrary) -> None:
    pages = [page(f"It was late on day {n}.", f"{n}.md") for n in range(5)]
    expand = (await expander(library, page("Workload-aware scheduling (WAS) is new.", "was.md"), *pages)).expand

    assert (await expand(ask("When was it late?"))).added == ()


async def test_a_misspelled_word_is_put_right(library: SmallLibrary) -> None:
    expand = (await expander(library, page("The configuration of the payments worker"))).expand

    expansion = await expand(ask("Where is the configuraton of paymnets?"))

    assert expansion.question == "Where is the configuration of payments?"
    assert expansion.wording == f"Where is the configuraton of paymnets? {expansion.question}"
    assert expansion.notes == (
        '"configuraton" was read as "configuration".',
        '"paymnets" was read as "payments".',
    )


async def test_a_name_is_looked_for_in_both_spellings_and_stays_as_it_is(library: SmallLibrary) -> None:
    expand = (await expander(library, page("Ask Smithers about the crane"))).expand

    expansion = await expand(ask("Who is Smethers?"))

    assert (expansion.question, expansion.added) == ("Who is Smethers?", ("smithers",))
    assert expansion.notes == ('"smethers" was also read as "smithers".',)


@pytest.mark.parametrize(
    "asked",
    [
        "What is ERR-0311?",
        "Where is payments_workr set?",
        "What does paymentsWorkr do?",
        "See /etc/paymnets/conf.d",
        "#paymnets",
        "set x.paymnets",
    ],
)
async def test_identifiers_are_left_as_they_are(library: SmallLibrary, asked: str) -> None:
    expand = (
        await expander(library, page("The payments worker, payments_worker, ERR-031, /etc/payments/conf.d"))
    ).expand

    assert (await expand(ask(asked))).question == asked


async def test_a_part_of_a_hyphenated_name_is_put_right(library: SmallLibrary) -> None:
    expand = (await expander(library, page("asset-manager serves files", "a.md"))).expand

    assert (await expand(ask("who owns asset-manger"))).question == "who owns asset-manager"


async def test_english_words_are_no_slips(library: SmallLibrary) -> None:
    expand = (await expander(library, page("The meetings and the hellos and a meting"))).expand

    assert (await expand(ask("hello meeting"))).question == "hello meeting"


async def test_a_word_that_the_asker_s_own_documents_have_is_no_slip(library: SmallLibrary) -> None:
    own = make_document("own.md", readers=["user:ada"])
    expand = (
        await expander(library, page("The zeppelin lands"), of_document(own, "zepelin is our project's name"))
    ).expand

    assert (await expand(ask("what is zepelin", scope=READER))).question == "what is zepelin"
    assert (await expand(ask("what is zepelin", scope=Scope.of([])))).question == "what is zeppelin"


async def test_a_compound_is_found_by_its_parts(library: SmallLibrary) -> None:
    expand = (
        await expander(library, page("checkout moved", "a.md"), page("checkout server", "b.md"), page("server", "c.md"))
    ).expand

    assert (await expand(ask("where is checkoutserver"))).question == "where is checkout server"


async def test_words_that_documents_join_are_looked_for_as_one(library: SmallLibrary) -> None:
    expand = (
        await expander(library, page("the checkout-api", "a.md"), page("CheckoutWorker, checkout", "b.md"))
    ).expand

    expansion = await expand(ask("Who owns the check out worker?"))

    assert expansion.question == "Who owns the check out worker?"
    assert expansion.added == ("checkout",)
    assert expansion.notes == ()
    assert (await expand(ask("Who owns checkout api?"))).added == ("checkoutapi",)


async def test_a_word_is_known_by_the_number_of_its_letters(library: SmallLibrary) -> None:
    expand = (await expander(library, page("Kubernetes upgrades", "a.md"), page("k8s at night", "b.md"))).expand

    assert (await expand(ask("Who upgrades K8s?"))).added == ("kubernetes",)
    assert (await expand(ask("Who upgrades Kubernetes?"))).added == ("k8s",)
    assert (await expand(ask("What is b2b?"))).added == ()


async def test_a_pasted_log_is_left_alone(library: SmallLibrary) -> None:
    expand = (await expander(library, page("The configuration of the payments worker"))).expand
    pasted = "configuraton " * 100

    assert (await expand(ask(pasted))).question == pasted


async def test_a_ranking_by_words_finds_what_was_meant(library: SmallLibrary) -> None:
    reading = await expander(library, page(MMA, "a.md"), page("The night ferry sails at ten.", "b.md"))
    ranker = library.ranker()
    ranker.expander = reading

    stage = await ranker.first_stage(ask("who is alertnig"), depth=5)

    assert stage.query == Query("who is alerting", ask("").scope)
    assert [candidate.document for candidate in stage.rankings["lexical"]] == [make_document("a.md").id]
    assert stage.notes == ('"alertnig" was read as "alerting".',)


async def test_a_short_form_is_not_explained_to_who_may_read_no_definition(library: SmallLibrary) -> None:
    reading = await expander(library, page(MMA))
    await library.database.catalogue.remove([make_document("guide.md").id])

    expansion = await reading.expand(ask("Who pays for MMA?", scope=READER))

    assert (expansion.added, expansion.notes) == ((), ())


async def test_what_is_not_in_the_index_any_more_is_not_suggested(library: SmallLibrary) -> None:
    reading = await expander(library, page("The configuration", "a.md"))
    await library.index.remove([DocumentId(make_document("a.md").id)])

    assert (await reading.expand(ask("the configuraton"))).question == "the configuraton"
