"""What the form needs of scaffolds, for one organisation: questions, their defaults, a quick check, a start."""

from collections.abc import Mapping, Sequence

from core.access import OPERATOR, Asker
from core.errors import SettingsError
from scaffolds.create import AnswersInvalid, Create
from scaffolds.model import AnswerFault, Template
from scaffolds.questions import shown_default


class Desk:
    """``CreateUseCase`` over ``scaffolds.create``.

    Args:
        create: Starts runs.
        organization: Where they go; None where nobody configured one.
    """

    def __init__(self, create: Create, organization: str | None) -> None:
        self._create = create
        self._organization = organization

    def templates(self, asker: Asker) -> Sequence[Template]:
        """The templates that somebody may run."""
        return self._create.templates(asker)

    def defaults(self, template: str) -> Mapping[str, str]:
        """What each field holds at first; what depends on other answers stays empty."""
        found = self._create.template(template, OPERATOR)
        return {question.name: _shown(found, question.name) for question in found.questions}

    def take(self, template: str, answers: Mapping[str, str], asker: Asker) -> Sequence[AnswerFault]:
        """Begin a durable run, or say what does not fit, a name that is taken among it.

        Asks no host, because a person waits: what only the host knows, the run finds out.
        """
        try:
            self._create.start(template, answers, asker, self._owner())
        except AnswersInvalid as error:
            return error.faults
        return ()

    def retry(self, run_id: str, asker: Asker) -> None:
        """Go on with a run that failed."""
        self._create.retry(run_id, asker)

    def _owner(self) -> str:
        if not self._organization:
            raise SettingsError("scaffolds.organization: name the organisation that new repositories go to")
        return self._organization


def _shown(template: Template, name: str) -> str:
    question = template.question(name)
    if name == template.repository_question:
        # A default name would be taken by the first who does not look.
        return ""
    return shown_default(template, question, {})
