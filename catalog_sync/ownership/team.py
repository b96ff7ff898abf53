"""Pure: who leads a team and where it talks; the order of the places is told in docs/concepts/teams.md."""

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

from catalog_sync.entity.model import Entity
from catalog_sync.entity.refs import parse_ref

CHANNEL_ANNOTATION = "slack.com/bot-notify"
LEAD_ANNOTATION = "callboard.dev/lead"
ON_CALL_ANNOTATION = "callboard.dev/on-call"
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{5,}\Z")


def channel_of(
    group: Entity | None, name: str, settings: Mapping[str, str], default: str | None
) -> tuple[str | None, str]:
    """A team's channel, and where that was found; (None, "") when nobody says.

    Args:
        group: The team's Group entity, where there is one.
        name: The team's name, as the setting ``teams.channels`` uses it.
        settings: ``teams.channels``.
        default: ``slack.default_channel``.
    """
    if group:
        written = group.annotations.get(CHANNEL_ANNOTATION, "").strip()
        if written:
            return channel_name(written), f"annotation {CHANNEL_ANNOTATION}"
        for url in _links(group):
            found = channel_in_link(url)
            if found:
                return found, "a Slack link of the group"
    if name in settings:
        return channel_name(settings[name]), "setting teams.channels"
    return (channel_name(default), "setting slack.default_channel") if default else (None, "")


def leads_of(
    group: Entity | None, name: str, maintainers: Sequence[str], settings: Mapping[str, str]
) -> tuple[tuple[str, ...], str]:
    """References of the people who lead a team, and where that was found.

    Args:
        group: The team's Group entity, where there is one.
        name: The team's name, as the setting ``teams.leads`` uses it.
        maintainers: User references of the GitHub team's maintainers.
        settings: ``teams.leads``.
    """
    if group:
        written = group.annotations.get(LEAD_ANNOTATION, "")
        leads = tuple(_users(written))
        if leads:
            return leads, f"annotation {LEAD_ANNOTATION}"
    if maintainers:
        return tuple(maintainers), "maintainers of the GitHub team"
    if name in settings:
        return tuple(_users(settings[name])), "setting teams.leads"
    return (), ""


def on_call_of(entity: Entity | None) -> tuple[str, ...]:
    """References of those who are on duty for a thing or a team, as its annotation says.

    Args:
        entity: The thing, or the team's Group entity; None where nothing describes it.
    """
    return tuple(_users(entity.annotations.get(ON_CALL_ANNOTATION, ""))) if entity else ()


def channel_name(written: str) -> str:
    """A channel as Slack's users write it: an id as it is, a name with its ``#``."""
    text = written.strip()
    return text if _CHANNEL_ID.match(text) or text.startswith("#") else f"#{text}"


def channel_in_link(url: str) -> str | None:
    """The channel that a Slack address leads to; None for other addresses and for invitations."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if host != "slack.com" and not host.endswith(".slack.com"):
        return None
    archive = re.match(r"/(?:archives|messages)/([^/]+)", parts.path)
    if archive:
        return channel_name(archive.group(1))
    names = parse_qs(parts.query).get("channel")
    return channel_name(names[0]) if parts.path.startswith("/app_redirect") and names else None


def _links(group: Entity) -> Iterator[str]:
    for link in group.metadata.get("links") or ():
        yield str(link.get("url", ""))
    profile = group.spec.get("profile")
    if isinstance(profile, dict):
        yield from (value for value in profile.values() if isinstance(value, str))


def _users(written: object) -> Iterator[str]:
    for part in str(written).split(",") if written else ():
        try:
            yield str(parse_ref(part.strip().lstrip("@"), "User"))
        except ValueError:
            # Nobody can be told from it; the doctor shows the team as one without a lead.
            continue
