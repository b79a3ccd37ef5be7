"""Questions and searches that are narrowed to some documents."""

import httpx
import pytest

from aika.client import AikaRequestError, AsyncAikaClient, ChatCompletionRequest, DocumentFilter, Outcome, SearchRequest

QUESTION = "How do I roll back the checkout service?"
FACT = "ferry rollback checkout"


async def found(client: AsyncAikaClient, **only: object) -> set[str]:
    request = SearchRequest(query="checkout", k=50, filter=DocumentFilter.model_validate(only))
    return {hit.document.key for hit in (await client.search(request)).hits}


async def test_a_search_finds_only_what_its_filter_selects(client: AsyncAikaClient) -> None:
    everything = await found(client)

    assert await found(client, owners=["Team-Payments"]) == {"owners.md"}
    assert await found(client, owners=["#payments"], sources=["handbook"], kinds=["page"]) == {"owners.md"}
    assert await found(client, excluding=[{"owners": ["team-payments"]}]) == everything - {"owners.md"}
    assert await found(client, kinds=[]) == set()


async def test_a_search_by_path_finds_only_what_matches(client: AsyncAikaClient) -> None:
    everything = await found(client)

    assert await found(client, paths=["**/*.md"]) == everything
    assert await found(client, paths=["d*.md", "o*.txt"]) == {"deploy.md"}


async def test_a_question_is_answered_from_what_its_filter_selects(client: AsyncAikaClient) -> None:
    asked = ChatCompletionRequest.from_user_prompt(QUESTION)
    elsewhere = asked.model_copy(update={"filter": DocumentFilter(tags=["no such tag"])})

    assert FACT in (await client.complete_chat(asked)).text
    assert (await client.complete_chat(elsewhere)).outcome is Outcome.ABSTENTION


async def test_an_unknown_kind_in_a_filter_is_named(client: AsyncAikaClient) -> None:
    with pytest.raises(AikaRequestError, match="unknown kinds: memo"):
        await found(client, excluding=[{"kinds": ["memo"]}])


@pytest.mark.parametrize(
    "filter",
    [
        {"tagz": ["a"]},
        {"tags": [""]},
        {"tags": ["a"] * 101},
        {"paths": ["*" * 501]},
        {"tags": "a"},
        {"excluding": [{}] * 21},
    ],
)
async def test_a_filter_that_makes_no_sense_is_refused(http: httpx.AsyncClient, filter: dict[str, object]) -> None:
    reply = await http.post("/v1/search", json={"query": "checkout", "filter": filter})

    assert reply.status_code == 422
