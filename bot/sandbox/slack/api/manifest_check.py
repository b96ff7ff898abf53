"""Pure: what is wrong with an app's manifest, as far as Slack documents its schema."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.api.manifest_rules import ManifestProblem, whole_problems


def manifest_problems(manifest: Any) -> tuple[ManifestProblem, ...]:
    """Everything that is wrong with a manifest; pointers begin at its root."""
    found = shape_problems(manifest)
    # How the parts belong together can be told only of parts that have their shape.
    return found or tuple(whole_problems(manifest))


def shape_problems(manifest: Any) -> tuple[ManifestProblem, ...]:
    """What is wrong with the parts of a manifest, each by itself; one without any can be read and used."""
    if not isinstance(manifest, dict):
        return (ManifestProblem("", "must be an object"),)
    return tuple(_shape(manifest, _MANIFEST, ""))


@dataclass(frozen=True, slots=True)
class _Text:
    most: int = 10_000
    pattern: str = ""
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class _Flag:
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class _Texts:
    most: int
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class _Rows:
    most: int
    row: Mapping[str, Any]
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class _Anything:
    """A part whose inside is not checked."""

    is_required: bool = False


_URL = r"https?://\S+"
_COMMAND = {
    "command": _Text(32, r"/\S+", True),
    "description": _Text(2000, is_required=True),
    "url": _Text(2000, _URL),
    "usage_hint": _Text(1000),
    "should_escape": _Flag(),
}
_SHORTCUT = {
    "name": _Text(24, is_required=True),
    "type": _Text(20, "message|global", True),
    "callback_id": _Text(255, is_required=True),
    "description": _Text(150, is_required=True),
}
_MANIFEST: Mapping[str, Any] = {
    "_metadata": _Anything(),
    "display_information": {
        "name": _Text(35, is_required=True),
        "description": _Text(140),
        "long_description": _Text(4000),
        "background_color": _Text(7, r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})"),
    },
    "features": {
        "app_home": {
            "home_tab_enabled": _Flag(),
            "messages_tab_enabled": _Flag(),
            "messages_tab_read_only_enabled": _Flag(),
        },
        "agent_view": _Anything(),
        "assistant_view": _Anything(),
        "bot_user": {"display_name": _Text(80, is_required=True), "always_online": _Flag()},
        "rich_previews": _Anything(),
        "search": _Anything(),
        "shortcuts": _Rows(10, _SHORTCUT),
        "slash_commands": _Rows(50, _COMMAND),
        "unfurl_domains": _Texts(5),
        "workflow_steps": _Anything(),
    },
    "functions": _Anything(),
    "metadata_events": _Anything(),
    "oauth_config": {
        "redirect_urls": _Texts(1000),
        "scopes": {
            "bot": _Texts(255),
            "user": _Texts(255),
            "bot_optional": _Texts(255),
            "user_optional": _Texts(255),
        },
        "pkce_enabled": _Flag(),
        "token_management_enabled": _Flag(),
    },
    "outgoing_domains": _Anything(),
    "settings": {
        "allowed_ip_address_ranges": _Texts(10),
        "event_subscriptions": {
            "request_url": _Text(2000, _URL),
            "bot_events": _Texts(100),
            "user_events": _Texts(100),
            "metadata_subscriptions": _Anything(),
        },
        "function_runtime": _Text(20),
        "hermes_app_type": _Text(20),
        "incoming_webhooks": _Anything(),
        "interactivity": {
            "is_enabled": _Flag(True),
            "request_url": _Text(2000, _URL),
            "message_menu_options_url": _Text(2000, _URL),
        },
        "is_hosted": _Flag(),
        "is_mcp_enabled": _Flag(),
        "org_deploy_enabled": _Flag(),
        "siws_links": _Anything(),
        "socket_mode_enabled": _Flag(),
        "token_rotation_enabled": _Flag(),
    },
}
_REQUIRED_PARTS = ("display_information",)


def _shape(value: Any, parts: Mapping[str, Any], place: str) -> Iterator[ManifestProblem]:
    if not isinstance(value, dict):
        yield ManifestProblem(place, "must be an object")
        return
    for name in value:
        if name not in parts:
            yield ManifestProblem(f"{place}/{name}"[:200], "must NOT have additional properties")
    for name, part in parts.items():
        inside = value.get(name)
        if inside is not None:
            yield from _part(inside, part, f"{place}/{name}")
        elif getattr(part, "is_required", False) or (not place and name in _REQUIRED_PARTS):
            yield ManifestProblem(place, f"must have required property '{name}'")


def _part(value: Any, part: Any, place: str) -> Iterator[ManifestProblem]:
    if isinstance(part, Mapping):
        yield from _shape(value, part, place)
    elif not isinstance(part, _Anything):
        yield from _CHECKS[type(part)](value, part, place)


def _text(value: Any, part: _Text, place: str) -> Iterator[ManifestProblem]:
    if not isinstance(value, str):
        yield ManifestProblem(place, "must be a string")
    elif not value and part.is_required:
        yield ManifestProblem(place, "must NOT have fewer than 1 characters")
    elif len(value) > part.most:
        yield ManifestProblem(place, f"must NOT have more than {part.most} characters")
    elif part.pattern and not re.fullmatch(part.pattern, value):
        yield ManifestProblem(place, f'must match pattern "{part.pattern}"')


def _flag(value: Any, _part: _Flag, place: str) -> Iterator[ManifestProblem]:
    if not isinstance(value, bool):
        yield ManifestProblem(place, "must be a boolean")


def _texts(value: Any, part: _Texts, place: str) -> Iterator[ManifestProblem]:
    if not isinstance(value, list):
        yield ManifestProblem(place, "must be an array")
        return
    if len(value) > part.most:
        yield ManifestProblem(place, f"must NOT have more than {part.most} items")
    for number, item in enumerate(value):
        if not isinstance(item, str):
            yield ManifestProblem(f"{place}/{number}", "must be a string")


def _rows(value: Any, part: _Rows, place: str) -> Iterator[ManifestProblem]:
    if not isinstance(value, list):
        yield ManifestProblem(place, "must be an array")
        return
    if len(value) > part.most:
        yield ManifestProblem(place, f"must NOT have more than {part.most} items")
    for number, item in enumerate(value):
        yield from _shape(item, part.row, f"{place}/{number}")


_CHECKS: Mapping[type, Callable[[Any, Any, str], Iterator[ManifestProblem]]] = {
    _Text: _text,
    _Flag: _flag,
    _Texts: _texts,
    _Rows: _rows,
}
