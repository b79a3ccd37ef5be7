"""Which of a remote source's paths are left out, by the rules that also hold for folders."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from aika.connectors.exclusions import Rules


@dataclass(frozen=True, slots=True)
class PathChoice:
    """Judges paths with ``/`` that come in any order, each with the folders it is in."""

    rules: Rules
    _folders: dict[str, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, include: Sequence[str], exclude: Sequence[str], *, defaults: bool) -> "PathChoice":
        """Raises `ConfigurationError` for a pattern that Git would not accept."""
        return cls(Rules.of(include, exclude, defaults=defaults, ignore_files=False))

    def leaves_out(self, path: str) -> bool:
        """Return whether the path, or a folder above it, is excluded or not included."""
        folder = path.rpartition("/")[0]
        return self._closed(folder) or self.rules.excludes(path, folder=False, siblings=())

    def _closed(self, folder: str) -> bool:
        if not folder:
            return False
        known = self._folders.get(folder)
        if known is None:
            known = self._closed(folder.rpartition("/")[0]) or self.rules.excludes(folder, folder=True, siblings=())
            self._folders[folder] = known
        return known
