"""git as a subprocess, without a user's configuration, hooks or prompts, its credential only in its environment."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from catalog_sync.github.port import GitAccess
from core.errors import GitHubUnavailable, UserError
from core.log import redact

MAX_CLONE_BYTES = 500_000_000
MAX_OUTPUT_BYTES = 50_000_000
_TIMEOUT_S = 120.0
_LOOK_EVERY_S = 0.2
_PASSING = (
    "Could not resolve host",
    "Connection",
    "timed out",
    "returned error: 5",
    "early EOF",
    "HTTP 429",
    "404",
)


class TooLarge(UserError):
    """A repository takes more room than is allowed; trying again does not help."""


@dataclass(frozen=True, slots=True)
class TreeFile:
    """One entry of a folder as git keeps it."""

    path: str
    mode: str
    """``100644`` and ``100755`` are files, ``040000`` folders, ``120000`` links, ``160000`` submodules."""
    oid: str


class Git:
    """The git program with everything from outside shut off."""

    def __init__(self, *, timeout_s: float = _TIMEOUT_S) -> None:
        self._program = shutil.which("git") or "git"
        self._timeout_s = timeout_s

    def clone_trees(
        self, access: GitAccess, target: Path, *, with_history: bool = True, max_bytes: int = MAX_CLONE_BYTES
    ) -> None:
        """Clone commits and folders, without the content of any file and without putting files anywhere.

        Args:
            access: Where, and with which credential.
            target: A folder that does not exist yet.
            with_history: Whether all commits are wanted, which tell when files changed.
            max_bytes: What it may take on disk.

        Raises:
            GitHubUnavailable: The repository could not be fetched now.
            TooLarge: It would take more than ``max_bytes``.
        """
        depth = [] if with_history else ["--depth=1"]
        options = ["--quiet", "--filter=blob:none", "--no-checkout", "--single-branch", "--no-tags", *depth]
        self._remote(access, ["clone", *options, access.url, str(target)], limit=DiskLimit(target, max_bytes))

    def fetch_blobs(
        self, access: GitAccess, target: Path, oids: Sequence[str], *, max_bytes: int = MAX_CLONE_BYTES
    ) -> None:
        """Fetch the content of some files into a clone, all with one request.

        Raises:
            GitHubUnavailable: They could not be fetched now.
            TooLarge: The clone would take more than ``max_bytes``.
        """
        # As git itself does it when a checkout lacks files: nothing is negotiated, only these are sent.
        options = [
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--recurse-submodules=no",
            "--filter=blob:none",
        ]
        self._remote(
            access,
            ["-c", "fetch.negotiationAlgorithm=noop", "fetch", *options, "origin", "--stdin"],
            cwd=target,
            stdin="".join(f"{oid}\n" for oid in oids).encode(),
            limit=DiskLimit(target, max_bytes),
        )

    def entries(self, target: Path, folder: str) -> tuple[TreeFile, ...]:
        """What lies in a folder of the newest commit (the root is empty); nothing where there is no such folder."""
        return self._listed(target, ["ls-tree", "-z", f"HEAD:{folder}"], "")

    def entries_below(self, target: Path, folder: str) -> tuple[TreeFile, ...]:
        """All files of a folder of the newest commit, at any depth; of very many the first."""
        return self._listed(target, ["ls-tree", "-r", "-z", f"HEAD:{folder}"], f"{folder}/" if folder else "")

    def root_oid(self, target: Path) -> str:
        """The id of the root folder of the newest commit; empty where nothing was ever committed."""
        try:
            return self._run(["rev-parse", "--quiet", "--verify", "HEAD^{tree}"], cwd=target).strip()
        except UserError:
            return ""

    def blobs(self, target: Path, oids: Sequence[str], max_bytes: int) -> Mapping[str, bytes]:
        """The content of files that were fetched, by their oid; larger ones are left out."""
        asked = "".join(f"{oid}\n" for oid in oids).encode()
        sizes = self._output(["cat-file", "--batch-check"], cwd=target, stdin=asked).decode()
        small = [
            oid
            for oid, kind, size in (line.split(" ", 2) for line in sizes.splitlines() if line.count(" ") == 2)
            if kind == "blob" and int(size) <= max_bytes
        ]
        output = self._output(
            ["cat-file", "--batch"], cwd=target, stdin="".join(f"{oid}\n" for oid in small).encode()
        )
        found: dict[str, bytes] = {}
        at = 0
        while at < len(output):
            end = output.index(b"\n", at)
            oid, _kind, size = output[at:end].decode().split(" ")
            at = end + 1 + int(size) + 1
            found[oid] = output[end + 1 : at - 1]
        return found

    def last_changes(self, target: Path, paths: Sequence[str]) -> Mapping[str, datetime]:
        """When each file below the paths was last committed: path to an aware datetime in UTC.

        Args:
            target: A clone with its history.
            paths: Files and folders, taken literally; empty for the root.
        """
        literal = [f":(top,literal){path}" for path in paths]
        # Said outright: a folder's own settings could name a program that checks signatures.
        where = ["--git-dir", str(target / ".git"), "-c", "log.showSignature=false"]
        shown = ["--format=%x01%ct", "--name-only", "--no-renames", "--diff-filter=ACMRT"]
        output = self._run([*where, "log", "-z", *shown, "HEAD", "--", *literal], cwd=target)
        changes: dict[str, datetime] = {}
        for commit in output.split("\x01")[1:]:
            moment, *names = commit.replace("\n", "\0", 1).split("\0")
            at = datetime.fromtimestamp(int(moment), UTC)
            for name in names:
                if name:
                    changes.setdefault(name, at)
        return changes

    def push_new(
        self, source: Path, access: GitAccess, branch: str, message: str, author: str, at: datetime
    ) -> str:
        """Push a folder as the first commit of an empty repository; returns the commit's sha.

        The same files, message, author and time give the same sha, so doing it again finds its own
        earlier push and is content.

        Args:
            source: The folder; a ``.git`` in it is made anew.
            access: Where to push, with a credential that may.
            branch: The branch to create.
            message: The commit message.
            author: ``Name <mail>``.
            at: The commit's time.

        Raises:
            UserError: The branch exists with other content; nothing was changed.
            GitHubUnavailable: GitHub did not take it; try again.
        """
        sha = self._commit_all(source, branch, message, author, at)
        if self.remote_head(access, branch) == sha:
            return sha
        lease = f"--force-with-lease=refs/heads/{branch}:"
        try:
            self._remote(
                access, ["push", "--quiet", lease, access.url, f"HEAD:refs/heads/{branch}"], cwd=source
            )
        except UserError as error:
            raise UserError(
                f"The repository already has a branch {branch} with other content.",
                "Nothing was changed there. Choose another name.",
            ) from error
        return sha

    def remote_head(self, access: GitAccess, branch: str) -> str | None:
        """The sha at the head of a branch, or None where there is no such branch."""
        output = self._remote(access, ["ls-remote", "--heads", access.url, f"refs/heads/{branch}"])
        return output.split()[0] if output.strip() else None

    def _commit_all(self, source: Path, branch: str, message: str, author: str, at: datetime) -> str:
        shutil.rmtree(source / ".git", ignore_errors=True)
        name, _, mail = author.rstrip(">").partition(" <")
        moment = f"{int(at.timestamp())} +0000"
        who = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", name), ("EMAIL", mail), ("DATE", moment))
        }
        self._run(["init", "--quiet", f"--initial-branch={branch}"], cwd=source)
        self._run(["add", "--all", "--force"], cwd=source)
        self._run(["commit", "--quiet", "--no-gpg-sign", "--message", message], cwd=source, extra=who)
        return self._run(["rev-parse", "HEAD"], cwd=source).strip()

    def _listed(self, target: Path, arguments: Sequence[str], prefix: str) -> tuple[TreeFile, ...]:
        try:
            output = self._run(arguments, cwd=target)
        except UserError:
            return ()
        found = []
        # What was cut off by the limit of an output is not whole, and what is whole ends with a NUL.
        for line in output.split("\0")[:-1]:
            facts, _, name = line.partition("\t")
            mode, _kind, oid = facts.split(" ")
            found.append(TreeFile(prefix + name, mode, oid))
        return tuple(found)

    def _remote(
        self,
        access: GitAccess,
        arguments: Sequence[str],
        cwd: Path | None = None,
        *,
        stdin: bytes = b"",
        limit: "DiskLimit | None" = None,
    ) -> str:
        scheme = access.url.partition("://")[0]
        configuration = {
            f"http.{access.url}.extraHeader": access.header,
            f"protocol.{scheme}.allow": "always",
        }
        return self._run(arguments, cwd=cwd, configuration=configuration, stdin=stdin, limit=limit)

    def _run(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path | None = None,
        configuration: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        limit: "DiskLimit | None" = None,
    ) -> str:
        environment = _environment(configuration or {}, extra or {})
        return self._output(arguments, cwd=cwd, environment=environment, stdin=stdin, limit=limit).decode(
            errors="surrogateescape"
        )

    def _output(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        limit: "DiskLimit | None" = None,
    ) -> bytes:
        """What git prints, at most ``MAX_OUTPUT_BYTES`` of it."""
        with (
            tempfile.TemporaryFile() as given,
            tempfile.TemporaryFile() as output,
            tempfile.TemporaryFile() as mistakes,
        ):
            given.write(stdin)
            given.seek(0)
            with subprocess.Popen(
                [self._program, *arguments],
                cwd=cwd,
                env=environment or _environment({}, {}),
                stdin=given,
                stdout=output,
                stderr=mistakes,
            ) as process:
                try:
                    self._wait(process, _called(arguments), limit)
                finally:
                    process.kill()
            if process.returncode:
                mistakes.seek(0)
                raise _failure(_called(arguments), mistakes.read(MAX_OUTPUT_BYTES).decode(errors="replace"))
            output.seek(0)
            return output.read(MAX_OUTPUT_BYTES)

    def _wait(self, process: subprocess.Popen[bytes], command: str, limit: "DiskLimit | None") -> None:
        ends = time.monotonic() + self._timeout_s
        while True:
            left = ends - time.monotonic()
            try:
                process.wait(min(left, _LOOK_EVERY_S) if limit else left)
                break
            except subprocess.TimeoutExpired as error:
                if limit and limit.is_exceeded():
                    raise TooLarge(f"git {command}: more than {limit.max_bytes:,} bytes") from error
                if time.monotonic() >= ends:
                    raise GitHubUnavailable(
                        f"git {command} took longer than {self._timeout_s:.0f} s"
                    ) from error
        if limit and limit.is_exceeded():
            raise TooLarge(f"git {command}: more than {limit.max_bytes:,} bytes")


@dataclass(frozen=True, slots=True)
class DiskLimit:
    """How much a clone may take on disk."""

    folder: Path
    max_bytes: int

    def is_exceeded(self) -> bool:
        """Whether it takes more by now."""
        return sum(_size(file) for file in (self.folder / ".git" / "objects").rglob("*")) > self.max_bytes


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except FileNotFoundError:
        # git gives its temporary files their names while we look.
        return 0


def _called(arguments: Sequence[str]) -> str:
    """The command among git's arguments."""
    rest = list(arguments)
    while rest[0] in ("-c", "--git-dir"):
        del rest[:2]
    return rest[0]


def _failure(command: str, stderr: str) -> Exception:
    cause = redact(stderr.strip().splitlines()[-1] if stderr.strip() else "no reason given")
    if any(sign in stderr for sign in _PASSING):
        return GitHubUnavailable(f"git {command}: {cause}")
    return UserError(f"git {command} failed: {cause}")


def _environment(configuration: Mapping[str, str], extra: Mapping[str, str]) -> dict[str, str]:
    """A small environment: no user's settings, no prompts, no hooks, no other protocols."""
    settings = {
        "core.hooksPath": "/dev/null",
        "core.fsmonitor": "false",
        "core.symlinks": "false",
        "core.autocrlf": "false",
        "core.quotePath": "false",
        "credential.helper": "",
        "gc.auto": "0",
        "protocol.allow": "never",
        "submodule.recurse": "false",
        **configuration,
    }
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_ASKPASS": "true",
        "GIT_CONFIG_COUNT": str(len(settings)),
        **extra,
    }
    for number, (key, value) in enumerate(settings.items()):
        environment[f"GIT_CONFIG_KEY_{number}"] = key
        environment[f"GIT_CONFIG_VALUE_{number}"] = value
    return environment
