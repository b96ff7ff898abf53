"""Pure: the 43 filters of the language, by name.

Each takes the value, the arguments by position (named ones are laid into them first, in Nunjucks'
way) and the tools of this rendering.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scaffolds.nunjucks import list_filters, text_filters
from scaffolds.nunjucks.faults import Misstep
from scaffolds.nunjucks.tools import Tools
from scaffolds.nunjucks.values import UNDEFINED, Value

Filter = Callable[[Value, Sequence[Value], Tools], Value]

FILTERS: Mapping[str, Filter] = {
    "abs": list_filters.absolute,
    "batch": list_filters.batch,
    "capitalize": text_filters.capitalize,
    "center": text_filters.center,
    "d": text_filters.default,
    "default": text_filters.default,
    "dictsort": list_filters.dictsort,
    "dump": text_filters.dump,
    "e": text_filters.escape,
    "escape": text_filters.escape,
    "first": list_filters.first,
    "float": list_filters.to_float,
    "forceescape": text_filters.forceescape,
    "groupby": list_filters.groupby,
    "indent": text_filters.indent,
    "int": list_filters.to_int,
    "join": list_filters.join,
    "last": list_filters.last,
    "length": list_filters.length,
    "list": list_filters.to_list,
    "lower": text_filters.lower,
    "nl2br": text_filters.nl2br,
    "random": list_filters.random,
    "reject": list_filters.reject,
    "rejectattr": list_filters.rejectattr,
    "replace": text_filters.replace,
    "reverse": list_filters.reverse,
    "round": list_filters.rounding,
    "safe": text_filters.safe,
    "select": list_filters.select,
    "selectattr": list_filters.selectattr,
    "slice": list_filters.slices,
    "sort": list_filters.sort,
    "string": text_filters.string,
    "striptags": text_filters.striptags,
    "sum": list_filters.total,
    "title": text_filters.title,
    "trim": text_filters.trim,
    "truncate": text_filters.truncate,
    "upper": text_filters.upper,
    "urlencode": text_filters.urlencode,
    "urlize": text_filters.urlize,
    "wordcount": text_filters.wordcount,
}

_NAMED = {"int": ("default", "base"), "sort": ("reverse", "case_sensitive", "attribute")}


@dataclass(frozen=True, slots=True)
class Given:
    """The arguments of a call."""

    items: tuple[Value, ...] = ()
    named: Mapping[str, Value] | None = None


def apply(name: str, value: Value, given: Given, tools: Tools) -> Value:
    """Apply a filter that exists."""
    try:
        return FILTERS[name](value, laid_out(name, given), tools)
    except Misstep as error:
        raise Misstep(f"the filter {name} cannot do that: {error.message}", error.at, error.kind) from error


def laid_out(name: str, given: Given) -> Sequence[Value]:
    """Arguments by position; named ones of most filters arrive together, as a record at the end."""
    named = given.named or {}
    if name in _NAMED:
        found = list(given.items)
        return found + [named.get(key, UNDEFINED) for key in _NAMED[name][len(found) :]]
    return [*given.items, {**named, "__keywords": True}] if named else given.items
