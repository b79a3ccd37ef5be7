"""Topics that people write: a YAML file with all of them, or a file with a JSON object a line."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import ValidationError

from aika.domain.errors import ConfigurationError
from aika.domain.identifiers import PrincipalId
from aika.domain.queries import Message, Role
from aika.domain.selection import EVERYTHING, Selection
from aika.evaluation.topics import Reference, Topic, repeated
from aika.forms.collections import CollectionForm, RelevantForm, State, TestTopicForm
from aika.forms.yaml_files import YamlText, in_words


@dataclass(frozen=True, slots=True)
class TopicFile:
    """What a file says. Drafts are left out, and noted."""

    topics: tuple[Topic, ...]
    references: dict[str, tuple[Reference, ...]] = field(default_factory=dict)
    corpus: Path | None = None
    over: Selection = EVERYTHING
    notes: tuple[str, ...] = ()
    name: str | None = None


def read_yaml(path: Path) -> TopicFile:
    """Raises `ConfigurationError` with the line of everything that is wrong."""
    form = read_form(path)
    corpus = None if form.corpus is None else path.parent / form.corpus
    if corpus is not None and not corpus.exists():
        raise ConfigurationError(f"{path}: the corpus {corpus} does not exist")
    return replace(_file(form.topics), corpus=corpus, over=form.over.selection(), name=form.name)


def read_form(path: Path) -> CollectionForm:
    """Return what a YAML file holds, drafts included. Raises as `read_yaml` does."""
    text = YamlText.read(path)
    form = text.as_form(CollectionForm)
    for key in repeated(topic.key for topic in form.topics):
        places = [number for number, topic in enumerate(form.topics) if topic.key == key]
        first, second = (text.line_of(("topics", place)) for place in places[:2])
        raise ConfigurationError(
            f"{path}, line {second}: the topic {key!r} is there already, in line {first}: give one of them another 'id'"
        )
    return form


def read_jsonl(path: Path) -> TopicFile:
    """Read a topic a line, each with the keys that a topic of the YAML form has. Raises `ConfigurationError`."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    forms = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            forms.append(TestTopicForm.model_validate(json.loads(line)))
        except ValidationError as error:
            said = "; ".join(in_words(p["loc"], p["msg"]) for p in error.errors(include_url=False, include_input=False))
            raise ConfigurationError(f"{path}, line {number}: {said}") from error
        except ValueError as error:
            raise ConfigurationError(f"{path}, line {number} is not JSON: {error}") from error
    for key in repeated(form.key for form in forms):
        raise ConfigurationError(f"{path} has several topics with the id {key!r}")
    return _file(forms)


def topic_of(form: TestTopicForm) -> Topic:
    """Return what a written topic means."""
    turns = [
        (Role.USER, turn.asker) if turn.asker is not None else (Role.ASSISTANT, turn.aika) for turn in form.history
    ]
    slices = {name: tuple(values) for name, values in form.slices.items()}
    return Topic(
        id=form.key,
        text=form.question,
        answerable=form.answerable,
        history=tuple(Message(role, text or "") for role, text in turns),
        answers=tuple(form.answers),
        nuggets=tuple(form.nuggets),
        slices=slices | ({"tag": tuple(form.tags)} if form.tags else {}),
        asked_as=None if form.asked_as is None else tuple(PrincipalId(principal) for principal in form.asked_as),
    )


def _file(forms: Sequence[TestTopicForm]) -> TopicFile:
    accepted = [form for form in forms if form.state is State.ACCEPTED]
    drafts = len(forms) - len(accepted)
    return TopicFile(
        topics=tuple(topic_of(form) for form in accepted),
        references={form.key: tuple(map(_reference, form.relevant)) for form in accepted if form.relevant},
        notes=(f"{drafts} drafts do not count until a person accepts them: aika eval review",) if drafts else (),
    )


def _reference(form: RelevantForm) -> Reference:
    return Reference(form.document or form.url or "", form.source, form.grade)
