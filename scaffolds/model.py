"""Pure: templates, their questions, and runs, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from catalog_sync.entity.model import RepositoryName
from core.access import SlackUser


class FieldKind(StrEnum):
    """How a question is asked."""

    TEXT = "text"
    MULTILINE = "multiline"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    NUMBER = "number"
    OWNER = "owner"
    """A group of the catalog; the answer is its reference."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option: ``value`` is what the template gets, ``label`` what people read."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a template."""

    name: str
    """The template's variable."""
    label: str
    kind: FieldKind
    default: str = ""
    """May depend on earlier answers; rendered when the answers are known, never before."""
    hint: str = ""
    placeholder: str = ""
    is_required: bool = True
    choices: tuple[Choice, ...] = ()
    pattern: str = ""
    pattern_hint: str = ""
    """What the pattern means, in words."""
    max_length: int = 200


@dataclass(frozen=True, slots=True)
class Template:
    """One template, read and checked."""

    name: str
    title: str
    description: str
    path: Path
    """The folder that holds ``cookiecutter.json``."""
    version: str
    questions: tuple[Question, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Variables that nobody is asked for (private and rendered ones)."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """All of ``cookiecutter.json`` as it is written, in its order: a default sees only what comes before it."""
    repository_question: str = ""
    """The question whose answer names the new repository."""
    owner_question: str = ""
    """The question that is answered by picking the owning group."""
    description_question: str = ""
    """The question whose answer describes the repository on GitHub; empty when none does."""
    path_variables: frozenset[str] = frozenset()
    """Variables that appear in names of files and folders."""
    steps: tuple[str, ...] = ()
    """Ids of the actions that a run takes; empty means the usual ones."""
    unused_hooks: tuple[str, ...] = ()
    """Hook files that the template brings and that are not run."""

    def question(self, name: str) -> Question:
        """The question of a name; ``KeyError`` when there is none."""
        for question in self.questions:
            if question.name == name:
                return question
        raise KeyError(name)


class StepState(StrEnum):
    """Where one step of a run is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class StepProgress:
    """One step as people see it; ``detail`` says what came of it (``Rendered 34 files``)."""

    id: str
    title: str
    state: StepState
    detail: str = ""


class RunState(StrEnum):
    """Where a run is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RunProgress:
    """A run as people see it; the one message about it is made from this and edited in place."""

    run_id: str
    template: str
    template_version: str
    repository: RepositoryName
    repository_url: str
    """Empty until it exists."""
    asked_by: SlackUser | None
    owner: str
    owner_title: str
    state: RunState
    steps: tuple[StepProgress, ...]
    started_at: datetime
    finished_at: datetime | None = None
    error: str = ""
    """One line, shown to the person; the cause in their words."""
    entity: str = ""
    """The catalog reference of what was created, once the catalog knows it."""
    links: tuple[tuple[str, str], ...] = ()
    """Title and address of what came out."""


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """One answer that does not fit; ``field`` is the question's name, empty for the whole form."""

    field: str
    message: str
