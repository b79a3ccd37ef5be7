"""Who may see what of a catalogue, checked against `Scope.admits`."""

from collections.abc import AsyncIterator
from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aika.domain.access import EVERYONE, GUESTS, UNRESTRICTED, Scope
from aika.domain.documents import Document, Kind
from aika.domain.identifiers import PrincipalId, SourceId
from aika.protocols import Catalogue, Entry
from aika.testing.makers import make_chunk, make_document, make_entries, make_entry
from aika.testing.selections import documents as selectable
from aika.testing.selections import scopes

ALICE, BOB, TEAM = PrincipalId("user:alice"), PrincipalId("user:bob"), PrincipalId("group:team")
HANDBOOK, WIKI = SourceId("handbook"), SourceId("wiki")

# The catalogue is the same for all examples of a property: what they ask is, not what they find.
shared_catalogue = settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


_PRINCIPALS = (EVERYONE, ALICE, BOB, TEAM)


def _scopes() -> st.SearchStrategy[Scope]:
    people = st.frozensets(st.sampled_from(_PRINCIPALS))
    return st.builds(
        Scope,
        audience=st.none() | st.lists(people, min_size=1, max_size=4).map(tuple),
        sources=st.none() | st.frozensets(st.sampled_from([HANDBOOK, WIKI, SourceId("other")])),
        kinds=st.none() | st.frozensets(st.sampled_from([Kind.PAGE, Kind.CODE, Kind.API])),
    )


class CatalogueScopeContract:
    """Nobody sees what they may not read, and a page is full of what they may."""

    @given(_scopes())
    @shared_catalogue
    async def test_every_read_admits_exactly_what_the_scope_admits(self, catalogue: Catalogue, scope: Scope) -> None:
        entries = await _every_mixture_of_readers(catalogue)

        expected = {entry.document.id for entry in entries if scope.admits(entry.document)}

        assert {document.id async for document in paged(catalogue, limit=9, scope=scope)} == expected
        found = await catalogue.chunks([entry.chunks[0].id for entry in entries], scope=scope)
        assert {chunk.document.id for chunk in found.values()} == expected
        assert await catalogue.admitted([entry.document.id for entry in entries], scope=scope) == expected
        assert sum(count.documents for count in (await catalogue.counts(scope=scope)).values()) == len(expected)
        for entry in entries[::7]:
            seen = entry.document.id in expected
            assert (await catalogue.document(entry.document.id, scope=scope) is not None) == seen
            assert bool(await catalogue.neighbours(entry.chunks[0], before=0, after=0, scope=scope)) == seen

    @given(held=selectable(), scope=scopes())
    @shared_catalogue
    async def test_every_read_admits_exactly_what_its_selections_select(
        self, catalogue: Catalogue, held: list[Document], scope: Scope
    ) -> None:
        await catalogue.remove(await catalogue.ids(scope=UNRESTRICTED))
        await catalogue.record([make_entry(document=document) for document in held])

        expected = {document.id for document in held if scope.admits(document)}

        assert await catalogue.ids(scope=scope) == expected
        assert {document.id async for document in paged(catalogue, limit=9, scope=scope)} == expected
        assert await catalogue.admitted([document.id for document in held], scope=scope) == expected
        found = await catalogue.chunks([make_chunk(document=document).id for document in held], scope=scope)
        assert {chunk.document.id for chunk in found.values()} == expected
        assert sum(count.documents for count in (await catalogue.counts(scope=scope)).values()) == len(expected)
        for document in held[::5]:
            assert (await catalogue.document(document.id, scope=scope) is not None) == (document.id in expected)

    async def test_a_page_is_full_although_most_documents_are_hidden(self, catalogue: Catalogue) -> None:
        await catalogue.record(make_entries(*(f"hidden{n:02}" for n in range(40)), readers=["user:bob"]))
        await catalogue.record(make_entries("x", "y", "z", readers=["user:alice"]))

        page = await catalogue.documents(scope=Scope.of([ALICE]), limit=2)

        assert [document.key for document in page] == ["x", "y"]

    async def test_a_channel_may_have_thousands_of_members(self, catalogue: Catalogue) -> None:
        members = [PrincipalId(f"user:{n}") for n in range(3_000)]
        await catalogue.record(
            [
                *make_entries("all", readers=members),
                *make_entries("all but one", readers=members[1:]),
                *make_entries("public"),
                *make_entries("team", readers=[TEAM]),
            ]
        )

        channel = await catalogue.documents(scope=Scope.of_all([{member} for member in members]))
        team = await catalogue.documents(scope=Scope.of_all([{member, TEAM} for member in members]))

        assert [document.key for document in channel] == ["all", "public"]
        assert [document.key for document in team] == ["all", "public", "team"]

    async def test_people_who_are_not_the_company_are_shown_what_names_them_or_guests(
        self, catalogue: Catalogue
    ) -> None:
        await catalogue.record(
            [
                *make_entries("company"),
                *make_entries("guests", readers=[GUESTS]),
                *make_entries("named", readers=[EVERYONE, BOB]),
                *make_entries("team", readers=[TEAM]),
                *make_entries("nobody", readers=[]),
            ]
        )

        guest = await catalogue.documents(scope=Scope.of_audience([{BOB}]))
        channel = await catalogue.documents(scope=Scope.of_audience([{ALICE, EVERYONE, TEAM}, {BOB}]))
        nobody = await catalogue.documents(scope=Scope.of_audience([{ALICE, EVERYONE}, ()]))
        company = await catalogue.documents(scope=Scope.of([ALICE]))

        assert [document.key for document in guest] == ["guests", "named"]
        assert [document.key for document in channel] == ["guests", "named"]
        assert [document.key for document in nobody] == ["guests"]
        assert [document.key for document in company] == ["company", "guests", "named"]

    async def test_what_no_document_names_admits_nothing_more(self, catalogue: Catalogue) -> None:
        await catalogue.record([*make_entries("a", readers=[TEAM]), *make_entries("b")])
        stranger = PrincipalId("group:größe 💡")

        assert await catalogue.naming([TEAM, ALICE, EVERYONE, stranger]) == {TEAM, EVERYONE}
        assert await catalogue.naming([]) == set()

    async def test_readers_that_changed_count_at_once(self, catalogue: Catalogue) -> None:
        await catalogue.record(make_entries("a", readers=["user:alice"]))

        await catalogue.record(make_entries("a", readers=["user:bob"]))

        assert await catalogue.documents(scope=Scope.of([ALICE])) == []
        assert len(await catalogue.documents(scope=Scope.of([BOB]))) == 1


async def paged(
    catalogue: Catalogue, *, limit: int, scope: Scope = UNRESTRICTED, source: SourceId | None = None
) -> AsyncIterator[Document]:
    after = ""
    while page := await catalogue.documents(scope=scope, source=source, after=after, limit=limit):
        for document in page:
            yield document
        after = f"{page[-1].source}/{page[-1].key}"


async def _every_mixture_of_readers(catalogue: Catalogue) -> list[Entry]:
    mixtures = [mixture for size in range(len(_PRINCIPALS) + 1) for mixture in combinations(_PRINCIPALS, size)]
    entries = [
        make_entry(document=make_document(f"{n}/{kind}", source=source, kind=kind, readers=mixture))
        for n, mixture in enumerate(mixtures)
        for source, kind in ((HANDBOOK, Kind.PAGE), (HANDBOOK, Kind.CODE), (WIKI, Kind.PAGE))
    ]
    if await catalogue.sequence() == 0:
        await catalogue.record(entries)
    return entries
