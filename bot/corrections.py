"""Connects what mends wrong owners with the catalog, GitHub, the jobs and Slack."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalog_sync.mending.candidates import Candidates
from catalog_sync.mending.correction_rows import CorrectionRows
from catalog_sync.mending.correction_work import CorrectionWork
from catalog_sync.mending.corrections import Corrections
from catalog_sync.mending.jobs import handing_over, jobs_of
from core.access import Place

if TYPE_CHECKING:
    from bot.catalog import Catalog
    from bot.slack.conversation import Conversation
    from bot.slack.gateway import Gateway
    from bot.slack.people import People
    from core.jobs import Jobs


@dataclass(frozen=True, slots=True)
class Mended:
    """Everything about wrong owners, connected."""

    work: CorrectionWork
    conversations: "tuple[Conversation, ...]"


def add_corrections(
    jobs: "Jobs", catalog: "Catalog", gateway: "Gateway", people: "People", place_of: Callable[[str], Place]
) -> Mended:
    """Build it, and make its jobs known."""
    from bot.slack.corrections.handlers import CorrectionConversation
    from bot.slack.corrections.messenger import CorrectionMessenger
    from bot.slack.links import Links
    from bot.slack.me.claims import Claims
    from bot.slack.me.handlers import MeConversation
    from bot.slack.me.messenger import CLAIM, ClaimMessenger, job_of

    ask, clock, database = catalog.ask, catalog.clock, catalog.database
    rows, hand_over = CorrectionRows(database, clock), handing_over(jobs.enqueue)
    work = CorrectionWork(
        ask,
        catalog.mending,
        rows,
        clock,
        enqueue=hand_over,
        messenger=CorrectionMessenger(gateway, people, ask.estate, place_of),
        refresh=catalog.refresh,
    )
    links = Links(database, catalog.settings.people.links, clock)

    def hand_claim_over(workspace: str, user: str, key: str) -> object:
        return jobs.enqueue(CLAIM, key, {"workspace": workspace, "user": user})

    claims = Claims(database, clock, links, people.book, hand_claim_over)
    candidates = Candidates(ask.estate)
    kinds, schedules = jobs_of(work)
    for job in (*kinds, job_of(ClaimMessenger(gateway, people, claims, candidates.title).show)):
        jobs.add(job)
    for schedule in schedules:
        jobs.add_schedule(schedule)
    wrong = CorrectionConversation(
        Corrections(ask, rows, clock, hand_over), candidates, claims, gateway, people.name_of
    )
    me = MeConversation(people, claims, candidates, ask.team, gateway)
    return Mended(work, (wrong.conversation(), me.conversation()))
