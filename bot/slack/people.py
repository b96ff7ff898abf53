"""Who is asking: a Slack user as the catalog knows them, matched by an administrator's word or by mail address."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlalchemy.exc import OperationalError

from bot.slack.blocks import Json
from bot.slack.links import Link, Links
from bot.slack.mails import MailsUnreadable
from catalog_sync.estate import Estate
from catalog_sync.people import PeopleBook, accounts
from core.access import Asker, SlackUser, Standing, Visibility, visible_to
from core.errors import DatabaseUnavailable, SlackUnavailable, UserError

_log = structlog.get_logger(__name__)
_FRESH_S = 600.0


class SlackSide(Protocol):
    """What Slack says of people."""

    @property
    def workspace(self) -> str:
        """Our workspace's id."""
        ...

    def user(self, user_id: str) -> Json:
        """A person as Slack knows them."""
        ...

    def find_user(self, mail: str) -> Json | None:
        """The person with a mail address; None when nobody has it.

        Raises:
            MailsUnreadable: Slack does not let us look for addresses.
        """
        ...


class CatalogSide(Protocol):
    """What the catalog says of people."""

    def book(self) -> PeopleBook:
        """Its users, by what they are found by."""
        ...

    def groups_of(self, user: str) -> frozenset[str]:
        """The groups that a user is in, as references."""
        ...

    def title(self, ref: str) -> str:
        """What somebody is called."""
        ...


class CatalogUsers:
    """``CatalogSide`` over the estate; the book is made once for each state of the catalog.

    Args:
        estate: The catalog as it is now; the same object as long as nothing changed.
        groups_of: The groups that a user is in.
    """

    def __init__(self, estate: Callable[[], Estate], groups_of: Callable[[str], frozenset[str]]) -> None:
        self._estate = estate
        self._groups_of = groups_of
        self._made: tuple[Estate, PeopleBook] | None = None

    def book(self) -> PeopleBook:
        """See ``CatalogSide.book``."""
        estate, made = self._estate(), self._made
        if made is None or made[0] is not estate:
            made = self._made = (estate, PeopleBook(accounts(estate.cards.values())))
        return made[1]

    def groups_of(self, user: str) -> frozenset[str]:
        """See ``CatalogSide.groups_of``."""
        return self._groups_of(user)

    def title(self, ref: str) -> str:
        """See ``CatalogSide.title``."""
        return self._estate().title(ref)


@dataclass(frozen=True, slots=True)
class Profile:
    """As much of a Slack user as decides who they are and what they may see."""

    id: str
    standing: Standing
    mail: str = ""
    name: str = ""
    is_trusted: bool = True
    """Whether our own workspace vouches for the address; another organisation's does not."""


@dataclass(frozen=True, slots=True)
class Match:
    """The user of the catalog that a Slack user is: None where there is none, and why."""

    user: str | None
    why: str


_UNKNOWN = Profile("", Standing.GUEST, is_trusted=False)


class People:
    """Turns Slack users into askers and users of the catalog into Slack users.

    Reading needs no match, and a Slack that does not answer is no obstacle.

    Args:
        slack: What Slack says of people.
        catalog: What the catalog says of people.
        links: What administrators said of them.
        admins: ``slack.admins``: e-mails and Slack ids.
        require_match: ``access.require_match``.
    """

    def __init__(
        self,
        slack: SlackSide,
        catalog: CatalogSide,
        links: Links | None = None,
        *,
        admins: Sequence[str] = (),
        require_match: bool = False,
    ) -> None:
        self._slack = slack
        self._catalog = catalog
        self._links = links
        self._admins = tuple(admin.strip() for admin in admins)
        self._require_match = require_match
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Profile]] = {}
        self._matched: dict[str, Match] = {}

    def asker(self, workspace: str, user_id: str) -> Asker:
        """Who somebody is; a person that Slack does not tell about is treated as a guest."""
        profile = self._profile(user_id)
        user = self.match(profile).user
        groups = self._catalog.groups_of(user) if user else frozenset()
        slack, is_admin = SlackUser(workspace, user_id), self._is_admin(profile, user_id)
        return Asker(self._standing(profile, user), slack, user, groups, is_admin=is_admin)

    def who(self, user_id: str) -> tuple[Profile, Match]:
        """Somebody as Slack knows them, and who they are in the catalog, with the reason."""
        profile = self._profile(user_id)
        return profile, self.match(profile)

    def name_of(self, asker: Asker) -> str:
        """What somebody is called: as the catalog says, else as Slack does."""
        if asker.user:
            return self._catalog.title(asker.user)
        return (self._profile(asker.slack.id).name if asker.slack else "") or "Somebody"

    def match(self, profile: Profile) -> Match:
        """The user of the catalog that a Slack user is.

        An administrator's word goes first. Without one a member's address decides, a guest's only
        where it is exactly the same; bots and people of other organisations are nobody.
        """
        if not profile.is_trusted:
            return Match(None, "a bot, or not of this workspace")
        try:
            link = self._links.of(profile.id, profile.mail) if self._links else None
        except (DatabaseUnavailable, OperationalError) as error:
            # Nobody is more than they were when it could still be looked up.
            _log.warning("people.links_unknown", user=profile.id, cause=str(error).partition("\n")[0])
            return self._matched.get(profile.id, Match(None, "the database does not answer"))
        self._matched[profile.id] = found = self._match(profile, link)
        return found

    def _match(self, profile: Profile, link: Link | None) -> Match:
        if link:
            if not link.user:
                return Match(None, f"nobody, says {link.source}")
            named = self._catalog.book().named(link.user)
            return Match(
                named, link.source if named else f"{link.source} names {link.user}, who is not there"
            )
        by_mail = self._catalog.book().of_mail(profile.mail, is_exact=profile.standing is Standing.GUEST)
        return Match(by_mail.ref, by_mail.why)

    def book(self) -> PeopleBook:
        """The catalog's users, by what they are found by."""
        return self._catalog.book()

    def profile_of(self, user: Json) -> Profile:
        """What Slack's ``user`` object says that matters here."""
        return _profile_from(user, self._slack.workspace)

    def slack_user_of(self, ref: str | None, mails: Iterable[str] = ()) -> Profile | None:
        """The Slack user that somebody is, so that they can be told something.

        Args:
            ref: Their reference in the catalog, where they have one: links go before addresses, and
                an account that belongs to somebody else is never taken.
            mails: Addresses beside those that the catalog has, in the order of trust.

        Returns:
            None where nobody is found. Without a reference only full members are.

        Raises:
            SlackUnavailable: Slack did not answer, or does not let us look for addresses.
        """
        for subject in self._links.subjects_of(ref, self._catalog.book()) if self._links and ref else ():
            user = self._slack.find_user(subject) if "@" in subject else self._by_id(subject)
            if user:
                return self.profile_of(user)
        for mail in (*(self._catalog.book().mails_of(ref) if ref else ()), *mails):
            user = self._slack.find_user(mail)
            profile = self.profile_of(user) if user else None
            if profile and self._fits(profile, ref):
                return profile
        return None

    def administrators(self) -> tuple[str, ...]:
        """The Slack ids of the administrators that can be found, each once; a guest is none.

        Raises:
            SlackUnavailable: Slack did not answer.
        """
        found: list[str] = []
        for admin in self._admins:
            try:
                user = self._slack.find_user(admin) if "@" in admin else self._by_id(admin)
            except MailsUnreadable as error:
                # Those who are named by their Slack id are reached all the same.
                _log.warning("slack.mails_unreadable", admin=admin, problem=str(error))
                continue
            if user is None:
                _log.warning("slack.admin_not_found", admin=admin)
            elif self.profile_of(user).standing is Standing.MEMBER:
                found.append(str(user["id"]))
        return tuple(dict.fromkeys(found))

    def may_be_told(self, user_id: str, visibility: Visibility) -> bool:
        """Whether somebody may read something so visible in their direct messages, as Slack knows them now.

        Raises:
            SlackUnavailable: Slack did not answer.
        """
        user = self._by_id(user_id)
        return user is not None and visibility in self.sees(self.profile_of(user))

    def sees(self, profile: Profile) -> frozenset[Visibility]:
        """What somebody may read in their direct messages."""
        return visible_to(Asker(self._standing(profile, self.match(profile).user)))

    def _fits(self, profile: Profile, ref: str | None) -> bool:
        """Whether an address that is not the catalog's own leads to whoever is meant, and to nobody else."""
        user = self.match(profile).user
        if user is not None and ref is not None:
            return user == ref
        is_linked = self._links is not None and self._links.of(profile.id, profile.mail) is not None
        return profile.standing is Standing.MEMBER and (user is not None or not is_linked)

    def _standing(self, profile: Profile, user: str | None) -> Standing:
        if self._require_match and profile.standing is Standing.MEMBER and user is None:
            return Standing.UNMATCHED
        return profile.standing

    def _is_admin(self, profile: Profile, user_id: str) -> bool:
        if not profile.is_trusted or profile.standing is not Standing.MEMBER:
            return False
        names = {user_id.lower(), profile.mail.lower()} - {""}
        return any(admin.lower() in names for admin in self._admins)

    def _by_id(self, user_id: str) -> Json | None:
        try:
            return self._slack.user(user_id)
        except UserError:
            return None

    def _profile(self, user_id: str) -> Profile:
        with self._lock:
            found = self._known.get(user_id)
        # A member without an address is one whose address Slack did not show us: perhaps it does the next time.
        is_whole = found is not None and bool(found[1].mail or not found[1].is_trusted)
        if found and is_whole and time.monotonic() - found[0] < _FRESH_S:
            return found[1]
        try:
            profile = self.profile_of(self._slack.user(user_id))
        except (SlackUnavailable, UserError) as error:
            _log.warning("slack.person_unknown", user=user_id, cause=str(error))
            return found[1] if found and isinstance(error, SlackUnavailable) else _UNKNOWN
        with self._lock:
            self._known[user_id] = (time.monotonic(), profile)
        return profile


def is_outsider(user: Json, workspace: str) -> bool:
    """Whether a Slack user reads with the eyes of a guest; bots do not read."""
    if user.get("is_bot") or user.get("id") == "USLACKBOT":
        return False
    return _profile_from(user, workspace).standing is not Standing.MEMBER


def _profile_from(user: Json, workspace: str) -> Profile:
    is_foreign = bool(user.get("is_stranger")) or not _is_of(user, workspace)
    is_nobody = any(user.get(flag) for flag in ("is_bot", "is_workflow_bot", "deleted"))
    is_guest = any(user.get(flag) for flag in ("is_restricted", "is_ultra_restricted"))
    is_trusted = not (is_foreign or is_nobody or user.get("id") == "USLACKBOT")
    inner = user.get("profile") or {}
    return Profile(
        id=str(user.get("id") or ""),
        standing=Standing.MEMBER if is_trusted and not is_guest else Standing.GUEST,
        mail=str(inner.get("email") or "") if is_trusted else "",
        name=str(inner.get("real_name") or user.get("real_name") or user.get("name") or ""),
        is_trusted=is_trusted,
    )


def _is_of(user: Json, workspace: str) -> bool:
    """Whether somebody belongs to our workspace, perhaps as one of several of an enterprise."""
    team = user.get("team_id")
    grid = user.get("enterprise_user") or {}
    return not team or team == workspace or workspace in (grid.get("teams") or ())
