"""Pure: one wish for another owner, from the moment that somebody said it until a file says so or nobody wants it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.pulls import ProposalState, PullRequest
from core.access import SlackUser, Visibility


class CorrectionState(StrEnum):
    """Where a wish is."""

    ASKED = "asked"
    """The owners of today are asked whether they agree."""
    OPENING = "opening"
    """The pull request is being made."""
    OPEN = "open"
    """The pull request waits for the people who own the file."""
    BY_HAND = "by-hand"
    """Callboard cannot make the change; the message says why, and what people can do."""
    MERGED = "merged"
    CLOSED = "closed"
    """The pull request was closed without being merged."""
    DECLINED = "declined"
    """The owners say that it is theirs."""
    MENDED = "mended"
    """The catalog names the new owner, without a pull request of ours."""
    LAPSED = "lapsed"
    """Nobody answered for long."""


UNSETTLED = (CorrectionState.ASKED, CorrectionState.OPENING, CorrectionState.OPEN, CorrectionState.BY_HAND)
"""The states in which something is still to come; of each wish there is one at a time."""
OF_PULL = {
    ProposalState.OPEN: CorrectionState.OPEN,
    ProposalState.MERGED: CorrectionState.MERGED,
    ProposalState.CLOSED: CorrectionState.CLOSED,
}
"""What follows from what became of a pull request."""

_SOONEST = timedelta(minutes=4)
_SELDOMEST = timedelta(days=1)
_SHARE_OF_AGE = 24


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who asked, or decided, and what they are called."""

    user: SlackUser
    name: str
    reason: str = ""
    """Why, in their own words."""


@dataclass(frozen=True, slots=True)
class Change:
    """The line that a pull request changes, or that people have to change."""

    path: str
    line: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Correction:
    """One wish, with everybody who has it."""

    id: str
    state: CorrectionState
    version: int
    """Rises with each change; a message shows one version."""
    subject: str
    """The thing as a question names it: a reference, ``owner/name``, ``owner/name/path``."""
    title: str
    repository: RepositoryName
    visibility: Visibility
    owner: str
    """The reference of whoever is to own it."""
    owner_title: str
    current: tuple[str, ...]
    """References of those who owned it when it was asked for."""
    current_title: str
    """What they are called together; empty where nobody owned it."""
    askers: tuple[Voice, ...]
    """Everybody who wants the same, the first one first."""
    asked_at: datetime
    changed_at: datetime
    decided_by: Voice | None = None
    """Who of the owners agreed, or said that it is theirs."""
    places: tuple[str, ...] = ()
    """Where the owners were asked, in the words of whoever asks them."""
    asks_admins: bool = False
    """Whether administrators answer in the place of owners whom nobody can reach."""
    is_question: bool = False
    """Whether the owners are to hear of it."""
    change: Change | None = None
    pull: PullRequest | None = None
    problem: str = ""
    """Why it cannot be done, or not now."""
    hint: str = ""
    """What people can do."""
    is_in_catalog: bool = False
    """Whether the catalog names the new owner at this moment; not kept."""
    checked_at: datetime | None = None

    @property
    def key(self) -> str:
        """The key of the job that works on this version."""
        return f"correction:{self.id}:{self.version}"

    @property
    def deciders(self) -> tuple[str, ...]:
        """Whose word counts: those who own it, and where nobody does, whoever is to own it."""
        return self.current or (self.owner,)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is to come any more."""
        return self.state not in UNSETTLED

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to ask the host about the pull request: the older it is, the less often."""
        gap = min(max((now - self.changed_at) / _SHARE_OF_AGE, _SOONEST), _SELDOMEST)
        return self.checked_at is None or now - self.checked_at >= gap

    def with_asker(self, voice: Voice) -> "Correction":
        """The same wish with one more person who has it; whoever has it already keeps their first words."""
        if any(known.user == voice.user for known in self.askers):
            return self
        return replace(self, askers=(*self.askers, voice))


def content_of(correction: Correction) -> dict[str, Any]:
    """What of a correction has no column of its own, as JSON."""
    change, pull = correction.change, correction.pull
    return {
        "owner_title": correction.owner_title,
        "current_title": correction.current_title,
        "askers": [_voice_json(voice) for voice in correction.askers],
        "decided_by": _voice_json(correction.decided_by) if correction.decided_by else None,
        "places": list(correction.places),
        "asks_admins": correction.asks_admins,
        "is_question": correction.is_question,
        "change": [change.path, change.line, change.old, change.new] if change else None,
        "pull": {"url": pull.url, "branch": pull.branch} if pull else None,
        "problem": correction.problem,
        "hint": correction.hint,
        "repository": [
            correction.repository.host,
            correction.repository.owner,
            correction.repository.name,
        ],
    }


def correction_of(row: Mapping[str, Any]) -> Correction:
    """A correction from its row."""
    content: Mapping[str, Any] = row["content"]
    repository = RepositoryName(*content["repository"])
    decided, change = content["decided_by"], content["change"]
    return Correction(
        id=row["id"],
        state=CorrectionState(row["state"]),
        version=row["version"],
        subject=row["subject"],
        title=row["title"],
        repository=repository,
        visibility=Visibility(row["visibility"]),
        owner=row["owner"],
        owner_title=content["owner_title"],
        current=tuple(row["current"]),
        current_title=content["current_title"],
        askers=tuple(map(_voice, content["askers"])),
        asked_at=row["asked_at"],
        changed_at=row["changed_at"],
        decided_by=_voice(decided) if decided else None,
        places=tuple(content["places"]),
        asks_admins=content["asks_admins"],
        is_question=content["is_question"],
        change=Change(*change) if change else None,
        pull=_pull(repository, row["pull"], content["pull"], row["state"]),
        problem=content["problem"],
        hint=content["hint"],
        checked_at=row["checked_at"],
    )


def _pull(
    repository: RepositoryName, number: int | None, written: Mapping[str, str] | None, state: str
) -> PullRequest | None:
    if number is None or written is None:
        return None
    became = next((one for one, ours in OF_PULL.items() if ours == state), ProposalState.OPEN)
    return PullRequest(repository, number, written["url"], written["branch"], became)


def _voice_json(voice: Voice) -> list[str]:
    return [voice.user.workspace, voice.user.id, voice.name, voice.reason]


def _voice(written: list[str]) -> Voice:
    workspace, user, name, reason = written
    return Voice(SlackUser(workspace, user), name, reason)
