"""A throw-away PostgreSQL server for one test process, with a fresh database for every test."""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

_SUPERUSER = "callboard"
_DEBIAN = Path("/usr/lib/postgresql")
_IMPATIENT = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "autovacuum": "off",
    "timezone": "America/New_York",  # nobody may rely on the server's zone being UTC
}


def find_programs() -> Path | None:
    """The folder with ``initdb`` and ``postgres``: the newest of Debian's, else what the PATH has."""
    homes = [home / "bin" for home in _DEBIAN.glob("*") if home.name.isdigit()]
    newest_first = sorted(homes, key=lambda home: int(home.parent.name), reverse=True)
    for home in newest_first:
        if (home / "initdb").exists() and (home / "postgres").exists():
            return home
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Server:
    """A server on a socket of its own in a temporary folder; dies with the test process."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        # Not pytest's tmp_path: a socket's path may have 107 characters at most.
        self._home = Path(tempfile.mkdtemp(prefix="callboard-pg-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)

    def start(self) -> None:
        """Make a cluster and wait until it answers."""
        account = _account()
        if account:
            shutil.chown(self._home, account.pw_uid, account.pw_gid)
        data = self._home / "data"
        initdb = [self._programs / "initdb", "-D", data, "-U", _SUPERUSER, "-A", "trust", "--no-sync"]
        subprocess.run(
            [*_as(account), *initdb, "--locale=C", "--encoding=UTF8"],
            check=True,
            capture_output=True,
            cwd=self._home,
        )
        options = [part for name, value in _IMPATIENT.items() for part in ("-c", f"{name}={value}")]
        with (self._home / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [*_as(account), self._programs / "postgres", "-D", data, "-k", self._home, *options],
                stdout=log,
                stderr=log,
                cwd=self._home,
            )
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Stop at once and leave nothing behind."""
        if self._process:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=30)
        shutil.rmtree(self._home, ignore_errors=True)

    def url(self, name: str) -> str:
        """The SQLAlchemy address of a database."""
        return f"postgresql+psycopg://{_SUPERUSER}@/{name}?host={self._home}"

    def new_name(self) -> str:
        """A database name that was not used before."""
        return f"test_{next(self._numbers)}"

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database as a copy of another; returns its address."""
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _run(self, statement: str, *names: str) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self._home), user=_SUPERUSER, dbname="postgres", autocommit=True)

    def _wait_until_it_answers(self) -> None:
        assert self._process
        deadline = time.monotonic() + 60
        while True:
            try:
                self._connect().close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self._home / "log").read_text()) from None
                time.sleep(0.02)


def _account() -> pwd.struct_passwd | None:
    """Whom to run the server as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    names = {account.pw_name: account for account in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _as(account: pwd.struct_passwd | None) -> list[str]:
    """The prefix that runs a program as an account, and ends it when we are killed."""
    if not shutil.which("setpriv"):
        return ["runuser", "-u", account.pw_name, "--"] if account else []
    who = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"] if account else []
    return ["setpriv", *who, "--pdeathsig=INT"]
