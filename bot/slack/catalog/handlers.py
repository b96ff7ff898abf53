"""The buttons of what is held: an administrator lets it go or keeps it, and every copy of the message says who did."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.slack.blocks import Message, person
from bot.slack.catalog.views import APPLY, KEEP
from bot.slack.conversation import Handler, Request
from catalog_sync.notices.model import State
from core.access import may_administer
from core.errors import NotAllowed

_STALE = Message("This was settled meanwhile, or something else is held by now; the newest message has it.")


@dataclass(frozen=True, slots=True)
class HoldButtons:
    """The handlers."""

    approve: Callable[[str, str, str], bool]
    """Source, digest, who: removes exactly what was held; False when that is not held any more."""
    decide: Callable[[str, str, State, str], bool]
    """Source, digest, state, who: notes the decision and shows it; False when nobody waited for one."""

    def buttons(self) -> Mapping[str, Handler]:
        """How they register."""
        return {APPLY: self.apply, KEEP: self.keep}

    def apply(self, request: Request) -> None:
        """Let what is held leave the catalog."""
        digest, source = _value(request)
        if not self.approve(source, digest, request.user):
            request.reply.show(_STALE)
            return
        self.decide(source, digest, State.APPLIED, person(request.user))
        request.reply.show(Message("Done. What was held has left the catalog."))

    def keep(self, request: Request) -> None:
        """Leave everything where it is."""
        digest, source = _value(request)
        is_done = self.decide(source, digest, State.KEPT, person(request.user))
        request.reply.show(Message("Kept. Nothing leaves the catalog.") if is_done else _STALE)


def _value(request: Request) -> tuple[str, str]:
    """The digest and the source in a button.

    Raises:
        NotAllowed: Who pressed it is no administrator.
    """
    if not may_administer(request.asker):
        raise NotAllowed(
            "Only administrators of Callboard decide this.", "The setting slack.admins names them."
        )
    digest, _, source = request.text.partition(" ")
    return digest, source
