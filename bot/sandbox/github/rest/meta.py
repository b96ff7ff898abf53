"""Who asks, what is left of their limits, and the addresses of everything."""

from datetime import UTC, datetime

from bot.sandbox.github.limits import Window
from bot.sandbox.github.refusals import RestError, not_found
from bot.sandbox.github.rest.endpoint import Call, Endpoint, Json, Reply
from bot.sandbox.github.shapes.people import account, public_user
from bot.sandbox.organization import Person

API_VERSIONS = ("2022-11-28", "2026-03-10")
_ROOT = """current_user_url /user
current_user_authorizations_html_url /settings/connections/applications{/client_id}
authorizations_url /authorizations
code_search_url /search/code?q={query}{&page,per_page,sort,order}
commit_search_url /search/commits?q={query}{&page,per_page,sort,order}
emails_url /user/emails
emojis_url /emojis
events_url /events
feeds_url /feeds
followers_url /user/followers
following_url /user/following{/target}
gists_url /gists{/gist_id}
hub_url /hub
issue_search_url /search/issues?q={query}{&page,per_page,sort,order}
issues_url /issues
keys_url /user/keys
label_search_url /search/labels?q={query}&repository_id={repository_id}{&page,per_page}
notifications_url /notifications
organization_url /orgs/{org}
organization_repositories_url /orgs/{org}/repos{?type,page,per_page,sort}
organization_teams_url /orgs/{org}/teams
public_gists_url /gists/public
rate_limit_url /rate_limit
repository_url /repos/{owner}/{repo}
repository_search_url /search/repositories?q={query}{&page,per_page,sort,order}
current_user_repositories_url /user/repos{?type,page,per_page,sort}
starred_url /user/starred{/owner}{/repo}
starred_gists_url /gists/starred
topic_search_url /search/topics?q={query}{&page,per_page}
user_url /users/{user}
user_organizations_url /user/orgs
user_repositories_url /users/{user}/repos{?type,page,per_page,sort}
user_search_url /search/users?q={query}{&page,per_page,sort,order}"""


def endpoints() -> list[Endpoint]:
    """The routes of this file."""
    return [
        Endpoint("GET", "/", _root),
        Endpoint("GET", "/meta", _meta),
        Endpoint("GET", "/versions", lambda _call: Reply(list(API_VERSIONS))),
        Endpoint("GET", "/rate_limit", _rate_limit),
        Endpoint("GET", "/user", _me),
        Endpoint("GET", "/users/{username}", _user),
    ]


def _root(call: Call) -> Reply:
    rows = (row.split(" ", 1) for row in _ROOT.splitlines())
    return Reply({name: call.host.url + rest for name, rest in rows})


def _meta(_call: Call) -> Reply:
    return Reply({"verifiable_password_authentication": False})


def _rate_limit(call: Call) -> Reply:
    budget = call.viewer.budget
    core, graphql, search = _limit(budget.core), _limit(budget.graphql), _limit(budget.search)
    code = _limit(budget.code_search)
    resources = {"core": core, "graphql": graphql, "search": search, "code_search": code}
    return Reply({"resources": resources, "rate": core})


def _limit(window: Window) -> Json:
    return {
        "limit": window.limit,
        "used": window.limit - window.remaining,
        "remaining": window.remaining,
        "reset": int(window.reset_at.timestamp()),
    }


def _me(call: Call) -> Reply:
    if call.viewer.kind == "nobody":
        raise RestError(401, "Requires authentication")
    if call.viewer.kind != "token":
        raise RestError(403, "Resource not accessible by integration")
    return Reply(public_user(call.host.url, _person(call, call.viewer.login)))


def _user(call: Call) -> Reply:
    login = call.params["username"]
    if login == call.host.app.bot_login:
        begun = datetime(2020, 1, 1, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        person = Person(login=login, name=call.host.app.name, email="")
        shaped = public_user(call.host.url, person) | account(call.host.url, login, "Bot")
        return Reply(shaped | {"email": None, "created_at": begun})
    return Reply(public_user(call.host.url, _person(call, login)))


def _person(call: Call, login: str) -> Person:
    if login.lower() == call.host.machine_user.login:
        return call.host.machine_user
    accounts = call.state.shared.accounts.values()
    found = next((one for one in accounts if one.login.lower() == login.lower()), None)
    if found is None:
        raise not_found()
    return found
