"""Stand-ins for models: deterministic, instant, and held to the same contracts as the real ones."""

import hashlib
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

import numpy as np

from aika.domain.answers import Usage
from aika.domain.errors import AikaError
from aika.domain.queries import Hit, Message, Query, Role
from aika.protocols import Embedder, EmbeddingRole, Generator, Matrix, TextModel

WORD = re.compile(r"\w+")


class FakeEmbedder(Embedder):
    """Hashes words into dimensions: texts that share words are near each other, and nothing else is meant by it."""

    def __init__(self, *, dimensions: int = 64, fingerprint: str = "fake-r1") -> None:
        self.dimensions = dimensions
        self.fingerprint = fingerprint
        self.embedded: list[str] = []
        """Every text that was embedded, in order."""

    async def embed(self, texts: Sequence[str], *, role: EmbeddingRole) -> Matrix:
        self.embedded.extend(texts)
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            # A text without words gets the direction of its characters, so that every vector has one.
            for word in WORD.findall(text.lower()) or [text]:
                digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
                place = int.from_bytes(digest, "little")
                row[place % self.dimensions] += 1 if place >> 63 else -1
            if not row.any():
                row[0] = 1  # its words cancelled each other out
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors if not len(texts) else vectors / lengths


@dataclass(frozen=True, slots=True)
class Asked:
    """What a `ScriptedModel` was asked."""

    instructions: str
    messages: tuple[Message, ...]
    evidence: tuple[Hit, ...] = ()
    temperature: float | None = None


Reply = str | Sequence[str] | AikaError
"""A text, its pieces, or a failure."""


class ScriptedModel(Generator, TextModel):
    """A language model that gives its replies in order, and the last one for ever.

    Serves as a chat model (``stream``), as a `TextModel` (``complete``) and as a `Generator` (``generate``). A failure among
    the pieces of a reply is not possible; give it as a reply of its own.
    """

    def __init__(self, *replies: Reply, model: str = "scripted") -> None:
        self.model = model
        self.asked: list[Asked] = []
        """Every request, in order."""
        self._replies = replies or ("",)

    async def stream(
        self,
        instructions: str,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        temperature: float | None = None,
    ) -> AsyncGenerator[str | Usage, None]:
        async for piece in self._reply(Asked(instructions, tuple(messages), temperature=temperature)):
            yield piece

    async def complete(self, instructions: str, text: str, *, max_tokens: int) -> str:
        pieces = self.stream(instructions, [Message(Role.USER, text)])
        return "".join([piece async for piece in pieces if isinstance(piece, str)])

    async def generate(self, query: Query, evidence: Sequence[Hit]) -> AsyncGenerator[str | Usage, None]:
        async for piece in self._reply(Asked("", (Message(Role.USER, query.text),), tuple(evidence))):
            yield piece

    async def _reply(self, asked: Asked) -> AsyncGenerator[str | Usage, None]:
        reply = self._replies[min(len(self.asked), len(self._replies) - 1)]
        self.asked.append(asked)
        if isinstance(reply, AikaError):
            raise reply
        pieces = [reply] if isinstance(reply, str) else list(reply)
        for piece in pieces:
            yield piece
        words = sum(len(WORD.findall(message.text)) for message in asked.messages)
        yield Usage(self.model, input_tokens=words, output_tokens=len(WORD.findall("".join(pieces))))
