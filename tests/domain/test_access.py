"""What a scope admits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aika.domain.access import EVERYONE, GUESTS, UNRESTRICTED, Scope
from aika.domain.identifiers import PrincipalId, SourceId
from aika.testing.makers import make_document

ALICE, BOB = PrincipalId("user:alice"), PrincipalId("user:bob")


def admits(scope: Scope, *readers: PrincipalId, source: str = "handbook") -> bool:
    return scope.admits(make_document(source=source, readers=readers))


def test_empty_readers_means_nobody() -> None:
    assert not admits(Scope.of([ALICE]))


def test_an_asker_sees_what_names_them_and_what_names_everyone() -> None:
    scope = Scope.of([ALICE])

    assert admits(scope, ALICE)
    assert admits(scope, EVERYONE)
    assert not admits(scope, BOB)


def test_a_channel_sees_only_what_every_member_may_read() -> None:
    channel = Scope.of_all([{ALICE}, {BOB}])

    assert admits(channel, ALICE, BOB)
    assert not admits(channel, ALICE)


def test_a_channel_without_members_has_no_scope() -> None:
    with pytest.raises(ValueError, match="at least one person"):
        Scope.of_all([])


def test_no_sources_is_none_and_unset_is_all() -> None:
    assert admits(UNRESTRICTED)
    assert not admits(UNRESTRICTED.narrowed(sources=[]))


def test_narrowing_never_widens() -> None:
    scope = UNRESTRICTED.narrowed(sources=[SourceId("wiki")]).narrowed(sources=[SourceId("handbook")])

    assert scope.sources == frozenset()


_PEOPLE = st.lists(
    st.frozensets(st.sampled_from([ALICE, BOB, PrincipalId("group:a"), PrincipalId("group:b")])), min_size=1
)


@given(_PEOPLE, st.frozensets(st.sampled_from([EVERYONE, ALICE, BOB, PrincipalId("group:a"), PrincipalId("group:b")])))
def test_a_channel_admits_what_each_of_its_members_alone_is_admitted_to(
    people: list[frozenset[PrincipalId]], readers: frozenset[PrincipalId]
) -> None:
    each = all(admits(Scope.of(person), *readers) for person in people)

    assert admits(Scope.of_all(people), *readers) == each


def test_a_member_who_is_all_that_another_is_adds_nothing_to_a_channel() -> None:
    assert Scope.of_all([{ALICE}, {ALICE, BOB}, {ALICE}]) == Scope.of([ALICE])


def test_a_guest_sees_what_names_them_and_what_names_guests_and_not_what_is_everyones() -> None:
    scope = Scope.of_audience([{ALICE}])

    assert admits(scope, ALICE)
    assert admits(scope, GUESTS)
    assert not admits(scope, EVERYONE)


def test_a_channel_with_a_guest_sees_nothing_that_is_only_the_companys() -> None:
    channel = Scope.of_audience([{ALICE, EVERYONE}, {BOB}])

    assert not admits(channel, EVERYONE)
    assert not admits(channel, EVERYONE, ALICE)
    assert admits(channel, EVERYONE, BOB)
    assert admits(channel, GUESTS)


def test_what_is_for_guests_the_company_may_read() -> None:
    assert admits(Scope.of([ALICE]), GUESTS)
    assert admits(Scope.of_all([{ALICE}, {BOB}]), GUESTS)


def test_an_audience_without_people_has_no_scope() -> None:
    with pytest.raises(ValueError, match="at least one person"):
        Scope.of_audience([])


@given(
    st.lists(st.frozensets(st.sampled_from([EVERYONE, ALICE, BOB, PrincipalId("group:a")])), min_size=1),
    st.frozensets(st.sampled_from([EVERYONE, GUESTS, ALICE, BOB, PrincipalId("group:a")])),
)
def test_an_audience_admits_what_each_of_its_people_alone_is_admitted_to(
    people: list[frozenset[PrincipalId]], readers: frozenset[PrincipalId]
) -> None:
    each = all(readers & (person | {GUESTS}) for person in people)

    assert admits(Scope.of_audience(people), *readers) == each
