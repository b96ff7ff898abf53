"""Everybody in the workspace beside everybody in the catalog: who is whom, and who could not be matched."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.slack.blocks import Json
from bot.slack.mails import UNREADABLE
from bot.slack.people import People
from core.access import Standing


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person in Slack, with the user of the catalog that they are, or why there is none."""

    id: str
    name: str
    mail: str
    standing: Standing
    user: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Roster:
    """Both sides."""

    slack: tuple[RosterRow, ...]
    """Everybody but bots and those who left, in the order of names."""
    missing: tuple[str, ...]
    """References of the catalog's users whom nobody in Slack is."""
    problem: str = ""
    """Why nobody could be matched by their address, where that is so."""

    @property
    def unmatched(self) -> tuple[RosterRow, ...]:
        """Full members who are no user of the catalog; guests need not be one."""
        return tuple(row for row in self.slack if row.user is None and row.standing is Standing.MEMBER)


def roster(users: Iterable[Json], people: People, *, shows_mails: bool = True) -> Roster:
    """Match everybody.

    Args:
        users: Slack's ``users.list``.
        people: Decides who is who.
        shows_mails: Whether Slack shows us addresses; without them who is not linked is unknown, not nobody.
    """
    rows = []
    for user in users:
        profile = people.profile_of(user)
        if user.get("is_bot") or user.get("deleted") or profile.id == "USLACKBOT":
            continue
        match = people.match(profile)
        is_unknown = not shows_mails and match.user is None and not profile.mail
        why = UNREADABLE if is_unknown else match.why
        rows.append(RosterRow(profile.id, profile.name, profile.mail, profile.standing, match.user, why))
    matched = {row.user for row in rows}
    missing = tuple(ref for ref in people.book() if ref not in matched)
    whole = tuple(sorted(rows, key=lambda row: (row.name.lower(), row.id)))
    return Roster(whole, missing, "" if shows_mails else UNREADABLE)
