"""Whether branch protection and rulesets let a reference be changed; a subset that is enforced, the rest is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from bot.sandbox.github.plumbing import is_ancestor
from bot.sandbox.github.state import HostedRepository, State

Json = Mapping[str, Any]


def rulesets_for(state: State, item: HostedRepository, reference: str) -> list[Json]:
    """The rulesets that name a reference, the organisation's too, whatever their enforcement."""
    of_organization = (one for one in state.org_rulesets if _names_repository(one, item))
    return [one for one in (*item.rulesets, *of_organization) if _names_reference(one, item, reference)]


def protection_for(item: HostedRepository, branch: str) -> Json | None:
    """The classic protection of a branch."""
    exact = item.protections.get(branch)
    if exact is not None:
        return exact
    return next((rule for pattern, rule in item.protections.items() if fnmatchcase(branch, pattern)), None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What rules say of a change: why it is refused (empty where it is not), and whether it may lose commits."""

    words: str
    is_unforced: bool


def pushed(state: State, item: HostedRepository, reference: str, old: str | None, new: str | None) -> Verdict:
    """Whether a reference may go from one commit to another (None: it is not there), whatever the commits are."""
    kinds = set()
    for one in rulesets_for(state, item, reference):
        if one.get("enforcement") == "active" and not one.get("bypass_actors"):
            kinds |= {rule.get("type") for rule in one.get("rules", ())}
    branch = reference.removeprefix("refs/heads/")
    rule = protection_for(item, branch) if reference.startswith("refs/heads/") else None
    moves, goes = bool(old and new), new is None
    checks = [
        ("deletion" in kinds and goes, "Cannot delete this ref"),
        ("creation" in kinds and old is None, "Cannot create ref due to creations being restricted."),
        ("update" in kinds and moves, "Cannot update this protected ref."),
        (
            ("pull_request" in kinds or _is_strict(rule)) and moves,
            "Changes must be made through a pull request.",
        ),
        (_forbids(rule, "allow_deletions") and goes, "Cannot delete a protected branch"),
    ]
    words = next((words for is_broken, words in checks if is_broken), "")
    return Verdict(words, "non_fast_forward" in kinds or _forbids(rule, "allow_force_pushes"))


def refusal(state: State, item: HostedRepository, reference: str, old: str | None, new: str | None) -> str:
    """Why a reference may not go from one commit to another; empty where it may."""
    verdict = pushed(state, item, reference, old, new)
    if verdict.is_unforced and old and new and not is_ancestor(item.git, old, new):
        return verdict.words or "Cannot force-push to this branch"
    return verdict.words


def _forbids(rule: Json | None, name: str) -> bool:
    return rule is not None and not rule.get(name)


def _is_strict(rule: Json | None) -> bool:
    return bool(rule and rule.get("required_pull_request_reviews") and rule.get("enforce_admins"))


def _names_reference(one: Json, item: HostedRepository, reference: str) -> bool:
    if not reference.startswith({"tag": "refs/tags/"}.get(one.get("target", "branch"), "refs/heads/")):
        return False
    names = (one.get("conditions") or {}).get("ref_name") or {}
    default = f"refs/heads/{item.default_branch}"

    def fits(patterns: Iterable[str]) -> bool:
        return any(
            pattern == "~ALL"
            or (pattern == "~DEFAULT_BRANCH" and reference == default)
            or fnmatchcase(reference, pattern)
            for pattern in patterns
        )

    return fits(names.get("include", ())) and not fits(names.get("exclude", ()))


def _names_repository(one: Json, item: HostedRepository) -> bool:
    conditions = one.get("conditions") or {}
    names, numbers = conditions.get("repository_name"), conditions.get("repository_id")
    if numbers:
        return item.number in numbers.get("repository_ids", ())
    if not names:
        return False

    def fits(patterns: Iterable[str]) -> bool:
        return any(pattern == "~ALL" or fnmatchcase(item.name, pattern) for pattern in patterns)

    return fits(names.get("include", ())) and not fits(names.get("exclude", ()))
