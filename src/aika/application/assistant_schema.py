"""The JSON Schema of an assistant's file: for editors, and for forms."""

from typing import Any

from aika.forms.assistants import AssistantForm


def assistant_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) of ``assistants/NAME.yaml``."""
    schema = AssistantForm.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An assistant of aika",
        **{name: value for name, value in schema.items() if name != "title"},
    }
