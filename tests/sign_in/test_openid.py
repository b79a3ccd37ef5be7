"""What is believed of an identity provider, and what is not."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from identity_provider.provider import (
    ALICE,
    CLIENT,
    SECRET,
    Account,
    Claims,
    IdentityProvider,
    hmac_key,
    identity_provider,
)
from joserfc import jwt
from joserfc.jwk import RSAKey

from aika.application.sign_in.attempts import Attempt
from aika.application.sign_in.openid import OpenIdProvider, Returned
from aika.domain.identifiers import PrincipalId
from aika.domain.sessions import Profile, SignInError, SignInProblem
from aika.forms.sign_in import SignInSettings
from aika.testing.clock import SetClock

BACK = "http://127.0.0.1:8400/v1/sign-in/callback"


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest_asyncio.fixture
async def provider(clock: SetClock) -> AsyncIterator[IdentityProvider]:
    async with identity_provider(clock) as served:
        served.redirect_uris.add(BACK)
        yield served


def client(provider: IdentityProvider, clock: SetClock, **options: object) -> OpenIdProvider:
    settings = SignInSettings.model_validate({"issuer": provider.issuer, "client_id": CLIENT, **options})
    return OpenIdProvider(settings, SECRET, clock)


async def returned(openid: OpenIdProvider, attempt: Attempt) -> Returned:
    """Go where the browser is sent, and return what it brings back."""
    async with httpx.AsyncClient() as browser:
        reply = await browser.get(await openid.address(attempt))
    assert reply.status_code == 302, reply.text
    answer = {name: values[0] for name, values in parse_qs(urlsplit(reply.headers["location"]).query).items()}
    assert answer["state"] == attempt.state
    return Returned(answer.get("code"), answer.get("error"), answer.get("iss"))


def begun(clock: SetClock) -> Attempt:
    return Attempt.begin(redirect_uri=BACK, then="/", now=clock.now())


async def signed_in(openid: OpenIdProvider, clock: SetClock) -> Profile:
    attempt = begun(clock)
    return await openid.profile(attempt, await returned(openid, attempt))


async def refusal(openid: OpenIdProvider, clock: SetClock) -> SignInProblem:
    with pytest.raises(SignInError) as refused:
        await signed_in(openid, clock)
    return refused.value.problem


async def test_a_person_comes_back_with_address_name_and_groups(provider: IdentityProvider, clock: SetClock) -> None:
    profile = await signed_in(client(provider, clock), clock)

    assert (profile.person, profile.name, profile.subject) == ("user:alice@example.org", "Alice Ahlgren", ALICE.subject)
    assert profile.groups == {PrincipalId("group:platform"), PrincipalId("group:board")}
    assert profile.session is not None


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
async def test_the_secret_is_sent_as_the_provider_takes_it(
    provider: IdentityProvider, clock: SetClock, method: str
) -> None:
    provider.client_methods = (method,)

    assert (await signed_in(client(provider, clock), clock)).subject == ALICE.subject


LIES: dict[str, Callable[[Claims], Claims]] = {
    "another issuer": lambda claims: {**claims, "iss": "https://login.elsewhere.example"},
    "another audience": lambda claims: {**claims, "aud": "another-client"},
    "several audiences and no party": lambda claims: {**claims, "aud": [CLIENT, "another-client"]},
    "another authorized party": lambda claims: {**claims, "azp": "another-client"},
    "another nonce": lambda claims: {**claims, "nonce": "replayed from another attempt"},
    "no nonce": lambda claims: _without(claims, "nonce"),
    "no subject": lambda claims: _without(claims, "sub"),
    "no audience": lambda claims: _without(claims, "aud"),
    "no expiry": lambda claims: _without(claims, "exp"),
    "no time": lambda claims: _without(claims, "iat"),
    "expired": lambda claims: {**claims, "exp": _number(claims["iat"]) - 61},
    "issued in the future": lambda claims: {**claims, "iat": _number(claims["iat"]) + 61},
    "an expiry that is no number": lambda claims: {**claims, "exp": "never"},
    "the hash of another access token": lambda claims: {**claims, "at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "a subject that is no text": lambda claims: {**claims, "sub": 7},
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_token_that_says_something_else_lets_nobody_in(
    provider: IdentityProvider, clock: SetClock, lie: str
) -> None:
    provider.bend = LIES[lie]

    assert await refusal(client(provider, clock), clock) is SignInProblem.PROVIDER


async def test_a_minute_between_the_clocks_is_forgiven(provider: IdentityProvider, clock: SetClock) -> None:
    provider.bend = lambda claims: {**claims, "iat": _number(claims["iat"]) + 55, "exp": _number(claims["iat"]) - 55}

    assert (await signed_in(client(provider, clock), clock)).subject == ALICE.subject


FORGERIES: dict[str, Callable[[Claims], str]] = {
    "nobody": lambda claims: jwt.encode({"alg": "none"}, claims, hmac_key("x"), algorithms=["none"]),
    "the client's secret": lambda claims: jwt.encode(
        {"alg": "HS256"}, claims, hmac_key(SECRET * 2), algorithms=["HS256"]
    ),
    "a key of its own": lambda claims: jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key(2048)),
    "no token at all": lambda claims: "not.a.token",
}


@pytest.mark.parametrize("signer", FORGERIES)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
async def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(
    provider: IdentityProvider, clock: SetClock, signer: str
) -> None:
    provider.forge = FORGERIES[signer]

    assert await refusal(client(provider, clock), clock) is SignInProblem.PROVIDER


async def test_a_public_key_is_no_shared_secret(provider: IdentityProvider, clock: SetClock) -> None:
    public = provider.keys[0].as_pem(private=False)
    provider.forge = lambda claims: _signed_with_secret(claims, public, kid=provider.keys[0].kid)

    assert await refusal(client(provider, clock), clock) is SignInProblem.PROVIDER


async def test_an_algorithm_that_the_provider_does_not_name_is_none_of_its_own(
    provider: IdentityProvider, clock: SetClock
) -> None:
    key = provider.keys[0]
    header = {"alg": "PS256", "kid": key.kid}
    provider.forge = lambda claims: jwt.encode(header, claims, key, algorithms=["PS256"])

    assert await refusal(client(provider, clock), clock) is SignInProblem.PROVIDER


async def test_a_key_that_is_new_is_looked_for_and_one_taken_back_counts_no_more(
    provider: IdentityProvider, clock: SetClock
) -> None:
    openid = client(provider, clock)
    await signed_in(openid, clock)
    old = provider.keys[0]

    provider.rotate(kind="EC")
    clock.moment += timedelta(minutes=1)
    assert (await signed_in(openid, clock)).subject == ALICE.subject

    provider.forge = lambda claims: provider.signed(claims, key=old)
    clock.moment += timedelta(minutes=1)
    assert await refusal(openid, clock) is SignInProblem.PROVIDER


async def test_unknown_keys_do_not_make_aika_ask_without_end(provider: IdentityProvider, clock: SetClock) -> None:
    openid = client(provider, clock)
    provider.forge = lambda claims: jwt.encode({"alg": "RS256", "kid": "nobody's"}, claims, provider.keys[0])

    for _ in range(4):
        await refusal(openid, clock)

    assert provider.asked.count("/keys") == 1


async def test_a_code_counts_once(provider: IdentityProvider, clock: SetClock) -> None:
    openid, attempt = client(provider, clock), begun(clock)
    answer = await returned(openid, attempt)
    await openid.profile(attempt, answer)

    with pytest.raises(SignInError, match="exchange the code"):
        await openid.profile(attempt, answer)


async def test_a_code_of_another_attempt_is_refused(provider: IdentityProvider, clock: SetClock) -> None:
    openid, theirs = client(provider, clock), begun(clock)
    answer = await returned(openid, theirs)

    with pytest.raises(SignInError, match="exchange the code"):
        await openid.profile(begun(clock), answer)


@pytest.mark.parametrize("names_itself", [True, False])
async def test_an_answer_of_another_provider_is_refused(
    provider: IdentityProvider, clock: SetClock, names_itself: bool
) -> None:
    provider.names_itself = names_itself
    openid, attempt = client(provider, clock), begun(clock)
    answer = await returned(openid, attempt)

    with pytest.raises(SignInError, match="not of this provider"):
        await openid.profile(attempt, Returned(answer.code, None, "https://login.elsewhere.example"))


async def test_a_provider_that_names_itself_always_has_to(provider: IdentityProvider, clock: SetClock) -> None:
    openid, attempt = client(provider, clock), begun(clock)
    answer = await returned(openid, attempt)

    with pytest.raises(SignInError, match="not of this provider"):
        await openid.profile(attempt, Returned(answer.code, None, None))


@pytest.mark.parametrize(
    ("error", "problem"), [("access_denied", SignInProblem.REFUSED), ("server_error", SignInProblem.PROVIDER)]
)
async def test_who_is_not_let_in_there_is_told_so(
    provider: IdentityProvider, clock: SetClock, error: str, problem: SignInProblem
) -> None:
    provider.error = error

    assert await refusal(client(provider, clock), clock) is problem


@pytest.mark.parametrize("verified", [False, None, "false", 0, "yes"])
async def test_an_address_that_is_not_verified_lets_nobody_in(
    provider: IdentityProvider, clock: SetClock, verified: object
) -> None:
    provider.present = Account("00u-mallory", "alice@example.org", verified=verified)

    assert await refusal(client(provider, clock), clock) is SignInProblem.UNVERIFIED
    assert (await signed_in(client(provider, clock, trust_emails=True), clock)).person == "user:alice@example.org"


@pytest.mark.parametrize("email", [None, "", "everyone", "group:board", "alice", "a@b@c", "alice@x.org, bob@x.org"])
async def test_what_is_no_address_is_nobody(provider: IdentityProvider, clock: SetClock, email: str | None) -> None:
    provider.present = Account("00u-mallory", email)

    assert await refusal(client(provider, clock), clock) is SignInProblem.UNVERIFIED


async def test_only_addresses_of_the_companys_domains_may_sign_in(provider: IdentityProvider, clock: SetClock) -> None:
    openid = client(provider, clock, email_domains=["example.org"])
    assert (await signed_in(openid, clock)).person == "user:alice@example.org"

    provider.present = Account("00u-mallory", "mallory@example.org.evil.example")
    assert await refusal(openid, clock) is SignInProblem.NOT_ALLOWED


async def test_a_claim_that_is_required_has_to_be_there(provider: IdentityProvider, clock: SetClock) -> None:
    openid = client(provider, clock, required_claims={"hd": "example.org"})
    assert await refusal(openid, clock) is SignInProblem.NOT_ALLOWED

    provider.bend = lambda claims: {**claims, "hd": "example.org"}
    assert (await signed_in(openid, clock)).person == "user:alice@example.org"


async def test_what_a_thin_token_leaves_out_is_asked_for(provider: IdentityProvider, clock: SetClock) -> None:
    provider.thin = True

    profile = await signed_in(client(provider, clock), clock)

    assert (profile.person, len(profile.groups)) == ("user:alice@example.org", 2)


async def test_details_of_somebody_else_are_refused(provider: IdentityProvider, clock: SetClock) -> None:
    provider.thin = True
    provider.bend_details = lambda details: {**details, "sub": "00u-bob"}

    assert await refusal(client(provider, clock), clock) is SignInProblem.PROVIDER


async def test_groups_are_called_what_the_settings_say(provider: IdentityProvider, clock: SetClock) -> None:
    provider.present = Account(
        "00u-alice", "alice@example.org", groups=("/Platform  Team", "8a1c", "user:bob@example.org", " ")
    )
    named = {"8a1c": "group:board"}

    every = await signed_in(client(provider, clock, groups=named), clock)
    some = await signed_in(client(provider, clock, groups=named, only_named_groups=True), clock)

    assert every.groups == {"group:platform-team", "group:board", "group:user:bob@example.org"}
    assert some.groups == {"group:board"}


async def test_claims_have_the_names_and_places_that_the_settings_say(
    provider: IdentityProvider, clock: SetClock
) -> None:
    provider.bend = lambda claims: {
        **_without(claims, "email", "email_verified", "groups"),
        "upn": "ada@example.org",
        "https://example.org/verified": True,
        "realm_access": {"roles": ["admin"]},
    }
    openid = client(
        provider,
        clock,
        email_claim="upn",
        verified_claim="https://example.org/verified",
        groups_claim="realm_access.roles",
    )

    profile = await signed_in(openid, clock)

    assert (profile.person, profile.groups) == ("user:ada@example.org", {"group:admin"})


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"issuer": "https://login.elsewhere.example"}, "its issuer is"),
        ({"token_endpoint": "http://login.example.org/token"}, "must begin with https://"),
        ({"id_token_signing_alg_values_supported": ["none", "HS256"]}, "no algorithm with a public key"),
        ({"jwks_uri": 7}, "no provider's document"),
    ],
)
async def test_a_provider_that_cannot_be_trusted_is_named_with_the_reason(
    provider: IdentityProvider, clock: SetClock, document: Claims, said: str
) -> None:
    provider.document = document

    with pytest.raises(SignInError, match=said):
        await client(provider, clock).address(begun(clock))


async def test_a_provider_that_is_not_there_is_told_apart_from_one_that_lies(clock: SetClock) -> None:
    settings = SignInSettings(issuer="http://127.0.0.1:9", client_id=CLIENT)

    with pytest.raises(SignInError) as refused:
        await OpenIdProvider(settings, SECRET, clock).address(begun(clock))

    assert refused.value.problem is SignInProblem.UNREACHABLE


async def test_the_document_is_read_once_and_outlives_a_short_absence(
    provider: IdentityProvider, clock: SetClock
) -> None:
    openid = client(provider, clock)
    for _ in range(3):
        await openid.address(begun(clock))
    first = provider.asked.count("/.well-known/openid-configuration")

    provider.away = True
    clock.moment += timedelta(hours=2)
    await openid.address(begun(clock))

    assert first == 1
    assert provider.asked.count("/.well-known/openid-configuration") == 2


def _signed_with_secret(claims: Claims, secret: bytes, *, kid: str | None) -> str:
    """Sign as no library would let one."""
    parts = [
        urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "HS256", "kid": kid}, claims)
    ]
    signature = hmac.digest(secret, b".".join(parts), "sha256")
    return b".".join([*parts, urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def _without(claims: Claims, *names: str) -> Claims:
    return {name: value for name, value in claims.items() if name not in names}


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value
