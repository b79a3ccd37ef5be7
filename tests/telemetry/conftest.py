"""Telemetry that is kept in memory, and no variables that would send it anywhere."""

import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from recorded import Recorded
from traced_system import System, open_system

from aika.telemetry.logging import set_up_logging
from aika.telemetry.setup import Telemetry


@pytest.fixture(autouse=True)
def _no_otel_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        # Those that aika has set itself stay: the instrumentations read them once a process.
        if name.startswith("OTEL_") and not name.startswith(("OTEL_SEMCONV_", "OTEL_INSTRUMENTATION_")):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    levels = {name: logging.getLogger(name).level for name in ("root", "aika", "uvicorn", "uvicorn.access")}
    yield
    root = logging.getLogger()
    # pytest's own handlers come and go with the phases of a test: only ours are removed.
    for handler in [handler for handler in root.handlers if type(handler).__module__ == set_up_logging.__module__]:
        root.removeHandler(handler)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    logging.captureWarnings(False)


@pytest.fixture
def recorded() -> Recorded:
    return Recorded()


@pytest.fixture
async def telemetry(recorded: Recorded) -> AsyncIterator[Telemetry]:
    async with Telemetry.open(
        version="1.2.3", capture_content=False, span_exporters=[recorded.exporter], metric_readers=[recorded.reader]
    ) as opened:
        yield opened


@pytest.fixture
async def revealing_telemetry(recorded: Recorded) -> AsyncIterator[Telemetry]:
    """Telemetry that may record content."""
    async with Telemetry.open(
        version="1.2.3", capture_content=True, span_exporters=[recorded.exporter], metric_readers=[recorded.reader]
    ) as opened:
        yield opened


@pytest.fixture
async def system(tmp_path: Path, telemetry: Telemetry) -> AsyncIterator[System]:
    async with open_system(tmp_path, telemetry) as opened:
        yield opened
