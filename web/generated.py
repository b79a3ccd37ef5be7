"""Fails where the TypeScript client is not the one that ``openapi.json`` gives. ``make check`` runs it."""

import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent
GENERATED = WEB / "packages" / "client" / "src" / "schema.ts"


def main() -> None:
    committed = GENERATED.read_bytes()
    try:
        done = subprocess.run([str(WEB / "npm"), "run", "--silent", "generate"], capture_output=True, check=False)
        generated = GENERATED.read_bytes()
    finally:
        # A check changes nothing.
        GENERATED.write_bytes(committed)
    if done.returncode != 0:
        sys.exit(f"the client could not be generated:\n{done.stdout.decode()}{done.stderr.decode()}")
    if generated != committed:
        sys.exit("web/packages/client is not what openapi.json gives: run `web/npm run generate` and commit the change")


if __name__ == "__main__":
    main()
