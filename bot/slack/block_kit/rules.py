"""Pure: what must hold between the fields of one object, as small rules that the tables name."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.slack.block_kit.problem import Problem, failed, missing, not_in, unknown_field, unsupported
from bot.slack.block_kit.schema import Json, Place, Rule


def text_or_fields(value: Json, place: Place) -> Iterator[Problem]:
    """A section shows something; the words and the pointer are those of a real answer."""
    if "text" not in value and "fields" not in value:
        yield failed(f"{place.pointer}/type", "must define either `text` or `fields`")


def any_of(*names: str) -> Rule:
    """At least one of the fields is there."""
    shown = ", ".join(f"`{name}`" for name in names)

    def rule(value: Json, place: Place) -> Iterator[Problem]:
        if not any(name in value for name in names):
            yield failed(place.pointer, f"must define at least one of {shown}", {"type": "any_of"})

    return rule


def exactly_one(first: str, second: str) -> Rule:
    """One of two fields is there, and not the other."""

    def rule(value: Json, place: Place) -> Iterator[Problem]:
        if first not in value and second not in value:
            yield missing(place.pointer, first)
        yield from at_most_one(first, second)(value, place)

    return rule


def at_most_one(first: str, second: str) -> Rule:
    """The two fields exclude each other."""

    def rule(value: Json, place: Place) -> Iterator[Problem]:
        if first in value and second in value:
            yield failed(place.pointer, "failed to match exactly one allowed schema", {"type": "one_of"})

    return rule


def one_needed(first: str, second: str) -> Rule:
    """One of two fields is there, or both."""

    def rule(value: Json, place: Place) -> Iterator[Problem]:
        if first not in value and second not in value:
            yield missing(place.pointer, first)

    return rule


def needs(name: str, other: str) -> Rule:
    """A field that means something only beside another one."""

    def rule(value: Json, place: Place) -> Iterator[Problem]:
        if value.get(name) not in (None, False) and not value.get(other):
            yield failed(f"{place.pointer}/{name}", f"must define `{other}` to use `{name}`")

    return rule


def excludes(name: str, other: str) -> Rule:
    """A switch that cannot be on beside another one."""

    def rule(value: Json, place: Place) -> Iterator[Problem]:
        if value.get(name) is True and value.get(other) is True:
            yield failed(f"{place.pointer}/{name}", f"must not define `{name}` together with `{other}`")

    return rule


def ordered(low: str, high: str) -> Rule:
    """The lesser of two bounds, given as numbers or as their digits, is not above the greater."""

    def rule(value: Json, place: Place) -> Iterator[Problem]:
        least, most = _number(value.get(low)), _number(value.get(high))
        if least is not None and most is not None and least > most:
            yield failed(f"{place.pointer}/{low}", f"`{low}` must not be greater than `{high}`")

    return rule


def initial_among_options(name: str) -> Rule:
    """What is chosen at first can be chosen at all."""

    def rule(value: Json, place: Place) -> Iterator[Problem]:
        offered = _offered(value)
        if offered is None or name not in value:
            return
        chosen = value[name]
        items = chosen if isinstance(chosen, list) else [chosen]
        for number, item in enumerate(items):
            if isinstance(item, dict) and _identity(item) not in offered:
                at = f"{place.pointer}/{name}" + (f"/{number}" if isinstance(chosen, list) else "")
                yield failed(at, f"`{name}` must exactly match one of the provided options")

    return rule


def only_in_modal_inputs(name: str) -> Rule:
    """A field of menus that stand in an input block of a modal."""

    def rule(value: Json, place: Place) -> Iterator[Problem]:
        if name in value and (place.parent != "input" or place.surface != "modal"):
            yield unknown_field(place.pointer, name)

    return rule


def no_pending_alone(value: Json, place: Place) -> Iterator[Problem]:
    """A task waits only within a plan; by itself it runs or has ended [a real answer]."""
    if value.get("status") == "pending":
        yield not_in(f"{place.pointer}/status", ("in_progress", "complete", "error"))


def no_dispatch_of_files(value: Json, place: Place) -> Iterator[Problem]:
    """An input that takes files cannot report each change [Slack's page on the input block]."""
    element = value.get("element")
    if (
        value.get("dispatch_action") is True
        and isinstance(element, dict)
        and element.get("type") == "file_input"
    ):
        yield unsupported(f"{place.pointer}/element", "file_input", ())


def rows_alike(value: Json, place: Place) -> Iterator[Problem]:
    """Every row of a table has as many cells as the first."""
    rows = _lists(value.get("rows"))
    for number, row in rows:
        if len(row) != len(rows[0][1]):
            yield failed(f"{place.pointer}/rows/{number}", "must have as many cells as the first row")


def plain_header(value: Json, place: Place) -> Iterator[Problem]:
    """The first row of a data table names its columns, without formatting."""
    for number, row in _lists(value.get("rows"))[:1]:
        for column, cell in enumerate(row):
            if isinstance(cell, dict) and cell.get("type") == "rich_text":
                yield unsupported(
                    f"{place.pointer}/rows/{number}/{column}", "rich_text", ("raw_text", "raw_number")
                )


def row_header_exists(value: Json, place: Place) -> Iterator[Problem]:
    """The column that names the rows is one of the table."""
    rows = _lists(value.get("rows"))
    index = value.get("row_header_column_index")
    if rows and isinstance(index, int) and index >= len(rows[0][1]):
        yield failed(f"{place.pointer}/row_header_column_index", f"must be less than {len(rows[0][1])}")


def series_fit_categories(value: Json, place: Place) -> Iterator[Problem]:
    """Every series of a chart has a name of its own and one point for every category."""
    axis = value.get("axis_config")
    names = axis.get("categories") if isinstance(axis, dict) else None
    categories = sorted(_strings(names))
    seen: set[str] = set()
    listed = value.get("series")
    for number, series in enumerate(listed if isinstance(listed, list) else ()):
        if not isinstance(series, dict):
            continue
        at = f"{place.pointer}/series/{number}"
        name = series.get("name")
        if isinstance(name, str):
            if name in seen:
                yield failed(f"{at}/name", "must be unique among the series of the chart")
            seen.add(name)
        labels = sorted(_strings([point.get("label") for point in _items(series.get("data"))]))
        if labels != categories:
            yield failed(f"{at}/data", "must have exactly one point for every category")


def positive(name: str) -> Rule:
    """A number above zero."""

    def rule(value: Json, place: Place) -> Iterator[Problem]:
        number = value.get(name)
        if isinstance(number, int | float) and number <= 0:
            yield failed(
                f"{place.pointer}/{name}", "must be greater than 0", {"type": "minimum", "expected": 0}
            )

    return rule


def unique_items(name: str, key: str = "") -> Rule:
    """No item of a list (or no ``key`` of its items) stands there twice."""

    def rule(value: Json, place: Place) -> Iterator[Problem]:
        items = value.get(name)
        seen: set[str] = set()
        for number, item in enumerate(items if isinstance(items, list) else ()):
            word = item.get(key) if key and isinstance(item, dict) else item
            if not isinstance(word, str):
                continue
            if word in seen:
                yield failed(
                    f"{place.pointer}/{name}/{number}" + (f"/{key}" if key else ""), "must be unique"
                )
            seen.add(word)

    return rule


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _offered(value: Json) -> frozenset[tuple[Any, Any]] | None:
    """The identities of everything that a menu offers; None where nothing is listed."""
    if not isinstance(value.get("options"), list) and not isinstance(value.get("option_groups"), list):
        return None
    listed = _items(value.get("options"))
    for group in _items(value.get("option_groups")):
        listed = [*listed, *_items(group.get("options"))]
    return frozenset(_identity(option) for option in listed)


def _identity(option: Mapping[str, Any]) -> tuple[Any, Any]:
    """An option's words and value; whether emoji are shown is filled in by Slack and tells nothing apart."""
    text = option.get("text")
    words = text.get("text") if isinstance(text, dict) else None
    value = option.get("value")
    return (words if isinstance(words, str) else None, value if isinstance(value, str) else None)


def _items(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _lists(value: Any) -> Sequence[tuple[int, list[Any]]]:
    rows = enumerate(value) if isinstance(value, list) else ()
    return [(number, row) for number, row in rows if isinstance(row, list)]


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
