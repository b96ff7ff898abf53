"""What webhooks tell: for each change of the local GitHub the event, in the shape that GitHub sends."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.sandbox.github import plumbing
from bot.sandbox.github.apps import App
from bot.sandbox.github.hosted import PullRequest
from bot.sandbox.github.plumbing import EMPTY_TREE, NO_OBJECT, Commit
from bot.sandbox.github.shapes.people import (
    account,
    actor,
    iso,
    number_of,
    organization_simple,
    team_simple,
)
from bot.sandbox.github.shapes.people import team as team_shape
from bot.sandbox.github.shapes.pulls import pull_request
from bot.sandbox.github.shapes.repositories import hook_repository, merge_settings
from bot.sandbox.github.state import HostedRepository, State
from bot.sandbox.github.webhooks import Origin, Webhooks
from bot.sandbox.organization import Team

Json = dict[str, Any]
Moved = tuple[str, str | None, str | None]
"""A reference, what it pointed to and what it points to now."""
_MAX_COMMITS = 2_048
_MAX_TAGS = 3
"""With more tags in one push GitHub sends nothing for them."""
_LEVELS = """allow_deletions allow_force_pushes linear_history_requirement lock_branch merge_queue
pull_request_reviews required_deployments required_status_checks signature_requirement""".split()


class Events:
    """Makes the events of one organisation and hands them to the webhooks."""

    def __init__(self, state: State, url: str, app: App, webhooks: Webhooks) -> None:
        self._state = state
        self._url = url
        self._app = app
        self._webhooks = webhooks

    def repository(self, item: HostedRepository, action: str, login: str, more: Json | None = None) -> None:
        """``repository``."""
        self.prepared("repository", action, item, login, more)()

    def prepared(
        self, event: str, action: str, item: HostedRepository, login: str, more: Json | None = None
    ) -> Callable[[], None]:
        """An event about a repository as it is now, to be sent by calling what is returned."""
        if not self._webhooks.is_wanted:
            return lambda: None
        payload = {"action": action, **(more or {}), **self._of(item, login)}
        number = item.number
        return lambda: self._emit(event, payload, number)

    def pushed(self, item: HostedRepository, moved: Sequence[Moved], login: str) -> None:
        """``push`` for each branch and tag that moved, and ``create`` or ``delete``."""
        if not self._webhooks.is_wanted:
            return
        tags = sum(name.startswith("refs/tags/") for name, _, _ in moved)
        for name, old, new in moved:
            is_tag = name.startswith("refs/tags/")
            if not name.startswith("refs/heads/") and (not is_tag or tags > _MAX_TAGS):
                continue
            self._emit("push", self._push(item, name, old, new, login), item.number)
            if old is None or new is None:
                self._emit(
                    "create" if old is None else "delete",
                    self._named(item, name, login, old is None),
                    item.number,
                )

    def pull(
        self, item: HostedRepository, pull: PullRequest, action: str, login: str, more: Json | None = None
    ) -> None:
        """``pull_request``."""
        if not self._webhooks.is_wanted:
            return
        base = plumbing.merge_base(item.git, pull.base_oid, pull.head_oid) or pull.base_oid
        shaped = pull_request(
            self._state,
            self._url,
            item,
            pull,
            mergeable=None,
            commits=len(plumbing.commits(item.git, [pull.head_oid, f"^{base}"])),
            comments=len(pull.comments),
            changes=plumbing.changes(item.git, base, pull.head_oid),
        )
        payload = {"number": pull.number, "pull_request": shaped, **(more or {})}
        self.prepared("pull_request", action, item, login, payload)()

    def team(
        self,
        team: Team,
        action: str,
        login: str,
        more: Json | None = None,
        repository: HostedRepository | None = None,
    ) -> None:
        """``team``."""
        payload = {"action": action, "team": team_shape(self._state, self._url, team), **(more or {})}
        if repository:
            self._emit("team", payload | self._of(repository, login), repository.number)
        else:
            self._emit("team", payload | self._around(login))

    def team_gets(self, team: Team, item: HostedRepository, login: str) -> None:
        """``team_add`` and ``team`` (added_to_repository)."""
        shaped = team_shape(self._state, self._url, team)
        self._emit("team_add", {"team": shaped, **self._of(item, login)}, item.number)
        self.team(team, "added_to_repository", login, repository=item)

    def membership(self, team: Team, member: str, action: str, login: str) -> None:
        """``membership``."""
        payload = {
            "action": action,
            "scope": "team",
            "member": account(self._url, member),
            "team": team_simple(self._state, self._url, team),
            **self._around(login),
        }
        self._emit("membership", payload)

    def branch_protection(
        self, item: HostedRepository, branch: str, rule: Mapping[str, Any], action: str, login: str
    ) -> None:
        """``branch_protection_rule``."""
        more: Json = {"rule": self._rule(item, branch, rule)}
        if action == "edited":
            more["changes"] = {}
        self.prepared("branch_protection_rule", action, item, login, more)()

    def ruleset(
        self, one: Json, item: HostedRepository | None, action: str, login: str, more: Json | None = None
    ) -> None:
        """``repository_ruleset``."""
        payload = {"action": action, "repository_ruleset": dict(one), **(more or {})}
        around = self._of(item, login) if item else self._around(login)
        self._emit("repository_ruleset", payload | around, item.number if item else None)

    def properties(self, item: HostedRepository, old: list[Json], new: list[Json], login: str) -> None:
        """``custom_property_values``."""
        more = {"old_property_values": old, "new_property_values": new}
        self.prepared("custom_property_values", "updated", item, login, more)()

    def installation(self, action: str, login: str) -> None:
        """``installation`` (created, deleted, suspend, unsuspend): to the App only."""
        repositories = [self._short(item) for item in self._state.repositories.values()]
        payload = {
            "action": action,
            "installation": self._app.installation(self._state, self._url),
            "repositories": repositories,
            "requester": None,
            "sender": actor(self._url, login),
        }
        self._to_app("installation", payload)

    def installation_repositories(
        self, added: Sequence[HostedRepository], removed: Sequence[HostedRepository], login: str
    ) -> None:
        """``installation_repositories``: to the App only."""
        payload = {
            "action": "removed" if removed else "added",
            "installation": self._app.installation(self._state, self._url),
            "repository_selection": self._app.repository_selection,
            "repositories_added": [self._short(item) for item in added],
            "repositories_removed": [self._short(item) for item in removed],
            "requester": None,
            "sender": actor(self._url, login),
        }
        self._to_app("installation_repositories", payload)

    def _to_app(self, event: str, payload: Json) -> None:
        if self._webhooks.app_hook.wants(event, None):
            self._webhooks.send(self._webhooks.app_hook, event, payload, origin=self._origin)

    def _emit(self, event: str, payload: Json, repository: int | None = None) -> None:
        self._webhooks.emit(event, payload, repository, self._origin)

    @property
    def _origin(self) -> Origin:
        return Origin(self._state.number, self._app.installation_id, self._app.is_installed)

    def _short(self, item: HostedRepository) -> Json:
        return {
            "id": item.number,
            "node_id": item.node_id,
            "name": item.name,
            "full_name": item.full_name,
            "private": item.visibility != "public",
        }

    def _of(self, item: HostedRepository, login: str) -> Json:
        return {"repository": hook_repository(self._state, self._url, item), **self._around(login)}

    def _around(self, login: str) -> Json:
        return {
            "organization": {**organization_simple(self._state, self._url), "description": ""},
            "sender": actor(self._url, login),
        }

    def _push(self, item: HostedRepository, name: str, old: str | None, new: str | None, login: str) -> Json:
        around = self._of(item, login)
        repository = around["repository"]
        owner = {**repository["owner"], "name": item.owner, "email": None}
        repository |= merge_settings(item) | {
            "owner": owner,
            "created_at": int(item.created_at.timestamp()),
            "pushed_at": int((item.pushed_at or item.created_at).timestamp()),
            "stargazers": item.stars,
            "master_branch": item.default_branch,
            "organization": item.owner,
            "url": f"{self._url}/{item.full_name}",
        }
        commits = [] if new is None else self._new_commits(item, name, old, new)
        newest = plumbing.resolve(item.git, new) if new else None
        span = f"{(old or new or '')[:12]}...{(new or old or '')[:12]}"
        signature = self._person(login)
        return {
            "ref": name,
            "before": old or NO_OBJECT,
            "after": new or NO_OBJECT,
            "base_ref": None,
            "compare": f"{self._url}/{item.full_name}/compare/{span}",
            "created": old is None,
            "deleted": new is None,
            "forced": bool(old and new) and not plumbing.is_ancestor(item.git, old or "", new or ""),
            "commits": commits,
            "head_commit": self._commit(item, plumbing.commit(item.git, newest)) if newest else None,
            "pusher": {"name": login, "email": signature},
            **around,
        }

    def _new_commits(self, item: HostedRepository, name: str, old: str | None, new: str) -> list[Json]:
        """The commits that no other branch had before, the oldest first."""
        others = [oid for other, oid in item.git.refs("refs/heads/").items() if other != name]
        known = [f"^{oid}" for oid in ([old] if old else others)]
        if plumbing.resolve(item.git, new) is None:
            return []
        found = plumbing.commits(item.git, [new, *known])[:_MAX_COMMITS]
        return [self._commit(item, one) for one in reversed(found)]

    def _commit(self, item: HostedRepository, one: Commit) -> Json:
        changes = plumbing.changes(item.git, one.parents[0] if one.parents else EMPTY_TREE, one.oid)
        return {
            "id": one.oid,
            "tree_id": one.tree,
            "distinct": True,
            "message": one.message,
            "timestamp": iso(one.committer.at),
            "url": f"{self._url}/{item.full_name}/commit/{one.oid}",
            "author": self._signed(one.author.name, one.author.email),
            "committer": self._signed(one.committer.name, one.committer.email),
            "added": [change.path for change in changes if change.status in ("added", "renamed", "copied")],
            "removed": [
                change.former_path or change.path
                for change in changes
                if change.status in ("removed", "renamed")
            ],
            "modified": [change.path for change in changes if change.status in ("modified", "changed")],
        }

    def _signed(self, name: str, email: str) -> Json:
        person = next((one for one in self._state.shared.accounts.values() if one.email == email), None)
        return {"name": name, "email": email, **({"username": person.login} if person else {})}

    def _person(self, login: str) -> str | None:
        person = self._state.shared.accounts.get(login)
        return person.email if person else None

    def _named(self, item: HostedRepository, name: str, login: str, is_new: bool) -> Json:
        kind = "tag" if name.startswith("refs/tags/") else "branch"
        more: Json = {"ref": name.split("/", 2)[2], "ref_type": kind, "pusher_type": "user"}
        if is_new:
            more |= {"master_branch": item.default_branch, "description": item.description or None}
        return {**more, **self._of(item, login)}

    def _rule(self, item: HostedRepository, branch: str, rule: Mapping[str, Any]) -> Json:
        reviews, checks = rule.get("required_pull_request_reviews"), rule.get("required_status_checks")
        whom = "everyone" if rule.get("enforce_admins") else "non_admins"
        on = {
            "pull_request_reviews": reviews is not None,
            "required_status_checks": checks is not None,
            "linear_history_requirement": bool(rule.get("required_linear_history")),
            "lock_branch": bool(rule.get("lock_branch")),
            "allow_deletions": bool(rule.get("allow_deletions")),
            "allow_force_pushes": bool(rule.get("allow_force_pushes")),
        }
        moment = iso(self._state.clock.now())
        return {
            "id": number_of("protection", f"{item.number}/{branch}"),
            "repository_id": item.number,
            "name": branch,
            "created_at": moment,
            "updated_at": moment,
            "admin_enforced": bool(rule.get("enforce_admins")),
            "authorized_actor_names": list((rule.get("restrictions") or {}).get("users", ())),
            "authorized_actors_only": rule.get("restrictions") is not None,
            "authorized_dismissal_actors_only": False,
            "dismiss_stale_reviews_on_push": bool((reviews or {}).get("dismiss_stale_reviews")),
            "ignore_approvals_from_contributors": False,
            "require_code_owner_review": bool((reviews or {}).get("require_code_owner_reviews")),
            "required_approving_review_count": (reviews or {}).get("required_approving_review_count", 1),
            "required_conversation_resolution_level": whom
            if rule.get("required_conversation_resolution")
            else "off",
            "required_status_checks": list((checks or {}).get("contexts", ())),
            "strict_required_status_checks_policy": bool((checks or {}).get("strict")),
            **{f"{name}_enforcement_level": whom if on.get(name) else "off" for name in _LEVELS},
        }
