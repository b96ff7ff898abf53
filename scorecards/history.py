"""What changed when: numbers of earlier days, rises and falls, and who took which improvement."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from core.access import SlackUser
from core.database import Database
from scorecards.model import Change, Level
from scorecards.rollup import Count
from scorecards.tables import fix_claims, level_changes, score_snapshots

CLAIMED_FOR = timedelta(days=28)
"""How long an improvement belongs to whoever took it."""


class History:
    """The past of the scores, on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self, day: date) -> dict[str, Count]:
        """What each owner's entities had passed at the end of a day, however old the numbers are."""
        snapshot = score_snapshots.c
        newest = (
            sa.select(snapshot.entity, sa.func.max(snapshot.day).label("day"))
            .where(snapshot.day <= day)
            .group_by(snapshot.entity)
            .subquery()
        )
        same = sa.and_(snapshot.entity == newest.c.entity, snapshot.day == newest.c.day)
        query = (
            sa.select(
                snapshot.owner,
                sa.func.sum(snapshot.passed).label("passed"),
                sa.func.sum(snapshot.judged).label("judged"),
            )
            .join(newest, same)
            .group_by(snapshot.owner)
        )
        with self._database.read() as connection:
            return {row.owner: Count(int(row.passed), int(row.judged)) for row in connection.execute(query)}

    def changes(self, since: datetime, owners: Collection[str] | None = None) -> dict[str, list[Change]]:
        """Rises and falls after a moment, oldest first, by the owner that the entity had then."""
        query = sa.select(level_changes).where(level_changes.c.at > since)
        if owners is not None:
            query = query.where(level_changes.c.owner.in_(sorted(owners)))
        found: dict[str, list[Change]] = defaultdict(list)
        with self._database.read() as connection:
            for row in connection.execute(query.order_by(level_changes.c.at, level_changes.c.entity)):
                change = Change(row.entity, row.title, Level(row.before), Level(row.after), row.because)
                found[row.owner].append(change)
        return dict(found)

    def first_days(self) -> dict[str, date]:
        """The day on which each owner was first judged."""
        snapshot = score_snapshots.c
        query = (
            sa.select(snapshot.owner, sa.func.min(snapshot.day).label("day"))
            .where(snapshot.owner != "")
            .group_by(snapshot.owner)
        )
        with self._database.read() as connection:
            return {row.owner: row.day for row in connection.execute(query)}

    def claims(self, now: datetime) -> dict[tuple[str, str], str]:
        """Slack ids of those who have taken an improvement, by team and key of the improvement."""
        query = sa.select(fix_claims).where(fix_claims.c.at > now - CLAIMED_FOR)
        with self._database.read() as connection:
            return {(row.team, row.fix): row.slack_user for row in connection.execute(query)}

    def claim(self, team: str, fix: str, user: SlackUser, now: datetime) -> str:
        """Take an improvement for a person, unless somebody has it already.

        Returns:
            The Slack id of whoever has it now.
        """
        this = sa.and_(fix_claims.c.team == team, fix_claims.c.fix == fix)
        row = {"team": team, "fix": fix, "workspace": user.workspace, "slack_user": user.id, "at": now}
        with self._database.write() as connection:
            connection.execute(fix_claims.delete().where(this, fix_claims.c.at <= now - CLAIMED_FOR))
            self._database.upsert(connection, fix_claims, [row], update=())
            return str(connection.execute(sa.select(fix_claims.c.slack_user).where(this)).scalar_one())
