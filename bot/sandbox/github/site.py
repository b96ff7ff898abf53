"""Every organisation of one local GitHub, and which of them a name, a number or a token means."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from bot.sandbox.github.host import Host
from bot.sandbox.github.hosted import HostedRepository, number_of
from bot.sandbox.github.shared import Shared
from bot.sandbox.github.state import State
from bot.sandbox.github.viewer import Viewer


class Site:
    """The organisations, the first of which stands for all where nothing says which is meant."""

    def __init__(self, hosts: Sequence[Host]) -> None:
        self.hosts: Mapping[str, Host] = {host.state.name.lower(): host for host in hosts}
        self.first = hosts[0]

    @property
    def shared(self) -> Shared:
        """What they have in common."""
        return self.first.state.shared

    @cached_property
    def states(self) -> Sequence[State]:
        """What is known of each organisation."""
        return [host.state for host in self.hosts.values()]

    def host(self, name: str) -> Host | None:
        """An organisation by its name, whatever the case."""
        return self.hosts.get(name.lower())

    def host_of(self, repository: HostedRepository) -> Host:
        """The organisation that a repository belongs to."""
        return self.hosts[repository.owner.lower()]

    def state_of(self, repository: HostedRepository) -> State:
        """What is known of the organisation that a repository belongs to."""
        return self.host_of(repository).state

    def numbered(self, number: str) -> Host | None:
        """An organisation by its number."""
        return next((host for host in self.hosts.values() if str(host.state.number) == number), None)

    def installed(self, installation: str) -> Host | None:
        """The organisation with an installation of the App by its number."""
        return next(
            (host for host in self.hosts.values() if str(host.app.installation_id) == installation), None
        )

    def own(self, viewer: Viewer) -> Host:
        """The organisation that a token was made for; the first for a token that is for all."""
        return self.hosts.get(viewer.organization or "") or self.first

    def meant(self, params: Mapping[str, str], viewer: Viewer) -> Host:
        """The organisation that a path names, by name or by the App's installation, else the asker's own."""
        name = params.get("org") or params.get("owner") or params.get("template_owner") or ""
        found = self.host(name) or self.installed(params.get("installation_id", ""))
        return found or self.own(viewer)

    def repository(self, owner: str, name: str) -> HostedRepository | None:
        """A repository by name, whatever the case."""
        host = self.host(owner)
        return host.state.repository(owner, name) if host else None

    def renamed(self, owner: str, name: str) -> HostedRepository | None:
        """The repository that once had a name which nobody has now: where GitHub redirects to."""
        host = self.host(owner)
        return host.state.renamed(owner, name) if host else None

    def by_node_id(self, node_id: str) -> HostedRepository | None:
        """A repository by its GraphQL id."""
        number = number_of(node_id)
        return self.by_number(number) if number is not None else None

    def by_number(self, number: int) -> HostedRepository | None:
        """A repository by its number, which it keeps for life."""
        return self.shared.repositories.get(number)
