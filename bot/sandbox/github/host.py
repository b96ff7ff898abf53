"""What every part of the local GitHub works on: an organisation's state, the address, the App, the webhooks."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.sandbox.github import plumbing
from bot.sandbox.github.apps import App
from bot.sandbox.github.events import Events
from bot.sandbox.github.hosted import PullState
from bot.sandbox.github.plumbing import Signature
from bot.sandbox.github.shapes.people import organization_simple
from bot.sandbox.github.state import HostedRepository, State
from bot.sandbox.github.webhooks import Webhooks
from bot.sandbox.organization import Person


class Settling:
    """How long a new repository is not found yet, as it happens on GitHub right after a creation.

    Args:
        count: The first so many questions about a new repository, git's too, are answered 404.
    """

    def __init__(self, count: int = 0) -> None:
        self.count = count
        self._left: dict[int, int] = {}
        self._lock = threading.Lock()

    def begin(self, repository: HostedRepository) -> None:
        """A repository was created just now."""
        with self._lock:
            if self.count:
                self._left[repository.number] = self.count

    def is_settled(self, repository: HostedRepository) -> bool:
        """Whether it is found by now; each question counts."""
        with self._lock:
            left = self._left.get(repository.number, 0)
            if left:
                self._left[repository.number] = left - 1
            return left == 0


@dataclass(slots=True)
class Host:
    """One organisation of a GitHub, with the parts that routes share."""

    state: State
    url: str
    app: App
    webhooks: Webhooks
    events: Events
    machine_user: Person
    settling: Settling = field(default_factory=Settling)

    def signature(self, login: str) -> Signature:
        """How somebody signs a commit now."""
        accounts = self.state.shared.accounts
        person = accounts.get(login, self.machine_user)
        is_known = login in accounts
        name, mail = (
            (person.name, person.email) if is_known else (login, f"{login}@users.noreply.github.test")
        )
        return Signature(name, mail, self.state.clock.now())

    def first_commit(self, item: HostedRepository, login: str) -> None:
        """Fill an empty repository with a README, as ``auto_init`` does."""
        blob = plumbing.write_blob(item.git, f"# {item.name}\n{item.description}".encode())
        tree = plumbing.write_tree(item.git, None, {"README.md": ("100644", blob)})
        self._begin(item, tree, login)

    def copy_tree(self, source: HostedRepository, item: HostedRepository, login: str) -> None:
        """Begin a repository with the files of another, as generating from a template does."""
        plumbing.git(item.git, "fetch", "--quiet", "--depth=1", str(source.git.path), source.default_branch)
        tree = plumbing.resolve(item.git, "FETCH_HEAD", "tree")
        assert tree
        self._begin(item, tree, login)

    def _begin(self, item: HostedRepository, tree: str, login: str) -> None:
        signature = self.signature(login)
        oid = plumbing.write_commit(item.git, tree, (), "Initial commit", signature, signature)
        with self.changes(item, login):
            plumbing.point(item.git, f"refs/heads/{item.default_branch}", oid)

    def transfer(self, item: HostedRepository, to: "Host", login: str) -> None:
        """Give a repository to another organisation; who is told is that one."""
        former = organization_simple(self.state, self.url)
        self.state.transfer(item, to.state)
        changes = {"owner": {"from": {"organization": {**former, "description": ""}}}}
        to.events.repository(item, "transferred", login, {"changes": changes})

    @contextmanager
    def changes(self, item: HostedRepository, login: str) -> Iterator[None]:
        """What happens to references in here is noted: the time of the push, pull requests, webhooks."""
        before = item.git.refs()
        yield
        self.moved(item, before, login)

    def moved(self, item: HostedRepository, before: Mapping[str, str], login: str) -> None:
        """Note which references are others than before."""
        after = item.git.refs()
        names = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
        moved = [(name, before.get(name), after.get(name)) for name in names]
        if not moved:
            return
        self.state.pushed(item)
        for name, _, new in moved:
            if new:
                self._follow(item, name, new, login)
        self.events.pushed(item, moved, login)

    def _follow(self, item: HostedRepository, name: str, new: str, login: str) -> None:
        """Open pull requests of a branch have its new head."""
        for pull in item.pulls:
            if pull.state is PullState.OPEN and name == f"refs/heads/{pull.head}":
                old, pull.head_oid, pull.updated_at = pull.head_oid, new, self.state.clock.now()
                self.events.pull(item, pull, "synchronize", login, {"before": old, "after": new})
