"""What becomes of a case when something happens: plain functions from a case to the case that it is then.

A case says where it stands (``state``), and what of that was not done yet (``todo``). Whoever dies in between leaves a list that
somebody else goes on with, and each step of it is safe to repeat. None of these functions changes what happened already: told
of the same thing again, they return ``None``.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from aika.domain.answers import Abstention, Answer
from aika.domain.goalies import (
    Action,
    AuthorKind,
    Case,
    CaseState,
    ChannelMessage,
    Decision,
    Goalie,
    Mode,
    Place,
    QuestionJudgment,
    Reply,
    Ruling,
    Step,
)
from aika.domain.identifiers import CaseId, ConversationId, GoalieId
from aika.goalie.hours import after_open_time, is_open, opens_at

LATEST = timedelta(hours=24)
"""A message seen later than this after it was written is left to people: it is no longer news that it was asked."""

HUMAN_FIRST = "a human answered first"
GONE = "the question was deleted"
EDITED = "the question was edited"
TOO_LATE = "it was seen more than a day after it was written"
REMOVED = "the goalie was removed"

_UNSAID = frozenset({CaseState.WAITING, CaseState.IGNORED, CaseState.SILENT, CaseState.PROPOSED})
"""States in which nothing was said in the channel."""
_TO_BE_SAID = frozenset(
    {CaseState.WAITING, CaseState.PROPOSED, CaseState.ANSWERED, CaseState.ACCEPTED, CaseState.EDITED}
)
_UNANSWERED = frozenset({CaseState.SILENT, CaseState.PROPOSED, CaseState.REJECTED})
_RULED = {Ruling.ACCEPT: CaseState.ACCEPTED, Ruling.EDIT: CaseState.EDITED, Ruling.REJECT: CaseState.REJECTED}


def case_id(place: Place, message: str) -> CaseId:
    """Return the id of a message's case: the same in every process."""
    return CaseId(str(uuid5(NAMESPACE_URL, f"case\n{place.workspace}\n{place.channel}\n{message}")))


def conversation_id(case: Case) -> ConversationId:
    """Return where what was answered for a case is kept: another one after each edit of the question."""
    return ConversationId(str(uuid5(NAMESPACE_URL, f"conversation\n{case.id}\n{case.round}")))


def opened(goalie: Goalie, message: ChannelMessage, judgment: QuestionJudgment, now: datetime) -> Case:
    """Return the case of a message that is seen for the first time. What is asked together with it is in its text."""
    case = Case(
        id=case_id(message.place, message.id),
        goalie=goalie.id,
        place=message.place,
        message=message.id,
        root=message.root,
        author=message.author,
        state=CaseState.WAITING,
        seen_at=now,
        changed_at=now,
        asked_at=message.written_at,
    )
    return _judged(goalie, case, message, judgment, now)


def never_seen(goalie: GoalieId, place: Place, message: str, now: datetime) -> Case:
    """Return the case of a message that was deleted before it was seen: whoever sees it later leaves it alone."""
    return Case(
        id=case_id(place, message),
        goalie=goalie,
        place=place,
        message=message,
        root=message,
        author="",
        state=CaseState.WITHDRAWN,
        seen_at=now,
        changed_at=now,
        reason=GONE,
    )


def reworded(
    goalie: Goalie, case: Case, message: ChannelMessage, judgment: QuestionJudgment, now: datetime
) -> Case | None:
    """Return the case of a message that its author has put in other words, ``None`` where that changes nothing."""
    if case.state not in _UNSAID or _is_older(message, case):
        return None
    if case.state is not CaseState.IGNORED and case.question.endswith(message.text):
        return None  # the words are the same; it may have been told of for a link's page that is shown below them now
    again = _judged(goalie, case, message, judgment, now)
    if case.state is CaseState.IGNORED and again.state is CaseState.IGNORED:
        return None
    again = replace(
        again,
        round=case.round + 1,
        confidence=None,
        answer=None,
        conversation=None,
        draft="",
        todo=(Step.SETTLE,) if case.proposals or Step.PROPOSE in case.todo else (),
    )
    return scheduled(goalie, again, now)


def extended(goalie: Goalie, case: Case, text: str, now: datetime) -> Case | None:
    """Return the case of a question that its asker goes on with in another message, ``None`` where it was asked already."""
    if case.state is not CaseState.WAITING or text in case.question.split("\n"):
        return None
    longer = replace(case, question=f"{case.question}\n{text}", round=case.round + 1, changed_at=now)
    return replace(longer, due_at=now + goalie.questions.settle)


def replied(goalie: Goalie, case: Case, reply: Reply, text: str, now: datetime) -> Case | None:
    """Return the case after somebody wrote in its thread, ``None`` where that changes nothing."""
    if not answers(reply, case):
        return None
    first = reply.written_at if case.human_first_at is None else min(case.human_first_at, reply.written_at)
    after = replace(case, human_first_at=first)
    if case.state in {CaseState.WAITING, CaseState.PROPOSED}:
        after = withdrawn(after, HUMAN_FIRST, now)
    elif case.state is CaseState.REJECTED and not case.reply and text:
        after = replace(after, reply=text, todo=_with(case.todo, Step.REMEMBER), changed_at=now)
    after = replace(after, todo=tuple(step for step in after.todo if step is not Step.REMIND))
    return None if after == case else scheduled(goalie, after, now)


def answers(reply: Reply, case: Case) -> bool:
    """Return whether this counts as a human who took up the question: a person other than its asker, after it was put."""
    return (
        reply.kind is AuthorKind.PERSON and reply.author != case.author and moment(reply.message) > moment(case.message)
    )


def moment(message: str) -> tuple[int, str]:
    """Return what messages of a channel are ordered by."""
    seconds, _, rest = message.partition(".")
    return (int(seconds) if seconds.isdigit() else 0, rest)


def first_human(replies: Iterable[Reply], case: Case) -> datetime | None:
    """Return when a human took up the question, of all who wrote in its thread."""
    return min((reply.written_at for reply in replies if answers(reply, case)), default=None)


def withdrawn(case: Case, reason: str, now: datetime) -> Case:
    """Return the case when nothing is left to do in the channel. What was proposed is taken back."""
    todo = (Step.SETTLE,) if case.proposals or Step.PROPOSE in case.todo else ()
    return replace(case, state=CaseState.WITHDRAWN, reason=reason, todo=todo, due_at=None, changed_at=now)


def deleted(case: Case, now: datetime) -> Case | None:
    """Return the case of a message that its author deleted: nothing of it is kept, and what was said is taken back."""
    if case.reason == GONE:
        return None
    said = case.posted is not None or Step.ANSWER in case.todo or Step.POST_FINAL in case.todo
    todo = withdrawn(case, GONE, now).todo
    if said:
        todo = (*todo, Step.RETRACT)
    if case.conversation is not None:
        todo = (*todo, Step.FORGET)
    gone = replace(withdrawn(case, GONE, now), question="", draft="", final="", reply="", todo=todo)
    return replace(gone, due_at=now if todo else None)


def overtaken(goalie: Goalie, case: Case, now: datetime) -> str:
    """Return why a question is not worth asking any more, empty where it is."""
    if case.human_first_at is not None:
        return HUMAN_FIRST
    if now - (case.asked_at or case.seen_at) > LATEST + goalie.questions.settle:
        return TOO_LATE
    return ""


def decided(goalie: Goalie, case: Case, outcome: Answer | Abstention, decision: Decision, now: datetime) -> Case:
    """Return the case when it was decided what to do about its question."""
    states = {
        Action.NOTHING: (CaseState.SILENT, None),
        Action.PROPOSE: (CaseState.PROPOSED, Step.PROPOSE),
        Action.ANSWER: (CaseState.ANSWERED, Step.ANSWER),
    }
    state, step = states[decision.action]
    shadow = goalie.mode is Mode.SHADOW
    if shadow:
        step = Step.LOG
    after = replace(
        case,
        state=state,
        confidence=outcome.confidence.value,
        answer=outcome.id,
        conversation=conversation_id(case),
        draft=outcome.text if isinstance(outcome, Answer) else "",
        reason=decision.reason,
        shadow=shadow,
        todo=() if step is None else (step,),
        changed_at=now,
    )
    return scheduled(goalie, after, now)


def ruled(goalie: Goalie, case: Case, ruling: Ruling, by: str, *, words: str, now: datetime) -> Case:
    """Return the case after a human goalie decided. ``words`` are the text to post, or the reason to reject."""
    post = (Step.POST_FINAL,) if ruling is not Ruling.REJECT else ()
    after = replace(
        case,
        state=_RULED[ruling],
        decided_by=by,
        final=words if ruling is Ruling.EDIT else "",
        reason=words if ruling is Ruling.REJECT else "",
        # The proposals first: whoever clicked sees that it counted, and the others that it is done.
        todo=(Step.SETTLE, *post, Step.REMEMBER),
        changed_at=now,
    )
    return scheduled(goalie, after, now)


def state_of(ruling: Ruling) -> CaseState:
    """Return the state of a case that was decided so."""
    return _RULED[ruling]


def rated(goalie: Goalie, case: Case, by: str, *, helped: bool, now: datetime) -> Case | None:
    """Return the case after somebody said whether its answer helped: each person counts once, with what they said last."""
    before = set(case.helped if helped else case.did_not_help)
    if by in before or case.posted is None:
        return None
    after = replace(
        case,
        helped=_people(case.helped, by, among=helped),
        did_not_help=_people(case.did_not_help, by, among=not helped),
        todo=_with(case.todo, Step.REMEMBER),
        changed_at=now,
    )
    return scheduled(goalie, after, now)


def failed(goalie: Goalie | None, case: Case, reason: str, now: datetime) -> Case:
    """Return the case of something that can never be done, such as posting in a channel that is gone."""
    unsaid = case.posted is None and case.state in _TO_BE_SAID
    todo = (Step.SETTLE,) if unsaid and case.proposals and goalie is not None else ()
    state = CaseState.SILENT if unsaid else case.state
    after = replace(case, state=state, reason=reason, todo=todo, tries=0, changed_at=now)
    return replace(after, due_at=None) if goalie is None else scheduled(goalie, after, now)


def not_postable(goalie: Goalie, case: Case, reason: str, now: datetime) -> Case:
    """Return the case of an answer that cannot be shown in the channel any more. The human goalies are told."""
    todo = (Step.SETTLE,) if case.proposals else ()
    after = replace(case, state=CaseState.WITHDRAWN, reason=reason, todo=todo, changed_at=now)
    return scheduled(goalie, after, now)


def without(case: Case, step: Step) -> Case:
    """Return the case with a step of it done."""
    todo = list(case.todo)
    if step in todo:
        todo.remove(step)
    return replace(case, todo=tuple(todo), tries=0)


def reminder_due(goalie: Goalie, case: Case) -> datetime | None:
    """Return when it is to be said that nobody has answered yet, ``None``: never."""
    waiting = goalie.waiting
    if waiting is None or goalie.mode is not Mode.LIVE or case.shadow or case.reminded:
        return None
    if case.state not in _UNANSWERED or case.human_first_at is not None or not case.question:
        return None
    return after_open_time(goalie.hours, case.asked_at or case.seen_at, waiting.after)


def reminded(goalie: Goalie, case: Case, now: datetime) -> Case | None:
    """Return the case when it is time to say that nobody has answered yet, ``None`` where it is not."""
    due = reminder_due(goalie, case)
    if due is None or now < due or not is_open(goalie.hours, now):
        return None
    if now - due > LATEST:
        return scheduled(goalie, replace(case, reminded=True), now)  # nobody is helped by it a day later
    return scheduled(goalie, replace(case, reminded=True, todo=_with(case.todo, Step.REMIND), changed_at=now), now)


def scheduled(goalie: Goalie, case: Case, now: datetime) -> Case:
    """Return the case with the time when it is looked at next."""
    if case.todo:
        return replace(case, due_at=now)
    if case.state is CaseState.WAITING:
        written = case.edited_at or case.asked_at or case.seen_at
        return replace(case, due_at=max(now, written + goalie.questions.settle))
    due = reminder_due(goalie, case)
    if due is None:
        return replace(case, due_at=None)
    return replace(case, due_at=due if due > now else opens_at(goalie.hours, now))


def _judged(goalie: Goalie, case: Case, message: ChannelMessage, judgment: QuestionJudgment, now: datetime) -> Case:
    if not judgment.is_question:
        return replace(
            case,
            state=CaseState.IGNORED,
            question="",
            probability=judgment.probability,
            reason=judgment.reason,
            edited_at=message.edited_at,
            changed_at=now,
            due_at=None,
        )
    asked = replace(
        case,
        state=CaseState.WAITING,
        question=message.text,
        probability=judgment.probability,
        reason="",
        edited_at=message.edited_at,
        changed_at=now,
    )
    return scheduled(goalie, asked, now)


def _is_older(message: ChannelMessage, case: Case) -> bool:
    return case.edited_at is not None and (message.edited_at is None or message.edited_at <= case.edited_at)


def _with(todo: tuple[Step, ...], step: Step) -> tuple[Step, ...]:
    return todo if step in todo else (*todo, step)


def _people(people: tuple[str, ...], one: str, *, among: bool) -> tuple[str, ...]:
    others = tuple(person for person in people if person != one)
    return (*others, one) if among else others
