"""Pure: the host's page for a new file that would take a repository into the catalog, filled in."""

import json
import re
from collections.abc import Sequence
from urllib.parse import quote, urlencode

from catalog_sync.entity.model import DEFAULT_NAMESPACE
from catalog_sync.memory.cards import KnownRepository

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 63
_LONGEST_ABOUT = 200
_SOMEBODY = "your-team"


def register_page(row: KnownRepository, owners: Sequence[str]) -> str:
    """The address of the page, on which somebody only has to look at the file and to commit it.

    Args:
        row: A repository without an entry.
        owners: References of those who own it as far as is known; the first is written down.
    """
    branch = row.default_branch or "main"
    query = urlencode(
        {"filename": "catalog-info.yaml", "value": descriptor_for(row, owners)}, quote_via=quote
    )
    return f"{row.url}/new/{quote(branch)}?{query}"


def descriptor_for(row: KnownRepository, owners: Sequence[str]) -> str:
    """A descriptor for a repository that has none; valid as it is.

    Args:
        row: The repository.
        owners: As for ``register_page``.
    """
    about = " ".join(row.description.split())[:_LONGEST_ABOUT]
    owner = _written(owners[0]) if owners else _SOMEBODY
    lines = [
        "apiVersion: backstage.io/v1alpha1",
        "kind: Component",
        "metadata:",
        f"  name: {json.dumps(_name(row.name))}",
        # JSON's strings are YAML's too, whatever somebody put into a description.
        *([f"  description: {json.dumps(about, ensure_ascii=False)}"] if about else []),
        "  annotations:",
        f"    github.com/project-slug: {json.dumps(row.full_name)}",
        "spec:",
        "  type: service",
        "  lifecycle: production",
        f"  owner: {json.dumps(owner)}" + ("" if owners else "  # the team that owns it"),
    ]
    return "\n".join(lines) + "\n"


def _name(text: str) -> str:
    """A repository's name as the catalog allows names."""
    plain = _NOT_IN_NAMES.sub("-", text)[:_LONGEST_NAME].strip("-._")
    return re.sub(r"([-._])[-._]+", r"\1", plain) or "unnamed"


def _written(ref: str) -> str:
    """An owner as people write it: ``payments`` for a group of the usual namespace."""
    kind, _, rest = ref.partition(":")
    namespace, _, name = rest.partition("/")
    return name if kind == "group" and namespace == DEFAULT_NAMESPACE else ref
