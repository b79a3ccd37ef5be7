"""Writes the reference pages that are made from the code: ``make docs``. A test compares them with what is committed."""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import typer.main
import yaml
from pydantic import BaseModel

from aika.application.assistant_schema import assistant_schema
from aika.application.rules import rules_schema
from aika.application.source_schema import source_schema
from aika.forms.assistants import AssistantForm, TopicForm
from aika.forms.collections import collection_schema
from aika.forms.digests import OwnerDigestSettings, SlackSettings, SmtpSettings
from aika.forms.durations import written
from aika.forms.goalies import goalie_schema
from aika.forms.rules import RuleForm
from aika.forms.selection import SelectionForm
from aika.forms.sign_in import SignInSettings
from aika.registry import Group, component, names
from aika.settings import DiscoverySettings, Settings, SourceSettings
from aika.surfaces.cli.main import app

HERE = Path(__file__).parent
GENERATED = "<!-- Made from the code by `make docs`. -->\n"
OPTIONED: tuple[Group, ...] = ("connectors", "embedders", "indexes", "rerankers")


def main() -> None:
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"wrote {path.relative_to(HERE.parent)}\n")


def pages() -> dict[Path, str]:
    """Return every generated page."""
    folder = HERE / "reference"
    return {
        folder / "settings.md": "\n".join(_settings()) + "\n",
        folder / "components.md": "\n".join(_components()) + "\n",
        folder / "connectors.md": "\n".join(_connectors()) + "\n",
        folder / "assistant.md": "\n".join(_assistant()) + "\n",
        folder / "assistant.schema.json": json.dumps(assistant_schema(), indent=2) + "\n",
        folder / "command-line.md": "\n".join(_commands()) + "\n",
        folder / "collection.schema.json": json.dumps(collection_schema(), indent=2) + "\n",
        folder / "source.schema.json": json.dumps(source_schema(), indent=2) + "\n",
        folder / "goalie.schema.json": json.dumps(goalie_schema(), indent=2) + "\n",
        folder / "rules.schema.json": json.dumps(rules_schema(), indent=2) + "\n",
    }


def _settings() -> Iterator[str]:
    yield f"# Settings\n\n{GENERATED}"
    yield "`aika.toml` holds these. Each can also come from the environment: `server.port` is `AIKA_SERVER__PORT`."
    yield "An environment variable wins over the file. An unknown setting is an error that names it.\n"
    plain = {name: field for name, field in Settings.model_fields.items() if not _is_table(field.annotation)}
    hidden = {"base_dir", "sources", "discovery", "models", "sign_in"}
    yield from _table("At the top", {name: field for name, field in plain.items() if name not in hidden})
    for name, field in Settings.model_fields.items():
        if _is_table(field.annotation):
            yield from _table(f"`[{name}]`", field.annotation.model_fields, defaults=field.default)
    yield from _table("How people sign in: `[sign_in]`", SignInSettings.model_fields)
    yield from _table("The mail server of digests: `[digests.smtp]`", SmtpSettings.model_fields)
    yield from _table("Slack, for digests: `[digests.slack]`", SlackSettings.model_fields)
    yield from _table('What an owner chose: `[digests.owners."NAME"]`', OwnerDigestSettings.model_fields)
    about = "A further language model, which assistants may name. Its other settings are those of `[model]`."
    yield f"## `[models.NAME]`\n\n{about}\n"
    yield from _table("A place where teams declare sources: `[discovery.NAME]`", DiscoverySettings.model_fields)
    yield from _table("A source: `[sources.NAME]`, or a file `sources/NAME.yaml`", SourceSettings.model_fields)


def _components() -> Iterator[str]:
    yield f"# Components and their options\n\n{GENERATED}"
    yield "Components are found by entry points: what a package installs in the group is there by its name.\n"
    for group in OPTIONED:
        yield f"## {group.capitalize()}\n"
        for name in names(group):
            found = component(group, name)
            yield from _table(f"`{name}`", found.Options.model_fields, about=_first_line(found), level=3)
    for group in ("parsers", "chunkers"):
        yield f"## {group.capitalize()}\n"
        yield "| name | what it does | for |\n|---|---|---|"
        for name in names(group):
            found = component(group, name)
            suffixes = ", ".join(f"`{suffix}`" for suffix in sorted(getattr(found, "suffixes", ())))
            yield f"| `{name}` | {_first_line(found)} | {suffixes} |"
        yield ""


def _connectors() -> Iterator[str]:
    yield f"# Connectors\n\n{GENERATED}"
    yield "What each connector reads, and what it can know. [Components](components.md) lists their options."
    yield "*Told of changes*: besides its syncs, it takes the place's own webhooks."
    yield "Every source takes [a signed request](../how-to/keep-a-source-fresh.md).\n"
    columns = ("connector", "what becomes documents", "who may read them", "owner", "a sync", "told of changes")
    yield f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|"
    told: dict[str, dict[str, str]] = yaml.safe_load((HERE / "connectors.yaml").read_text(encoding="utf-8"))
    for name in names("connectors"):
        facts = told.get(name)
        if facts is None:
            # A package of somebody else's, installed beside aika.
            continue
        notified = "yes" if hasattr(component("connectors", name), "notice") else ""
        link = f"[`{name}`](../how-to/{facts['guide']}.md)"
        cells = (link, facts["documents"], facts["readers"], facts["owner"], facts["syncs"], notified)
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield "A connector for something else is a package of under a hundred lines:"
    yield "[Write a connector](../tutorials/write-a-connector.md)."
    yield "What has an API of its own and changes by itself can [hand its documents over](../how-to/hand-documents-over.md)."


def _assistant() -> Iterator[str]:
    yield f"# The fields of an assistant\n\n{GENERATED}"
    yield "A file `assistants/NAME.yaml` holds these, and so does a record of the API."
    yield "How they are used: [Make an assistant](../how-to/make-an-assistant.md)."
    yield "For editors: [assistant.schema.json](assistant.schema.json).\n"
    yield from _table("An assistant", AssistantForm.model_fields)
    yield from _table("`knowledge`, and what a rule applies to", SelectionForm.model_fields)
    yield from _table("`topic`", TopicForm.model_fields)
    yield from _table("One of the `rules`", RuleForm.model_fields)


def _commands() -> Iterator[str]:
    yield f"# Command line\n\n{GENERATED}"
    yield 'Exit status 0 is success, 1 an error with a message, 2 a wrong call, 3 an honest "I don\'t know" of `aika ask`.'
    yield "`AIKA_TOKEN` is the API key for a server that needs one.\n"
    yield from _command(typer.main.get_command(app), "aika")


def _command(command: Any, path: str) -> Iterator[str]:
    # By what they have, not by click's classes: typer carries a click of its own.
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from _command(inner, f"{path} {name}")
        return
    yield f"## {path}\n"
    yield f"{(command.help or '').strip()}\n"
    yield "| argument or option | meaning |\n|---|---|"
    for parameter in command.params:
        shown = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
        label = shown if parameter.param_type_name == "option" else f"`{(parameter.metavar or parameter.name).upper()}`"
        about = getattr(parameter, "help", None) or ""
        yield f"| {label} | {about} |"
    yield ""


def _table(
    title: str, fields: Mapping[str, Any], *, about: str = "", level: int = 2, defaults: BaseModel | None = None
) -> Iterator[str]:
    yield f"{'#' * level} {title}\n"
    if about:
        yield f"{about}\n"
    if not fields:
        yield "No options.\n"
        return
    yield "| name | default | meaning |\n|---|---|---|"
    for name, field in fields.items():
        default = _default(field) if defaults is None else _shown(getattr(defaults, name))
        yield f"| `{name}` | {default} | {field.description or ''} |"
    yield ""


def _default(field: Any) -> str:
    if field.is_required():
        return "required"
    return _shown(field.get_default(call_default_factory=True))


def _shown(value: object) -> str:
    if value == SelectionForm():
        return "unset"
    if isinstance(value, BaseModel):
        value = value.model_dump()
    if isinstance(value, Path):
        value = value.as_posix()
    if isinstance(value, timedelta):
        value = written(value)
    return "unset" if value is None else f"`{value!r}`"


def _is_table(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _first_line(found: type[Any]) -> str:
    return (found.__doc__ or "").strip().split("\n", 1)[0]


if __name__ == "__main__":
    main()
