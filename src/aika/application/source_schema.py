"""The JSON Schema of a source's file: for editors, and for forms."""

from typing import Any

from aika.registry import component, names
from aika.settings import SourceSettings


def source_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) of ``sources/NAME.yaml``, with each installed connector's options."""
    schema = SourceSettings.model_json_schema()
    definitions: dict[str, Any] = schema.setdefault("$defs", {})
    known = names("connectors")
    branches = []
    for name in known:
        options = component("connectors", name).Options.model_json_schema(ref_template=f"#/$defs/{name}.{{model}}")
        definitions |= {f"{name}.{model}": shape for model, shape in options.pop("$defs", {}).items()}
        definitions[name] = options
        wanted: dict[str, Any] = {"properties": {"options": {"$ref": f"#/$defs/{name}"}}}
        if options.get("required"):
            wanted["required"] = ["options"]
        branches.append({"if": {"properties": {"connector": {"const": name}}}, "then": wanted})
    schema["properties"]["connector"]["enum"] = known
    for span in ("refresh", "promise"):
        description = schema["properties"][span]["description"]
        schema["properties"][span] = {
            "type": "string",
            "pattern": r"^\d+(\.\d+)?\s*[smhdw]$",
            "description": description,
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A source of aika",
        **{name: value for name, value in schema.items() if name != "title"},
        "allOf": branches,
    }
