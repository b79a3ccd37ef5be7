"""Which assistant a question is put to: the one named, or the conversation's own."""

from dataclasses import dataclass, replace

from aika.assistants.conversing import Conversing, Question
from aika.assistants.library import AssistantLibrary
from aika.domain.assistants import Asker
from aika.domain.conversations import Conversation
from aika.domain.errors import ConflictError, InvalidRequestError


@dataclass(frozen=True, slots=True)
class Choice:
    """What was said about the assistant."""

    asker: Asker
    wanted: str | None = None
    """A name or an id. ``None``: the conversation's, where it has one."""
    without: bool = False
    """Ask nobody in particular, also where the conversation has an assistant."""


async def begin(
    conversing: Conversing, library: AssistantLibrary, question: Question, choice: Choice
) -> tuple[Conversation, Question]:
    """Return the conversation that a question belongs to, and the question as it is to be asked there.

    Raises `NotFoundError`, `AmbiguousNameError` or `ConflictError` where the assistant is not to be had: nothing is answered
    without it that was meant for it.
    """
    if choice.without and choice.wanted is not None:
        raise InvalidRequestError("'assistant' and 'without_assistant' contradict each other: leave one out")
    if choice.wanted is not None:
        question = replace(question, assistant=await library.resolve(choice.wanted, choice.asker))
    conversation = await conversing.begin(question)
    if question.conversation is None or choice.without:
        return conversation, question
    return conversation, await _continued(conversation, question, library, choice.asker)


async def _continued(
    conversation: Conversation, question: Question, library: AssistantLibrary, asker: Asker
) -> Question:
    begun_with, named = conversation.assistant, question.assistant
    if named is not None and named.id != begun_with:
        # What was said so far may come from what this assistant has no business with.
        raise ConflictError(
            f"this conversation was not begun with the assistant {named.name!r}: start a new conversation with it"
        )
    if begun_with is None:
        return question
    return replace(question, assistant=await library.of_conversation(begun_with, asker))
