"""Whether a token may ask for a route, said as GitHub says it: 401, 403 with the permission, or 404."""

from bot.sandbox.github.refusals import RestError
from bot.sandbox.github.rest.endpoint import Call
from bot.sandbox.github.state import HostedRepository
from core.access import Visibility

_OPEN = frozenset({"metadata", "contents", "pull_requests", "issues", "actions", "checks", "statuses"})
"""What everybody may read of a public repository."""


def authorize(call: Call) -> None:
    """Whether the asker may ask for this.

    Raises:
        RestError: They may not, or the repository is not there for them.
    """
    endpoint, viewer = call.endpoint, call.viewer
    if endpoint.needs == "app":
        if viewer.kind != "app":
            raise RestError(401, "A JSON web token could not be decoded")
        return
    if endpoint.needs == "installation":
        _require_installation(call)
        return
    repository = call.repository if "repo" in call.params else None
    if endpoint.needs and not _is_allowed(call, repository):
        if viewer.kind == "nobody":
            raise RestError(401, "Requires authentication")
        raise RestError(403, viewer.denied, headers={"X-Accepted-GitHub-Permissions": endpoint.needs})
    if endpoint.is_write and viewer.kind == "nobody":
        raise RestError(401, "Requires authentication")
    if repository and repository.is_archived and endpoint.is_write and not endpoint.on_archived:
        raise RestError(403, "Repository was archived so is read-only.")


def _require_installation(call: Call) -> None:
    if call.viewer.kind == "nobody":
        raise RestError(401, "Requires authentication")
    if call.viewer.kind != "installation":
        raise RestError(
            403,
            "You must authenticate with an installation access token in order to list repositories for an "
            "installation.",
        )


def _is_allowed(call: Call, repository: HostedRepository | None) -> bool:
    needs = [
        [tuple(part.split("=")) for part in alternative.split(",")]
        for alternative in call.endpoint.needs.replace(" ", "").split(";")
    ]
    viewer, name = call.viewer, call.state.name
    covers = viewer.reaches(name) if repository is None else viewer.covers(repository)
    if covers and any(all(viewer.may(name, level) for name, level in one) for one in needs):
        return True
    if repository is None or repository.visibility is not Visibility.PUBLIC:
        return False
    return any(all(name in _OPEN and level == "read" for name, level in one) for one in needs)
