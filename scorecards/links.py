"""Pure: links of fixes, filled in from the fields of an entity without any template language."""

import re
from collections.abc import Mapping
from urllib.parse import quote

FIELDS = (
    "repository_url",
    "repository",
    "name",
    "kind",
    "namespace",
    "team",
    "descriptor_url",
    "codeowners_path",
)
"""The fields that a link may name in braces."""

_FIELD = re.compile(r"\{([^{}]*)\}")
_ADDRESSES = frozenset({"repository_url", "descriptor_url"})


def faults_of(template: str) -> tuple[tuple[str, str], ...]:
    """What is wrong with a link: pairs of what was expected and what was found."""
    faults = [
        (f"one of {', '.join('{' + field + '}' for field in FIELDS)}", match[0])
        for match in _FIELD.finditer(template)
        if match[1] not in FIELDS
    ]
    rest = _FIELD.sub("", template)
    if "{" in rest or "}" in rest:
        faults.append(("matching braces", template))
    if not template.startswith(("https://", *(f"{{{field}}}" for field in _ADDRESSES))):
        faults.append(("an address that starts with https:// or a field such as {repository_url}", template))
    return tuple(faults)


def fill(template: str, fields: Mapping[str, str]) -> str:
    """The link for one entity; empty when a field that it needs is not known.

    Addresses are put in as they are, everything else percent-encoded, so that no name can change
    where the link leads.
    """
    needed = [match[1] for match in _FIELD.finditer(template)]
    if not all(fields.get(name) for name in needed):
        return ""

    def put(match: re.Match[str]) -> str:
        value = fields[match[1]]
        return value if match[1] in _ADDRESSES else quote(value, safe="/")

    filled = _FIELD.sub(put, template)
    return filled if filled.startswith(("https://", "http://")) else ""
