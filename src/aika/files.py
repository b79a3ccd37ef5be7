"""Writing files so that nobody ever reads half of one, and noticing that files changed."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp


def replace_file(path: Path, content: str | bytes, *, durable: bool = False) -> None:
    """Replace a file's content: whoever reads it finds all of the old or all of the new, whoever else is writing it.

    Only this user can read a file that is new, as of any temporary one.

    Args:
        path: the file, in a folder that exists.
        content: what the file is to hold; text is written as UTF-8.
        durable: whether the new content must survive a power cut once this returns.

    Raises:
        OSError: the folder cannot be written; the old file is as it was.
    """
    descriptor, name = mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    new = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            new.unlink()
        raise
    if durable and os.name == "posix":  # Windows cannot open a folder, and makes a rename durable by itself.
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def dated_yaml_files(folder: Path) -> dict[Path, tuple[int, int] | None]:
    """Return the YAML files of a folder by path, in that order, each with what differs once it was written again.

    ``None`` is a file that was removed while the folder was listed. A folder that does not exist has no files.
    """
    return {path: _written(path) for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])}


def _written(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns, status.st_size
