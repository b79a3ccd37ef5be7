"""Linear's entities as Markdown: plain sentences first, so that questions about them find an answer in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from aika.connectors.linear.entities import Comment, Initiative, Issue, LinearDocument, Person, Project, Whole
from aika.domain.documents import AttributeValue, Kind, Owner, RawDocument
from aika.domain.identifiers import PrincipalId

_RELATIONS = {"blocks": "It blocks", "duplicate": "It is a duplicate of", "related": "It is related to"}


@dataclass(frozen=True, slots=True)
class Page:
    """An entity, rendered."""

    title: str
    lines: tuple[str, ...]
    kind: Kind | None
    owner: Owner | None
    authors: tuple[str, ...]
    attributes: dict[str, AttributeValue]

    def raw(self, key: str, whole: Whole, readers: frozenset[PrincipalId] | None) -> RawDocument:
        """Return the document with what every entity says."""
        text = "\n\n".join((f"# {self.title}", *(line for line in self.lines if line)))
        return RawDocument(
            key=key,
            content=f"{text}\n".encode(),
            path=f"{key}.md",
            media_type="text/markdown",
            title=self.title,
            url=whole.url,
            kind=self.kind,
            readers=readers,
            owner=self.owner,
            authors=self.authors,
            created_at=whole.created_at,
            modified_at=datetime.fromisoformat(whole.updated_at) if whole.updated_at else None,
            attributes={name: value for name, value in self.attributes.items() if value},
        )


def issue_page(issue: Issue, comments: Iterable[Comment]) -> Page:
    comments = tuple(comments)
    labels = tuple(label.name for label in issue.labels.nodes)
    people = (issue.creator, *(comment.user for comment in comments))
    team = issue.team.name if issue.team else ""
    return Page(
        title=f"{issue.identifier}: {issue.title}",
        lines=(
            " ".join(_issue_facts(issue, labels)),
            issue.description,
            *(("## Comments",) if comments else ()),
            *(part for comment in comments for part in _comment(comment)),
        ),
        kind=Kind.ISSUE,
        owner=_owner(issue.assignee, "Linear assignee"),
        authors=_names(people),
        attributes={
            "identifier": issue.identifier,
            "status": issue.state.name,
            "status_type": issue.state.type,
            "priority": issue.priority_label,
            "labels": labels,
            "team": team,
            "project": issue.project.name if issue.project else "",
            "assignee": issue.assignee.called if issue.assignee else "",
            "due_date": _day(issue.due_date),
            "previous_identifiers": issue.previous_identifiers,
        },
    )


def project_page(project: Project) -> Page:
    teams = tuple(team.name for team in project.teams.nodes)
    initiatives = tuple(one.name for one in project.initiatives.nodes)
    facts = (
        f"{project.name} is a project" + (f" of {_and(teams)}." if teams else "."),
        f"Its status is {project.status.name}." if project.status.name else "",
        f"Its lead is {_reached(project.lead)}." if project.lead else "",
        f"Its health is {project.health}." if project.health else "",
        f"It started on {_day(project.start_date)}." if project.start_date else "",
        f"Its target date is {_day(project.target_date)}." if project.target_date else "",
        f"It belongs to the initiative {_and(initiatives)}." if initiatives else "",
    )
    updates = tuple(
        f"### {_signed(update.user, update.created_at)}{f': {update.health}' if update.health else ''}\n\n{update.body}"
        for update in project.project_updates.nodes
    )
    return Page(
        title=project.name,
        lines=(
            " ".join(fact for fact in facts if fact),
            project.description,
            project.content,
            *(("## Project updates",) if updates else ()),
            *updates,
        ),
        kind=None,
        owner=_owner(project.lead, "Linear project lead"),
        authors=_names(update.user for update in project.project_updates.nodes),
        attributes={
            "status": project.status.name,
            "health": project.health,
            "teams": teams,
            "initiatives": initiatives,
            "target_date": _day(project.target_date),
        },
    )


def document_page(document: LinearDocument) -> Page:
    title = document.title or "Untitled"
    where = (
        (document.project and f"the project {document.project.name}")
        or (document.initiative and f"the initiative {document.initiative.name}")
        or (document.issue and f"the issue {document.issue.called}")
    )
    return Page(
        title=title,
        lines=(f"{title} is a document of {where}." if where else "", document.content),
        kind=None,
        owner=_owner(document.creator, "Linear document's creator"),
        authors=_names((document.updated_by, document.creator)),
        attributes={"project": document.project.name if document.project else ""},
    )


def initiative_page(initiative: Initiative) -> Page:
    projects = tuple(project.name for project in initiative.projects.nodes)
    facts = (
        f"{initiative.name} is an initiative.",
        f"Its status is {initiative.status}." if initiative.status else "",
        f"Its owner is {_reached(initiative.owner)}." if initiative.owner else "",
        f"Its health is {initiative.health}." if initiative.health else "",
        f"Its target date is {_day(initiative.target_date)}." if initiative.target_date else "",
        f"Its projects are {_and(projects)}." if projects else "",
    )
    return Page(
        title=initiative.name,
        lines=(" ".join(fact for fact in facts if fact), initiative.description, initiative.content),
        kind=None,
        owner=_owner(initiative.owner, "Linear initiative owner"),
        authors=(),
        attributes={"status": initiative.status, "health": initiative.health, "projects": projects},
    )


def _issue_facts(issue: Issue, labels: tuple[str, ...]) -> Iterator[str]:
    team = f" of the team {issue.team.name} ({issue.team.key})" if issue.team else ""
    yield f"{issue.identifier} is an issue{team}."
    if issue.state.name:
        yield f"Its state is {issue.state.name}."
    if issue.priority_label:
        yield f"Its priority is {issue.priority_label}."
    yield f"It is assigned to {_reached(issue.assignee)}." if issue.assignee else "It is assigned to nobody."
    if issue.creator and issue.created_at:
        yield f"{issue.creator.called} created it on {_day(issue.created_at)}."
    if issue.project:
        yield f"It belongs to the project {issue.project.name}."
    if issue.due_date:
        yield f"It is due on {_day(issue.due_date)}."
    if labels:
        yield f"Its labels are {_and(labels)}."
    if issue.parent:
        yield f"It is a part of {issue.parent.called}."
    if issue.children.nodes:
        yield f"Its parts are {_and(tuple(child.called for child in issue.children.nodes))}."
    for relation in issue.relations.nodes:
        if relation.type in _RELATIONS:
            yield f"{_RELATIONS[relation.type]} {relation.related_issue.called}."
    if issue.previous_identifiers:
        yield f"It was called {_and(issue.previous_identifiers)} before."


def _comment(comment: Comment) -> Iterator[str]:
    # Linear's links open a comment by the first eight characters of its id.
    yield f"### {_signed(comment.user, comment.created_at)} {{#comment-{comment.id[:8]}}}"
    yield comment.body


def _signed(person: Person | None, at: datetime | None) -> str:
    name = person.called if person else "Somebody"
    return f"{name}, {_day(at)}" if at else name


def _owner(person: Person | None, found_in: str) -> Owner | None:
    if person is None or not person.active or not person.called:
        return None
    return Owner(person.called, person.email.lower() or None, found_in)


def _reached(person: Person | None) -> str:
    if person is None:
        return "nobody"
    return f"{person.called} ({person.email})" if person.email and person.called != person.email else person.called


def _names(people: Iterable[Person | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person.called for person in people if person is not None and person.called))


def _day(day: date | None) -> str:
    return "" if day is None else day.strftime("%Y-%m-%d")


def _and(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
