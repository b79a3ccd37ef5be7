"""The emulators start, keep state, and keep it apart."""

from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from emulated.emulators import StartEmulator, emulator

GITHUB: Mapping[str, object] = {
    "tokens": {"a-token": {"login": "alice", "scopes": ["repo"]}},
    "github": {
        "users": [{"login": "alice", "email": "alice@example.org"}],
        "repos": [{"owner": "alice", "name": "orders", "private": True}],
    },
}
TOKEN = {"Authorization": "Bearer a-token"}


@pytest.mark.parametrize("service", ["github", "slack", "google", "linear", "aws"])
def test_every_emulator_answers(start_emulator: StartEmulator, service: str) -> None:
    emulator = start_emulator(service)

    assert httpx.get(emulator.url).status_code < 500


def test_what_one_emulator_keeps_another_does_not_have(start_emulator: StartEmulator) -> None:
    first, second = start_emulator("github", GITHUB), start_emulator("github", GITHUB)

    create(first.url, "Orders are lost")

    assert titles(first.url) == ["Orders are lost"]
    assert titles(second.url) == []


def test_a_reset_begins_again_from_the_seed(start_emulator: StartEmulator) -> None:
    github = start_emulator("github", GITHUB)
    create(github.url, "Orders are lost")

    github.reset()

    assert titles(github.url) == []


def test_where_they_are_not_installed_a_test_is_skipped_and_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("emulated.emulators.INSTALLED", tmp_path)

    with pytest.raises(pytest.skip.Exception, match="make emulators"), emulator("github"):
        pass


def create(url: str, title: str) -> None:
    httpx.post(f"{url}/repos/alice/orders/issues", json={"title": title}, headers=TOKEN).raise_for_status()


def titles(url: str) -> list[str]:
    return [issue["title"] for issue in httpx.get(f"{url}/repos/alice/orders/issues", headers=TOKEN).json()]
