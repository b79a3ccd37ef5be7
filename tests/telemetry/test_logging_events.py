"""Logs are events with fields, tied to the trace they belong to."""

import json
import logging
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from recorded import Recorded
from traced_system import CANARY, asked

from aika.domain.errors import TransientError
from aika.telemetry.logging import set_up_logging
from aika.telemetry.setup import Telemetry

logger = logging.getLogger("aika.ingestion.following")


class Terminal(StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def written() -> StringIO:
    stream = StringIO()
    set_up_logging(style="json", stream=stream)
    return stream


def lines(stream: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_of_json_with_its_fields(written: StringIO) -> None:
    logger.warning("the index cannot follow now", extra={"reason": "busy\nlater", "waiting": 3})

    (line,) = lines(written)
    assert datetime.fromisoformat(str(line.pop("time"))).tzinfo == UTC
    assert line == {
        "level": "warning",
        "logger": "aika.ingestion.following",
        "event": "the index cannot follow now",
        "reason": "busy\nlater",
        "waiting": 3,
    }


def test_a_field_called_like_one_of_the_lines_own_is_kept_apart(written: StringIO) -> None:
    logger.warning("synced", extra={"event": "checkpoint", "time": 3})

    (line,) = lines(written)
    assert (line["event"], line["event_"], line["time_"]) == ("synced", "checkpoint", 3)


def test_of_an_object_only_its_type_is_written(written: StringIO) -> None:
    logger.warning("asked", extra={"query": asked(CANARY), "path": Path("aika.toml"), "kinds": {"page"}})

    (line,) = lines(written)
    assert (line["query"], line["path"], line["kinds"]) == ("Query", "aika.toml", ["page"])


async def test_a_line_names_the_trace_and_span_that_it_belongs_to(
    written: StringIO, telemetry: Telemetry, recorded: Recorded
) -> None:
    with telemetry.observe("fuse"):
        logger.warning("a ranking failed")
    logger.warning("afterwards")

    inside, outside = lines(written)
    context = recorded.span("fuse").context
    assert inside["trace_id"] == f"{context.trace_id:032x}"
    assert inside["span_id"] == f"{context.span_id:016x}"
    assert "trace_id" not in outside


def test_an_exception_is_told_with_its_stack_and_causes_and_without_its_message(written: StringIO) -> None:
    try:
        try:
            int(CANARY)
        except ValueError as error:
            raise TransientError("the server does not answer") from error
    except TransientError:
        logger.exception("syncing failed")

    exception = lines(written)[0]["exception"]
    assert exception["type"] == "aika.domain.errors.TransientError"
    assert exception["message"] == "the server does not answer"
    assert exception["stack"][0].endswith("_without_its_message")
    assert exception["cause"]["type"] == "builtins.ValueError"
    assert "message" not in exception["cause"]


def test_every_exception_of_a_group_is_told(written: StringIO) -> None:
    try:
        raise ExceptionGroup("several", [TransientError("one"), OSError(28, "No space left on device")])
    except ExceptionGroup:
        logger.exception("following failed")

    inner = lines(written)[0]["exception"]["exceptions"]
    assert [account["message"] for account in inner] == ["one", "No space left on device"]


def test_exceptions_that_cause_each_other_are_told_once_and_for_all(written: StringIO) -> None:
    first, second = TransientError("one"), TransientError("two")
    first.__cause__, second.__cause__ = second, first

    logger.error("failed", exc_info=first)

    assert lines(written)[0]["event"] == "failed"


def test_the_message_of_any_exception_is_written_where_content_is_allowed() -> None:
    written = StringIO()
    set_up_logging(style="json", stream=written, capture_content=True)

    logger.error("failed", exc_info=ValueError(CANARY))

    assert lines(written)[0]["exception"]["message"] == CANARY


def test_on_a_terminal_an_event_is_a_line_for_people() -> None:
    written = Terminal()
    set_up_logging(stream=written)

    logger.warning("the index cannot follow now", extra={"reason": "the disk is full", "waiting": 3})
    logger.error("failed", exc_info=TransientError("busy"))

    first, second, third = written.getvalue().splitlines()
    said = "warning aika.ingestion.following: the index cannot follow now  reason='the disk is full'  waiting=3"
    assert first.split(" ", 1)[1] == said
    assert second.endswith("error   aika.ingestion.following: failed")
    assert third == "  aika.domain.errors.TransientError: busy"


def test_elsewhere_it_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging()

    logger.warning("synced")

    assert json.loads(capsys.readouterr().err)["event"] == "synced"


def test_the_level_is_that_of_aika_and_its_server_and_others_are_heard_from_warnings_on() -> None:
    written = StringIO()
    set_up_logging(level="debug", style="json", stream=written)
    chatty = logging.getLogger("chatty.library")
    chatty.setLevel(logging.DEBUG)

    for name in ("aika.models", "uvicorn.error", "uvicorn.access", "chatty.library"):
        logging.getLogger(name).info("said")
        logging.getLogger(name).warning("warned")

    heard = [(line["logger"], line["event"]) for line in lines(written)]
    assert ("aika.models", "said") in heard
    assert ("uvicorn.error", "said") in heard
    assert ("uvicorn.access", "said") not in heard
    assert ("chatty.library", "said") not in heard
    assert ("chatty.library", "warned") in heard


def test_set_up_twice_it_writes_once(written: StringIO) -> None:
    again = StringIO()
    set_up_logging(style="json", stream=again)

    logger.warning("synced")

    assert written.getvalue() == ""
    assert len(lines(again)) == 1
