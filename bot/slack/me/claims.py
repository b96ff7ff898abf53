"""What people say of themselves: which user of the catalog they are, until an administrator confirms it or not."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
import structlog

from bot.slack.links import Links
from bot.slack.tables import claims
from catalog_sync.people import PeopleBook
from core.access import Asker, SlackUser, Standing, may_administer
from core.clock import Clock
from core.database import Database
from core.errors import NotAllowed, NotFound, UserError

_log = structlog.get_logger(__name__)
_LOCK = 8116308
"""Two administrators may decide at once; one of them is first."""
_C = claims.c


class ClaimState(StrEnum):
    """Where a claim is."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says of themselves."""

    who: SlackUser
    number: int
    """How often they said something; an answer is for one of them."""
    ref: str
    state: ClaimState
    decided_by: str
    """The Slack id of the administrator; empty while it waits."""

    @property
    def id(self) -> str:
        """Names it in a button."""
        return f"{self.who.id}:{self.number}"

    @property
    def key(self) -> str:
        """The key of the job that shows this state of it."""
        return f"claim:{self.who.workspace}:{self.id}:{self.state}"


class Claims:
    """Claims, and what follows from them.

    Args:
        database: Where they are kept.
        clock: Tells the present.
        links: Where a confirmed one is written down.
        book: The catalog's users.
        enqueue: Hands a claim over to a durable job, which shows it: workspace, user, the job's key.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        links: Links,
        book: Callable[[], PeopleBook],
        enqueue: Callable[[str, str, str], object],
    ) -> None:
        self._database, self._clock, self._links = database, clock, links
        self._book, self._enqueue = book, enqueue

    def of(self, who: SlackUser) -> Claim | None:
        """What somebody said last; None where they never did."""
        statement = sa.select(claims).where(_C.workspace == who.workspace, _C.user == who.id)
        with self._database.read() as connection:
            row = connection.execute(statement).first()
        return _claim(row) if row else None

    def is_to_be_asked(self, asker: Asker) -> bool:
        """Whether somebody should be asked who they are: a member who is no user of the catalog, and never said."""
        if asker.slack is None or asker.user is not None or not may_claim(asker):
            return False
        return self.of(asker.slack) is None

    def say(self, asker: Asker, ref: str) -> Claim:
        """Take in who somebody says they are; administrators are asked, by a job.

        Raises:
            NotAllowed: Guests and people of other organisations are nobody.
            NotFound: The catalog has no such user.
            UserError: They are that already.
        """
        if asker.slack is None or not may_claim(asker):
            raise NotAllowed("Only members of the workspace can say who they are in the catalog.")
        user = self._book().named(ref)
        if user is None:
            raise NotFound(f"The catalog knows no user called {ref}.")
        if user == asker.user:
            raise UserError("That is who you are here already.")
        who = asker.slack
        with self._database.write_in_turn(claims, _LOCK) as connection:
            where = (_C.workspace == who.workspace) & (_C.user == who.id)
            before = connection.execute(sa.select(claims).where(where)).first()
            is_said = before is not None and before.ref == user and before.state == ClaimState.WAITING
            row = {
                "workspace": who.workspace,
                "user": who.id,
                "number": before.number + 1 if before else 1,
                "ref": user,
                "state": ClaimState.WAITING,
                "decided_by": "",
                "said_at": self._clock.now(),
                "decided_at": None,
            }
            if not is_said:
                self._database.upsert(connection, claims, [row])
        # Again for what was said before: its job is found by its key, or was lost in a crash.
        return self._handed_over(who)

    def decide(self, id: str, asker: Asker, *, agrees: bool) -> Claim:
        """An administrator's answer; a confirmed claim is in force at once.

        Raises:
            NotAllowed: The asker is no administrator, or speaks of themselves.
            UserError: It was decided meanwhile, or something else was said.
        """
        if asker.slack is None or not may_administer(asker):
            raise NotAllowed(
                "Only administrators of Callboard decide this.", "The setting slack.admins names them."
            )
        user, _, number = id.rpartition(":")
        who = SlackUser(asker.slack.workspace, user)
        if who == asker.slack:
            raise NotAllowed(
                "You cannot confirm who you are yourself.",
                "Ask another administrator, or use `callboard people link` on the machine.",
            )
        claim = self._settled(who, number, asker.slack.id, agrees=agrees)
        if claim is None:
            if self.of(who):
                self._handed_over(who)
            raise UserError("This was decided meanwhile, or they said something else since.")
        _log.info("claim.decided", user=user, ref=claim.ref, agrees=agrees, by=asker.slack.id)
        return self._handed_over(who)

    def _settled(self, who: SlackUser, number: str, by: str, *, agrees: bool) -> Claim | None:
        state = ClaimState.CONFIRMED if agrees else ClaimState.DECLINED
        where = (_C.workspace == who.workspace) & (_C.user == who.id) & (_C.state == ClaimState.WAITING)
        with self._database.write_in_turn(claims, _LOCK) as connection:
            row = connection.execute(sa.select(claims).where(where)).first()
            if row is None or str(row.number) != number:
                return None
            values = {"state": state, "decided_by": by, "decided_at": self._clock.now()}
            connection.execute(claims.update().where(where).values(values))
            if agrees:
                self._links.put_in(connection, who.id, row.ref, by)
        return _claim(row)

    def _handed_over(self, who: SlackUser) -> Claim:
        claim = self.of(who)
        assert claim is not None
        self._enqueue(who.workspace, who.id, claim.key)
        return claim


def may_claim(asker: Asker) -> bool:
    """Whether somebody can be a user of the catalog at all: full members of the workspace, matched or not."""
    return asker.standing in (Standing.MEMBER, Standing.UNMATCHED)


def _claim(row: sa.Row[tuple[object, ...]]) -> Claim:
    found = row._mapping
    who = SlackUser(found["workspace"], found["user"])
    return Claim(who, found["number"], found["ref"], ClaimState(found["state"]), found["decided_by"])
