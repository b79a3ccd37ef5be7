"""Where the tests of models keep what is built once: shared by the whole run."""

from pathlib import Path

import pytest

from aika.registry import Surroundings


class NoAnalyzer:
    fingerprint = "none"

    def terms(self, text: str) -> list[str]:
        raise AssertionError("models do not analyze text")


@pytest.fixture(scope="session")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Surroundings:
    folder = tmp_path_factory.mktemp("models")
    return Surroundings(base_dir=folder, data_dir=folder, analyzer=NoAnalyzer())


@pytest.fixture
def empty_surroundings(tmp_path: Path) -> Surroundings:
    return Surroundings(base_dir=tmp_path, data_dir=tmp_path, analyzer=NoAnalyzer())
