"""What the form needs of scaffolds, for one organisation: questions, their defaults, a quick check, a start."""

from collections.abc import Callable, Mapping, Sequence

from catalog_sync.entity.model import RepositoryName
from core.access import OPERATOR, Asker
from core.errors import SettingsError
from scaffolds.create import AnswersInvalid, Create
from scaffolds.model import AnswerFault, Template
from scaffolds.questions import check, repository_name, shown_default


class Desk:
    """``CreateUseCase`` over ``scaffolds.create``.

    Args:
        create: Starts runs.
        host: The host that repositories are created on.
        organization: Where they go; None where nobody configured one.
        is_known: Whether the catalog knows a repository of that name already.
    """

    def __init__(
        self, create: Create, host: str, organization: str | None, is_known: Callable[[RepositoryName], bool]
    ) -> None:
        self._create = create
        self._host = host
        self._organization = organization
        self._is_known = is_known

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
        found = self._create.template(template, asker)
        faults = check(found, answers)
        if faults:
            return faults
        name = RepositoryName(self._host, self._owner(), repository_name(found, answers))
        if self._is_known(name):
            return [AnswerFault(found.repository_question, f"{name.full_name} exists already.")]
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
