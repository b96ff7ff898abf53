"""Pure: which user of the catalog a mail address or a login means; on any doubt, nobody."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catalog_sync.entity.refs import parse_ref
from catalog_sync.memory.cards import Card

_NOREPLY = re.compile(
    r"(?:[0-9]+\+)?([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)@users\.noreply\.[a-z0-9.-]+", re.IGNORECASE
)
"""GitHub's private addresses: ``12345+ana@users.noreply.github.com``, and the older ones without a number."""
_NOBODYS = re.compile(r"(?:no-?reply|do-?not-?reply)[^@]*@|@(?:[a-z0-9-]+\.)*noreply\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FoundUser:
    """A user that an address leads to: ``ref`` is None where nobody has it, or several do."""

    ref: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the catalog: their reference, GitHub login and mail address; empty where unknown."""

    ref: str
    login: str = ""
    mail: str = ""


def accounts(cards: Iterable[Card]) -> Iterator[Account]:
    """The users among the catalog's entities."""
    return (Account(card.ref, card.login, card.mail) for card in cards if card.kind == "user")


class PeopleBook:
    """The catalog's users by what they are found by."""

    def __init__(self, users: Iterable[Account]) -> None:
        self._refs: set[str] = set()
        self._by_mail: dict[str, set[str]] = {}
        self._by_bare_mail: dict[str, set[str]] = {}
        self._by_login: dict[str, set[str]] = {}
        for user in users:
            self._add(user)

    def of_mail(self, mail: str, *, is_exact: bool = False) -> FoundUser:
        """Whom an address belongs to.

        Case makes no difference. Where nobody has exactly this address, ``ana+slack@acme.example``
        and ``ana@acme.example`` are one mailbox; an address that nobody reads is nobody's.

        Args:
            mail: The address.
            is_exact: Whether ``+`` and what follows must be equal too.
        """
        address = mail.strip().lower()
        if not is_personal(address):
            return FoundUser(None, "no address of a person" if address else "no e-mail address")
        exactly = self._by_mail.get(address, set())
        if exactly or is_exact:
            return _only(exactly, "e-mail", f"nobody in the catalog has {address}")
        nearly = self._by_bare_mail.get(_bare(address), set())
        return _only(nearly, "e-mail, but for what follows its +", f"nobody in the catalog has {address}")

    def of_login(self, login: str) -> str | None:
        """The user with a GitHub login: by the annotation ``github.com/user-login``, else by the name."""
        found = self._by_login.get(login.lower(), set())
        if len(found) == 1:
            return next(iter(found))
        ref = f"user:default/{login}".lower()
        return ref if ref in self._refs and (not found or ref in found) else None

    def named(self, text: str) -> str | None:
        """The user that an administrator wrote: a login, a name or a reference; None where there is none."""
        written = text.strip().lstrip("@")
        if not written:
            return None
        by_login = self.of_login(written) if ":" not in written and "/" not in written else None
        if by_login:
            return by_login
        try:
            ref = str(parse_ref(written, "User"))
        except ValueError:
            return None
        return ref if ref in self._refs else None

    def mails_of(self, ref: str) -> tuple[str, ...]:
        """The addresses that the catalog has of a user."""
        return tuple(sorted(mail for mail, refs in self._by_mail.items() if ref in refs))

    def __iter__(self) -> Iterator[str]:
        """Every user's reference, in order."""
        return iter(sorted(self._refs))

    def _add(self, user: Account) -> None:
        self._refs.add(user.ref)
        if user.login:
            self._by_login.setdefault(user.login.lower(), set()).add(user.ref)
        address = user.mail.strip().lower()
        if is_personal(address):
            self._by_mail.setdefault(address, set()).add(user.ref)
            self._by_bare_mail.setdefault(_bare(address), set()).add(user.ref)


def is_personal(mail: str) -> bool:
    """Whether somebody may read an address: it is whole, and no address for machines."""
    name, at, host = mail.rpartition("@")
    return bool(at and name and "." in host) and not _NOBODYS.search(mail) and "[bot]" not in mail


def login_of(mail: str) -> str:
    """The login in one of GitHub's private addresses; empty in any other."""
    found = _NOREPLY.fullmatch(mail.strip())
    return found.group(1).lower() if found else ""


def _bare(mail: str) -> str:
    name, _at, host = mail.rpartition("@")
    return f"{name.partition('+')[0] or name}@{host}"


def _only(found: set[str], why: str, nobody: str) -> FoundUser:
    if len(found) > 1:
        return FoundUser(None, f"several users of the catalog have this address: {', '.join(sorted(found))}")
    return FoundUser(next(iter(found)), why) if found else FoundUser(None, nobody)
