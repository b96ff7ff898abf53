"""Pure: answers checked against a template's questions, and what is left out filled in."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from catalog_sync.entity.refs import parse_ref
from scaffolds.expressions import MARKERS, TooMuchError, work_out
from scaffolds.model import AnswerFault, FieldKind, Question, Template
from scaffolds.repository_names import problem_with_name

_TRUE, _FALSE = ("true", "yes", "y", "1", "on"), ("false", "no", "n", "0", "off")
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?\Z")
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They make text read in another order than it is stored: a known way to hide code."""


def check(template: Template, answers: Mapping[str, str]) -> tuple[AnswerFault, ...]:
    """Everything that is wrong with the answers, in the order of the questions.

    Values are checked as they would be used: an empty answer counts as its default, worked out
    with the other answers.
    """
    known = {question.name for question in template.questions}
    faults = [
        AnswerFault("", f"This template does not ask for {name}.") for name in answers if name not in known
    ]
    values = fill(template, answers)
    for question in template.questions:
        given = answers.get(question.name, "")
        problem = next(_problems(template, question, given, values.get(question.name, "")), "")
        if problem:
            faults.append(AnswerFault(question.name, problem))
    return tuple(faults)


def fill(template: Template, answers: Mapping[str, str]) -> dict[str, str]:
    """The value of every question that is known before rendering.

    Left out is what the jail has to work out, such as ``{% now 'utc', '%Y' %}``. A value that a
    person gave stays what it is; only the template's own defaults and choices are worked out.
    """
    asked = {question.name: question for question in template.questions}
    known: dict[str, Any] = {}
    # Callboard's own questions stand in no cookiecutter.json; nothing can depend on them.
    for name in (*template.variables, *(name for name in asked if name not in template.variables)):
        question = asked.get(name)
        value = (
            _fixed(name, template.variables[name], known)
            if question is None
            else _value(question, answers, known)
        )
        if value is not None:
            known[name] = value
    return {name: _text(known[name]) for name in asked if name in known}


def repository_name(template: Template, answers: Mapping[str, str]) -> str:
    """The name that the new repository would get; empty when the answers do not say."""
    return fill(template, answers).get(template.repository_question, "")


def shown_default(template: Template, question: Question, answers: Mapping[str, str]) -> str:
    """What a form can show as the default now; empty when that depends on answers still missing."""
    return fill(template, {**answers, question.name: ""}).get(question.name, "")


def _fixed(name: str, raw: Any, known: Mapping[str, Any]) -> Any:
    if not name.startswith("__") or not isinstance(raw, str):
        return raw
    return _worked_out(raw, known)


def _value(question: Question, answers: Mapping[str, str], known: Mapping[str, Any]) -> Any:
    given = str(answers.get(question.name, ""))
    if question.kind is not FieldKind.MULTILINE:
        given = given.strip()
    if not given:
        worked_out = _worked_out(question.default, known)
        return _boolean(worked_out) if question.kind is FieldKind.BOOLEAN and worked_out else worked_out
    if question.kind is FieldKind.BOOLEAN:
        return _boolean(given)
    if any(given == choice.value for choice in question.choices):
        # The template's own words, which may be an expression; nobody else's are ever worked out.
        return _worked_out(given, known)
    return given


def _worked_out(text: str, known: Mapping[str, Any]) -> str | None:
    try:
        return work_out(text, known)
    except TooMuchError:
        return None


def _boolean(given: str) -> bool | str:
    lowered = given.lower()
    return True if lowered in _TRUE else False if lowered in _FALSE else given


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _problems(template: Template, question: Question, given: str, value: str) -> Iterator[str]:
    """What is wrong with one answer, worst first; the caller shows the first."""
    own_choice = any(given == choice.value for choice in question.choices)
    if not own_choice and any(marker in given for marker in MARKERS):
        yield "Text with {{, {% or {# would be read as a template. Write it without."
    yield from _hidden_characters(question, given)
    if question.is_required and not value.strip():
        yield "This is needed."
    if question.kind is FieldKind.CHOICE and given and not own_choice:
        yield f"Choose one of {', '.join(choice.label for choice in question.choices)}."
    yield from _kind_problems(question, value)
    if len(value) > question.max_length:
        yield f"At most {question.max_length} characters; this has {len(value)}."
    if question.name == template.repository_question:
        yield from filter(None, [problem_with_name(value)])
    if question.pattern and value and not re.fullmatch(question.pattern, value):
        yield f"This has to be {question.pattern_hint or 'of the form ' + question.pattern}."
    if question.name in template.path_variables:
        yield from _path_problems(value)


def _hidden_characters(question: Question, given: str) -> Iterator[str]:
    allowed = "\n\t" if question.kind is FieldKind.MULTILINE else ""
    for character in given.replace("\r\n", "\n"):
        if character in allowed:
            continue
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in _DIRECTIONS:
            yield f"There is a character in it that nobody can see (U+{ord(character):04X}). Type it again."
            return


def _kind_problems(question: Question, value: str) -> Iterator[str]:
    if not value:
        return
    if question.kind is FieldKind.BOOLEAN and value not in ("true", "false"):
        yield "Answer yes or no."
    if question.kind is FieldKind.NUMBER and not _NUMBER.match(value):
        yield "This has to be a number."
    if question.kind is FieldKind.OWNER and not _is_group(value):
        yield "Choose a team."


def _is_group(value: str) -> bool:
    try:
        return parse_ref(value, "Group").kind.lower() == "group"
    except ValueError:
        return False


def _path_problems(value: str) -> Iterator[str]:
    if "/" in value or "\\" in value or value in (".", "..") or value.startswith(("-", "~")) or "\0" in value:
        yield "This becomes the name of a folder: no slashes, and no dash or tilde in front."
    elif len(value.encode(errors="surrogatepass")) > 200:
        yield "This becomes the name of a folder: at most 200 bytes."
