"""The buttons under an answer, and the form that asks why it did not help."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from aika.delivery.slack_elements import Element
from aika.domain.answers import Feedback, Rating
from aika.domain.findings import REJECTED_TAG
from aika.domain.identifiers import AnswerId, random_id
from aika.surfaces.slack.elements import context, plain_text

ACTION = "aika_feedback"
FORM = "aika_feedback"
REASONS, RIGHT, COMMENT = "reasons", "right", "comment"
"""The blocks of the form."""
LONGEST_TEXT = 3_000
"""Slack's limit for a field."""
_BLOCK = "aika_feedback:"
_NOTE = "aika_said:"
_LABELS = {
    "outdated": "It is outdated",
    "incomplete": "Something is missing",
    "beside": "It answers another question",
    "confusing": "I do not understand it",
    REJECTED_TAG: "It is wrong, and I know better",
}


@dataclass(frozen=True, slots=True)
class Rated:
    """The message whose answer is rated, carried through the form."""

    answer: str
    channel: str = ""
    ts: str = ""
    url: str = ""
    """Where a message is changed that one person alone sees."""

    def written(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Rated":
        said = json.loads(text)
        return cls(**{name: str(said.get(name, "")) for name in ("answer", "channel", "ts", "url")})


def feedback_block(answer: AnswerId) -> Element:
    """Return the buttons. Each message has them under an id of its own, also when it is changed."""
    return {
        "type": "context_actions",
        "block_id": f"{_BLOCK}{random_id()}",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": ACTION,
                "positive_button": {
                    "text": plain_text("Helpful", 75),
                    "accessibility_label": "This answer helped",
                    "value": f"{Rating.HELPFUL.value}:{answer}",
                },
                "negative_button": {
                    "text": plain_text("Not helpful", 75),
                    "accessibility_label": "This answer did not help",
                    "value": f"{Rating.NOT_HELPFUL.value}:{answer}",
                },
            }
        ],
    }


def clicked(value: str) -> tuple[Rating, AnswerId] | None:
    """Return what a button said of which answer."""
    rating, _, answer = value.partition(":")
    return (Rating(rating), AnswerId(answer)) if rating in set(Rating) and answer else None


def with_own_word(blocks: Sequence[Element], own: Feedback) -> list[Element]:
    """Return a message that one person sees, with what they said in the place of the buttons."""
    said = "You found this helpful." if own.rating is Rating.HELPFUL else _unhelpful(own)
    return [*_without(blocks, _BLOCK, _NOTE), _note(said)]


def with_counts(blocks: Sequence[Element], said: Sequence[Feedback], answer: AnswerId) -> list[Element]:
    """Return a message that several people see, with how many said what. The others can still say something."""
    helped = sum(one.rating is Rating.HELPFUL for one in said)
    counts = [
        f"{_people(number)} found this {word}"
        for number, word in ((helped, "helpful"), (len(said) - helped, "not helpful"))
        if number
    ]
    note = [_note(", ".join(counts) + ".")] if counts else []
    return [*_without(blocks, _BLOCK, _NOTE), *note, feedback_block(answer)]


def form(rated: Rated) -> Element:
    """Return the view that asks why an answer did not help. Nothing in it has to be filled in."""
    options = [{"text": plain_text(label, 75), "value": value} for value, label in _LABELS.items()]
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": rated.written(),
        "title": plain_text("What was wrong?", 24),
        "submit": plain_text("Send", 24),
        "close": plain_text("Close", 24),
        "blocks": [
            context("That it did not help is noted already. More helps to mend the documents."),
            _input(REASONS, "Reasons", {"type": "checkboxes", "action_id": REASONS, "options": options}),
            _input(RIGHT, "What would have been right?", _lines(RIGHT)),
            _input(COMMENT, "Anything else?", _lines(COMMENT)),
        ],
    }


def reasons_of(chosen: Sequence[str]) -> tuple[str, ...]:
    return tuple(reason for reason in chosen if reason in _LABELS)


def _input(block: str, label: str, element: Element) -> Element:
    return {"type": "input", "block_id": block, "optional": True, "label": plain_text(label, 75), "element": element}


def _lines(action: str) -> Element:
    return {"type": "plain_text_input", "action_id": action, "multiline": True, "max_length": LONGEST_TEXT}


def _unhelpful(own: Feedback) -> str:
    reasons = [_LABELS[tag] for tag in own.tags if tag in _LABELS]
    return f"You found this not helpful{': ' if reasons else ''}{'; '.join(reasons)}. Thank you for saying so."


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"


def _note(said: str) -> Element:
    return {**context(said), "block_id": f"{_NOTE}{random_id()}"}


def _without(blocks: Sequence[Element], *prefixes: str) -> list[Element]:
    return [block for block in blocks if not str(block.get("block_id", "")).startswith(prefixes)]
