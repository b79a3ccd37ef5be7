"""What somebody asked before: page by page, found again by words, and whole."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from aika.assistants.withholding import is_withheld, readable
from aika.domain.access import Scope
from aika.domain.conversations import Conversation, Listed, Place, Turn
from aika.domain.errors import NotFoundError
from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId
from aika.protocols import Catalogue, Conversations

_PAGES = 10
"""How many pages of candidates are looked at for one of finds: an answer whose documents are lost is no find."""
_AROUND = 14
"""Words of an excerpt on either side."""
_MOST_VERSIONS = 20
_MARKER = re.compile(r"\s?\[\d{1,3}\]")


class HistoryStore(Protocol):
    """Lists what one owner asked."""

    async def page(
        self, *, owner: PrincipalId, search: str = "", after: Place | None = None, limit: int = 50
    ) -> list[Listed]: ...

    async def replaced(self, id: ConversationId) -> dict[AnswerId, Turn]: ...


class Words(Protocol):
    """Knows how words are looked for."""

    def __call__(self, words: Sequence[str], texts: Sequence[str]) -> bool: ...


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for."""

    text: str
    words: tuple[str, ...]
    has_all: Words


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation on a page."""

    listed: Listed
    excerpt: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A turn with what stood in its place before, oldest first."""

    turn: Turn
    earlier: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """Shows people their own conversations, as far as they may still read what the answers came from."""

    store: HistoryStore
    conversations: Conversations
    catalogue: Catalogue

    async def page(
        self, *, owner: PrincipalId, reads: Scope, search: Search | None, after: Place | None, limit: int
    ) -> tuple[list[Found], Place | None]:
        """Return a page, and where the next one begins: ``None`` after the last."""
        if search is None or not search.words:
            listed = await self.store.page(owner=owner, after=after, limit=limit + 1)
            found = [Found(one) for one in listed[:limit]]
            return found, _place(found[-1].listed) if len(listed) > limit else None
        found = []
        for _ in range(_PAGES):
            candidates = await self.store.page(owner=owner, search=search.text, after=after, limit=limit)
            for candidate in candidates:
                after = _place(candidate)
                excerpt = await self._excerpt(candidate, search, owner=owner, reads=reads)
                if excerpt is not None:
                    found.append(Found(candidate, excerpt))
                if len(found) == limit:
                    return found, after
            if len(candidates) < limit:
                return found, None
        return found, after

    async def versions(
        self, id: ConversationId, *, owner: PrincipalId, reads: Scope
    ) -> tuple[Conversation, list[Version]]:
        """Return a conversation with what stood in the place of its turns before they were edited or tried again.

        Raises `NotFoundError` for one that does not exist or is another person's.
        """
        raw = await self.conversations.get(id, owner=owner)
        if raw is None:
            raise NotFoundError(f"there is no conversation {id!r} of yours")
        shown = await readable(raw, self.catalogue, scope=reads)
        replaced = await self.store.replaced(id) if any(turn.replaces for turn in raw.turns) else {}
        found = []
        for place, turn in enumerate(shown.turns):
            chain = _chain(turn, replaced)
            before = raw.turns[:place]
            earlier = [await self._shown(raw, (*before, version), reads) for version in chain]
            found.append(Version(turn, tuple(earlier)))
        return shown, found

    async def _shown(self, raw: Conversation, turns: tuple[Turn, ...], reads: Scope) -> Turn:
        return (await readable(replace(raw, turns=turns), self.catalogue, scope=reads)).turns[-1]

    async def _excerpt(self, listed: Listed, search: Search, *, owner: PrincipalId, reads: Scope) -> str | None:
        """Return the words around what was found, ``None`` where it stands only in what the owner may not read any more."""
        raw = await self.conversations.get(listed.conversation.id, owner=owner)
        if raw is None:
            return None
        turns = (await readable(raw, self.catalogue, scope=reads)).turns
        texts = [text for turn in turns for text in (turn.question, "" if is_withheld(turn) else turn.outcome.text)]
        if not search.has_all(search.words, [raw.title, *texts]):
            return None
        best = next((text for text in texts if search.has_all(search.words, [text])), None)
        best = best or next((text for text in texts for word in search.words if search.has_all([word], [text])), "")
        return _around(best, search)


def _around(text: str, search: Search) -> str:
    parts = _MARKER.sub("", text).split()
    hits = [place for place, part in enumerate(parts) for word in search.words if search.has_all([word], [part])]
    if not hits:
        return ""
    first, last = max(0, hits[0] - _AROUND // 2), hits[0] + _AROUND
    return ("… " if first else "") + " ".join(parts[first:last]) + (" …" if last < len(parts) else "")


def _chain(turn: Turn, replaced: dict[AnswerId, Turn]) -> list[Turn]:
    chain: list[Turn] = []
    at = replaced.get(turn.outcome.id)
    while at is not None and len(chain) < _MOST_VERSIONS:
        chain.append(at)
        at = replaced.get(at.outcome.id)
    return chain[::-1]


def _place(listed: Listed) -> Place:
    return Place(listed.pinned, listed.changed_at, listed.conversation.id)
