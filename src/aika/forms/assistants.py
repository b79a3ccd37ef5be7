"""How an assistant is written in YAML, and in the API."""

from uuid import UUID

from pydantic import Field, field_validator, model_validator

from aika.domain.access import EVERYONE
from aika.domain.assistants import Assistant, Topic, Visibility
from aika.domain.identifiers import AssistantId, DocumentId, PrincipalId, SourceId, document_id
from aika.forms.principals import principal
from aika.forms.rules import RuleForm
from aika.forms.selection import Form, SelectionForm

NAME = r"^[^\s:/][^:/\n]{0,78}[^\s:/]$|^[^\s:/]$"
"""Neither ``:`` nor ``/``, which ids and addresses have."""
MAX_INSTRUCTIONS = 4_000


class TopicForm(Form):
    """What the assistant is about, by examples. The documents nearest to them in meaning are its knowledge."""

    documents: list[str] = Field(
        default=[], max_length=50, description="Documents that belong to the topic: ``SOURCE/KEY``, or a document's id."
    )
    questions: list[str] = Field(default=[], max_length=50, description="Questions that belong to the topic.")

    @model_validator(mode="after")
    def _has_examples(self) -> "TopicForm":
        if not self.documents and not self.questions:
            raise ValueError("needs at least one example: a document or a question")
        return self

    @field_validator("documents")
    @classmethod
    def _known_forms(cls, value: list[str]) -> list[str]:
        for document in value:
            if "://" in document or not ("/" in document or _is_id(document)):
                raise ValueError(f"{document!r} is no document: write SOURCE/KEY or the document's id")
        return value

    def topic(self) -> Topic:
        return Topic(tuple(_document(name) for name in self.documents), tuple(self.questions))


class AssistantForm(Form):
    """One configuration people talk to. It narrows what may be seen, and never widens it."""

    name: str | None = Field(
        default=None,
        pattern=NAME,
        description="What people call it, in any case. Unset: the file's name.",
    )
    purpose: str = Field(default="", max_length=1_000, description="What it is for, for the people who choose it.")
    instructions: str = Field(
        default="",
        max_length=MAX_INSTRUCTIONS,
        description="What the language model is told besides aika's own rules: tone, language, focus. Without a model they "
        "change nothing.",
    )
    knowledge: SelectionForm = Field(
        default=SelectionForm(), description="What it may know, of what the asker may read. Unset: all of that."
    )
    topic: TopicForm | None = Field(
        default=None, description="Narrows its knowledge to what is near to these examples."
    )
    rules: list[RuleForm] = Field(default=[], max_length=50, description="What stands higher or lower for it.")
    model: str | None = Field(
        default=None,
        description="Who writes, by its name among ``[models]`` of aika.toml. Unset: the deployment's model.",
    )
    temperature: float | None = Field(default=None, ge=0, le=2, description="Unset: the model's.")
    greeting: str = Field(default="", max_length=1_000, description="What it says before the first question.")
    examples: list[str] = Field(default=[], max_length=12, description="Questions that it is good at.")
    owner: str | None = Field(
        default=None,
        description="Who may change it: ``group:payments``, or a person's e-mail address. Unset: whoever makes it; of a file, "
        "whoever may change the file.",
    )
    visibility: Visibility | None = Field(
        default=None,
        description="Who may use it: ``private`` its owner, ``group`` the ``groups``, ``public`` everyone. Unset: ``group`` "
        "where there are ``groups``; otherwise a file's is public and one made through the API is private.",
    )
    groups: list[str] = Field(
        default=[], description="Who may use it where it is visible to groups: ``group:payments``."
    )

    @model_validator(mode="after")
    def _groups_fit(self) -> "AssistantForm":
        if self.visibility is Visibility.GROUP and not self.groups:
            raise ValueError("visibility: group needs groups")
        if self.visibility in (Visibility.PRIVATE, Visibility.PUBLIC) and self.groups:
            raise ValueError(f"visibility: {self.visibility} has no groups; remove them, or write visibility: group")
        return self

    @field_validator("name")
    @classmethod
    def _no_id(cls, value: str | None) -> str | None:
        if value is not None and _is_id(value):
            raise ValueError("must not look like an id")
        return value

    @field_validator("owner")
    @classmethod
    def _one_owner(cls, value: str | None) -> str | None:
        if value is not None and principal(value) == EVERYONE:
            raise ValueError("everyone can use an assistant, but cannot own it")
        return value

    @field_validator("groups")
    @classmethod
    def _principals(cls, value: list[str]) -> list[str]:
        return [principal(group) for group in value]

    def assistant(
        self,
        id: AssistantId,
        *,
        name: str,
        owner: PrincipalId,
        unset_visibility: Visibility,
        declared_in: str | None = None,
    ) -> Assistant:
        """Return the assistant. The rest is what the form leaves open."""
        return Assistant(
            id=id,
            name=self.name or name,
            owner=owner if self.owner is None else principal(self.owner),
            purpose=self.purpose,
            instructions=self.instructions,
            knowledge=self.knowledge.selection(),
            topic=None if self.topic is None else self.topic.topic(),
            rules=tuple(
                rule.rule(declared_in=declared_in or f"the assistant {self.name or name}") for rule in self.rules
            ),
            model=self.model,
            temperature=self.temperature,
            greeting=self.greeting,
            examples=tuple(self.examples),
            visibility=self.visibility or (Visibility.GROUP if self.groups else unset_visibility),
            groups=frozenset(PrincipalId(group) for group in self.groups),
            declared_in=declared_in,
        )


def _document(name: str) -> DocumentId:
    if _is_id(name):
        return DocumentId(name)
    source, _, key = name.partition("/")
    return document_id(SourceId(source), key)


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
