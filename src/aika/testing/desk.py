"""A desk in memory: a channel where one can see what a goalie said, to whom, and what it took back."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from aika.domain.access import Scope
from aika.domain.answers import Abstention, Answer
from aika.domain.errors import AikaError
from aika.domain.goalies import Case, ChannelMessage, Goalie, Listeners, Place, Posted


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was posted."""

    where: str
    """``thread``, ``humans``, ``log`` or ``owners``."""
    text: str
    to: str = ""


@dataclass(slots=True)
class MemoryDesk:
    """Posts into a dictionary, each key once, as a desk has to."""

    scope: Scope = field(default_factory=lambda: Scope.of([]))
    humans: tuple[str, ...] = ("U2", "U3")
    threads: dict[str, list[ChannelMessage]] = field(default_factory=dict)
    """By the id of the first message: what is in a thread, also what nobody was told of."""
    said: dict[str, Said] = field(default_factory=dict)
    """By key: what can be seen now."""
    settled: dict[str, str] = field(default_factory=dict)
    """By case: what its proposals show now."""
    attempts: list[str] = field(default_factory=list)
    """The keys of all that was to be posted, repetitions too."""
    names: dict[str, str] = field(default_factory=dict)
    """What people are called, by their ids in the workspace."""
    failures: list[AikaError] = field(default_factory=list)
    """What the next attempts to speak fail with."""

    def seen(self, where: str) -> list[str]:
        """Return what can be read at a place, in the order in which it was posted."""
        return [said.text for said in self.said.values() if said.where == where]

    async def name_of(self, place: Place, person: str) -> str:
        return self.names.get(person, "")

    def address_of(self, place: Place, message: str) -> str:
        return f"https://chat.example.org/{place.channel}/{message}"

    async def listeners(self, place: Place) -> Listeners:
        return Listeners(self.scope, self.scope.audience or (frozenset(),))

    async def thread(self, place: Place, root: str) -> Sequence[ChannelMessage] | None:
        return self.threads.get(root)

    async def answer(self, goalie: Goalie, case: Case, outcome: Answer) -> Posted:
        return self._post(f"answer:{case.id}", Said("thread", outcome.text))

    async def answered(self, case: Case) -> Posted | None:
        key = f"answer:{case.id}"
        return case.posted or (Posted("C1", key) if key in self.said else None)

    async def propose(self, goalie: Goalie, case: Case, outcome: Answer) -> Sequence[Posted]:
        return [
            self._post(f"proposal:{case.id}:{case.round}:{human}", Said("humans", outcome.text, human))
            for human in self.humans
        ]

    async def settle(self, goalie: Goalie, case: Case) -> None:
        self.settled[case.id] = f"{case.state.value} by {case.decided_by}" if case.decided_by else case.state.value

    async def post_final(self, goalie: Goalie, case: Case, outcome: Answer) -> Posted:
        return self._post(f"answer:{case.id}", Said("thread", case.final or outcome.text))

    async def retract(self, goalie: Goalie, case: Case) -> None:
        self.said.pop(f"answer:{case.id}", None)

    async def log(self, goalie: Goalie, case: Case, outcome: Answer | Abstention) -> None:
        self._post(f"log:{case.id}:{case.round}", Said("log", f"{case.state.value}: {outcome.text}"))

    async def remind(self, goalie: Goalie, case: Case, text: str) -> None:
        self._post(f"reminder:{case.id}", Said("thread", text))

    async def tell_owners(self, goalie: Goalie, text: str, *, key: str) -> None:
        self._post(f"owners:{goalie.id}:{key}", Said("owners", text))

    def _post(self, key: str, said: Said) -> Posted:
        self.attempts.append(key)
        if self.failures:
            raise self.failures.pop(0)
        self.said.setdefault(key, said)
        return Posted("C1", key)
