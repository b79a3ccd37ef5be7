"""Changing a collection's YAML file without losing what a person wrote in it.

Topics are added at its end and lines are taken out of it; nothing else is touched, so comments and order stay.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from aika.domain.errors import ConfigurationError, ConflictError
from aika.evaluation.topic_files import read_form
from aika.files import replace_file
from aika.forms.collections import CollectionForm, State, TestTopicForm
from aika.forms.yaml_files import YamlText

_HEAD = """\
# A test collection: what people ask, and which documents answer it. `aika eval check {name}` says what is wrong with it,
# `aika eval retrieval {name}` measures. Every key: docs/reference/collections.md
"""
_WIDTH = 110

Item = str | int | bool | Sequence["Item"] | Mapping[str, "Item"]


def new_collection(path: Path, *, description: str = "", sources: Sequence[str] = ()) -> None:
    """Write an empty collection. Raises `ConflictError` where there is a file already."""
    if path.exists():
        raise ConflictError(
            f"{path} exists already and stays as it is: add topics to it with `aika eval add {path.stem}`"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    content: dict[str, Item] = {"description": description or f"Questions about {path.stem}."}
    if sources:
        content["over"] = {"sources": list(sources)}
    _write(path, _HEAD.format(name=path.stem) + _yaml(content) + "topics: []\n")


def add_topics(path: Path, topics: Sequence[TestTopicForm]) -> list[TestTopicForm]:
    """Add topics at the end of a collection and return those that were added: all whose question and id are not there yet.

    Raises `ConfigurationError` where the file is wrong, or has something after its topics.
    """
    known = read_form(path)
    taken = {topic.key for topic in known.topics} | {_asked(topic) for topic in known.topics}
    fresh: list[TestTopicForm] = []
    for topic in topics:
        if topic.key not in taken and _asked(topic) not in taken:
            taken |= {topic.key, _asked(topic)}
            fresh.append(topic.model_copy(update={"id": topic.key}))
    if not fresh:
        return []
    before = path.read_text(encoding="utf-8").rstrip("\n")
    head = before.removesuffix("topics: []") + "topics:" if before.endswith("topics: []") else before
    if "topics" not in known.model_fields_set:
        head = f"{before}\ntopics:"
    indent = _indent(path, known)
    written = f"{head}\n{''.join(_written(topic, indent) for topic in fresh)}"
    _check(path, written, [*known.topics, *fresh])
    _write(path, written)
    return fresh


def accept(path: Path, ids: Sequence[str]) -> None:
    """Make drafts count."""
    _edit(path, ids, keep=True)


def drop(path: Path, ids: Sequence[str]) -> None:
    """Take topics out of a collection."""
    _edit(path, ids, keep=False)


def _edit(path: Path, ids: Sequence[str], *, keep: bool) -> None:
    text = YamlText.read(path)
    known = read_form(path)
    lines = text.text.split("\n")
    gone: set[int] = set()
    for place, topic in enumerate(known.topics):
        if topic.key in ids:
            where = ("topics", place, "state") if keep else ("topics", place)
            first, after = text.lines_of(where)
            gone |= set(range(first, after))
    written = "\n".join(line for number, line in enumerate(lines, start=1) if number not in gone)
    left = [
        topic.model_copy(update={"state": State.ACCEPTED}) if topic.key in ids else topic
        for topic in known.topics
        if keep or topic.key not in ids
    ]
    _check(path, written, left)
    _write(path, written)


def _check(path: Path, written: str, wanted: Sequence[TestTopicForm]) -> None:
    """Raise `ConfigurationError` where the new text would not mean what it should: nothing was written then."""
    try:
        found = YamlText(written, path=path).as_form(CollectionForm).topics
    except ConfigurationError:
        found = []
    if list(found) != list(wanted):
        raise ConfigurationError(
            f"{path} cannot be changed without touching what you wrote: let 'topics' be its last key, one topic a list item with "
            "its keys on lines of their own"
        )


def _asked(topic: TestTopicForm) -> str:
    return " ".join([*(turn.asker or turn.aika or "" for turn in topic.history), topic.question]).casefold()


def _indent(path: Path, known: CollectionForm) -> str:
    """Return how far the file's topics are indented."""
    if not known.topics:
        return "  "
    text = YamlText.read(path)
    line = text.text.split("\n")[text.line_of(("topics", 0)) - 1]
    return line[: len(line) - len(line.lstrip())]


def _written(topic: TestTopicForm, indent: str) -> str:
    content = topic.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    short = [item["document"] if set(item) == {"document"} else item for item in content.get("relevant", [])]
    if short:
        content["relevant"] = short
    block = _yaml([{"id": topic.key} | content])
    return "".join(f"{indent}{line}\n" if line else "\n" for line in block.rstrip("\n").split("\n"))


def _yaml(content: Item) -> str:
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=_WIDTH)


def _write(path: Path, text: str) -> None:
    replace_file(path, text)
    # As other files of a repository: everybody may read it.
    path.chmod(0o644)
