"""The use case that mends a wrong owner: one changed line, in a pull request that the owners of the file decide about."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from catalog_sync.ask import Ask
from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.pulls import BaseBranch, FoundFile, ProposalState, PullRequest, PullsPort
from catalog_sync.mending import edit_codeowners, edit_yaml
from catalog_sync.mending.edit import Edit
from catalog_sync.mending.publish import CannotWrite, Change, Letter, publish
from catalog_sync.mending.wanted import Wanted, wanted_of
from catalog_sync.mending.words import body_of, message_of, title_of
from catalog_sync.ownership.codeowners import PLACES
from core.access import Asker, Standing
from core.errors import NotAllowed, NotFound, UserError

_log = structlog.get_logger(__name__)
_HEAD = 20
"""So many lines of a file may say that it is generated."""
_HANDS_OFF = r"\b(?:do|must|should)\s+not\b|\bdon['’]t\b|\boverwritten\b|\bwill\s+be\s+lost\b"
_GENERATED = re.compile(
    rf"@generated\b|\bauto-?\s?generated\b|\bgenerated\b[\s\S]{{0,200}}?(?:{_HANDS_OFF})|"
    rf"(?:{_HANDS_OFF})[\s\S]{{0,200}}?\bgenerated\b",
    re.IGNORECASE,
)
"""A file that a template has made once is not meant: people change that by hand."""

PullsOf = Callable[[RepositoryName], PullsPort]
"""The way to the host of a repository."""


class NamedAlready(UserError):
    """The file names the wanted owner."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be changed."""

    repository: RepositoryName
    owner: str
    """The new owner's reference."""
    branch: str
    """Where it would be put; with a number behind it where that was proposed and decided before."""
    edit: Edit


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed, and where."""

    preview: Preview
    pull: PullRequest
    is_new: bool
    """False where the same was proposed before, and waits to be decided about."""


class Mending:
    """Proposals of other owners.

    Args:
        ask: The catalog.
        pulls_of: The way to the host of a repository.
        branch: The branch that the catalog reads; each repository's default branch when left out.
    """

    def __init__(self, ask: Ask, pulls_of: PullsOf, branch: str | None = None) -> None:
        self._ask, self._pulls_of, self._branch = ask, pulls_of, branch

    def preview_owner(self, query: str, new_owner: str, asker: Asker) -> Preview:
        """What ``propose_owner`` would change; nothing is written.

        Raises:
            CallboardError: See ``propose_owner``.
        """
        wanted = wanted_of(self._ask, query, new_owner, asker)
        return _preview(wanted, self._change(self._pulls_of(wanted.repository), wanted))

    def propose_owner(
        self,
        query: str,
        new_owner: str,
        asker: Asker,
        reason: str = "",
        *,
        asked_by: str = "",
        link: str = "",
        agreed: str = "",
    ) -> Proposal:
        """Propose another owner in a pull request; whoever wants the same again gets the same one.

        Args:
            query: An entity, a repository or a path in one, as for ``who_owns``, spelt right.
            new_owner: A reference, a name, ``@organisation/team`` or ``@login``.
            asker: Who wants it.
            reason: Why, in their words.
            asked_by: What they are called; the catalog's word for them where it is left out.
            link: Where they asked.
            agreed: Who of the owners was asked and agreed, in words.

        Raises:
            NotAllowed: Guests may not.
            CannotWrite: Callboard has no right to change the repository.
            NotFound: Nothing that the asker may see has that name; or the catalog does not know the owner.
            UserError: The file names that owner already, cannot be changed by one line, or GitHub refuses
                the change; says which, and what to do.
            GitHubUnavailable: GitHub did not answer; asking again goes on where this ended.
        """
        wanted = wanted_of(self._ask, query, new_owner, asker)
        pulls = self._pulls(wanted.repository)
        called = asked_by or self._called(asker)
        made: list[Change] = []

        def change() -> Change:
            made.append(self._change(pulls, wanted))
            return made[-1]

        def letter(edit: Edit) -> Letter:
            body = body_of(wanted, edit, called, reason, link, agreed)
            return Letter(title_of(wanted), body, message_of(wanted, called))

        pull, is_new = publish(pulls, wanted.branch, change, letter)
        _log.info("mend.proposed", repository=str(wanted.repository), number=pull.number, is_new=is_new)
        return Proposal(_preview(wanted, made[-1]), pull, is_new)

    def proposal_state(self, pull: PullRequest) -> ProposalState:
        """What became of a pull request.

        Raises:
            CallboardError: See ``GitHubPort``.
        """
        return self._pulls_of(pull.repository).state(pull)

    def _pulls(self, name: RepositoryName) -> PullsPort:
        try:
            return self._pulls_of(name)
        except NotAllowed as error:
            raise CannotWrite(
                f"Callboard has no token that may write to {name.full_name}.", error.hint or error.message
            ) from error

    def _called(self, asker: Asker) -> str:
        if asker.user:
            return self._ask.estate().title(asker.user)
        return "The command line" if asker.standing is Standing.OPERATOR else "Somebody in Slack"

    def _change(self, pulls: PullsPort, wanted: Wanted) -> Change:
        """The file as it is now, and changed."""
        base = self._base(pulls, wanted.repository)
        change = _in_descriptor(pulls, base, wanted) if wanted.entity else _in_codeowners(pulls, base, wanted)
        if not change.edit.is_change:
            raise NamedAlready(
                f"{change.edit.path}:{change.edit.line} names {change.edit.old} already.",
                "If Callboard says something else, it follows at its next sync.",
            )
        return change

    def _base(self, pulls: PullsPort, name: RepositoryName) -> BaseBranch:
        try:
            base = pulls.base(name, self._branch)
        except NotFound as error:
            raise CannotWrite(
                f"The token that Callboard writes with does not see {name.full_name}.",
                "Give github.publish_token, or the App, access to it.",
            ) from error
        if base is None:
            raise UserError(f"{name.full_name} has no commit on {self._branch or 'its default branch'}.")
        if base.is_archived:
            raise UserError(
                f"{name.full_name} is archived, so nothing in it can be changed.", "Unarchive it first."
            )
        return base


def _preview(wanted: Wanted, change: Change) -> Preview:
    return Preview(change.base.name, str(wanted.owner), wanted.branch, change.edit)


def _in_descriptor(pulls: PullsPort, base: BaseBranch, wanted: Wanted) -> Change:
    found = pulls.file(base.name, wanted.path, base.commit)
    if found is None or wanted.entity is None:
        raise UserError(
            f"{base.name.full_name} has no {wanted.path} now.", "The catalog will notice at its next sync."
        )
    text = _written_by_hand(_text(found, wanted.path), wanted.path)
    return Change(base, found, edit_yaml.set_owner(text, wanted.path, wanted.entity, wanted.owner))


def _in_codeowners(pulls: PullsPort, base: BaseBranch, wanted: Wanted) -> Change:
    if not wanted.codeowner:
        raise UserError(
            f"{wanted.owner_title} is no team of {base.name.owner} on GitHub, so CODEOWNERS cannot name it.",
            "Name a team or a person of that organisation.",
        )
    subject = pulls.file(base.name, wanted.path, base.commit) if wanted.path else FoundFile("dir")
    if subject is None:
        raise NotFound(f"{base.name.full_name} has no {wanted.path}.")
    path, found = _codeowners(pulls, base)
    text = _written_by_hand(_text(found, path), path) if found else ""
    is_folder = subject.kind == "dir"
    edit = edit_codeowners.set_owner(text, path, wanted.path, wanted.codeowner, is_folder=is_folder)
    return Change(base, found, edit)


def _codeowners(pulls: PullsPort, base: BaseBranch) -> tuple[str, FoundFile | None]:
    """The file that GitHub reads; None where there is none."""
    for path in PLACES:
        found = pulls.file(base.name, path, base.commit)
        if found is not None and found.kind != "dir":
            return path, found
    return edit_codeowners.NEW_FILE, None


def _written_by_hand(text: str, path: str) -> str:
    """A file's text, where no program writes it anew.

    Raises:
        UserError: One does, by what it says at its head; a change would be lost.
    """
    head = "\n".join(line for line in text.split("\n")[:_HEAD] if line.lstrip("\ufeff \t").startswith("#"))
    if _GENERATED.search(head):
        raise UserError(
            f"{path} says that a program generates it, so a change would be lost.",
            "Change what it is generated from by hand.",
        )
    return text


def _text(found: FoundFile, path: str) -> str:
    """A file's text.

    Raises:
        UserError: It has none that could be changed.
    """
    if found.kind != "file":
        raise UserError(f"{path} is no file but a {found.kind}.", "Change what it leads to by hand.")
    if found.content is None:
        raise UserError(f"{path} is larger than a megabyte.", "Change it by hand.")
    try:
        return found.content.decode()
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8 text.", "Save it as UTF-8 first.") from error
