"""Writes 200 messages a second into Slack channels that goalies watch, and counts what is lost, what comes twice and how long
acknowledgements take; then the same with the app killed in the middle and started again.

    python benchmarks/slack_load.py [--rate 200] [--seconds 60]

Slack is the counterpart of the tests, strict and in a process of its own. What the app did not acknowledge it tells again as
Slack does: at once, after a minute, after five. The app's answers come from a stub after 50 ms; everything else is real.
"""

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
DOCUMENTS = {
    "deploy.md": "# Deploying\n\nRun `ferry deploy checkout` to deploy the checkout service.\n\n## Rolling back\n\n"
    "Run `ferry rollback checkout` to roll back the checkout service. It takes about two minutes.\n",
    "refunds.md": "# Refunds\n\nCustomers may claim a refund within 30 days. Refunds above 500 euros need Finance.\n",
}
GOALIE = """channel: "#support-{number}"
mode: live
humans: [goalie@example.org]
thresholds: {{medium: 0.1, high: 0.2}}
high: answer
medium: propose
daily_limit: 1000
noise_budget: off
report: off
"""
CONFIGURATION = """[sources.handbook]
connector = "filesystem"
options = {{ path = "docs" }}
readers = ["everyone"]

[slack]
api_url = "{url}/api/"
questions_per_minute = 100000
workers = {workers}
{database}
[slack.workspaces.acme]
bot_token = "{bot_token}"
app_token = "{app_token}"
"""
PATIENCE = 600.0


@dataclass(slots=True)
class Run:
    """One load on one deployment."""

    given: argparse.Namespace
    folder: Path
    kill: bool
    restarts: int = 0
    drained: float = 0.0
    cpu: float = 0.0

    def measure(self) -> dict[str, Any]:
        with subprocess.Popen(self._slack(), cwd=ROOT / "tests", stdout=subprocess.PIPE, text=True) as slack:
            try:
                assert slack.stdout is not None
                served = json.loads(slack.stdout.readline())
                self._write(served)
                subprocess.run([*self._app("prepare")], check=True)
                return self._loaded(served["url"])
            finally:
                slack.terminate()

    def _slack(self) -> list[str]:
        channels = ["--channels", str(self.given.channels), "--people", "97", "--retries", "0,60,300"]
        return [sys.executable, "-m", "slack_world.serve", *channels]

    def _app(self, do: str) -> list[str]:
        profile = ["--profile", str(self.given.profile)] if do == "run" and self.given.profile and not self.kill else []
        return [sys.executable, str(ROOT / "benchmarks" / "slack_load_app.py"), do, str(self.folder), *profile]

    def _write(self, served: dict[str, Any]) -> None:
        for part, files in (("docs", DOCUMENTS), ("goalies", {})):
            (self.folder / part).mkdir()
            for name, text in files.items():
                (self.folder / part / name).write_text(text)
        for number in range(self.given.channels):
            (self.folder / "goalies" / f"support-{number}.yaml").write_text(GOALIE.format(number=number))
        tokens = {"bot_token": served["bot_token"], "app_token": served["app_token"], "url": served["url"]}
        filled = CONFIGURATION.format(**tokens, workers=self.given.workers, database="")
        (self.folder / "aika.toml").write_text(filled)

    def _loaded(self, url: str) -> dict[str, Any]:
        app = self._started(url)
        plan = {"rate": self.given.rate, "seconds": self.given.seconds, "questions": self.given.questions}
        _asked(f"{url}/control/load", {**plan, "mentions": self.given.mentions})
        if self.kill:
            time.sleep(self.given.seconds / 2)
            app.send_signal(signal.SIGKILL)
            self._ended(app)
            app = self._started(url)
            self.restarts += 1
        report = self._finished(url)
        app.send_signal(signal.SIGTERM)
        self._ended(app)
        return {**report, **self._stored(), "drained": self.drained, "cpu": self.cpu, "restarts": self.restarts}

    def _started(self, url: str) -> "subprocess.Popen[bytes]":
        app = subprocess.Popen(self._app("run"), env={**os.environ, "PYTHONUNBUFFERED": "1"})
        end = time.monotonic() + PATIENCE
        while not _asked(f"{url}/control/connections")["connections"]:
            if app.poll() is not None or time.monotonic() > end:
                raise SystemExit("the app did not connect")
            time.sleep(0.1)
        return app

    def _ended(self, app: "subprocess.Popen[bytes]") -> None:
        _, _, used = os.wait4(app.pid, 0)
        app.returncode = 0
        self.cpu += used.ru_utime + used.ru_stime

    def _finished(self, url: str) -> dict[str, Any]:
        """Wait until everything is written, acknowledged and answered, or nothing has moved for a while."""
        end, ended = time.monotonic() + PATIENCE, 0.0
        while True:
            report = _asked(f"{url}/control/report")
            if not report["running"]:
                ended = ended or time.monotonic()
                open_ends = report["unacknowledged"] + sum(report["unanswered"].values()) + self._waiting()
                if not open_ends or time.monotonic() > end or time.monotonic() - ended > self.given.patience:
                    self.drained = time.monotonic() - ended
                    return dict(report)
            time.sleep(0.5)

    def _waiting(self) -> int:
        with sqlite3.connect(self.folder / ".aika" / "aika.db") as database:
            return int(database.execute("SELECT count(*) FROM slack_inbox WHERE state = 'waiting'").fetchone()[0])

    def _stored(self) -> dict[str, Any]:
        """Count what the database has of it."""
        with sqlite3.connect(self.folder / ".aika" / "aika.db") as database:
            states = dict(database.execute("SELECT state, count(*) FROM slack_inbox GROUP BY state").fetchall())
            cases = dict(database.execute("SELECT state, count(*) FROM goalie_cases GROUP BY state").fetchall())
        return {"inbox": states, "cases": cases}


def _asked(url: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310  # loopback
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # loopback
        return json.load(answer)


def table(results: dict[str, dict[str, Any]]) -> str:
    """Return the results as a table in Markdown."""
    rows = [("", *results), ("---", *("---:" for _ in results))]
    for name, value in ROWS:
        rows.append((name, *(str(value(result)) for result in results.values())))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


ROWS = (
    ("messages written", lambda it: it["written"]),
    ("written a second", lambda it: round(it["written"] / it["seconds"], 1)),
    ("events told", lambda it: it["events"]),
    ("events told more than once", lambda it: it["redelivered"]),
    ("events never acknowledged", lambda it: it["unacknowledged"]),
    ("acknowledged, ms, p50", lambda it: it["acknowledged_ms"]["p50"]),
    ("acknowledged, ms, p99", lambda it: it["acknowledged_ms"]["p99"]),
    ("acknowledged, ms, max", lambda it: it["acknowledged_ms"]["max"]),
    ("messages with a case", lambda it: sum(it["cases"].values())),
    ("questions", lambda it: it["asked"].get("question", 0)),
    ("mentions", lambda it: it["asked"].get("mention", 0)),
    ("lost: without an answer", lambda it: sum(it["unanswered"].values())),
    ("answered twice", lambda it: sum(it["answered_twice"].values())),
    ("left in the inbox", lambda it: it["inbox"].get("waiting", 0) + it["inbox"].get("dead", 0)),
    ("done after the last message, s", lambda it: round(it["drained"], 1)),
    ("processor time of the app, s", lambda it: round(it["cpu"], 1)),
    ("calls that Slack refused", lambda it: sum(it["refused"].values())),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=200.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument(
        "--questions", type=float, default=0.1, help="share of messages that are questions to the goalie"
    )
    parser.add_argument("--mentions", type=float, default=0.05, help="share of messages that ask aika itself")
    parser.add_argument("--channels", type=int, default=50)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--patience", type=float, default=120.0, help="seconds to wait for what is open at the end")
    parser.add_argument("--profile", type=Path, help="where to write a profile of the app without the kill")
    parser.add_argument("--only", choices=["steady", "killed"])
    given = parser.parse_args()
    results = {}
    for name, kill in (("steady", False), ("killed", True)):
        if given.only in (None, name):
            with tempfile.TemporaryDirectory() as folder:
                results[name] = Run(given, Path(folder), kill).measure()
            print(json.dumps(results[name]), file=sys.stderr)
    print(table(results))


if __name__ == "__main__":
    main()
