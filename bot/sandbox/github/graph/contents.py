"""What lies in git, for GraphQL: branches and tags, commits with their history, trees and files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from bot.sandbox.github.graph.asking import Info, Resolver, asking, refused
from bot.sandbox.github.graph.paging import Connection, connection
from bot.sandbox.github.hosted import HostedRepository
from bot.sandbox.github.objects import GitThing, Signature, TreeItem
from bot.sandbox.github.shapes.people import iso

_TEXT_LIMIT = 512_000


@dataclass(frozen=True, slots=True)
class Content:
    """One object of one repository: a commit, tree, blob or tag, read when more than its id is asked for."""

    repository: HostedRepository
    oid: str
    kind: str
    path: str = ""
    """Where it was found, from the root of the repository."""

    @property
    def type(self) -> str:
        """GraphQL's name of the type."""
        return self.kind.capitalize()

    @property
    def thing(self) -> GitThing:
        """The object itself.

        Raises:
            GraphQLError: The repository was deleted meanwhile.
        """
        found = self.repository.git.read(self.oid)
        if found is None:
            raise refused("NOT_FOUND", f"Could not resolve to a node with the oid '{self.oid}'")
        return found


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a tree."""

    repository: HostedRepository
    item: TreeItem
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A branch or a tag, with its whole name."""

    repository: HostedRepository
    full_name: str
    oid: str

    @property
    def prefix(self) -> str:
        """``refs/heads/`` or ``refs/tags/``."""
        return "/".join(self.full_name.split("/")[:2]) + "/"


def content(item: HostedRepository, thing: GitThing | None, path: str = "") -> Content | None:
    """An object as GraphQL's resolvers take it."""
    return Content(item, thing.oid, thing.type, path) if thing else None


def default_branch(item: HostedRepository, info: Info) -> Reference | None:
    """The branch that HEAD names; None while the repository is empty."""
    asking(info).require("contents", item)
    oid = item.git.head_oid
    return Reference(item, f"refs/heads/{item.git.default_branch}", oid) if oid else None


def reference(item: HostedRepository, info: Info, **args: Any) -> Reference | None:
    """A branch or tag by its name, the whole one or its end."""
    asking(info).require("contents", item)
    name = args["qualifiedName"]
    for candidate in (name, f"refs/heads/{name}", f"refs/tags/{name}"):
        oid = item.git.ref(candidate)
        if oid:
            return Reference(item, candidate, oid)
    return None


def references(item: HostedRepository, info: Info, **args: Any) -> Connection | None:
    """The refs below a prefix."""
    asking(info).require("contents", item)
    prefix, wanted = args["refPrefix"], (args.get("query") or "").lower()
    found = [
        Reference(item, name, oid)
        for name, oid in item.git.refs(prefix if prefix.endswith("/") else f"{prefix}/").items()
        if wanted in name.lower()
    ]
    direction = args.get("direction") or (args.get("orderBy") or {}).get("direction")
    return connection(info, found, lambda ref: (ref.full_name,), args, descending=direction == "DESC")


def git_object(item: HostedRepository, info: Info, **args: Any) -> Content | None:
    """What an expression (``HEAD:docs``) or an oid names."""
    asking(info).require("contents", item)
    asking(info).spend(asking(info).limits.object_ms)
    expression = args.get("expression") or args.get("oid")
    if not expression:
        return None
    return content(item, item.git.thing(expression), expression.partition(":")[2].strip("/"))


def languages(item: HostedRepository, info: Info, **args: Any) -> Connection:
    """The languages of the default branch by their bytes."""
    asking(info).require("contents", item)
    sizes = dict(item.languages)
    order = args.get("orderBy")
    found = connection(
        info,
        list(sizes),
        lambda name: (sizes[name], name),
        args,
        descending=order is None or order["direction"] == "DESC",
        node=language,
        edge=lambda name: {"size": sizes[name]},
    )
    return {**found, "totalSize": sum(sizes.values())}


def language(name: str | None) -> dict[str, str] | None:
    """One language."""
    return {"id": f"LANG_{name}", "name": name} if name else None


def _target(ref: Reference, _info: Info) -> Content | None:
    if ref.prefix == "refs/heads/":
        return Content(ref.repository, ref.oid, "commit")
    return content(ref.repository, ref.repository.git.read(ref.oid))


def _rule(ref: Reference, info: Info) -> Any:
    item = ref.repository
    asking(info).require("administration", item)
    branch = ref.full_name.removeprefix("refs/heads/")
    found = item.protections.get(branch)
    return (item, branch, found) if found else None


def _entries(found: Content, _info: Info) -> Sequence[Entry]:
    items = found.thing.entries
    sizes = found.repository.git.sizes([item.oid for item in items if item.type == "blob"])
    prefix = f"{found.path}/" if found.path else ""
    return [Entry(found.repository, item, sizes.get(item.oid, 0), prefix + item.name) for item in items]


def _text(found: Content, _info: Info) -> str | None:
    return None if _is_binary(found) else found.thing.content[:_TEXT_LIMIT].decode(errors="replace")


def _is_binary(found: Content) -> bool:
    return b"\0" in found.thing.content[:8000]


def _history(found: Content, info: Info, **args: Any) -> Connection:
    """The commits that lead here; a cursor is a place counted from the first commit, which pushes do not move."""
    asking(info).spend(asking(info).limits.object_ms)
    git = found.repository.git
    oids = git.history(
        found.oid,
        path=args.get("path"),
        since=_moment(args, "since"),
        until=_moment(args, "until"),
    )
    places = {oid: len(oids) - number for number, oid in enumerate(oids)}
    return connection(
        info,
        oids,
        lambda oid: (places[oid],),
        args,
        descending=True,
        node=lambda oid: content(found.repository, git.read(oid)),
    )


def _moment(args: Mapping[str, Any], name: str) -> datetime | None:
    """A moment in an argument, in ISO 8601.

    Raises:
        GraphQLError: It is none.
    """
    given = args.get(name)
    if given is None:
        return None
    try:
        found = datetime.fromisoformat(str(given))
    except ValueError:
        raise refused("UNPROCESSABLE", f"`{name}` is no moment in ISO 8601: {given!r}") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _parents(found: Content, info: Info, **args: Any) -> Connection:
    parents = found.thing.parents
    return connection(
        info,
        parents,
        lambda oid: (parents.index(oid),),
        args,
        node=lambda oid: content(found.repository, found.repository.git.read(oid)),
    )


def _signature(found: Content, _info: Info, role: str) -> Signature:
    return found.thing.signature(role)


def _user(signature: Signature, info: Info) -> Any:
    people = asking(info).site.shared.accounts.values()
    return next((person for person in people if person.email == signature.email), None)


def _web(found: Content, info: Info) -> str:
    return f"{asking(info).web_url}/{found.repository.full_name}/commit/{found.oid}"


def _tree(found: Content, _info: Info) -> Content | None:
    return content(found.repository, found.repository.git.read(found.thing.tree_oid))


def _below(entry: Entry, _info: Info) -> Content | None:
    return content(entry.repository, entry.repository.git.read(entry.item.oid), entry.path)


def _message_body(found: Content, _info: Info) -> str:
    return found.thing.whole_message.partition("\n")[2].strip("\n")


_OBJECT: Mapping[str, Resolver] = {
    "id": lambda found, _info: f"{found.type[0]}_{found.oid}",
    "oid": lambda found, _info: found.oid,
    "abbreviatedOid": lambda found, _info: found.oid[:7],
    "repository": lambda found, _info: found.repository,
}

RESOLVERS: Mapping[str, Mapping[str, Resolver]] = {
    "Ref": {
        "id": lambda ref, _info: f"REF_{ref.repository.number}_{ref.full_name}",
        "name": lambda ref, _info: ref.full_name.removeprefix(ref.prefix),
        "prefix": lambda ref, _info: ref.prefix,
        "target": _target,
        "repository": lambda ref, _info: ref.repository,
        "branchProtectionRule": _rule,
    },
    "Commit": {
        **_OBJECT,
        "message": lambda found, _info: found.thing.whole_message,
        "messageHeadline": lambda found, _info: found.thing.message,
        "messageBody": _message_body,
        "committedDate": lambda found, _info: iso(found.thing.committed_at),
        "authoredDate": lambda found, _info: iso(found.thing.signature("author").at),
        "author": partial(_signature, role="author"),
        "committer": partial(_signature, role="committer"),
        "tree": _tree,
        "parents": _parents,
        "history": _history,
        "url": _web,
        "commitUrl": _web,
    },
    "GitActor": {
        "name": lambda signature, _info: signature.name,
        "email": lambda signature, _info: signature.email,
        "date": lambda signature, _info: iso(signature.at),
        "user": _user,
    },
    "Tree": {**_OBJECT, "entries": _entries},
    "TreeEntry": {
        "name": lambda entry, _info: entry.item.name,
        "type": lambda entry, _info: entry.item.type,
        "mode": lambda entry, _info: entry.item.mode,
        "oid": lambda entry, _info: entry.item.oid,
        "size": lambda entry, _info: entry.size,
        "path": lambda entry, _info: entry.path,
        "extension": lambda entry, _info: PurePosixPath(entry.item.name).suffix,
        "object": _below,
        "repository": lambda entry, _info: entry.repository,
    },
    "Blob": {
        **_OBJECT,
        "byteSize": lambda found, _info: len(found.thing.content),
        "isBinary": lambda found, _info: _is_binary(found),
        "isTruncated": lambda found, _info: len(found.thing.content) > _TEXT_LIMIT,
        "text": _text,
    },
}
