"""Reading the few files of a tree that say something of the others."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import yaml

logger = logging.getLogger(__name__)

_MAX_BYTES = 3_000_000
"""GitHub reads no larger CODEOWNERS file; the other kinds are far smaller."""

_MOST_YAML = 1_000_000
"""Characters."""
_MOST_BRACKETS = 2_000
"""The loader's time grows with the square of the open ones."""


class Tree(Protocol):
    """Files by path, relative to the root, with ``/``. The root folder is the empty string."""

    def names(self, folder: str) -> frozenset[str]:
        """Return what is in a folder; nothing where there is no such folder."""
        ...

    def read(self, path: str) -> bytes | None:
        """Return a file's content, ``None`` where there is no such file, or where it is too large to say something."""
        ...


class FolderTree:
    """A folder of the file system, as it is at first sight."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._names: dict[str, frozenset[str]] = {}
        self._files: dict[str, bytes | None] = {}

    def names(self, folder: str) -> frozenset[str]:
        if folder not in self._names:
            try:
                self._names[folder] = frozenset(entry.name for entry in (self._root / folder).iterdir())
            except OSError:
                # The listing of the source itself reports folders that cannot be read.
                self._names[folder] = frozenset()
        return self._names[folder]

    def read(self, path: str) -> bytes | None:
        if path not in self._files:
            self._files[path] = self._content(path)
        return self._files[path]

    def _content(self, path: str) -> bytes | None:
        folder, _, name = path.rpartition("/")
        file = self._root / path
        # Asked of the listing first: most files that are looked for are not there.
        if name not in self.names(folder):
            return None
        try:
            # A link may lead to another file of the tree, and nowhere else.
            if not file.resolve().is_relative_to(self._root.resolve()):
                return None
            if not file.is_file() or file.stat().st_size > _MAX_BYTES:
                return None
            return file.read_bytes()
        except (OSError, RuntimeError) as error:  # RuntimeError is how Path.resolve reports a loop of links
            logger.warning("a file about other files cannot be read", extra={"path": path, "reason": str(error)})
            return None


def folders_above(path: str) -> Iterator[str]:
    """Yield the folder a file is in and those above it, the root last, which is the empty string."""
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def text_of(tree: Tree, path: str) -> str | None:
    content = tree.read(path)
    return None if content is None else content.decode("utf-8-sig", errors="replace")


class _LenientLoader(yaml.SafeLoader):
    """YAML as site generators write it: tags of their own are read as the plain value beneath."""


def _plain(loader: yaml.SafeLoader, _suffix: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node) or None
    if isinstance(node, yaml.SequenceNode):
        # MkDocs' `!ENV [NAME, default]`: the default is what is written down.
        values = loader.construct_sequence(node, deep=True)
        return values[-1] if len(values) > 1 else None
    return None


_construct: Callable[..., None] = _LenientLoader.add_multi_constructor
_construct("!", _plain)
_construct("tag:yaml.org,2002:python/", _plain)


def yaml_documents(
    tree: Tree, path: str
) -> list[Any]:  # what people write into YAML has no type: each reader checks it
    """Return a file's YAML documents; none where it is missing or not YAML, which is logged."""
    text = text_of(tree, path)
    if text is None:
        return []
    if len(text) > _MOST_YAML or text.count("[") + text.count("{") > _MOST_BRACKETS:
        logger.warning("a file about other files is too large", extra={"path": path})
        return []
    try:
        return list(yaml.load_all(text, Loader=_LenientLoader))
    # The loader raises ValueError for impossible dates, and the others for odd tags, keys and depths.
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError) as error:
        logger.warning("a file about other files is not YAML", extra={"path": path, "reason": type(error).__name__})
        return []


def mapping_of(tree: Tree, path: str) -> dict[str, Any]:
    """Return the mapping that a YAML file holds, an empty one where it holds none."""
    for document in yaml_documents(tree, path):
        if isinstance(document, dict):
            return {str(key): value for key, value in document.items()}
    return {}


def words_of(value: object) -> tuple[str, ...]:
    """Return a list of names as people write it: a string, a list of strings, or nothing."""
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(text for item in values if isinstance(item, str | int | float) and (text := str(item).strip()))
