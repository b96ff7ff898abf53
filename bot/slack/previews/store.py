"""The SQL of previews: what was shown where lately, and which channels want none."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from bot.slack.tables import previews, quiet_channels
from core.clock import Clock
from core.database import Database

QUIET_FOR = timedelta(minutes=30)
"""So long the same link is not shown again in a channel."""
_LOCK = 8116308


class PreviewStore:
    """What all replicas together have shown in one workspace.

    Args:
        database: Where it is written down.
        clock: Tells the present.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def claim(
        self, workspace: str, channel: str, message_ts: str, subjects: Sequence[str]
    ) -> tuple[str, ...]:
        """Those subjects that may be shown under a message now, and by nobody else.

        A subject that was shown here lately is left out. One that the same message claimed before and did
        not show, because Slack was away, is given again.
        """
        now = self._clock.now()
        here = (previews.c.workspace == workspace) & (previews.c.channel == channel)
        known = sa.select(previews).where(here, previews.c.subject.in_(list(subjects)))
        with self._database.write_in_turn(previews, _LOCK) as connection:
            connection.execute(previews.delete().where(previews.c.claimed_at <= now - QUIET_FOR))
            rows = {row.subject: row for row in connection.execute(known)}
            free = [
                subject
                for subject in dict.fromkeys(subjects)
                if subject not in rows
                or (rows[subject].message_ts == message_ts and not rows[subject].is_shown)
            ]
            values = [
                {
                    "workspace": workspace,
                    "channel": channel,
                    "subject": subject,
                    "message_ts": message_ts,
                    "is_shown": False,
                    "claimed_at": now,
                }
                for subject in free
            ]
            self._database.upsert(connection, previews, values)
        return tuple(free)

    def shown(self, workspace: str, channel: str, message_ts: str) -> None:
        """Note that everything claimed for a message is shown."""
        with self._database.write() as connection:
            connection.execute(
                previews.update().where(_of(workspace, channel, message_ts)).values(is_shown=True)
            )

    def release(self, workspace: str, channel: str, message_ts: str) -> None:
        """Give back what was claimed for a message and can never be shown."""
        with self._database.write() as connection:
            connection.execute(
                previews.delete().where(_of(workspace, channel, message_ts), previews.c.is_shown.is_(False))
            )

    def is_quiet(self, workspace: str, channel: str) -> bool:
        """Whether somebody turned previews off in a channel."""
        where = (quiet_channels.c.workspace == workspace) & (quiet_channels.c.channel == channel)
        with self._database.read() as connection:
            return connection.execute(sa.select(quiet_channels.c.channel).where(where)).first() is not None

    def quiet(self, workspace: str, channel: str, by: str) -> None:
        """Show nothing in a channel any more."""
        row = {
            "workspace": workspace,
            "channel": channel,
            "quieted_by": by,
            "quieted_at": self._clock.now(),
        }
        with self._database.write() as connection:
            self._database.upsert(connection, quiet_channels, [row], update=())

    def unquiet(self, workspace: str, channel: str) -> None:
        """Show previews in a channel again."""
        where = (quiet_channels.c.workspace == workspace) & (quiet_channels.c.channel == channel)
        with self._database.write() as connection:
            connection.execute(quiet_channels.delete().where(where))


def _of(workspace: str, channel: str, message_ts: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        previews.c.workspace == workspace,
        previews.c.channel == channel,
        previews.c.message_ts == message_ts,
    )
