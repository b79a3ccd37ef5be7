"""How a run spreads the tests over several processes, as `make test` does: whole modules, longer ones first.

A module stays whole because its fixtures are its own, and because a process can have one application open at a time. The
modules that share a server of the example company go to the same process, so that it is prepared once.
"""

import os
from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from aika.models.cores import available_cores

TOGETHER = {
    "tests/web/test_ask_page.py": "the web app",
    "tests/web/test_assistants_page.py": "the web app",
    "tests/web/test_every_page.py": "the web app",
    "tests/web/test_payloads.py": "the web app",
    "tests/web/test_team_pages.py": "the web app",
    "tests/web/test_evaluation_journeys.py": "the teams",
    "tests/web/test_goalie_journeys.py": "the teams",
    "tests/web/test_health_journeys.py": "the teams",
    "tests/web/test_insights_journeys.py": "the teams",
    "tests/web/test_signed_in_at_okta.py": "the teams",
    "tests/docs/test_docs.py": "the example company",
    "tests/surfaces/test_example_assistants.py": "the example company",
}
LONGEST = ("leaks", "web", "docs", "survival", "slack", "stores", "surfaces", "models", "health", "goalie", "telemetry")
"""The folders whose modules come first: a long one that began last would be waited for by idle processes."""


class _ByModule(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return TOGETHER.get(module, module)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors: tests often wait, for servers, browsers and disks."""
    return available_cores() + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    return _ByModule(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let long modules begin early. A run in one process keeps the order that chance gave it."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: _place(item.nodeid))


def _place(nodeid: str) -> int:
    folder = PurePosixPath(nodeid.partition("::")[0]).parts[1]
    return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)
