"""Channels of the past for the benchmarks of the goalie, read once and kept."""

import pickle
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from aika.application.channel_history import ExportedChannel, exported_channels
from aika.goalie.history import PastQuestion, openings

SETTLE = timedelta(minutes=2)
"""How long an asker may go on before anybody else writes: chat is written a line at a time."""
SETS = {
    "irc-ubuntu": "irc-ubuntu-slack-export",
    "devchat": "slack-devchat-export",
    "herb": "herb-company/slack-export",
}
_LEAST_WORDS = 6


def channels(raw: Path, name: str, work: Path) -> list[ExportedChannel]:
    """Read a set's channels, or what was read of them before: putting conversations together takes a minute."""
    kept = work / f"channels-{name}.pickle"
    if kept.exists():
        loaded: list[ExportedChannel] = pickle.loads(kept.read_bytes())  # noqa: S301 - written by this function
        return loaded
    found = exported_channels(raw / SETS[name])
    kept.write_bytes(pickle.dumps(found))
    return found


def asking(found: Sequence[ExportedChannel]) -> list[PastQuestion]:
    """Return the openings of conversations that ask something, by the sign that every set has, oldest first."""
    opened = [question for channel in found for question in openings(channel.messages, settle=SETTLE)]
    asked = [each for each in opened if "?" in each.text and len(each.text.split()) >= _LEAST_WORDS]
    return sorted(asked, key=lambda each: (each.message.written_at, each.id))
