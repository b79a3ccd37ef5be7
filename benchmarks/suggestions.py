"""Asks what aika suggests, and says how much of it is answered, and from the document that it was suggested for.

    python benchmarks/suggestions.py [--dir SYNCED] [--many 12]

The example company, without a language model. A follow-up is asked in the conversation that it follows on. Whether a question
is one that people would ask is not measured: all of them are printed, to be read.
"""

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx

from aika.application.wiring import open_aika
from aika.client import AsyncAikaClient, ChatCompletion, ChatCompletionRequest, Outcome
from aika.client.talk_models import SuggestionView
from aika.settings import load_settings
from aika.surfaces.api.app import create_app

ROOT = Path(__file__).parents[1]
AIKA = (sys.executable, "-m", "aika.surfaces.cli.main")


@dataclass(slots=True)
class Share:
    """Of what was suggested, how much was answered."""

    name: str
    asked: int = 0
    answered: int = 0
    expected: int = 0
    """From the document that it was suggested for."""

    def note(self, suggestion: SuggestionView, completion: ChatCompletion) -> None:
        cited = {citation.document.id for citation in completion.citations}
        answered = completion.outcome is Outcome.ANSWER
        self.asked += 1
        self.answered += answered
        self.expected += suggestion.document is not None and suggestion.document.id in cited
        print(f"{'  ' if answered else '- '}{self.name}: {suggestion.text}")


async def measure(folder: Path, many: int) -> None:
    begun, followed = Share("to begin"), Share("to go on")
    async with open_aika(load_settings(folder)) as aika:
        transport = httpx.ASGITransport(create_app(aika))
        async with AsyncAikaClient("http://aika.test", transport=transport) as client:
            for suggestion in (await client.suggestions(limit=many)).suggestions:
                answer = await client.complete_chat(ChatCompletionRequest.from_user_prompt(suggestion.text))
                begun.note(suggestion, answer)
                if answer.outcome is Outcome.ANSWER:
                    await _follow(client, answer, followed)
    print("\n| suggested | asked | answered | from the document meant |\n|---|---:|---:|---:|")
    for share in (begun, followed):
        print(f"| {share.name} | {share.asked} | {share.answered} | {share.expected} |")


async def _follow(client: AsyncAikaClient, answer: ChatCompletion, share: Share) -> None:
    for suggestion in (await client.follow_ups(answer.id)).suggestions:
        request = ChatCompletionRequest.from_user_prompt(suggestion.text, conversation_id=answer.conversation_id)
        share.note(suggestion, await client.complete_chat(request))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, help="The example company, synced. Unset: a copy is made and synced.")
    parser.add_argument("--many", type=int, default=12)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = given.dir
        if folder is None:
            folder = Path(made) / "examples"
            shutil.copytree(ROOT / "examples", folder, ignore=shutil.ignore_patterns(".aika"))
            shutil.copytree(ROOT / "docs", Path(made) / "docs")
            subprocess.run([*AIKA, "sync", "--dir", str(folder)], check=True)
        asyncio.run(measure(folder, given.many))


if __name__ == "__main__":
    main()
