"""Who handles what Slack sends.

Kinds are named after what happened: an event by its type (``message``, ``app_mention``), a click by its action
(``action:aika_feedback``), a submitted or closed view by its callback id (``view:edit``, ``view_closed:edit``), a shortcut by
its callback id (``shortcut:ask``), a command by its name (``command:/aika``), a request for options by its action
(``options:who``). A name that ends in ``*`` stands for all that begin so.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aika.surfaces.slack.workspaces import Workspace


@dataclass(frozen=True, slots=True)
class Received:
    """Something that Slack sent."""

    workspace: Workspace
    team: str
    kind: str
    body: Mapping[str, Any] = field(repr=False)
    """Slack's JSON as it came: of an event the envelope, with ``event`` in it. Whoever handles it parses what it needs."""
    received_at: datetime
    key: str
    """The same for each delivery of the same thing: a root for keys of what is posted in its turn."""
    tries: int = 0
    """Times that it was worked on before: more than 0 means that some of the work may be done already."""


Handle = Callable[[Received], Awaitable[None]]
Reply = Callable[[Received], Awaitable[Mapping[str, Any] | None]]


class Dispatcher:
    """Remembers who handles what. Everybody who handles a kind is asked, in the order in which they came."""

    def __init__(self) -> None:
        self._handles: defaultdict[str, list[Handle]] = defaultdict(list)
        self._replies: dict[str, Reply] = {}

    def on(self, kind: str, handle: Handle) -> None:
        """Have a kind handled, after it was acknowledged and safely kept.

        ``handle`` may run again for what it has handled, after a crash or an error: it has to lead to the same outcome.
        It raises `TransientError` to be asked again later and `PermanentError` where that would not help.
        """
        self._handles[kind].append(handle)

    def at_once(self, kind: str, reply: Reply) -> None:
        """Have a kind answered within its acknowledgement, which Slack awaits for three seconds.

        For what cannot wait, such as `views.open`, or what the acknowledgement must carry, such as the errors of a view. It
        runs at most once: what must not be lost belongs into `on`, which can be there for the same kind as well.
        """
        self._replies[kind] = reply

    @property
    def kinds(self) -> frozenset[str]:
        """Everything that somebody handles or answers at once."""
        return frozenset({*self._handles, *self._replies})

    def handles(self, kind: str) -> Iterator[tuple[str, Handle]]:
        """Yield who handles a kind, with a name that stays the same."""
        for known in (kind, *(name for name in self._handles if _covers(name, kind))):
            for number, handle in enumerate(self._handles.get(known, ())):
                yield f"{getattr(handle, '__module__', '')}.{getattr(handle, '__qualname__', known)}#{number}", handle

    def reply(self, kind: str) -> Reply | None:
        exact = self._replies.get(kind)
        return exact or next((reply for name, reply in self._replies.items() if _covers(name, kind)), None)

    def is_wanted(self, kind: str) -> bool:
        """Whether anybody handles the kind after its acknowledgement."""
        return next(self.handles(kind), None) is not None


def _covers(name: str, kind: str) -> bool:
    return name.endswith("*") and kind.startswith(name[:-1])
