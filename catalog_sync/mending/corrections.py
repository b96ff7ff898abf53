"""The use cases of wrong owners, as people meet them: say it, and answer for the owners; what follows is handed over."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from catalog_sync.answers import OwnerAnswer
from catalog_sync.ask import Ask
from catalog_sync.mending.correction import (
    Correction,
    CorrectionState,
    Voice,
)
from catalog_sync.mending.correction_rows import CorrectionRows
from catalog_sync.mending.wanted import Wanted, thing_of, wanted_of
from catalog_sync.records import digest, repository_key
from core.access import Asker, Visibility, may_administer, may_correct, may_decide
from core.clock import Clock
from core.errors import NotAllowed, NotFound, UserError

_log = structlog.get_logger(__name__)
_AT_ONCE = timedelta(minutes=2)
"""Who asks for the same again so soon has pressed twice."""
_DECLINED_FOR = timedelta(days=30)
"""So long the owners are not asked the same again."""
_MOST_WAITING = 10
"""So many questions of one person may wait for an answer."""

_S = CorrectionState


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would happen if somebody asked for another owner."""

    now: OwnerAnswer
    """What the catalog says today."""
    is_enough: bool
    """Whether the asker's word opens the pull request; else the owners are asked."""
    path: str = ""
    """The file that would be changed; empty where that is not known yet."""


class Corrections:
    """Wishes for other owners.

    Args:
        ask: The catalog.
        rows: Where wishes are kept.
        clock: Tells the present.
        enqueue: Hands a wish over to a durable job: its id, and the key of the job.
    """

    def __init__(
        self, ask: Ask, rows: CorrectionRows, clock: Clock, enqueue: Callable[[str, str], object]
    ) -> None:
        self._ask, self._rows, self._clock, self._enqueue = ask, rows, clock, enqueue

    # -- what people do --------------------------------------------------------------------------------------

    def outlook(self, subject: str, asker: Asker) -> Outlook:
        """What would happen; asks nobody outside.

        Raises:
            UserError: See ``begin``.
        """
        now = thing_of(self._ask.estate(), subject, asker)
        is_enough = may_correct(asker, known_owners(now), _leads(now))
        # Of a path it is CODEOWNERS that is changed, whatever the path lies in.
        is_entity = now.about == "entity" and now.entity
        entity = self._ask.entity(str(now.entity)) if is_entity else None
        return Outlook(now, is_enough, entity.source.path if entity else "")

    def begin(self, subject: str, new_owner: str, asker: Asker, voice: Voice) -> Correction:
        """Take a wish in; what follows from it is handed over, and not waited for.

        Args:
            subject: The thing, as for ``wanted_of``.
            new_owner: Who is to own it, as for ``wanted_of``.
            asker: Who wants it.
            voice: The same, as people are told of them.

        Raises:
            NotAllowed: Guests may not.
            NotFound: Nothing that the asker may see has that name; or the catalog does not know the owner.
            UserError: It is theirs already, was asked for already, or was declined lately; says which.
        """
        wanted = wanted_of(self._ask, subject, new_owner, asker)
        assert wanted.now is not None
        if known_owners(wanted.now) == (str(wanted.owner),):
            raise UserError(f"{wanted.title} belongs to {wanted.owner_title} already.")
        is_enough = may_correct(asker, known_owners(wanted.now), _leads(wanted.now), str(wanted.owner))
        topic = _topic(wanted)
        if not is_enough:
            self._refuse_what_nags(topic, voice)

        def make(under_way: Correction | None) -> Correction:
            if under_way is None:
                return self._new(wanted, voice, is_enough=is_enough)
            self._refuse_what_was_said(under_way, voice, is_enough=is_enough)
            joined = under_way.with_asker(voice)
            if is_enough and joined.state is _S.ASKED:
                return replace(joined, state=_S.OPENING, decided_by=voice, changed_at=self._clock.now())
            return joined

        correction = self._rows.begin(topic, make)
        _log.info("correction.asked", id=correction.id, state=correction.state)
        self._hand_over(correction)
        return correction

    def decide(self, id: str, asker: Asker, voice: Voice, *, agrees: bool) -> Correction:
        """An owner's answer.

        Raises:
            NotFound: Nobody knows of that question.
            NotAllowed: The asker is none of the owners.
            UserError: It was settled meanwhile; says how.
        """
        found = self._rows.get(id)
        if found is None:
            raise NotFound("Callboard does not know of that question any more.")
        if not self._may_decide(found, asker):
            whose = found.current_title or found.owner_title
            who = "administrators" if found.asks_admins else f"members of {whose}"
            raise NotAllowed(f"Only {who} decide this.", "Ask them here, or in their channel.")
        states = (_S.ASKED,) if agrees else (_S.ASKED, _S.BY_HAND)
        state = _S.OPENING if agrees else _S.DECLINED
        changed = self._rows.change(
            id, states, lambda before: replace(before, state=state, decided_by=voice, problem="", hint="")
        )
        if changed is None:
            raise UserError("This was settled meanwhile; the message says how.")
        _log.info("correction.decided", id=id, agrees=agrees)
        self._hand_over(changed)
        return changed

    # -- taking in -------------------------------------------------------------------------------------------

    def _new(self, wanted: Wanted, voice: Voice, *, is_enough: bool) -> Correction:
        assert wanted.now is not None
        now, estate = self._clock.now(), self._ask.estate()
        row = estate.repositories.get(repository_key(wanted.repository))
        card = estate.cards.get(str(wanted.entity)) if wanted.entity else None
        visibility = card.visibility if card else row.visibility if row else Visibility.PRIVATE
        path = f"/{wanted.path}" if wanted.path else ""
        return Correction(
            id="",
            state=_S.OPENING if is_enough else _S.ASKED,
            version=1,
            subject=str(wanted.entity) if wanted.entity else f"{wanted.repository.full_name}{path}",
            title=wanted.title,
            repository=wanted.repository,
            visibility=visibility,
            owner=str(wanted.owner),
            owner_title=wanted.owner_title,
            current=known_owners(wanted.now),
            current_title=" and ".join(owner.title for owner in wanted.now.owners),
            askers=(voice,),
            asked_at=now,
            changed_at=now,
            is_question=not is_enough,
        )

    def _refuse_what_nags(self, topic: str, voice: Voice) -> None:
        """Owners who said no are left in peace for a while, and nobody asks everybody."""
        declined = self._rows.latest(topic, _S.DECLINED, self._clock.now() - _DECLINED_FOR)
        if declined and declined.decided_by:
            raise UserError(
                f"{declined.decided_by.name} said on {declined.changed_at:%d %B} that {declined.title} belongs to"
                f" {declined.current_title or 'somebody else'}.",
                "Talk to them directly.",
            )
        waiting = [
            one
            for one in self._rows.in_states((_S.ASKED,))
            if any(known.user == voice.user for known in one.askers)
        ]
        if len(waiting) >= _MOST_WAITING:
            raise UserError(
                f"{len(waiting)} questions of yours wait for an answer.",
                "Please wait until some are answered.",
            )

    def _refuse_what_was_said(self, under_way: Correction, voice: Voice, *, is_enough: bool) -> None:
        is_known = any(known.user == voice.user for known in under_way.askers)
        is_news = is_enough and under_way.state is _S.ASKED
        if is_known and not is_news and self._clock.now() - under_way.asked_at > _AT_ONCE:
            raise UserError(
                "You asked for this already.",
                "My message about it, in our direct messages, says how it stands.",
            )

    def _may_decide(self, correction: Correction, asker: Asker) -> bool:
        teams = [self._ask.team(ref) for ref in correction.deciders]
        leads = [lead for team in teams if team for lead in team.leads]
        return may_decide(asker, correction.deciders, leads) or (
            correction.asks_admins and may_administer(asker)
        )

    def _hand_over(self, correction: Correction) -> None:
        self._enqueue(correction.id, correction.key)


def known_owners(answer: OwnerAnswer) -> tuple[str, ...]:
    """References of the owners whom the catalog knows."""
    return tuple(owner.ref for owner in answer.owners if owner.is_known)


def _leads(answer: OwnerAnswer) -> tuple[str, ...]:
    return tuple(lead for owner in answer.owners for lead in owner.leads)


def _topic(wanted: Wanted) -> str:
    thing = str(wanted.entity) if wanted.entity else wanted.path
    return digest(repository_key(wanted.repository), thing, str(wanted.owner))[:12]
