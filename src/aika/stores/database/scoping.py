"""A scope as conditions of SQL: the same documents that `Scope.admits`."""

import json
from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Select,
    Text,
    and_,
    cast,
    distinct,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from aika.domain.access import Scope
from aika.domain.conditions import AnyOf, Condition, Either, Every, Field, Matches, Not, scope_condition
from aika.domain.identifiers import PrincipalId
from aika.domain.paths import expression
from aika.stores.database.columns import is_uuid
from aika.stores.database.schema import document_facets, documents, reader_set_members


def admitted(scope: Scope, *, dialect: str) -> list[ColumnElement[bool]]:
    """Return conditions on `documents` that together hold for what the scope admits."""
    conditions = [_sql(scope_condition(replace(scope, audience=None)), dialect)]
    if scope.audience is not None:
        conditions.append(_read_by_all(scope.audience, dialect))
    return conditions


def _sql(condition: Condition, dialect: str) -> ColumnElement[bool]:
    match condition:
        case Every(parts):
            return and_(true(), *(_sql(part, dialect) for part in parts))
        case Either(parts):
            return or_(false(), *(_sql(part, dialect) for part in parts))
        case Not(part):
            return not_(_sql(part, dialect))
        case Matches(pattern):
            if dialect == "postgresql":
                return documents.c.key.regexp_match(expression(pattern))
            return func.aika_matches(pattern, documents.c.key, type_=Boolean)
        case AnyOf(field, values):
            return _having(field, values, dialect)


def _having(field: Field, values: Collection[str], dialect: str) -> ColumnElement[bool]:
    match field:
        case Field.SOURCE:
            return documents.c.source.in_(sorted(values))
        case Field.KIND:
            return documents.c.kind.in_(sorted(values))
        case Field.FACETS:
            having = select(document_facets.c.document).where(document_facets.c.facet.in_(sorted(values)))
            return documents.c.sequence.in_(having)
        case Field.DOCUMENT:
            return _one_of(values, dialect)
        case Field.READERS:
            raise ValueError("readers are asked for by the audience as a whole")


def _one_of(ids: Collection[str], dialect: str) -> ColumnElement[bool]:
    # One parameter, as for a channel. The ids are written as the column writes them.
    written = json.dumps([id_.replace("-", "") for id_ in ids if is_uuid(id_)])
    if dialect == "postgresql":
        named = func.json_array_elements_text(cast(literal(written), JSON)).table_valued("value", name="named")
        return func.encode(documents.c.id, "hex", type_=Text).in_(select(named.c.value))
    named = func.json_each(written).table_valued("value", name="named")
    return func.lower(func.hex(documents.c.id), type_=Text).in_(select(named.c.value))


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
