"""Refitting the confidence from the command line, on ratings whose outcome is known."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from aika.answering.logistic import INSTALLED, load_models
from aika.application.calibrating import PREVIOUS
from aika.domain.answers import Band, Confidence, Feedback, Origin, Rating, Signal
from aika.domain.conversations import Turn
from aika.domain.identifiers import ApiKeyId, ConversationId, PrincipalId
from aika.protocols import ApiKey
from aika.stores.database.database import Database
from aika.surfaces.cli.main import app
from aika.testing.contracts.conversations import ALICE, NOON, make_conversation, make_full_answer

ROBOT = PrincipalId("key:robot")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".aika").mkdir()
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["calibrate", "--dir", str(folder), *arguments])


def rate(folder: Path, *, helpful: int, unhelpful: int, owner: PrincipalId = ALICE) -> None:
    """Keep answers of equal signals that people found helpful or not."""

    async def keep() -> None:
        async with Database.open(f"sqlite:///{folder / '.aika' / 'aika.db'}") as database:
            await database.keys.add(
                ApiKey(ApiKeyId("robot"), "load test", frozenset(), None, False, NOON, None), secret_hash=b"robot"
            )
            for number in range(helpful + unhelpful):
                kept = replace(
                    make_full_answer(f"{owner} {number}"),
                    question=f"What is {number}?",
                    origin=Origin.EXTRACTED,
                    confidence=Confidence(0.9, Band.HIGH, (Signal("answer_similarity", 1.0, 1.0, "the same"),)),
                )
                name = ConversationId(f"of {kept.id}")
                await database.conversations.start(replace(make_conversation(name), owner=owner))
                await database.conversations.add(name, Turn("as typed", kept, NOON))
                rating = Rating.HELPFUL if number < helpful else Rating.NOT_HELPFUL
                await database.conversations.give_feedback(Feedback(kept.id, rating), owner=owner)

    asyncio.run(keep())


def told_of_full_likeness(folder: Path) -> float:
    return load_models(folder / ".aika").extracted.probability({"answer_similarity": 1.0})


def test_ratings_that_say_otherwise_change_what_is_told(folder: Path) -> None:
    rate(folder, helpful=20, unhelpful=80)
    before = told_of_full_likeness(folder)

    result = run(folder, "--json")

    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["better"]
    assert (
        found["models"]["extracted"]["after"]["brier"]["value"]
        < found["models"]["extracted"]["before"]["brier"]["value"]
    )
    assert told_of_full_likeness(folder) < before - 0.1


def test_a_dry_run_changes_nothing(folder: Path) -> None:
    rate(folder, helpful=20, unhelpful=80)

    result = run(folder, "--dry-run")

    assert result.exit_code == 0, result.output
    assert "100 ratings (20 helpful, 80 not, by 1 people)" in result.output
    assert not (folder / ".aika" / INSTALLED).exists()


def test_too_few_ratings_change_nothing_and_it_is_said_how_many_lack(folder: Path) -> None:
    rate(folder, helpful=5, unhelpful=2)

    result = run(folder)

    assert result.exit_code == 0, result.output
    assert "15 more helpful ones and 18 more of the other" in result.output
    assert not (folder / ".aika" / INSTALLED).exists()


def test_what_a_test_rated_is_left_out(folder: Path) -> None:
    rate(folder, helpful=20, unhelpful=80, owner=ROBOT)

    found = json.loads(run(folder, "--json").stdout)

    assert found["left_out"] == 100
    assert found["models"]["extracted"]["ratings"] == 0


def test_what_ships_comes_back_and_what_was_in_use_is_kept(folder: Path) -> None:
    rate(folder, helpful=20, unhelpful=80)
    run(folder)
    fitted = (folder / ".aika" / INSTALLED).read_bytes()

    result = run(folder, "--back-to-shipped")

    assert result.exit_code == 0, result.output
    assert not (folder / ".aika" / INSTALLED).exists()
    assert (folder / ".aika" / PREVIOUS).read_bytes() == fitted


def test_without_any_question_asked_there_is_nothing_to_learn_from(folder: Path) -> None:
    result = run(folder)

    assert result.exit_code != 0
    assert "nobody has asked anything yet" in str(result.exception)
