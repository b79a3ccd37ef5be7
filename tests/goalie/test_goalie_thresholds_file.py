"""Writing thresholds into goalies' files: only they change."""

from pathlib import Path

import pytest

from aika.application.goalie_editing import file_of, write_thresholds
from aika.application.goalie_files import read_goalie_file
from aika.domain.errors import ConfigurationError, ConflictError, InvalidRequestError
from aika.forms.goalie_thresholds import lines_of_thresholds, with_thresholds
from aika.forms.yaml_files import YamlText
from aika.settings import Settings, load_settings

REST = 'channel: "#help"  # of payments\nmode: live\nhumans: [ada@example.org]\n'


def written(text: str, medium: float = 0.35, high: float = 0.8) -> str:
    return with_thresholds(YamlText(text, path=Path("help.yaml")), medium, high)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("thresholds: {medium: 0.4, high: 0.7}  # of May\n", "thresholds: {medium: 0.35, high: 0.8}  # of May\n"),
        ("thresholds:\n  high: 70%\n", "thresholds:\n  medium: 0.35\n  high: 0.8\n"),
        (
            "thresholds:\n  # carefully\n  medium: 0.4   # from here\n  high: 0.7\nreport: off\n",
            "thresholds:\n  # carefully\n  medium: 0.35   # from here\n  high: 0.8\nreport: off\n",
        ),
        ("thresholds: {high: 0.9}\n", "thresholds: {medium: 0.35, high: 0.8}\n"),
        ("", "thresholds: {medium: 0.35, high: 0.8}\n"),
        ("thresholds:\n", "thresholds: {medium: 0.35, high: 0.8}\n"),
        ("thresholds: {}\n", "thresholds: {medium: 0.35, high: 0.8}\n"),
    ],
)
def test_everything_else_stays_as_it_is_written(before: str, after: str) -> None:
    assert written(REST + before) == REST + after


def test_a_file_without_a_last_line_end_gets_one() -> None:
    assert written(REST.rstrip()) == REST + "thresholds: {medium: 0.35, high: 0.8}\n"


def test_the_lines_are_what_is_written() -> None:
    assert lines_of_thresholds(0.35, 0.8) == "thresholds: {medium: 0.35, high: 0.8}"


def test_what_would_be_wrong_is_not_written() -> None:
    with pytest.raises(ConfigurationError, match="wrong way round"):
        written(REST, 0.9, 0.2)
    with pytest.raises(ConfigurationError):
        written("{channel: help, mode: live, humans: [ada@example.org]}")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "goalies").mkdir()
    (tmp_path / "goalies" / "help.yaml").write_text(REST, encoding="utf-8")
    return load_settings(tmp_path)


def test_a_file_is_written_as_it_was_seen(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "goalies" / "help.yaml"
    path.chmod(0o644)
    goalie = read_goalie_file(path)
    seen = file_of(settings, goalie)

    write_thresholds(settings, goalie, 0.35, 0.8, version=seen.version)

    assert (seen.shown, seen.writable) == ("goalies/help.yaml", True)
    assert path.read_text() == REST + "thresholds: {medium: 0.35, high: 0.8}\n"
    assert path.stat().st_mode & 0o777 == 0o644
    with pytest.raises(ConflictError, match="changed meanwhile"):
        write_thresholds(settings, goalie, 0.4, 0.8, version=seen.version)


def test_thresholds_that_do_not_fit_change_nothing(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "goalies" / "help.yaml"
    goalie = read_goalie_file(path)

    with pytest.raises(InvalidRequestError):
        write_thresholds(settings, goalie, 0.9, 0.2, version=file_of(settings, goalie).version)

    assert path.read_text() == REST
