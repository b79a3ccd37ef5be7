"""Vectors of sentences that a question waits for."""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from aika.protocols import Embedder, Matrix, Vector

_REMEMBERED = 8_192


class SentenceVectors:
    """Embeds sentences to compare them with each other and with questions, and remembers the last ones.

    Everything gets the role of a query. A question waits for it, so that it must not stand behind a sync's documents; and for
    comparing like with like the authors of E5 (Wang et al. 2022, model card) want their query prefix on both sides. Models
    without prefixes make no difference. 8,192 vectors of 384 dimensions are 12 MB.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: OrderedDict[str, Vector] = OrderedDict()

    async def of(self, texts: Sequence[str]) -> Matrix:
        """Return one unit vector a text, in order."""
        found = {text: self._known[text] for text in texts if text in self._known}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        if new:
            found |= zip(new, await self._embedder.embed(new, role="query"), strict=True)
        for text in found:
            self._known[text] = found[text]
            self._known.move_to_end(text)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return np.stack([found[text] for text in texts])
