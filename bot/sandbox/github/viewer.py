"""Who asks the local GitHub: what their token may do, which repositories it sees, and what is left of its limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.github.hosted import HostedRepository
from bot.sandbox.github.limits import Budget
from core.access import Visibility

Kind = Literal["token", "installation", "app", "nobody"]
LEVELS = {"read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody with a token.

    Args:
        login: Whom GitHub names as the actor.
        kind: A fine-grained personal token, an installation's, an App's own signature, or no token at all.
        permissions: Permission (``contents``, ``administration``, ...) to ``read``, ``write`` or ``admin``.
        repositories: Names in lower case of the only ones that it may see; None where it may see all.
        token: The token itself; empty for nobody.
        organization: Name in lower case of the only organisation that it was made for; None where for all.
    """

    login: str
    kind: Kind
    budget: Budget
    permissions: Mapping[str, str] = field(default_factory=dict)
    repositories: frozenset[str] | None = None
    token: str = ""
    organization: str | None = None

    def may(self, permission: str, level: str = "read") -> bool:
        """Whether the token holds a permission at a level or above, where it was made for the place."""
        return LEVELS.get(self.permissions.get(permission, ""), 0) >= LEVELS[level]

    def reaches(self, organization: str) -> bool:
        """Whether the token was made for an organisation; what is public may be read without that."""
        return self.kind != "nobody" and self.organization in (None, organization.lower())

    def covers(self, item: HostedRepository) -> bool:
        """Whether the token was made for a repository; a public one may be read without that."""
        is_named = self.repositories is None or item.name.lower() in self.repositories
        return is_named and self.reaches(item.owner)

    def sees(self, item: HostedRepository) -> bool:
        """Whether a repository exists for this token; what it may not see reads like what is not there."""
        if item.visibility is Visibility.PUBLIC:
            return True
        return self.covers(item) and self.may("metadata")

    @property
    def denied(self) -> str:
        """GitHub's words for a permission that the token does not have."""
        return "Resource not accessible by " + (
            "personal access token" if self.kind == "token" else "integration"
        )
