"""What the organisations of one GitHub have in common: accounts, numbers, limits of queries, and a lock."""

import threading
from collections.abc import Mapping

from bot.sandbox.github.graph_limits import GraphLimits
from bot.sandbox.github.hosted import HostedRepository
from bot.sandbox.organization import Person

_BEFORE_FIRST = 1_000


class Shared:
    """One GitHub beneath its organisations; a state that is made without one has it for itself.

    Attributes:
        accounts: Everybody who has an account, by login, whichever organisations they are in.
        repositories: Every repository by the number that it keeps for life.
        organizations: How many organisations there are.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.graph = GraphLimits()
        self.accounts: dict[str, Person] = {}
        self.repositories: dict[int, HostedRepository] = {}
        self.organizations = 0
        self._numbers = _BEFORE_FIRST

    @property
    def next_number(self) -> int:
        """The number that the next repository will have."""
        return self._numbers + 1

    def host(self, repository: HostedRepository) -> None:
        """Note a repository that was made with ``next_number``."""
        self._numbers = repository.number
        self.repositories[repository.number] = repository

    def is_there(self, repository: HostedRepository) -> bool:
        """Whether a repository has not been deleted."""
        return self.repositories.get(repository.number) is repository

    def join(self, people: Mapping[str, Person]) -> dict[str, Person]:
        """Add an organisation, its number is ``organizations`` then; its people, each as GitHub knows them.

        A login is one person wherever it appears: the name and address of its first organisation count, and
        only whether somebody is a guest is each organisation's own.
        """
        self.organizations += 1
        found = {}
        for login, person in people.items():
            known = self.accounts.setdefault(login, person)
            is_same = known.guest == person.guest
            found[login] = known if is_same else known.model_copy(update={"guest": person.guest})
        return found
