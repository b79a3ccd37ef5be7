"""What stays of a replay, so that thresholds can be chosen on it later."""

import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aika.application.goalie_replays import keep_replay, kept_replay
from aika.domain.errors import ConfigurationError
from aika.domain.goalies import Goalie
from aika.domain.identifiers import GoalieId
from aika.goalie.replay import ReplayResult, Seen
from aika.goalie.replay_kept import ReplayAbout, curve, kept_of
from aika.goalie.replay_records import Replayed
from aika.goalie.thresholds import Share, Yardstick
from aika.goalie.yardstick import Calibrated
from aika.settings import Settings, load_settings

GOALIE = Goalie(GoalieId("help"), "help")
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ABOUT = ReplayAbout("help", "current", 90, None, NOON)


def result(count: int = 10) -> ReplayResult:
    replayed = [
        Replayed(
            f"C1:{n}", NOON, "What is secret?", "The word.", answer="Nothing.", confidence=n / 10, score=float(n % 2)
        )
        for n in range(count)
    ]
    yardstick = Yardstick(Share(30, 60), Share(3, 60))
    return ReplayResult(GOALIE, Seen(100, 20, 12), tuple(replayed), Calibrated(0.5, yardstick, 60))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path)


def test_it_is_remembered_without_anybodys_words(settings: Settings) -> None:
    kept = kept_of(result(), ABOUT)
    keep_replay(settings, kept)

    [file] = (settings.data_path / "goalie" / "results").iterdir()
    assert kept_replay(settings, GOALIE.id) == kept
    assert "secret" not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_it_comes_to_the_same_as_when_it_was_run(settings: Settings) -> None:
    kept = kept_of(result(), ABOUT)

    assert kept.thresholds.row(0.8, medium=0.4) == result().thresholds.row(0.8, medium=0.4)


def test_the_last_one_counts(settings: Settings) -> None:
    keep_replay(settings, kept_of(result(), ABOUT))
    keep_replay(settings, kept_of(result(3), replace(ABOUT, days=7)))

    kept = kept_replay(settings, GOALIE.id)
    assert kept is not None
    assert (kept.about.days, len(kept.outcomes)) == (7, 3)


def test_what_cannot_be_read_says_what_to_do(settings: Settings) -> None:
    keep_replay(settings, kept_of(result(), ABOUT))
    (settings.data_path / "goalie" / "results" / "help.json").write_text("{}")

    with pytest.raises(ConfigurationError, match="run the replay again"):
        kept_replay(settings, GOALIE.id)
    assert kept_replay(settings, GoalieId("other")) is None


def test_the_curve_counts_what_reaches_each_hundredth() -> None:
    found = curve(kept_of(result(), ABOUT).outcomes)

    assert len(found) == 101
    assert (found[0].count, found[45].count, found[90].count, found[91].count) == (10, 5, 1, 0)
    assert (found[45].compared, found[45].agreeing) == (5, 3)
