"""Signing in at an emulated Okta, which nobody on this project wrote."""

from collections.abc import Mapping

import httpx
import pytest
from emulated.emulators import StartEmulator
from lxml import html

from aika.application.aika import SystemClock
from aika.application.sign_in.attempts import Attempt
from aika.application.sign_in.openid import OpenIdProvider, Returned
from aika.domain.sessions import Profile, SignInError
from aika.forms.sign_in import SignInSettings

CLIENT, SECRET = "0oa-aika", "a-secret"
BACK = "http://127.0.0.1:8400/v1/sign-in/callback"
SEED: Mapping[str, object] = {
    "okta": {
        "users": [
            {"okta_id": "00u-ada", "login": "ada@example.org", "first_name": "Ada", "last_name": "Berg"},
            {"okta_id": "00u-bob", "login": "bob@example.org", "first_name": "Bob", "last_name": "Lind"},
        ],
        "groups": [{"okta_id": "00g-platform", "name": "platform"}],
        "group_memberships": [{"group_okta_id": "00g-platform", "user_okta_id": "00u-ada"}],
        "oauth_clients": [
            {
                "client_id": CLIENT,
                "client_secret": SECRET,
                "name": "aika",
                "redirect_uris": [BACK],
                "auth_server_id": "org",
            }
        ],
    }
}


@pytest.fixture
def okta(start_emulator: StartEmulator) -> OpenIdProvider:
    return client(start_emulator("okta", SEED).url)


def client(url: str, secret: str = SECRET) -> OpenIdProvider:
    issuer = httpx.get(f"{url}/.well-known/openid-configuration").json()["issuer"]
    scopes = ["openid", "email", "profile", "groups"]
    return OpenIdProvider(SignInSettings(issuer=issuer, client_id=CLIENT, scopes=scopes), secret, SystemClock())


async def test_a_person_signs_in_with_name_and_groups(okta: OpenIdProvider) -> None:
    ada, bob = await signed_in(okta, "ada@example.org"), await signed_in(okta, "bob@example.org")

    assert (ada.person, ada.name) == ("user:ada@example.org", "Ada Berg")
    assert "group:platform" in ada.groups
    assert "group:platform" not in bob.groups


async def test_an_attempts_code_is_of_no_use_to_another(okta: OpenIdProvider) -> None:
    attempt = begun()
    answer = await chosen(okta, attempt, "ada@example.org")

    with pytest.raises(SignInError, match="exchange the code"):
        await okta.profile(begun(), answer)


async def test_signing_out_leads_through_okta_and_back(okta: OpenIdProvider) -> None:
    ada = await signed_in(okta, "ada@example.org")

    farewell = await okta.farewell(token=ada.token, then=BACK)

    assert farewell is not None
    async with httpx.AsyncClient() as browser:
        reply = await browser.get(farewell)
    assert reply.headers["location"] == BACK


def begun() -> Attempt:
    return Attempt.begin(redirect_uri=BACK, then="/", now=SystemClock().now())


async def signed_in(okta: OpenIdProvider, login: str) -> Profile:
    attempt = begun()
    return await okta.profile(attempt, await chosen(okta, attempt, login))


async def chosen(okta: OpenIdProvider, attempt: Attempt, login: str) -> Returned:
    """Choose a person on the emulator's page, and return what the browser brings back."""
    async with httpx.AsyncClient() as browser:
        address = await okta.address(attempt)
        page = html.fromstring((await browser.get(address)).content, base_url=address)
        page.make_links_absolute()
        form = next(form for form in page.forms if login in form.text_content())
        reply = await browser.post(str(form.action), data=dict(form.fields))
    answer = httpx.URL(reply.headers["location"]).params
    assert answer["state"] == attempt.state
    return Returned(answer.get("code"), None, answer.get("iss"))
