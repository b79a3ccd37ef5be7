"""An application that people sign in to, and the provider that they do it at. One for each module."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from browsing import HOME, Company
from identity_provider.provider import ALICE, CLIENT, SECRET, identity_provider

from aika.application.aika import SystemClock
from aika.application.wiring import open_aika
from aika.domain.sessions import SIGN_IN
from aika.settings import load_settings


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> AsyncIterator[Company]:
    folder = tmp_path_factory.mktemp("company")
    (folder / ".aika").mkdir()
    (folder / ".aika" / "models").symlink_to(embedder_graphs)
    sources = {"handbook": {"connector": "push", "managers": ["group:platform"]}, "board": {"connector": "push"}}
    async with identity_provider(SystemClock()) as provider:
        provider.redirect_uris.add(f"{HOME}/v1/sign-in/callback")
        sign_in = {
            "issuer": provider.issuer,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "name": "Example Login",
            "admins": ["group:admins"],
            "scopes": ["openid", "email", "profile", "groups"],
        }
        async with open_aika(load_settings(folder, sources=sources, sign_in=sign_in)) as aika:
            yield Company(aika, provider)


@pytest_asyncio.fixture(loop_scope="module")
async def company(opened: Company) -> Company:
    """The application, to which nobody has signed in."""
    provider = opened.provider
    provider.present, provider.error, provider.forge = ALICE, None, None
    provider.bend = lambda claims: claims
    await opened.aika.database.directory.forget(SIGN_IN)
    for person in ("alice", "bob", "ada"):
        await opened.aika.sign_in.end_all_of(f"user:{person}@example.org")  # type: ignore[arg-type]  # a principal
    return opened
