"""The last replay of each goalie, in the data directory."""

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from aika.domain.errors import ConfigurationError
from aika.domain.identifiers import GoalieId
from aika.files import replace_file
from aika.goalie.replay_kept import KeptReplay
from aika.settings import Settings

_KEPT = TypeAdapter(KeptReplay)


def keep_replay(settings: Settings, replay: KeptReplay) -> None:
    """Keep a replay in the place of the goalie's last one. Only this user can read it."""
    place = _place(settings, replay.goalie)
    place.parent.mkdir(parents=True, exist_ok=True)
    replace_file(place, _KEPT.dump_json(replay))


def kept_replay(settings: Settings, goalie: GoalieId) -> KeptReplay | None:
    """Return a goalie's last replay, ``None`` where none was run on this data directory.

    Raises `ConfigurationError` where what is kept cannot be read: it was written by another version of aika.
    """
    place = _place(settings, goalie)
    try:
        return _KEPT.validate_json(place.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise ConfigurationError(f"{place} cannot be read: run the replay again") from error


def _place(settings: Settings, goalie: GoalieId) -> Path:
    # A goalie is called as its file, so that its name holds nothing that a path could be built from.
    return settings.data_path / "goalie" / "results" / f"{goalie}.json"
