"""What protects branches, for GraphQL: branch protection rules and rulesets, from what REST was told."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.sandbox.github.graph.asking import Info, Resolver, asking
from bot.sandbox.github.graph.paging import Connection, connection
from bot.sandbox.github.hosted import HostedRepository

Ruleset = Mapping[str, Any]
Protection = tuple[HostedRepository, str, Mapping[str, Any]]


def protections(item: HostedRepository, info: Info, **args: Any) -> Connection:
    """The branch protection rules, which only an administrator reads."""
    asking(info).require("administration", item)
    return connection(
        info,
        sorted(item.protections),
        lambda pattern: (pattern,),
        args,
        node=lambda pattern: (item, pattern, item.protections[pattern]),
    )


def rulesets(item: HostedRepository, info: Info, **args: Any) -> Connection:
    """The rulesets of a repository, with those of its organisation unless told otherwise."""
    inherited = asking(info).site.state_of(item).org_rulesets if args.get("includeParents", True) else []
    return rulesets_of(info, [*item.rulesets, *inherited], args)


def rulesets_of(info: Info, found: Sequence[Ruleset], args: Mapping[str, Any]) -> Connection:
    """One page of rulesets, oldest first."""
    targets = args.get("targets")
    chosen = [ruleset for ruleset in found if targets is None or _upper(ruleset, "target") in targets]
    return connection(info, chosen, lambda ruleset: (int(ruleset["id"]),), args)


def _rules(ruleset: Ruleset, info: Info, **args: Any) -> Connection:
    found = [
        (ruleset, number, rule)
        for number, rule in enumerate(ruleset.get("rules") or [])
        if args.get("type") in (None, _upper(rule, "type"))
    ]
    return connection(info, found, lambda place: (place[1],), args)


def _parameters(place: tuple[Ruleset, int, Mapping[str, Any]], _info: Info) -> Any:
    rule = place[2]
    kind = {
        "pull_request": "PullRequestParameters",
        "required_status_checks": "RequiredStatusChecksParameters",
    }.get(str(rule.get("type")))
    return {"__typename": kind, **(rule.get("parameters") or {})} if kind else None


def _upper(source: Mapping[str, Any], name: str) -> str:
    return str(source.get(name) or "").upper()


def _names(ruleset: Ruleset, _info: Info) -> Mapping[str, Any]:
    found = (ruleset.get("conditions") or {}).get("ref_name")
    return {
        "refName": {"include": found.get("include", []), "exclude": found.get("exclude", [])}
        if found
        else None
    }


def _part(section: str | None, name: str, default: Any) -> Resolver:
    """A field of the protection, as ``PUT /branches/{branch}/protection`` took it."""

    def resolve(source: Protection, _info: Info) -> Any:
        body = source[2]
        part: Any = body if section is None else body.get(section) or {}
        value = part.get(name, default)
        return value.get("enabled", default) if isinstance(value, Mapping) else value

    return resolve


def _flag(name: str) -> Resolver:
    read = _part(None, name, False)
    return lambda source, info: bool(read(source, info))


def _has(name: str) -> Resolver:
    return lambda source, _info: source[2].get(name) is not None


def _contexts(source: Protection, _info: Info) -> list[str]:
    checks = source[2].get("required_status_checks") or {}
    return list(checks.get("contexts") or [check["context"] for check in checks.get("checks") or []])


def _given(name: str, default: Any) -> Callable[..., Any]:
    """A parameter of a rule under the name that REST has for it."""
    return lambda source, _info: source.get(name, default)


_REVIEWS = "required_pull_request_reviews"
_CHECKS = "required_status_checks"

RESOLVERS: Mapping[str, Mapping[str, Resolver]] = {
    "BranchProtectionRule": {
        "id": lambda source, _info: f"BPR_{source[0].number}_{source[1]}",
        "pattern": lambda source, _info: source[1],
        "requiresApprovingReviews": _has(_REVIEWS),
        "requiredApprovingReviewCount": _part(_REVIEWS, "required_approving_review_count", None),
        "requiresCodeOwnerReviews": _part(_REVIEWS, "require_code_owner_reviews", False),
        "dismissesStaleReviews": _part(_REVIEWS, "dismiss_stale_reviews", False),
        "requireLastPushApproval": _part(_REVIEWS, "require_last_push_approval", False),
        "requiresStatusChecks": _has(_CHECKS),
        "requiresStrictStatusChecks": _part(_CHECKS, "strict", False),
        "requiredStatusCheckContexts": _contexts,
        "requiresConversationResolution": _flag("required_conversation_resolution"),
        "requiresLinearHistory": _flag("required_linear_history"),
        "requiresCommitSignatures": _flag("required_signatures"),
        "isAdminEnforced": _flag("enforce_admins"),
        "allowsForcePushes": _flag("allow_force_pushes"),
        "allowsDeletions": _flag("allow_deletions"),
        "blocksCreations": _flag("block_creations"),
        "restrictsPushes": _has("restrictions"),
        "lockBranch": _flag("lock_branch"),
    },
    "RepositoryRuleset": {
        "id": lambda ruleset, _info: f"RRS_{ruleset['id']}",
        "databaseId": lambda ruleset, _info: ruleset["id"],
        "name": lambda ruleset, _info: ruleset.get("name", ""),
        "target": lambda ruleset, _info: _upper(ruleset, "target") or "BRANCH",
        "enforcement": lambda ruleset, _info: _upper(ruleset, "enforcement"),
        "conditions": _names,
        "rules": _rules,
    },
    "RepositoryRule": {
        "id": lambda place, _info: f"RR_{place[0]['id']}_{place[1]}",
        "type": lambda place, _info: _upper(place[2], "type"),
        "parameters": _parameters,
    },
    "PullRequestParameters": {
        "requiredApprovingReviewCount": _given("required_approving_review_count", 0),
        "requireCodeOwnerReview": _given("require_code_owner_review", False),
        "dismissStaleReviewsOnPush": _given("dismiss_stale_reviews_on_push", False),
        "requireLastPushApproval": _given("require_last_push_approval", False),
        "requiredReviewThreadResolution": _given("required_review_thread_resolution", False),
    },
    "RequiredStatusChecksParameters": {
        "strictRequiredStatusChecksPolicy": _given("strict_required_status_checks_policy", False),
        "requiredStatusChecks": _given("required_status_checks", []),
    },
    "StatusCheckConfiguration": {
        "context": _given("context", ""),
        "integrationId": _given("integration_id", None),
    },
}
