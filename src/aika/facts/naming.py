"""What a document is called besides its title: by its number, its folder, its former name."""

import re
from pathlib import PurePosixPath

from aika.domain.facts import name_words
from aika.facts.labels import singular
from aika.facts.records import former_names

_NUMBERED = re.compile(r"(?P<number>[A-Za-z]+[-_ #]?\d+)\s*[:.–—-]\s*(?P<rest>\S.*)")
_LEADING_NUMBER = re.compile(r"(?P<number>\d+)[-_.](?P<rest>.+)")
_SORTED_NUMBER = re.compile(r"(?P<sort>[A-Za-z]+)[-_ ]?(?P<number>\d+)(?:[-_.](?P<rest>.+))?")
_ASIDE = re.compile(r"(?P<outside>.*\S)\s*\((?P<inside>[^()]+)\)")
_ACRONYM = re.compile(r"[A-Z][A-Z0-9]{1,7}")
# Files that speak of their folder rather than of themselves.
_FOLDER_FILE_WORDS = (
    "readme index _index owners owners_aliases codeowners catalog-info metadata team service component package project "
    "config owner contributing maintainers main record data info"
)
_FOLDER_FILES = frozenset(_FOLDER_FILE_WORDS.split())


def title_names(title: str) -> list[str]:
    """Return the title and the names in it; none where it is a path or a file's name."""
    title = " ".join(title.split())
    if not title or is_file_name(title):
        return []
    names = [title]
    numbered = _NUMBERED.fullmatch(title)
    if numbered:
        names += [numbered["number"], numbered["rest"]]
    aside = _ASIDE.fullmatch(title)
    if aside:
        names.append(aside["outside"])
        names += [aside["inside"]] if _ACRONYM.fullmatch(aside["inside"]) else former_names(title)
    return names


def is_file_name(title: str) -> bool:
    """Return whether the title is the name of a file, which is what a document without a title is called by."""
    return " " not in title and (
        "/" in title or bool(re.search(r"\.[a-z]{1,8}$", title)) or title.lower() in _FOLDER_FILES
    )


def path_names(key: str) -> list[str]:
    """Return the names that the path gives: ``rfc-125-use-x.md`` is RFC 125, ``keps/12-x/README.md`` is KEP 12."""
    path = PurePosixPath(key.split("?", 1)[0])
    stem = path.name.split(".", 1)[0]
    folders = [part for part in path.parts[:-1] if part not in ("/", "..", ".")]
    above = {singular(folder.lower()) for folder in folders}
    if folders and (stem.lower() in _FOLDER_FILES or stem.lower() in above):
        # Also ``adrs/12-use-x/adr.yaml``: a file called as what its folders hold.
        stem = folders.pop()
    names = [stem]
    leading = _LEADING_NUMBER.fullmatch(stem)
    if leading:
        names.append(leading["rest"])
        names += [f"{singular(folder.lower())} {leading['number']}" for folder in folders[-3:] if folder.isalpha()]
    elif found := _SORTED_NUMBER.fullmatch(stem):
        names.append(f"{found['sort']} {found['number']}")
        names += [found["rest"]] if found["rest"] else []
    return [name for name in names if name_words(name)]


def path_sorts(key: str) -> list[str]:
    """Return words for what the folders say that it is."""
    return [singular(part.lower()) for part in PurePosixPath(key).parts[-4:-1] if part.isalpha()]
