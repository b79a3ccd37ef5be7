"""A title for documents that have none: their file's name in words."""

import re
from pathlib import PurePosixPath

_NAMELESS = frozenset({"readme", "index", "default", "main", "home", "_index", "contents", "overview"})
_FORMATS = re.compile(
    r"(?:\.(?:mdx?|markdown|mdown|mkd|html?|xhtml|erb|rst|rest|txt|text|log|adoc|asciidoc|org|ipynb|tmpl|j2))+$",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[-_\s]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def title_from_path(path: str) -> str:
    """Return the file's name in words: ``docs/on-call_guide.md`` is “On call guide”.

    A nameless file, such as ``payments/README.md``, is called after its folder.
    """
    parts = [part for part in PurePosixPath(path.replace("\\", "/")).parts if part not in {"/", ".", ".."}]
    if not parts:
        return "Untitled"
    name = _FORMATS.sub("", parts[-1]) or parts[-1]
    if name.lower() in _NAMELESS and len(parts) > 1:
        name = _FORMATS.sub("", parts[-2]) or parts[-2]
    words = _SEPARATORS.sub(" ", _CAMEL.sub(" ", name)).strip() or name
    return words[0].upper() + words[1:]
