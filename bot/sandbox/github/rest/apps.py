"""What an App asks for: about itself, about its installation, and for tokens."""

from typing import Any

from bot.sandbox.github.host import Host
from bot.sandbox.github.refusals import RestError, not_found
from bot.sandbox.github.rest.endpoint import Call, Endpoint, Json, Reply
from bot.sandbox.github.rest.organizations import visible
from bot.sandbox.github.shapes.repositories import minimal_repository
from bot.sandbox.github.viewer import LEVELS

_ONE = "/app/installations/{installation_id}"


def endpoints() -> list[Endpoint]:
    """The routes of this file."""
    reduction = {"repositories": "[string]", "repository_ids": "[integer]", "permissions": "object"}
    return [
        Endpoint("GET", "/app", _app, "app"),
        Endpoint("GET", "/app/installations", _installations, "app"),
        Endpoint("GET", _ONE, _installation, "app"),
        Endpoint("DELETE", _ONE, _uninstall, "app"),
        Endpoint("POST", f"{_ONE}/access_tokens", _mint, "app", reduction),
        Endpoint("PUT", f"{_ONE}/suspended", _suspend, "app"),
        Endpoint("DELETE", f"{_ONE}/suspended", _unsuspend, "app"),
        Endpoint("GET", "/orgs/{org}/installation", _of_organization, "app"),
        Endpoint("GET", "/users/{username}/installation", _of_account, "app"),
        Endpoint("GET", "/repos/{owner}/{repo}/installation", _of_repository, "app"),
        Endpoint("GET", "/installation/repositories", _repositories, "installation"),
        Endpoint("DELETE", "/installation/token", _revoke, "installation"),
    ]


def _app(call: Call) -> Reply:
    first = call.site.first
    installed = sum(host.app.is_installed for host in call.site.hosts.values())
    return Reply(first.app.integration(first.state, first.url, installed))


def _shape(call: Call) -> Json:
    return _shaped(call.host)


def _shaped(host: Host) -> Json:
    return host.app.installation(host.state, host.url)


def _installations(call: Call) -> Reply:
    return call.page([host for host in call.site.hosts.values() if host.app.is_installed], _shaped)


def _check(call: Call) -> None:
    app = call.host.app
    if not app.is_installed or call.params["installation_id"] != str(app.installation_id):
        raise not_found()


def _installation(call: Call) -> Reply:
    _check(call)
    return Reply(_shape(call))


def _of_organization(call: Call) -> Reply:
    _ = call.organization
    if not call.host.app.is_installed:
        raise not_found()
    return Reply(_shape(call))


def _of_account(call: Call) -> Reply:
    """An organisation is an account too; nobody else has installed the App."""
    host = call.site.host(call.params["username"])
    if host is None or not host.app.is_installed:
        raise not_found()
    return Reply(_shaped(host))


def _of_repository(call: Call) -> Reply:
    app = call.host.app
    found = call.state.repository(call.params["owner"], call.params["repo"])
    if found is None or not app.is_installed:
        raise not_found()
    if app.repositories is not None and found.name.lower() not in app.repositories:
        raise not_found()
    return Reply(_shape(call))


def _mint(call: Call) -> Reply:
    _check(call)
    app = call.host.app
    if app.suspended_at:
        raise RestError(403, "This installation has been suspended")
    names = _chosen(call)
    permissions: dict[str, Any] | None = call.body.get("permissions")
    if permissions is not None and not all(level in LEVELS for level in map(str, permissions.values())):
        raise RestError(422, "Invalid request.\n\nFor 'properties/permissions', a level is not known.")
    minted = app.mint(permissions, names)
    body: Json = {
        "token": minted.token,
        "expires_at": minted.until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "permissions": dict(minted.permissions),
        "repository_selection": "all" if minted.repositories is None else "selected",
    }
    if names is not None:
        items = [call.state.repositories[name] for name in sorted(names)]
        body["repositories"] = [minimal_repository(call.state, call.host.url, item) for item in items]
    return Reply(body, 201)


def _chosen(call: Call) -> frozenset[str] | None:
    """The repositories that a token is to be limited to.

    Raises:
        RestError: The installation does not reach one of them.
    """
    if "repositories" not in call.body and "repository_ids" not in call.body:
        return None
    known = {item.number: name for name, item in call.state.repositories.items()}
    names = {name.lower() for name in call.body.get("repositories", ())}
    names |= {known.get(number, "") for number in call.body.get("repository_ids", ())}
    reach = call.host.app.repositories
    if any(
        name not in call.state.repositories or (reach is not None and name not in reach) for name in names
    ):
        raise RestError(
            422,
            "There is at least one repository that does not exist or is not accessible to the parent installation.",
        )
    return frozenset(names)


def _suspend(call: Call) -> Reply:
    _check(call)
    call.host.app.suspended_at = call.state.clock.now()
    call.host.events.installation("suspend", "admin")
    return Reply(status=204)


def _unsuspend(call: Call) -> Reply:
    _check(call)
    call.host.app.suspended_at = None
    call.host.events.installation("unsuspend", "admin")
    return Reply(status=204)


def _uninstall(call: Call) -> Reply:
    _check(call)
    call.host.app.is_installed = False
    call.host.events.installation("deleted", "admin")
    return Reply(status=204)


def _repositories(call: Call) -> Reply:
    items = [item for item in visible(call) if call.viewer.covers(item)]
    found = call.page(
        items,
        lambda item: minimal_repository(call.state, call.host.url, item, call.viewer),
        wrap="repositories",
    )
    found.body["repository_selection"] = "all" if call.viewer.repositories is None else "selected"
    return found


def _revoke(call: Call) -> Reply:
    call.host.app.revoke(call.viewer.token)
    return Reply(status=204)
