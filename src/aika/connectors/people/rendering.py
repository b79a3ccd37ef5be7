"""A person and a team in words: sentences first, then one line a fact."""

from collections import defaultdict
from collections.abc import Iterator

from aika.connectors.people.organization import SCIM, Organization, Person, Team, listed, slug
from aika.domain.documents import AttributeValue

_MANY = 20
"""Members that a sentence can name. The list of facts names them all."""

Facts = Iterator[tuple[str, str]]


def person_text(person: Person, organization: Organization) -> str:
    """Return a person's page as Markdown."""
    return _page(person.name, _of_person(person, organization), _person_facts(person, organization))


def team_text(team: Team, organization: Organization) -> str:
    """Return a team's page as Markdown."""
    return _page(team_title(team), _of_team(team, organization), _team_facts(team, organization))


def team_title(team: Team) -> str:
    return team.name if team.sort in team.name.lower() else f"{team.name} ({team.sort})"


def person_attributes(person: Person, organization: Organization) -> dict[str, AttributeValue]:
    """Return what filters and exact answers need of a person."""
    managers = tuple(map(organization.shown, person.managers))
    said: dict[str, AttributeValue] = {
        "name": person.name,
        "role": ", ".join(person.all("role")),
        "member_of": tuple(person.teams),
        "manager": ", ".join(managers),
        "reports": tuple(map(organization.shown, person.reports)),
        "email": person.email,
        "slack": _handle(person.first("slack")),
        "github": ", ".join(person.all("github")),
        "location": person.first("location"),
        "person_id": "" if SCIM in person.origins else person.first("id"),
        "status": "" if person.is_active else "inactive",
    }
    return {name: value for name, value in said.items() if value}


def team_attributes(team: Team, organization: Organization) -> dict[str, AttributeValue]:
    """Return what filters and exact answers need of a team."""
    said: dict[str, AttributeValue] = {
        "name": team.name,
        "lead": tuple(_names(team.all("lead"), organization)),
        "members": tuple(map(organization.shown, team.members)),
        "slack": _channel(team.first("slack")),
        "email": team.first("email"),
        "on_call": team.first("on_call"),
    }
    return {name: value for name, value in said.items() if value}


def _page(title: str, sentences: Iterator[str], facts: Facts) -> str:
    said = " ".join(f"{sentence.rstrip('.')}." for sentence in sentences if sentence)
    lines = "\n".join(f"- {name}: {value}" for name, value in facts if value)
    return f"# {title}\n\n{said}\n\n{lines}\n"


def _of_person(person: Person, organization: Organization) -> Iterator[str]:
    name = person.name
    role, company = listed(person.all("role")) if person.all("role") else "", person.first("company")
    yield (
        f"{name} is {role}{f' at {company}' if company else ''}"
        if role
        else f"{name} works at {company}"
        if company
        else ""
    )
    yield f"{name} is in {_group_words(person, organization)}" if person.teams else ""
    location = person.first("location")
    yield (
        f"{name} works remotely"
        if location.lower() == "remote"
        else f"{name} is based in {location}"
        if location
        else ""
    )
    if person.managers:
        yield f"{name} reports to {listed(list(map(organization.shown, person.managers)))}"
    if person.reports:
        yield f"{name} is the manager of {listed(list(map(organization.shown, person.reports)))}"
    if topics := person.all("topics"):
        yield f"Ask {name} about {listed(topics)}"
    if ways := _ways(person.email, _handle(person.first("slack")), ""):
        yield f"How to reach {name}: {ways}"
    if not person.is_active:
        yield f"{name} is no longer active"


def _person_facts(person: Person, organization: Organization) -> Facts:
    yield "Name", person.name
    yield "Role", ", ".join(person.all("role"))
    yield "Belongs to", ", ".join(person.teams)
    yield "Company", person.first("company")
    yield "Manager", ", ".join(map(organization.shown, person.managers))
    yield "Reports", ", ".join(map(organization.shown, person.reports))
    yield "Location", person.first("location")
    yield "Time zone", person.first("time_zone")
    yield "E-mail", person.email
    yield "Slack", _handle(person.first("slack"))
    yield "GitHub", ", ".join(person.all("github"))
    yield "Phone", person.first("phone")
    yield "Topics", ", ".join(person.all("topics"))
    yield "On call", person.first("on_call")
    yield "Profile", person.first("url")
    yield "Id", "" if SCIM in person.origins else person.first("id")
    yield "Status", "" if person.is_active else "inactive"
    yield from person.shown


def _of_team(team: Team, organization: Organization) -> Iterator[str]:
    above = f" in {listed(list(team.parents))}" if team.parents else ""
    yield f"{team.name} is a {team.sort}{above}"
    yield team.first("description")
    leads = _names(team.all("lead"), organization)
    yield f"{team.name} is led by {listed(leads)}" if leads else ""
    if len(team.members) > _MANY:
        yield f"{team.name} has {len(team.members)} members"
    elif team.members:
        yield f"The members of {team.name} are {listed(list(map(organization.shown, team.members)))}"
    if team.below:
        yield f"The teams in {team.name} are {listed(list(team.below))}"
    if topics := team.all("topics"):
        yield f"{team.name} answers for {listed(topics)}"
    if ways := _ways(team.first("email"), _channel(team.first("slack")), team.first("on_call")):
        yield f"How to reach {team.name}: {ways}"


def _team_facts(team: Team, organization: Organization) -> Facts:
    yield "Name", team.name
    yield "Lead", ", ".join(_names(team.all("lead"), organization))
    yield "Slack", _channel(team.first("slack"))
    yield "E-mail", team.first("email")
    yield "On call", team.first("on_call")
    yield "Members", ", ".join(map(organization.shown, team.members))
    yield "Parent group", ", ".join(team.parents)
    yield "Groups below", ", ".join(team.below)
    yield "Topics", ", ".join(team.all("topics"))
    # "Who are the tech leads of …" asks for a role in a team.
    by_role: defaultdict[str, list[str]] = defaultdict(list)
    for person in organization.people_of(team.members):
        for role in person.all("role"):
            by_role[role].append(organization.shown(person.key))
    for role, names in by_role.items():
        yield role, ", ".join(names)
    yield from team.shown


def _group_words(person: Person, organization: Organization) -> str:
    return listed([f"the {_sort(team, organization)} {team}" for team in person.teams])


def _sort(team: str, organization: Organization) -> str:
    known = organization.teams.get(slug(team))
    return known.sort if known else "team"


def _names(references: tuple[str, ...], organization: Organization) -> list[str]:
    found = ((reference, organization.find(reference)) for reference in references)
    return [organization.shown(person.key) if person else reference for reference, person in found]


def _ways(email: str, slack: str, on_call: str) -> str:
    ways = (
        f"by e-mail {email}" if email else "",
        f"in Slack {slack}" if slack else "",
        f"on call {on_call}" if on_call else "",
    )
    return ", ".join(filter(None, ways))


def _handle(slack: str) -> str:
    """Return a person's name in Slack; an id is no name."""
    if not slack or ":" in slack or (slack.isupper() and slack.isalnum()):
        return ""
    return slack if slack.startswith(("@", "http")) else f"@{slack}"


def _channel(slack: str) -> str:
    return slack if not slack or slack.startswith(("#", "@", "http")) else f"#{slack}"
