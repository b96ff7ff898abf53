"""A GitHub in memory, as far as pull requests need it: branches of files, and what was proposed."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha1

from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.pulls import BaseBranch, FoundFile, ProposalState, PullRequest
from core.errors import GitHubUnavailable, NotAllowed, NotFound, UserError

_LARGEST = 1_000_000


@dataclass
class FakePulls:
    """One host; ``branches`` holds each branch's files by repository and branch."""

    branches: dict[str, dict[str, dict[str, bytes]]] = field(default_factory=dict)
    archived: set[str] = field(default_factory=set)
    made: list[tuple[PullRequest, str, str]] = field(default_factory=list)
    """Each pull request with its title and body."""
    commits: list[str] = field(default_factory=list)
    """The messages of what was written."""
    is_reading_only: bool = False
    fails_at: str = ""
    """The method that GitHub does not answer, once."""
    before: dict[str, Callable[[], None]] = field(default_factory=dict)
    """By method, what somebody else does just before it, once."""

    def put(self, name: str, files: dict[str, str], branch: str = "main") -> None:
        """Change files of a repository of ``acme``."""
        there = self.branches.setdefault(f"acme/{name}", {}).setdefault(branch, {})
        there.update({path: text.encode() for path, text in files.items()})

    def base(self, name: RepositoryName, branch: str | None = None) -> BaseBranch | None:
        """See ``PullsPort.base``."""
        self._asked("base")
        if name.full_name not in self.branches:
            raise NotFound("GitHub does not know it")
        wanted = branch or "main"
        commit = self.head(name, wanted)
        return BaseBranch(name, wanted, commit, name.full_name in self.archived) if commit else None

    def file(self, name: RepositoryName, path: str, revision: str) -> FoundFile | None:
        """See ``PullsPort.file``."""
        self._asked("file")
        # A commit is called by its branch, as long as nobody moves it.
        files = self.branches[name.full_name].get(revision.partition("@")[0], {})
        if path in files:
            content = files[path]
            small = content if len(content) <= _LARGEST else None
            return FoundFile("file", sha1(content).hexdigest(), small)
        return FoundFile("dir") if any(other.startswith(f"{path}/") for other in files) else None

    def head(self, name: RepositoryName, branch: str) -> str | None:
        """See ``PullsPort.head``."""
        return f"{branch}@" if self.branches[name.full_name].get(branch) else None

    def create_branch(self, name: RepositoryName, branch: str, commit: str) -> None:
        """See ``PullsPort.create_branch``."""
        self._asked("create_branch", writes=True)
        if branch in self.branches[name.full_name]:
            raise UserError("Reference already exists")
        self.branches[name.full_name][branch] = dict(self.branches[name.full_name][commit.partition("@")[0]])

    def write(
        self, name: RepositoryName, branch: str, path: str, content: bytes, message: str, oid: str | None
    ) -> None:
        """See ``PullsPort.write``."""
        self._asked("write", writes=True)
        there = self.file(name, path, branch)
        if (there.oid if there else None) != oid:
            raise UserError(f"{path} does not match {oid}")
        self.branches[name.full_name][branch][path] = content
        self.commits.append(message)

    def pulls_from(self, name: RepositoryName, branch: str) -> tuple[PullRequest, ...]:
        """See ``PullsPort.pulls_from``."""
        return tuple(
            pull for pull, _, _ in reversed(self.made) if (pull.repository, pull.branch) == (name, branch)
        )

    def open_pull(self, name: RepositoryName, branch: str, base: str, title: str, body: str) -> PullRequest:
        """See ``PullsPort.open_pull``."""
        self._asked("open_pull", writes=True)
        if any(pull.state is ProposalState.OPEN for pull in self.pulls_from(name, branch)):
            raise UserError("A pull request already exists")
        if self.branches[name.full_name][branch] == self.branches[name.full_name][base]:
            raise UserError(f"No commits between {base} and {branch}")
        number = len(self.made) + 1
        pull = PullRequest(name, number, f"https://{name}/pull/{number}", branch, ProposalState.OPEN)
        self.made.append((pull, title, body))
        return pull

    def state(self, pull: PullRequest) -> ProposalState:
        """See ``PullsPort.state``."""
        return self.made[pull.number - 1][0].state

    def decide(self, number: int, state: ProposalState) -> None:
        """Somebody merges or closes a pull request."""
        pull, title, body = self.made[number - 1]
        self.made[number - 1] = (replace(pull, state=state), title, body)

    def _asked(self, method: str, *, writes: bool = False) -> None:
        if self.fails_at == method:
            self.fails_at = ""
            raise GitHubUnavailable("GitHub did not answer")
        if method in self.before:
            self.before.pop(method)()
        if writes and self.is_reading_only:
            raise NotAllowed("Resource not accessible by personal access token (needs contents=write)")
