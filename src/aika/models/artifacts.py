"""Files that are built once on this machine and kept: model graphs, assembled weights.

A set of files appears whole or not at all: it is built under another name, written through to the disk and then renamed.
Several processes may build the same set at once; the first rename wins and the others use its result.
"""

import hashlib
import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from aika.domain.errors import PermanentError

logger = logging.getLogger(__name__)

MANIFEST = "manifest.json"
ABANDONED_AFTER = 24 * 3600
"""Seconds. An unfinished build this old belongs to a process that died."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a set of files is made."""

    name: str
    """The folder's name. It changes whenever the result would differ."""
    files: tuple[str, ...]
    build: Callable[[Path], None]
    """Writes the files into the folder it is given."""
    check_content: bool = True
    """Whether every start compares checksums. Sizes alone are compared where the files are too large for that."""


class _File(BaseModel):
    size: int
    sha256: str


class _Manifest(BaseModel):
    files: dict[str, _File]


def prepared(models_dir: Path, recipe: Recipe) -> Path:
    """Return the folder with the recipe's files, building them first where they are missing or damaged.

    Waits for the build, which can take long: call it in a thread.
    """
    folder = models_dir / recipe.name
    damage = _damage(folder, recipe)
    if damage is None:
        return folder
    logger.info("building model files", extra={"model": recipe.name, "reason": damage})
    started = time.monotonic()
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(models_dir)
        _build_into(folder, recipe)
    except OSError as error:
        raise PermanentError(
            f"the model files {recipe.name} cannot be written to {models_dir}: {error}. "
            "Make room or give aika the right to write there, and start again"
        ) from error
    logger.info("built model files", extra={"model": recipe.name, "seconds": round(time.monotonic() - started, 1)})
    return folder


def _damage(folder: Path, recipe: Recipe) -> str | None:
    try:
        manifest = _Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        return "not built yet"
    except (OSError, ValidationError):
        return "the manifest is damaged"
    for name in recipe.files:
        expected, path = manifest.files.get(name), folder / name
        if expected is None or not path.is_file():
            return f"{name} is missing"
        if path.stat().st_size != expected.size:
            return f"{name} has the wrong size"
        if recipe.check_content and sha256_of(path) != expected.sha256:
            return f"{name} has the wrong content"
    return None


def sha256_of(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _build_into(folder: Path, recipe: Recipe) -> None:
    building = Path(tempfile.mkdtemp(prefix=f".{recipe.name}.", dir=folder.parent))
    try:
        recipe.build(building)
        _seal(building, recipe.files)
        _put_in_place(building, folder, recipe)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _seal(folder: Path, files: tuple[str, ...]) -> None:
    manifest = _Manifest(
        files={name: _File(size=(folder / name).stat().st_size, sha256=sha256_of(folder / name)) for name in files}
    )
    (folder / MANIFEST).write_text(json.dumps(manifest.model_dump(), indent=1), encoding="utf-8")
    for name in (*files, MANIFEST):
        with (folder / name).open("rb+") as file:
            os.fsync(file.fileno())


def _put_in_place(building: Path, folder: Path, recipe: Recipe) -> None:
    # mkdtemp makes folders that only their owner may enter; the result follows the umask of its parent.
    building.chmod(folder.parent.stat().st_mode & 0o777)
    if folder.exists() and _damage(folder, recipe) is not None:
        _move_aside(folder)
    try:
        building.rename(folder)
    except OSError:
        # Another process was first. Its result is as good as ours, unless it is damaged too.
        if _damage(folder, recipe) is not None:
            raise


def _move_aside(folder: Path) -> None:
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.damaged.", dir=folder.parent))
    try:
        folder.rename(aside / folder.name)
    except FileNotFoundError:
        logger.debug("another process removed the damaged files first", extra={"model": folder.name})
    shutil.rmtree(aside, ignore_errors=True)


def _remove_abandoned(models_dir: Path) -> None:
    for path in models_dir.glob(".*"):
        # Another builder may be done and remove its folder between two looks at it.
        with suppress(FileNotFoundError):
            if path.is_dir() and time.time() - path.stat().st_mtime > ABANDONED_AFTER:
                shutil.rmtree(path, ignore_errors=True)
