"""Where sources are declared, and what their files say: read to be shown, and written so that nothing of them is lost."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path

from aika.application.declarations import Declarations
from aika.domain.errors import ConfigurationError, ConflictError
from aika.domain.identifiers import SourceId
from aika.domain.sources import Source
from aika.files import replace_file
from aika.forms.durations import written as in_units
from aika.forms.mappings import parse_mapping
from aika.forms.yaml_text import rewritten_mapping, written_mapping
from aika.settings import SETTINGS_FILE

_READABLE = 0o644
"""Files of sources hold no secrets, and whoever looks after the folder edits them by hand too."""
_EXPECTED = "a mapping with at least 'connector'"


class Home(StrEnum):
    """Where a source is declared."""

    FILE = "file"
    """A file of its own in ``sources_dir``."""
    SETTINGS = "settings"
    """``aika.toml``."""
    DISCOVERED = "discovered"
    """A file in a team's repository."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A source's declaration as it is now."""

    home: Home
    place: str
    """As people call it: relative to the folder of ``aika.toml`` where it is in it."""
    remedy: str
    """Where to change it, where that cannot be done here. Empty where it can."""
    content: Mapping[str, object]
    text: str
    """YAML."""
    version: str
    """Changes whenever the text does."""


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """Reads and writes the declarations of one installation."""

    declarations: Declarations

    @property
    def folder(self) -> Path:
        settings = self.declarations.settings
        return settings.base_dir / settings.sources_dir

    async def read(self, source: Source) -> Declared:
        """Return a source's declaration. Raises `ConfigurationError` where its file cannot be read."""
        return await asyncio.to_thread(self._read, source)

    async def create(self, name: str, content: Mapping[str, object]) -> Path:
        """Write the file of a new source. Raises `ConflictError` where there is one, or the folder cannot be written."""
        return await asyncio.to_thread(self._create, name, content)

    async def change(self, source: Source, declared: Declared, content: Mapping[str, object]) -> None:
        """Write new content over what was read. Raises `ConflictError` where the file has changed since."""
        await asyncio.to_thread(self._change, source, declared, content)

    async def remove(self, source: Source, declared: Declared) -> None:
        """Delete the file. Raises `ConflictError` where it has changed since it was read."""
        await asyncio.to_thread(self._remove, source, declared)

    def home(self, source: Source) -> Home:
        if source.lent is not None:
            return Home.DISCOVERED
        return Home.SETTINGS if source.declared_in == SETTINGS_FILE else Home.FILE

    def _read(self, source: Source) -> Declared:
        home = self.home(source)
        if home is Home.SETTINGS:
            content = self._in_settings(source)
            text = written_mapping(content)
        else:
            text = _text_of(Path(source.declared_in))
            content = dict(parse_mapping(text, declared_in=source.declared_in, expected=_EXPECTED))
        return Declared(home, self._place(source, home), self._remedy(source, home), content, text, _version(text))

    def _in_settings(self, source: Source) -> dict[str, object]:
        written = self.declarations.settings.sources[source.id].model_dump(mode="json", exclude_unset=True)
        # As a file would have it: "15m" and not "PT15M".
        spans = {"refresh": source.refresh, "promise": source.promise}
        return {**written, **{name: in_units(span) for name, span in spans.items() if span is not None}}

    def _place(self, source: Source, home: Home) -> str:
        if home is Home.DISCOVERED:
            return f"aika-sources/{Path(source.declared_in).name}"
        path = Path(source.declared_in)
        with suppress(ValueError):
            return path.relative_to(self.declarations.settings.base_dir).as_posix()
        return str(path)

    def _remedy(self, source: Source, home: Home) -> str:
        match home:
            case Home.FILE:
                return ""
            case Home.SETTINGS:
                return (
                    f"It is declared in {SETTINGS_FILE}, under [sources.{source.id}]. Change it there and restart aika, or move "
                    f"it to {self.declarations.settings.sources_dir}/{source.id}.yaml to change it here."
                )
            case Home.DISCOVERED:
                place = Path(source.declared_in).parent.name
                found = self.declarations.settings.discovery.get(place)
                options = {} if found is None else found.options
                where = options.get("url") or options.get("path") or place
                return (
                    f"Its team declares it in aika-sources/{Path(source.declared_in).name} of {where}. Change it there: aika "
                    "looks for changes by itself."
                )

    def _create(self, name: str, content: Mapping[str, object]) -> Path:
        path = self.folder / f"{name}.yaml"
        other = path.with_suffix(".yml")
        if SourceId(name) in self.declarations.sources or path.exists() or other.exists():
            raise ConflictError(f"there is a source called {name!r} already: choose another name")
        _write(path, written_mapping(content))
        return path

    def _change(self, source: Source, declared: Declared, content: Mapping[str, object]) -> None:
        path = self._unchanged(source, declared)
        _write(path, rewritten_mapping(declared.text, content))

    def _remove(self, source: Source, declared: Declared) -> None:
        path = self._unchanged(source, declared)
        try:
            path.unlink()
        except OSError as error:
            raise ConflictError(f"{path} cannot be deleted: {error.strerror}") from error

    def _unchanged(self, source: Source, declared: Declared) -> Path:
        if declared.home is not Home.FILE:
            raise ConflictError(declared.remedy)
        path = Path(source.declared_in)
        if _version(_text_of(path)) != declared.version:
            raise ConflictError("the source's file was changed meanwhile: read it again first")
        return path


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else _READABLE
        replace_file(path, text, durable=True)
        path.chmod(mode)
    except OSError as error:
        raise ConflictError(
            f"{path} cannot be written ({error.strerror}): let aika write to its folder, or put the file there by hand"
        ) from error


def _version(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
