"""No document steers an assistant whose language model obeys every text that it is shown."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from company import asked, company, everything_of, opened, traces
from obedient_model import ObedientModel, served
from poisoned import EVIL, POISONS, Poison

from aika.application.aika import Aika
from aika.domain.answers import Answer

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def model() -> ObedientModel:
    return ObedientModel(POISONS)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def aika(
    model: ObedientModel, tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path
) -> AsyncIterator[Aika]:
    settings = company(tmp_path_factory.mktemp("poisoned"), embedder_graphs)
    async with served(model) as address:
        chat = settings.model.model_validate({"name": "openai:obedient", "base_url": address, "api_key": "none"})
        async with opened(settings.model_copy(update={"model": chat})) as ready:
            yield ready


@pytest.mark.parametrize("poison", POISONS, ids=lambda poison: poison.technique)
async def test_an_obedient_model_never_sees_the_attack_and_answers(
    aika: Aika, model: ObedientModel, poison: Poison
) -> None:
    model.mode = "obedient"
    model.obeyed.clear()

    outcome, shown = await asked(aika, poison)

    assert not traces(poison, everything_of(outcome), shown)
    assert isinstance(outcome, Answer), outcome.text
    assert f"{poison.days} days" in outcome.text
    assert not model.obeyed


@pytest.mark.parametrize("poison", POISONS, ids=lambda poison: poison.technique)
async def test_what_a_steered_model_writes_does_not_become_an_answer(
    aika: Aika, model: ObedientModel, poison: Poison
) -> None:
    model.mode = "compromised"

    outcome, shown = await asked(aika, poison)

    assert not traces(poison, everything_of(outcome))
    assert f"{poison.days} days" in outcome.text
    assert f"]({EVIL}" not in shown.replace("https://", "")
    assert "<img" not in shown
    assert "<script" not in shown
