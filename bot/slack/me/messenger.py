"""Brings claims to people: the question to the administrators, the answer to whoever said who they are."""

from collections.abc import Callable

import structlog

from bot.slack.blocks import Message
from bot.slack.gateway import Gateway
from bot.slack.me.claims import Claim, Claims, ClaimState
from bot.slack.me.views import claim_answer, claim_question
from bot.slack.people import People
from core.access import SlackUser
from core.errors import UserError
from core.jobs import JSON, Job, Run

_log = structlog.get_logger(__name__)
CLAIM = "people.claim"


class ClaimMessenger:
    """Shows claims.

    Args:
        gateway: The way out.
        people: Who is who, and who the administrators are.
        claims: The claims.
        title: What a reference is called by people.
    """

    def __init__(self, gateway: Gateway, people: People, claims: Claims, title: Callable[[str], str]) -> None:
        self._gateway, self._people, self._claims, self._title = gateway, people, claims, title

    def show(self, workspace: str, user: str) -> bool:
        """Show somebody's claim as it is now; whoever has seen it sees it in its place.

        Raises:
            SlackUnavailable: Ask again.
        """
        who, shown = SlackUser(workspace, user), None
        # Somebody may answer while others are still being asked.
        while (claim := self._claims.of(who)) is not None and claim != shown:
            self._show(claim)
            shown = claim
        return shown is not None

    def _show(self, claim: Claim) -> None:
        title, user = self._title(claim.ref), claim.who.id
        profile, _match = self._people.who(user)
        others = self._people.slack_user_of(claim.ref) if claim.state is ClaimState.WAITING else None
        other = others.id if others and others.id != user else ""
        question = claim_question(claim, profile.name, profile.mail, title, other)
        admins = self._people.administrators()
        answer = claim_answer(claim, title, has_admins=any(admin != user for admin in admins))
        # First, so that nobody answers before it is there.
        self._deliver(user, answer, f"claim:{claim.id}:answer")
        for admin in admins:
            key = f"claim:{claim.id}:{admin}"
            if claim.state is ClaimState.WAITING or self._gateway.has_delivered(key):
                self._deliver(admin, question, key)

    def _deliver(self, user: str, message: Message, key: str) -> None:
        try:
            self._gateway.deliver_directly(user, message, key)
        except UserError as error:
            # One administrator who cannot be reached keeps the others from nothing.
            _log.warning("claim.not_delivered", user=user, cause=str(error))


def job_of(show: Callable[[str, str], bool]) -> Job:
    """The job that shows a claim."""

    def run(run: Run, payload: dict[str, JSON]) -> JSON:
        return run.step("show", lambda: show(str(payload["workspace"]), str(payload["user"])))

    return Job(CLAIM, run)
