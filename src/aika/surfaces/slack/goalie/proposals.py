"""What goalies post, as blocks: proposals and what became of them, answers, reminders, and the forms behind the buttons."""

from collections.abc import Sequence
from datetime import datetime

from aika.delivery.slack_elements import Element, link, listed, quote, rich, section, text
from aika.delivery.wording import link_of
from aika.domain.answers import Abstention, Answer, Signal
from aika.domain.goalies import Case, CaseState, Goalie
from aika.domain.identifiers import CaseId
from aika.surfaces.slack.elements import actions, button, cleaned, context, divider, header, plain_text, shortened
from aika.surfaces.slack.rendering import Rendered, answer_blocks, fallback, footnotes, markdown_blocks

ACCEPT, EDIT, REJECT, MORE, KEEP = (
    "goalie_accept",
    "goalie_edit",
    "goalie_reject",
    "goalie_more",
    "goalie_keep",
)
HELPED, NOT_HELPED = "goalie_helped", "goalie_not_helped"
EDIT_FORM, REJECT_FORM, MORE_VIEW = "goalie_edit_form", "goalie_reject_form", "goalie_more_view"
WORDS, REASON, REASON_WORDS = "goalie_words", "goalie_reason", "goalie_reason_words"
LONGEST_FINAL = 3_000
"""Characters: the most that Slack's field takes."""
_LONGEST_QUESTION = 1_500
_LONGEST_DRAFT = 2_500
_LONGEST_PASSAGE = 600
_MOST_PASSAGES = 6
_MOST_SIGNALS = 12
_REASONS = {
    "wrong": "It is wrong",
    "outdated": "It is out of date",
    "not asked": "It answers something else",
    "no question": "There is nothing to answer here",
    "for a human": "A human should answer this",
}


def proposal(goalie: Goalie, case: Case, outcome: Answer, *, asked_at: str, now: datetime) -> Rendered:
    """Return a draft for the human goalies. ``asked_at`` is the address of the question, empty where it is not known."""
    draft = markdown_blocks(outcome.text, citations=outcome.citations, longest=_LONGEST_DRAFT)
    sure = f"{round(outcome.confidence.value * 100)} % sure that this helps"
    reason = [context(f"Why it is not answered right away: {case.reason}")] if case.reason else []
    blocks = [
        _asked(goalie, case, asked_at),
        *draft.blocks,
        *footnotes(outcome.citations, now),
        context(sure),
        *reason,
        actions(
            button("Accept", ACCEPT, value=case.id, style="primary", label="Accept and post this answer"),
            button("Edit", EDIT, value=case.id, label="Edit this answer and post it"),
            button("Reject", REJECT, value=case.id, style="danger", label="Reject this answer"),
            button("See more", MORE, value=case.id, label="See the whole draft and what it rests on"),
        ),
    ]
    return Rendered(fallback(blocks), blocks)


def settled(goalie: Goalie, case: Case, *, asked_at: str, who: str, keep: bool) -> Rendered:
    """Return what a proposal shows when it was decided about. ``keep`` offers to keep the answer as a document."""
    blocks: list[Element] = []
    if case.question:
        blocks.append(_asked(goalie, case, asked_at))
    blocks.append(rich([section(text(standing(case, who), bold=True))]))
    said = case.final or case.draft
    if said and case.state is not CaseState.WAITING:
        blocks += markdown_blocks(said, longest=_LONGEST_DRAFT).blocks
    if case.kept:
        blocks.append(context("Kept as a document."))
    elif keep:
        blocks.append(actions(button("Keep as a document", KEEP, value=case.id)))
    return Rendered(fallback(blocks), blocks)


def standing(case: Case, who: str) -> str:
    """Return what became of a proposal, in a line."""
    why = f": {cleaned(case.reason)}" if case.reason else ""
    match case.state:
        case CaseState.ACCEPTED:
            return f"{who} accepted this. It is posted in the thread."
        case CaseState.EDITED:
            return f"{who} edited this. It is posted in the thread in these words."
        case CaseState.REJECTED:
            return f"{who} rejected this{why}."
        case CaseState.WAITING:
            return "Withdrawn: the question was edited, and is looked at again."
        case CaseState.PROPOSED:
            return "Nobody has decided yet."
        case _:
            return f"Withdrawn{why}."


def answer(goalie: Goalie, case: Case, told: Rendered, *, reach: Sequence[Element], checked: bool) -> Rendered:
    """Return an answer for the channel: how to reach a human is below it, and whether one has looked at it."""
    said = "Checked by a human goalie. " if checked else "Answered by itself. "
    footer = rich([section(text(said, italic=True), *reach)])
    buttons = actions(
        button("This helped", HELPED, value=case.id), button("This did not help", NOT_HELPED, value=case.id)
    )
    blocks = [*told.blocks, footer, buttons]
    return Rendered(fallback(blocks), blocks)


def logged(goalie: Goalie, case: Case, outcome: Answer | Abstention, *, asked_at: str, now: datetime) -> Rendered:
    """Return what a goalie in shadow mode would have done."""
    would = {CaseState.ANSWERED: "would have answered this", CaseState.PROPOSED: "would have proposed this"}
    done = would.get(case.state, f"would have done nothing{f': {case.reason}' if case.reason else ''}")
    first = rich([section(text(f"Shadow mode: the goalie of #{goalie.channel} {done}.", bold=True))])
    told = answer_blocks(outcome, style="number", now=now)
    blocks = [first, _asked(goalie, case, asked_at), *told.blocks]
    return Rendered(fallback(blocks), blocks)


def unreadable_log(goalie: Goalie, case: Case, *, asked_at: str) -> Rendered:
    """Return what is logged where not everybody may read what the goalie would have said."""
    words = "Not everybody in this channel may read what it would have said, so that it is not shown."
    first = rich([section(text(f"Shadow mode: the goalie of #{goalie.channel}: {case.state.value}.", bold=True))])
    blocks = [first, _link_to(asked_at, "The question"), context(words)]
    return Rendered(fallback(blocks), blocks)


def edit_form(case: CaseId, draft: str, metadata: str) -> Element:
    field: Element = {
        "type": "plain_text_input",
        "action_id": WORDS,
        "multiline": True,
        "max_length": LONGEST_FINAL,
        "initial_value": shortened(cleaned(draft), LONGEST_FINAL),
    }
    hint = "It is posted in the thread as the goalie's. Markers such as [1] stay linked to their sources."
    blocks = [_input(WORDS, "The answer", field, hint=hint)]
    return _modal(EDIT_FORM, "Edit the answer", blocks, metadata, submit="Post")


def reject_form(metadata: str) -> Element:
    options: list[Element] = [{"text": plain_text(label, 75), "value": value} for value, label in _REASONS.items()]
    reasons: Element = {"type": "radio_buttons", "action_id": REASON, "options": options, "initial_option": options[0]}
    words: Element = {"type": "plain_text_input", "action_id": REASON_WORDS, "multiline": True, "max_length": 1_000}
    blocks = [
        _input(REASON, "Why?", reasons),
        _input(REASON_WORDS, "What is wrong, or what is right?", words, optional=True),
    ]
    return _modal(REJECT_FORM, "Reject the answer", blocks, metadata, submit="Reject")


def reason_of(chosen: str, words: str) -> str:
    """Return why a proposal was rejected, in words."""
    label = _REASONS.get(chosen, "")
    return ". ".join(part for part in (label, words) if part)


def more_view(case: Case, outcome: Answer | None, *, now: datetime) -> Element:
    """Return everything that is known of a draft. ``None``: it may not be shown."""
    if outcome is None:
        return notice("The draft", "It is gone, or you or somebody in the channel may not read what it rests on.")
    told = answer_blocks(outcome, style="number", now=now)
    blocks: list[Element] = [*told.blocks[:40], divider(), header("What it was written from")]
    for hit in outcome.evidence[:_MOST_PASSAGES]:
        document = hit.chunk.document
        url = link_of(document.url)
        title = shortened(cleaned(document.title or document.key), 200)
        named = text(title, bold=True) if url is None else link(title, url, bold=True)
        passage = shortened(cleaned(hit.chunk.text), _LONGEST_PASSAGE)
        blocks.append(rich([section(named), quote(text(passage))]))
    if outcome.confidence.signals:
        signals = sorted(outcome.confidence.signals, key=lambda one: (-abs(one.contribution), one.name))
        blocks += [
            header(f"Why it is {round(outcome.confidence.value * 100)} % sure"),
            rich([listed(section(text(_signal(one))) for one in signals[:_MOST_SIGNALS])]),
        ]
    return _modal(MORE_VIEW, "The draft", blocks, case.id)


def notice(title: str, words: str) -> Element:
    """Return a view that says something and asks for nothing."""
    return _modal(MORE_VIEW, title, [rich([section(text(cleaned(words)))])], "")


def _signal(signal: Signal) -> str:
    direction = "raises it" if signal.contribution > 0 else "lowers it" if signal.contribution < 0 else "says nothing"
    return f"{cleaned(signal.explanation or signal.name)} ({direction})"


def _asked(goalie: Goalie, case: Case, asked_at: str) -> Element:
    where = f"#{goalie.channel}" if not goalie.channel.startswith("C0") else "the channel"
    url = link_of(asked_at)
    place = text(where) if url is None else link(where, url)
    said = shortened(cleaned(case.question), _LONGEST_QUESTION)
    asker: Element = {"type": "user", "user_id": case.author}
    return rich([section(asker, text(" asked in "), place, text(":")), quote(text(said))])


def _link_to(address: str, words: str) -> Element:
    url = link_of(address)
    return rich([section(text(words) if url is None else link(words, url))])


def _input(block: str, label: str, field: Element, *, optional: bool = False, hint: str = "") -> Element:
    made: Element = {
        "type": "input",
        "block_id": block,
        "optional": optional,
        "label": plain_text(label, 75),
        "element": field,
    }
    return {**made, "hint": plain_text(hint, 300)} if hint else made


def _modal(callback: str, title: str, blocks: Sequence[Element], metadata: str, *, submit: str = "") -> Element:
    view: Element = {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": metadata,
        "title": plain_text(title, 24),
        "close": plain_text("Close", 24),
        "blocks": list(blocks),
    }
    return {**view, "submit": plain_text(submit, 24)} if submit else view
