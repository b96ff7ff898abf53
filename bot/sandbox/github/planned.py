"""The git history of a sample repository, worked out from its files when somebody asks for it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from bot.sandbox.github.bare import fits
from bot.sandbox.github.objects import GitThing, Signature, TreeItem, commit, made, tree
from bot.sandbox.organization import CommitPlan

_KEPT = 128
"""So many repositories' objects stay in memory; the others are worked out again."""
_Folder = dict[str, "_Folder | TreeItem"]


class PlannedHistory:
    """Files in commits as old as a plan says; the same ids as git gives to what a clone brings.

    Args:
        files: Path to content; may be a mapping that makes its content late.
        plan: The commits; each file goes with the first that names it, the rest with the last.
        now: What the ages count from.
        author: Who wrote and committed.
        later: What was pushed since: when, and the files that it adds or replaces.
    """

    __slots__ = ("_author", "_files", "_head", "_later", "_now", "_plan")

    def __init__(
        self,
        files: Mapping[str, bytes],
        plan: Sequence[CommitPlan],
        now: datetime,
        author: tuple[str, str],
        later: tuple[tuple[datetime, Mapping[str, bytes]], ...] = (),
    ) -> None:
        self._files = files
        self._plan = plan
        self._now = now
        self._author = author
        self._later = later
        self._head: str | None = None

    @property
    def head_oid(self) -> str | None:
        """The newest commit; None where there are no files."""
        if self._head is None:
            for thing in self.objects().values():
                if thing.type == "commit":
                    self._head = thing.oid
        return self._head

    def followed_by(self, files: Mapping[str, bytes], at: datetime) -> "PlannedHistory":
        """The same with one commit more."""
        return PlannedHistory(
            self._files, self._plan, self._now, self._author, (*self._later, (at, dict(files)))
        )

    def objects(self) -> Mapping[str, GitThing]:
        """Every object by its id; commits from the oldest to the newest."""
        return _objects(self)

    def build(self) -> Mapping[str, GitThing]:
        """Work it all out."""
        found: dict[str, GitThing] = {}
        tracked: dict[str, TreeItem] = {}
        parents: tuple[str, ...] = ()
        for at, files in self._steps():
            for path, content in files.items():
                blob = made("blob", content)
                found[blob.oid] = blob
                mode = 0o100755 if path.endswith(".sh") else 0o100644
                tracked[path] = TreeItem(path.rpartition("/")[2], mode, "blob", blob.oid)
            root = _tree(_nested(tracked), found)
            author = Signature(*self._author, at)
            made_now = commit(root.oid, parents, author, "Go on" if parents else "Begin")
            found[made_now.oid] = made_now
            parents = (made_now.oid,)
        return found

    def _steps(self) -> Iterator[tuple[datetime, Mapping[str, bytes]]]:
        """When each commit was made, and what it brought."""
        left = dict(self._files)
        steps = sorted(self._plan, key=lambda step: -step.days_ago)
        for number, step in enumerate(steps):
            is_last = number == len(steps) - 1
            chosen = {path: left[path] for path in left if is_last or fits(path, step.paths)}
            left = {path: content for path, content in left.items() if path not in chosen}
            if chosen:
                yield self._now - timedelta(days=step.days_ago), chosen
        yield from self._later


@lru_cache(maxsize=_KEPT)
def _objects(history: PlannedHistory) -> Mapping[str, GitThing]:
    return history.build()


def _nested(files: Mapping[str, TreeItem]) -> _Folder:
    root: _Folder = {}
    for path, item in files.items():
        *folders, name = path.split("/")
        here = root
        for folder in folders:
            below = here.setdefault(folder, {})
            assert isinstance(below, dict)
            here = below
        here[name] = item
    return root


def _tree(folder: _Folder, found: dict[str, GitThing]) -> GitThing:
    items = [
        item if isinstance(item, TreeItem) else TreeItem(name, 0o40000, "tree", _tree(item, found).oid)
        for name, item in folder.items()
    ]
    made_now = tree(items)
    found[made_now.oid] = made_now
    return made_now
