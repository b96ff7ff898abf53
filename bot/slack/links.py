"""What administrators said of who is who: the setting ``people.links`` first, then what the command line wrote down."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from bot.slack.tables import people_links
from catalog_sync.people import PeopleBook
from core.clock import Clock
from core.database import Database

SETTING = "the setting people.links"
COMMAND = "an administrator"


@dataclass(frozen=True, slots=True)
class Link:
    """One word of an administrator; ``user`` is empty where somebody is to be nobody."""

    subject: str
    user: str
    source: str


class Links:
    """Every link there is.

    Args:
        database: Where the command line writes them down.
        setting: ``people.links``.
        clock: Tells the present.
    """

    def __init__(self, database: Database, setting: Mapping[str, str], clock: Clock) -> None:
        self._database = database
        self._setting = {subject.strip().lower(): user.strip() for subject, user in setting.items()}
        self._clock = clock

    def of(self, user_id: str, mail: str) -> Link | None:
        """What was said of a Slack user: of the id before the address, in the settings before the table."""
        subjects = [text.lower() for text in (user_id, mail) if text]
        for subject in subjects:
            if subject in self._setting:
                return Link(subject, self._setting[subject], SETTING)
        statement = sa.select(people_links).where(people_links.c.subject.in_(subjects))
        with self._database.read() as connection:
            rows = {row.subject: row for row in connection.execute(statement)}
        row = next((rows[subject] for subject in subjects if subject in rows), None)
        return Link(row.subject, row.user, COMMAND) if row else None

    def all(self) -> tuple[Link, ...]:
        """Every link in force, in the order of their subjects."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(people_links)).all()
        found = {row.subject: Link(row.subject, row.user, COMMAND) for row in rows}
        found |= {subject: Link(subject, user, SETTING) for subject, user in self._setting.items()}
        return tuple(link for _subject, link in sorted(found.items()))

    def subjects_of(self, ref: str, book: PeopleBook) -> Iterator[str]:
        """The Slack ids and addresses that are linked to a user; ids as Slack writes them."""
        for link in self.all():
            if link.user and book.named(link.user) == ref:
                yield link.subject if "@" in link.subject else link.subject.upper()

    def put(self, subject: str, user: str, by: str) -> None:
        """Write a link down, in the place of an earlier one."""
        with self._database.write() as connection:
            self.put_in(connection, subject, user, by)

    def put_in(self, connection: sa.Connection, subject: str, user: str, by: str) -> None:
        """``put``, as a part of somebody's transaction."""
        row = {
            "subject": subject.strip().lower(),
            "user": user.strip(),
            "linked_by": by,
            "linked_at": self._clock.now(),
        }
        self._database.upsert(connection, people_links, [row])

    def remove(self, subject: str) -> bool:
        """Forget a link; False where the command line had written none down."""
        where = people_links.c.subject == subject.strip().lower()
        with self._database.write() as connection:
            return connection.execute(people_links.delete().where(where)).rowcount > 0
