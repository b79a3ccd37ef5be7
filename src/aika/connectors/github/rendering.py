"""Threads and releases as Markdown that reads as it happened: who said what and when, and how it ended."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aika.connectors.github.wire import (
    Account,
    ChangedFile,
    Comment,
    Discussion,
    Issue,
    Label,
    Pull,
    Release,
    Reply,
    Review,
    Thread,
)

_CLOSING = timedelta(seconds=5)
"""Who closes with a comment makes both at once, within the second or the next."""
_FILES_SHOWN = 100
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?=\s)")
_HIDDEN = re.compile(r"^ {0,3}<!--", re.MULTILINE)
_REASONS = {"completed": "as completed", "not_planned": "as not planned", "duplicate": "as a duplicate"}
_VERDICTS = {
    "APPROVED": "approved",
    "CHANGES_REQUESTED": "requested changes",
    "COMMENTED": "reviewed",
    "DISMISSED": "reviewed (dismissed)",
}


def issue_text(repository: str, issue: Issue, comments: Sequence[Comment]) -> str:
    """Return an issue with its comments; the one that closed it is marked."""
    opened = f"Issue #{issue.number} of {repository}, opened by {name(issue.user)} on {day(issue.created_at)}."
    closing = closing_comment(issue, comments)
    return _document(
        [opened, issue_end(issue), *_circumstances(issue)],
        issue.body,
        (_comment(comment, " (closed the issue)" if comment is closing else "") for comment in comments),
    )


def issue_end(issue: Issue) -> str:
    """Return in words how an issue stands."""
    if issue.state != "closed":
        return "It is open."
    how = _REASONS.get(issue.state_reason or "", "")
    who = f"by {name(issue.closed_by)}" if issue.closed_by else ""
    when = f"on {day(issue.closed_at)}" if issue.closed_at else ""
    return " ".join(filter(None, ("It was closed", how, who, when))) + "."


def closing_comment(issue: Issue, comments: Sequence[Comment]) -> Comment | None:
    """Return the comment that an issue was closed with, where there is one."""
    if issue.closed_at is None:
        return None
    closer = issue.closed_by.login if issue.closed_by else None
    with_it = (
        comment
        for comment in reversed(comments)
        if abs(comment.created_at - issue.closed_at) <= _CLOSING
        and (closer is None or (comment.user is not None and comment.user.login == closer))
    )
    return next(with_it, None)


def pull_text(
    repository: str,
    pull: Pull,
    comments: Sequence[Comment],
    reviews: Sequence[Review],
    files: Sequence[ChangedFile],
) -> str:
    """Return a pull request with its conversation, in the order in which it was had, and the files that it changes."""
    opened = (
        f"Pull request #{pull.number} of {repository}, opened by {name(pull.user)} on {day(pull.created_at)}, "
        f"from {pull.head.label or pull.head.ref} into {pull.base.ref}."
    )
    said = [(review.submitted_at, _review(review)) for review in reviews if review.submitted_at and _says(review)]
    said += [(comment.created_at, _comment(comment, _place(comment))) for comment in comments]
    said.sort(key=lambda pair: pair[0])
    approved = approvers(reviews)
    facts = [opened, pull_end(pull), f"Approved by {_all(approved)}." if approved else "", *_circumstances(pull)]
    return _document(facts, pull.body, [*(section for _, section in said), *_changes(files)])


def pull_end(pull: Pull) -> str:
    """Return in words how a pull request stands."""
    if pull.merged_at is not None:
        by = f" by {name(pull.merged_by)}" if pull.merged_by else ""
        return f"It was merged{by} on {day(pull.merged_at)}."
    if pull.state == "closed":
        return "It was closed without being merged" + (f" on {day(pull.closed_at)}." if pull.closed_at else ".")
    return "It is open and a draft." if pull.draft else "It is open."


def approvers(reviews: Sequence[Review]) -> tuple[str, ...]:
    """Return whose last verdict is an approval, in the order of their approvals."""
    last = {name(review.user): review.state for review in reviews if review.state not in {"COMMENTED", "PENDING"}}
    return tuple(login for login, state in last.items() if state == "APPROVED")


def discussion_text(repository: str, discussion: Discussion) -> str:
    """Return a discussion with its comments and their replies; the accepted answer is marked."""
    opened = (
        f"Discussion #{discussion.number} of {repository} in {discussion.category.name}, started by "
        f"{name(discussion.author)} on {day(discussion.created)}."
    )
    answer = answer_of(discussion)
    end = f"It was answered by {name(answer.author)}." if answer else ""
    closed = "It is closed." if discussion.closed else ""
    return _document(
        [opened, end, closed, _labels(discussion.labels.nodes if discussion.labels else ())],
        discussion.body,
        _replies(discussion),
    )


def answer_of(discussion: Discussion) -> Reply | None:
    """Return the accepted answer, which can be a reply to a comment."""
    comments = discussion.comments.nodes
    everything: list[Reply] = [*comments, *(reply for comment in comments for reply in comment.replies.nodes)]
    return next((reply for reply in everything if reply.is_answer), None)


def release_text(repository: str, release: Release) -> str:
    said = f"Release {release.tag_name} of {repository}, published by {name(release.author)} on "
    facts = [f"{said}{day(release.published_at or release.created_at)}."]
    if release.prerelease:
        facts.append("It is a pre-release.")
    return _document(facts, release.body, ())


def name(account: Account | None) -> str:
    # GitHub shows the contributions of deleted accounts as those of an account called ghost.
    return account.login if account else "ghost"


def day(moment: datetime) -> str:
    return moment.date().isoformat()


def _document(facts: Iterable[str], body: str | None, sections: Iterable[str]) -> str:
    parts = [" ".join(filter(None, facts)), nested(body or ""), *sections]
    return "\n\n".join(part for part in parts if part.strip()) + "\n"


def _circumstances(thread: Thread) -> list[str]:
    return [
        _labels(thread.labels),
        f"Milestone: {thread.milestone.title}." if thread.milestone else "",
        f"Assigned to {_all([account.login for account in thread.assignees])}." if thread.assignees else "",
    ]


def _labels(labels: Iterable[Label]) -> str:
    names = [label.name for label in labels]
    return f"Labels: {', '.join(names)}." if names else ""


def _all(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _comment(comment: Comment, remark: str) -> str:
    heading = _heading(comment.user, "commented", comment.created_at, comment.html_url, remark)
    return f"{heading}\n\n{nested(comment.body or '')}"


def _place(comment: Comment) -> str:
    if comment.path is None:
        return ""
    return f" on {comment.path}" + (f", line {comment.line}" if comment.line else "")


def _says(review: Review) -> bool:
    """Return whether a review is more than the frame of its comments, which have sections of their own."""
    return review.state != "PENDING" and (review.state != "COMMENTED" or bool(review.body))


def _review(review: Review) -> str:
    verdict = _VERDICTS.get(review.state, "reviewed")
    assert review.submitted_at is not None  # noqa: S101  # pending reviews are left out
    heading = _heading(review.user, verdict, review.submitted_at, review.html_url, "")
    return f"{heading}\n\n{nested(review.body or '')}"


def _replies(discussion: Discussion) -> Iterable[str]:
    for comment in discussion.comments.nodes:
        for level, reply, verb in [
            (2, comment, "commented"),
            *((3, reply, "replied") for reply in comment.replies.nodes),
        ]:
            remark = " (accepted answer)" if reply.is_answer else ""
            heading = _heading(reply.author, verb, reply.created, reply.url, remark, level=level)
            yield f"{heading}\n\n{nested(reply.body)}"


def _heading(account: Account | None, verb: str, moment: datetime, url: str, remark: str, *, level: int = 2) -> str:
    # The anchor opens a citation at the very comment.
    anchor = urlsplit(url).fragment
    return f"{'#' * level} {name(account)} {verb} on {day(moment)}{remark}" + (f" {{#{anchor}}}" if anchor else "")


def _changes(files: Sequence[ChangedFile]) -> list[str]:
    if not files:
        return []
    lines = [
        f"- `{file.filename}` ({file.status}"
        + (f" from `{file.previous_filename}`)" if file.previous_filename else ")")
        for file in files[:_FILES_SHOWN]
    ]
    if len(files) > _FILES_SHOWN:
        lines.append(f"- and {len(files) - _FILES_SHOWN} more")
    return ["## Changed files", "\n".join(lines)]


def nested(text: str) -> str:
    """Return what somebody wrote with its headings below those of the thread, without the hidden hints of templates.

    Code stays as it is.
    """
    written: list[str] = []
    for is_code, lines in _segments(text.replace("\r\n", "\n").split("\n")):
        if is_code:
            written += lines
        else:
            written += map(_lowered, _shown("\n".join(lines)).split("\n"))
    return "\n".join(written).strip("\n")


def _segments(lines: Sequence[str]) -> Iterator[tuple[bool, list[str]]]:
    """Yield the runs of prose and the fenced code, each as a whole. A fence that is never closed is closed here."""
    run: list[str] = []
    fence: str | None = None
    for line in lines:
        mark = _FENCE.match(line)
        if fence is None and mark is not None:
            yield False, run
            run, fence = [line], mark[1]
        elif fence is not None and mark is not None and mark[1].startswith(fence) and not line.strip(" `~"):
            yield True, [*run, line]
            run, fence = [], None
        else:
            run.append(line)
    # It would swallow the rest of the thread.
    yield (False, run) if fence is None else (True, [*run, fence])


def _shown(prose: str) -> str:
    # One pass: a pattern for the whole comment would take quadratic time on many that are never closed.
    shown: list[str] = []
    at = 0
    for opening in _HIDDEN.finditer(prose):
        if opening.start() < at:
            continue
        end = prose.find("-->", opening.end())
        if end < 0:
            break
        shown.append(prose[at : opening.start()])
        at = end + len("-->")
    return "".join([*shown, prose[at:]])


def _lowered(line: str) -> str:
    heading = _HEADING.match(line)
    return f"{'#' * min(6, len(heading[1]) + 3)}{line[heading.end() :]}" if heading else line
