"""The ``aika`` command."""


def main() -> None:
    """Run the command line."""
    raise SystemExit("aika's commands are not built yet")
