"""A scope as conditions of SQL: the same documents that `Scope.admits`."""

import json

from sqlalchemy import JSON, ColumnElement, Select, cast, distinct, func, literal, or_, select

from aika.domain.access import Scope
from aika.domain.identifiers import PrincipalId
from aika.stores.database.schema import documents, reader_set_members


def admitted(scope: Scope, *, dialect: str) -> list[ColumnElement[bool]]:
    """Return conditions on `documents` that together hold for what the scope admits."""
    conditions: list[ColumnElement[bool]] = []
    if scope.sources is not None:
        conditions.append(documents.c.source.in_(sorted(scope.sources)))
    if scope.kinds is not None:
        conditions.append(documents.c.kind.in_(sorted(scope.kinds)))
    if scope.audience is not None:
        conditions.append(_read_by_all(scope.audience, dialect))
    return conditions


def _read_by_all(audience: tuple[frozenset[PrincipalId], ...], dialect: str) -> ColumnElement[bool]:
    # What everyone in the audience is, such as "everyone", is looked up once and not for each person.
    shared = frozenset.intersection(*audience)
    by_shared = documents.c.readers_id.in_(
        select(reader_set_members.c.set_id).where(reader_set_members.c.principal.in_(sorted(shared)))
    )
    own = [person - shared for person in audience]
    if not all(own):
        # Someone is nothing but what all are: only that can admit them.
        return by_shared
    return or_(by_shared, documents.c.readers_id.in_(_sets_that_name_each(own, dialect)))


def _sets_that_name_each(people: list[frozenset[PrincipalId]], dialect: str) -> Select[tuple[bytes]]:
    # One parameter however large a channel is: both engines limit how many a statement may have.
    # The principals are written as the column writes them.
    pairs = json.dumps([[n, json.dumps(principal)] for n, person in enumerate(people) for principal in sorted(person)])
    person: ColumnElement[str]
    principal: ColumnElement[str]
    if dialect == "postgresql":
        rows = func.json_array_elements(cast(literal(pairs), JSON)).table_valued("value", name="audience")
        person, principal = rows.c.value.op("->>")(0), rows.c.value.op("->>")(1)
    else:
        rows = func.json_each(pairs).table_valued("value", name="audience")
        person, principal = func.json_extract(rows.c.value, "$[0]"), func.json_extract(rows.c.value, "$[1]")
    named = select(person.label("person"), principal.label("principal")).select_from(rows).cte("named")
    return (
        select(reader_set_members.c.set_id)
        .join(named, named.c.principal == reader_set_members.c.principal)
        .group_by(reader_set_members.c.set_id)
        .having(func.count(distinct(named.c.person)) == len(people))
    )
