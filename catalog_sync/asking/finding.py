"""Pure: what a question is about in this catalog: an address, a reference, a sign, or words."""

import re
from collections.abc import Iterator
from dataclasses import replace

from catalog_sync.asking.addresses import Address, read_address
from catalog_sync.asking.found import Channel, Found, Place, Unknown
from catalog_sync.asking.placing import PlaceFinding
from catalog_sync.asking.question import Question, kinds_in, without_article
from catalog_sync.entity.refs import parse_ref
from catalog_sync.estate import Estate
from catalog_sync.names import Match, Named
from catalog_sync.ownership.directory import is_mail
from catalog_sync.word_forms import numberless
from core.access import Visibility

_CHANNEL = re.compile(r"(?<!\S)(#(?!\d+\b)[^\s,;?!]+)|\A(C[A-Z0-9]{8,})\Z")
_KIND_ALIASES = {"team": "group", "person": "user", "service": "component", "repo": "repository"}


class Finding:
    """One asker's way to find things.

    Args:
        estate: The catalog.
        seen: What the asker may know of; the rest is as if it were not there.
    """

    def __init__(self, estate: Estate, seen: frozenset[Visibility]) -> None:
        self._estate = estate
        self._places = PlaceFinding(estate, seen)

    def find(self, question: Question) -> Found:
        """What a question is about."""
        if " " not in question.subject:
            question = replace(question, subject=question.subject.replace("\\", "/"))
        subject = question.subject
        channel = _CHANNEL.search(subject)
        if channel:
            name = channel.group(1) or channel.group(2)
            names = (name.lower(), name.lower().lstrip("#"), question.channel_id.lower())
            return Channel(tuple(filter(None, names)))
        address = next(iter(self._addresses(subject)), None)
        found = self._of_address(address) if address else None
        return found or self._by_reference(subject) or self._by_sign(subject) or self._by_words(question)

    def _addresses(self, subject: str) -> Iterator[Address]:
        """The addresses that stand in a subject."""
        for word in subject.split():
            address = read_address(word.strip("<>()[],;'\""), self._estate.hosts)
            if address:
                yield address

    # -- addresses -------------------------------------------------------------------------------------------

    def _of_address(self, address: Address) -> Found | None:
        if address.about == "channel":
            return Channel((address.name.lower(),))
        if address.about == "entity":
            return self._places.card(address.name) or Unknown(address.name)
        if address.about == "team":
            ref = self._estate.directory.team(address.owner, address.name, self._host(address.host))
            return self._places.card(ref) or Unknown(f"@{address.owner}/{address.name}")
        if address.about == "person":
            return self._places.card(self._estate.directory.person(address.name)) or Unknown(
                f"@{address.name}"
            )
        return self._places.at(address) or Unknown(f"{address.owner}/{address.name}")

    def _host(self, host: str) -> str:
        """A host as the catalog knows it; empty where it knows none like it, as in a folder."""
        return host.lower() if host.lower() in self._estate.hosts else ""

    # -- references and signs --------------------------------------------------------------------------------

    def _by_reference(self, subject: str) -> Found | None:
        """``component:default/payments-api``, ``team:payments``, ``prod/payments-api``."""
        if " " in subject or subject.startswith("@"):
            return None
        kind, colon, rest = subject.partition(":")
        kind = _KIND_ALIASES.get(kind.lower(), kind.lower())
        if not colon or kind == "repository":
            return self._places.by_path(rest) if colon else None
        found = self._places.card(_reference(f"{kind}:{rest}"))
        if found is None and kind == "user":
            found = self._places.card(self._estate.directory.person(rest))
        if found is None and kind == "group" and "/" in rest:
            found = self._places.card(self._estate.directory.team(*rest.lstrip("@").split("/", 1)))
        return found

    def _by_sign(self, subject: str) -> Found | None:
        """``@acme/payments``, ``@ana``, ``ana@acme.example``."""
        directory = self._estate.directory
        if is_mail(subject):
            return self._places.card(directory.person(subject)) or Unknown(subject)
        if not subject.startswith("@"):
            return None
        name = subject[1:]
        organization, slash, slug = name.partition("/")
        if slash:
            return self._places.card(directory.team(organization, slug))
        return (
            self._places.card(directory.person(name))
            or self._places.exactly(name, "group", "user")
            or self._with_word(name, "group", "user")
        )

    # -- words -----------------------------------------------------------------------------------------------

    def _by_words(self, question: Question) -> Found:
        subject = question.subject.lstrip("@")
        for text in (without_article(subject), *(rest for rest, _kind in kinds_in(subject))):
            found = self._places.by_path(text) if "/" in text and " " not in text else None
            if found:
                return found
        inside = self._places.with_blanks(question.subject) or self._places.inside(question.subject)
        if inside:
            return inside
        if question.about_people:
            people = (
                self._places.exactly(subject, "group", "user")
                or self._of_kind(subject, "group", "user")
                or self._with_word(subject, "group", "user")
            )
            if people:
                return people
        match = self._estate.names.find(self._without_organization(subject), self._places.allowed())
        if match.found and not match.is_corrected:
            return self._narrowed(subject, match)
        qualified = None if match.found and not match.is_corrected else self._qualified(subject)
        if qualified:
            return qualified
        in_sentence = (
            None if match.found else self._estate.names.within(question.subject, self._places.allowed())
        )
        return self._of_kind(subject) or in_sentence or self._narrowed(subject, match)

    def _without_organization(self, subject: str) -> str:
        """A misspelt ``org/repo`` without its organisation, which says nothing about what was meant."""
        owner, slash, rest = subject.partition("/")
        is_known = slash and " " not in subject and owner.lower() in self._estate.organizations
        return rest.partition("/")[0] if is_known else subject

    def _qualified(self, subject: str) -> Found | None:
        """``staging payments-api``, ``acme tools``: a namespace or an organisation beside a name."""
        words = without_article(subject).split()
        if len(words) != 2:
            return None
        for first, second in (words, words[::-1]):
            found = [row for row in self._places.called(second) if row.owner.lower() == first.lower()]
            if len(found) == 1:
                return Place(found[0])
            card = self._places.in_namespace(first.lower(), second)
            if card:
                return card
        return None

    def _narrowed(self, subject: str, match: Match) -> Found:
        """The one thing that a name means, where a word says which kind it is of."""
        for rest, kind in kinds_in(subject):
            if len(match.found) != 1 or self._kind_of(match.found[0]) != kind:
                found = self._places.exactly(rest, kind)
                if found and not self._is_called(subject, match):
                    return found
        return match

    def _is_called(self, subject: str, match: Match) -> bool:
        """Whether the whole of a subject is a thing's name, the word for its kind included."""
        whole = numberless(without_article(subject))
        return any(numberless(name) == whole for thing in match.found for name in thing.names)

    def _of_kind(self, subject: str, *only: str) -> Found | None:
        for rest, kind in kinds_in(subject):
            if not only or kind in only:
                found = self._places.exactly(rest, kind)
                if found:
                    return found
        return None

    def _with_word(self, name: str, *kinds: str) -> Match | None:
        """The only one that has a word in its name: a first name."""
        return (
            None
            if self._places.exactly(name)
            else self._estate.names.with_words([name], self._places.allowed(*kinds))
        )

    def _kind_of(self, thing: Named) -> str:
        return "repository" if thing.what == "repository" else self._estate.cards[thing.key].kind


def _reference(text: str) -> str | None:
    try:
        return str(parse_ref(text, "Component"))
    except ValueError:
        return None
