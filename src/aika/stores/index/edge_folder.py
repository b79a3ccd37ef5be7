"""The files of one embedded index generation.

``CURRENT`` names the folder of the shard that serves. A shard is built beside it under a name that was never used and takes
its place by renaming a new ``CURRENT`` over the old one, so a crash at any moment leaves one whole shard. Everything that
``CURRENT`` does not name is a leftover.
"""

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

from aika.domain.errors import PermanentError
from aika.files import replace_file
from aika.protocols import IndexPosition

_CURRENT = "CURRENT"
_STATE = "state.json"
_DELETED = "deleted-"
_SHARD = "shard-"


@dataclass(frozen=True, slots=True)
class GenerationState:
    """What is remembered beside the shard."""

    findable: int = 0
    embedded: int = 0
    unindexed: int = 0
    """Chunks written since the last compaction, about."""

    @property
    def position(self) -> IndexPosition:
        return IndexPosition(findable=self.findable, embedded=self.embedded)


class GenerationFolder:
    """One generation's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def exists(self) -> bool:
        return (self.path / _CURRENT).is_file()

    def current(self) -> Path:
        """Return the folder of the shard that serves."""
        return self.path / (self.path / _CURRENT).read_text(encoding="utf-8").strip()

    def new_shard(self) -> Path:
        """Return a folder for a shard that is about to be built. It does not exist yet."""
        self.path.mkdir(parents=True, exist_ok=True)
        return self.path / f"{_SHARD}{uuid4().hex[:12]}"

    def switch_to(self, shard: Path) -> None:
        """Make this the shard that serves from the next opening on."""
        replace_file(self.path / _CURRENT, shard.name, durable=True)

    def clean(self) -> None:
        """Delete what crashed builds left behind."""
        keep = self.current()
        for leftover in self.path.glob(f"{_SHARD}*"):
            if leftover != keep:
                shutil.rmtree(leftover, ignore_errors=True)

    def delete(self) -> None:
        """Delete the generation. A crash in the middle leaves nothing that looks like one."""
        doomed = self.path.with_name(f"{_DELETED}{uuid4().hex[:12]}")
        self.path.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)

    def load_state(self) -> GenerationState:
        path = self.path / _STATE
        try:
            return GenerationState(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return GenerationState()
        except (ValueError, TypeError) as error:
            raise PermanentError(
                f"{path} is damaged: {error}. Delete it, and the index follows the catalogue from the beginning"
            ) from error

    def save_state(self, state: GenerationState) -> None:
        replace_file(self.path / _STATE, json.dumps(asdict(state)), durable=True)


def generation_names(shelf: Path) -> set[str]:
    """Return the generations in a shelf's folder."""
    return {path.name for path in shelf.glob("*") if _is_generation(path)} if shelf.is_dir() else set()


def clean_shelf(shelf: Path) -> None:
    """Delete what was left of deleted generations, and of those whose creation was cut short."""
    for path in shelf.glob("*"):
        if path.is_dir() and not _is_generation(path):
            shutil.rmtree(path, ignore_errors=True)


def _is_generation(path: Path) -> bool:
    return not path.name.startswith(_DELETED) and GenerationFolder(path).exists
