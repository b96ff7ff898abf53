"""A template's folder to its questions."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.errors import InvalidFile
from scaffolds.cookiecutter_json import OWN_OWNER, OWN_REPOSITORY, read_template, read_templates
from scaffolds.model import Choice, FieldKind, Template


def make(
    folder: Path,
    variables: dict[str, Any] | str,
    extras: str = "",
    skeleton: str = "{{cookiecutter.repo_name}}",
) -> Path:
    """A template's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    text = variables if isinstance(variables, str) else json.dumps(variables, indent=2)
    (folder / "cookiecutter.json").write_text(text)
    if extras:
        (folder / "callboard.yaml").write_text(extras)
    if skeleton:
        (folder / skeleton).mkdir(exist_ok=True)
        (folder / skeleton / "README.md").write_text("hello")
    return folder


def read(tmp_path: Path, variables: dict[str, Any] | str, extras: str = "", **keywords: Any) -> Template:
    return read_template(make(tmp_path / "thing", variables, extras, **keywords))


@pytest.mark.parametrize(
    ("value", "kind", "default", "values"),
    [
        ("text", FieldKind.TEXT, "text", ()),
        ("", FieldKind.TEXT, "", ()),
        (None, FieldKind.TEXT, "", ()),
        ("{{ cookiecutter.repo_name }}", FieldKind.TEXT, "{{ cookiecutter.repo_name }}", ()),
        (["b", "a"], FieldKind.CHOICE, "b", ("b", "a")),
        (True, FieldKind.BOOLEAN, "true", ()),
        (False, FieldKind.BOOLEAN, "false", ()),
        (8080, FieldKind.NUMBER, "8080", ()),
        ("y", FieldKind.CHOICE, "y", ("y", "n")),
        ("n", FieldKind.CHOICE, "n", ("y", "n")),
        ("No", FieldKind.CHOICE, "No", ("Yes", "No")),
    ],
)
def test_each_kind_of_variable_is_asked_in_its_own_way(
    tmp_path: Path, value: Any, kind: FieldKind, default: str, values: tuple[str, ...]
) -> None:
    question = read(tmp_path, {"repo_name": "x", "thing": value}).question("thing")

    assert (question.kind, question.default) == (kind, default)
    assert tuple(choice.value for choice in question.choices) == values


def test_private_rendered_and_dict_variables_are_not_asked(tmp_path: Path) -> None:
    template = read(
        tmp_path,
        {
            "repo_name": "x",
            "owner": "somebody",
            "_private": 1,
            "__rendered": "{{ cookiecutter.repo_name }}",
            "map": {"a": {}},
        },
    )

    assert [question.name for question in template.questions] == ["repo_name", "owner"]
    assert set(template.fixed) == {"_private", "__rendered", "map"}


def test_prompts_give_labels_without_terminal_colours(tmp_path: Path) -> None:
    prompts = {
        "repo_name": "[bold]Name[/] of it",
        "kind": {"__prompt__": "Which kind", "a": "An a", "b": "A b"},
    }
    template = read(tmp_path, {"repo_name": "x", "kind": ["a", "b"], "use_it": "y", "__prompts__": prompts})

    assert template.question("repo_name").label == "Name of it"
    assert template.question("kind").label == "Which kind"
    assert template.question("kind").choices == (Choice("a", "An a"), Choice("b", "A b"))
    assert template.question("use_it").label == "Use it"


@pytest.mark.parametrize(
    ("variables", "skeleton", "expected"),
    [
        ({"repo_name": "", "project_slug": ""}, "{{cookiecutter.project_slug}}", "project_slug"),
        ({"project_slug": "", "repo_name": ""}, "{{cookiecutter.a}}-{{cookiecutter.b}}", "repo_name"),
        (
            {"project_name": "My Thing", "package_name": "{{ cookiecutter.project_name|lower }}"},
            "",
            "package_name",
        ),
        ({"project_name": "my-thing", "package_name": "my_thing"}, "", "project_name"),
        ({"something": ""}, "", OWN_REPOSITORY),
    ],
)
def test_the_variable_that_names_the_repository_is_guessed(
    tmp_path: Path, variables: dict[str, str], skeleton: str, expected: str
) -> None:
    assert read(tmp_path, variables, skeleton=skeleton).repository_question == expected


def test_owner_is_picked_from_the_groups(tmp_path: Path) -> None:
    template = read(tmp_path, {"repo_name": "x", "team": "somebody"})

    assert template.owner_question == "team"
    assert template.question("team").kind is FieldKind.OWNER
    assert template.question("team").default == ""


def test_a_choice_is_no_owner(tmp_path: Path) -> None:
    assert read(tmp_path, {"repo_name": "x", "team": ["a", "b"]}).owner_question == OWN_OWNER


def test_what_no_variable_asks_callboard_asks_itself(tmp_path: Path) -> None:
    template = read(tmp_path, {"_copy_without_render": []}, skeleton="")

    assert [question.name for question in template.questions] == [OWN_REPOSITORY, OWN_OWNER]
    assert all(question.is_required for question in template.questions)


def test_an_example_name_is_a_placeholder_and_a_worked_out_one_a_default(tmp_path: Path) -> None:
    example = read(tmp_path, {"repo_name": "my-thing"}).question("repo_name")
    derived = read(tmp_path, {"title": "T", "repo_name": "{{ cookiecutter.title|lower }}"}).question(
        "repo_name"
    )

    assert (example.default, example.placeholder, example.is_required) == ("", "my-thing", True)
    assert (derived.default, derived.is_required) == ("{{ cookiecutter.title|lower }}", False)


def test_extras_say_what_cookiecutter_cannot(tmp_path: Path) -> None:
    template = read(
        tmp_path,
        {"repo_name": "x", "squad": "y", "about_it": ""},
        "title: A thing\nversion: 1.5\nrepository: repo_name\nowner: squad\nabout: about_it\nsteps: [render, push]\n"
        "questions:\n  about_it: {label: What, hint: Say it., multiline: true, required: true, max_length: 50}\n"
        '  repo_name: {pattern: "[a-z]+", pattern_hint: lower case letters}\n',
    )

    assert (template.title, template.version, template.owner_question) == ("A thing", "1.5", "squad")
    assert (template.description_question, template.steps) == ("about_it", ("render", "push"))
    about = template.question("about_it")
    assert (about.label, about.hint, about.kind, about.is_required, about.max_length) == (
        "What",
        "Say it.",
        FieldKind.MULTILINE,
        True,
        50,
    )
    assert template.question("repo_name").pattern_hint == "lower case letters"


def test_a_template_without_a_version_has_one_that_changes_with_its_files(tmp_path: Path) -> None:
    folder = make(tmp_path / "thing", {"repo_name": "x"})
    before = read_template(folder).version
    (folder / "{{cookiecutter.repo_name}}" / "new").write_text("x")

    assert len(before) == 8
    assert read_template(folder).version != before


def test_variables_in_names_of_files_are_known(tmp_path: Path) -> None:
    folder = make(tmp_path / "thing", {"repo_name": "x", "a": "", "b": ""})
    (folder / "{{cookiecutter.repo_name}}" / "{{ cookiecutter.a }}").mkdir()

    assert read_template(folder).path_variables == {"repo_name", "a"}


def test_hooks_are_named_because_they_are_not_run(tmp_path: Path) -> None:
    folder = make(tmp_path / "thing", {"repo_name": "x"})
    (folder / "hooks").mkdir()
    (folder / "hooks" / "post_gen_project.py").write_text("")
    (folder / "hooks" / "__init__.py").write_text("")

    assert read_template(folder).unused_hooks == ("post_gen_project.py",)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('{\n  "a": "b",\n  c\n}', "3:3", "this is not JSON"),
        ("[]", "1:1", "holds no variables"),
        ('{"a": "1",\n "a": "2"}', "2:2", "twice"),
        ('{\n  "b": "{{ cookiecutter.a }}"}', "2:3", "no variable of this template"),
        ('{\n  "b": "{{ cookiecutter.c }}",\n  "c": ""}', "2:3", "comes later"),
        ('{\n  "b": "{{ cookiecutter. }}"}', "2:3", "no valid expression"),
        ('{\n  "b": []}', "2:3", "no choices"),
        ('{\n  "b": [{"x": 1}]}', "2:3", "not text"),
        ('{"a": "",\n "_extensions": ["evil.Extension"]}', "2:2", "evil.Extension"),
        ('{"templates": {"a": {"path": "./a"}}}', "1:2", "several templates"),
    ],
)
def test_a_fault_is_told_at_its_place(tmp_path: Path, text: str, place: str, message: str) -> None:
    with pytest.raises(InvalidFile) as caught:
        read(tmp_path, text)

    assert f"cookiecutter.json:{place}: " in str(caught.value)
    assert message in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile) as caught:
        read(tmp_path, {"a": [], "b": "{{ cookiecutter.x }}", "_extensions": ["one.E", "two.E"]})

    assert len(caught.value.faults) == 4


def test_extensions_that_cookiecutter_loads_anyway_are_no_reason_to_refuse(tmp_path: Path) -> None:
    assert (
        read(tmp_path, {"repo_name": "", "_extensions": ["cookiecutter.extensions.SlugifyExtension"]}).name
        == "thing"
    )


@pytest.mark.parametrize(
    ("extras", "place", "message"),
    [
        ("titel: x\n", "1:1", "titel means nothing here"),
        ("title: [x]\n", "1:1", "has to be text"),
        ("title: x\nrepository: nam\n", "2:1", "asks for no variable nam"),
        ("questions:\n  zzz: {label: x}\n", "2:3", "asks for no variable zzz"),
        ("questions:\n  repo_name:\n    lable: x\n", "3:5", "lable means nothing"),
        ("questions:\n  repo_name: {required: maybe}\n", "2:15", "true or false"),
        ('questions:\n  repo_name: {pattern: "["}\n', "2:15", "not a pattern"),
        ('questions:\n  repo_name: {pattern: "(a+)+"}\n', "2:15", "could take forever"),
        ("steps: render\n", "1:1", "a list of action ids"),
        ("steps: [a, a]\n", "1:1", "twice"),
        ("- x\n", "1:1", "holds no settings"),
        ("a: b: c\n", "1:5", "not YAML"),
    ],
)
def test_a_fault_of_the_extras_is_told_at_its_place(
    tmp_path: Path, extras: str, place: str, message: str
) -> None:
    with pytest.raises(InvalidFile) as caught:
        read(tmp_path, {"repo_name": "x"}, extras)

    assert f"callboard.yaml:{place}: " in str(caught.value)
    assert message in str(caught.value)


def test_a_folder_may_be_a_template_or_hold_templates(tmp_path: Path) -> None:
    make(tmp_path / "many" / "b", {"repo_name": "x"})
    make(tmp_path / "many" / "a", {"repo_name": "x"})
    make(tmp_path / "one", {"repo_name": "x"})
    (tmp_path / "many" / "notes").mkdir()

    templates = read_templates([tmp_path / "many", tmp_path / "one"])

    assert [template.name for template in templates] == ["a", "b", "one"]


def test_templates_that_cannot_be_offered_are_all_named(tmp_path: Path) -> None:
    make(tmp_path / "x" / "empty", {"repo_name": "x"}, skeleton="")
    make(tmp_path / "x" / "broken", "{")
    make(tmp_path / "x" / "twin", {"repo_name": "x"})
    make(tmp_path / "y" / "twin", {"repo_name": "x"})

    with pytest.raises(InvalidFile) as caught:
        read_templates([tmp_path / "x", tmp_path / "y"])

    messages = [fault.message for fault in caught.value.faults]
    assert len(messages) == 3
    assert "no folder to render" in messages
    assert "two templates are called twin" in messages


def test_a_folder_of_templates_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="no such folder"):
        read_templates([tmp_path / "nowhere"])
