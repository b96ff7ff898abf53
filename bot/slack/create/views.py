"""Pure: a run as the one message that shows its progress."""

from datetime import datetime

from bot.slack.blocks import Json, Message, actions, button, context, escape, link, person, section
from core.clock import age
from scaffolds.model import RunProgress, RunState, StepProgress, StepState

_MARKS = {
    StepState.WAITING: "▫️",
    StepState.RUNNING: "⏳",
    StepState.DONE: "✅",
    StepState.FAILED: "❌",
    StepState.SKIPPED: "➖",
}


def progress_message(progress: RunProgress, now: datetime) -> Message:
    """The run as it stands; the same message is edited as it goes on."""
    name = progress.repository.full_name
    asked = f" · asked by {person(progress.asked_by.id)}" if progress.asked_by else ""
    title = f"*{_verb(progress)} {link(progress.repository_url, name)}* from {escape(progress.template)}"
    if progress.template_version:
        title += f"@{escape(progress.template_version)}"
    steps = "   ".join(_step(step) for step in progress.steps)
    blocks = [
        section(f"{title}{asked}"),
        section(steps),
        *_outcome(progress),
        context(_footer(progress, now)),
    ]
    return Message(f"{_verb(progress)} {name}", (*blocks, *actions(_buttons(progress))))


def _verb(progress: RunProgress) -> str:
    return {RunState.RUNNING: "Creating", RunState.DONE: "Created", RunState.FAILED: "Stopped creating"}[
        progress.state
    ]


def _step(step: StepProgress) -> str:
    text = step.detail or step.title
    dots = "…" if step.state is StepState.RUNNING else ""
    return f"{_MARKS[step.state]}\N{NO-BREAK SPACE}{escape(text)}{dots}"


def _outcome(progress: RunProgress) -> list[Json]:
    if progress.state is RunState.FAILED:
        step = next((step for step in progress.steps if step.state is StepState.FAILED), None)
        where = f" at “{escape(step.title)}”" if step else ""
        return [section(f"It stopped{where}: {escape(progress.error)}")]
    if progress.state is RunState.DONE and progress.links:
        return [section(" · ".join(link(url, title) for title, url in progress.links))]
    return []


def _footer(progress: RunProgress, now: datetime) -> str:
    done = sum(step.state in (StepState.DONE, StepState.SKIPPED) for step in progress.steps)
    total = len(progress.steps)
    if progress.state is RunState.RUNNING:
        return f"Step {min(done + 1, total)} of {total} · this message updates in place"
    if progress.state is RunState.FAILED:
        return "Nothing is lost: trying again goes on from this step."
    took = int(((progress.finished_at or now) - progress.started_at).total_seconds())
    return (
        f"Owned by {escape(progress.owner_title)} · took {took} s · {age(progress.finished_at or now, now)}"
    )


def _buttons(progress: RunProgress) -> list[Json]:
    if progress.state is not RunState.FAILED:
        return []
    number = next((i for i, step in enumerate(progress.steps, 1) if step.state is StepState.FAILED), 1)
    return [button(f"Try again from step {number}", "create:retry", progress.run_id, style="primary")]
