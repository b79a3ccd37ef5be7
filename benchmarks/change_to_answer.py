"""How long a change takes from its place to the answer: emulated services, a real server, real webhooks.

    make emulators && python benchmarks/change_to_answer.py

``aika serve`` runs in a process of its own and is asked over HTTP until its answer has changed. GitHub and Linear
tell of the change by webhook; the bucket cannot and is looked at every ten seconds.
"""

import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from emulated.emulators import Emulator, emulator

PATIENCE = 120.0
"""Seconds."""
SECRET = "a secret between us"  # noqa: S105 - of emulated services
QUESTION = "What do we deploy with?"
BEFORE, AFTER = "marmalade", "porridge"
TEXT = "We deploy with {}."
GITHUB_SEED = {
    "tokens": {"alice-token": {"login": "alice", "scopes": ["repo"]}},
    "github": {
        "users": [{"login": "alice", "email": "alice@example.org"}],
        "repos": [{"owner": "alice", "name": "orders"}],
    },
}
# The emulator brings an issue of its own, which is ENG-1.
LINEAR_SEED = {
    "linear": {
        "organization": {"name": "Acme", "url_key": "acme"},
        "users": [{"email": "ada@example.org", "name": "Ada", "admin": True}],
        "teams": [{"key": "ENG", "name": "Engineering", "states": [{"name": "Todo", "type": "unstarted"}]}],
        "issues": [{"team": "ENG", "title": "Deploying", "description": TEXT.format(BEFORE), "state": "Todo"}],
        "tokens": [{"token": "lin_key", "user": "ada@example.org", "scopes": ["read", "write", "admin"]}],
    }
}


@dataclass(frozen=True, slots=True)
class Trial:
    """A service, how aika reads it, and what is done there."""

    name: str
    told_by: str
    service: str
    seed: dict[str, object]
    declaration: str
    """Of the source, with ``{url}`` for the emulator."""
    prepare: Callable[[Emulator, str], None]
    """Is given the emulator and the address for webhooks."""
    edit: Callable[[Emulator], None]
    delete: Callable[[Emulator], None] | None


def main() -> None:
    table = Table(title="seconds from the change to the changed answer", title_justify="left")
    for column in ("service", "told by", "edit", "deletion"):
        table.add_column(column, justify="left" if column in ("service", "told by") else "right")
    for trial in TRIALS:
        edited, deleted = measure(trial)
        table.add_row(trial.name, trial.told_by, f"{edited:.1f}", "–" if deleted is None else f"{deleted:.1f}")
    Console(width=120).print(table)


def measure(trial: Trial) -> tuple[float, float | None]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="aika-change-")))
        running = stack.enter_context(emulator(trial.service, trial.seed))
        (folder / "sources").mkdir()
        declaration = trial.declaration.replace("{url}", running.url)
        (folder / "sources" / "place.yaml").write_text(declaration, encoding="utf-8")
        url = stack.enter_context(served(folder))
        trial.prepare(running, f"{url}/v1/hooks/place")
        with httpx.Client(base_url=url, timeout=30) as client:
            client.post("/v1/sources/place/sync").raise_for_status()
            until(client, lambda text: BEFORE in text, f"{trial.name}: the first answer")
            started = time.monotonic()
            trial.edit(running)
            until(client, lambda text: AFTER in text and BEFORE not in text, f"{trial.name}: the edit")
            edited = time.monotonic() - started
            if trial.delete is None:
                return edited, None
            started = time.monotonic()
            trial.delete(running)
            until(client, lambda text: AFTER not in text, f"{trial.name}: the deletion")
            return edited, time.monotonic() - started


def until(client: httpx.Client, fits: Callable[[str], bool], what: str) -> None:
    """Ask until the answer fits. Raises ``TimeoutError`` with what the source says of itself."""
    give_up = time.monotonic() + PATIENCE
    question = {"messages": [{"role": "user", "content": QUESTION}], "store": False}
    while time.monotonic() < give_up:
        reply = client.post("/v1/chat/complete", json=question)
        reply.raise_for_status()
        if fits(reply.text):
            return
        time.sleep(0.2)
    raise TimeoutError(f"{what} took more than {PATIENCE:g} s: {client.get('/v1/sources/place').text}")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    environment = {**os.environ, "PLACE_SECRET": SECRET}
    command = [sys.executable, "-m", "aika.surfaces.cli.main", "serve", "--port", "0", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True)
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                yield found[0]
                break
        else:
            raise RuntimeError("the server ended before it listened")
    finally:
        process.terminate()
        process.wait()


def on_github(running: Emulator, method: str, path: str, body: object = None) -> None:
    headers = {"Authorization": "Bearer alice-token"}
    httpx.request(method, f"{running.url}{path}", json=body, headers=headers).raise_for_status()


def prepare_github(running: Emulator, hook: str) -> None:
    on_github(running, "POST", "/repos/alice/orders/issues", {"title": "Deploying", "body": TEXT.format(BEFORE)})
    config = {"url": hook, "secret": SECRET, "content_type": "json"}
    on_github(running, "POST", "/repos/alice/orders/hooks", {"config": config, "events": ["*"]})


def delete_on_github(running: Emulator) -> None:
    """Tell of a deletion as GitHub does: the emulator has no way to delete an issue."""
    issue = httpx.get(f"{running.url}/repos/alice/orders/issues/1").json()
    repository = httpx.get(f"{running.url}/repos/alice/orders").json()
    body = json.dumps({"action": "deleted", "issue": issue, "repository": repository}).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    hooks = httpx.get(f"{running.url}/repos/alice/orders/hooks", headers={"Authorization": "Bearer alice-token"}).json()
    headers = {
        "X-Hub-Signature-256": f"sha256={signature}",
        "X-GitHub-Event": "issues",
        "Content-Type": "application/json",
    }
    httpx.post(hooks[0]["config"]["url"], content=body, headers=headers, timeout=30).raise_for_status()


def on_linear(running: Emulator, query: str, **variables: object) -> dict[str, object]:
    body = {"query": query, "variables": variables}
    told = httpx.post(f"{running.url}/graphql", json=body, headers={"Authorization": "lin_key"}).json()
    if "errors" in told:
        raise RuntimeError(str(told["errors"]))
    data: dict[str, object] = told["data"]
    return data


def prepare_linear(running: Emulator, hook: str) -> None:
    mutation = "mutation ($input: WebhookCreateInput!) { webhookCreate(input: $input) { success } }"
    on_linear(running, mutation, input={"url": hook, "secret": SECRET, "allPublicTeams": True})


def edit_on_linear(running: Emulator) -> None:
    mutation = "mutation ($id: String!, $input: IssueUpdateInput!) { issueUpdate(id: $id, input: $input) { success } }"
    on_linear(running, mutation, id="ENG-2", input={"description": TEXT.format(AFTER)})


def delete_on_linear(running: Emulator) -> None:
    on_linear(running, "mutation ($id: String!) { issueDelete(id: $id) { success } }", id="ENG-2")


def in_bucket(running: Emulator, method: str, path: str = "", text: str = "") -> None:
    httpx.request(method, f"{running.url}/handbook{path}", content=text).raise_for_status()


def prepare_bucket(running: Emulator, hook: str) -> None:
    in_bucket(running, "PUT")
    in_bucket(running, "PUT", "/deploying.md", f"# Deploying\n\n{TEXT.format(BEFORE)}\n")
    # A source that is suddenly empty is taken for an accident, and nothing is removed.
    in_bucket(running, "PUT", "/holidays.md", "# Holidays\n\nThe office is closed on Mondays.\n")


TRIALS = (
    Trial(
        "GitHub",
        "webhook",
        "github",
        GITHUB_SEED,
        "connector: github\nreaders: [everyone]\noptions: {repositories: [alice/orders], token: alice-token, "
        "api_url: '{url}', webhook_secret: '${PLACE_SECRET}'}\n",
        prepare_github,
        lambda running: on_github(running, "PATCH", "/repos/alice/orders/issues/1", {"body": TEXT.format(AFTER)}),
        delete_on_github,
    ),
    Trial(
        "Linear",
        "webhook",
        "linear",
        LINEAR_SEED,
        "connector: linear\nreaders: [everyone]\noptions: {token: lin_key, api_url: '{url}/graphql', "
        "webhook_secret: '${PLACE_SECRET}'}\n",
        prepare_linear,
        edit_on_linear,
        delete_on_linear,
    ),
    Trial(
        "S3",
        "a look every 10 s",
        "aws",
        {},
        "connector: s3\nreaders: [everyone]\nrefresh: 10s\noptions: {bucket: handbook, endpoint_url: '{url}', "
        "access_key_id: key, secret_access_key: secret}\n",
        prepare_bucket,
        lambda running: in_bucket(running, "PUT", "/deploying.md", f"# Deploying\n\n{TEXT.format(AFTER)}\n"),
        lambda running: in_bucket(running, "DELETE", "/deploying.md"),
    ),
)


if __name__ == "__main__":
    main()
