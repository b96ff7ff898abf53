"""Commands over templates: form, preview."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.context import AsJson, say, say_json

template_app = typer.Typer(
    name="template", help="Look at a template's questions, or render it.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(template_app)


@template_app.command("form")
def form(
    path: Path,
    slack: Annotated[bool, typer.Option(help="As Slack modals instead of pages and fields.")] = False,
    as_json: AsJson = True,
) -> None:
    """Show the questions of a template."""
    del as_json  # the answer is a document in any case
    from bot.slack.create.modals import form_modal
    from scaffolds.cookiecutter_json import read_template

    template = read_template(path)
    if slack:
        defaults = {
            question.name: question.default for question in template.questions if "{" not in question.default
        }
        say_json([form_modal(template, defaults, [])])
        return
    fields = [
        {
            "name": question.name,
            "label": question.label,
            "kind": str(question.kind),
            "default": question.default,
            "hint": question.hint,
            "required": question.is_required,
            "choices": [{"value": choice.value, "label": choice.label} for choice in question.choices],
        }
        for question in template.questions
    ]
    say_json({"title": template.title, "pages": [{"title": template.title, "fields": fields}]})


@template_app.command("preview")
def preview(
    path: Path,
    answers: Annotated[Path, typer.Option(help="A JSON file: question to answer.")],
    out: Annotated[Path, typer.Option(help="Where to write the files.")],
    as_json: AsJson = False,
) -> None:
    """Render a template into a folder; nothing is published."""
    from core.errors import Fault, InvalidFile
    from scaffolds.actions import USUAL_STEPS
    from scaffolds.cookiecutter_json import read_template
    from scaffolds.jail import Setting, render
    from scaffolds.questions import check

    template = read_template(path)
    try:
        given: dict[str, Any] = json.loads(answers.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidFile(
            [Fault(str(answers), 0, 0, f"expected a JSON object of answers: {error}")]
        ) from error
    values = {key: str(value) for key, value in given.items()}
    faults = check(template, values)
    if faults:
        raise InvalidFile([Fault(str(answers), 0, 0, fault.message, where=fault.field) for fault in faults])
    # Nothing is known of the organisation here, so the template's own private values stand.
    rendered = render(template, values, out, 60.0, Setting({}))
    if as_json:
        steps = [
            {"id": step, "action": step, "input": {}, "skipped": step != "render"}
            for step in template.steps or USUAL_STEPS
        ]
        say_json({"files": list(rendered.files), "steps": steps, "output": {"folder": str(rendered.root)}})
        return
    for name in rendered.files:
        say(name)
