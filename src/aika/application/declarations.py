"""The sources as they are declared now: in ``aika.toml``, in files beside it, and in the repositories of teams."""

import asyncio
import logging
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from threading import Lock

from aika.application.lending import lent_source
from aika.application.rules import CompanyRules, all_rules, load_rules, rule_files
from aika.domain.errors import AikaError, ConfigurationError
from aika.domain.identifiers import SourceId
from aika.domain.rules import RankingRule
from aika.domain.sources import Found, Source
from aika.files import replace_file
from aika.protocols import Connector
from aika.settings import DiscoverySettings, Settings, load_sources, read_source_file

logger = logging.getLogger(__name__)

PATTERN = "aika-sources/*.y*ml"
"""Of the files in a repository that declare sources."""
OpenPlace = Callable[[str, Mapping[str, object]], AbstractAsyncContextManager[Connector]]
"""Opens a connector by its name, with options."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a look at the declarations found to be different."""

    changed: tuple[SourceId, ...] = ()
    """New ones included."""
    removed: tuple[SourceId, ...] = ()


@dataclass(slots=True)
class Declarations:
    """Knows the declared sources, and notices when the files change."""

    settings: Settings
    open_place: OpenPlace
    sources: dict[SourceId, Source] = field(default_factory=dict)
    errors: tuple[ConfigurationError, ...] = ()
    """What is wrong with the files that are wrong. The sources of the others work."""
    rules: tuple[RankingRule, ...] = ()
    """Of the company and of all sources."""
    company_rules: CompanyRules = field(default_factory=CompanyRules)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by whoever changes declarations: one at a time."""
    _reading: Lock = field(default_factory=Lock)
    """Held while files are read: an older reading must not replace a newer one."""

    @property
    def folder(self) -> Path:
        """Where the files that were discovered are kept, so that a repository out of reach changes nothing."""
        return self.settings.data_path / "discovered"

    def reload(self) -> Changes:
        """Read all files again. A source whose file is wrong at the moment stays as it was."""
        with self._reading:
            return self._reload()

    def _reload(self) -> Changes:
        before = self.sources
        declared, errors = load_sources(self.settings)
        now = {source.id: source for source in declared}
        errors += self._add_discovered(now)
        broken = {SourceId(PurePosixPath(path).stem) for error in errors for path in _named_files(error)}
        now |= {name: source for name, source in before.items() if name in broken and name not in now}
        self.sources, self.errors = now, tuple(errors)
        self.company_rules = load_rules(self.settings, before=self.company_rules)
        self.rules = all_rules(self.company_rules.rules, now.values())
        return Changes(
            changed=tuple(sorted(name for name, source in now.items() if before.get(name) != source)),
            removed=tuple(sorted(before.keys() - now.keys())),
        )

    def fingerprint(self) -> object:
        """Return what differs once a file was added, changed or removed."""
        beside = self.settings.base_dir / self.settings.sources_dir
        files = [*beside.glob("*.y*ml"), *self.folder.glob("*/*.y*ml"), *rule_files(self.settings)]
        return sorted((str(path), status.st_mtime_ns, status.st_size) for path in files if (status := _status(path)))

    async def discover(self) -> list[str]:
        """Look for files that declare sources in the configured places; return the problems. A place that cannot be read
        keeps what was found there before."""
        problems = []
        for name, place in sorted(self.settings.discovery.items()):
            try:
                await self._discover(name, place)
            except AikaError as error:
                problems.append(f"discovery of {name!r} failed, what it declared before stays: {error}")
                logger.warning("discovery failed", extra={"place": name, "reason": str(error)})
        await asyncio.to_thread(self._forget_places)
        return problems

    async def _discover(self, name: str, place: DiscoverySettings) -> None:
        found: dict[str, bytes] = {}
        async with self.open_place(place.connector, place.options) as connector:
            async for event in connector.read(None):
                if isinstance(event, Found) and fnmatchcase(event.key, f"*{PATTERN}"):
                    found[PurePosixPath(event.key).name] = (await event.load()).content
        await asyncio.to_thread(self._keep, name, found)

    def _keep(self, name: str, files: Mapping[str, bytes]) -> None:
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if path.name not in files:
                path.unlink()
        for file, content in files.items():
            path = folder / file
            if not path.exists() or path.read_bytes() != content:
                replace_file(path, content)

    def _forget_places(self) -> None:
        if self.folder.is_dir():
            for folder in self.folder.iterdir():
                if folder.is_dir() and folder.name not in self.settings.discovery:
                    shutil.rmtree(folder)

    def _add_discovered(self, sources: dict[SourceId, Source]) -> list[ConfigurationError]:
        errors = []
        for name, place in sorted(self.settings.discovery.items()):
            for path in sorted((self.folder / name).glob("*.y*ml")):
                try:
                    source = lent_source(read_source_file(path), name, place)
                    if source.id in sources:
                        first = sources[source.id].declared_in
                        raise ConfigurationError(f"{path}: a source named {source.id!r} is already declared in {first}")
                    sources[source.id] = source
                except ConfigurationError as error:
                    errors.append(error)
        return errors


def _named_files(error: ConfigurationError) -> list[str]:
    """Return the file that an error is about: every message of `read_source_file` begins with it."""
    first = str(error).split(":", 1)[0].split(" ", 1)[0]
    return [first] if first.endswith((".yaml", ".yml")) else []


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
