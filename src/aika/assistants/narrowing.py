"""What an assistant may know: of what the asker may read, what it was given."""

from dataclasses import dataclass

from aika.domain.access import Scope
from aika.domain.assistants import Assistant
from aika.domain.errors import ConflictError, InvalidRequestError
from aika.protocols import Directory, Topics


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Restricts what a question may be answered from to what its assistant may know."""

    directory: Directory
    topics: Topics | None = None
    """``None`` where there is nothing that could learn them: assistants with a topic cannot be asked there."""

    async def narrowed(self, scope: Scope, assistant: Assistant | None) -> Scope:
        """Return the scope restricted further. It never becomes wider.

        Raises `ConflictError` where nothing is left of the examples that the assistant's topic is learned from.
        """
        if assistant is None:
            return scope
        scope = scope.narrowed(selection=assistant.knowledge)
        if assistant.topic is None:
            return scope
        if self.topics is None:
            raise ConflictError(f"the assistant {assistant.name!r} has a topic, which cannot be learned here")
        # Learned from what its owner may read: examples that they may not must show in nobody's results.
        owner = Scope.of(await self.directory.expand([assistant.owner]))
        try:
            region = await self.topics.region(assistant.topic, scope=owner)
        except InvalidRequestError as error:
            raise ConflictError(
                f"the assistant {assistant.name!r} cannot be used as it is now: none of its topic's examples can be "
                f"learned from. {assistant.owner} can mend it"
            ) from error
        return scope.narrowed(selection=region.selection)
