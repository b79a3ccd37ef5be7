"""Where something was declared, in words that say nothing of how the server's disk is laid out."""

from pathlib import PurePosixPath, PureWindowsPath


def place_of(declared: str | None) -> str | None:
    """Return the folder and the name of a file of the server's: ``sources/handbook.yaml``. What is no path stays as it is."""
    if declared is None:
        return None
    for path in (PurePosixPath(declared), PureWindowsPath(declared)):
        if path.is_absolute():
            # The first part of an absolute path is its root.
            return "/".join(path.parts[1:][-2:])
    return declared
