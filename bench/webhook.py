"""From a changed file to a changed answer: a webhook's way through the use cases, the jobs, and the whole loop."""

import base64
import json
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import requests
from pydantic import SecretStr

from bench.measure import percentile
from bench.progress import doing
from bench.report import Cell, Table
from bot.catalog import Catalog
from bot.webhooks import deliveries_of, webhook_routes
from catalog_sync.deliveries import Deliveries
from catalog_sync.delivery_rows import Errand
from catalog_sync.github.hooks import WEBHOOK_PATH
from catalog_sync.jobs import webhook_jobs_of
from core.access import OPERATOR
from core.errors import CallboardError
from core.jobs import Jobs
from core.settings import GitHubSettings, Settings

_HOST = "github.local"
_TARGETS = 10
_PATIENCE_S = 20.0
_NOTES = (
    "GitHub is the local one, in another process on the same machine; every figure holds its answer to one query.",
    "Whoever waits for the answer asks again every 5 ms, in the process that works on the webhook.",
)


def add_options(parser: ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--repositories", type=int, default=1_000, help="the size of the organisation")
    parser.add_argument("--changes", type=int, default=50, help="how many files are changed, for each row")


def run(options: Namespace) -> list[Table]:
    """One change after the other, on each of the ways."""
    with (
        tempfile.TemporaryDirectory(prefix="callboard-bench-") as name,
        _GitHub(options.repositories) as github,
    ):
        doing(f"a catalog of {options.repositories:,} repositories")
        catalog = Catalog(_settings(Path(name), github))
        targets = github.targets()
        catalog.sync_source(catalog.source_names[0])
        entities = len(catalog.ask.estate().entities)
        rows = [
            _row("use cases", "0.2 s", _alone(catalog, github, targets, options.changes)),
            _row("and a durable job", "", _with_job(catalog, github, targets, options.changes)),
            _row("push, HTTP, job, answer", "2 s", _whole(catalog, github, targets, options.changes)),
        ]
        catalog.database.close()
    return [
        Table(
            f"One changed file to a changed answer after a webhook, {entities:,} entities, SQLite",
            f"python -m bench webhook --repositories {options.repositories} --changes {options.changes}",
            ("way", "changes", "p50 ms", "p99 ms", "worst ms", "bar"),
            tuple(rows),
            _NOTES,
        )
    ]


def _row(way: str, bar: str, took: Sequence[float]) -> tuple[Cell, ...]:
    return (way, len(took), percentile(took, 50), percentile(took, 99), max(took), bar)


def _alone(catalog: Catalog, github: "_GitHub", targets: Sequence[str], changes: int) -> list[float]:
    errands: list[Errand] = []
    deliveries = deliveries_of(catalog, _noting(errands))

    def after(number: int, name: str) -> None:
        deliveries.receive(f"alone-{number}", "push", _HOST, github.told_of(name))
        errand = errands.pop()
        deliveries.work(errand.subject, errand.key)

    return _measured(catalog, github, targets, changes, after)


def _noting(errands: list[Errand]) -> Callable[[str, str, dict[str, Any]], bool]:
    def note(_job: str, key: str, payload: dict[str, Any]) -> bool:
        _, guid, tries, _ = key.split(":", 3)
        errands.append(Errand(guid, payload["subject"], int(tries)))
        return True

    return note


def _with_job(catalog: Catalog, github: "_GitHub", targets: Sequence[str], changes: int) -> list[float]:
    with _working(catalog) as deliveries:

        def after(number: int, name: str) -> None:
            deliveries.receive(f"job-{number}", "push", _HOST, github.told_of(name))

        return _measured(catalog, github, targets, changes, after)


def _whole(catalog: Catalog, github: "_GitHub", targets: Sequence[str], changes: int) -> list[float]:
    """The clock starts before the push itself, and GitHub tells of it."""
    from bot.web.app import build_web
    from bot.web.server import WebServer

    with _working(catalog) as deliveries:
        application = build_web(
            is_ready=lambda: True,
            synced_at=lambda: None,
            clock=catalog.clock,
            routes=webhook_routes(catalog, deliveries),
        )
        web = WebServer(application, "127.0.0.1", 0)
        web.start()
        try:
            github.tells(f"{web.url}{WEBHOOK_PATH}")
            took = []
            for number in range(changes):
                name, owner = targets[number % len(targets)], f"owner-{number}-whole"
                push = github.prepared(name, owner)
                started = time.perf_counter()
                push()
                took.append(_until(catalog, name, owner, started))
            return took
        finally:
            web.stop()


def _measured(
    catalog: Catalog,
    github: "_GitHub",
    targets: Sequence[str],
    changes: int,
    after: Callable[[int, str], None],
) -> list[float]:
    took = []
    for number in range(changes):
        name, owner = targets[number % len(targets)], f"owner-{number}-{after.__qualname__.split('.')[0]}"
        github.prepared(name, owner)()
        started = time.perf_counter()
        after(number, name)
        took.append(_until(catalog, name, owner, started))
    return took


def _until(catalog: Catalog, name: str, owner: str, started: float) -> float:
    """Milliseconds until the catalog says so."""
    while True:
        answer = catalog.ask.who_owns(f"component:{name}", OPERATOR)
        took_s = time.perf_counter() - started
        if any(one.ref.endswith(f"/{owner}") for one in answer.owners):
            return took_s * 1000
        if took_s > _PATIENCE_S:
            raise CallboardError(f"{name} is not said to be {owner}'s after {took_s:.0f} s")
        time.sleep(0.005)


@contextmanager
def _working(catalog: Catalog) -> Iterator[Deliveries]:
    """Deliveries whose errands are worked on by jobs as in ``callboard serve``."""
    jobs = Jobs(catalog.settings.database, clock=catalog.clock)
    deliveries = deliveries_of(catalog, jobs.enqueue)
    for job in webhook_jobs_of(deliveries, list)[0]:
        jobs.add(job)
    jobs.start(tick=False)
    try:
        yield deliveries
    finally:
        jobs.stop()


def _settings(folder: Path, github: "_GitHub") -> Settings:
    found = GitHubSettings(
        organizations=(github.organization,),
        api_url=github.api_url,
        host=_HOST,
        token=SecretStr(github.token),
        webhook_secrets=(SecretStr(github.secret),),
    )
    return Settings(data_dir=folder / "data", github=found)


class _GitHub:
    """A local GitHub in a process of its own, and somebody who pushes to it."""

    def __init__(self, repositories: int) -> None:
        command = [sys.executable, "-m", "bot", "sandbox", "--json", "--repos", str(repositories)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        found = json.loads(self._process.stdout.readline())["github"]
        self.api_url, self.organization = found["api_url"], found["organization"]
        self.token, self.secret = found["token"], found["webhook_secret"]
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {found['publish_token']}"

    def __enter__(self) -> "_GitHub":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)
        if self._process.stdout:
            self._process.stdout.close()

    def targets(self) -> list[str]:
        """New repositories with one component each, called like them."""
        names = [f"webhook-bench-{number}" for number in range(_TARGETS)]
        for name in names:
            self._ask("POST", f"/orgs/{self.organization}/repos", {"name": name})
            self.prepared(name, "nobody")()
        return names

    def prepared(self, name: str, owner: str) -> Callable[[], object]:
        """A push that changes the owner in a descriptor, made by calling what is returned."""
        # GitHub lets nobody write more than 80 things a minute.
        self._ask("POST", "/_sandbox/limits", {"reset": True})
        path = f"/repos/{self.organization}/{name}/contents/catalog-info.yaml"
        before = self._session.get(self.api_url + path, timeout=30)
        sha = {"sha": before.json()["sha"]} if before.ok else {}
        content = base64.b64encode(_descriptor(name, owner).encode()).decode()
        return partial(self._ask, "PUT", path, {"message": "Change the owner", "content": content, **sha})

    def told_of(self, name: str) -> Mapping[str, Any]:
        """As much of a push's webhook as matters."""
        commit = {"added": [], "removed": [], "modified": ["catalog-info.yaml"]}
        repository = {"full_name": f"{self.organization}/{name}", "default_branch": "main"}
        return {
            "ref": "refs/heads/main",
            "after": "1" * 40,
            "commits": [commit],
            "repository": repository,
        }

    def tells(self, url: str) -> None:
        """Deliver webhooks there from now on."""
        self._ask("POST", "/_sandbox/webhooks", {"do": "deliver_to", "url": url})

    def _ask(self, method: str, path: str, body: Any) -> object:
        answer = self._session.request(method, self.api_url + path, json=body, timeout=30)
        answer.raise_for_status()
        return answer


def _descriptor(name: str, owner: str) -> str:
    return (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\n"
        f"metadata:\n  name: {name}\nspec:\n  type: service\n  lifecycle: production\n  owner: {owner}\n"
    )
