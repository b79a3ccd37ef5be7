"""Logs: events with fields, as JSON lines for machines or as text on a terminal, tied to the trace they belong to."""

import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Literal, TextIO

from opentelemetry.trace import format_span_id, format_trace_id, get_current_span

from aika.domain.errors import AikaError

Level = Literal["debug", "info", "warning", "error"]
Style = Literal["auto", "json", "text"]
Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]

_OURS = ("aika", "uvicorn")
_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
_DEEPEST = 30
"""Frames of a traceback, the innermost ones."""
_LONGEST_CHAIN = 8
"""Causes of causes. A chain can be a circle."""


def set_up_logging(
    *,
    level: Level = "info",
    style: Style = "auto",
    capture_content: bool = False,
    stream: TextIO | None = None,
) -> None:
    """Log to standard error, or to ``stream``; called again, it replaces what it did before.

    ``auto`` is text on a terminal and JSON lines elsewhere. ``level`` is that of aika and its web server. Other libraries
    are heard from warnings on: below that, some log the addresses and the texts that they are asked to handle. Messages of
    exceptions that are not aika's own may quote content, and appear only with ``capture_content``.
    """
    out = stream or sys.stderr
    as_text = style == "text" or (style == "auto" and out.isatty())
    handler = _Handler(out)
    handler.setFormatter(
        TextFormatter(capture_content=capture_content) if as_text else JsonFormatter(capture_content=capture_content)
    )
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if isinstance(handler, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())
    # Its lines are addresses, with the questions in them. Requests are counted and traced instead.
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    logging.captureWarnings(True)


class _Handler(logging.StreamHandler[TextIO]):
    """Of a type of its own, so that it can be found again."""

    def filter(self, record: logging.LogRecord) -> bool:
        # A library that sets its own level is heard like any other.
        wanted = record.levelno >= logging.WARNING or record.name.split(".", 1)[0] in _OURS
        return wanted and bool(super().filter(record))


class _EventFormatter(logging.Formatter):
    """Reads a record as an event: what happened, with which fields, and in which trace."""

    def __init__(self, *, capture_content: bool) -> None:
        super().__init__()
        self._capture_content = capture_content

    def fields(self, record: logging.LogRecord) -> dict[str, Value]:
        extra = {name: _plain(value) for name, value in vars(record).items() if name not in _OWN_FIELDS}
        context = get_current_span().get_span_context()
        if context.is_valid:
            extra |= {"trace_id": format_trace_id(context.trace_id), "span_id": format_span_id(context.span_id)}
        return extra

    def failure(self, record: logging.LogRecord) -> dict[str, Value] | None:
        error = record.exc_info[1] if record.exc_info else None
        return None if error is None else self._account(error)

    def _account(self, error: BaseException, *, depth: int = 0) -> dict[str, Value]:
        kind = type(error)
        account: dict[str, Value] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
        if message := self._message(error):
            account["message"] = message
        frames = traceback.extract_tb(error.__traceback__)[-_DEEPEST:]
        account["stack"] = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        if depth == _LONGEST_CHAIN:
            return account
        if isinstance(error, BaseExceptionGroup):
            account["exceptions"] = [self._account(inner, depth=depth + 1) for inner in error.exceptions]
        before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if before is not None:
            account["cause"] = self._account(before, depth=depth + 1)
        return account

    def _message(self, error: BaseException) -> str | None:
        # Our own messages are written to be shown to people. Others may quote whatever could not be handled.
        if self._capture_content or isinstance(error, AikaError):
            return str(error)
        return error.strerror if isinstance(error, OSError) else None


class JsonFormatter(_EventFormatter):
    """One JSON object a line. A field that is called like one of the line's own gets an underscore."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Value] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        for name, value in self.fields(record).items():
            line[f"{name}_" if name in line or name == "exception" else name] = value
        failure = self.failure(record)
        if failure is not None:
            line["exception"] = failure
        return json.dumps(line, ensure_ascii=False)


class TextFormatter(_EventFormatter):
    """One line for people, with the account of an exception below it."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        fields = "".join(f"  {name}={_worded(value)}" for name, value in self.fields(record).items())
        first = f"{time} {record.levelname.lower():<7} {record.name}: {record.getMessage()}{fields}"
        failure = self.failure(record)
        return "\n".join([first, *(f"  {line}" for line in _in_lines(failure))]) if failure is not None else first


def _worded(value: Value) -> str:
    """Return a value that can be told from its neighbours and stays on its line."""
    said = str(value)
    return said if said.isprintable() and " " not in said else repr(value)


def _in_lines(account: Mapping[str, Value]) -> Iterator[str]:
    message = account.get("message")
    yield f"{account['type']}: {message}" if message else f"{account['type']}"
    for frame in _list(account.get("stack")):
        yield f"  {frame}"
    for inner in _list(account.get("exceptions")):
        if isinstance(inner, dict):
            yield from (f"  | {line}" for line in _in_lines(inner))
    cause = account.get("cause")
    if isinstance(cause, dict):
        yield "caused by:"
        yield from _in_lines(cause)


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


def _plain(value: object) -> Value:
    """Return what can be written down. Of an object only its type: what it shows of itself may be content."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in value]
        case datetime():
            return value.isoformat()
        case PurePath():
            return str(value)
        case _:
            return type(value).__name__
