"""An issue of Jira as Markdown: plain sentences first, so that questions about it find an answer in words."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime

from aika.connectors.jira.markup import markdown_of
from aika.connectors.jira.wire import Comment, Issue, Person
from aika.domain.documents import AttributeValue, Kind, Owner, RawDocument
from aika.domain.identifiers import PrincipalId


def issue_document(
    issue: Issue, comments: Sequence[Comment], *, url: str, readers: frozenset[PrincipalId] | None
) -> RawDocument:
    """Return the document. ``comments`` are those that all readers may read."""
    fields = issue.fields
    title = f"{issue.key}: {fields.summary}"
    parts = [f"# {title}", " ".join(_facts(issue))]
    if fields.description.strip():
        parts += ["## Description", markdown_of(fields.description)]
    if comments:
        parts += ["## Comments", *(part for comment in comments for part in _comment(comment))]
    return RawDocument(
        key=f"issue/{issue.id}",
        content=("\n\n".join(parts) + "\n").encode(),
        path=f"{issue.key}.md",
        media_type="text/markdown",
        title=title,
        url=f"{url}/browse/{issue.key}",
        kind=Kind.ISSUE,
        readers=readers,
        owner=_owner(fields.assignee),
        authors=tuple(
            dict.fromkeys(
                person.called for person in (fields.reporter, *(one.author for one in comments)) if person is not None
            )
        ),
        created_at=_utc(fields.created),
        modified_at=_utc(fields.updated),
        attributes={name: value for name, value in _attributes(issue).items() if value},
    )


def _attributes(issue: Issue) -> dict[str, AttributeValue]:
    fields = issue.fields
    return {
        "identifier": issue.key,
        "status": fields.status.name,
        "status_type": fields.status.status_category.key,
        "resolution": fields.resolution.name if fields.resolution else "",
        "issue_type": fields.issuetype.name,
        "priority": fields.priority.name if fields.priority else "",
        "project": fields.project.name if fields.project else "",
        "assignee": fields.assignee.called if fields.assignee else "",
        "labels": fields.labels,
        "components": tuple(one.name for one in fields.components),
        "fix_versions": tuple(one.name for one in fields.fix_versions),
        "due_date": _day(fields.duedate),
    }


def _facts(issue: Issue) -> Iterator[str]:
    fields = issue.fields
    where = f" of the project {fields.project.name} ({fields.project.key})" if fields.project else ""
    yield f"{issue.key} is a {fields.issuetype.name or 'issue'}{where}."
    if fields.status.name:
        resolution = f", resolved as {fields.resolution.name}" if fields.resolution else ""
        yield f"Its status is {fields.status.name}{resolution}."
    if fields.priority:
        yield f"Its priority is {fields.priority.name}."
    yield f"It is assigned to {_reached(fields.assignee)}." if fields.assignee else "It is assigned to nobody."
    if fields.reporter and fields.created:
        yield f"{fields.reporter.called} reported it on {_day(fields.created)}."
    if fields.duedate:
        yield f"It is due on {_day(fields.duedate)}."
    for one, many, names in (
        ("component", "components", tuple(part.name for part in fields.components)),
        ("fix version", "fix versions", tuple(part.name for part in fields.fix_versions)),
        ("label", "labels", fields.labels),
    ):
        if names:
            yield f"Its {many if len(names) > 1 else one} {'are' if len(names) > 1 else 'is'} {_and(names)}."
    yield from _relations(issue)


def _relations(issue: Issue) -> Iterator[str]:
    fields = issue.fields
    if fields.parent:
        yield f"It is a part of {fields.parent.called}."
    if fields.subtasks:
        yield f"Its parts are {_and(tuple(part.called for part in fields.subtasks))}."
    for link in fields.issuelinks:
        # A link has two sides; the one that is not this issue is told.
        if link.outward_issue and link.type.outward:
            yield f"{issue.key} {link.type.outward} {link.outward_issue.called}."
        if link.inward_issue and link.type.inward:
            yield f"{issue.key} {link.type.inward} {link.inward_issue.called}."


def _comment(comment: Comment) -> Iterator[str]:
    author = comment.author.called if comment.author else "Somebody"
    when = f", {_day(comment.created)}" if comment.created else ""
    yield f"### {author}{when} {{#comment-{comment.id}}}"
    yield markdown_of(comment.body)


def _owner(person: Person | None) -> Owner | None:
    if person is None or not person.active:
        return None
    return Owner(person.called, person.email_address.lower() or None, "Jira assignee")


def _reached(person: Person) -> str:
    return f"{person.called} ({person.email_address})" if person.email_address else person.called


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)


def _day(day: date | None) -> str:
    return "" if day is None else day.strftime("%Y-%m-%d")


def _and(names: Collection[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
