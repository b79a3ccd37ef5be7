"""Writing into goalies' files: their thresholds, and nothing else."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from aika.domain.errors import ConfigurationError, ConflictError, InvalidRequestError
from aika.domain.goalies import Goalie
from aika.files import replace_file
from aika.forms.goalie_thresholds import with_thresholds
from aika.forms.yaml_files import YamlText
from aika.settings import Settings


@dataclass(frozen=True, slots=True)
class GoalieFile:
    """The file that declares a goalie, as it is now."""

    path: Path
    shown: str
    """Its path for people: from the folder of aika.toml on."""
    version: str
    """Changes with every change of its text. Empty where it cannot be read."""
    writable: bool


def file_of(settings: Settings, goalie: Goalie) -> GoalieFile:
    """Return a goalie's file. Touches the disk."""
    folder = settings.base_dir / settings.goalies_dir
    path = Path(goalie.declared_in or folder / f"{goalie.id}.yaml")
    shown = path.relative_to(settings.base_dir) if path.is_relative_to(settings.base_dir) else path
    try:
        version = _digest(path.read_bytes())
    except OSError:
        return GoalieFile(path, str(shown), "", writable=False)
    # It is replaced by a new file, for which the folder is written to.
    writable = path.parent == folder and os.access(folder, os.W_OK) and os.access(path, os.W_OK)
    return GoalieFile(path, str(shown), version, writable)


def write_thresholds(settings: Settings, goalie: Goalie, medium: float, high: float, *, version: str) -> None:
    """Put thresholds into a goalie's file, as everything else in it stays. Touches the disk.

    Raises `ConflictError` where the file is not at this version or cannot be written, and `InvalidRequestError` where the
    thresholds are wrong for it.
    """
    there = file_of(settings, goalie)
    if there.version != version:
        raise ConflictError(f"{there.shown} was changed meanwhile: look at it again first")
    if not there.writable:
        raise ConflictError(f"{there.shown} cannot be written by the server: put the lines into it where it is kept")
    try:
        text = with_thresholds(YamlText.read(there.path), medium, high)
    except ConfigurationError as error:
        raise InvalidRequestError(str(error)) from error
    mode = there.path.stat().st_mode
    try:
        replace_file(there.path, text, durable=True)
        there.path.chmod(mode)
    except OSError as error:
        raise ConflictError(f"{there.shown} cannot be written: {error.strerror}") from error


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()
