"""Words beside known words: misspelled, joined, or split."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST_CORRECTED = 5
"""Letters. Every shorter word has many neighbours."""
_TWO_EDITS_FROM = 9
"""Letters from which on two slips are still the same word."""
_SHORTEST_PART = 3
_FEWEST_COUNTED = 4
"""Letters that a number stands for. With fewer, as in ``b2b``, the number means something else."""
_COUNTED = re.compile(r"([a-z])(\d{1,2})([a-z])")


def numeronym(word: str) -> str | None:
    """Return a word as its first letter, the number of letters left out, and its last: ``k8s``; ``None`` for short words."""
    left_out = len(word) - 2
    return f"{word[0]}{left_out}{word[-1]}" if word.isalpha() and left_out >= _FEWEST_COUNTED else None


class Spelling:
    """Finds the known words nearest to a word. Computes, a few milliseconds for an unknown word among 100,000."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self._words = words
        by_length: defaultdict[int, list[str]] = defaultdict(list)
        for word in sorted(words):
            by_length[len(word)].append(word)
        self._by_length: Mapping[int, Sequence[str]] = by_length

    def count(self, word: str) -> int:
        """Return in how many chunks a word is."""
        return self._words.get(word, 0)

    def likely(self, unknown: Iterable[str]) -> dict[str, str]:
        """Return what is most likely meant by each word for which there is something: a known word, or two in one."""
        found: dict[str, str] = {}
        for word in unknown:
            meant = self.nearest(word) or " ".join(self.split(word) or ())
            if meant:
                found[word] = meant
        return found

    def nearest(self, word: str) -> str | None:
        """Return the known word that was most likely meant, another than the word itself: the fewest slips, then the same
        first letter, then the most frequent. ``None`` where none is near."""
        if len(word) < SHORTEST_CORRECTED:
            return None
        most = 2 if len(word) >= _TWO_EDITS_FROM else 1
        found: list[tuple[int, bool, int, str]] = []
        for length in range(len(word) - most, len(word) + most + 1):
            near = process.extract(
                word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=most, limit=None
            )
            for other, distance, _ in near:
                same_start = other[0] == word[0]
                if other != word and (distance == 1 or same_start):
                    found.append((int(distance), not same_start, -self._words[other], other))
        return min(found)[3] if found else None

    def counted(self, short: str) -> str | None:
        """Return the most frequent word that ``k8s`` can be short for: its number counts the letters left out."""
        match = _COUNTED.fullmatch(short)
        if match is None or int(match[2]) < _FEWEST_COUNTED:
            return None
        words = self._by_length.get(int(match[2]) + 2, ())
        fitting = [word for word in words if word[0] == match[1] and word[-1] == match[3] and word.isalpha()]
        return min(fitting, key=lambda word: (-self._words[word], word), default=None)

    def split(self, word: str) -> tuple[str, str] | None:
        """Return the two known words that a word is made of, the likeliest pair; ``None`` where there is none."""
        cuts = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
        pairs = [(word[:cut], word[cut:]) for cut in cuts]
        known = [(min(self.count(a), self.count(b)), a, b) for a, b in pairs if self.count(a) > 1 and self.count(b) > 1]
        if not known:
            return None
        _, first, second = max(known)
        return first, second
