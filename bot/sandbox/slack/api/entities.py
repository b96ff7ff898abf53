"""Work Objects: things of an app that Slack shows as more than a link."""

from typing import Any

from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.records import Json

_ENTITY_TYPES = frozenset(
    f"slack#/entities/{kind}" for kind in ("task", "incident", "file", "item", "content_item")
)


def known_entities(call: Call, entities: list[Any], *, is_unfurl: bool = False) -> list[Json]:
    """The Work Objects of a message, or none.

    Slack drops those that it does not understand, answers ``ok`` and says so only in a warning.
    """
    problems = [
        line
        for number, item in enumerate(entities)
        for line in entity_problems(item, f"/entities/{number}", is_unfurl=is_unfurl)
    ]
    if not problems:
        return entities
    call.warnings.append("invalid_metadata_format")
    call.messages += [f"[WARN] {line}" for line in problems]
    return []


def entity_problems(entity: Any, place: str = "", *, is_unfurl: bool = False) -> list[str]:
    """What is wrong with a Work Object, a line for each.

    Only the outline is checked: type, reference, address, and that the payload has attributes with a title.
    """
    if not isinstance(entity, dict):
        return [f"must provide an object [json-pointer:{place}]"]
    lines: list[str] = []
    kind = entity.get("entity_type")
    if not isinstance(kind, str) or kind not in _ENTITY_TYPES:
        lines.append(f"must be a valid enum value [json-pointer:{place}/entity_type]")
    reference = entity.get("external_ref")
    if not isinstance(reference, dict) or not isinstance(reference.get("id"), str):
        lines.append(f"missing required field: id [json-pointer:{place}/external_ref]")
    # Only an unfurl says which link of the message it belongs to.
    addresses = ("app_unfurl_url", "url") if is_unfurl else ("url",)
    lines += [
        f"must provide a string [json-pointer:{place}/{name}]"
        for name in addresses
        if not isinstance(entity.get(name), str)
    ]
    payload = entity.get("entity_payload")
    attributes = payload.get("attributes") if isinstance(payload, dict) else None
    title = attributes.get("title") if isinstance(attributes, dict) else None
    if not (isinstance(title, dict) and isinstance(title.get("text"), str)):
        lines.append(f"missing required field: title [json-pointer:{place}/entity_payload/attributes]")
    return lines
