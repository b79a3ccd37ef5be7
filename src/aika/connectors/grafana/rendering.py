"""A dashboard and an alert rule in words: what they show, of which queries, and where to open them."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from aika.connectors.grafana.api import Dashboard, Rule

_QUERY_KEYS = ("expr", "rawSql", "rawQueryText", "query", "queryText", "target", "expression", "metricName", "rql")
"""Where data sources keep the text of a query: Prometheus and Loki, SQL, Elasticsearch, Graphite, CloudWatch and others."""
_LONGEST_QUERY = 2_000
_DEPTH = 5

Facts = Iterator[tuple[str, str]]


def dashboard_text(found: Dashboard, *, folder: str, url: str, owner: str) -> str:
    """Return a dashboard as Markdown, a section a panel."""
    model = found.dashboard
    title = text_at(model, "title") or "Dashboard"
    parts = [f"# {title}", f"{title} is a Grafana dashboard{f' in the folder {folder}' if folder else ''}."]
    parts += [text_at(model, "description"), _listed(_facts(model, folder, owner)), "\n".join(_variables(model))]
    parts += [_section(panel, row, url) for panel, row in panels(model)]
    return "\n\n".join(filter(None, parts)) + "\n"


def rule_text(rule: Rule, *, folder: str, owner: str, dashboard_url: str) -> str:
    """Return an alert rule as Markdown."""
    annotations, labels = rule.annotations or {}, rule.labels or {}
    said = f"{rule.title} is a Grafana alert rule{f' in the folder {folder}' if folder else ''}."
    facts = _listed(
        iter(
            (
                ("Owner", owner),
                ("Folder", folder),
                ("Group", rule.ruleGroup),
                ("Condition", rule.condition),
                ("Fires after", rule.pending),
                ("Runbook", annotations.get("runbook_url", "")),
                ("Panel", dashboard_url),
                ("State", "paused" if rule.isPaused else ""),
                *((f"Label {name}", value) for name, value in sorted(labels.items())),
            )
        )
    )
    told = [annotations.get(name, "") for name in ("summary", "description")]
    told += [
        f"{name}: {value}"
        for name, value in sorted(annotations.items())
        if name not in ("summary", "description", "runbook_url") and not name.startswith("__")
    ]
    queries = [_query(text_at(query, "refId"), query.get("model")) for query in rule.data]
    return "\n\n".join(filter(None, (f"# {rule.title}", said, *told, facts, *queries))) + "\n"


def panels(model: Mapping[str, object]) -> Iterator[tuple[Mapping[str, object], str]]:
    """Yield each panel with the title of the row it is in. Old dashboards have rows, newer ones panels of the type row."""
    row = ""
    for item in (*_mappings(model.get("rows")), *_mappings(model.get("panels"))):
        inside = _mappings(item.get("panels"))
        if item.get("type") == "row" or (inside and "type" not in item):
            row = text_at(item, "title")
            yield from ((panel, row) for panel in inside)
        else:
            yield item, row


def panel_url(url: str, panel: str) -> str:
    """Return the link that opens one panel."""
    return f"{url}?{urlencode({'viewPanel': panel})}" if panel else url


def text_at(value: object, key: str) -> str:
    found = value.get(key) if isinstance(value, dict) else None
    if isinstance(found, str):
        return found.strip()
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else ""


def _facts(model: Mapping[str, object], folder: str, owner: str) -> Facts:
    yield "Owner", owner
    yield "Folder", folder
    yield "Tags", ", ".join(_texts(model.get("tags")))
    for link in _mappings(model.get("links")):
        yield f"Link {text_at(link, 'title')}".strip(), text_at(link, "url")


def _variables(model: Mapping[str, object]) -> Iterator[str]:
    """Yield a line a variable. A sentence and no label, since a variable called team does not say whose the dashboard is."""
    templating = model.get("templating")
    for variable in _mappings(templating.get("list") if isinstance(templating, dict) else None):
        name, label, described = (text_at(variable, key) for key in ("name", "label", "description"))
        # Those that are hidden are nothing that a person chooses.
        if not name or (variable.get("hide") == 2 and not described):
            continue
        query = variable.get("query")
        asked = query if isinstance(query, str) else _query_text(query)
        told = [f"The variable `${name}`{f' ({label})' if label else ''} can be chosen", described]
        told.append(f"its values come from `{' '.join(asked.split())}`" if asked else "")
        yield f"- {', '.join(filter(None, told))}"


def _section(panel: Mapping[str, object], row: str, url: str) -> str:
    title, number, kind = text_at(panel, "title"), text_at(panel, "id"), text_at(panel, "type")
    described = text_at(panel, "description")
    options = panel.get("options")
    # A text panel's content is what it shows.
    content = text_at(options, "content") or text_at(panel, "content")
    queries = [_query(text_at(target, "refId"), target) for target in _mappings(panel.get("targets"))]
    links = [(f"Link {text_at(link, 'title')}".strip(), text_at(link, "url")) for link in _mappings(panel.get("links"))]
    if not any((title, described, content, *queries)):
        return ""
    shown = (("Row", row), ("Shows", kind), ("Unit", _unit(panel)), *links, ("Open", panel_url(url, number)))
    heading = f"## {title or f'Panel {number}'}"
    return "\n\n".join(filter(None, (heading, described, content, _listed(iter(shown)), *queries)))


def _unit(panel: Mapping[str, object]) -> str:
    config = panel.get("fieldConfig")
    defaults = config.get("defaults") if isinstance(config, dict) else None
    return text_at(defaults, "unit")


def _query(name: str, target: object) -> str:
    asked = _query_text(target)
    if not asked:
        return ""
    source = target.get("datasource") if isinstance(target, dict) else None
    kind = text_at(source, "type") or (source if isinstance(source, str) else "")
    legend = text_at(target, "legendFormat")
    of = f" of {kind}" if kind and not kind.startswith("__") else ""
    shown = f" (shown as {legend})" if legend and not legend.startswith("__") else ""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", asked)), default=0))
    return f"Query{f' {name}' if name else ''}{of}{shown}:\n\n{fence}\n{asked}\n{fence}"


def _query_text(target: object, depth: int = 0) -> str:
    if not isinstance(target, dict) or depth > _DEPTH:
        return ""
    for key in _QUERY_KEYS:
        value = target.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()[:_LONGEST_QUERY]
        if isinstance(value, dict) and (inside := _query_text(value, depth + 1)):
            return inside
    return ""


def _listed(facts: Facts) -> str:
    return "\n".join(f"- {name}: {' '.join(value.split())}" for name, value in facts if value)


def _mappings(value: object) -> list[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
