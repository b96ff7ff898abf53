"""What a button stands for: its value where that is short enough, else a key for what is kept in the database."""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import OperationalError

from bot.slack.tables import kept_values
from core.clock import Clock
from core.database import Database
from core.errors import DatabaseUnavailable

_log = structlog.get_logger(__name__)
_LONGEST = 2_000
"""Slack's limit for the value of a button."""
_SHORT = 100
"""What is left of each text where it can be kept nowhere; six characters stand for some of them."""
_KEY = "kept:"
_FOR = timedelta(days=90)
"""Nobody presses a button of an answer that is older."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Packs what a button stands for, and unpacks it again."""

    database: Database
    clock: Clock

    def packed(self, *parts: str) -> str:
        """Some texts as the value of a button; nothing of them is lost."""
        content = json.dumps(parts, separators=(",", ":"))
        if len(content) <= _LONGEST:
            return content
        key = _KEY + hashlib.sha256(content.encode()).hexdigest()[:40]
        try:
            self._keep(key, content)
        except (DatabaseUnavailable, OperationalError) as error:
            _log.warning("slack.value_shortened", cause=str(error).partition("\n")[0])
            return json.dumps([part[:_SHORT] for part in parts], separators=(",", ":"))[:_LONGEST]
        return key

    def _keep(self, key: str, content: str) -> None:
        now = self.clock.now()
        with self.database.write() as connection:
            connection.execute(kept_values.delete().where(kept_values.c.kept_at < now - _FOR))
            row = {"key": key, "content": content, "kept_at": now}
            self.database.upsert(connection, kept_values, [row], update=("kept_at",))

    def unpacked(self, value: str) -> tuple[str, ...]:
        """The texts that a value stands for; none where it was kept too long ago, or is of another kind."""
        if value.startswith(_KEY):
            with self.database.read() as connection:
                statement = sa.select(kept_values.c.content).where(kept_values.c.key == value)
                value = connection.execute(statement).scalar() or "[]"
        try:
            parts = json.loads(value)
        except ValueError:
            return ()
        return tuple(map(str, parts)) if isinstance(parts, list) else ()
