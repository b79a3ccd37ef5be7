"""Where in the evidence a reader finds the answer: question and passage read together, which no vector does."""

from collections.abc import Sequence
from dataclasses import dataclass

from aika.answering.evidence import FoundAnswer, ReadUnit
from aika.domain.documents import Chunk
from aika.domain.queries import Hit
from aika.protocols import Reader

# A passage of this length is read at once, in a few hundredths of a second. Of a longer one, what is around its nearest
# sentence.
_WINDOW = 1_100
_PASSAGES = 3


class AnswerFinder:
    """Reads the nearest passages for the answer itself."""

    def __init__(self, reader: Reader, *, passages: int = _PASSAGES) -> None:
        self._reader = reader
        self._passages = passages

    async def find(self, question: str, units: Sequence[ReadUnit], hits: Sequence[Hit]) -> FoundAnswer | None:
        """Return the likeliest answer of all passages read, ``None`` where there is nothing to read."""
        windows = [_window(hits[unit.hit].chunk, unit) for unit in _nearest_of_each(units)[: self._passages]]
        if not windows:
            return None
        found = await self._reader.read(question, [window.text for window in windows])
        best = max(range(len(found)), key=lambda place: (found[place].log_odds, -place))
        window, judged = windows[best], found[best]
        start, end = window.start + judged.start, window.start + judged.end
        return FoundAnswer(judged.answered, window.hit, start, end, window.text[judged.start : judged.end])


@dataclass(frozen=True, slots=True)
class _Window:
    hit: int
    start: int
    text: str


def _nearest_of_each(units: Sequence[ReadUnit]) -> list[ReadUnit]:
    """Return the nearest unit of each passage, the nearest passage first."""
    best: dict[int, ReadUnit] = {}
    for unit in units:
        if unit.quotable and (unit.hit not in best or unit.nearness > best[unit.hit].nearness):
            best[unit.hit] = unit
    return sorted(best.values(), key=lambda unit: (-unit.nearness, unit.hit))


def _window(chunk: Chunk, unit: ReadUnit) -> _Window:
    """Return as much of the passage around the unit as is read at once, cut between words."""
    text = chunk.text
    if len(text) <= _WINDOW:
        return _Window(unit.hit, 0, text)
    middle = (unit.unit.start + unit.unit.end) // 2
    start = max(0, min(middle - _WINDOW // 2, len(text) - _WINDOW))
    end = start + _WINDOW
    if start:
        start = text.find(" ", start, end) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + 1)
    return _Window(unit.hit, start, text[start:end])
