"""The goalies that files declare, as the files are now."""

import asyncio
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aika.domain.errors import ConfigurationError
from aika.domain.goalies import Goalie
from aika.domain.identifiers import GoalieId
from aika.files import dated_yaml_files
from aika.forms.goalie_problems import read_form
from aika.forms.goalies import NAME
from aika.forms.yaml_files import YamlText
from aika.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeclaredGoalies:
    """The goalies of all files, and what is wrong with those that are wrong."""

    goalies: tuple[Goalie, ...] = ()
    """By name. One whose file is wrong at the moment is there as it last was right."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """By the file's path: what is wrong with it, a problem a line."""

    def of_channel(self, names: frozenset[str], *, workspace: str, only_workspace: bool) -> Goalie | None:
        """Return the goalie of a channel that is known by these names: its name and its id.

        Args:
            names: what the channel is called.
            workspace: the name of its workspace.
            only_workspace: whether there is no other, so that a goalie need not name it.
        """
        wanted = {workspace, None} if only_workspace else {workspace}
        return next((one for one in self.goalies if one.channel in names and one.workspace in wanted), None)

    def named(self, id: GoalieId) -> Goalie | None:
        return next((one for one in self.goalies if one.id == id), None)


@dataclass(slots=True)
class FolderOfGoalies:
    """Reads ``goalies/NAME.yaml``, again whenever a file changed.

    A file that is wrong keeps its goalie as it last was right, and changes no other one. A channel has one goalie: of two files
    that name the same channel the first by name counts, and the other one is wrong.
    """

    folder: Path
    _seen: object = None
    _declared: DeclaredGoalies = field(default_factory=DeclaredGoalies)

    async def current(self) -> DeclaredGoalies:
        before = self._declared.errors
        declared = await asyncio.to_thread(self.look)
        for path, reason in declared.errors.items():
            if before.get(path) != reason:
                logger.warning("a goalie's file is wrong", extra={"reason": reason})
        return declared

    def look(self) -> DeclaredGoalies:
        """Return the goalies as the files are now."""
        seen = dated_yaml_files(self.folder)
        if seen != self._seen:
            self._declared = self._read(list(seen))
            self._seen = seen
        return self._declared

    def _read(self, paths: list[Path]) -> DeclaredGoalies:
        before = {one.declared_in: one for one in self._declared.goalies}
        found: dict[GoalieId, Goalie] = {}
        errors: dict[str, str] = {}
        for path in paths:
            goalie = None
            try:
                goalie = read_goalie_file(path)
                _add(goalie, found)
            except ConfigurationError as error:
                errors[str(path)] = str(error)
                last = before.get(str(path))
                # What takes another's channel was never right, or is not any more.
                if goalie is None and last is not None and _rival(last, found) is None and last.id not in found:
                    found[last.id] = last
        return DeclaredGoalies(tuple(found.values()), errors)


def folder_of_goalies(settings: Settings) -> FolderOfGoalies:
    return FolderOfGoalies(settings.base_dir / settings.goalies_dir)


def read_goalie_file(path: Path) -> Goalie:
    """Read one goalie's file, which names it. Raises `ConfigurationError` that names every problem with its line."""
    if re.fullmatch(NAME, path.stem) is None:
        raise ConfigurationError(
            f"{path}: a goalie is called as its file. Name it in small letters, digits and hyphens, such as payments-help.yaml"
        )
    yaml = YamlText.read(path)
    return read_form(yaml).goalie(path.stem, declared_in=str(path))


def _add(goalie: Goalie, found: dict[GoalieId, Goalie]) -> None:
    if (same := found.get(goalie.id)) is not None:
        raise ConfigurationError(f"{goalie.declared_in}: {same.declared_in} declares the same goalie. Remove one")
    if (rival := _rival(goalie, found)) is not None:
        raise ConfigurationError(
            f"{goalie.declared_in}: {rival.declared_in} is the goalie of the channel {goalie.channel} already. Remove one"
        )
    found[goalie.id] = goalie


def _rival(goalie: Goalie, found: Mapping[GoalieId, Goalie]) -> Goalie | None:
    """Return the goalie that has the same channel. One that names no workspace is in the only one there is."""
    return next(
        (
            other
            for other in found.values()
            if other.channel == goalie.channel
            and (other.workspace == goalie.workspace or None in {other.workspace, goalie.workspace})
        ),
        None,
    )
