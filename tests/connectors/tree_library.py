"""A tree of files that tests write down."""

from collections.abc import Mapping


class Files:
    """A tree in memory."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def names(self, folder: str) -> frozenset[str]:
        prefix = f"{folder}/" if folder else ""
        return frozenset(path.removeprefix(prefix).split("/")[0] for path in self._files if path.startswith(prefix))

    def read(self, path: str) -> bytes | None:
        text = self._files.get(path)
        return None if text is None else text.encode()
