"""A cookiecutter template's folder to the questions that a form asks; nothing is rendered here.

``cookiecutter.json`` says it all: a text, a list (the first is the default), ``true``/``false``, a
number, ``y``/``n`` written as text; ``_private`` and ``__rendered`` variables are not asked for,
``__prompts__`` brings labels. What cookiecutter cannot say stands in ``callboard.yaml`` beside it
(see ``scaffolds.callboard_yaml``); without that file the repository's name and owner are guessed,
and asked for where no variable looks like them.
"""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from core.errors import Fault, InvalidFile
from scaffolds.callboard_yaml import Extras, read_extras
from scaffolds.expressions import is_expression, problem_in, variables_in
from scaffolds.json_places import JsonObject, read_object
from scaffolds.model import Choice, FieldKind, Question, Template
from scaffolds.repository_names import problem_with_name

OWN_REPOSITORY = "callboard_repository"
"""The question for the repository's name, where no variable of the template is it."""
OWN_OWNER = "callboard_owner"
"""The question for the owning group, where no variable of the template is it."""

_EXTENSIONS = frozenset(
    f"cookiecutter.extensions.{name}Extension"
    for name in ("Jsonify", "RandomString", "Slugify", "Time", "UUID")
)
"""Loaded by cookiecutter anyway; every other one is code of a stranger."""

_REPOSITORY_NAMES = (
    "repo_name",
    "repository_name",
    "repo_slug",
    "git_repo_name",
    "project_slug",
    "app_name",
    "service_name",
    "component_id",
    "plugin_name",
    "labextension_name",
    "project_name",
    "package_name",
    "name",
)
_OWNER_NAMES = ("owner", "owner_team", "team", "owning_team", "group")
_ABOUT_NAMES = ("description", "project_short_description", "short_description", "project_description")
_PAIRS = (("y", "n"), ("yes", "no"), ("Y", "N"), ("Yes", "No"), ("true", "false"), ("True", "False"))
_SKELETON = re.compile(r"\{\{.*cookiecutter.*\}\}", re.DOTALL)
_ONE_VARIABLE = re.compile(r"\{\{-?\s*cookiecutter\.(\w+)\s*-?\}\}\Z")
_USED = re.compile(r"cookiecutter\.(\w+)")
_MAX_CHOICES = 100
_MAX_VARIABLES = 200


def read_template(folder: Path) -> Template:
    """Read the form of one template.

    A folder without a ``{{cookiecutter...}}`` folder inside has a form too; ``read_templates``
    refuses it, because nothing would come out.

    Raises:
        InvalidFile: All faults of ``cookiecutter.json`` or ``callboard.yaml``, each at its place.
    """
    path = folder / "cookiecutter.json"
    found, faults = read_object(_text_of(path), str(path))
    if found is None:
        raise InvalidFile(faults)
    problems = list(_problems(found, str(path)))
    if problems:
        raise InvalidFile(problems)
    questions = _Form(found.values).questions()
    extras = _extras(folder, [question.name for question in questions])
    return _assemble(folder, found.values, questions, extras)


def read_templates(folders: Sequence[Path]) -> tuple[Template, ...]:
    """All templates of some folders: each is a template, or holds templates.

    Raises:
        InvalidFile: The faults of all of them at once; also two of one name, or nothing to render.
    """
    templates: dict[str, Template] = {}
    faults: list[Fault] = []
    for folder in _template_folders(folders):
        try:
            template = read_template(folder)
        except InvalidFile as error:
            faults.extend(error.faults)
            continue
        faults.extend(_unusable(template, templates.get(template.name)))
        templates.setdefault(template.name, template)
    if faults:
        raise InvalidFile(faults)
    return tuple(sorted(templates.values(), key=lambda template: template.title.lower()))


def skeletons(folder: Path) -> tuple[Path, ...]:
    """The folders of a template that are rendered; cookiecutter wants exactly one."""
    return tuple(sorted(item for item in folder.iterdir() if item.is_dir() and _SKELETON.search(item.name)))


def _template_folders(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        if (folder / "cookiecutter.json").is_file():
            yield folder
        elif folder.is_dir():
            yield from (item.parent for item in sorted(folder.glob("*/cookiecutter.json")))
        else:
            raise InvalidFile([Fault(str(folder), 0, 0, "there is no such folder of templates")])


def _unusable(template: Template, twin: Template | None) -> Iterator[Fault]:
    if twin is not None:
        yield Fault(
            str(template.path),
            0,
            0,
            f"two templates are called {template.name}",
            hint=f"the other is {twin.path}",
        )
    found = skeletons(template.path)
    if len(found) != 1:
        count = "no folder" if not found else f"{len(found)} folders"
        yield Fault(
            str(template.path), 0, 0, f"{count} to render", expected="one folder named {{cookiecutter.…}}"
        )


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InvalidFile([Fault(str(path), 0, 0, "there is no cookiecutter.json here")]) from error
    except UnicodeDecodeError as error:
        raise InvalidFile([Fault(str(path), 0, 0, "the file is not UTF-8 text")]) from error
    except OSError as error:
        raise InvalidFile([Fault(str(path), 0, 0, f"cannot be read: {error.strerror}")]) from error


def _extras(folder: Path, variables: Sequence[str]) -> Extras:
    path = folder / "callboard.yaml"
    return read_extras(_text_of(path), str(path), variables) if path.is_file() else Extras()


def _problems(found: JsonObject, path: str) -> Iterator[Fault]:
    """What makes a template unusable here, each at its variable."""
    if len(found.values) > _MAX_VARIABLES:
        yield Fault(
            path,
            0,
            0,
            "too many variables",
            expected=f"at most {_MAX_VARIABLES}",
            found=str(len(found.values)),
        )
    yield from _nested(found, path)
    yield from _foreign_extensions(found, path)
    seen: set[str] = set()
    for name, value in found.values.items():
        place = found.places.get(name, (0, 0))
        for message, hint in _problems_of(name, value, seen, found.values):
            yield Fault(path, *place, message, where=name, hint=hint)
        seen.add(name)


def _nested(found: JsonObject, path: str) -> Iterator[Fault]:
    for name in ("templates", "template"):
        if isinstance(found.values.get(name), dict | list) and len(found.values) == 1:
            place = found.places.get(name, (0, 0))
            yield Fault(
                path, *place, "this folder holds several templates", hint="name the folder of one of them"
            )


def _foreign_extensions(found: JsonObject, path: str) -> Iterator[Fault]:
    named = found.values.get("_extensions") or []
    names = named if isinstance(named, list) else [named]
    for name in names:
        if name not in _EXTENSIONS:
            yield Fault(
                path,
                *found.places["_extensions"],
                f"the Jinja extension {name} is code that would run here, so it is refused",
                where="_extensions",
                hint="take it out of _extensions, or use cookiecutter's own filters and tags",
            )


def _problems_of(
    name: str, value: Any, seen: set[str], values: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    if isinstance(value, list) and not name.startswith("_"):
        yield from _choice_problems(name, value)
    # What stands under a single _ is never rendered by cookiecutter.
    if name.startswith("_") and not name.startswith("__"):
        return
    for text in _texts(value):
        problem = problem_in(text)
        if problem:
            yield f"the default of {name} is no valid expression: {problem}", ""
            continue
        for used in variables_in(text):
            if used not in values:
                yield f"{name} uses cookiecutter.{used}, which is no variable of this template", ""
            elif used not in seen and name != "__prompts__":
                yield f"{name} uses cookiecutter.{used}, which comes later", f"move {used} above {name}"


def _choice_problems(name: str, choices: Sequence[Any]) -> Iterator[tuple[str, str]]:
    if not choices:
        yield f"{name} has no choices", ""
    if len(choices) > _MAX_CHOICES:
        yield f"{name} has more than {_MAX_CHOICES} choices", ""
    if any(isinstance(item, dict | list) or item is None for item in choices):
        yield f"{name} has choices that are not text", ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if is_expression(value):
            yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(key)
            yield from _texts(item)


class _Form:
    """The questions as ``cookiecutter.json`` alone asks them."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        prompts = values.get("__prompts__")
        self._prompts: Mapping[str, Any] = prompts if isinstance(prompts, dict) else {}

    def questions(self) -> list[Question]:
        return [
            self._question(name, value)
            for name, value in self._values.items()
            if not name.startswith("_") and not isinstance(value, dict)
        ]

    def _question(self, name: str, value: Any) -> Question:
        prompt = self._prompts.get(name)
        label = str(prompt.get("__prompt__", "")) if isinstance(prompt, dict) else str(prompt or "")
        labels: Mapping[str, Any] = prompt if isinstance(prompt, dict) else {}
        kind, default, choices = _kind(value, labels)
        return Question(
            name=name,
            label=_plain(label) or _words(name),
            kind=kind,
            default=default,
            # Enter takes the default in a terminal; so does an empty field here.
            is_required=False,
            choices=choices,
        )


def _kind(value: Any, labels: Mapping[str, Any]) -> tuple[FieldKind, str, tuple[Choice, ...]]:
    if isinstance(value, bool):
        return FieldKind.BOOLEAN, "true" if value else "false", ()
    if isinstance(value, int | float):
        return FieldKind.NUMBER, str(value), ()
    if isinstance(value, list):
        choices = tuple(Choice(str(item), _plain(str(labels.get(str(item), item)))) for item in value)
        return FieldKind.CHOICE, choices[0].value, choices
    text = "" if value is None else str(value)
    pair = next((pair for pair in _PAIRS if text in pair), None)
    if pair:
        return FieldKind.CHOICE, text, (Choice(pair[0], "Yes"), Choice(pair[1], "No"))
    return FieldKind.TEXT, text, ()


def _plain(text: str) -> str:
    """A label without the terminal colours that prompts may bring (``[bold]..[/]``)."""
    return re.sub(r"\[/?[a-z ]*\]", "", text).strip()


def _words(name: str) -> str:
    return name.replace("_", " ").strip().capitalize()


def _assemble(
    folder: Path, values: Mapping[str, Any], questions: Sequence[Question], extras: Extras
) -> Template:
    names = [question.name for question in questions]
    written = {question.name: question.default for question in questions if question.kind is FieldKind.TEXT}
    skeleton = next(iter(skeletons(folder)), None)
    repository = extras.repository or _guess_repository(written, skeleton) or OWN_REPOSITORY
    owner = extras.owner or _first(_OWNER_NAMES, written) or OWN_OWNER
    asked = [_with_extras(question, extras, repository, owner) for question in questions]
    if owner == OWN_OWNER:
        asked.insert(
            0, Question(OWN_OWNER, "Owner", FieldKind.OWNER, hint="The team that will look after it.")
        )
    if repository == OWN_REPOSITORY:
        asked.insert(0, Question(OWN_REPOSITORY, "Repository name", FieldKind.TEXT, max_length=100))
    return Template(
        name=folder.resolve().name,
        title=extras.title or _words(folder.resolve().name.replace("-", "_")),
        description=extras.description,
        path=folder,
        version=extras.version or _digest(folder),
        questions=tuple(asked),
        fixed={name: value for name, value in values.items() if name not in names},
        variables=dict(values),
        repository_question=repository,
        owner_question=owner,
        description_question=extras.about or _first(_ABOUT_NAMES, names),
        path_variables=_path_variables(skeleton),
        steps=extras.steps,
        unused_hooks=_hooks(folder),
    )


def _with_extras(question: Question, extras: Extras, repository: str, owner: str) -> Question:
    said = extras.questions.get(question.name, {})
    is_repository, is_owner = question.name == repository, question.name == owner
    kind = FieldKind.OWNER if is_owner else question.kind
    if kind is FieldKind.TEXT and said.get("multiline"):
        kind = FieldKind.MULTILINE
    # A name that is the same for everybody is an example, not a default.
    is_example = is_owner or (is_repository and not is_expression(question.default))
    longest = 100 if is_repository else 3000 if kind is FieldKind.MULTILINE else question.max_length
    return Question(
        name=question.name,
        label=said.get("label", question.label),
        kind=kind,
        default="" if is_example else question.default,
        hint=said.get("hint", question.hint),
        placeholder=said.get(
            "placeholder", question.default if is_repository and is_example else question.placeholder
        ),
        is_required=is_owner or said.get("required", is_example),
        choices=() if is_owner else question.choices,
        pattern=said.get("pattern", ""),
        pattern_hint=said.get("pattern_hint", ""),
        max_length=min(said.get("max_length", longest), 3000),
    )


def _guess_repository(defaults: Mapping[str, str], skeleton: Path | None) -> str:
    """The variable that names the outermost folder, else one that is usually called so."""
    match = _ONE_VARIABLE.match(skeleton.name) if skeleton else None
    if match and match.group(1) in defaults and match.group(1) not in _OWNER_NAMES:
        return match.group(1)
    # A default such as "My Project" shows that the variable is a title.
    fitting = [
        name for name, default in defaults.items() if is_expression(default) or not problem_with_name(default)
    ]
    return _first(_REPOSITORY_NAMES, [*fitting, *(name for name, default in defaults.items() if not default)])


def _first(wanted: Sequence[str], names: Collection[str]) -> str:
    return next((name for name in wanted if name in names), "")


def _path_variables(skeleton: Path | None) -> frozenset[str]:
    if skeleton is None:
        return frozenset()
    paths = [skeleton.name, *(item.relative_to(skeleton).as_posix() for item in skeleton.rglob("*{{*"))]
    return frozenset(name for path in paths for name in _USED.findall(path))


def _hooks(folder: Path) -> tuple[str, ...]:
    hooks = folder / "hooks"
    if not hooks.is_dir():
        return ()
    return tuple(
        sorted(
            item.name
            for item in hooks.iterdir()
            if re.match(r"(pre|post)_(prompt|gen_project)(\.\w+)?\Z", item.name)
        )
    )


def _digest(folder: Path) -> str:
    """A version for a template that names none: a few digits of its content."""
    digest = hashlib.sha256()
    for item in sorted(folder.rglob("*")):
        if item.is_file() and not item.is_symlink() and ".git" not in item.parts:
            digest.update(item.relative_to(folder).as_posix().encode(errors="surrogateescape") + b"\0")
            digest.update(item.read_bytes())
    return digest.hexdigest()[:8]
