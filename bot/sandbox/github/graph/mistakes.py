"""Pure: what is wrong with a document, in GitHub's shape: path, code, location and its words for the common ones."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    Visitor,
    get_named_type,
    is_required_argument,
    specified_rules,
    validate,
    visit,
)

Shaped = dict[str, Any]
Path = tuple[str, ...]
TOO_LARGE: Shaped = {"message": "This query is too large to execute."}
_MAX_SHOWN = 100
_CODES = {
    "FieldsOnCorrectTypeRule": "undefinedField",
    "ScalarLeafsRule": "selectionMismatch",
    "KnownArgumentNamesRule": "argumentNotAccepted",
    "ProvidedRequiredArgumentsRule": "missingRequiredArguments",
    "ValuesOfCorrectTypeRule": "argumentLiteralsIncompatible",
    "KnownTypeNamesRule": "undefinedType",
    "KnownFragmentNamesRule": "useAndDefineFragment",
    "NoUnusedFragmentsRule": "useAndDefineFragment",
    "NoUndefinedVariablesRule": "variableNotDefined",
    "NoUnusedVariablesRule": "variableNotUsed",
    "VariablesInAllowedPositionRule": "variableMismatch",
    "VariablesAreInputTypesRule": "variableRequiresValidType",
    "OverlappingFieldsCanBeMergedRule": "fieldConflict",
    "PossibleFragmentSpreadsRule": "cannotSpreadFragment",
    "FragmentsOnCompositeTypesRule": "fragmentOnNonCompositeType",
    "NoFragmentCyclesRule": "infiniteLoop",
    "KnownDirectivesRule": "undefinedDirective",
}
_TOKENS = {
    "{": "LCURLY",
    "}": "RCURLY",
    "(": "LPAREN",
    ")": "RPAREN",
    "[": "LBRACKET",
    "]": "RBRACKET",
    ":": "COLON",
    "!": "BANG",
    "$": "VAR_SIGN",
    "@": "DIR_SIGN",
    "=": "EQUALS",
    "|": "PIPE",
    "...": "ELLIPSIS",
}
_TOKEN = re.compile(r"\.\.\.|\w+|\S")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node stands, and within which type."""

    path: Path
    parent: GraphQLNamedType | None


def syntax_error(error: GraphQLSyntaxError, text: str) -> Shaped:
    """A text that is no GraphQL."""
    place = (error.locations or [])[:1]
    if not place:
        return {"message": error.message}
    return _parse_error(text, place[0].line, place[0].column)


def _parse_error(text: str, line: int, column: int) -> Shaped:
    rest = text.splitlines()[line - 1][column - 1 :] if line <= len(text.splitlines()) else ""
    token = _TOKEN.match(rest)
    if token is None:
        message = "Unexpected end of document"
    else:
        kind = _TOKENS.get(token[0], "IDENTIFIER" if token[0][0].isalpha() else "UNKNOWN_CHAR")
        message = f'Parse error on "{token[0]}" ({kind}) at [{line}, {column}]'
    return {"message": message, "locations": [{"line": line, "column": column}]}


def empty_selection(document: DocumentNode, text: str) -> Shaped | None:
    """The mistake of a field with braces and nothing in them, which some versions of the parser let through."""
    found = _Empty()
    visit(document, found)
    return _parse_error(text, *found.place) if found.place else None


class _Empty(Visitor):
    """Looks for the first selection that selects nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.place: tuple[int, int] | None = None

    def enter_selection_set(self, node: SelectionSetNode, *_where: Any) -> None:
        """Called for each."""
        if not node.selections and node.loc and self.place is None:
            self.place = node.loc.end_token.line, node.loc.end_token.column


def mistakes(schema: GraphQLSchema, document: DocumentNode) -> Sequence[Shaped]:
    """Every mistake of a document; empty where it is valid."""
    if not validate(schema, document, max_errors=1):
        return []
    places = _Places(schema, document).found
    shaped = [
        _shape(schema, error, _CODES.get(rule.__name__), places)
        for rule in specified_rules
        for error in validate(schema, document, [rule], max_errors=_MAX_SHOWN)
        if error.nodes
    ]
    if not shaped:
        # The rules gave up before they found anything that has a place.
        return [TOO_LARGE]
    shaped.sort(key=lambda one: [(at["line"], at["column"]) for at in one["locations"]])
    return shaped[:_MAX_SHOWN]


def _shape(
    schema: GraphQLSchema, error: GraphQLError, code: str | None, places: Mapping[int, _Place]
) -> Shaped:
    node = error.nodes[0] if error.nodes else None
    place = places.get(id(node)) or _Place((), None)
    words = _WORDS.get(code or "")
    message, more = words(schema, node, place) if words and node else (error.message, {})
    return {
        "path": list(place.path),
        "extensions": {**({"code": code} if code else {}), **more},
        "locations": [{"line": at.line, "column": at.column} for at in error.locations or []],
        "message": message,
    }


Words = tuple[str, Mapping[str, str]]


def _undefined_field(_schema: GraphQLSchema, node: Any, place: _Place) -> Words:
    name, parent = node.name.value, place.parent.name if place.parent else "?"
    return f"Field '{name}' doesn't exist on type '{parent}'", {"typeName": parent, "fieldName": name}


def _not_accepted(_schema: GraphQLSchema, node: Any, place: _Place) -> Words:
    field, name = place.path[-2] if len(place.path) > 1 else "?", node.name.value
    return (
        f"Field '{field}' doesn't accept argument '{name}'",
        {"name": field, "typeName": "Field", "argumentName": name},
    )


def _missing(_schema: GraphQLSchema, node: Any, place: _Place) -> Words:
    known = getattr(place.parent, "fields", {}).get(node.name.value)
    given = {item.name.value for item in node.arguments or ()}
    needed = known.args.items() if known else ()
    names = ", ".join(name for name, arg in needed if is_required_argument(arg) and name not in given)
    name = node.name.value
    return (
        f"Field '{name}' is missing required arguments: {names}",
        {"className": "Field", "name": name, "arguments": names},
    )


def _mismatch(_schema: GraphQLSchema, node: Any, place: _Place) -> Words:
    field = node if isinstance(node, FieldNode) else None
    name = field.name.value if field else place.path[-1]
    known = getattr(place.parent, "fields", {}).get(name)
    returned = get_named_type(known.type).name if known else "?"
    more = {"nodeName": f"field '{name}'", "typeName": returned}
    if field is None or field.selection_set is not None:
        chosen = field.selection_set.selections if field and field.selection_set else ()
        names = json.dumps([item.name.value for item in chosen if isinstance(item, FieldNode)])
        return (
            f"Selections can't be made on scalars (field '{name}' returns {returned} but has selections {names})",
            more,
        )
    return (
        f"Field must have selections (field '{name}' returns {returned} but has no selections. "
        f"Did you mean '{name} {{ ... }}'?)",
        more,
    )


_WORDS: Mapping[str, Callable[[GraphQLSchema, Any, _Place], Words]] = {
    "undefinedField": _undefined_field,
    "argumentNotAccepted": _not_accepted,
    "missingRequiredArguments": _missing,
    "selectionMismatch": _mismatch,
}


class _Places:
    """The path of every node, as GitHub writes it: ``query Name``, fields, ``... on Type``, arguments."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self.found: dict[int, _Place] = {}
        for item in document.definitions:
            if isinstance(item, OperationDefinitionNode):
                name = f" {item.name.value}" if item.name else ""
                path: Path = (f"{item.operation.value}{name}",)
                parent: GraphQLNamedType | None = schema.get_root_type(item.operation)
                for variable in item.variable_definitions or ():
                    self.found[id(variable)] = self.found[id(variable.type)] = _Place(path, parent)
            elif isinstance(item, FragmentDefinitionNode):
                path = (f"fragment {item.name.value}",)
                parent = schema.get_type(item.type_condition.name.value)
                self.found[id(item.type_condition)] = _Place(path, parent)
            else:
                continue
            self._note(item, path, parent)
            self._walk(item.selection_set, path, parent)

    def _note(self, node: Node, path: Path, parent: GraphQLNamedType | None) -> None:
        self.found[id(node)] = _Place(path, parent)

    def _walk(self, selected: SelectionSetNode, path: Path, parent: GraphQLNamedType | None) -> None:
        for item in selected.selections:
            if isinstance(item, FieldNode):
                self._field(item, (*path, (item.alias or item.name).value), parent)
            elif isinstance(item, InlineFragmentNode):
                condition = item.type_condition
                below = (*path, f"... on {condition.name.value}" if condition else "...")
                self._note(item, below, parent)
                if condition:
                    self._note(condition, below, parent)
                inner = self._schema.get_type(condition.name.value) if condition else parent
                self._walk(item.selection_set, below, inner)
            elif isinstance(item, FragmentSpreadNode):
                self._note(item, (*path, f"... {item.name.value}"), parent)

    def _field(self, item: FieldNode, path: Path, parent: GraphQLNamedType | None) -> None:
        self._note(item, path, parent)
        for argument in item.arguments or ():
            self._argument(argument, (*path, argument.name.value), parent)
        known = getattr(parent, "fields", {}).get(item.name.value)
        if item.selection_set:
            self._note(item.selection_set, path, parent)
            self._walk(item.selection_set, path, get_named_type(known.type) if known else None)

    def _argument(self, item: ArgumentNode, path: Path, parent: GraphQLNamedType | None) -> None:
        self._note(item, path, parent)
        self._note(item.value, path, parent)
