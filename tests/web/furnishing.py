"""Brings a server to the state that its pages are about: conversations, feedback, findings, runs. All through its API."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

QUESTION = "Why did we replace RabbitMQ?"
PATIENCE_SECONDS = 300
"""A loaded machine is no reason to fail."""

UNANSWERABLE = "What is the office dog called?"


@dataclass(frozen=True, slots=True)
class Furnished:
    """Where things are that pages show."""

    conversation: str
    document: str
    token: str
    finding: str | None

    @property
    def places(self) -> Mapping[str, str]:
        """Every page of the app by a name, as its path."""
        health = {} if self.finding is None else {"finding": f"/health/findings/{self.finding}"}
        return {
            "new question": "/",
            "conversation": f"/c/{self.conversation}",
            "shared conversation": f"/s/{self.token}",
            "assistants": "/assistants",
            "new assistant": "/assistants/new",
            "sources": "/sources",
            "new source": "/sources/new",
            "source": "/sources/handbook",
            "document": f"/documents/{self.document}",
            "goalies": "/goalies",
            "goalie": "/goalies/ask-platform",
            "thresholds": "/goalies/ask-platform/thresholds",
            "health": "/health",
            **health,
            "gaps": "/health/gaps",
            "scores": "/health/scores",
            "insights": "/insights",
            "evaluation": "/evaluation",
            "settings": "/settings",
        }


def furnish(url: str, *, used: bool = False) -> Furnished:
    """Ask and share as people would, and look for findings, unless the server has been used for long and has some."""
    with httpx.Client(base_url=url, timeout=PATIENCE_SECONDS) as api:
        answered = _asked(api, QUESTION)
        if not used:
            _asked(api, UNANSWERABLE)
        conversation = answered["conversation_id"]
        cited = answered["citations"][0]["document"]["id"]
        _rate(api, answered["id"], "not_helpful", ["outdated"])
        shared = api.post(f"/v1/conversations/{conversation}/share")
        if not used:
            api.post("/v1/health/look", json={}).raise_for_status()
        findings = api.get("/v1/findings").raise_for_status().json()
    listed = findings["findings"] if isinstance(findings, dict) else findings
    return Furnished(conversation, cited, shared.json().get("token", "x"), listed[0]["id"] if listed else None)


def _asked(api: httpx.Client, question: str) -> dict[str, object]:
    asked = api.post("/v1/chat/complete", json={"messages": [{"role": "user", "content": question}]})
    return asked.raise_for_status().json()


def _rate(api: httpx.Client, answer: object, rating: str, reasons: list[str]) -> None:
    api.post(f"/v1/answers/{answer}/feedback", json={"rating": rating, "reasons": reasons}).raise_for_status()
