"""A template.yaml becomes pages, steps and outputs, or is refused with the place of every fault."""

import pytest

from core.errors import InvalidFile
from scaffolds.backstage_yaml import read_templates
from scaffolds.nunjucks.renderer import UNDEFINED

HEAD = """apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: service, title: A service, tags: [java]}
spec:
  type: service
  owner: group:a
"""
STEPS = """  steps:
    - action: debug:log
      if: ${{ parameters.x }}
      input: {message: "${{ parameters.name }}"}
    - {id: push, name: Push, action: "publish:github", each: [1, 2]}
"""


def faults(text: str) -> list[str]:
    with pytest.raises(InvalidFile) as caught:
        read_templates(text, "t.yaml")
    return [f"{fault.line}:{fault.column} {fault.message}" for fault in caught.value.faults]


def test_a_template_is_read() -> None:
    (template,) = read_templates(
        HEAD
        + "  parameters:\n    - {title: One, required: [n], properties: {n: {type: string}}}\n    - {title: Two}\n"
        + "  secrets: {schema: {type: object}}\n  output: {links: [{title: R, url: '${{ x }}'}]}\n"
        + STEPS,
        "t.yaml",
    )

    assert [(page.title, list(page.properties)) for page in template.pages] == [("One", ["n"]), ("Two", [])]
    assert [(step.id, step.name, step.action) for step in template.steps] == [
        ("step-1", "debug:log", "debug:log"),
        ("push", "Push", "publish:github"),
    ]
    assert template.steps[0].condition == "${{ parameters.x }}"
    assert template.steps[0].each is UNDEFINED
    assert template.steps[1].each == [1, 2]
    assert template.actions == ("debug:log", "publish:github")
    assert template.secrets == {"type": "object"}
    assert template.output == {"links": [{"title": "R", "url": "${{ x }}"}]}
    assert template.warnings == ()


def test_one_page_needs_no_list() -> None:
    (template,) = read_templates(HEAD + "  parameters: {title: One}\n" + STEPS, "t.yaml")

    assert [page.title for page in template.pages] == ["One"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD.replace("v1beta3", "v1beta2") + STEPS, "1:1 Template is not known in this version"),
        (HEAD, "4:1 spec.steps is missing"),
        ("kind: Component\n", "0:0 there is no template in this file"),
        (HEAD + "  parameters: {properties: {n: {type: text}}}\n" + STEPS, "7:33 'text' is no type of JSON Schema"),
        (HEAD + "  parameters: {properties: {n: text}}\n" + STEPS, "7:29 a question must be described by named values"),
        (HEAD + "  parameters: {properties: [n]}\n" + STEPS, "7:16 properties must hold named values"),
        (HEAD + "  parameters: {required: n}\n" + STEPS, "7:16 required must be a list of names"),
        (HEAD + "  parameters: {dependencies: {n: {oneOf: [7]}}}\n" + STEPS, "7:43 a question must be described by named values"),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_its_place(text: str, expected: str) -> None:
    assert faults(text) == [expected]


def test_an_expression_that_cannot_be_read_is_a_warning() -> None:
    steps = "  steps:\n    - {id: a, action: x, if: '${{ a && b }}'}\n    - {id: a, action: x}\n"
    (template,) = read_templates(HEAD + steps, "t.yaml")

    assert [(fault.line, fault.message.partition(":")[0]) for fault in template.warnings] == [
        (8, "this expression cannot be read"),
        (9, "two steps are called a"),
    ]


def test_questions_within_questions_end_somewhere() -> None:
    deep = "{properties: {a: " * 40 + "{type: string}" + "}}" * 40

    assert "the questions are nested too deeply" in " ".join(faults(HEAD + f"  parameters: {deep}\n" + STEPS))
