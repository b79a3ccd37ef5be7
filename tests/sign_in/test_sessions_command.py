"""``aika sessions``: an administrator on the machine sees who is signed in, and signs people out."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aika.application.aika import SystemClock
from aika.application.wiring import open_aika
from aika.domain.errors import AikaError, InvalidRequestError
from aika.domain.identifiers import PrincipalId, SessionId
from aika.domain.sessions import Session
from aika.settings import load_settings
from aika.surfaces.cli.main import app

runner = CliRunner()
PEOPLE = {"ada@example.org": "Ada Abel", "bob@example.org": "Bob Berg"}


@pytest.fixture
def folder(tmp_path: Path, embedder_graphs: Path) -> Path:
    """A deployment in which two people are signed in, one of them twice."""
    (tmp_path / ".aika").mkdir()
    (tmp_path / ".aika" / "models").symlink_to(embedder_graphs)
    (tmp_path / "aika.toml").write_text("")
    asyncio.run(_sign_in(tmp_path, ["ada@example.org", "ada@example.org", "bob@example.org"]))
    return tmp_path


def run(*arguments: str, folder: Path) -> str:
    result = runner.invoke(app, ["sessions", *arguments, "--dir", str(folder)], env={"COLUMNS": "200"})
    if isinstance(result.exception, AikaError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_who_is_signed_in_is_listed_and_signed_out(folder: Path) -> None:
    listed = run("list", folder=folder)
    hers = json.loads(run("list", "ada@example.org", "--json", folder=folder))
    ended = run("revoke", "ada@example.org", folder=folder)
    left = run("list", folder=folder)

    assert listed.count("Ada Abel <ada@example.org>") == 2
    assert {session["person"] for session in hers} == {"ada@example.org"}
    assert ended == "Sessions ended: 2.\n"
    assert "Ada" not in left
    assert "Bob Berg <bob@example.org>" in left


def test_everybody_is_signed_out_at_once(folder: Path) -> None:
    ended = run("revoke", "--all", folder=folder)

    assert ended == "Sessions ended: 3.\n"
    assert run("list", folder=folder) == "Nobody is signed in.\n"


@pytest.mark.parametrize("arguments", [(), ("ada@example.org", "--all")])
def test_nobody_is_signed_out_by_half_a_command(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with pytest.raises(InvalidRequestError, match="or everybody with --all"):
        run("revoke", *arguments, folder=tmp_path)


async def _sign_in(folder: Path, people: list[str]) -> None:
    now = SystemClock().now()
    async with open_aika(load_settings(folder)) as aika:
        for number, email in enumerate(people):
            session = Session(
                id=SessionId(f"session-{number}"),
                name=PEOPLE[email],
                created_at=now,
                seen_at=now,
                expires_at=now + timedelta(days=1),
                person=PrincipalId(f"user:{email}"),
                subject=email,
            )
            await aika.database.sessions.add(session, secret_hash=bytes([number]) * 32)
