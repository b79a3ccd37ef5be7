"""Sessions and the people who signed in, on both engines."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aika.domain.identifiers import ApiKeyId, PrincipalId, SessionId
from aika.domain.sessions import Profile, Session
from aika.stores.database.database import Database

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ALICE, BOB = PrincipalId("user:alice@example.org"), PrincipalId("user:bob@example.org")
SESSION = Session(
    id=SessionId("s1"),
    name="Alice",
    created_at=NOW,
    seen_at=NOW,
    expires_at=NOW + timedelta(hours=8),
    person=ALICE,
    subject="00u-alice",
    provider_session="p1",
    id_token=b"\x00sealed\xff",
)
PROFILE = Profile("https://login.example.org", "00u-alice", ALICE, "Alice", frozenset({PrincipalId("group:a")}))


async def kept(database: Database, id: str, **changes: object) -> Session:
    session = replace(SESSION, id=SessionId(id), **changes)  # type: ignore[arg-type]  # the fields of a session
    await database.sessions.add(session, secret_hash=id.encode())
    return session


async def test_a_session_is_found_as_it_was_kept(database: Database) -> None:
    session = await kept(database, "s1")
    of_key = await kept(database, "s2", person=None, subject=None, id_token=None, key=ApiKeyId("k1"))

    assert await database.sessions.find(b"s1") == session
    assert await database.sessions.find(b"s2") == of_key
    assert await database.sessions.find(b"s3") is None


async def test_a_session_that_is_used_is_seen(database: Database) -> None:
    await kept(database, "s1")

    await database.sessions.see(SessionId("s1"), at=NOW + timedelta(hours=1))

    found = await database.sessions.find(b"s1")
    assert found is not None
    assert found.seen_at == NOW + timedelta(hours=1)


async def test_a_persons_sessions_are_listed_and_deleted_together(database: Database) -> None:
    await kept(database, "s1")
    await kept(database, "s2", created_at=NOW + timedelta(minutes=1))
    await kept(database, "s3", person=BOB)

    listed = [session.id for session in await database.sessions.of_person(ALICE)]
    deleted = await database.sessions.delete_of_person(ALICE)

    assert (listed, deleted) == (["s2", "s1"], 2)
    assert await database.sessions.find(b"s3") is not None


async def test_what_the_provider_ends_is_its_session_or_all_of_a_person_and_never_everything(
    database: Database,
) -> None:
    await kept(database, "s1")
    await kept(database, "s2", provider_session="p2")
    await kept(database, "s3", provider_session=None, subject=None)

    nothing = await database.sessions.delete_of_provider(subject=None, session=None)
    another = await database.sessions.delete_of_provider(subject="00u-bob", session="p1")
    one = await database.sessions.delete_of_provider(subject="00u-alice", session="p1")
    rest = await database.sessions.delete_of_provider(subject="00u-alice", session=None)

    assert (nothing, another, one, rest) == (0, 0, 1, 1)
    assert await database.sessions.find(b"s3") is not None


async def test_sessions_that_are_over_or_unused_are_deleted(database: Database) -> None:
    await kept(database, "over", expires_at=NOW)
    await kept(database, "unused", seen_at=NOW - timedelta(hours=2))
    await kept(database, "s1")

    deleted = await database.sessions.delete_over(now=NOW, unseen_since=NOW - timedelta(hours=2))

    assert deleted == 2
    assert await database.sessions.find(b"s1") is not None


async def test_the_last_time_a_person_signed_in_counts(database: Database) -> None:
    first = await database.signed_in.record(PROFILE, at=NOW)
    again = await database.signed_in.record(replace(PROFILE, name="Alice A.", subject="00u-new"), at=NOW)

    assert (first, again) == (None, "00u-alice")
    assert await database.signed_in.name(ALICE) == "Alice A."
    assert await database.signed_in.name(BOB) is None


async def test_people_with_groups_are_stale_after_a_while_and_once(database: Database) -> None:
    await database.signed_in.record(PROFILE, at=NOW)
    await database.signed_in.record(replace(PROFILE, person=BOB, groups=frozenset()), at=NOW)

    early = await database.signed_in.stale(before=NOW - timedelta(seconds=1))
    late = await database.signed_in.stale(before=NOW)
    await database.signed_in.forget_groups(ALICE)

    assert (early, late) == ([], [ALICE])
    assert await database.signed_in.stale(before=NOW) == []


async def test_a_secret_of_the_installation_is_made_once(database: Database) -> None:
    first, again = await database.own_secrets.secret("test"), await database.own_secrets.secret("test")

    assert first == again
    assert len(first) == 32
    assert await database.own_secrets.secret("another") != first
