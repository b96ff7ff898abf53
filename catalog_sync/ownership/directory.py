"""Pure: which group or person a written owner means; one that exists nowhere keeps the name that was written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from catalog_sync.entity.model import DEFAULT_NAMESPACE, EntityRef
from catalog_sync.entity.refs import parse_ref
from catalog_sync.memory.cards import Card
from catalog_sync.word_forms import joined

_MAIL = re.compile(r"[^@\s/:]+@[^@\s/:]+\.[^@\s/:]+\Z")
_TEAM = re.compile(r"@?([A-Za-z0-9][A-Za-z0-9-]*)/([A-Za-z0-9._-]+)\Z")


class Directory:
    """Everybody who can own something.

    Args:
        cards: The catalog; only groups and users are looked at.
        teams: The rows of the hosts' teams.
    """

    def __init__(self, cards: Mapping[str, Card], teams: Sequence[Mapping[str, Any]]) -> None:
        self._groups = {ref: card for ref, card in cards.items() if card.kind == "group"}
        self._users = {ref: card for ref, card in cards.items() if card.kind == "user"}
        self._teams = teams
        self._read: dict[tuple[str, str], str] = {}

    def __contains__(self, ref: object) -> bool:
        """Whether there is such a group or person."""
        return ref in self._groups or ref in self._users

    @cached_property
    def team_rows(self) -> Mapping[str, Mapping[str, Any]]:
        """The reference of a group to the row of the host's team that it is."""
        return {self.group_of(row): row for row in reversed(self._teams)}

    def group_of(self, row: Mapping[str, Any]) -> str:
        """The group that a host's team is, whether or not the catalog has it."""
        return row["ref"] or str(EntityRef("Group", DEFAULT_NAMESPACE, row["slug"]))

    @cached_property
    def user_of_mail(self) -> Mapping[str, str]:
        """Mail address in lower case to person."""
        return {card.mail.lower(): ref for ref, card in self._users.items() if card.mail}

    def person(self, written: str) -> str | None:
        """The person with a login, a mail address or a name that nobody else has."""
        text = written.strip().lstrip("@")
        if _MAIL.match(text):
            return self.user_of_mail.get(text.lower())
        return self._user_of_login.get(text.lower()) or self._only(self._users_called, text)

    def team(self, organization: str, slug: str, host: str = "") -> str | None:
        """The group that ``@organization/slug`` means.

        A group of that name is taken for it unless it is known to be another organisation's team.

        Args:
            organization: The organisation as it was written.
            slug: The team.
            host: The host; empty where it is not known, as in a folder.
        """
        wanted = (organization.lower(), slug.lower())
        found = self._team_refs.get((host.lower(), *wanted)) or self._team_refs.get(("", *wanted))
        if found:
            return found
        inside = str(EntityRef("Group", organization, slug))
        if inside in self._groups:
            return inside
        plain = str(EntityRef("Group", DEFAULT_NAMESPACE, slug))
        return plain if plain in self._groups and self._belongs(plain, organization.lower()) else None

    def written(self, owner: str, namespace: str) -> str:
        """Whom ``spec.owner`` means, as a reference.

        A name without a kind is a group's; where there is no such group it may be a person's. A mail
        address is a person's.

        Args:
            owner: What was written.
            namespace: The namespace of the entity.
        """
        key = (owner, namespace)
        if key not in self._read:
            self._read[key] = self._written(owner, namespace)
        return self._read[key]

    def codeowner(self, owner: str, host: str, organization: str) -> str:
        """Whom CODEOWNERS means, as a reference.

        Args:
            owner: ``@organisation/team``, ``@login`` or a mail address.
            host: The repository's host.
            organization: The repository's owner.
        """
        if owner.startswith("@") and "/" in owner:
            named, _slash, slug = owner[1:].partition("/")
            found = self.team(named, slug, host)
            if found:
                return found
            plain = EntityRef("Group", DEFAULT_NAMESPACE, slug)
            is_ours = str(plain) not in self._groups and named.lower() == organization.lower()
            return str(plain if is_ours else EntityRef("Group", named, slug))
        if owner.startswith("@"):
            login = owner[1:]
            return self._user_of_login.get(login.lower()) or _user(login)
        return self._of_mail(owner)

    def _written(self, owner: str, namespace: str) -> str:
        if _MAIL.match(owner.removeprefix("user:").removeprefix("User:")):
            return self._of_mail(owner.rpartition(":")[2])
        if owner.startswith("@"):
            team = _TEAM.match(owner)
            found = self.team(*team.groups()) if team else self._user_of_login.get(owner[1:].lower())
            found = found or self._bare(owner[1:], namespace)
            return found or str(EntityRef("Group", DEFAULT_NAMESPACE, owner))
        try:
            ref = parse_ref(owner, "Group", namespace)
        except ValueError:
            return str(EntityRef("Group", namespace, owner))
        return self._referred(owner, ref, namespace)

    def _referred(self, owner: str, ref: EntityRef, namespace: str) -> str:
        plain = str(ref)
        if plain in self:
            return plain
        if ref.kind.lower() == "user":
            # Users are called by their logins too, and may be described under another name.
            return self._user_of_login.get(ref.name.lower(), plain)
        if ":" in owner:
            return plain
        team = _TEAM.match(owner)
        found = self.team(*team.groups()) if team else self._bare(owner, namespace)
        return found or plain

    def _bare(self, name: str, namespace: str) -> str | None:
        """A name without a kind that no group has: a login, or a title or name with blanks in it."""
        inside = str(EntityRef("User", namespace, name))
        if inside in self._users:
            return inside
        by_login = self._user_of_login.get(name.lower())
        if by_login or " " not in name.strip():
            return by_login
        return self._only(self._groups_called, name) or self._only(self._users_called, name)

    def _of_mail(self, mail: str) -> str:
        """The person with an address, else the one whose login stands before the @ and who has no address."""
        found = self.user_of_mail.get(mail.lower())
        if found:
            return found
        by_login = self._user_of_login.get(mail.partition("@")[0].lower())
        return by_login if by_login and not self._users[by_login].mail else _user(mail)

    def _belongs(self, group: str, organization: str) -> bool:
        """Whether a group may be a team of an organisation: nothing says that it is another's."""
        row = self.team_rows.get(group)
        if row is not None:
            return bool(row["organization"].lower() == organization)
        annotated = self._groups[group].team_slug.lower().rpartition("/")[0]
        return annotated in ("", organization)

    @cached_property
    def _team_refs(self) -> Mapping[tuple[str, str, str], str]:
        """``(host, organisation, slug)`` to group; without a host too where only one host has it."""
        found: dict[tuple[str, str, str], str] = {}
        for ref, card in self._groups.items():
            organization, slash, slug = card.team_slug.lower().partition("/")
            if slash:
                found[("", organization, slug)] = ref
        hosts: dict[tuple[str, str], set[str]] = {}
        for row in self._teams:
            name = (row["organization"].lower(), row["slug"].lower())
            hosts.setdefault(name, set()).add(self.group_of(row))
            found[(row["host"].lower(), *name)] = self.group_of(row)
        found |= {("", *name): next(iter(refs)) for name, refs in hosts.items() if len(refs) == 1}
        return found

    @cached_property
    def _user_of_login(self) -> Mapping[str, str]:
        """Login in lower case to person: by annotation first, else by name."""
        found: dict[str, str] = {}
        for ref, card in self._users.items():
            found.setdefault(card.name.lower(), ref)
        found |= {card.login.lower(): ref for ref, card in self._users.items() if card.login}
        return found

    @cached_property
    def _users_called(self) -> Mapping[str, set[str]]:
        return _called(self._users.values())

    @cached_property
    def _groups_called(self) -> Mapping[str, set[str]]:
        return _called(self._groups.values())

    @staticmethod
    def _only(called: Mapping[str, set[str]], name: str) -> str | None:
        found = called.get(joined(name), set())
        return next(iter(found)) if len(found) == 1 else None


def is_mail(text: str) -> bool:
    """Whether a text is written like a mail address."""
    return _MAIL.match(text) is not None


def _called(cards: Iterable[Card]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for card in cards:
        for name in card.names:
            found.setdefault(joined(name), set()).add(card.ref)
    return found


def _user(name: str) -> str:
    return str(EntityRef("User", DEFAULT_NAMESPACE, name))
