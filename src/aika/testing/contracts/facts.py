"""What every store of facts must do: it is written with the catalogue's entries, and read within a scope."""

from dataclasses import replace

import pytest

from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.facts import Fact, Profile, Relation, name_key
from aika.domain.identifiers import PrincipalId, SourceId
from aika.protocols import Catalogue, Entry, FactStore
from aika.testing.makers import make_document, make_entry

OWNER = Fact(Relation.OWNER, "team", ("Payments",), 0, 5)
ALICE = PrincipalId("user:alice@example.org")


def make_profile(*names: str, aliases: tuple[str, ...] = (), fact: Fact = OWNER) -> Profile:
    return Profile(names, aliases, facts=(fact,))


def recording(*profiles: Profile, key: str = "services.yaml", readers: tuple[str, ...] = ("everyone",)) -> Entry:
    entry = make_entry("alpha", document=make_document(key, readers=readers))
    return replace(entry, profiles=profiles)


def keys(*names: str) -> list[str]:
    return [name_key(name) for name in names]


class FactStoreContract:
    """Inherit from it and provide the fixtures ``facts`` and ``catalogue``, of one new, empty store."""

    async def test_a_profile_is_found_by_any_spelling_of_its_names(
        self, facts: FactStore, catalogue: Catalogue
    ) -> None:
        checkout = make_profile("checkout-api", aliases=("Till",))
        await catalogue.record([recording(checkout, make_profile("other"))])

        for name in ("Checkout API", "checkout_api", "till"):
            found = await facts.profiles(keys(name), scope=UNRESTRICTED, limit=9)
            assert [each.profile for each in found] == [checkout]
            assert found[0].document == make_document("services.yaml")

    async def test_unknown_names_and_no_names_find_nothing(self, facts: FactStore, catalogue: Catalogue) -> None:
        await catalogue.record([recording(make_profile("checkout"))])

        assert await facts.profiles(keys("payments"), scope=UNRESTRICTED, limit=9) == []
        assert await facts.profiles([], scope=UNRESTRICTED, limit=9) == []

    async def test_the_longest_name_comes_first_and_the_rest_is_cut(
        self, facts: FactStore, catalogue: Catalogue
    ) -> None:
        await catalogue.record([recording(make_profile("search"), make_profile("search-api"), make_profile("api"))])

        found = await facts.profiles(keys("api", "search", "search api"), scope=UNRESTRICTED, limit=2)

        assert [each.profile.names for each in found] == [("search-api",), ("search",)]

    async def test_a_profile_with_several_of_the_names_is_found_once(
        self, facts: FactStore, catalogue: Catalogue
    ) -> None:
        await catalogue.record([recording(make_profile("RFC 12", "Use queues"))])

        assert len(await facts.profiles(keys("rfc 12", "use queues"), scope=UNRESTRICTED, limit=9)) == 1

    async def test_a_profile_is_seen_only_by_who_may_read_its_document(
        self, facts: FactStore, catalogue: Catalogue
    ) -> None:
        await catalogue.record([recording(make_profile("checkout"), readers=(ALICE,))])

        assert await facts.profiles(keys("checkout"), scope=Scope.of([]), limit=9) == []
        assert len(await facts.profiles(keys("checkout"), scope=Scope.of([ALICE]), limit=9)) == 1

    async def test_hidden_profiles_take_no_place_from_visible_ones(
        self, facts: FactStore, catalogue: Catalogue
    ) -> None:
        hidden = [recording(make_profile("checkout"), key=f"a{number}", readers=(ALICE,)) for number in range(5)]
        await catalogue.record([*hidden, recording(make_profile("checkout"), key="z")])

        found = await facts.profiles(keys("checkout"), scope=Scope.of([]), limit=1)

        assert [each.document.key for each in found] == ["z"]

    async def test_a_scope_of_other_sources_has_none_of_it(self, facts: FactStore, catalogue: Catalogue) -> None:
        await catalogue.record([recording(make_profile("checkout"))])

        scope = UNRESTRICTED.narrowed(sources=[SourceId("elsewhere")])

        assert await facts.profiles(keys("checkout"), scope=scope, limit=9) == []

    async def test_recording_a_document_again_replaces_what_it_said(
        self, facts: FactStore, catalogue: Catalogue
    ) -> None:
        await catalogue.record([recording(make_profile("old name"), make_profile("checkout"))])
        now = make_profile("checkout", fact=replace(OWNER, values=("Orders",)))
        await catalogue.record([recording(now)])

        assert await facts.profiles(keys("old name"), scope=UNRESTRICTED, limit=9) == []
        found = await facts.profiles(keys("checkout"), scope=UNRESTRICTED, limit=9)
        assert [each.profile for each in found] == [now]

    async def test_a_document_tells_what_it_records(self, facts: FactStore, catalogue: Catalogue) -> None:
        entry = recording(make_profile("orders"), make_profile("checkout"), readers=(ALICE,))
        await catalogue.record([entry, recording(make_profile("parcels"), key="other")])

        found = await facts.recorded(entry.document.id, scope=Scope.of([ALICE]), limit=9)

        assert [each.profile.names for each in found] == [("orders",), ("checkout",)]
        assert await facts.recorded(entry.document.id, scope=Scope.of([]), limit=9) == []

    async def test_a_removed_document_says_nothing_any_more(self, facts: FactStore, catalogue: Catalogue) -> None:
        entry = recording(make_profile("checkout"))
        await catalogue.record([entry])
        await catalogue.remove([entry.document.id])

        assert await facts.profiles(keys("checkout"), scope=UNRESTRICTED, limit=9) == []

    @pytest.mark.parametrize("name", ["日本語チーム", "Équipe Réseau", "💯 team", "a\ud800b", "x" * 5_000])
    async def test_names_may_hold_any_character(self, facts: FactStore, catalogue: Catalogue, name: str) -> None:
        await catalogue.record([recording(make_profile("known", name))])

        found = await facts.profiles([name_key("known")], scope=UNRESTRICTED, limit=9)

        assert [each.profile.names for each in found] == [("known", name)]
