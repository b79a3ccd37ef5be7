"""How a test collection is written in YAML: ``evaluation/NAME.yaml``."""

import hashlib
import re
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, JsonValue, field_validator, model_validator

from aika.forms.selection import Form, SelectionForm

_ID_WORDS = 6


class State(StrEnum):
    """Whether a topic counts."""

    ACCEPTED = "accepted"
    DRAFT = "draft"


class _Text(Form):
    # Facts are often numbers, and JSON has them.
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class TurnForm(_Text):
    """An earlier message: of the asker, or of aika."""

    asker: str | None = Field(default=None, description="What the asker wrote.")
    aika: str | None = Field(default=None, description="What aika answered.")

    @model_validator(mode="after")
    def _one(self) -> "TurnForm":
        if (self.asker is None) == (self.aika is None):
            raise ValueError("a turn is either 'asker: …' or 'aika: …'")
        return self


class RelevantForm(_Text):
    """A document that answers the question, or helps to."""

    document: str | None = Field(
        default=None, description="Its key in its source, such as a path, or ``SOURCE/KEY``, or its address."
    )
    source: str | None = Field(default=None, description="The source, where several have a document of that key.")
    url: str | None = Field(default=None, description="Its address, in place of ``document``.")
    grade: int = Field(
        default=1, ge=0, le=10, description="How relevant: 2 answers, 1 helps, 0 looks relevant and is not."
    )

    @model_validator(mode="after")
    def _named(self) -> "RelevantForm":
        if (self.document is None) == (self.url is None):
            raise ValueError("name it by 'document' or by 'url'")
        return self


def _relevant(value: object) -> object:
    return {"document": value} if isinstance(value, str) else value


class OriginForm(_Text):
    """Where a topic comes from, for whoever reviews it."""

    made: str = Field(description="``by hand``, ``drafted from a heading``, ``harvested from a helpful answer`` …")
    day: date | None = Field(default=None, description="When it was made.")
    passage: str | None = Field(default=None, description="The words of the document that it was drafted from.")


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Words = Annotated[list[str], BeforeValidator(_listed)]


class TestTopicForm(_Text):
    """An information need to test with."""

    __test__ = False  # pytest collects classes with this name otherwise

    id: str | None = Field(
        default=None, min_length=1, description="Tells it from others in runs. Unset: made from the question."
    )
    question: str = Field(min_length=1, description="As people put it, with their words and their mistakes.")
    history: list[TurnForm] = Field(default=[], description="Earlier messages of the conversation, oldest first.")
    answerable: bool = Field(
        default=True, description="Whether the documents answer it. A good assistant abstains from the others."
    )
    relevant: list[Annotated[RelevantForm, BeforeValidator(_relevant)]] = Field(
        default=[], description="The documents that answer it, each as text or with its grade."
    )
    nuggets: Words = Field(default=[], description="Facts that a good answer has, each in a few words.")
    answers: Words = Field(
        default=[], description="What a right answer names: all of these and nothing else of the kind."
    )
    tags: Words = Field(default=[], description="What results are told apart by.")
    slices: dict[str, Words] = Field(
        default={}, description="The same with dimensions of your own: ``{team: payments, urgency: [high]}``."
    )
    asked_as: Words | None = Field(
        default=None,
        description="The principals of whoever asks: ``[ada@example.com, group:payments]``. Unset: nothing is hidden.",
    )
    state: State = Field(default=State.ACCEPTED, description="A ``draft`` does not count until a person accepts it.")
    origin: OriginForm | None = Field(default=None, description="Where it comes from.")

    @field_validator("question")
    @classmethod
    def _not_blank(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("must not be blank")
        return " ".join(value.split()) if "\n" not in value else value.strip()

    @model_validator(mode="after")
    def _consistent(self) -> "TestTopicForm":
        if not self.answerable and any(relevant.grade > 0 for relevant in self.relevant):
            raise ValueError("is not answerable and has relevant documents: grade what only looks relevant 0")
        return self

    @property
    def key(self) -> str:
        return self.id or topic_id(self.question)


class CollectionForm(Form):
    """A test collection: topics, and which documents they are put to."""

    name: str | None = Field(
        default=None, pattern=r"^[\w.-]+$", description="As runs are recorded by. Unset: the file's or folder's name."
    )
    description: str = Field(default="", description="What it measures, for people.")
    corpus: str | None = Field(
        default=None,
        description="A folder or a ``.jsonl`` file of documents, relative to this file. Unset: the documents that this "
        "deployment has synced.",
    )
    over: SelectionForm = Field(
        default=SelectionForm(), description="Of the deployment's documents, those that are searched. Unset: all."
    )
    topics: list[TestTopicForm] = Field(default=[], description="What is asked.")

    @field_validator("topics", mode="before")
    @classmethod
    def _none_yet(cls, value: object) -> object:
        return [] if value is None else value


def topic_id(question: str) -> str:
    """Return the id that a topic without one has: its first words, told from similar ones by four digits."""
    words = re.findall(r"\w+", question.casefold())[:_ID_WORDS]
    return "-".join([*words, hashlib.sha256(question.encode()).hexdigest()[:4]])


def collection_schema() -> dict[str, JsonValue]:
    """Return the JSON Schema (draft 2020-12) of ``evaluation/NAME.yaml``."""
    schema = CollectionForm.model_json_schema()
    definitions = schema["$defs"]
    relevant = definitions["TestTopicForm"]["properties"]["relevant"]
    # Each may be written as text.
    relevant["items"] = {"anyOf": [{"type": "string"}, relevant["items"]]}
    for name in ("nuggets", "answers", "tags"):
        listed = definitions["TestTopicForm"]["properties"][name]
        listed["anyOf"] = [{"type": "string"}, {"type": "array", "items": listed.pop("items")}]
        del listed["type"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A test collection of aika",
        **{name: value for name, value in schema.items() if name != "title"},
    }
