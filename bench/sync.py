"""The sync: from files and over GitHub's protocol, for the first time, unchanged and a little changed."""

import tempfile
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import requests
from pydantic import SecretStr

from bench.alone import rows_alone, yaml_of_libyaml, yaml_of_ours
from bench.generate import ORGANIZATION, SEED, Generated
from bench.measure import Spent, Writes, apart, measured
from bench.progress import doing
from bench.report import Cell, Table
from bot.catalog import Catalog
from bot.sandbox.generated import generated
from bot.sandbox.github import LocalGitHub
from bot.sandbox.github.churn import push_some
from catalog_sync.answers import SyncReport
from core import log
from core.clock import SystemClock
from core.settings import GitHubSettings, Settings

CHANGED = 0.02
_COST = ("wall s", "CPU s", "peak RSS MB", "entities", "rows written", "statements")
_BARS = {
    "cold": ("10 s CPU at 10,000", "186-363 s CPU at 10,000"),
    "unchanged": ("2 s CPU at 10,000", "36-99 % of a core, always"),
}


@dataclass(frozen=True, slots=True)
class Phase:
    """One sync: what it took, what it wrote, what it reported."""

    spent: Spent
    report: SyncReport
    rows: int
    statements: int

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The figures in the order of the columns."""
        entities = len(self.report.added) + len(self.report.changed) + self.report.unchanged
        spent = self.spent
        return spent.wall_s, spent.cpu_s, spent.peak_mb, entities, self.rows, self.statements


def add_options(parser: ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--repositories", type=int, default=1_000, help="how many, from files")
    parser.add_argument(
        "--github-repositories", type=int, default=10_000, help="how many, over GraphQL; 0 leaves it out"
    )
    parser.add_argument("--database", default="", help="SQLAlchemy address of an empty database")


def run(options: Namespace) -> list[Table]:
    """Both parts."""
    tables = [*_from_files(options)]
    if options.github_repositories:
        tables.append(_over_github(options))
    return tables


def sync_files(folder: Path, database: str) -> Phase:
    """``callboard sync --from``: what the timed region holds is the use case alone."""
    settings = Settings(data_dir=folder / "data", database_url=SecretStr(database))
    return _timed(settings, lambda catalog: catalog.sync_folder(folder / "repositories", ORGANIZATION))


def sync_github(folder: Path, database: str, api_url: str, token: str) -> Phase:
    """The sync of an organisation on a host, without its docs."""
    github = GitHubSettings(
        organizations=(ORGANIZATION,), api_url=api_url, host="github.local", token=SecretStr(token)
    )
    settings = Settings(data_dir=folder / "data", database_url=SecretStr(database), github=github)
    return _timed(settings, lambda catalog: catalog.sync_source(catalog.source_names[0]))


def _timed(settings: Settings, sync: Callable[[Catalog], SyncReport]) -> Phase:
    log.set_up("warning")
    catalog = Catalog(settings)
    writes = Writes(catalog.database.engine)
    with measured() as spent:
        report = sync(catalog)
    catalog.database.close()
    return Phase(spent, report, writes.rows, writes.statements)


def _from_files(options: Namespace) -> list[Table]:
    generated = Generated(options.repositories)
    command = f"python -m bench sync --repositories {options.repositories}"
    command += " --database ADDRESS" if options.database else ""
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as name:
        folder = Path(name)
        database = options.database or f"sqlite:///{folder / 'callboard.db'}"
        steps: dict[str, Callable[[], object]] = {
            "cold": lambda: generated.write(folder),
            "unchanged": lambda: None,
            f"{CHANGED:.0%} changed".replace("%", " %"): lambda: generated.change(folder, CHANGED),
            "docs added": lambda: generated.write_docs(folder),
            "unchanged, with docs": lambda: None,
        }
        rows = []
        for step, prepare in steps.items():
            doing(f"sync of {options.repositories:,} repositories from files: {step}")
            prepare()
            phase = apart(sync_files, folder, database)
            rows.append((step, *phase.cells, *_BARS.get(step, ("", ""))))
        parts = _parts(folder, database, command)
    whole = Table(
        f"Sync of {options.repositories:,} repositories from files, {_kind_of(database)}",
        command,
        ("phase", *_COST, "bar", "Backstage"),
        tuple(rows),
    )
    return [whole, parts]


def _parts(folder: Path, database: str, command: str) -> Table:
    """What two parts of the first phase cost by themselves."""
    doing("its parts alone")
    ours, documents = apart(yaml_of_ours, folder / "repositories")
    theirs, _documents = apart(yaml_of_libyaml, folder / "repositories")
    written, entities = apart(rows_alone, folder, database)
    return Table(
        "Parts of the first phase by themselves",
        command,
        ("part", "of what", "wall s", "CPU s"),
        (
            ("YAML, with places and limits", f"{documents:,} documents", ours.wall_s, ours.cpu_s),
            ("YAML, by PyYAML's CSafeLoader", f"{documents:,} documents", theirs.wall_s, theirs.cpu_s),
            ("rows into an empty SQLite file", f"{entities:,} entities", written.wall_s, written.cpu_s),
        ),
    )


def _over_github(options: Namespace) -> Table:
    count = options.github_repositories
    changed = f"{CHANGED:.0%} changed".replace("%", " %")
    rows = []
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as name:
        folder = Path(name)
        doing(f"a local GitHub with {count:,} repositories")
        with measured() as started:
            github = LocalGitHub(folder / "github", generated(count, SEED, name=ORGANIZATION), SystemClock())
            github.start()
        teams = len(github.state.teams)
        database = f"sqlite:///{folder / 'callboard.db'}"
        try:
            for step in ("cold", "unchanged", changed):
                doing(f"sync over GraphQL: {step}")
                fresh = len(push_some(github.state, CHANGED)) if step == changed else 0
                fresh = count if step == "cold" else fresh
                phase, points = _over_the_wire(github, folder, database)
                # Its provider asks for 25 at a time, and then for each descriptor by itself.
                theirs = ceil(count / 25) + count
                planned = _planned(count, teams, fresh)
                rows.append((step, *phase.cells, phase.report.requests, points, planned, theirs))
        finally:
            github.stop()
    return Table(
        f"Sync of {count:,} generated repositories over GraphQL from the local GitHub, SQLite",
        f"python -m bench sync --github-repositories {count}",
        ("phase", *_COST, "requests", "points", "planned", "Backstage"),
        tuple(rows),
        (
            f"The local GitHub started in {started.wall_s:.2f} s; its process had {started.peak_mb:.0f} MB at most by then.",
            *_kinds(github),
        ),
    )


def _over_the_wire(github: LocalGitHub, folder: Path, database: str) -> tuple[Phase, int]:
    """One sync in a fresh process, and the points that GitHub charged for it."""
    before = _points(github)
    phase = apart(sync_github, folder, database, github.api_url, github.token)
    return phase, _points(github) - before


def _points(github: LocalGitHub) -> int:
    answer = requests.get(
        f"{github.api_url}/rate_limit", headers={"Authorization": f"Bearer {github.token}"}, timeout=10
    )
    return int(answer.json()["resources"]["graphql"]["used"])


def _kinds(github: LocalGitHub) -> tuple[str, ...]:
    """How many requests of each kind came in, by their status."""
    counts = Counter(f"{seen.kind} {seen.status}" for seen in github.requests if seen.path != "/rate_limit")
    return (
        "Requests in all: " + ", ".join(f"{kind}: {count}" for kind, count in sorted(counts.items())) + ".",
    )


def _planned(repositories: int, teams: int, fresh: int) -> int:
    """The requests of the query plan: 100 repositories a page, 25 details, 25 teams."""
    return ceil(repositories / 100) + ceil(fresh / 25) + ceil(teams / 25)


def _kind_of(database: str) -> str:
    return "SQLite" if database.startswith("sqlite") else "PostgreSQL"
