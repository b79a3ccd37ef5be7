"""``python -m aika.surfaces.api.description`` prints the API's description, which is committed as ``openapi.json``."""

import json
import sys

from aika.surfaces.api.app import create_app


def description() -> str:
    """Return the OpenAPI description as formatted JSON."""
    return json.dumps(create_app(None).openapi(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(description())
