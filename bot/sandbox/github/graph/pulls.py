"""Pull requests and their reviews, for GraphQL."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.github.graph.asking import Info, Resolver, asking, refused
from bot.sandbox.github.graph.contents import Content, Reference, content
from bot.sandbox.github.graph.cursors import Key
from bot.sandbox.github.graph.paging import Connection, connection
from bot.sandbox.github.graph.people import find_actor
from bot.sandbox.github.hosted import HostedRepository, PullRequest, PullState
from bot.sandbox.github.shapes.people import iso

Pull = tuple[HostedRepository, PullRequest]


def pulls(item: HostedRepository, info: Info, **args: Any) -> Connection:
    """The pull requests of a repository."""
    asking(info).require("pull_requests", item)
    states, labels = args.get("states"), args.get("labels")
    found = [
        pull
        for pull in item.pulls
        if (states is None or pull.state in states)
        and (labels is None or set(labels) & set(pull.labels))
        and args.get("baseRefName") in (None, pull.base)
        and args.get("headRefName") in (None, pull.head)
    ]
    order = args.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}

    def key(pull: PullRequest) -> Key:
        moment = pull.updated_at if order["field"] == "UPDATED_AT" else pull.created_at
        # There are no comments here, so their number sorts nothing.
        return ("" if order["field"] == "COMMENTS" else iso(moment) or ""), pull.number

    return connection(
        info,
        found,
        key,
        args,
        descending=order["direction"] == "DESC",
        node=lambda pull: (item, pull),
    )


def pull(item: HostedRepository, info: Info, **args: Any) -> Pull:
    """A pull request by its number."""
    asking(info).require("pull_requests", item)
    for candidate in item.pulls:
        if candidate.number == args["number"]:
            return item, candidate
    raise refused("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {args['number']}.")


def _reviews(source: Pull, info: Info, **args: Any) -> Connection:
    item, of = source
    states = args.get("states")
    found = [
        (number, review)
        for number, review in enumerate(of.reviews, 1)
        if (states is None or review.state in states) and args.get("author") in (None, review.author)
    ]
    return connection(
        info, found, lambda pair: (pair[0],), args, node=lambda pair: (item, of, pair[0], pair[1])
    )


def _labels(source: Pull, info: Info, **args: Any) -> Connection:
    return connection(info, source[1].labels, lambda name: (name,), args)


def _branch(source: Pull, name: str) -> Reference | None:
    item = source[0]
    oid = item.git.ref(f"refs/heads/{name}")
    return Reference(item, f"refs/heads/{name}", oid) if oid else None


def _merge(source: Pull, _info: Info) -> Content | None:
    item, of = source
    return content(item, item.git.read(of.merge_oid)) if of.merge_oid else None


def _path(source: Pull) -> str:
    return f"/{source[0].full_name}/pull/{source[1].number}"


RESOLVERS: Mapping[str, Mapping[str, Resolver]] = {
    "PullRequest": {
        "id": lambda source, _info: f"PR_{source[0].number}_{source[1].number}",
        "number": lambda source, _info: source[1].number,
        "title": lambda source, _info: source[1].title,
        "body": lambda source, _info: source[1].body or "",
        "state": lambda source, _info: source[1].state.value,
        "isDraft": lambda source, _info: source[1].is_draft,
        "merged": lambda source, _info: source[1].state is PullState.MERGED,
        "closed": lambda source, _info: source[1].state is not PullState.OPEN,
        "createdAt": lambda source, _info: iso(source[1].created_at),
        "updatedAt": lambda source, _info: iso(source[1].updated_at),
        "closedAt": lambda source, _info: iso(source[1].closed_at),
        "mergedAt": lambda source, _info: iso(source[1].merged_at),
        "author": lambda source, info: find_actor(info, source[1].author),
        "baseRefName": lambda source, _info: source[1].base,
        "baseRefOid": lambda source, _info: source[1].base_oid,
        "baseRef": lambda source, _info: _branch(source, source[1].base),
        "headRefName": lambda source, _info: source[1].head,
        "headRefOid": lambda source, _info: source[1].head_oid,
        "headRef": lambda source, _info: _branch(source, source[1].head),
        "mergeCommit": _merge,
        "url": lambda source, info: asking(info).web_url + _path(source),
        "resourcePath": lambda source, _info: _path(source),
        "repository": lambda source, _info: source[0],
        "labels": _labels,
        "reviews": _reviews,
    },
    "Label": {
        "id": lambda name, _info: f"LA_{name}",
        "name": lambda name, _info: name,
    },
    "PullRequestReview": {
        "id": lambda source, _info: f"PRR_{source[0].number}_{source[1].number}_{source[2]}",
        "author": lambda source, info: find_actor(info, source[3].author),
        "body": lambda source, _info: source[3].body,
        "state": lambda source, _info: source[3].state,
        "submittedAt": lambda source, _info: iso(source[3].submitted_at),
        "pullRequest": lambda source, _info: (source[0], source[1]),
    },
}
