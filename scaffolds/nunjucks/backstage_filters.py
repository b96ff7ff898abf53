"""Pure: the filters that Backstage's scaffolder adds: parseRepoUrl, projectSlug, parseEntityRef and pick."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, unquote

from catalog_sync.entity.model import EntityRef
from catalog_sync.entity.refs import parse_compound, parse_ref
from scaffolds.nunjucks.numbers import number_text
from scaffolds.nunjucks.values import UNDEFINED

DEFAULT_HOSTS: Mapping[str, str] = {"github.com": "github", "gitlab.com": "gitlab", "dev.azure.com": "azure"}
"""Git hosts by name, and of which kind each is; it says what an address has to name."""

_PARTS = ("owner", "organization", "workspace", "project", "repo")
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "azure": ("project", "repo"),
    "bitbucketCloud": ("workspace", "project", "repo"),
    "bitbucketServer": ("project", "repo"),
    "gerrit": ("repo",),
    "gitea": ("repo",),
    "gitlab": ("owner", "repo"),
}
_AUTHORITY = re.compile(r"[^/?#\\]*")
_NEVER_IN_HOST = re.compile(r"[\x00-\x20#/:<>?@\[\\\]^|%\x7f]")
_PATH_PART = re.compile(
    r"""[^.\[\]]+|\[(?:([^"'][^\[]*)|(["'])((?:(?!\2)[^\\]|\\.)*?)\2)\]|(?=(?:\.|\[\])(?:\.|\[\]|\Z))"""
)


def backstage_filters(hosts: Mapping[str, str] = DEFAULT_HOSTS) -> dict[str, Callable[..., Any]]:
    """All four by name.

    Args:
        hosts: Git hosts by name with their kind (``github``, ``gitlab``, ``azure`` ...).
    """
    return {
        "parseEntityRef": entity_ref,
        "parseRepoUrl": partial(repository_parts, hosts=hosts),
        "pick": pick,
        "projectSlug": partial(project_slug, hosts=hosts),
    }


@dataclass(frozen=True, slots=True)
class _Address:
    host: str
    fields: Mapping[str, str]


def repository_parts(url: Any = UNDEFINED, *_: Any, hosts: Mapping[str, str]) -> dict[str, Any]:
    """``host?owner=..&repo=..`` taken apart; parts that are not named are undefined.

    Raises:
        ValueError: It is no address, its host is not known, or a part is missing.
    """
    address = _read(url if isinstance(url, str) else _spelled(url))
    kind = hosts.get(address.host)
    if kind is None:
        raise ValueError(f"the host {address.host} is none of {', '.join(hosts)}")
    parts: dict[str, Any] = {"host": address.host}
    for name in ("owner", "repo", "organization", "workspace", "project"):
        parts[name] = address.fields[name].strip("/") if name in address.fields else UNDEFINED
    needed = _NEEDED.get(kind, ("repo", "owner"))
    if kind == "gitlab" and parts["project"] is not UNDEFINED and parts["project"]:
        needed = ()
    missing = [name for name in needed if not address.fields.get(name)]
    if missing:
        raise ValueError(f"the address {url} names no {missing[0]}")
    return parts


def project_slug(url: Any = UNDEFINED, *_: Any, hosts: Mapping[str, str]) -> str:
    """``owner/repo`` of an address."""
    parts = repository_parts(url, hosts=hosts)
    return f"{_spelled(parts['owner'])}/{_spelled(parts['repo'])}"


def _read(text: str) -> _Address:
    text = re.sub("[\t\n\r]", "", text.strip("".join(map(chr, range(33)))))
    authority = _AUTHORITY.match(text.lstrip("/\\"))
    rest = text.lstrip("/\\")[authority.end() if authority else 0 :]
    host = _host((authority[0] if authority else "").rpartition("@")[2])
    query = rest.partition("#")[0].partition("?")[2]
    fields: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, max_num_fields=1000):
        fields.setdefault(name, value)
    return _Address(host, fields)


def _host(text: str) -> str:
    name, colon, port = text.partition(":")
    if colon and port and (not re.fullmatch("[0-9]+", port) or int(port[:9]) > 65535):
        raise ValueError(f"{text} is no host")
    name = unquote(name).lower()
    if not name or _NEVER_IN_HOST.search(name):
        raise ValueError(f"{text} is no host")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise ValueError(f"{text} is no host") from error
    return f"{name}:{int(port)}" if port and int(port) != 443 else name


def _spelled(value: Any) -> str:
    """A value as JavaScript puts it into a text."""
    if isinstance(value, list):
        return ",".join("" if item is None else _spelled(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(float(value))
    if isinstance(value, dict):
        return "[object Object]"
    return "null" if value is None else str(value)


def entity_ref(ref: Any = UNDEFINED, defaults: Any = UNDEFINED, *_: Any) -> dict[str, str]:
    """Kind, namespace and name of a reference, from a text or a record.

    Raises:
        ValueError: It is no reference, or its kind is missing and there is no default.
    """
    given = defaults if isinstance(defaults, dict) else {}
    kind, namespace = given.get("defaultKind") or None, given.get("defaultNamespace") or "default"
    if ref is UNDEFINED or ref is None or ref == "" or ref is False or ref == 0:
        raise ValueError("there is no reference")
    found: EntityRef = (
        parse_ref(ref, kind, namespace)
        if isinstance(ref, str)
        else parse_compound(ref if isinstance(ref, dict) else {}, kind, namespace)
    )
    return {"kind": found.kind, "namespace": found.namespace, "name": found.name}


def pick(value: Any = UNDEFINED, path: Any = UNDEFINED, missing: Any = UNDEFINED, *_: Any) -> Any:
    """What lies at a path (``a.b[0].c``); ``missing`` when nothing does."""
    if value is UNDEFINED or value is None:
        return missing
    for key in _keys(value, path):
        value = _own(value, key)
        if value is UNDEFINED:
            return missing
    return value


def _keys(value: Any, path: Any) -> list[str]:
    if isinstance(path, list):
        return [_spelled(item) for item in path]
    text = _spelled(path)
    if not isinstance(path, str) or not text or _own(value, text) is not UNDEFINED:
        return [text]
    first = [""] if text.startswith(".") else []
    return first + [_key(found) for found in _PATH_PART.finditer(text)]


def _key(found: re.Match[str]) -> str:
    if found[2]:
        return re.sub(r"\\(\\)?", r"\1", found[3])
    return (found[1] or found[0]) if found[0] else ""


def _own(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return value.get(key, UNDEFINED)
    if isinstance(value, str | list):
        if key == "length":
            return len(value)
        if re.fullmatch("0|[1-9][0-9]{0,8}", key) and int(key) < len(value):
            return value[int(key)]
    return UNDEFINED
