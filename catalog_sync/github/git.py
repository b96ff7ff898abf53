"""git as a subprocess, without a user's configuration, hooks or prompts, its credential only in its environment."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from catalog_sync.github.port import GitAccess
from core.errors import GitHubUnavailable, UserError
from core.log import redact

_TIMEOUT_S = 120.0
_PASSING = (
    "Could not resolve host",
    "Connection",
    "timed out",
    "returned error: 5",
    "early EOF",
    "HTTP 429",
    "404",
)


class Git:
    """The git program with everything from outside shut off."""

    def __init__(self, *, timeout_s: float = _TIMEOUT_S) -> None:
        self._program = shutil.which("git") or "git"
        self._timeout_s = timeout_s

    def clone_docs(self, access: GitAccess, target: Path, paths: Sequence[str]) -> None:
        """Clone only some paths, with the history that tells when they changed, without other files' content.

        Args:
            access: Where, and with which credential.
            target: A folder that does not exist yet.
            paths: Files and folders as ``sparse-checkout`` patterns (``/docs/``, ``/README.md``).

        Raises:
            GitHubUnavailable: The repository could not be fetched.
        """
        self._remote(
            access,
            [
                "clone",
                "--quiet",
                "--filter=blob:none",
                "--no-checkout",
                "--single-branch",
                "--no-tags",
                access.url,
                str(target),
            ],
        )
        self._run(["sparse-checkout", "set", "--no-cone", *paths], cwd=target)
        self._remote(access, ["checkout", "--quiet", "HEAD"], cwd=target)

    def last_changes(self, target: Path, paths: Sequence[str]) -> Mapping[str, datetime]:
        """When each file below the paths was last committed: path to an aware datetime in UTC."""
        output = self._run(
            [
                "log",
                "--format=%x00%ct",
                "--name-only",
                "--no-renames",
                "--diff-filter=ACMRT",
                "HEAD",
                "--",
                *paths,
            ],
            cwd=target,
        )
        changes: dict[str, datetime] = {}
        for block in output.split("\0")[1:]:
            moment, _, names = block.partition("\n")
            at = datetime.fromtimestamp(int(moment), UTC)
            for name in names.split("\n"):
                if name:
                    changes.setdefault(_unquoted(name), at)
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

    def _remote(self, access: GitAccess, arguments: Sequence[str], cwd: Path | None = None) -> str:
        scheme = access.url.partition("://")[0]
        configuration = {
            f"http.{access.url}.extraHeader": access.header,
            f"protocol.{scheme}.allow": "always",
        }
        return self._run(arguments, cwd=cwd, configuration=configuration)

    def _run(
        self,
        arguments: Sequence[str],
        *,
        cwd: Path | None = None,
        configuration: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> str:
        environment = _environment(configuration or {}, extra or {})
        try:
            done = subprocess.run(
                [self._program, *arguments],
                cwd=cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self._timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise GitHubUnavailable(f"git {arguments[0]} took longer than {self._timeout_s:.0f} s") from error
        if done.returncode:
            raise _failure(arguments[0], done.stderr.decode(errors="replace"))
        return done.stdout.decode(errors="surrogateescape")


def _failure(command: str, stderr: str) -> Exception:
    cause = redact(stderr.strip().splitlines()[-1] if stderr.strip() else "no reason given")
    if any(sign in stderr for sign in _PASSING):
        return GitHubUnavailable(f"git {command}: {cause}")
    return UserError(f"git {command} failed: {cause}")


def _environment(configuration: Mapping[str, str], extra: Mapping[str, str]) -> dict[str, str]:
    """A small environment: no user's settings, no prompts, no hooks, no other protocols."""
    settings = {
        "core.hooksPath": "/dev/null",
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


def _unquoted(name: str) -> str:
    return name.strip('"')
