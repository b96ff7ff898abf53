"""What the rules of a ruleset take as parameters, by kind of rule, as GitHub's description says."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.github.refusals import RestError
from bot.sandbox.github.rest.body import checked

_PATTERN = {
    "operator": "starts_with|ends_with|contains|regex!",
    "pattern": "string!",
    "name": "string",
    "negate": "boolean",
}
_PARAMETERS: Mapping[str, Mapping[str, str]] = {
    "update": {"update_allows_fetch_and_merge": "boolean!"},
    "merge_queue": {
        "check_response_timeout_minutes": "integer!",
        "grouping_strategy": "ALLGREEN|HEADGREEN!",
        "max_entries_to_build": "integer!",
        "max_entries_to_merge": "integer!",
        "merge_method": "MERGE|SQUASH|REBASE!",
        "min_entries_to_merge": "integer!",
        "min_entries_to_merge_wait_minutes": "integer!",
    },
    "required_deployments": {"required_deployment_environments": "[string]!"},
    "pull_request": {
        "allowed_merge_methods": "[string]",
        "dismiss_stale_reviews_on_push": "boolean!",
        "require_code_owner_review": "boolean!",
        "require_last_push_approval": "boolean!",
        "required_approving_review_count": "integer!",
        "required_review_thread_resolution": "boolean!",
        "required_reviewers": "[object]",
    },
    "required_status_checks": {
        "do_not_enforce_on_create": "boolean",
        "required_status_checks": "[object]!",
        "strict_required_status_checks_policy": "boolean!",
    },
    "workflows": {"do_not_enforce_on_create": "boolean", "workflows": "[object]!"},
    "code_scanning": {"code_scanning_tools": "[object]!"},
    "copilot_code_review": {"review_draft_pull_requests": "boolean", "review_on_push": "boolean"},
    "file_path_restriction": {"restricted_file_paths": "[string]!"},
    "max_file_path_length": {"max_file_path_length": "integer!"},
    "file_extension_restriction": {"restricted_file_extensions": "[string]!"},
    "max_file_size": {"max_file_size": "integer!"},
    "commit_message_pattern": _PATTERN,
    "commit_author_email_pattern": _PATTERN,
    "committer_email_pattern": _PATTERN,
    "branch_name_pattern": _PATTERN,
    "tag_name_pattern": _PATTERN,
}
_REVIEWS, _MOST_REVIEWS = "required_approving_review_count", 10
_CHECK = {"context": "string!", "integration_id": "integer"}


def check_parameters(rule: Mapping[str, Any]) -> None:
    """Whether a rule's parameters are those of its kind; a rule may come without any.

    Raises:
        RestError: One is missing, or is of another type.
    """
    given = rule.get("parameters")
    if given is None:
        return
    kind = str(rule["type"])
    if not isinstance(given, Mapping):
        raise _refused(kind, "parameters is not an object")
    _checked(kind, given, _PARAMETERS.get(kind, {}))
    if kind == "pull_request" and not 0 <= given[_REVIEWS] <= _MOST_REVIEWS:
        raise _refused(kind, f"{_REVIEWS} must be between 0 and {_MOST_REVIEWS}")
    for one in given["required_status_checks"] if kind == "required_status_checks" else ():
        _checked(kind, one, _CHECK)


def _checked(kind: str, given: Mapping[str, Any], fields: Mapping[str, str]) -> None:
    try:
        checked(given, fields)
    except RestError as error:
        _, _, why = str(error).partition("\n\n")
        raise _refused(kind, why.replace("\n", " ")) from None


def _refused(kind: str, why: str) -> RestError:
    return RestError(422, "Validation Failed", [f"Invalid rule '{kind}': {why}"])
