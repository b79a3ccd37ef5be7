"""The features by which a message is linked to an earlier one. All look back only, so that new messages change no old link."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from aika.connectors.disentanglement.reading import Reading

RECENT = 50
"""So many messages before a message may be what it replies to."""
PER_PERSON = 3
"""And so many, further back, of its author and of whom it names."""
LONGEST = 36 * 3600.0
"""Seconds. What is older is never replied to without a thread."""
VOCABULARY = 400
"""Words are rare or frequent by the last so many messages."""

_DISTANCES = (1, 2, 3, 4, 6, 9, 14, 20, 30, 50)
_GAPS = (45.0, 105.0, 225.0, 420.0, 900.0, 1_800.0, 3_600.0)
_SILENCES = (3_600.0, 10_800.0, 36_000.0)
_PAUSE = 900.0
"""Seconds without any message in the channel, from which on it counts as silent."""
_OVERLAPS = (0.0, 0.04, 0.08, 0.14, 0.22, 0.35)
_LENGTHS = (1, 3, 6, 10, 18, 30)
_CROWDS = (2, 5, 9, 15, 25)


@dataclass(slots=True)
class Conversation:
    """A conversation as far as it was put together."""

    members: list[int] = field(default_factory=list)
    people: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)


class History:
    """The messages of a channel up to one, their words, and the conversations they were put into."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.conversations: list[Conversation] = []
        """Of each message; the same object for messages of one conversation."""
        self._by_person: dict[str, list[int]] = {}
        self._naming: dict[str, list[int]] = {}
        self._silences: list[tuple[int, float]] = []
        """The messages that ended a silence, and how long it was."""
        self._frequency: dict[str, int] = {}

    def add(self, reading: Reading, parent: int | None) -> None:
        """Put the next message behind the one it replies to, or let it begin a conversation."""
        index = len(self.readings)
        conversation = Conversation() if parent is None else self.conversations[parent]
        conversation.members.append(index)
        conversation.people.add(reading.author)
        conversation.named |= reading.named
        if (silence := self.silence(reading)) > _PAUSE:
            self._silences.append((index, silence))
        self.readings.append(reading)
        self.conversations.append(conversation)
        self._by_person.setdefault(reading.author, []).append(index)
        for person in reading.named:
            self._naming.setdefault(person, []).append(index)
        for word in reading.words:
            self._frequency[word] = self._frequency.get(word, 0) + 1
        if index >= VOCABULARY:
            for word in self.readings[index - VOCABULARY].words:
                self._frequency[word] -= 1

    def candidates(self, reading: Reading) -> list[int]:
        """Return what the next message may reply to, oldest first."""
        end = len(self.readings)
        found = set(range(max(0, end - RECENT), end))
        for person in (reading.author, *reading.named):
            found.update(self._by_person.get(person, ())[-PER_PERSON:])
        found.update(self._naming.get(reading.author, ())[-PER_PERSON:])
        return sorted(index for index in found if reading.at - self.readings[index].at <= LONGEST)

    def silence(self, reading: Reading) -> float:
        """Return the seconds between the last message and the next one."""
        return reading.at - self.readings[-1].at if self.readings else 0.0

    def longest_silence(self, since: int) -> float:
        """Return the longest silence behind a message, 0 where the channel never was silent."""
        longest = 0.0
        for index, silence in reversed(self._silences):
            if index <= since:
                break
            longest = max(longest, silence)
        return longest

    def messages_of(self, person: str) -> Sequence[int]:
        return self._by_person.get(person, ())

    def messages_naming(self, person: str) -> Sequence[int]:
        return self._naming.get(person, ())

    def rarity(self, word: str) -> float:
        """Return the word's inverse document frequency, 0..1."""
        seen = min(len(self.readings), VOCABULARY) + 1
        return math.log((seen + 1) / (self._frequency.get(word, 0) + 1)) / math.log(VOCABULARY + 2)


class Candidates:
    """The features of one message with each of the messages it may reply to."""

    def __init__(self, history: History, reading: Reading) -> None:
        self.history = history
        self.reading = reading
        self.indexes = history.candidates(reading)
        self._weights = {word: history.rarity(word) for word in reading.words}
        self._length = math.sqrt(sum(weight * weight for weight in self._weights.values()))
        self.overlaps = [self._overlap(history.readings[index]) for index in self.indexes]
        self._best = max(self.overlaps, default=0.0)
        self._silence = history.silence(reading)
        self._own = history.messages_of(reading.author)
        self._own_last = self._own[-1] if self._own else -1
        self._own_conversation = history.conversations[self._own_last] if self._own else None
        self._about = [
            f"form={reading.form}",
            f"asks={reading.asks:d}",
            f"to={'one' if reading.addressed else 'many' if reading.named else 'none'}",
        ]

    def new(self) -> list[str]:
        """Return the features of beginning a new conversation."""
        history, reading = self.history, self.reading
        end = len(history.readings)
        to = self._about[2]
        spoke = _bin(reading.at - history.readings[self._own_last].at, _GAPS) if self._own else "never"
        since = _bin(end - self._own_last, _DISTANCES) if self._own else "never"
        silence = _bin(reading.at - history.readings[-1].at, _GAPS) if end else "start"
        crowd = _bin(sum(1 for index in self.indexes if reading.at - history.readings[index].at < 300), _CROWDS)
        called = history.messages_naming(reading.author)
        waiting = bool(called) and called[-1] > self._own_last and reading.at - history.readings[called[-1]].at < 900
        length = _bin(reading.length, _LENGTHS)
        best = _bin(self._best, _OVERLAPS)
        absent = reading.addressed is not None and not history.messages_of(reading.addressed)
        names = [
            "new",
            *(f"new {about}" for about in self._about),
            f"new spoke={spoke}",
            f"new since={since}",
            f"new silence={silence}",
            f"new crowd={crowd}",
            f"new waiting={waiting:d}",
            f"new length={length}",
            f"new best={best}",
            f"new link={reading.has_link:d}",
            f"new absent={absent:d}",
        ]
        names += [
            f"new {to} {self._about[0]} spoke={spoke}",
            f"new {to} since={since}",
            f"new {to} {self._about[1]} length={length}",
            f"new {to} waiting={waiting:d}",
            f"new {to} silence={silence}",
            f"new {self._about[0]} length={length}",
            f"new {to} best={best}",
        ]
        return names

    def pair(self, position: int) -> list[str]:
        """Return the features of replying to the candidate at this position."""
        history, reading, index = self.history, self.reading, self.indexes[position]
        other = history.readings[index]
        end = len(history.readings)
        relation = self._relation(other)
        distance = _bin(end - index, _DISTANCES)
        gap = _bin(reading.at - other.at, _GAPS)
        overlap = _bin(self.overlaps[position], _OVERLAPS)
        theirs = history.messages_of(other.author)
        behind = len(theirs) - bisect_right(theirs, index)
        rank = "0" if behind == 0 else "1" if behind == 1 else "2" if behind == 2 else "3+"
        spoke_since = self._own_last > index
        follows = f"{other.form}>{reading.form}"
        names = [
            f"distance={distance}",
            f"gap={gap}",
            f"relation={relation}",
            f"overlap={overlap}",
            f"rank={rank}",
            f"follows={follows}",
            f"asked={other.asks:d}{reading.asks:d}",
            f"{relation} distance={distance}",
            f"{relation} gap={gap}",
            f"{relation} rank={rank} since={spoke_since:d}",
            f"{relation} overlap={overlap}",
            f"{relation} follows={follows}",
            f"distance={distance} gap={gap}",
            f"length={_bin(other.length, _LENGTHS)}>{_bin(reading.length, _LENGTHS)}",
            f"best={self.overlaps[position] >= self._best and self._best > 0.08:d}",
        ]
        silence = max(self._silence, history.longest_silence(index))
        if silence > _PAUSE:
            names.append(f"silence={_bin(silence, _SILENCES)}")
        names += self._conversation(index, relation, rank)
        return names

    def _relation(self, other: Reading) -> str:
        reading = self.reading
        if other.author == reading.author:
            here = _towards(reading.addressed, other.addressed)
            return f"same-{here}"
        mine = "to" if reading.addressed == other.author else "names" if other.author in reading.named else ""
        if not mine:
            mine = "else" if reading.addressed else "none"
        theirs = "to" if other.addressed == reading.author else "names" if reading.author in other.named else ""
        if not theirs:
            theirs = "else" if other.addressed else "none"
        shared = reading.addressed is not None and reading.addressed == other.addressed
        return f"{mine}-{theirs}{'-shared' if shared else ''}"

    def _conversation(self, index: int, relation: str, rank: str) -> list[str]:
        """Return the features of the conversation that the candidate is in."""
        reading, conversation = self.reading, self.history.conversations[index]
        end = len(self.history.readings)
        takes_part = reading.author in conversation.people
        involved = takes_part or reading.author in conversation.named
        own = conversation is self._own_conversation
        addressee = (
            "none"
            if reading.addressed is None
            else "in"
            if reading.addressed in conversation.people
            else "named"
            if reading.addressed in conversation.named
            else "out"
        )
        last = conversation.members[-1]
        tail = "last" if last == index else f"before{_bin(end - last, (2, 5, 12, 30))}"
        size = _bin(len(conversation.members), (1, 2, 4, 8, 16))
        people = _bin(len(conversation.people), (1, 2, 3, 5))
        return [
            f"in={takes_part:d}{involved:d}{own:d} addressee={addressee}",
            f"in={takes_part:d}{involved:d}{own:d} tail={tail}",
            f"tail={tail} size={size}",
            f"tail={tail} rank={rank}",
            f"people={people} size={size} in={takes_part:d}",
            f"{relation} in={takes_part:d}{own:d} tail={tail}",
        ]

    def _overlap(self, other: Reading) -> float:
        """Return the cosine of the two messages' rare words."""
        if not self._weights or not other.words:
            return 0.0
        shared = self._weights.keys() & other.words
        if not shared:
            return 0.0
        product = sum(self._weights[word] ** 2 for word in shared)
        rarity = self.history.rarity
        length = math.sqrt(sum(rarity(word) ** 2 for word in other.words))
        return product / (self._length * length) if length else 0.0


def _towards(mine: str | None, theirs: str | None) -> str:
    if mine is None:
        return "none" if theirs is None else "went-quiet"
    if theirs is None:
        return "turned"
    return "shared" if mine == theirs else "else"


def _bin(value: float, edges: Sequence[float]) -> str:
    for position, edge in enumerate(edges):
        if value <= edge:
            return str(position)
    return str(len(edges))
