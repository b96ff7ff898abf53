"""The step that changed how docs are found: votes stay, sections are read anew; on both databases."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from catalog_sync.docs.feedback import Feedback
from catalog_sync.docs.store import DocsStore
from core.access import Visibility
from core.clock import FixedClock
from core.database import Database, Instant
from core.migrate import SCRIPTS, upgrade

_SECTION = """
    INSERT INTO docs_sections (repository, entity, entity_title, path, page, heading, anchor, url, text, visibility)
    VALUES ('github.com/acme/pay', 'component:default/pay', 'Pay', 'docs/keys.md', 'Keys', 'Rotate', 'rotate',
            'https://github.com/acme/pay/blob/main/docs/keys.md#rotate', 'Run it.', 'private')
"""
_VOTES = """
    INSERT INTO slack_docs_feedback (workspace, "user", url, question, verdict, entity, visibility, at)
    VALUES ('T1', 'U1', 'https://github.com/acme/pay/blob/main/docs/keys.md#rotate', '', 'down', '', 'internal', :at),
           ('T1', 'U2', 'https://github.com/acme/pay/blob/main/docs/gone.md', '', 'up', '', 'internal', :at)
"""


def to_step(database: Database, step: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, step)


def test_votes_are_kept_with_what_they_were_about_and_sections_are_read_anew(
    empty_database_url: str, open_database: Callable[[str], Database], clock: FixedClock
) -> None:
    database = open_database(empty_database_url)
    to_step(database, "0005")
    votes = sa.text(_VOTES).bindparams(sa.bindparam("at", type_=Instant()))
    with database.write() as connection:
        connection.execute(sa.text(_SECTION))
        connection.execute(votes, {"at": clock.now()})

    upgrade(database)

    (vote,) = Feedback(database, clock).votes(frozenset(Visibility))
    assert (vote.section, vote.entity, str(vote.verdict)) == (
        "github.com/acme/pay/docs/keys.md#rotate",
        "component:default/pay",
        "down",
    )
    assert Feedback(database, clock).votes({Visibility.PUBLIC, Visibility.INTERNAL}) == []
    assert DocsStore(database).of_repository("github.com/acme/pay") == []
