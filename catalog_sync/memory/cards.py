"""Pure: one row of the catalog as it is kept in memory: what questions look at, and the rest packed."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from sys import intern
from typing import Any

from pydantic_core import from_json

from catalog_sync.entity.model import DEFAULT_NAMESPACE, Entity, EntityRef, RepositoryName, Source
from catalog_sync.word_forms import joined
from core.access import Visibility

OWNABLE = ("component", "api", "resource", "system", "domain", "template")
"""Kinds that have an owner."""

_PACKED_OVER = 2_000
"""An API's definition can be a megabyte long; so many characters are packed."""
_LEVEL = 1
_LONGEST_ABOUT = 300

NEEDS = ("dependsOn", "dependencyOf", "consumesApis", "providesApis")
"""Fields that tie a thing to others."""

_ABOVE = {
    "component": (("subcomponentOf", "Component"), ("system", "System")),
    "system": (("domain", "Domain"),),
    "domain": (("subdomainOf", "Domain"),),
    "group": (),
    "user": (),
    "location": (),
}

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """One entity: what questions look at, and its documents as text."""

    ref: str
    kind: str
    """In lower case."""
    namespace: str
    title: str
    """What people call it: its title, else the name that its profile shows, else its name."""
    names: tuple[str, ...]
    """All that it is called, its name first."""
    owner: str
    """``spec.owner`` as it was written; empty where there is none."""
    above: tuple[tuple[str, str], ...]
    """What it is a part of, nearest first: the default kind, and the reference as it was written."""
    visibility: Visibility
    key: str
    """The key of the repository that describes it; empty where none does."""
    path: str
    slug: str
    """The annotation ``github.com/project-slug``."""
    code_at: str
    """The annotation ``backstage.io/source-location``."""
    team_slug: str
    """The annotation ``github.com/team-slug``."""
    login: str
    """The annotation ``github.com/user-login``."""
    mail: str
    member_of: tuple[str, ...]
    """For a user: the groups as they were written."""
    url: str
    provider: str
    gone_at: datetime | None
    """Since when its file says nothing of it."""
    stamp: tuple[Any, ...]
    """Equal as long as nothing of it changed."""
    written: tuple[str, ...]
    """Kind and name as their author wrote them, apiVersion, location."""
    line: int
    texts: tuple[str | bytes, str | bytes]
    """``metadata`` and ``spec`` as JSON; packed when they are long."""
    type: str = ""
    lifecycle: str = ""
    tags: tuple[str, ...] = ()
    about: str = ""
    """The beginning of its description, on one line."""
    needs: tuple[tuple[str, str], ...] = ()
    """What it is tied to beside what it is a part of: the field of its spec, and the reference as it was written."""

    @property
    def name(self) -> str:
        """Its name as it was written."""
        return self.written[1]

    @property
    def is_ownable(self) -> bool:
        """Whether it is of a kind that has an owner."""
        return self.kind in OWNABLE

    def entity(self) -> Entity:
        """The whole entity, made anew at every call."""
        kind, name, api_version, location = self.written
        metadata, spec = (from_json(_unpacked(text)) for text in self.texts)
        return Entity(
            EntityRef(kind, self.namespace, name),
            api_version,
            metadata,
            spec,
            Source(
                provider=self.provider,
                location=location,
                url=self.url,
                visibility=self.visibility,
                repository=RepositoryName(*self.key.split("/", 2)) if self.key else None,
                path=self.path,
                line=self.line,
            ),
        )


@dataclass(frozen=True, slots=True)
class KnownRepository:
    """One repository: what questions look at."""

    key: str
    """``host/owner/name`` in lower case."""
    host: str
    owner: str
    name: str
    url: str
    visibility: Visibility
    is_archived: bool
    is_fork: bool
    description: str
    default_branch: str
    codeowners_path: str
    fingerprint: str
    codeowners: str | bytes | None = None
    """The text of its CODEOWNERS; packed when it is long."""
    root: frozenset[str] = frozenset()
    """What lies at its root: names of files and folders."""

    @property
    def full_name(self) -> str:
        """``owner/name``, as people write it."""
        return f"{self.owner}/{self.name}"

    @property
    def codeowners_text(self) -> str | None:
        """The text of its CODEOWNERS."""
        return None if self.codeowners is None else _unpacked(self.codeowners)


def card_of(row: Row) -> Card:
    """A card from a row of entities whose ``metadata`` and ``spec`` are JSON as text."""
    metadata, spec = from_json(row["metadata"]), from_json(row["spec"] or "{}")
    kind, annotations = row["kind"].lower(), _mapping(metadata.get("annotations"))
    profile = _mapping(spec.get("profile"))
    title, shown = _text(metadata.get("title")), _text(profile.get("displayName"))
    slug = _text(annotations.get("github.com/project-slug"))
    team_slug = _text(annotations.get("github.com/team-slug"))
    names = (row["name"], title, shown, slug.rpartition("/")[2], team_slug.rpartition("/")[2])
    return Card(
        ref=row["ref"],
        kind=intern(kind),
        namespace=intern(row["namespace"]),
        title=title or shown or row["name"],
        names=tuple({joined(name): name for name in reversed(names) if name}.values())[::-1],
        owner=intern(_text(spec.get("owner")).strip()),
        above=tuple(_above(kind, spec)),
        visibility=Visibility(row["visibility"]),
        key=row["repository"] or "",
        path=row["path"],
        slug=slug,
        code_at=_text(annotations.get("backstage.io/source-location")),
        team_slug=team_slug,
        login=_text(annotations.get("github.com/user-login")),
        mail=_text(profile.get("email")) if kind in ("user", "group") else "",
        member_of=_texts(spec.get("memberOf")) if kind == "user" else (),
        url=row["url"],
        provider=intern(row["provider"]),
        gone_at=row["gone_at"],
        stamp=(row["digest"], row["gone_at"]),
        written=(intern(row["kind"]), row["name"], intern(row["api_version"]), row["location"]),
        line=row["line"],
        texts=(_packed(row["metadata"]), _packed(row["spec"] or "{}")),
        type=intern(_text(spec.get("type"))),
        lifecycle=intern(_text(spec.get("lifecycle"))),
        tags=_texts(metadata.get("tags")),
        about=" ".join(_text(metadata.get("description")).split())[:_LONGEST_ABOUT],
        needs=tuple((field, text) for field in NEEDS for text in _texts(spec.get(field))),
    )


def repository_of(row: Row) -> KnownRepository:
    """A repository from its row."""
    text = row["codeowners"]
    return KnownRepository(
        key=row["key"],
        host=intern(row["host"]),
        owner=intern(row["owner"]),
        name=row["name"],
        url=row["url"],
        visibility=Visibility(row["visibility"]),
        is_archived=row["is_archived"],
        is_fork=row["is_fork"],
        description=row["description"] or "",
        default_branch=intern(row["default_branch"] or ""),
        codeowners_path=row["codeowners_path"],
        fingerprint=row["fingerprint"],
        codeowners=None if text is None else _packed(text),
        root=frozenset(intern(entry["name"]) for entry in from_json(row["root"])),
    )


def _above(kind: str, spec: Row) -> Iterator[tuple[str, str]]:
    """What says who owns a thing that nobody says it of."""
    for name, default in _ABOVE.get(kind, (("system", "System"),)):
        written = _text(spec.get(name))
        if written:
            yield default, intern(written)


def is_elsewhere(namespace: str) -> bool:
    """Whether a namespace is not the one that names without a namespace are in."""
    return namespace.lower() != DEFAULT_NAMESPACE


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(intern(item) for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _packed(text: str) -> str | bytes:
    return text if len(text) <= _PACKED_OVER else zlib.compress(text.encode(), _LEVEL)


def _unpacked(text: str | bytes) -> str:
    return text if isinstance(text, str) else zlib.decompress(text).decode()
