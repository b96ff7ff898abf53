"""Users, the organisation and its teams, as GitHub shows them."""

import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.sandbox.github.state import State
from bot.sandbox.organization import Person, Team

Json = dict[str, Any]
ROLES = {"READ": "pull", "TRIAGE": "triage", "WRITE": "push", "MAINTAIN": "maintain", "ADMIN": "admin"}
_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
"""The organisation, its people and its teams have no age of their own here."""


def iso(moment: datetime | None) -> str | None:
    """A moment as GitHub writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def number_of(kind: str, name: str) -> int:
    """The number of a thing that is known by its name only; always the same one."""
    return 10_000 + zlib.crc32(f"{kind}:{name.lower()}".encode()) % 90_000_000


def account(url: str, login: str, kind: str = "User", number: int | None = None) -> Json:
    """``simple-user``: a user, a bot or the organisation."""
    number = number_of("user", login) if number is None else number
    base = f"{url}/users/{login}"
    letter = {"Organization": "O", "Bot": "BOT"}.get(kind, "U")
    return {
        "login": login,
        "id": number,
        "node_id": f"O_{number}" if kind == "Organization" else f"{letter}_{login}",
        "avatar_url": f"{url}/avatars/u/{number}",
        "gravatar_id": "",
        "url": base,
        "html_url": f"{url}/{login}",
        "followers_url": f"{base}/followers",
        "following_url": f"{base}/following{{/other_user}}",
        "gists_url": f"{base}/gists{{/gist_id}}",
        "starred_url": f"{base}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{base}/subscriptions",
        "organizations_url": f"{base}/orgs",
        "repos_url": f"{base}/repos",
        "events_url": f"{base}/events{{/privacy}}",
        "received_events_url": f"{base}/received_events",
        "type": kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def owner(state: State, url: str) -> Json:
    """The organisation as ``simple-user``, the way repositories name their owner."""
    return account(url, state.name, "Organization", state.number)


def actor(url: str, login: str) -> Json:
    """Whoever did something: a person, or an App's bot."""
    return account(url, login, "Bot" if login.endswith("[bot]") else "User")


def public_user(url: str, person: Person) -> Json:
    """``public-user``."""
    return {
        **account(url, person.login),
        "name": person.name,
        "company": None,
        "blog": "",
        "location": None,
        "email": person.email,
        "hireable": None,
        "bio": person.title or None,
        "twitter_username": None,
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": iso(_BEGIN),
        "updated_at": iso(_BEGIN),
    }


def organization_simple(state: State, url: str) -> Json:
    """``organization-simple``."""
    base = f"{url}/orgs/{state.name}"
    return {
        "login": state.name,
        "id": state.number,
        "node_id": f"O_{state.number}",
        "url": base,
        "repos_url": f"{base}/repos",
        "events_url": f"{base}/events",
        "hooks_url": f"{base}/hooks",
        "issues_url": f"{base}/issues",
        "members_url": f"{base}/members{{/member}}",
        "public_members_url": f"{base}/public_members{{/member}}",
        "avatar_url": f"{url}/avatars/u/{state.number}",
        "description": None,
    }


def organization_full(state: State, url: str, *, public_repos: int) -> Json:
    """``organization-full``."""
    return {
        **organization_simple(state, url),
        "name": state.title,
        "is_verified": False,
        "has_organization_projects": True,
        "has_repository_projects": True,
        "public_repos": public_repos,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "html_url": f"{url}/{state.name}",
        "type": "Organization",
        "created_at": iso(_BEGIN),
        "updated_at": iso(_BEGIN),
        "archived_at": None,
    }


def team_number(state: State, slug: str) -> int:
    """A team's number, which it keeps for life."""
    return number_of("team", state.team_key(slug))


def team_simple(state: State, url: str, team: Team) -> Json:
    """``team-simple``."""
    number = team_number(state, team.slug)
    base = f"{url}/organizations/{state.number}/team/{number}"
    return {
        "id": number,
        "node_id": f"T_{state.team_key(team.slug)}",
        "url": base,
        "html_url": f"{url}/orgs/{state.name}/teams/{team.slug}",
        "name": team.name,
        "slug": team.slug,
        "description": team.description or None,
        "privacy": "secret" if team.slug in state.secret_teams else "closed",
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "members_url": f"{base}/members{{/member}}",
        "repositories_url": f"{base}/repos",
        "type": "organization",
        "organization_id": state.number,
    }


def team(state: State, url: str, team: Team) -> Json:
    """``team``: with its parent."""
    parent = state.teams.get(team.parent or "")
    return {**team_simple(state, url, team), "parent": team_simple(state, url, parent) if parent else None}


def team_full(state: State, url: str, item: Team) -> Json:
    """``team-full``: with its counts and the organisation."""
    public = sum(repository.visibility == "public" for repository in state.repositories.values())
    return {
        **team(state, url, item),
        "created_at": iso(_BEGIN),
        "updated_at": iso(_BEGIN),
        "members_count": len({*item.members, *item.maintainers}),
        "repos_count": len(state.permissions.get(item.slug, {})),
        "organization": organization_full(state, url, public_repos=public),
    }


def granted(level: str | None) -> Mapping[str, bool]:
    """The five permissions of a repository that a level (READ ... ADMIN) contains."""
    order = list(ROLES)
    rank = order.index(level) if level else -1
    return {role: position <= rank for position, role in enumerate(ROLES.values())}
