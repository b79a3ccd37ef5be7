"""The assistants of the example company: the same question, each answered from its own pages."""

from collections.abc import Iterator

import pytest

from aika.client import AikaClient, ChatCompletionRequest, SearchRequest

QUESTION = "How do I roll back a release?"


@pytest.fixture
def client(example_server: str) -> Iterator[AikaClient]:
    with AikaClient(example_server) as opened:
        yield opened


def ask(client: AikaClient, assistant: str | None, question: str = QUESTION) -> tuple[str, set[str]]:
    request = ChatCompletionRequest.from_user_prompt(question, assistant=assistant)
    answer = client.complete_chat(request)
    return answer.text, {citation.document.source for citation in answer.citations}


def test_a_backend_engineers_assistant_does_not_answer_deployments_with_ios_pages(client: AikaClient) -> None:
    backend, cited_by_backend = ask(client, "backend")
    ios, cited_by_ios = ask(client, "ios")

    assert "slipway back" in backend
    assert "fastlane" not in backend
    assert cited_by_backend <= {"handbook", "runbooks", "techdocs", "decisions", "code"}
    assert "fastlane ios hotfix" in ios
    assert cited_by_ios == {"mobile"}


def test_what_an_assistant_leaves_out_it_does_not_find(client: AikaClient) -> None:
    query = "Deploying to production with Winch"

    everything = client.search(SearchRequest(query=query, k=20))
    backend = client.search(SearchRequest(query=query, k=20, assistant="Backend"))

    outdated = "handbook/deploying-to-production.md"
    assert outdated in {hit.document.key for hit in everything.hits}
    assert outdated not in {hit.document.key for hit in backend.hits}


def test_an_assistant_over_a_private_channel_gives_nothing_to_who_may_not_read_it(client: AikaClient) -> None:
    question = "Why was the price experiment stopped?"
    made = client.create_assistant(
        client.assistant("file:ios").definition.model_copy(  # type: ignore[union-attr]  # an administrator sees it
            update={"name": "Pricing crew", "knowledge": {"sources": ["slack-pricing-crew"]}, "visibility": "public"}
        )
    )

    found = client.search(SearchRequest(query=question, assistant="pricing crew"))
    text, cited = ask(client, "Pricing crew", question)
    client.delete_assistant(made.id, version=made.version or 0)

    assert (found.hits, cited, made.documents) == ([], set(), 0)
    assert "pricing-crew" not in text
