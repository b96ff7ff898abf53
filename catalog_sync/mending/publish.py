"""Makes the pull request for one changed file; whoever asks for the same again gets the same one.

Every step looks for its own earlier effect first: a pull request, a branch, a commit that is there
already. What a crash left half done is finished by the next call; a branch that somebody else has
put something on is not touched.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from catalog_sync.github.pulls import BaseBranch, FoundFile, ProposalState, PullRequest, PullsPort
from catalog_sync.mending.edit import Edit
from core.errors import NotAllowed, NotFound, UserError

_log = structlog.get_logger(__name__)
_MOST_PROPOSALS = 20
"""So many proposals of the same owner that were merged or closed, one after the other, are enough."""


class CannotWrite(UserError):
    """Callboard has no right to change the repository; people have.

    Args:
        message: What it may not do.
        hint: What to do.
        edit: The change that people can make by hand, where it is known.
    """

    def __init__(self, message: str, hint: str = "", edit: Edit | None = None) -> None:
        super().__init__(message, hint)
        self.edit = edit


class ChangedMeanwhile(Exception):
    """The file is another one than a moment ago; reading it again may help."""


@dataclass(frozen=True, slots=True)
class Change:
    """One changed file, at the commit that it was read from."""

    base: BaseBranch
    found: FoundFile | None
    """The file as it is; None where it is made anew."""
    edit: Edit


@dataclass(frozen=True, slots=True)
class Letter:
    """What the pull request and its commit say."""

    title: str
    body: str
    message: str


class Publishing:
    """The pull request of one change.

    Args:
        pulls: The host.
        change: What is to be changed.
        letter: What is said of it.
    """

    def __init__(self, pulls: PullsPort, change: Change, letter: Letter) -> None:
        self._pulls, self._change, self._letter = pulls, change, letter
        self._name = change.base.name

    def publish(self, stem: str) -> tuple[PullRequest, bool]:
        """The pull request from a branch of that name, and whether it is new.

        A branch whose pull request was merged or closed has had its day: a number is added to the name.

        Raises:
            ChangedMeanwhile: Somebody changed the file at the same moment.
            UserError: GitHub refuses it; says what to do.
            GitHubUnavailable: GitHub did not answer; asking again goes on where this ended.
        """
        for number in range(1, _MOST_PROPOSALS + 1):
            branch = stem if number == 1 else f"{stem}-{number}"
            known = self._pulls.pulls_from(self._name, branch)
            waiting = _open_one(known)
            if waiting:
                return waiting, False
            if not known and self._is_filled(branch):
                return self._opened(branch)
        raise UserError(
            f"This was proposed {_MOST_PROPOSALS} times already in {self._name.full_name}.",
            f"Look at its closed pull requests from {stem}.",
        )

    def _is_filled(self, branch: str) -> bool:
        """Let the branch hold the change; False where it holds something else."""
        if self._pulls.head(self._name, branch) is None:
            self._made(branch)
        there = self._pulls.file(self._name, self._change.edit.path, branch)
        if _is(there, self._change.edit.after):
            return True
        if _oid(there) != _oid(self._change.found):
            return False
        self._write(branch)
        return True

    def _made(self, branch: str) -> None:
        try:
            self._pulls.create_branch(self._name, branch, self._change.base.commit)
        except UserError as error:
            if self._pulls.head(self._name, branch) is None:
                raise self._refused(error, f"make the branch {branch}") from error
            _log.info("mend.branch_was_there", repository=self._name.full_name, branch=branch)

    def _write(self, branch: str) -> None:
        edit = self._change.edit
        oid = self._change.found.oid if self._change.found else None
        try:
            self._pulls.write(self._name, branch, edit.path, edit.after.encode(), self._letter.message, oid)
        except UserError as error:
            there = self._pulls.file(self._name, edit.path, branch)
            if _is(there, edit.after):
                # Somebody who wants the same was quicker.
                return
            if _oid(there) != _oid(self._change.found):
                raise ChangedMeanwhile from error
            raise self._refused(error, f"commit to the branch {branch}") from error

    def _opened(self, branch: str) -> tuple[PullRequest, bool]:
        base = self._change.base.branch
        try:
            pull = self._pulls.open_pull(self._name, branch, base, self._letter.title, self._letter.body)
        except UserError as error:
            waiting = _open_one(self._pulls.pulls_from(self._name, branch))
            if waiting is None:
                raise self._refused(error, "make a pull request") from error
            return waiting, False
        return pull, True

    def _refused(self, error: UserError, what: str) -> UserError:
        edit = self._change.edit
        place = f"Or change {edit.path}:{edit.line} in {self._name.full_name} by hand."
        if isinstance(error, NotAllowed | NotFound):
            return CannotWrite(
                f"Callboard may not {what} in {self._name.full_name}: {error.message}",
                "Give github.publish_token, or the App, write access to contents and pull requests there. "
                + place,
                edit,
            )
        return UserError(
            f"Callboard cannot {what} in {self._name.full_name}: {error.message}",
            f"If a rule of the repository forbids it, let branches called callboard/** pass. {place}",
        )


def publish(
    pulls: PullsPort, stem: str, change: Callable[[], Change], letter: Callable[[Edit], Letter]
) -> tuple[PullRequest, bool]:
    """As ``Publishing.publish``, with one more try where the file changed at the same moment.

    Args:
        pulls: The host.
        stem: The branch, where it is the first of its name.
        change: Reads the file as it is now, and changes it.
        letter: What is said of the change.

    Raises:
        UserError: GitHub refuses it, or somebody keeps changing the file.
        GitHubUnavailable: GitHub did not answer; asking again goes on where this ended.
    """
    for _attempt in range(2):
        found = change()
        try:
            return Publishing(pulls, found, letter(found.edit)).publish(stem)
        except ChangedMeanwhile:
            _log.info("mend.changed_meanwhile", path=found.edit.path)
    raise UserError(f"Somebody changes {found.edit.path} at this moment.", "Ask again in a minute.")


def _open_one(pulls: tuple[PullRequest, ...]) -> PullRequest | None:
    return next((pull for pull in pulls if pull.state is ProposalState.OPEN), None)


def _is(found: FoundFile | None, text: str) -> bool:
    return found is not None and found.content == text.encode()


def _oid(found: FoundFile | None) -> str:
    return found.oid if found else ""
