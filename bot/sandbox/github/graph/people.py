"""The organisation, its people and its teams, for GraphQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.sandbox.github.graph.asking import Info, Resolver, asking, refused
from bot.sandbox.github.graph.listing import by_name, repositories, repository_key
from bot.sandbox.github.graph.paging import Connection, connection
from bot.sandbox.github.graph.rules import rulesets_of
from bot.sandbox.github.hosted import HostedRepository
from bot.sandbox.github.shapes.people import ORGANIZATION_ID, number_of, team_number
from bot.sandbox.github.state import State
from bot.sandbox.organization import Person, Team

_ORDER = {"READ": 0, "TRIAGE": 1, "WRITE": 2, "MAINTAIN": 3, "ADMIN": 4}


@dataclass(frozen=True, slots=True)
class Account:
    """The organisation as a thing of its own."""

    state: State


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acted, when it is nobody of the organisation: an App or an account that is gone."""

    login: str


def find_actor(state: State, login: str) -> Person | Actor:
    """Who has a login."""
    return state.people.get(login) or Actor(login)


def viewer(_root: object, info: Info) -> Person:
    """Whoever the token belongs to; a bot's account where it is nobody of the organisation."""
    login = asking(info).viewer.login
    found = asking(info).state.people.get(login)
    return found or Person(login=login, name=login, email="")


def user(_root: object, info: Info, **args: Any) -> Person:
    """Somebody by their login."""
    login = args["login"].lower()
    for person in asking(info).state.people.values():
        if person.login.lower() == login:
            return person
    raise refused("NOT_FOUND", f"Could not resolve to a User with the login of '{args['login']}'.")


def organization(_root: object, info: Info, **args: Any) -> Account:
    """The organisation by its login."""
    state = asking(info).state
    if args["login"].lower() != state.name.lower():
        raise refused(
            "NOT_FOUND", f"Could not resolve to an Organization with the login of '{args['login']}'."
        )
    return Account(state)


def owner(_root: object, info: Info, **args: Any) -> Account | Person | None:
    """An organisation or a person by login; null where there is neither."""
    state, login = asking(info).state, args["login"].lower()
    if login == state.name.lower():
        return Account(state)
    return next((person for person in state.people.values() if person.login.lower() == login), None)


def _teams(account: Account, info: Info, **args: Any) -> Connection:
    asking(info).require("members")
    logins = args.get("userLogins")
    found = [
        team
        for team in list(account.state.teams.values())
        if _holds(args.get("query"), team)
        and not (args.get("rootTeamsOnly") and team.parent)
        and (logins is None or {*team.members, *team.maintainers} & set(logins))
        and args.get("privacy") in (None, _privacy(account.state, team))
    ]
    return _team_page(info, found, args)


def _privacy(state: State, team: Team) -> str:
    return "SECRET" if team.slug in state.secret_teams else "VISIBLE"


def _team_page(info: Info, found: Sequence[Team], args: Mapping[str, Any]) -> Connection:
    descending = (args.get("orderBy") or {}).get("direction") == "DESC"
    return connection(info, found, lambda team: (team.name.lower(), team.slug), args, descending=descending)


def _holds(query: str | None, team: Team) -> bool:
    return not query or query.lower() in f"{team.slug} {team.name}".lower()


def _team(account: Account, info: Info, **args: Any) -> Team | None:
    asking(info).require("members")
    return account.state.teams.get(args["slug"])


def _members(account: Account, info: Info, **args: Any) -> Connection:
    asking(info).require("members")
    people = [person for person in list(account.state.people.values()) if not person.guest]
    return connection(
        info, people, lambda person: (person.login,), args, edge=lambda _person: {"role": "MEMBER"}
    )


def _one(account: Account, info: Info, **args: Any) -> HostedRepository | None:
    return by_name(info, account.state.name, args["name"], follow=args.get("followRenames", True))


def _all(account: Account, info: Info, **args: Any) -> Connection:
    return repositories(info, list(account.state.repositories.values()), args)


def _none(_person: Person, info: Info, **args: Any) -> Connection:
    """People own nothing here."""
    return repositories(info, [], args)


def _parent(team: Team, info: Info) -> Team | None:
    return asking(info).state.teams.get(team.parent or "")


def _children(team: Team, info: Info, **args: Any) -> Connection:
    teams = asking(info).state.teams
    found = below(teams, team.slug) if not args.get("immediateOnly", True) else _next(teams, team.slug)
    return _team_page(info, found, args)


def _ancestors(team: Team, info: Info, **args: Any) -> Connection:
    teams, found = asking(info).state.teams, []
    while team.parent in teams and teams[team.parent] not in found:
        team = teams[team.parent]
        found.append(team)
    return _team_page(info, found, args)


def _next(teams: Mapping[str, Team], slug: str) -> list[Team]:
    return [team for team in list(teams.values()) if team.parent == slug]


def below(teams: Mapping[str, Team], slug: str) -> list[Team]:
    """Every team beneath one, at any depth; a circle of parents is walked once."""
    found: dict[str, Team] = {}
    waiting = [slug]
    while waiting:
        for team in _next(teams, waiting.pop()):
            if team.slug not in found and team.slug != slug:
                found[team.slug] = team
                waiting.append(team.slug)
    return list(found.values())


def _team_members(team: Team, info: Info, **args: Any) -> Connection:
    state = asking(info).state
    roles = _roles(state, team, args.get("membership", "ALL"))
    query, role = (args.get("query") or "").lower(), args.get("role")
    people = [
        state.people[login]
        for login, has in roles.items()
        if login in state.people and query in f"{login} {state.people[login].name}".lower()
        if role in (None, has)
    ]
    order = args.get("orderBy")
    if order and order["field"] == "LOGIN":
        return connection(
            info,
            people,
            lambda person: (person.login,),
            args,
            descending=order["direction"] == "DESC",
            edge=lambda person: {"role": roles[person.login]},
        )
    # Without an order GitHub lists by age of the account; here, maintainers first.
    ranks = {"MAINTAINER": 0, "MEMBER": 1}
    return connection(
        info,
        people,
        lambda person: (ranks[roles[person.login]], person.login),
        args,
        edge=lambda person: {"role": roles[person.login]},
    )


def _roles(state: State, team: Team, membership: str) -> Mapping[str, str]:
    """Login to role, of the team's own people, of those of its child teams, or of both."""
    teams = [] if membership == "IMMEDIATE" else below(state.teams, team.slug)
    roles = {login: "MEMBER" for child in teams for login in (*child.members, *child.maintainers)}
    if membership != "CHILD_TEAM":
        roles |= dict.fromkeys(team.members, "MEMBER") | dict.fromkeys(team.maintainers, "MAINTAINER")
    return roles


def _team_repositories(team: Team, info: Info, **args: Any) -> Connection:
    state, query = asking(info).state, (args.get("query") or "").lower()
    granted = state.permissions.get(team.slug, {})
    found = [
        (item, permission)
        for name, permission in list(granted.items())
        if (item := state.repositories.get(name.lower())) and query in item.name.lower()
        if asking(info).sees(item)
    ]
    order = args.get("orderBy") or {"field": "NAME", "direction": "ASC"}
    by = order["field"]
    return connection(
        info,
        found,
        lambda pair: (_ORDER[pair[1]], pair[0].number) if by == "PERMISSION" else repository_key(pair[0], by),
        args,
        descending=order["direction"] == "DESC",
        node=lambda pair: pair[0],
        edge=lambda pair: {"permission": pair[1]},
    )


def _page_of(info: Info, path: str) -> str:
    return f"{asking(info).web_url}{path}"


def _login(source: Account | Person | Actor) -> str:
    return source.state.name if isinstance(source, Account) else source.login


_PLACE: Mapping[str, Resolver] = {
    "login": lambda source, _info: _login(source),
    "url": lambda source, info: _page_of(info, f"/{_login(source)}"),
    "resourcePath": lambda source, _info: f"/{_login(source)}",
}

RESOLVERS: Mapping[str, Mapping[str, Resolver]] = {
    "Organization": {
        **_PLACE,
        "id": lambda _account, _info: "O_1",
        "databaseId": lambda _account, _info: ORGANIZATION_ID,
        "name": lambda account, _info: account.state.title,
        "repositories": _all,
        "repository": _one,
        "teams": _teams,
        "team": _team,
        "membersWithRole": _members,
        "rulesets": lambda account, info, **args: rulesets_of(info, account.state.org_rulesets, args),
    },
    "User": {
        **_PLACE,
        "id": lambda person, _info: f"U_{person.login}",
        "databaseId": lambda person, _info: number_of("user", person.login),
        "name": lambda person, _info: person.name,
        "email": lambda person, _info: person.email,
        "isViewer": lambda person, info: person.login == asking(info).viewer.login,
        "repositories": _none,
        "repository": lambda _person, _info, **_args: None,
    },
    "Bot": {**_PLACE, "id": lambda actor, _info: f"BOT_{actor.login}"},
    "Team": {
        "id": lambda team, info: f"T_{asking(info).state.first_slug(team.slug)}",
        "databaseId": lambda team, info: team_number(asking(info).state, team.slug),
        "slug": lambda team, _info: team.slug,
        "name": lambda team, _info: team.name,
        "description": lambda team, _info: team.description or None,
        "combinedSlug": lambda team, info: f"{asking(info).state.name}/{team.slug}",
        "privacy": lambda team, info: _privacy(asking(info).state, team),
        "url": lambda team, info: _page_of(info, f"/orgs/{asking(info).state.name}/teams/{team.slug}"),
        "resourcePath": lambda team, info: f"/orgs/{asking(info).state.name}/teams/{team.slug}",
        "organization": lambda _team, info: Account(asking(info).state),
        "parentTeam": _parent,
        "childTeams": _children,
        "ancestors": _ancestors,
        "members": _team_members,
        "repositories": _team_repositories,
    },
}
