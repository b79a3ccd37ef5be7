"""Catalog files of a folder: which there are, the entities in them, and the files that they name."""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pathspec import GitIgnoreSpec
from pydantic import ValidationError

from aika.connectors.backstage_catalog.entities import Entity, is_template, problems, ref_of
from aika.connectors.plain_yaml import load_yaml
from aika.domain.errors import TransientError
from aika.domain.sources import Failed

logger = logging.getLogger(__name__)

_SKIPPED_FOLDERS = frozenset({".git", "node_modules", ".venv", "dist", "dist-types"})
_REFERENCES = ("$text", "$openapi", "$asyncapi", "$yaml", "$json")
"""Backstage's placeholders for what stands in another file."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which files of which folder are catalog files."""

    root: Path
    include: Sequence[str]
    exclude: Sequence[str]
    max_file_bytes: int
    report_outside: bool
    """Whether a file that lies elsewhere and is named here is a failure."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that an entity stands in, as it was when it was read."""

    key: str
    path: Path
    modified_ns: int
    size: int

    @property
    def modified_at(self) -> datetime:
        return datetime.fromtimestamp(self.modified_ns / 1e9, UTC)

    def has_changed(self) -> bool:
        """Whether the file is another one now. Raises ``FileNotFoundError`` where it is gone."""
        status = self.path.stat()
        return (status.st_mtime_ns, status.st_size) != (self.modified_ns, self.size)


@dataclass(slots=True)
class Reading:
    """What one pass over the files found."""

    entities: dict[str, tuple[Entity, Origin]] = field(default_factory=dict)
    failures: list[Failed] = field(default_factory=list)
    by_file: dict[str, list[str]] = field(default_factory=dict)
    """The references of the entities in each file."""
    unlisted: int = 0
    """Folders that could not be listed."""


def read_files(place: Place, *, known: Mapping[str, Sequence[str]]) -> Reading:
    """Read every catalog file. ``known`` is what a former run found in each file: a broken one fails for all of them.

    Raises `TransientError` where the folder is not there.
    """
    return _Pass(place, known).reading()


class _Pass:
    def __init__(self, place: Place, known: Mapping[str, Sequence[str]]) -> None:
        self._place = place
        self._root = place.root.resolve()
        self._folder = self._root if self._root.is_dir() else self._root.parent
        self._known = known
        self._seen: set[Path] = set()
        self._found = Reading()

    def reading(self) -> Reading:
        waiting = list(self._listed())
        while waiting:
            path = waiting.pop(0)
            if path not in self._seen:
                self._seen.add(path)
                waiting.extend(self._file(path))
        return self._found

    def _listed(self) -> Iterator[Path]:
        if not self._root.is_dir():
            if not self._root.exists():
                raise TransientError(f"there is no file or folder {self._root}: is a disk missing?")
            yield self._root
            return
        wanted = GitIgnoreSpec.from_lines(self._place.include)
        for folder, folders, files in os.walk(self._folder, onerror=self._cannot_list):
            folders[:] = sorted(name for name in folders if name not in _SKIPPED_FOLDERS)
            for name in sorted(files):
                path = Path(folder) / name
                if wanted.match_file(self._key(path)) and not self._is_excluded(path):
                    yield path

    def _is_excluded(self, path: Path) -> bool:
        return GitIgnoreSpec.from_lines(self._place.exclude).match_file(self._key(path))

    def _cannot_list(self, error: OSError) -> None:
        self._found.unlisted += 1
        key = os.fspath(error.filename or self._folder)
        reason = f"the folder cannot be listed ({error.strerror}): grant access. Until then nothing is removed"
        self._found.failures.append(Failed(key, reason))

    def _file(self, path: Path) -> Iterator[Path]:
        """Take in a file's entities; yield the files that it names."""
        key = self._key(path)
        try:
            status = path.stat()
            text = self._text(path)
            documents = load_yaml(text)
        except (OSError, ValueError) as error:
            self._broken(key, getattr(error, "strerror", None) or str(error))
            return
        origin = Origin(key, path, status.st_mtime_ns, status.st_size)
        for number, document in enumerate(documents, 1):
            if is_template(document):
                # A skeleton of the scaffolder, which becomes an entity only in another repository.
                logger.info("template of an entity left out", extra={"file": key})
                continue
            try:
                entity = Entity.model_validate(document)
            except ValidationError as error:
                name = ref_of(document) or f"{key}#{number}"
                self._found.failures.append(Failed(name, f"it is no entity ({key}): {problems(error)}"))
                continue
            self._entity(entity, origin)
            if entity.kind.lower() == "location":
                yield from self._targets(entity, path)

    def _entity(self, entity: Entity, origin: Origin) -> None:
        self._found.by_file.setdefault(origin.key, []).append(entity.ref)
        if entity.ref in self._found.entities:
            first = self._found.entities[entity.ref][1].key
            reason = f"{entity.ref} is defined in {first} already: Backstage refuses the second; rename or remove one"
            self._found.failures.append(Failed(f"{origin.key}#{entity.ref}", reason))
            return
        definition = entity.spec.get("definition")
        if isinstance(definition, dict):
            try:
                said = self._definition(definition, origin.path)
            except (OSError, TypeError, ValueError) as error:
                # Who owns the API and how to reach them is worth having without it.
                said = ""
                reason = f"the definition of {entity.ref} cannot be read: {error}. The rest of it is"
                self._found.failures.append(Failed(f"{origin.key}#{entity.ref}", reason))
            entity = entity.model_copy(update={"spec": {**entity.spec, "definition": said}})
        self._found.entities[entity.ref] = (entity, origin)

    def _definition(self, value: dict[str, object], path: Path) -> str:
        target = next((value[key] for key in _REFERENCES if isinstance(value.get(key), str)), None)
        if not isinstance(target, str):
            raise TypeError(f"it must be text, or one of {', '.join(_REFERENCES)}")
        if "://" in target:
            return f"The definition is at {target}"
        inside = self._inside(path.parent / target)
        if inside is None:
            raise ValueError(f"{target} lies outside the folder")
        try:
            return self._text(inside)
        except FileNotFoundError as error:
            raise ValueError(f"there is no file {target}") from error

    def _targets(self, location: Entity, path: Path) -> Iterator[Path]:
        targets = location.spec.get("targets") or []
        single = location.spec.get("target")
        for target in [*(targets if isinstance(targets, list) else [targets]), *([single] if single else [])]:
            if not isinstance(target, str):
                continue
            found = [] if "://" in target else self._named(path.parent, target)
            if not found:
                self._outside(location, target)
            yield from (inside for inside in found if not self._is_excluded(inside))

    def _named(self, folder: Path, target: str) -> list[Path]:
        """Return the files inside the folder that a target names, by a pattern or by name; they need not be there."""
        named = [folder / target]
        if any(sign in target for sign in "*?["):
            try:
                named = sorted(folder.glob(target)) or named
            except (NotImplementedError, OSError, ValueError):
                # A pattern that makes no sense, or an absolute one.
                return []
        return [inside for each in named if (inside := self._inside(each)) is not None]

    def _outside(self, location: Entity, target: str) -> None:
        if self._place.report_outside:
            reason = f"{location.ref} names it and it lies outside the folder: it is not read. Add a source for it"
            self._found.failures.append(Failed(target, f"{reason}, or set outside_targets to ignore"))

    def _broken(self, key: str, reason: str) -> None:
        self._found.failures.append(Failed(key, f"the catalog file cannot be read: {reason}"))
        refs = list(self._known.get(key, ()))
        self._found.by_file[key] = refs
        self._found.failures.extend(Failed(ref, f"its file {key} cannot be read") for ref in refs)

    def _text(self, path: Path) -> str:
        with path.open("rb") as stream:
            content = stream.read(self._place.max_file_bytes + 1)
        if len(content) > self._place.max_file_bytes:
            raise ValueError(f"it is larger than the {self._place.max_file_bytes:,} bytes that max_file_bytes allows")
        return content.decode("utf-8-sig")

    def _inside(self, path: Path) -> Path | None:
        """Return the path without its detours; ``None`` where it leads out of the folder."""
        found = Path(os.path.normpath(path))
        try:
            return found if found.resolve().is_relative_to(self._folder) else None
        except (OSError, RuntimeError, ValueError):
            # Links in a circle, or a name that no file can have.
            return None

    def _key(self, path: Path) -> str:
        relative = path.relative_to(self._folder).as_posix()
        return os.fsencode(relative).decode("utf-8", errors="backslashreplace")
