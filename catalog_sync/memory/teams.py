"""Pure: every team with its people, its channel and its leads, from descriptors and from the hosts' teams."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog_sync.entity.model import Entity
from catalog_sync.entity.refs import parse_ref
from catalog_sync.memory.cards import Card, Row
from catalog_sync.ownership.directory import Directory
from catalog_sync.ownership.team import channel_of, leads_of, on_call_of
from core.settings import TeamSettings


@dataclass(frozen=True, slots=True)
class TeamProfile:
    """One team with everything that is known of it; references are in lower case."""

    ref: str
    title: str
    description: str
    channel: str | None
    channel_source: str
    leads: tuple[str, ...]
    lead_source: str
    members: tuple[str, ...]
    parent: str | None
    children: tuple[str, ...]
    host: str = ""
    slug: str = ""
    """The GitHub team, where there is one."""
    on_call: tuple[str, ...] = ()
    """Who is on duty for it."""


def profiles(
    cards: Mapping[str, Card], directory: Directory, settings: TeamSettings, default_channel: str | None
) -> dict[str, TeamProfile]:
    """Every group by reference, in the order of references.

    Args:
        cards: The catalog.
        directory: Whom logins and teams mean.
        settings: ``teams``.
        default_channel: ``slack.default_channel``.
    """
    groups = {ref: card.entity() for ref, card in sorted(cards.items()) if card.kind == "group"}
    parents = _parents(groups, directory)
    children: dict[str, list[str]] = {}
    for ref, parent in parents.items():
        children.setdefault(parent, []).append(ref)
    of_group = _members_by_group(cards)
    found = {}
    for ref, group in groups.items():
        row = directory.team_rows.get(ref)
        found[ref] = _profile(
            group,
            cards[ref].title,
            row,
            _Around(parents.get(ref), tuple(sorted(children.get(ref, ()))), of_group.get(ref, ())),
            directory,
            settings,
            default_channel,
        )
    return found


@dataclass(frozen=True, slots=True)
class _Around:
    parent: str | None
    children: tuple[str, ...]
    members: tuple[str, ...] | list[str]


def _parents(groups: Mapping[str, Entity], directory: Directory) -> dict[str, str]:
    found: dict[str, str] = {}
    for ref, group in groups.items():
        for child in _refs(group.spec.get("children"), "Group", group.ref.namespace):
            found.setdefault(child, ref)
    for ref, group in groups.items():
        row = directory.team_rows.get(ref)
        written = group.spec.get("parent") or (row["parent_slug"] if row else None)
        # A parent that only the host names is a team of the same organisation.
        above = directory.team(row["organization"], written, row["host"]) if row and written else None
        parent = next(_refs([written], "Group", group.ref.namespace), None)
        if parent:
            found[ref] = parent if parent in groups or not above else above
    return found


def _members_by_group(cards: Mapping[str, Card]) -> dict[str, list[str]]:
    """What users say of themselves."""
    found: dict[str, list[str]] = {}
    for ref, card in cards.items():
        for group in _refs(card.member_of, "Group", card.namespace):
            found.setdefault(group, []).append(ref)
    return {group: sorted(users) for group, users in found.items()}


def _profile(
    group: Entity,
    title: str,
    row: Row | None,
    around: _Around,
    directory: Directory,
    settings: TeamSettings,
    default_channel: str | None,
) -> TeamProfile:
    described = group if group.source.provider != "github-teams" else None
    name = group.ref.name
    on_host = [(_user(member["login"], directory), member["is_maintainer"]) for member in _members(row)]
    maintainers = [ref for ref, is_maintainer in on_host if is_maintainer]
    channel, channel_source = channel_of(described, name, settings.channels, default_channel)
    leads, lead_source = leads_of(described, name, maintainers, settings.leads)
    written = _refs(group.spec.get("members"), "User", group.ref.namespace)
    everyone = [*written, *(ref for ref, _is_maintainer in on_host), *around.members]
    return TeamProfile(
        ref=str(group.ref),
        title=title,
        description=group.description,
        channel=channel,
        channel_source=channel_source,
        leads=leads,
        lead_source=lead_source,
        members=tuple(dict.fromkeys(everyone)),
        parent=around.parent,
        children=around.children,
        host=row["host"] if row else "",
        slug=row["slug"] if row else "",
        on_call=on_call_of(described),
    )


def _members(row: Row | None) -> list[dict[str, Any]]:
    return list(row["members"]) if row else []


def _user(login: str, directory: Directory) -> str:
    return directory.person(login) or f"user:default/{login}".lower()


def _refs(written: Any, kind: str, namespace: str) -> Iterator[str]:
    for text in written if isinstance(written, list | tuple) else ():
        if isinstance(text, str) and text:
            try:
                yield str(parse_ref(text, kind, namespace))
            except ValueError:
                # The descriptor was refused for it already, or a host allows what Backstage does not.
                continue
