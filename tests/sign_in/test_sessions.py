"""Sessions: how long they last, what ends them, and what they are kept as."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from identity_provider.provider import ALICE, BOB, CLIENT, SECRET, Account, IdentityProvider, identity_provider
from prepared_database import database_in

from aika.application.sign_in.openid import Returned
from aika.application.sign_in.sessions import SignedIn, SignIn, build_sign_in
from aika.domain.errors import AuthenticationError
from aika.domain.identifiers import ApiKeyId, PrincipalId
from aika.domain.sessions import SignInError, SignInProblem
from aika.forms.sign_in import SignInSettings
from aika.protocols import ApiKey
from aika.stores.database.database import Database
from aika.testing.clock import SetClock

BACK = "http://127.0.0.1:8400/v1/sign-in/callback"
PERSON = PrincipalId("user:alice@example.org")


@dataclass(slots=True)
class World:
    """People who sign in, with a clock that is set by hand."""

    database: Database
    provider: IdentityProvider
    clock: SetClock
    sign_in: SignIn

    async def enter(self, account: Account = ALICE, *, before: str | None = None) -> SignedIn:
        self.provider.present = account
        begun = await self.sign_in.begin(redirect_uri=BACK, then="/")
        async with httpx.AsyncClient() as browser:
            answer = parse_qs(urlsplit((await browser.get(begun.address)).headers["location"]).query)
        returned = Returned(answer["code"][0], None, answer["iss"][0])
        return await self.sign_in.finish(returned, state=begun.state, sealed=begun.sealed, before=before)

    async def is_in(self, signed_in: SignedIn) -> bool:
        return await self.sign_in.session(signed_in.secret) is not None

    async def principals(self) -> frozenset[PrincipalId]:
        return await self.database.directory.expand({PERSON})


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    clock = SetClock()
    async with identity_provider(clock) as provider, Database.open(database_in(tmp_path)) as database:
        provider.redirect_uris.add(BACK)
        yield World(database, provider, clock, await signing_in(provider, database, clock))


async def signing_in(provider: IdentityProvider, database: Database, clock: SetClock, **options: object) -> SignIn:
    said = {"issuer": provider.issuer, "client_id": CLIENT, "session_idle": "2h", "session_lifetime": "8h", **options}

    async def authenticate(secret: str) -> ApiKey | None:
        key = ApiKey(ApiKeyId("k1"), "laptop", frozenset({PERSON}), None, admin=False, created_at=clock.now())
        return key if secret == "aika_right" else None

    return await build_sign_in(SignInSettings.model_validate(said), SECRET, database, clock, authenticate=authenticate)


async def test_a_session_that_is_not_used_ends(world: World) -> None:
    signed_in = await world.enter()

    world.clock.moment += timedelta(minutes=119)
    used = await world.is_in(signed_in)
    world.clock.moment += timedelta(minutes=119)
    used_again = await world.is_in(signed_in)
    world.clock.moment += timedelta(hours=2)

    assert (used, used_again, await world.is_in(signed_in)) == (True, True, False)


async def test_a_session_ends_however_much_it_is_used(world: World) -> None:
    signed_in = await world.enter()

    for _ in range(7):
        world.clock.moment += timedelta(hours=1)
        assert await world.is_in(signed_in)
    world.clock.moment += timedelta(hours=1)

    assert not await world.is_in(signed_in)


async def test_what_browsers_hold_is_not_in_the_database(world: World, tmp_path: Path) -> None:
    signed_in = await world.enter()

    kept = b"".join((tmp_path / name).read_bytes() for name in ("aika.db", "aika.db-wal"))

    assert signed_in.session.id.encode() in kept
    assert signed_in.secret.encode() not in kept
    assert b"eyJ" not in kept


async def test_groups_hold_as_long_as_a_session_can(world: World) -> None:
    await world.enter()
    held = await world.principals()

    world.clock.moment += timedelta(hours=7)
    await world.sign_in.tidy()
    still = await world.principals()
    world.clock.moment += timedelta(hours=1)
    await world.sign_in.tidy()

    assert held == still == {PERSON, "group:platform", "group:board"}
    assert await world.principals() == {PERSON}


async def test_sessions_that_are_over_are_dropped(world: World) -> None:
    await world.enter()

    world.clock.moment += timedelta(hours=2)
    await world.sign_in.tidy()

    assert await world.database.sessions.of_person(PERSON) == []


async def test_who_is_no_longer_allowed_loses_what_they_had(world: World) -> None:
    signed_in = await world.enter()
    world.sign_in = await signing_in(world.provider, world.database, world.clock, allowed=["group:staff"])

    with pytest.raises(SignInError) as refused:
        await world.enter()

    assert refused.value.problem is SignInProblem.NOT_ALLOWED
    assert not await world.is_in(signed_in)
    assert await world.principals() == {PERSON}


async def test_an_attempt_is_good_for_ten_minutes(world: World) -> None:
    begun = await world.sign_in.begin(redirect_uri=BACK, then="/")
    world.clock.moment += timedelta(minutes=10)

    with pytest.raises(SignInError) as refused:
        await world.sign_in.finish(Returned("a", None, None), state=begun.state, sealed=begun.sealed, before=None)

    assert refused.value.problem is SignInProblem.EXPIRED


async def test_an_answer_with_another_state_belongs_to_nothing(world: World) -> None:
    """Also where it begins alike, which is as much as the cookie's name has of it."""
    begun = await world.sign_in.begin(redirect_uri=BACK, then="/")
    other = begun.state[:-1] + ("A" if begun.state[-1] != "A" else "B")

    with pytest.raises(SignInError) as refused:
        await world.sign_in.finish(Returned("a", None, None), state=other, sealed=begun.sealed, before=None)

    assert refused.value.problem is SignInProblem.EXPIRED


@pytest.mark.parametrize(
    "change", [lambda sealed: "", lambda sealed: sealed[:-4] + "AAAA", lambda sealed: "é" + sealed]
)
async def test_an_attempt_that_was_changed_counts_for_nothing(world: World, change: object) -> None:
    begun = await world.sign_in.begin(redirect_uri=BACK, then="/")
    assert callable(change)

    with pytest.raises(SignInError) as refused:
        await world.sign_in.finish(
            Returned("a", None, None), state=begun.state, sealed=change(begun.sealed), before=None
        )

    assert refused.value.problem is SignInProblem.EXPIRED


async def test_another_process_of_the_same_database_goes_on_where_one_began(world: World) -> None:
    signed_in = await world.enter()
    begun = await world.sign_in.begin(redirect_uri=BACK, then="/")

    world.sign_in = await signing_in(world.provider, world.database, world.clock)

    assert await world.is_in(signed_in)
    with pytest.raises(SignInError, match="exchange the code"):
        await world.sign_in.finish(
            Returned("a", None, world.provider.issuer), state=begun.state, sealed=begun.sealed, before=None
        )


async def test_the_provider_ends_its_own_session_and_all_of_a_person(world: World) -> None:
    laptop, phone, bobs = await world.enter(), await world.enter(), await world.enter(BOB)

    one = await world.sign_in.end_as_told(world.provider.logout_token(sid=laptop.session.provider_session))
    after_one = [await world.is_in(each) for each in (laptop, phone, bobs)]
    rest = await world.sign_in.end_as_told(world.provider.logout_token(sub=ALICE.subject))

    assert (one, after_one, rest) == (1, [False, True, True], 1)
    assert [await world.is_in(each) for each in (phone, bobs)] == [False, True]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"sub": ALICE.subject, "aud": "another-client"},
        {"sub": ALICE.subject, "iss": "https://login.elsewhere.example"},
        {"sub": ALICE.subject, "nonce": "as an ID token has"},
        {"sub": ALICE.subject, "events": None},
        {"sub": ALICE.subject, "events": {"http://schemas.example/event/other": {}}},
        {"sub": ALICE.subject, "exp": 1},
        {"sub": ALICE.subject, "iat": None},
    ],
)
async def test_a_word_of_the_provider_that_does_not_hold_ends_nothing(world: World, said: dict[str, object]) -> None:
    signed_in = await world.enter()

    with pytest.raises(SignInError):
        await world.sign_in.end_as_told(world.provider.logout_token(**said))

    assert await world.is_in(signed_in)


async def test_an_id_token_is_no_word_that_somebody_signed_out(world: World) -> None:
    signed_in = await world.enter()
    tokens: list[str] = []

    def remembered(claims: dict[str, object]) -> str:
        tokens.append(world.provider.signed(claims))
        return tokens[-1]

    world.provider.forge = remembered
    await world.enter()

    with pytest.raises(SignInError):
        await world.sign_in.end_as_told(tokens[0])
    assert await world.is_in(signed_in)


async def test_an_address_that_became_another_accounts_is_pointed_out(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    former = await world.enter()

    with caplog.at_level(logging.WARNING, logger="aika.application.sign_in.sessions"):
        await world.enter(Account("00u-another", ALICE.email))

    assert not await world.is_in(former)
    assert "another account" in caplog.text
    assert "example.org" not in caplog.text


async def test_a_session_of_a_key_begins_with_the_right_one_only(world: World) -> None:
    signed_in = await world.sign_in.enter_key("aika_right", before=None)

    assert (signed_in.session.key, signed_in.session.person) == ("k1", None)
    assert await world.is_in(signed_in)
    with pytest.raises(AuthenticationError):
        await world.sign_in.enter_key("aika_wrong", before=None)


async def test_without_a_provider_nobody_it_vouched_for_is_in(world: World) -> None:
    signed_in = await world.enter()

    world.sign_in.settings = None

    assert not await world.is_in(signed_in)


async def test_two_providers_secrets_open_nothing_of_each_other(world: World) -> None:
    begun = await world.sign_in.begin(redirect_uri=BACK, then="/")
    said = SignInSettings(issuer=world.provider.issuer, client_id=CLIENT)
    other = await build_sign_in(
        said, "another secret", world.database, world.clock, authenticate=lambda secret: _nobody()
    )

    with pytest.raises(SignInError) as refused:
        await other.finish(Returned("a", None, None), state=begun.state, sealed=begun.sealed, before=None)

    assert refused.value.problem is SignInProblem.EXPIRED


async def _nobody() -> ApiKey | None:
    return None
