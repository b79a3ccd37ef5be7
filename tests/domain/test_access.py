"""What a scope admits."""

import pytest

from aika.domain.access import EVERYONE, UNRESTRICTED, Scope
from aika.domain.documents import Kind
from aika.domain.identifiers import PrincipalId, SourceId

ALICE, BOB = PrincipalId("user:alice"), PrincipalId("user:bob")


def admits(scope: Scope, *readers: PrincipalId, source: str = "handbook") -> bool:
    return scope.admits(source=SourceId(source), kind=Kind.PAGE, readers=readers)


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
