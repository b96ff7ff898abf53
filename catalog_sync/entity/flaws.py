"""Pure: one thing that is wrong with an entity, and the words for it."""

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong with an entity.

    ``stage`` is where Backstage stops: envelope, policy or kind. ``field`` is a JSON pointer.
    """

    stage: str
    field: str
    message: str
    expected: str = ""
    found: str = ""
    hint: str = ""
    """How to mend it, where that does not follow from what is expected."""
    missing: str = ""
    """The field that is not there, where that is what is wrong."""
    at: str = ""
    """A JSON pointer to what people have to look at, where ``field``, as Backstage says it, is what that lies in."""


def missing(stage: str, place: str, field: str) -> Flaw:
    """A field that is not there; its place is the thing that it should be in."""
    where = dotted(place)
    full = f"{where}.{field}" if where else field
    return Flaw(stage, place, f"{full} is missing", _MISSING_EXPECTED.get(full, ""), missing=full)


def not_text(stage: str, place: str, value: Any) -> Flaw:
    """A field that must be text, and is not."""
    flaw_hint = ""
    if isinstance(value, int | float):
        flaw_hint = f'put it in quotes: "{str(value).lower() if isinstance(value, bool) else value}"'
    elif value is None:
        flaw_hint = "write a value; a field that is not needed can be left out"
    elif isinstance(value, list):
        flaw_hint = "write one value, not a list"
    elif isinstance(value, dict) and all(isinstance(key, str) and key[:1] in "{[" for key in value):
        flaw_hint = 'put quotes around text in braces: "{{ name }}"'
    return Flaw(
        stage, place, f"{dotted(place)} must be text", "text that is not empty", shown(value), flaw_hint
    )


def as_list(value: Any) -> str:
    """How to make a list of a single value."""
    return (
        f"write [{value}], or put it in a line of its own after a dash"
        if isinstance(value, str) and value
        else ""
    )


def suggestion(rule: str, value: Any) -> str:
    """How to mend a name that is not valid, where that can be guessed."""
    if not isinstance(value, str) or not value.strip():
        return ""
    if "{{" in value:
        return "this looks like a template that was not rendered"
    guess = ""
    if rule in ("name", "labelValue"):
        guess = re.sub(r"[^A-Za-z0-9._-]+", "-", value)[:63].strip("-_.")
    elif rule == "namespace":
        guess = re.sub(r"[^a-z0-9]+", "-", value.lower())[:63].strip("-")
    elif rule == "tag":
        guess = re.sub(r"-{2,}", "-", re.sub(r"[^a-z0-9:+#]+", "-", value.lower()))[:63].strip("-")
    elif rule == "url" and re.match(r"[\w-]+(\.[\w-]+)+(/|\Z)", value):
        guess = f"https://{value}"
    return f"such as {guess}" if guess else ""


def is_text(value: Any, least: int) -> bool:
    """Whether a value is text of at least so many characters."""
    return isinstance(value, str) and len(value) >= least


_MISSING_EXPECTED = {
    "apiVersion": "apiVersion: backstage.io/v1alpha1",
    "kind": "kind: Component, or another kind",
    "metadata": "metadata: with at least a name",
    "metadata.name": "name: what it is called",
    "spec": "spec: what this kind needs, such as an owner",
    "spec.owner": "owner: a team, such as group:default/payments",
    "spec.lifecycle": "lifecycle: production, experimental or deprecated, or a word of your own",
    "spec.type": "type: such as service, website or library",
    "spec.definition": "definition: the API's text, or $text: with the path of its file",
    "spec.children": "children: a list of groups, [] when there are none",
    "spec.memberOf": "memberOf: a list of groups, [] when there are none",
    "spec.steps": "steps: a list of steps",
}


def dotted(place: str) -> str:
    """A JSON pointer as people write it: ``metadata.annotations.acme.com/team``."""
    parts = place.strip("/").split("/")
    return ".".join(part.replace("~1", "/").replace("~0", "~") for part in parts)


def pointer(key: Any) -> str:
    """A name as a part of a JSON pointer."""
    return str(key).replace("~", "~0").replace("/", "~1")


def type_of(value: Any) -> str:
    """What kind of value it is, in the words of people who write YAML."""
    names = {
        dict: "named fields",
        list: "a list",
        str: "text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        type(None): "nothing",
    }
    return names.get(type(value), type(value).__name__)


def shown(value: Any) -> str:
    """A value as a fault shows it: its beginning, and what kind of value it is."""
    if isinstance(value, str):
        return f'"{value[:80]}"'
    return (
        type_of(value)
        if isinstance(value, dict | list)
        else f"{str(value)[:80]} ({type_of(value)})"
        if value is not None
        else "nothing"
    )
