"""Builds the conversations about the catalog, the docs, new repositories and scorecards, and connects their buttons."""

from functools import partial
from typing import TYPE_CHECKING

from bot.slack.conversation import Conversation
from bot.slack.create.desk import Desk
from bot.slack.create.handlers import CreateConversation
from bot.slack.deps.handlers import DepsConversation
from bot.slack.docs.handlers import DocsConversation
from bot.slack.docs.kept import Kept
from bot.slack.find.handlers import FindConversation
from bot.slack.following import as_asked
from bot.slack.gateway import Gateway
from bot.slack.owner.handlers import OwnerConversation
from bot.slack.people import People
from bot.slack.scorecard.handlers import ScoreConversation
from bot.slack.team.handlers import TeamConversation
from scaffolds.create import Create
from scorecards.report import Reports
from scorecards.run import Scorecards

if TYPE_CHECKING:
    from bot.catalog import Catalog


def conversations_of(
    catalog: "Catalog",
    scorecards: Scorecards,
    reports: Reports,
    create: Create,
    gateway: Gateway,
    people: People,
) -> tuple[Conversation, ...]:
    """The conversations, in the order in which help lists them."""
    ask, clock = catalog.ask, catalog.clock
    score = ScoreConversation(scorecards, reports, gateway, clock)
    docs = DocsConversation(ask, gateway, Kept(catalog.database, clock), clock)
    deps, find = DepsConversation(ask, clock), FindConversation(ask, clock)
    team = TeamConversation(
        ask, clock, gateway.channel_text, find.answer, score.of_entity, deps.answer, score.line
    )
    owner = OwnerConversation(
        ask,
        clock,
        partial(as_asked, people),
        gateway.channel_text,
        docs.of_entity,
        score.of_entity,
        deps.answer,
        team.answer,
        score.line,
    )
    new = CreateConversation(Desk(create, catalog.settings.new_repository_owner), ask, gateway)
    return tuple(item.conversation() for item in (owner, docs, find, team, deps, new, score))
