"""Connects the interface for programs with the catalog, its jobs and the web server."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from catalog_sync.github.webhook import Refresh, What
from catalog_sync.query.jobs import ask_for
from core.access import Asker, Standing
from core.errors import UserError
from core.jobs import JSON

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from bot.catalog import Catalog
    from catalog_sync.query.questions import Answers

Enqueue = Callable[[str, str, dict[str, JSON]], bool]
"""``Jobs.enqueue``: job, key, payload; False when the key exists already."""

PROGRAM = Asker(Standing.MEMBER)
"""A program with a token sees what a member of the organisation sees."""


def program_routes(catalog: "Catalog", enqueue: Enqueue) -> "list[BaseRoute]":
    """The addresses for programs; none where ``web.api_tokens`` names none."""
    from bot.web.api_door import Tokens
    from bot.web.catalog_api import Behind, catalog_mount
    from catalog_sync.query.validation import faults_of_entity

    tokens = {name: token.get_secret_value() for name, token in catalog.settings.web.api_tokens.items()}
    if not tokens:
        return []

    def refresh(answers: "Answers", ref: str) -> None:
        ask_for(_repository_of(catalog, answers, ref), enqueue)

    behind = Behind(
        answers=lambda: catalog.questions.now(PROGRAM),
        refresh=refresh,
        faults=lambda entity, location: faults_of_entity(entity, location, catalog.kind_rules),
    )
    return [catalog_mount(Tokens(tokens), behind)]


def _repository_of(catalog: "Catalog", answers: "Answers", ref: str) -> Refresh:
    """The repository that an entity is read from.

    Raises:
        NotFound: There is no such entity.
        UserError: It is read from none that can be asked for.
    """
    card = answers.card(ref)
    host, owner, name = card.key.split("/", 2) if card.key else ("", "", "")
    refresh = Refresh(What.REPOSITORY, host, owner, name)
    if refresh.source not in catalog.source_names:
        raise UserError(
            f"{card.ref} is read from no repository of a configured organisation",
            "It is looked at again with the next sync.",
        )
    return refresh
