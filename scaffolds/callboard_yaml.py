"""Pure: ``callboard.yaml`` beside ``cookiecutter.json``: what Callboard's forms say beyond cookiecutter's own.

.. code-block:: yaml

    title: Python service
    description: An HTTP service with tests, docs and CI.
    version: "1.0"
    repository: project_slug          # the variable that names the repository
    owner: owner                      # the variable that gets the owning group's reference
    about: description                # the variable that describes the repository on GitHub
    steps: [render, create-repository, push, grant-team, register]
    questions:
      project_slug:
        label: Repository name
        hint: Lower case, words joined by dashes.
        placeholder: ticket-printer
        pattern: "[a-z][a-z0-9-]*"    # the whole answer has to fit
        pattern_hint: lower case letters, digits and dashes
        max_length: 40
        required: true
        multiline: false

Everything is optional. cookiecutter itself never reads the file.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog_sync.entity.yaml_reader import Document, read_documents
from core.errors import Fault, InvalidFile

_TEXTS = ("title", "description", "version", "repository", "owner", "about")
_NAMES = ("repository", "owner", "about")
_QUESTION = {
    "label": str,
    "hint": str,
    "placeholder": str,
    "pattern": str,
    "pattern_hint": str,
    "max_length": int,
    "required": bool,
    "multiline": bool,
}
_MAX_PATTERN = 200
_CATASTROPHIC = re.compile(r"[+*}]\s*\)\s*[+*{]|\\[1-9]|\(\?")
"""Repeats of repeats can take longer than the age of the universe; nobody needs them for a name."""


@dataclass(frozen=True, slots=True)
class Extras:
    """What ``callboard.yaml`` says; empty texts where it says nothing."""

    title: str = ""
    description: str = ""
    version: str = ""
    repository: str = ""
    owner: str = ""
    about: str = ""
    steps: tuple[str, ...] = ()
    questions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_extras(text: str, path: str, variables: Collection[str]) -> Extras:
    """Read and check the file.

    Args:
        text: The file's text.
        path: How the file is called in faults.
        variables: The variables that a person may be asked for.

    Raises:
        InvalidFile: All faults of the file.
    """
    documents, faults = read_documents(text, path)
    if faults:
        raise InvalidFile(faults)
    if not documents:
        return Extras()
    reader = _Reader(documents[0], path, variables)
    extras = reader.read()
    if reader.faults:
        raise InvalidFile(reader.faults)
    return extras


class _Reader:
    def __init__(self, document: Document, path: str, variables: Collection[str]) -> None:
        self._document = document
        self._path = path
        self._variables = variables
        self.faults: list[Fault] = []

    def read(self) -> Extras:
        values = self._document.value
        if not isinstance(values, dict):
            self._fault((), "the file holds no settings", "names and values")
            return Extras()
        known = (*_TEXTS, "steps", "questions")
        for name in values:
            if name not in known:
                self._fault((name,), f"{name} means nothing here", f"one of {', '.join(known)}")
        texts = {name: self._text(name, values.get(name)) for name in _TEXTS}
        for name in _NAMES:
            if texts[name] and texts[name] not in self._variables:
                self._unknown((name,), texts[name])
        return Extras(
            **texts,
            steps=self._steps(values.get("steps")),
            questions=self._questions(values.get("questions")),
        )

    def _text(self, name: str, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return str(value).strip()
        self._fault((name,), f"{name} has to be text", "text", type(value).__name__)
        return ""

    def _steps(self, value: Any) -> tuple[str, ...]:
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._fault(("steps",), "steps has to be a list of action ids", "a list")
            return ()
        if len(set(value)) != len(value):
            self._fault(("steps",), "steps names an action twice", "each action once")
        return tuple(value)

    def _questions(self, value: Any) -> dict[str, Mapping[str, Any]]:
        if value is None:
            return {}
        if not isinstance(value, dict):
            self._fault(("questions",), "questions has to name variables", "names and values")
            return {}
        return {name: self._question(name, item) for name, item in value.items()}

    def _question(self, name: str, value: Any) -> Mapping[str, Any]:
        place: tuple[str | int, ...] = ("questions", name)
        if name not in self._variables:
            self._unknown(place, name)
        if not isinstance(value, dict):
            self._fault(place, f"what is said of {name} has to be names and values", "names and values")
            return {}
        for key, item in value.items():
            wanted = _QUESTION.get(key)
            if wanted is None:
                self._fault((*place, key), f"{key} means nothing here", f"one of {', '.join(_QUESTION)}")
            elif not isinstance(item, wanted) or (wanted is int and isinstance(item, bool)):
                self._fault(
                    (*place, key), f"{key} has to be {_WORDS[wanted]}", _WORDS[wanted], type(item).__name__
                )
        self._check_pattern((*place, "pattern"), value.get("pattern"))
        return value

    def _check_pattern(self, place: tuple[str | int, ...], pattern: Any) -> None:
        if not isinstance(pattern, str):
            return
        if len(pattern) > _MAX_PATTERN or _CATASTROPHIC.search(pattern):
            self._fault(
                place,
                "the pattern could take forever",
                "no repeats of repeats, groups (?..) or back references",
            )
            return
        try:
            re.compile(pattern)
        except re.error as error:
            self._fault(place, f"this is not a pattern: {error}", "a regular expression", pattern)

    def _unknown(self, place: tuple[str | int, ...], name: str) -> None:
        known = ", ".join(self._variables) or "none"
        self._fault(place, f"cookiecutter.json asks for no variable {name}", f"one of {known}", name)

    def _fault(self, place: tuple[str | int, ...], message: str, expected: str = "", found: str = "") -> None:
        line, column = self._document.place(place)
        where = ".".join(str(part) for part in place)
        self.faults.append(
            Fault(self._path, line, column, message, where=where, expected=expected, found=found)
        )


_WORDS: Mapping[type, str] = {str: "text", int: "a whole number", bool: "true or false"}
