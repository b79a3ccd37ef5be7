"""``aika eval answers`` and ``aika eval confidence``."""

import typer

app = typer.Typer()
"""Its commands appear under ``aika eval``."""
