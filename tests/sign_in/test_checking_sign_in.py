"""What `aika doctor`, and starting a server, say of how people are to sign in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from identity_provider.provider import CLIENT, IdentityProvider, identity_provider

from aika.domain.errors import ConfigurationError
from aika.forms.sign_in import SignInSettings
from aika.settings import load_settings
from aika.surfaces.api.serving import check_exposure
from aika.surfaces.cli.doctor import Finding, look_at_provider
from aika.testing.clock import SetClock


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[IdentityProvider]:
    async with identity_provider(SetClock()) as served:
        yield served


async def found(issuer: str, secret: str) -> Finding:
    said = {"issuer": issuer, "client_id": CLIENT, "client_secret": secret, "name": "Example"}
    return await look_at_provider(SignInSettings.model_validate(said))


async def test_a_provider_that_answers_is_good(provider: IdentityProvider) -> None:
    assert (
        await found(provider.issuer, "secret")
    ).text == "the identity provider Example answers and publishes its keys"


async def test_an_issuer_that_is_written_otherwise_is_named(provider: IdentityProvider) -> None:
    finding = await found(f"{provider.issuer}/", "secret")

    assert f"says that its issuer is '{provider.issuer}'" in finding.text
    assert finding.remedy == "correct [sign_in] in aika.toml"


async def test_a_secret_that_is_not_set_is_named(provider: IdentityProvider) -> None:
    finding = await found(provider.issuer, "${AIKA_TEST_SECRET_OF_NOBODY}")

    assert "AIKA_TEST_SECRET_OF_NOBODY" in finding.text


def test_beyond_this_machine_people_need_a_place_to_come_back_to(tmp_path: Path) -> None:
    sign_in = {"issuer": "https://login.example.org", "client_id": CLIENT}

    with pytest.raises(ConfigurationError, match=r"server\.public_url"):
        check_exposure(load_settings(tmp_path, sign_in=sign_in, server={"host": "198.51.100.7"}))
    check_exposure(load_settings(tmp_path, sign_in=sign_in))
    public = {"host": "198.51.100.7", "public_url": "https://aika.example.org", "require_key": False}
    check_exposure(load_settings(tmp_path, sign_in=sign_in, server=public))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"issuer": "http://login.example.org"}, "must begin with https://"),
        ({"issuer": "https://login.example.org?x=1"}, "without ? and #"),
        ({"scopes": ["email"]}, 'must have "openid"'),
        ({"admins": ["ada"]}, "names nobody"),
        ({"groups": {"x": "user:ada@example.org"}}, "is a person"),
        ({"session_lifetime": "1m"}, "at least 5 minutes"),
        ({"session_idle": "soon"}, "must be a number with a unit"),
    ],
)
def test_what_is_wrong_with_the_settings_is_said(tmp_path: Path, settings: dict[str, object], said: str) -> None:
    right = {"issuer": "https://login.example.org", "client_id": CLIENT}

    with pytest.raises(ConfigurationError, match=said.replace("?", r"\?")):
        load_settings(tmp_path, sign_in={**right, **settings})
