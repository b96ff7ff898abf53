"""What routes over git data share: which commit is meant, who signs, and whether rules allow a change."""

import binascii
from base64 import b64decode
from datetime import UTC, datetime
from typing import Any

from bot.sandbox.github import plumbing, rules
from bot.sandbox.github.plumbing import GitFailed, Signature
from bot.sandbox.github.refusals import RestError, empty_repository
from bot.sandbox.github.rest.endpoint import Call
from bot.sandbox.github.state import HostedRepository


def filled(call: Call) -> HostedRepository:
    """The repository of the path, which has a commit.

    Raises:
        RestError: It has none (409).
    """
    item = call.repository
    if not item.git.refs():
        raise empty_repository()
    return item


def commit_of(call: Call, revision: str | None) -> str:
    """The commit that a branch, tag or oid names; without one the default branch's.

    Raises:
        RestError: There is none (404).
    """
    item = call.repository
    wanted = revision or item.default_branch
    oid = item.git.head_oid if wanted == "HEAD" else plumbing.resolve(item.git, wanted)
    if oid is None:
        raise RestError(404, f"No commit found for the ref {wanted}")
    return oid


def signature(call: Call, who: str, otherwise: Signature | None = None) -> Signature:
    """The author or committer that a body names.

    Raises:
        RestError: Its parts are no texts, or the date is none (422).
    """
    given: Any = call.body.get(who)
    base = otherwise or call.host.signature(call.viewer.login)
    if not given:
        return base
    name, email = given.get("name", base.name), given.get("email", base.email)
    if not isinstance(name, str) or not isinstance(email, str):
        raise RestError(422, f"Invalid request.\n\nFor 'properties/{who}', name and email are not strings.")
    return Signature(name, email, _moment(given.get("date"), base.at, who))


def _moment(text: Any, otherwise: datetime, who: str) -> datetime:
    if text is None:
        return otherwise
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise RestError(
            422, f"Invalid request.\n\nFor 'properties/{who}/date', {text!r:.40} is not a date-time."
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def decoded(content: str) -> bytes:
    """Base64 as people send it, with line breaks.

    Raises:
        RestError: It is none (422).
    """
    try:
        return b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        raise RestError(422, "content is not valid Base64") from None


def move(call: Call, reference: str, new: str | None, *, status: int = 422) -> None:
    """Let a reference point to a commit (None deletes it), where the rules allow that.

    Raises:
        RestError: A rule forbids it, or git does.
    """
    item = call.repository
    old = item.git.ref(reference)
    words = rules.refusal(call.state, item, reference, old, new)
    if words:
        raise RestError(status, f"Repository rule violations found\n\n{words}\n\n")
    require_workflows(call, item, old, new)
    with call.host.changes(item, call.viewer.login):
        try:
            if new is None:
                plumbing.unpoint(item.git, reference)
            else:
                plumbing.point(item.git, reference, new)
        except GitFailed as error:
            raise RestError(422, f"Reference cannot be updated: {error}") from error


def require_workflows(call: Call, item: HostedRepository, old: str | None, new: str | None) -> None:
    """A token needs a permission of its own to change workflow files.

    Raises:
        RestError: It has it not, and they change.
    """
    if new is None or call.viewer.may("workflows", "write"):
        return
    path = plumbing.changed_workflow(item.git, old or item.git.head_oid, new)
    if path:
        raise RestError(
            403,
            "Resource not accessible by "
            + ("personal access token" if call.viewer.kind == "token" else "integration"),
            headers={"X-Accepted-GitHub-Permissions": "contents=write,workflows=write"},
        )
