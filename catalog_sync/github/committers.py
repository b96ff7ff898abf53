"""Who committed to a repository lately, or to a path in it: a hint at whom to ask where nobody is named."""

from collections import Counter
from typing import Any

from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.transport import Transport

COMMITTERS = """
query Committers($owner: String!, $name: String!, $path: String) {
  repository(owner: $owner, name: $name) {
    defaultBranchRef {
      target {
        ... on Commit {
          history(first: 20, path: $path) {
            nodes {
              author {
                email
                user {
                  login
                }
              }
            }
          }
        }
      }
    }
  }
  rateLimit {
    cost
    limit
    remaining
    resetAt
  }
}
"""
_MOST = 3


def recent_committers(transport: Transport, name: RepositoryName, path: str = "") -> tuple[str, ...]:
    """Logins, or mail addresses where GitHub knows no login, of at most three people; those of most commits first.

    Machines are left out. One request.

    Args:
        transport: The repository's host.
        name: The repository.
        path: Only commits that touch it; all of them for an empty one.

    Raises:
        GitHubUnavailable: GitHub did not answer.
        NotFound: There is no such repository, or none that we may see.
    """
    variables = {"owner": name.owner, "name": name.name, "path": path or None}
    data = transport.query(COMMITTERS, variables)
    branch = (data.get("repository") or {}).get("defaultBranchRef") or {}
    history: dict[str, Any] = (branch.get("target") or {}).get("history") or {}
    counted: Counter[str] = Counter()
    for node in history.get("nodes") or ():
        author = node.get("author") or {}
        who = (author.get("user") or {}).get("login") or author.get("email") or ""
        if who and not who.endswith("[bot]") and "[bot]@" not in who:
            counted[who] += 1
    return tuple(who for who, _count in counted.most_common(_MOST))
