"""What the columns of a table of people mean, guessed from the names that such columns usually have."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

USUAL_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": (
        *("employee_id", "employee_number", "person_id", "user_id", "worker_id", "staff_id", "eid", "uid", "id"),
        *("team_id", "group_id"),
    ),
    "name": ("name", "full_name", "display_name", "employee_name", "formatted_name", "team_name", "group_name"),
    "first_name": ("first_name", "given_name", "firstname", "forename"),
    "last_name": ("last_name", "family_name", "lastname", "surname"),
    "email": ("email", "e_mail", "mail", "email_address", "work_email", "primary_email", "user_principal_name"),
    "role": ("role", "title", "job_title", "position", "job", "function", "roles"),
    "team": ("team", "teams", "squad", "squads", "group", "groups"),
    "department": (
        "department",
        "dept",
        "division",
        "business_unit",
        "org_unit",
        "org",
        "organization",
        "organisation",
    ),
    "company": ("company", "employer", "account_name", "customer"),
    "manager": (
        *("manager", "managers", "manager_email", "manager_name", "manager_id", "reports_to", "line_manager"),
        *("supervisor", "boss"),
    ),
    "location": ("location", "office", "city", "site", "work_location", "locality"),
    "time_zone": ("time_zone", "timezone", "tz"),
    "phone": ("phone", "phone_number", "work_phone", "mobile", "telephone"),
    "slack": ("slack", "slack_handle", "slack_username", "slack_name", "slack_channel", "channel"),
    "slack_id": ("slack_id", "slack_user_id", "slack_member_id"),
    "slack_team": ("slack_team", "slack_team_id", "slack_workspace", "slack_workspace_id"),
    "github": ("github", "github_login", "github_username", "github_handle", "github_user"),
    "accounts": ("accounts", "account", "identities", "handles"),
    "on_call": ("on_call", "oncall", "pagerduty", "opsgenie", "escalation"),
    "status": ("status", "employment_status", "state"),
    "active": ("active", "is_active", "enabled", "employed"),
    "members": ("members", "member", "people"),
    "lead": ("lead", "leads", "team_lead", "tech_lead", "tech_leads", "leader"),
    "parent": ("parent", "parent_team", "parent_group", "parent_id"),
    "description": ("description", "purpose", "mission", "about", "summary"),
    "topics": ("topics", "expertise", "skills", "responsibilities", "ask_me_about", "areas", "owns"),
    "url": ("profile_url", "url", "homepage", "link"),
}
"""Fields, and the usual names of their columns. The first that a record has is taken."""


@lru_cache(maxsize=10_000)
def plain_name(name: str) -> str:
    """Return a column's name as it is compared: ``Job Title``, ``job_title`` and ``jobTitle`` are ``jobtitle``."""
    return re.sub(r"[\W_]+", "", name.casefold())


_USUAL = {field: tuple(map(plain_name, names)) for field, names in USUAL_NAMES.items()}
_KNOWN = frozenset(name for names in _USUAL.values() for name in names)
_SEVERAL = frozenset({"role", "team", "manager", "accounts", "github", "topics", "lead"})
_LISTS = frozenset({"members"})
"""Fields whose values commas divide too: none of these holds a comma itself."""
_NAMING = ("name", "display_name", "displayName", "displayname", "formatted", "value", "email", "id", "title")


@dataclass(frozen=True, slots=True)
class Record:
    """One row: what it says, by field."""

    values: Mapping[str, tuple[str, ...]]
    shown: tuple[tuple[str, str], ...] = ()
    """Further columns that the options ask for, with their names."""
    declared_team: bool = False
    """Whether the place it stands in says that it is about a team."""

    def first(self, field: str) -> str:
        return next(iter(self.values.get(field, ())), "")

    def all(self, field: str) -> tuple[str, ...]:
        return self.values.get(field, ())

    @property
    def is_team(self) -> bool:
        """Whether the row is about a team: it has members, or a lead or a channel and nothing that only people have."""
        if self.declared_team or self.all("members"):
            return True
        of_people = ("role", "manager", "first_name", "last_name", "github", "slack_id", "location")
        return any(self.all(key) for key in ("lead", "parent", "on_call")) and not any(map(self.all, of_people))


@dataclass(frozen=True, slots=True)
class Fields:
    """Reads records from rows."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    """Columns by field, where they do not have the usual names."""
    show: frozenset[str] = frozenset()
    """Names of further columns, as `plain_name` writes them."""

    def record(self, row: Mapping[str, object], *, is_team: bool = False) -> Record:
        named = {plain_name(name): (name, value) for name, value in row.items()}
        values: dict[str, tuple[str, ...]] = {}
        for key, usual in _USUAL.items():
            columns = (plain_name(self.mapping[key]),) if key in self.mapping else usual
            given = (named[column][1] for column in columns if column in named)
            found = next((texts for value in given if (texts := _texts(key, value))), ())
            if found:
                values[key] = found
        # A table of teams alone calls its column "team".
        if "name" not in values and "email" not in values and "first_name" not in values and "team" in values:
            values["name"] = values.pop("team")
        shown = tuple(
            (name, text) for plain, (name, value) in named.items() if plain in self.show and (text := _text(value))
        )
        return Record(values, shown, is_team)

    def knows(self, name: str) -> bool:
        """Whether a column of this name is read."""
        plain = plain_name(name)
        mapped = {plain_name(column) for column in self.mapping.values()}
        return plain in mapped | self.show | _KNOWN


def _texts(field: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(text for item in value if (text := _text(item)))
    text = _text(value)
    if not text:
        return ()
    separators = r"[;|,]" if field in _LISTS else r"[;|]"
    parts: Iterable[str] = re.split(separators, text) if field in _SEVERAL | _LISTS else (text,)
    return tuple(part.strip() for part in parts if part.strip())


def _text(value: object) -> str:
    match value:
        case str():
            return " ".join(value.split())
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case dict():
            return next((text for key in _NAMING if (text := _text(value.get(key)))), "")
        case _:
            return ""
