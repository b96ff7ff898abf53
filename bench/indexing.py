"""Indexing docs: from repositories on a host into the index, for the first time, unchanged and a little changed."""

import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bench.generate import ORGANIZATION, SEED
from bench.measure import Spent, apart, measured
from bench.progress import doing
from bench.report import Table
from bot.catalog import Catalog
from bot.sandbox.generated import generated
from bot.sandbox.github import LocalGitHub
from bot.sandbox.github.churn import push_some
from bot.sandbox.github.visit import Seen
from core import log
from core.clock import SystemClock
from core.settings import GitHubSettings, Settings

_CHANGED = 0.02


@dataclass(frozen=True, slots=True)
class Indexed:
    """One reading: what it took in this process (git is in others), and what it read."""

    spent: Spent
    read: int
    sections: int
    failed: int


def add_options(parser: ArgumentParser) -> None:
    """The options of this benchmark."""
    parser.add_argument("--repositories", type=int, default=1_000, help="the size of the organisation")
    parser.add_argument("--database", default="", help="SQLAlchemy address of an empty database")


def run(options: Namespace) -> list[Table]:
    """Look at the organisation, then read its docs; three times."""
    count = options.repositories
    rows = []
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as name:
        folder = Path(name)
        doing(f"a local GitHub with {count:,} repositories")
        github = LocalGitHub(folder / "github", generated(count, SEED, name=ORGANIZATION), SystemClock())
        github.start()
        database = options.database or f"sqlite:///{folder / 'callboard.db'}"
        try:
            for step in ("cold", "unchanged", "2 % pushed to"):
                if step == "2 % pushed to":
                    push_some(github.state, _CHANGED)
                doing(f"docs of {count:,} repositories: {step}")
                apart(_look, folder, database, github.api_url, github.token)
                before = len(github.requests)
                found = apart(_read, folder, database, github.api_url, github.token)
                wire = list(github.requests)[before:]
                rows.append((step, found.read, found.sections, found.failed, *_took(found), *_sent(wire)))
        finally:
            github.stop()
    return [
        Table(
            f"Docs of {count:,} generated repositories, by git from the local GitHub",
            f"python -m bench indexing --repositories {count}"
            + (" --database ADDRESS" if options.database else ""),
            (
                "phase",
                "read",
                "sections",
                "failed",
                "wall s",
                "CPU s",
                "peak RSS MB",
                "git requests",
                "MB by git",
                "other requests",
            ),
            tuple(rows),
            ("CPU is that of our process; git and the local GitHub have theirs, on the same cores.",),
        )
    ]


def _took(found: Indexed) -> tuple[float, float, float]:
    return found.spent.wall_s, found.spent.cpu_s, found.spent.peak_mb


def _sent(wire: Sequence[Seen]) -> tuple[int, float, int]:
    by_git = [seen for seen in wire if seen.kind == "git"]
    return len(by_git), sum(seen.sent for seen in by_git) / 1e6, len(wire) - len(by_git)


def _look(folder: Path, database: str, api_url: str, token: str) -> None:
    """The sync of the entities, which finds whose docs changed."""
    catalog = _catalog(folder, database, api_url, token)
    catalog.sync_source(catalog.source_names[0])
    catalog.database.close()


def _read(folder: Path, database: str, api_url: str, token: str) -> Indexed:
    catalog = _catalog(folder, database, api_url, token)
    with measured() as spent:
        report = catalog.read_docs(catalog.source_names[0])
    catalog.database.close()
    return Indexed(spent, len(report.read), report.sections, len(report.failed))


def _catalog(folder: Path, database: str, api_url: str, token: str) -> Catalog:
    log.set_up("error")
    github = GitHubSettings(
        organizations=(ORGANIZATION,), api_url=api_url, host="github.local", token=SecretStr(token)
    )
    return Catalog(Settings(data_dir=folder / "data", database_url=SecretStr(database), github=github))
