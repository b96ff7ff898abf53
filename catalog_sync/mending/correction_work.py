"""What follows from a wish for another owner: the pull request, what people are shown of it, and what became of it.

Each step finds its own earlier effect, so that a job may do it again after a crash; what lost its job is found
by the look at all that is not settled.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import structlog

from catalog_sync.ask import Ask
from catalog_sync.entity.model import RepositoryName
from catalog_sync.mending.correction import OF_PULL, Change, Correction, CorrectionState
from catalog_sync.mending.correction_rows import CorrectionRows
from catalog_sync.mending.edit import Edit
from catalog_sync.mending.mend import Mending, NamedAlready
from catalog_sync.mending.publish import CannotWrite
from catalog_sync.mending.wanted import thing_of
from core.access import OPERATOR
from core.clock import Clock
from core.errors import GitHubUnavailable, NotAllowed, Unavailable, UserError

_log = structlog.get_logger(__name__)
_UNANSWERED_FOR = timedelta(days=30)
_WATCHED_FOR = timedelta(days=180)
_TRIED_FOR = timedelta(days=1)
_LEFT_FOR = timedelta(minutes=10)
"""What is not finished after so long has lost its job."""
_SHOWING_FOR = timedelta(minutes=5)
"""Whoever shows something for so long has died."""
_MOST_CHECKED = 20
"""So many pull requests are asked about in one look; each is one request."""
_MOST_RESUMED = 20
_PULL_STATES = (CorrectionState.OPEN, CorrectionState.MERGED, CorrectionState.CLOSED)
_S = CorrectionState


class Messenger(Protocol):
    """Whoever brings corrections to people. The same version twice is one message."""

    def places_for(self, correction: Correction, without: Collection[str] = ()) -> "Places":
        """Where the owners can be asked, without telling anybody what they may not see.

        Args:
            correction: The wish.
            without: Places that did not take the question.
        """
        ...

    def show(self, correction: Correction) -> frozenset[str]:
        """Show it as it is now to everybody who has to do with it; returns the places that do not take it.

        Raises:
            SlackUnavailable: Ask again; who has seen it sees it once.
        """
        ...


@dataclass(frozen=True, slots=True)
class Places:
    """Where owners are asked; none where nobody can be."""

    places: tuple[str, ...] = ()
    asks_admins: bool = False
    """Whether administrators answer in the place of owners whom nobody can reach."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look at everything unsettled did."""

    checked: int
    settled: int
    resumed: int


class CorrectionWork:
    """What jobs do for wishes.

    Args:
        ask: The catalog.
        mending: Makes pull requests.
        rows: Where wishes are kept.
        clock: Tells the present.
        enqueue: Hands a wish over to a durable job: its id, and the key of the job; False where there is such a job.
        messenger: Brings them to people.
        refresh: Looks at one repository now.
    """

    def __init__(
        self,
        ask: Ask,
        mending: Mending,
        rows: CorrectionRows,
        clock: Clock,
        *,
        enqueue: Callable[[str, str], bool],
        messenger: Messenger,
        refresh: Callable[[RepositoryName], object],
    ) -> None:
        self._ask, self._mending, self._rows, self._clock = ask, mending, rows, clock
        self._enqueue, self._messenger, self._refresh = enqueue, messenger, refresh

    def propose(self, id: str, worker: str) -> str:
        """Make the pull request, where one is wanted; finds its own earlier one. Returns the state.

        Raises:
            GitHubUnavailable: People are told that it goes on; ask again.
        """
        found = self._rows.get(id)
        if found is None or found.state is not _S.OPENING:
            return str(found.state) if found else ""
        try:
            proposal = self._mending.propose_owner(
                found.subject,
                found.owner,
                OPERATOR,
                _reasons(found),
                asked_by=" and ".join(voice.name for voice in found.askers),
                agreed=found.decided_by.name if found.decided_by else "",
            )
        except GitHubUnavailable as error:
            self._say_that_it_waits(found, error, worker)
            raise
        except UserError as error:
            return self._cannot(found, error)
        edit, pull = proposal.preview.edit, proposal.pull
        self._rows.change(
            id,
            (_S.OPENING,),
            lambda before: replace(
                before, state=_S.OPEN, pull=pull, change=_change(edit), problem="", hint=""
            ),
        )
        return str(_S.OPEN)

    def refresh(self, id: str) -> bool:
        """Have the catalog look at what was merged, so that answers change at once; False where it could not."""
        found = self._rows.get(id)
        if found is None or found.state not in (_S.MERGED, _S.MENDED):
            return False
        try:
            self._refresh(found.repository)
        except (GitHubUnavailable, UserError) as error:
            # The regular look at what was pushed follows within minutes.
            _log.warning("correction.not_refreshed", id=id, cause=str(error))
            return False
        return True

    def show(self, id: str, worker: str) -> int:
        """Bring a correction to people as it is now, again until nothing changes meanwhile.

        Args:
            id: Which.
            worker: The key of the job; the same after a crash.

        Returns:
            The version that people see; 0 where another worker is at it, who shows this version too.
        """
        if not self._rows.claim(id, worker, self._clock.now() - _SHOWING_FOR):
            return 0
        lost: set[str] = set()
        try:
            while True:
                found = self._with_places(id)
                if found is None:
                    return 0
                lost |= self._messenger.show(replace(found, is_in_catalog=self._is_named(found)))
                if found.state is _S.ASKED and found.places and lost.issuperset(found.places):
                    self._find_places(found, lost)
                if self._rows.note_shown(id, found.version):
                    return found.version
        except Unavailable:
            self._rows.let_go(id, worker)
            raise

    def look(self, name: RepositoryName, number: int) -> int:
        """Ask the host what became of a pull request, where it is one of ours; returns for how many wishes.

        Raises:
            GitHubUnavailable: GitHub did not answer.
        """
        found = self._rows.of_pull(name, number)
        for correction in found:
            self._check(correction)
        return len(found)

    def look_at_all(self) -> Looked:
        """Go on with everything that is not settled: what was left lying, and pull requests that were decided about.

        Asks the host about few pull requests at a time, the longest unasked ones first, and about old ones seldom.
        """
        resumed = self._resume()
        settled = self._settle_by_catalog() + self._let_lapse()
        checked = 0
        now = self._clock.now()
        for correction in self._rows.in_states((_S.OPEN,)):
            if checked >= _MOST_CHECKED:
                break
            if not correction.is_due(now):
                continue
            checked += 1
            try:
                settled += self._check(correction)
            except GitHubUnavailable as error:
                _log.info("correction.not_checked", id=correction.id, cause=error.message)
                break
            except UserError as error:
                # The repository is gone, or the token does not see it any more; asked again more and more seldom.
                _log.info("correction.pull_unknown", id=correction.id, cause=error.message)
                self._rows.note_checked(correction.id)
        return Looked(checked, settled, resumed)

    # -- proposing -------------------------------------------------------------------------------------------

    def _say_that_it_waits(self, found: Correction, error: GitHubUnavailable, worker: str) -> None:
        if found.problem:
            return
        self._rows.change(
            found.id, (_S.OPENING,), lambda before: replace(before, problem=error.message.rstrip("."))
        )
        self.show(found.id, worker)

    def _cannot(self, found: Correction, error: UserError) -> str:
        """What becomes of a wish whose pull request cannot be made."""
        is_named = isinstance(error, NamedAlready)
        state = _S.MENDED if is_named else _S.BY_HAND
        # Only people can do it then; those who own it hear of it.
        edit = error.edit if isinstance(error, CannotWrite) else None
        is_question = found.is_question or isinstance(error, CannotWrite | NotAllowed)
        _log.info("correction.not_proposed", id=found.id, cause=error.message)
        self._rows.change(
            found.id,
            (_S.OPENING,),
            lambda before: replace(
                before,
                state=state,
                is_question=is_question,
                problem=error.message,
                hint=error.hint,
                change=_change(edit) if edit else before.change,
            ),
        )
        return str(state)

    def _with_places(self, id: str) -> Correction | None:
        """A correction, and where its owners are asked, which is decided once."""
        found = self._rows.get(id)
        if found is None or not found.is_question or found.places or found.is_settled:
            return found
        self._find_places(found)
        return self._rows.get(id)

    def _find_places(self, found: Correction, without: Collection[str] = ()) -> None:
        """Decide where the owners are asked; where they cannot be, it is left to people."""
        where = self._messenger.places_for(found, without)
        places = tuple(place for place in where.places if place not in without)
        if places:
            self._rows.change(
                found.id,
                (found.state,),
                lambda before: replace(before, places=places, asks_admins=where.asks_admins),
                is_news=bool(without),
            )
        elif found.state is _S.ASKED:
            whose = found.current_title or found.owner_title
            self._rows.change(
                found.id,
                (_S.ASKED,),
                lambda before: replace(
                    before,
                    state=_S.BY_HAND,
                    places=(),
                    problem=f"nobody of {whose} can be asked in Slack",
                    hint="Talk to them, or ask an administrator of Callboard to name a channel for them.",
                ),
            )

    # -- following -------------------------------------------------------------------------------------------

    def _check(self, correction: Correction) -> bool:
        """Whether something became of a pull request."""
        if correction.pull is None:
            return False
        state = OF_PULL[self._mending.proposal_state(correction.pull)]
        self._rows.note_checked(correction.id)
        if state is correction.state:
            return False
        return self._turned(correction.id, _PULL_STATES, state)

    def _turned(
        self, id: str, states: Collection[CorrectionState], state: CorrectionState, problem: str = ""
    ) -> bool:
        changed = self._rows.change(id, states, lambda before: replace(before, state=state, problem=problem))
        if changed is None:
            return False
        _log.info("correction.settled", id=id, state=state)
        self._enqueue(changed.id, changed.key)
        return True

    def _resume(self) -> int:
        """Take up what people have not been shown as it is, and what is being opened for long."""
        now, resumed = self._clock.now(), 0
        for correction in self._rows.left_over()[:_MOST_RESUMED]:
            age = now - correction.changed_at
            if correction.state is _S.OPENING and age > _TRIED_FOR:
                resumed += self._turned(
                    correction.id, (_S.OPENING,), _S.BY_HAND, "GitHub did not answer for a day"
                )
            elif self._enqueue(correction.id, correction.key):
                # Its job was never asked for: whoever wrote it down died before that.
                resumed += 1
            elif age > _LEFT_FOR:
                # Its own job gave up; this one is named by the time of this look.
                resumed += bool(self._enqueue(correction.id, f"{correction.key}:{now:%Y-%m-%dT%H:%MZ}"))
        return resumed

    def _settle_by_catalog(self) -> int:
        waiting = self._rows.in_states((_S.ASKED, _S.BY_HAND))
        return sum(
            self._turned(one.id, (_S.ASKED, _S.BY_HAND), _S.MENDED) for one in waiting if self._is_named(one)
        )

    def _let_lapse(self) -> int:
        now = self._clock.now()
        old = [
            one
            for state, most in ((_S.ASKED, _UNANSWERED_FOR), (_S.OPEN, _WATCHED_FOR))
            for one in self._rows.in_states((state,))
            if now - one.changed_at > most
        ]
        return sum(self._turned(one.id, (one.state,), _S.LAPSED) for one in old)

    def _is_named(self, correction: Correction) -> bool:
        """Whether the catalog names the new owner, and nobody else."""
        try:
            answer = thing_of(self._ask.estate(), correction.subject, OPERATOR)
        except UserError:
            return False
        return tuple(owner.ref for owner in answer.owners) == (correction.owner,)


def _reasons(correction: Correction) -> str:
    said = [voice for voice in correction.askers if voice.reason.strip()]
    if len(correction.askers) == 1:
        return "".join(voice.reason for voice in said)
    return "\n".join(f"{voice.name}: {voice.reason}" for voice in said)


def _change(edit: Edit) -> Change:
    return Change(edit.path, edit.line, edit.old, edit.new)
