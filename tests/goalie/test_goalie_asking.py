"""What a replay asks is asked of what the goalie may know."""

from pathlib import Path

from aika.application.goalie_asking import asking_of_documents
from aika.domain.answers import Abstention, Answer
from aika.domain.documents import RawDocument
from aika.domain.selection import Selection
from aika.settings import load_settings
from aika.testing.goalies import make_goalie

QUESTION = "How do I restart the payment worker?"
TEXT = b"# Restarting the payment worker\n\nRun `ferry restart payworker` to restart the payment worker.\n"


async def asked(base: Path, graphs: Path, pattern: str) -> Answer | Abstention:
    (base / ".aika").mkdir(exist_ok=True)
    (base / ".aika" / "models").symlink_to(graphs)
    raw = RawDocument(key="runbooks/payworker.md", path="runbooks/payworker.md", content=TEXT)
    settings = load_settings(base, confidence={"reader": False})
    async with asking_of_documents(settings, [raw], progress=lambda _what, _done, _total: None) as asking:
        goalie = make_goalie(knowledge=Selection(paths=frozenset({pattern})))
        scope = await asking.scope_of(goalie, None)
        return (await asking.ask(goalie, QUESTION, scope))[0]


async def test_a_filter_by_path_lets_in_what_it_names(tmp_path: Path, embedder_graphs: Path) -> None:
    outcome = await asked(tmp_path, embedder_graphs, "**/payworker.md")

    assert isinstance(outcome, Answer)
    assert "ferry restart payworker" in outcome.text


async def test_a_filter_by_path_keeps_out_everything_else(tmp_path: Path, embedder_graphs: Path) -> None:
    outcome = await asked(tmp_path, embedder_graphs, "handbook/deploying-to-production.md")

    assert isinstance(outcome, Abstention)
