"""A server uses the models of confidence that lie in its data directory now."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from aika.answering.followed_models import FollowedModels
from aika.answering.logistic import INSTALLED, LogisticModel, load_models, written
from aika.domain.errors import ConfigurationError


class Seconds:
    """A watch that goes when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def install(folder: Path, intercept: float) -> None:
    models = replace(load_models(), extracted=LogisticModel(intercept, {}, {}))
    place = folder / f"{INSTALLED}.{intercept}"
    place.write_text(written(models), encoding="utf-8")
    place.replace(folder / INSTALLED)


def test_what_ships_is_used_where_nothing_was_fitted(tmp_path: Path, seconds: Seconds) -> None:
    assert FollowedModels(tmp_path, seconds=seconds).extracted == load_models().extracted


def test_a_file_that_appears_changes_and_goes_takes_effect_within_seconds(tmp_path: Path, seconds: Seconds) -> None:
    followed = FollowedModels(tmp_path, seconds=seconds)
    seen = []
    for intercept in (1.0, 2.0):
        install(tmp_path, intercept)
        seconds.now += 5
        seen.append(followed.extracted.intercept)
    (tmp_path / INSTALLED).unlink()
    seconds.now += 5

    assert seen == [1.0, 2.0]
    assert followed.extracted == load_models().extracted


def test_it_does_not_look_at_the_file_for_every_answer(tmp_path: Path, seconds: Seconds) -> None:
    followed = FollowedModels(tmp_path, seconds=seconds)
    install(tmp_path, 1.0)
    seconds.now += 0.5

    assert followed.extracted == load_models().extracted


def test_a_damaged_file_leaves_what_was_in_use(
    tmp_path: Path, seconds: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    install(tmp_path, 1.0)
    followed = FollowedModels(tmp_path, seconds=seconds)
    (tmp_path / "half").write_text("{", encoding="utf-8")
    (tmp_path / "half").replace(tmp_path / INSTALLED)
    seconds.now += 5

    with caplog.at_level(logging.WARNING):
        assert followed.extracted.intercept == 1.0

    assert "stay as they were" in caplog.text


def test_a_file_that_is_damaged_from_the_start_is_an_error(tmp_path: Path) -> None:
    (tmp_path / INSTALLED).write_text("{", encoding="utf-8")

    with pytest.raises(ConfigurationError, match="aika calibrate"):
        FollowedModels(tmp_path)
