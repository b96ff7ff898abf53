"""Pure: which teams may administer a repository, as far as that says something about who owns it."""

from collections.abc import Iterable, Mapping
from typing import Any

from catalog_sync.ownership.directory import Directory

_ADMIN = ("ADMIN", "MAINTAIN")
_MANY = 10
_SHARE = 0.5


def administrators(teams: Iterable[Mapping[str, Any]], directory: Directory) -> dict[str, tuple[str, ...]]:
    """Repository key to the teams with the permission to administer or maintain it, in the order of their names.

    A team that administers half of its organisation, and more than ten repositories, looks after GitHub and
    not after what lies there: it counts only where no other team does.
    """
    found: dict[str, list[tuple[bool, str]]] = {}
    rows = sorted(teams, key=lambda row: str(row["slug"]))
    of_organization: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        place = (row["host"].lower(), row["organization"].lower())
        of_organization.setdefault(place, set()).update(row["repositories"])
    for row in rows:
        place = (row["host"].lower(), row["organization"].lower())
        administers = [name for name, permission in row["repositories"].items() if permission in _ADMIN]
        is_general = len(administers) > max(_MANY, _SHARE * len(of_organization[place]))
        for name in administers:
            key = f"{row['host']}/{name}".lower()
            found.setdefault(key, []).append((is_general, directory.group_of(row)))
    return {key: _those(teams_of) for key, teams_of in found.items()}


def _those(teams: list[tuple[bool, str]]) -> tuple[str, ...]:
    own = [ref for is_general, ref in teams if not is_general]
    return tuple(dict.fromkeys(own or [ref for _is_general, ref in teams]))
