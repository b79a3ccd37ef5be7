"""A long text streams as it would in one piece."""

import random

import pytest

from aika.answering.sanitising import sanitised
from aika.answering.streaming import SafeStream

PARAGRAPHS = (
    "The service is deployed with `ferry deploy` [1]. It takes **two** minutes.\n\n",
    "- first [2]\n- second, see [the guide](http://elsewhere.example)\n\n",
    "```sh\nmake all\n\nmake `date`\n```\n\n",
    "It costs $x^2$ and \\(y\n\n\\) or so. <b>Bold</b> ends.\n",
    "| a | b |\n|---|---|\n| `c` | d |\n\n",
    "<!-- hidden\n\nstill hidden --> shown again.\n\n",
)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_let_through_is_a_beginning_of_the_whole_however_it_is_cut(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret hangs on it
    text = "".join(chance.choice(PARAGRAPHS) for _ in range(12))
    stream, shown, at = SafeStream(), "", 0

    while at < len(text):
        piece = text[at : at + chance.randint(1, 12)]
        shown += stream.feed(piece)
        at += len(piece)
        assert sanitised(text, ()).startswith(shown)

    assert sanitised(text, ()) == shown + stream.finish()
