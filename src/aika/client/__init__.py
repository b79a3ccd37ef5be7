"""A Python client for the HTTP API.

    from aika.client import AikaClient, ChatCompletionRequest

    client = AikaClient("http://127.0.0.1:8400")
    answer = client.complete_chat(ChatCompletionRequest.from_user_prompt("Who owns checkout?"))
    print(answer.text, answer.confidence.value)

The one package that exports names from its root: it is what other people's programs import.
"""

from aika.client.assistant_models import AssistantRequest
from aika.client.client import AikaClient, AsyncAikaClient
from aika.client.conversation_models import CompletedEvent, DeltaEvent, FailedEvent, RetrievedEvent, StartedEvent
from aika.client.errors import AikaClientError, AikaRequestError, AikaUnreachableError
from aika.client.filters import DocumentFilter
from aika.client.models import (
    ChatCompletion,
    ChatCompletionRequest,
    ChatMessage,
    CitationView,
    FeedbackRequest,
    Outcome,
    SearchRequest,
)

__all__ = [
    "AikaClient",
    "AikaClientError",
    "AikaRequestError",
    "AikaUnreachableError",
    "AssistantRequest",
    "AsyncAikaClient",
    "ChatCompletion",
    "ChatCompletionRequest",
    "ChatMessage",
    "CitationView",
    "CompletedEvent",
    "DeltaEvent",
    "DocumentFilter",
    "FailedEvent",
    "FeedbackRequest",
    "Outcome",
    "RetrievedEvent",
    "SearchRequest",
    "StartedEvent",
]
