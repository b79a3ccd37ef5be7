"""Replies of the API as a server might give them whose every other defence has failed."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

ASKED_AT = "2026-11-02T09:00:00Z"
CONVERSATION = "00000000-0000-4000-8000-000000000001"


def document(text: str, number: int = 1) -> dict[str, Any]:
    """Return a document each of whose fields is a text."""
    return {
        "id": f"document-{number}",
        "source": "handbook",
        "key": text,
        "title": text,
        "kind": "page",
        "url": text if ":" in text[:12] else f"javascript:{text}",
        "owner": {"name": text, "contact": text, "found_in": text},
        "modified_at": ASKED_AT,
        "status": text,
    }


def completion(text: str, *, about: str = "", number: int = 1) -> dict[str, Any]:
    """Return an answer with a text, that cites a document whose every field is ``about``."""
    cited = document(about or "Handbook", number)
    citation = {"marker": 1, "document": cited, "quote": about or "x", "start": 0, "end": 1, "support": 0.9}
    signal = {"name": "support", "value": 0.5, "contribution": 0.5, "explanation": about or "x"}
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "conversation_id": CONVERSATION,
        "outcome": "answer",
        "text": text,
        "question": about or "What is it?",
        "origin": "generated",
        "citations": [{**citation, "url": cited["url"], "heading_path": [about or "x"]}],
        "citations_removed": 0,
        "confidence": {"value": 0.8, "band": "high", "signals": [signal]},
        "nearest": [],
        "reason": None,
        "notes": [about] if about else [],
        "usage": None,
        "created_at": ASKED_AT,
        "assistant": None,
    }


def conversation(texts: Iterable[str], *, about: str = "", title: str = "Figures") -> dict[str, Any]:
    """Return a conversation with an answer for each text."""
    turns = [
        {
            "question": about or "What is it?",
            "asked_at": ASKED_AT,
            "completion": completion(text, about=about, number=number),
            "earlier": [],
            "told_owner_at": None,
            "rating": None,
        }
        for number, text in enumerate(texts, start=1)
    ]
    return {
        "id": CONVERSATION,
        "title": title,
        "created_at": ASKED_AT,
        "turns": turns,
        "pinned": False,
        "shared": False,
    }


def stream(text: str, *, about: str = "", size: int = 9) -> str:
    """Return the events of an answer, its text in small pieces."""
    done = completion(text, about=about)
    started = {
        "type": "started",
        "answer_id": done["id"],
        "conversation_id": CONVERSATION,
        "title": about or "Figures",
        "question": about or "What is it?",
        "replaces": None,
    }
    pieces = [{"type": "delta", "text": text[at : at + size]} for at in range(0, len(text), size)]
    retrieved = {"type": "retrieved", "conversation_id": CONVERSATION, "question": "x", "hits": []}
    events = [started, retrieved, *pieces, {"type": "completed", "completion": done}]
    return "".join(f"id: {number}\ndata: {json.dumps(event)}\n\n" for number, event in enumerate(events, start=1))


def as_json(reply: Mapping[str, Any]) -> dict[str, Any]:
    """Return how Playwright is told to reply with JSON."""
    return {"status": 200, "content_type": "application/json", "body": json.dumps(reply)}
