"""Brings the catalog's notices to people: whom Slack can reach, who may read it, one message for each."""

from collections.abc import Callable, Sequence

import structlog

from bot.slack.blocks import Message
from bot.slack.catalog.views import notice_message
from bot.slack.gateway import Gateway
from bot.slack.mails import MailsUnreadable
from bot.slack.people import People, Profile
from catalog_sync.estate import TeamProfile
from catalog_sync.notices.model import ADMINS, NoticeMessage, Touch
from catalog_sync.people import is_personal, login_of
from core.access import OPERATOR, Place, Visibility, visible_in
from core.errors import UserError

_log = structlog.get_logger(__name__)
_USER, _CHANNEL = "user:", "channel:"


class SlackMessenger:
    """``catalog_sync.notices.tell.Messenger`` over Slack.

    Args:
        gateway: The way out.
        people: Who is who.
        team: A team by its reference.
        place_of: Who reads along in a channel.
    """

    def __init__(
        self,
        gateway: Gateway,
        people: People,
        team: Callable[[str], TeamProfile | None],
        place_of: Callable[[str], Place],
    ) -> None:
        self._gateway = gateway
        self._people = people
        self._team = team
        self._place_of = place_of

    def author(self, touch: Touch, visibility: Visibility) -> str | None:
        """See ``Messenger.author``."""
        login, mail = touch.login or login_of(touch.mail), touch.mail.strip().lower()
        book = self._people.book()
        ref = (book.of_login(login) if login else None) or book.of_mail(mail, is_exact=True).ref
        mails = (mail,) if is_personal(mail) else ()
        return self._if_may_read(self._user_of(ref, mails), visibility)

    def owner(self, ref: str, visibility: Visibility) -> str | None:
        """See ``Messenger.owner``."""
        if ref.startswith("user:"):
            return self._if_may_read(self._user_of(ref), visibility)
        team = self._team(ref)
        if team is None or not team.channel or not self._all_may_read(team.channel, visibility):
            return None
        return f"{_CHANNEL}{team.channel}"

    def show(self, message: NoticeMessage) -> bool:
        """See ``Messenger.show``; what a channel or a person cannot be told goes to the administrators.

        Whom to tell was decided earlier, before a crash or an hour without Slack perhaps: whoever came
        into the channel since, or became a guest, is looked at again before anything is posted.
        """
        shown = notice_message(message)
        if message.recipient == ADMINS:
            return self._to_admins(message, shown)
        key = f"catalog:{message.key}"
        if not self._gateway.has_delivered(key):
            if message.is_settled:
                # Mended before anybody heard of it, or told to the administrators in the place of the recipient.
                self._to_admins(message, shown)
                return True
            if not self._may_be_told(message):
                _log.info("slack.notice_redirected", recipient=message.recipient, message=message.key)
                return self._to_admins(message, shown)
        try:
            self._deliver(message.recipient, shown, key)
        except UserError as error:
            _log.warning("slack.notice_not_delivered", recipient=message.recipient, cause=str(error))
            return self._to_admins(message, shown)
        return True

    def _may_be_told(self, message: NoticeMessage) -> bool:
        recipient = message.recipient
        if recipient.startswith(_USER):
            return self._people.may_be_told(recipient.removeprefix(_USER), message.visibility)
        return self._all_may_read(recipient.removeprefix(_CHANNEL), message.visibility)

    def _all_may_read(self, channel: str, visibility: Visibility) -> bool:
        """Whether everybody in a channel may read something so visible."""
        place = self._place_of(channel)
        return place.is_known and visibility in visible_in(OPERATOR, place)

    def _deliver(self, recipient: str, shown: Message, key: str) -> None:
        if recipient.startswith(_USER):
            self._gateway.deliver_directly(recipient.removeprefix(_USER), shown, key)
        else:
            self._gateway.deliver(recipient.removeprefix(_CHANNEL), shown, key)

    def _to_admins(self, message: NoticeMessage, shown: Message) -> bool:
        is_shown = False
        for admin in self._people.administrators():
            key = f"catalog:{message.key}:{admin}"
            if message.is_settled and not self._gateway.has_delivered(key):
                is_shown = True
                continue
            try:
                self._gateway.deliver_directly(admin, shown, key)
                is_shown = True
            except UserError as error:
                _log.warning("slack.notice_not_delivered", recipient=admin, cause=str(error))
        if not is_shown and not message.is_settled:
            _log.warning("slack.no_admins", message=message.key)
        return is_shown

    def _user_of(self, ref: str | None, mails: Sequence[str] = ()) -> Profile | None:
        """Somebody in Slack; where addresses cannot be read the next in line is told instead."""
        try:
            return self._people.slack_user_of(ref, mails)
        except MailsUnreadable as error:
            _log.warning("slack.mails_unreadable", user=ref, problem=str(error))
            return None

    def _if_may_read(self, profile: Profile | None, visibility: Visibility) -> str | None:
        if profile is None or visibility not in self._people.sees(profile):
            return None
        return f"{_USER}{profile.id}"
