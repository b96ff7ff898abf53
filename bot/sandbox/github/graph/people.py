"""Organisations, their people and their teams, for GraphQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.sandbox.github.graph.asking import Asking, Info, Resolver, asking, forbidden, refused
from bot.sandbox.github.graph.listing import by_name, repositories, repository_key
from bot.sandbox.github.graph.paging import Connection, connection
from bot.sandbox.github.graph.rules import rulesets_of
from bot.sandbox.github.hosted import HostedRepository
from bot.sandbox.github.shapes.people import number_of, team_number
from bot.sandbox.github.state import State
from bot.sandbox.organization import Person, Team

_ORDER = {"READ": 0, "TRIAGE": 1, "WRITE": 2, "MAINTAIN": 3, "ADMIN": 4}


@dataclass(frozen=True, slots=True)
class Account:
    """An organisation as a thing of its own."""

    state: State


@dataclass(frozen=True, slots=True)
class OrganizationTeam:
    """A team with the organisation that it is of."""

    state: State
    team: Team


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acted, when it is nobody with an account: an App or an account that is gone."""

    login: str


def find_actor(info: Info, login: str) -> Person | Actor:
    """Who has a login."""
    return asking(info).site.shared.accounts.get(login) or Actor(login)


def viewer(_root: object, info: Info) -> Person:
    """Whoever the token belongs to; a bot's account where nobody has it."""
    login = asking(info).viewer.login
    found = asking(info).site.shared.accounts.get(login)
    return found or Person(login=login, name=login, email="")


def user(_root: object, info: Info, **args: Any) -> Person:
    """Somebody by their login."""
    found = _somebody(info, args["login"])
    if found:
        return found
    raise refused("NOT_FOUND", f"Could not resolve to a User with the login of '{args['login']}'.")


def organization(_root: object, info: Info, **args: Any) -> Account:
    """An organisation by its login."""
    host = asking(info).site.host(args["login"])
    if host is None:
        raise refused(
            "NOT_FOUND", f"Could not resolve to an Organization with the login of '{args['login']}'."
        )
    return Account(host.state)


def owner(_root: object, info: Info, **args: Any) -> Account | Person | None:
    """An organisation or a person by login; null where there is neither."""
    host = asking(info).site.host(args["login"])
    return Account(host.state) if host else _somebody(info, args["login"])


def _somebody(info: Info, login: str) -> Person | None:
    accounts = asking(info).site.shared.accounts.values()
    return next((person for person in accounts if person.login.lower() == login.lower()), None)


def team_by_key(asked: Asking, key: str) -> OrganizationTeam | None:
    """The team with what its id ends with, of an organisation that the token was made for."""
    for state in asked.site.states:
        for team in list(state.teams.values()):
            if state.team_key(team.slug) == key and asked.viewer.reaches(state.name):
                return OrganizationTeam(state, team)
    return None


def _teams(account: Account, info: Info, **args: Any) -> Connection:
    asking(info).require_in(account.state, "members")
    logins = args.get("userLogins")
    found = [
        team
        for team in list(account.state.teams.values())
        if _holds(args.get("query"), team)
        and not (args.get("rootTeamsOnly") and team.parent)
        and (logins is None or {*team.members, *team.maintainers} & set(logins))
        and args.get("privacy") in (None, _privacy(account.state, team))
    ]
    return _team_page(info, account.state, found, args)


def _privacy(state: State, team: Team) -> str:
    return "SECRET" if team.slug in state.secret_teams else "VISIBLE"


def _team_page(info: Info, state: State, found: Sequence[Team], args: Mapping[str, Any]) -> Connection:
    return connection(
        info,
        found,
        lambda team: (team.name.lower(), team.slug),
        args,
        descending=(args.get("orderBy") or {}).get("direction") == "DESC",
        node=lambda team: OrganizationTeam(state, team),
    )


def _holds(query: str | None, team: Team) -> bool:
    return not query or query.lower() in f"{team.slug} {team.name}".lower()


def _team(account: Account, info: Info, **args: Any) -> OrganizationTeam | None:
    asking(info).require_in(account.state, "members")
    return _named(account.state, args["slug"])


def _named(state: State, slug: str | None) -> OrganizationTeam | None:
    found = state.teams.get(slug or "")
    return OrganizationTeam(state, found) if found else None


def _members(account: Account, info: Info, **args: Any) -> Connection:
    asking(info).require_in(account.state, "members")
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


def _rulesets(account: Account, info: Info, **args: Any) -> Connection:
    if not asking(info).viewer.reaches(account.state.name):
        raise forbidden(asking(info).viewer)
    return rulesets_of(info, account.state.org_rulesets, args)


def _children(place: OrganizationTeam, info: Info, **args: Any) -> Connection:
    teams, slug = place.state.teams, place.team.slug
    found = below(teams, slug) if not args.get("immediateOnly", True) else _next(teams, slug)
    return _team_page(info, place.state, found, args)


def _ancestors(place: OrganizationTeam, info: Info, **args: Any) -> Connection:
    team, teams, found = place.team, place.state.teams, []
    while team.parent in teams and teams[team.parent] not in found:
        team = teams[team.parent]
        found.append(team)
    return _team_page(info, place.state, found, args)


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


def _team_members(place: OrganizationTeam, info: Info, **args: Any) -> Connection:
    state, team = place.state, place.team
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


def _team_repositories(place: OrganizationTeam, info: Info, **args: Any) -> Connection:
    state, query = place.state, (args.get("query") or "").lower()
    granted = state.permissions.get(place.team.slug, {})
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


def _team_path(place: OrganizationTeam) -> str:
    return f"/orgs/{place.state.name}/teams/{place.team.slug}"


_PLACE: Mapping[str, Resolver] = {
    "login": lambda source, _info: _login(source),
    "url": lambda source, info: _page_of(info, f"/{_login(source)}"),
    "resourcePath": lambda source, _info: f"/{_login(source)}",
}

RESOLVERS: Mapping[str, Mapping[str, Resolver]] = {
    "Organization": {
        **_PLACE,
        "id": lambda account, _info: f"O_{account.state.number}",
        "databaseId": lambda account, _info: account.state.number,
        "name": lambda account, _info: account.state.title,
        "repositories": _all,
        "repository": _one,
        "teams": _teams,
        "team": _team,
        "membersWithRole": _members,
        "rulesets": _rulesets,
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
        "id": lambda place, _info: f"T_{place.state.team_key(place.team.slug)}",
        "databaseId": lambda place, _info: team_number(place.state, place.team.slug),
        "slug": lambda place, _info: place.team.slug,
        "name": lambda place, _info: place.team.name,
        "description": lambda place, _info: place.team.description or None,
        "combinedSlug": lambda place, _info: f"{place.state.name}/{place.team.slug}",
        "privacy": lambda place, _info: _privacy(place.state, place.team),
        "url": lambda place, info: _page_of(info, _team_path(place)),
        "resourcePath": lambda place, _info: _team_path(place),
        "organization": lambda place, _info: Account(place.state),
        "parentTeam": lambda place, _info: _named(place.state, place.team.parent),
        "childTeams": _children,
        "ancestors": _ancestors,
        "members": _team_members,
        "repositories": _team_repositories,
    },
}
